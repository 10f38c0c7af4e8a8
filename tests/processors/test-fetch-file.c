/* Tests FetchFile: what comes in, where the FlowFile goes, and what becomes of the file. */
#include "fetching.h"
#include "refusal.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static WeirHarness *
fetch_file (Scratch *scratch, const char *completion)
{
  WeirHarness *harness = weir_harness_new ("FetchFile");

  weir_harness_set (harness, "Completion Strategy", completion);
  if (g_strcmp0 (completion, "Move File") == 0)
    scratch_set_path (scratch, harness, "Move Destination Directory", "done/it");
  return harness;
}

static void
test_fetches (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *path = NULL;
  const WeirFlowFile *out;

  scratch_init (&scratch);
  h = fetch_file (&scratch, NULL);
  scratch_write (&scratch, "in/f", "two\0bytes", 9);
  fetching_push (&scratch, h, "in", "f");
  weir_harness_run (h, 1);
  out = weir_harness_pull (h, "success");
  g_assert_cmpuint (weir_flowfile_get_size (out), ==, 9);
  g_assert_cmpmem (weir_harness_content (h, out, NULL), 9, "two\0bytes", 9);
  path = scratch_path (&scratch, "in/");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "filename"), ==, "f");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "path"), ==, "./");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "absolute.path"), ==, path);
  weir_harness_assert_drained (h);
  scratch_assert_list (&scratch, "in", "f");
  scratch_assert_said (&scratch, "*", 0);
}

static void
test_sizes (void)
{
  static const size_t sizes[] = { 0, 1, 8191, 8192, 8193, 1048576, 3000000 };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = fetch_file (&scratch, "Delete File");
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *data = g_strnfill (sizes[i], 'a' + (char)i);

    scratch_write (&scratch, "in/f", data, -1);
    fetching_push (&scratch, h, "in", "f");
    fetching_assert_goes (h, "success", data);
    scratch_assert_list (&scratch, "in", "");
  }
}

/* A name is bytes, an attribute is text. */
static void
test_odd_names (void)
{
  static const char *const names[][2] = {
    { "in/caf\xe9", "caf\\xe9" },  { "in/a\nb", "a\nb" },     { "in/\\x41", "\\x41" },
    { "in/\xc3\xbc", "\xc3\xbc" }, { "in/d/../e", "d/../e" }, { "in/$ {}", "$ {}" },
  };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = fetch_file (&scratch, "Delete File");
  scratch_write (&scratch, "in/d/x", "", 0);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    scratch_write (&scratch, names[i][0], "content", -1);
    fetching_push (&scratch, h, "in", names[i][1]);
    fetching_assert_goes (h, "success", "content");
    scratch_assert_list (&scratch, "in", "d");
  }
}

static void
test_paths (void)
{
  static const struct {
    const char *path, *relationship, *said;
  } cases[] = {
    { "", "failure", "*File to Fetch is empty*" },
    { "f", "failure", "*File to Fetch is 'f': make it a path from the root on*" },
    { "../../etc/passwd", "failure", "*make it a path*" },
    { "/nowhere/f", "not.found", "*cannot fetch '/nowhere/f'*" },
    { "/dev/null", "failure", "*it is no regular file*" },
    { "/dev/null/x", "not.found", "*cannot fetch '/dev/null/x'*" },
    { "/", "failure", "*it is a directory*" },
    { "/nowhere/\\x00", "not.found", "*cannot fetch*" },
    { "\\x2fetc", "failure", "*make it a path*" },
  };
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *endless = g_strnfill (5000, '/'), *name = g_strnfill (300, 'x');
  g_autofree char *too_long = g_strconcat ("/", name, NULL);

  scratch_init (&scratch);
  h = fetch_file (&scratch, "Delete File");
  weir_harness_set (h, "File to Fetch", "${it}");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].path);
    weir_harness_push (h, "before", -1, "it", cases[i].path, "path", "./", NULL);
    fetching_assert_goes (h, cases[i].relationship, "before");
    scratch_assert_said (&scratch, cases[i].said, 1);
  }
  weir_harness_push (h, "before", -1, "it", endless, "path", "./", NULL);
  fetching_assert_goes (h, "failure", "before");
  scratch_assert_said (&scratch, "*cannot fetch '/': it is a directory", 1);
  weir_harness_push (h, "before", -1, "it", too_long, "path", "./", NULL);
  fetching_assert_goes (h, "failure", "before");
  scratch_assert_said (&scratch, "*shorten the name*", 1);
}

static void
test_cannot_evaluate (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = fetch_file (&scratch, NULL);
  weir_harness_set (h, "File to Fetch", "/${it:toDate('yyyy')}");
  weir_harness_push (h, "before", -1, "it", "soon", "path", "./", NULL);
  fetching_assert_goes (h, "failure", "before");
  scratch_assert_said (&scratch, "*", 1);
}

static void
test_no_files (void)
{
  static const char *const completions[] = { "None", "Delete File", "Move File" };
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *pipe = NULL, *loop = NULL, *link = NULL;

  scratch_init (&scratch);
  scratch_write (&scratch, "secret", "s", -1);
  scratch_write (&scratch, "in/d/x", "", 0);
  pipe = scratch_path (&scratch, "in/pipe");
  loop = scratch_path (&scratch, "in/loop");
  link = scratch_path (&scratch, "in/link");
  g_assert_cmpint (mkfifo (pipe, 0666), ==, 0);
  g_assert_cmpint (symlink ("loop", loop), ==, 0);
  g_assert_cmpint (symlink ("../secret", link), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (completions); i++) {
    g_autoptr (WeirHarness) h = fetch_file (&scratch, completions[i]);

    fetching_push (&scratch, h, "in", "d");
    fetching_assert_goes (h, "failure", "before");
    scratch_assert_said (&scratch, "*/in/d': it is a directory", 1);
    fetching_push (&scratch, h, "in", "pipe");
    fetching_assert_goes (h, "failure", "before");
    scratch_assert_said (&scratch, "*/in/pipe': it is a pipe", 1);
    fetching_push (&scratch, h, "in", "loop");
    fetching_assert_goes (h, "failure", "before");
    scratch_assert_said (&scratch, "*/in/loop'*symbolic link*", 1);
    fetching_push (&scratch, h, "in", "link");
    fetching_assert_goes (h, i == 0 ? "success" : "failure", i == 0 ? "s" : "before");
    scratch_assert_said (&scratch, "*/in/link': it is a symbolic link*", i > 0);
  }
  scratch_assert_list (&scratch, "in", "d link loop pipe");
  g_assert_true (scratch_has (&scratch, "secret"));
}

static void
test_levels (void)
{
  static const char *const levels[][2] = {
    { "TRACE", "* debug: cannot fetch*" },
    { "DEBUG", "* debug: cannot fetch*" },
    { "INFO", "* info: cannot fetch*" },
    { "WARN", "* warning: cannot fetch*" },
    { "ERROR", "* error: cannot fetch*" },
    { "FATAL", "* error: cannot fetch*" },
    { "NONE", NULL },
  };
  g_auto (Scratch) scratch = { 0 };

  scratch_init (&scratch);
  for (size_t i = 0; i < G_N_ELEMENTS (levels); i++) {
    g_autoptr (WeirHarness) h = fetch_file (&scratch, NULL);

    weir_harness_set (h, "Log level when file not found", levels[i][0]);
    fetching_push (&scratch, h, "in", "f");
    fetching_assert_goes (h, "not.found", "before");
    if (levels[i][1] != NULL)
      scratch_assert_said (&scratch, levels[i][1], 1);
    else
      scratch_assert_said (&scratch, "*", 0);
  }
}

/* As a user who may not do everything. */
static void
run_denied (Scratch *scratch)
{
  g_autoptr (WeirHarness) keeps = fetch_file (scratch, NULL);
  g_autoptr (WeirHarness) deletes = fetch_file (scratch, "Delete File");
  g_autoptr (WeirHarness) quiet = fetch_file (scratch, NULL);

  weir_harness_set (quiet, "Log level when permission denied", "NONE");
  g_assert_true (scratch_become_nobody (scratch));
  fetching_push (scratch, keeps, "in", "closed");
  fetching_assert_goes (keeps, "permission.denied", "before");
  scratch_assert_said (scratch, "*cannot fetch '*/in/closed': Permission denied; give the user*",
                       1);
  fetching_push (scratch, quiet, "in", "closed");
  fetching_assert_goes (quiet, "permission.denied", "before");
  fetching_push (scratch, quiet, "locked", "f");
  fetching_assert_goes (quiet, "permission.denied", "before");
  scratch_assert_said (scratch, "*", 0);
  fetching_push (scratch, keeps, "in", "open");
  fetching_assert_goes (keeps, "success", "open");
  fetching_push (scratch, deletes, "in", "open");
  fetching_assert_goes (deletes, "permission.denied", "before");
  scratch_assert_said (scratch, "*cannot take files away from '*/in': Permission denied*", 1);
}

static void
test_denied (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *closed = NULL, *locked = NULL;

  if (getuid () != 0) {
    g_test_skip ("only root can become another user");
    return;
  }
  scratch_init (&scratch);
  scratch_write (&scratch, "in/closed", "", 0);
  scratch_write (&scratch, "in/open", "open", -1);
  scratch_write (&scratch, "locked/f", "", 0);
  closed = scratch_path (&scratch, "in/closed");
  locked = scratch_path (&scratch, "locked");
  g_assert_cmpint (chmod (closed, 0), ==, 0);
  g_assert_cmpint (chmod (locked, 0), ==, 0);
  scratch_in_child (&scratch, run_denied);
}

static void
test_moves (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = fetch_file (&scratch, "Move File");
  scratch_write (&scratch, "in/f", "content", -1);
  fetching_push (&scratch, h, "in", "f");
  fetching_assert_goes (h, "success", "content");
  scratch_assert_list (&scratch, "in", "");
  scratch_assert_list (&scratch, "done/it", "f");
  scratch_assert_content (&scratch, "done/it/f", "content");
  scratch_assert_said (&scratch, "*", 0);
}

static void
test_conflicts (void)
{
  static const struct {
    const char *strategy, *relationship, *in, *there;
    size_t n_there;
  } cases[] = {
    { "Rename", "success", "", "old", 2 },
    { "Replace File", "success", "", "new", 1 },
    { "Keep Existing", "success", "", "old", 1 },
    { "Fail", "failure", "f.tar", "old", 1 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;
    g_autofree char *list = NULL;
    g_auto (GStrv) names = NULL;

    g_test_message ("%s", cases[i].strategy);
    scratch_init (&scratch);
    h = fetch_file (&scratch, "Move File");
    weir_harness_set (h, "Move Conflict Strategy", cases[i].strategy);
    scratch_write (&scratch, "in/f.tar", "new", -1);
    scratch_write (&scratch, "done/it/f.tar", "old", -1);
    fetching_push (&scratch, h, "in", "f.tar");
    fetching_assert_goes (h, cases[i].relationship,
                          g_str_equal (cases[i].relationship, "success") ? "new" : "before");
    scratch_assert_list (&scratch, "in", cases[i].in);
    scratch_assert_content (&scratch, "done/it/f.tar", cases[i].there);
    list = scratch_list (&scratch, "done/it");
    names = g_strsplit (list, " ", 0);
    g_assert_cmpuint (g_strv_length (names), ==, cases[i].n_there);
    if (i == 0) {
      g_autofree char *other = g_strconcat ("done/it/", names[0], NULL);

      g_assert_true (g_pattern_match_simple ("f-????????????????.tar", names[0]));
      scratch_assert_content (&scratch, other, "new");
    }
  }
}

/* Nothing is lost when the file could not go there. */
static void
test_cannot_move (void)
{
  static const struct {
    const char *directory, *said;
  } cases[] = {
    { "in", "*is the directory that the file is in*" },
    { "file", "*'*/file'*" },
    { "file/below", "*cannot make the directory*" },
    { "", "*the directory to move files to is ''*" },
  };
  g_auto (Scratch) scratch = { 0 };

  scratch_init (&scratch);
  scratch_write (&scratch, "in/f", "content", -1);
  scratch_write (&scratch, "file", "", 0);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WeirHarness) h = fetch_file (&scratch, "Move File");

    if (*cases[i].directory != '\0')
      scratch_set_path (&scratch, h, "Move Destination Directory", cases[i].directory);
    else
      weir_harness_set (h, "Move Destination Directory", "${nothing}");
    fetching_push (&scratch, h, "in", "f");
    fetching_assert_goes (h, "failure", "before");
    scratch_assert_said (&scratch, cases[i].said, 1);
  }
  scratch_assert_list (&scratch, "in", "f");
}

/* Two FlowFiles for one file: the first takes it away. */
static void
test_twice (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = fetch_file (&scratch, "Delete File");
  scratch_write (&scratch, "in/f", "content", -1);
  fetching_push (&scratch, h, "in", "f");
  fetching_push (&scratch, h, "in", "f");
  weir_harness_run (h, 9);
  g_assert_nonnull (weir_harness_pull (h, "success"));
  g_assert_nonnull (weir_harness_pull (h, "not.found"));
  weir_harness_assert_drained (h);
}

typedef struct {
  char *path;
  _Atomic bool is_over;
} Writer;

static void *
write_on (void *data)
{
  Writer *writer = data;

  while (!writer->is_over) {
    FILE *file = fopen (writer->path, "a");

    g_assert_nonnull (file);
    fputc ('x', file);
    fclose (file);
  }
  return NULL;
}

/* Sooner or later the writer comes in between; then the FlowFile is as it was. */
static void
test_changes_while_read (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *data = g_strnfill (1 << 20, 'x');
  Writer writer = { 0 };
  pthread_t thread;
  bool is_met = false;

  scratch_init (&scratch);
  h = fetch_file (&scratch, NULL);
  scratch_write (&scratch, "in/f", data, -1);
  writer.path = scratch_path (&scratch, "in/f");
  g_assert_cmpint (pthread_create (&thread, NULL, write_on, &writer), ==, 0);
  for (unsigned i = 0; i < 10000 && !is_met; i++) {
    const WeirFlowFile *out;

    fetching_push (&scratch, h, "in", "f");
    weir_harness_run (h, 1);
    out = weir_harness_pull (h, "failure");
    is_met = out != NULL;
    if (is_met)
      g_assert_true (g_str_equal (weir_harness_content (h, out, NULL), "before"));
    else
      g_assert_nonnull (weir_harness_pull (h, "success"));
    weir_harness_assert_drained (h);
  }
  writer.is_over = true;
  pthread_join (thread, NULL);
  g_free (writer.path);
  g_assert_true (is_met);
  scratch_assert_said (&scratch, "*changes while it is read*", 1);
}

static void
assert_refused (const char *property, const char *value, const char *pattern)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("FetchFile");

  weir_harness_set (h, property, value);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("Completion Strategy", "Move File", "*set Move Destination Directory*");
  assert_refused ("Completion Strategy", "Burn", "*Completion Strategy*");
  assert_refused ("Move Conflict Strategy", "Ask", "*Move Conflict Strategy*");
  assert_refused ("File to Fetch", "${a:none()}", "*File to Fetch*");
  assert_refused ("Log level when file not found", "LOUD", "*Log level when file not found*");
  assert_refused ("Log level when permission denied", "LOUD", "*Log level when permission*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fetch-file/fetches", test_fetches);
  g_test_add_func ("/fetch-file/sizes", test_sizes);
  g_test_add_func ("/fetch-file/odd names", test_odd_names);
  g_test_add_func ("/fetch-file/paths", test_paths);
  g_test_add_func ("/fetch-file/cannot evaluate", test_cannot_evaluate);
  g_test_add_func ("/fetch-file/no files", test_no_files);
  g_test_add_func ("/fetch-file/levels", test_levels);
  g_test_add_func ("/fetch-file/denied", test_denied);
  g_test_add_func ("/fetch-file/moves", test_moves);
  g_test_add_func ("/fetch-file/conflicts", test_conflicts);
  g_test_add_func ("/fetch-file/cannot move", test_cannot_move);
  g_test_add_func ("/fetch-file/twice", test_twice);
  g_test_add_func ("/fetch-file/changes while read", test_changes_while_read);
  g_test_add_func ("/fetch-file/refuses", test_refuses);
  return g_test_run ();
}
