/* Tests TailFile: each line once and in order, as a file grows, and what it says of other files. */
#include "refusal.h"
#include "tailing.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_growth (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, NULL);
  tailing_assert_new (&f, "");
  scratch_assert_said (&f.scratch, "*app.log' does not exist: it is waited for", 1);
  tailing_assert_new (&f, "");
  scratch_assert_said (&f.scratch, "*", 0);
  tailing_add (&f, "app.log", "one\ntwo\n");
  tailing_assert_new (&f, "one\ntwo\n");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "thr");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "ee");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "\nfo");
  tailing_assert_new (&f, "three\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "ur\r\n");
  tailing_assert_new (&f, "four\r\n");
  scratch_assert_said (&f.scratch, "*", 0);
}

static void
test_attributes (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *path = NULL;
  const WeirFlowFile *out;

  tailing_init (&f, NULL);
  path = scratch_path (&f.scratch, "app.log");
  tailing_add (&f, "app.log", "0123\n");
  weir_harness_run (f.harness, 9);
  tailing_add (&f, "app.log", "56\n8");
  weir_harness_advance (f.harness, TICK);
  weir_harness_run (f.harness, 9);
  out = weir_harness_pull (f.harness, "success");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "filename"), ==, "app.0-5.log");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "tailfile.original.path"), ==, path);
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "mime.type"), ==, "text/plain");
  out = weir_harness_pull (f.harness, "success");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "filename"), ==, "app.5-8.log");
}

/* Nothing new costs nothing, and what is new is not waited for for long. */
static void
test_waits (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_begin (&f, NULL, "one\n");
  weir_harness_advance (f.harness, TICK);
  g_assert_cmpuint (weir_harness_run (f.harness, 9), ==, 1);
  tailing_add (&f, "app.log", "two\n");
  g_assert_cmpuint (weir_harness_run (f.harness, 9), ==, 0);
  weir_harness_advance (f.harness, G_USEC_PER_SEC / 4);
  g_assert_cmpuint (weir_harness_run (f.harness, 1), ==, 1);
  g_assert_cmpuint (weir_harness_count (f.harness, "success"), ==, 2 - 1);
}

static void
test_bytes (void)
{
  static const char bytes[] = "\0\xff\xfe\r\n\xc0\x80\0\n";
  g_auto (Tailing) f = { 0 };
  const WeirFlowFile *out;

  tailing_init (&f, NULL);
  scratch_write (&f.scratch, "app.log", bytes, sizeof bytes - 1);
  weir_harness_run (f.harness, 9);
  out = weir_harness_pull (f.harness, "success");
  g_assert_cmpmem (weir_harness_content (f.harness, out, NULL), weir_flowfile_get_size (out), bytes,
                   sizeof bytes - 1);
}

/* Whole lines, about a MiB at a time; a longer line alone. */
static void
test_large (void)
{
  const size_t sizes[] = { 10, 700000, 700000, 5000000, 10, 1048576, 1048575, 3 };
  g_auto (Tailing) f = { 0 };
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *text = NULL;
  unsigned n;

  tailing_init (&f, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *line = g_strnfill (sizes[i] - 1, (char)('a' + i));

    g_string_append_printf (all, "%s\n", line);
  }
  scratch_write (&f.scratch, "app.log", all->str, (ssize_t)all->len);
  weir_harness_run (f.harness, 100);
  n = (unsigned)weir_harness_count (f.harness, "success");
  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpuint (n, <=, 8);
  text = tailing_look (&f);
  g_assert_cmpstr (text, ==, all->str);
}

static void
test_every_flowfile_is_whole_lines (void)
{
  g_auto (Tailing) f = { 0 };
  g_autoptr (GString) all = g_string_new (NULL);
  const WeirFlowFile *out;
  size_t size, total = 0;

  tailing_init (&f, NULL);
  for (unsigned i = 0; i < 400000; i++)
    g_string_append_printf (all, "line %u\n", i * 7919);
  scratch_write (&f.scratch, "app.log", all->str, (ssize_t)all->len);
  weir_harness_run (f.harness, 100);
  while ((out = weir_harness_pull (f.harness, "success")) != NULL) {
    const char *content = weir_harness_content (f.harness, out, &size);

    g_assert_cmpmem (content, size, all->str + total, size);
    g_assert_cmpint (content[size - 1], ==, '\n');
    g_assert_cmpuint (size, <=, 1100 * 1024);
    total += size;
  }
  g_assert_cmpuint (total, ==, all->len);
}

/* A line that grows for long is cut, and no byte of it is lost. */
static void
test_endless_line (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *part = g_strnfill (1500, 'x'), *text = NULL, *rest = NULL;

  tailing_init (&f, NULL);
  weir_harness_set (f.harness, "Max Buffer Size", "2 KB");
  tailing_add (&f, "app.log", part);
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", part);
  text = tailing_look (&f);
  g_assert_cmpuint (strlen (text), ==, 2048);
  tailing_add (&f, "app.log", "\n");
  rest = tailing_look (&f);
  g_assert_cmpuint (strlen (rest), ==, 3001 - 2048);
}

static void
test_start_positions (void)
{
  static const struct {
    const char *start, *expected;
  } cases[] = {
    { "Beginning of Time", "oldest\nolder\nold\n" },
    { "Beginning of File", "old\n" },
    { "Current Time", "" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Tailing) f = { 0 };

    tailing_init (&f, "app.log.*");
    weir_harness_set (f.harness, "Initial Start Position", cases[i].start);
    tailing_add (&f, "app.log.2", "oldest\n");
    tailing_date (&f, "app.log.2", -3);
    tailing_add (&f, "app.log.1", "older\n");
    tailing_date (&f, "app.log.1", -2);
    tailing_add (&f, "app.log", "old\n");
    tailing_date (&f, "app.log", -1);
    tailing_assert_new (&f, cases[i].expected);
    weir_harness_restart (f.harness);
    tailing_assert_new (&f, "");
    tailing_add (&f, "app.log", "new\n");
    tailing_assert_new (&f, "new\n");
  }
}

/* What comes after the start is new from its first byte, also after a restart. */
static void
test_current_time_without_file (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, NULL);
  weir_harness_set (f.harness, "Initial Start Position", "Current Time");
  tailing_assert_new (&f, "");
  tailing_add (&f, "app.log", "first\n");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "first\n");
}

/* What was made after the first look is new, also when it was rotated away before the next. */
static void
test_rotated_before_it_was_seen (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  tailing_add (&f, "app.log.2", "before\n");
  tailing_date (&f, "app.log.2", -1);
  tailing_assert_new (&f, "");
  weir_harness_restart (f.harness);
  tailing_add (&f, "app.log.1", "one\n");
  tailing_add (&f, "app.log", "two\n");
  tailing_assert_new (&f, "one\ntwo\n");
}

static void
test_nul (void)
{
  g_auto (Tailing) f = { 0 };

  tailing_init (&f, "app.log.*");
  weir_harness_set (f.harness, "Reread when NUL encountered", "true");
  scratch_write (&f.scratch, "app.log", "one\ntw\0\0\0\0\n", 12);
  tailing_assert_new (&f, "one\n");
  tailing_assert_new (&f, "");
  scratch_write (&f.scratch, "app.log", "one\ntwo\nsix\n", 12);
  tailing_assert_new (&f, "two\nsix\n");
  scratch_write (&f.scratch, "app.log", "one\ntwo\nsix\na\0\n", 15);
  tailing_assert_new (&f, "");
  tailing_rename (&f, "app.log", "app.log.1");
  tailing_add (&f, "app.log", "new\n");
  weir_harness_advance (f.harness, TICK);
  weir_harness_run (f.harness, 9);
  g_assert_cmpuint (weir_flowfile_get_size (weir_harness_pull (f.harness, "success")), ==, 3);
  tailing_assert_new (&f, "new\n");
}

/* Each is told once, and a file that is one again is tailed. */
static void
test_no_files (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *path = NULL;

  tailing_init (&f, NULL);
  path = scratch_path (&f.scratch, "app.log");
  g_assert_cmpint (mkdir (path, 0777), ==, 0);
  tailing_assert_new (&f, "");
  tailing_assert_new (&f, "");
  scratch_assert_said (&f.scratch, "*cannot tail '*/app.log': Is a directory*", 1);
  g_assert_cmpint (rmdir (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0666), ==, 0);
  tailing_assert_new (&f, "");
  tailing_assert_new (&f, "");
  scratch_assert_said (&f.scratch, "*cannot tail '*/app.log'*regular files*", 1);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (symlink ("app.log", path), ==, 0);
  tailing_assert_new (&f, "");
  tailing_assert_new (&f, "");
  scratch_assert_said (&f.scratch, "*/app.log' cannot be tailed: its symbolic links*", 1);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (symlink ("real.log", path), ==, 0);
  tailing_add (&f, "real.log", "through a link\n");
  tailing_assert_new (&f, "through a link\n");
  scratch_assert_said (&f.scratch, "*", 0);
}

static void
unreadable (Scratch *scratch)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *path = NULL;

  tailing_init (&f, NULL);
  if (!scratch_become_nobody (&f.scratch))
    return;
  path = scratch_path (&f.scratch, "app.log");
  tailing_add (&f, "app.log", "one\n");
  g_assert_cmpint (chmod (path, 0), ==, 0);
  tailing_assert_new (&f, "");
  tailing_assert_new (&f, "");
  scratch_assert_said (&f.scratch, "*cannot open '*/app.log': Permission denied; give*", 1);
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  tailing_assert_new (&f, "one\n");
}

static void
test_unreadable (void)
{
  g_auto (Scratch) scratch = { 0 };

  scratch_init (&scratch);
  scratch_in_child (&scratch, unreadable);
}

/* --- multiple files --- */

static void
set_up_multiple (Tailing *f, const char *pattern)
{
  tailing_init (f, "${filename}.log.*");
  weir_harness_set (f->harness, "Tailing mode", "Multiple files");
  weir_harness_set (f->harness, "File(s) to Tail", pattern);
  weir_harness_set (f->harness, "Base directory", f->scratch.path);
  weir_harness_set (f->harness, "Maximum age", "100000 days");
}

static void
look_up_again (Tailing *f)
{
  weir_harness_advance (f->harness, 600 * (int64_t)G_USEC_PER_SEC);
}

static void
test_multiple (void)
{
  g_auto (Tailing) f = { 0 };

  set_up_multiple (&f, "[ab]\\.log");
  tailing_add (&f, "a.log", "a1\n");
  tailing_add (&f, "b.log", "b1\n");
  tailing_add (&f, "c.log", "c1\n");
  tailing_add (&f, "d/a.log", "d1\n");
  tailing_assert_new (&f, "a1\nb1\n");
  tailing_add (&f, "b.log", "b2\n");
  tailing_rename (&f, "b.log", "b.log.1");
  tailing_add (&f, "b.log", "b3\n");
  tailing_add (&f, "a.log", "a2\n");
  tailing_assert_new (&f, "a2\nb2\nb3\n");
  weir_harness_restart (f.harness);
  tailing_add (&f, "a.log", "a3\n");
  tailing_assert_new (&f, "a3\n");
}

static void
test_recursive (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *link = NULL;

  set_up_multiple (&f, "(x/)?.*\\.log");
  weir_harness_set (f.harness, "Recursive lookup", "true");
  link = scratch_path (&f.scratch, "x/loop");
  tailing_add (&f, "a.log", "a\n");
  tailing_add (&f, "x/b.log", "b\n");
  tailing_add (&f, "x/y/c.log", "c\n");
  g_assert_cmpint (symlink ("..", link), ==, 0);
  tailing_assert_new (&f, "a\nb\nc\n");
  scratch_assert_said (&f.scratch, "*", 0);
}

static void
test_files_come_and_go (void)
{
  g_auto (Tailing) f = { 0 };
  g_autofree char *path = NULL, *state = NULL, *key = NULL;

  set_up_multiple (&f, ".*\\.log");
  weir_harness_set (f.harness, "Initial Start Position", "Current Time");
  weir_harness_set (f.harness, "Maximum age", "2 days");
  tailing_add (&f, "a.log", "a1\n");
  tailing_date (&f, "a.log", 0);
  tailing_add (&f, "old.log", "old\n");
  tailing_date (&f, "old.log", -3);
  tailing_assert_new (&f, "");
  tailing_add (&f, "a.log", "a2\n");
  tailing_date (&f, "a.log", 0);
  tailing_add (&f, "b.log", "b1\n");
  tailing_date (&f, "b.log", 0);
  tailing_assert_new (&f, "a2\n");
  look_up_again (&f);
  tailing_assert_new (&f, "b1\n");

  path = scratch_path (&f.scratch, "b.log");
  key = g_strconcat ("file:", path, NULL);
  state = weir_harness_get_state (f.harness, key);
  g_assert_nonnull (state);
  g_assert_cmpint (unlink (path), ==, 0);
  weir_harness_advance (f.harness, 3 * DAY);
  tailing_assert_new (&f, "");
  g_clear_pointer (&state, g_free);
  state = weir_harness_get_state (f.harness, key);
  g_assert_null (state);
  g_clear_pointer (&state, g_free);
  state = weir_harness_get_state (f.harness, "files");
  g_assert_null (strstr (state, "b.log"));
  g_assert_nonnull (strstr (state, "a.log"));
}

static void
test_rotated_while_stopped_in_multiple_mode (void)
{
  g_auto (Tailing) f = { 0 };

  set_up_multiple (&f, ".*\\.log");
  tailing_add (&f, "a.log", "a1\n");
  tailing_assert_new (&f, "a1\n");
  tailing_add (&f, "a.log", "a2\n");
  tailing_rename (&f, "a.log", "a.log.1");
  weir_harness_restart (f.harness);
  tailing_assert_new (&f, "a2\n");
}

static void
assert_refused (const char *const *values, const char *pattern)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("TailFile");

  for (; *values != NULL; values += 2)
    weir_harness_set (h, values[0], values[1]);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ((const char *[]){ "Tailing mode", "Single file", NULL }, "*File(s) to Tail*");
  assert_refused (
      (const char *[]){ "Tailing mode", "Multiple files", "File(s) to Tail", ".*", NULL },
      "*set Base directory*");
  assert_refused (
      (const char *[]){ "File(s) to Tail", "/x", "Rolling Filename Pattern", "a/b*", NULL },
      "*slash*");
  assert_refused ((const char *[]){ "File(s) to Tail", "/x", "Line Start Pattern", "a(", NULL },
                  "*Line Start Pattern*wrong at character 3*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tail/growth", test_growth);
  g_test_add_func ("/tail/attributes", test_attributes);
  g_test_add_func ("/tail/waits", test_waits);
  g_test_add_func ("/tail/bytes", test_bytes);
  g_test_add_func ("/tail/large", test_large);
  g_test_add_func ("/tail/whole lines", test_every_flowfile_is_whole_lines);
  g_test_add_func ("/tail/endless line", test_endless_line);
  g_test_add_func ("/tail/start positions", test_start_positions);
  g_test_add_func ("/tail/current time without file", test_current_time_without_file);
  g_test_add_func ("/tail/rotated before it was seen", test_rotated_before_it_was_seen);
  g_test_add_func ("/tail/nul", test_nul);
  g_test_add_func ("/tail/no files", test_no_files);
  g_test_add_func ("/tail/unreadable", test_unreadable);
  g_test_add_func ("/tail/multiple", test_multiple);
  g_test_add_func ("/tail/recursive", test_recursive);
  g_test_add_func ("/tail/come and go", test_files_come_and_go);
  g_test_add_func ("/tail/multiple, rotated while stopped",
                   test_rotated_while_stopped_in_multiple_mode);
  g_test_add_func ("/tail/refuses", test_refuses);
  return g_test_run ();
}
