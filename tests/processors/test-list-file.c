/* Tests ListFile: each file once, whatever comes late, many, or between a stop and a start. */
#include "refusal.h"
#include "scratch.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WALL (INT64_C (1700000000) * G_USEC_PER_SEC) /* where the harness begins */

static WeirHarness *
list_file (Scratch *scratch, const char *strategy)
{
  WeirHarness *harness = weir_harness_new ("ListFile");
  g_autofree char *input = scratch_path (scratch, "in");

  g_assert_cmpint (g_mkdir_with_parents (input, 0777), ==, 0);
  weir_harness_set (harness, "Input Directory", input);
  weir_harness_set (harness, "Listing Strategy", strategy);
  return harness;
}

/* Writes a file that is so many seconds old by the clock at the start. */
static void
put (Scratch *scratch, const char *name, const char *content, double age)
{
  scratch_write (scratch, name, content, -1);
  scratch_set_mtime (scratch, name, WALL - (int64_t)(age * G_USEC_PER_SEC));
}

static const char *
attribute (const WeirFlowFile *flowfile, const char *name)
{
  return weir_flowfile_get_attribute (flowfile, name);
}

/* Lets a look come and end, and fails unless these are the path and filename of each, in order. */
static void
assert_lists (WeirHarness *h, const char *expected)
{
  g_autoptr (GString) names = g_string_new (NULL);
  const WeirFlowFile *out;

  weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  weir_harness_run (h, 99);
  while ((out = weir_harness_pull (h, "success")) != NULL)
    g_string_append_printf (names, "%s%s%s", names->len > 0 ? " " : "", attribute (out, "path"),
                            attribute (out, "filename"));
  g_assert_cmpstr (names->str, ==, expected);
  weir_harness_assert_drained (h);
}

static void
test_attributes (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *absolute = NULL;
  const WeirFlowFile *out;

  scratch_init (&scratch);
  h = list_file (&scratch, NULL);
  put (&scratch, "in/x/y/f.txt", "12345", 60);
  absolute = scratch_path (&scratch, "in/x/y/");
  weir_harness_run (h, 9);
  out = weir_harness_pull (h, "success");
  g_assert_cmpuint (weir_flowfile_get_size (out), ==, 0);
  g_assert_cmpstr (attribute (out, "filename"), ==, "f.txt");
  g_assert_cmpstr (attribute (out, "path"), ==, "x/y/");
  g_assert_cmpstr (attribute (out, "absolute.path"), ==, absolute);
  g_assert_cmpstr (attribute (out, "file.size"), ==, "5");
  g_assert_cmpstr (attribute (out, "file.lastModifiedTime"), ==, "2023-11-14T22:12:20+0000");
  g_assert_cmpstr (attribute (out, "file.owner"), ==, g_get_user_name ());
  weir_harness_assert_drained (h);
  g_assert_true (scratch_has (&scratch, "in/x/y/f.txt"));
}

static void
test_without_file_attributes (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  const WeirFlowFile *out;

  scratch_init (&scratch);
  h = list_file (&scratch, NULL);
  weir_harness_set (h, "Include File Attributes", "false");
  put (&scratch, "in/f", "", 60);
  weir_harness_run (h, 9);
  out = weir_harness_pull (h, "success");
  g_assert_cmpstr (attribute (out, "filename"), ==, "f");
  g_assert_nonnull (attribute (out, "absolute.path"));
  g_assert_null (attribute (out, "file.size"));
}

/* Which files, with which properties, by each strategy. */
static void
test_filters (void)
{
  static const struct {
    const char *property, *value, *listed, *by_age;
  } cases[] = {
    { "Recurse Subdirectories", "true", "./big d/e/f ./new ./old", "./old ./big d/e/f ./new" },
    { "Recurse Subdirectories", "false", "./big ./new ./old", "./old ./big ./new" },
    { "File Filter", "..[wd]", "./new ./old", "./old ./new" },
    { "Path Filter", "d(/.*)?", "d/e/f", "d/e/f" },
    { "Ignore Hidden Files", "false", ".h/in ./big d/e/f ./new ./old",
      "./old .h/in ./big d/e/f ./new" },
    { "Minimum File Age", "2 hours", "./old", "./old" },
    { "Maximum File Age", "2 hours", "./big d/e/f ./new", "./big d/e/f ./new" },
    { "Minimum File Size", "2 B", "./big ./old", "./old ./big" },
    { "Maximum File Size", "2 B", "d/e/f ./new ./old", "./old d/e/f ./new" },
  };

  for (size_t i = 0; i < 3 * G_N_ELEMENTS (cases); i++) {
    static const char *const strategies[] = { "Tracking Timestamps", "Tracking Entities",
                                              "No Tracking" };
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    g_test_message ("%s, %s = %s", strategies[i % 3], cases[i / 3].property, cases[i / 3].value);
    scratch_init (&scratch);
    h = list_file (&scratch, strategies[i % 3]);
    put (&scratch, "in/new", "n", 60);
    put (&scratch, "in/d/e/f", "f", 61);
    put (&scratch, "in/big", "bbb", 62);
    put (&scratch, "in/.h/in", "i", 63);
    put (&scratch, "in/old", "oo", 36000);
    weir_harness_set (h, cases[i / 3].property, cases[i / 3].value);
    assert_lists (h, i % 3 == 0 ? cases[i / 3].by_age : cases[i / 3].listed);
    assert_lists (h, i % 3 != 2 ? "" : cases[i / 3].listed);
  }
}

static void
test_each_once (const void *strategy)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = list_file (&scratch, strategy);
  assert_lists (h, "");
  put (&scratch, "in/a", "", 50);
  put (&scratch, "in/b", "", 40);
  assert_lists (h, "./a ./b");
  assert_lists (h, "");

  put (&scratch, "in/c", "", 40); /* in the same instant */
  put (&scratch, "in/a", "1", 40);
  assert_lists (h, "./a ./c");
  put (&scratch, "in/c", "more", 30);
  assert_lists (h, "./c");

  weir_harness_restart (h);
  assert_lists (h, "");
  put (&scratch, "in/d\xff %\n", "", 30); /* what needs care in the state */
  assert_lists (h, "./d\\xff %\n");
  weir_harness_restart (h);
  assert_lists (h, "");
  scratch_assert_said (&scratch, "*", 0);
}

/* Older files that come later are seen only by those who know each. */
static void
test_older (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) times = NULL, entities = NULL;

  scratch_init (&scratch);
  times = list_file (&scratch, "Tracking Timestamps");
  entities = list_file (&scratch, "Tracking Entities");
  put (&scratch, "in/new", "", 40);
  assert_lists (times, "./new");
  assert_lists (entities, "./new");
  put (&scratch, "in/old", "", 80);
  assert_lists (times, "");
  assert_lists (entities, "./old");
}

/* A directory that was looked at already could get another file with the same time. Times are whole
 * seconds, and the clock is not: a file system may know no others. */
static void
test_too_new (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = list_file (&scratch, NULL);
  put (&scratch, "in/b", "", -3);
  put (&scratch, "in/a", "", -2);
  weir_harness_advance (h, 10000);
  assert_lists (h, "");
  put (&scratch, "in/0", "", -2);
  assert_lists (h, "./0 ./a ./b");
}

/* One from the future must not hide those that come until then. */
static void
test_future (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = list_file (&scratch, NULL);
  put (&scratch, "in/future", "", -3600);
  put (&scratch, "in/a", "", 10);
  assert_lists (h, "./a");
  put (&scratch, "in/b", "", 5);
  assert_lists (h, "./b");
  scratch_assert_said (&scratch, "*/in/future' was modified in the future*", 1);
  weir_harness_advance (h, INT64_C (3600) * G_USEC_PER_SEC);
  assert_lists (h, "./future");
}

/* So many names of one file, which is quicker than as many files. */
static void
put_many (Scratch *scratch, unsigned n)
{
  g_autofree char *first = scratch_path (scratch, "in/00000");
  g_autofree char *input = scratch_path (scratch, "in");

  put (scratch, "in/00000", "", 100);
  for (unsigned i = 1; i < n; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%05u", input, i);

    g_assert_cmpint (link (first, path), ==, 0);
  }
}

static void
assert_listed (WeirHarness *h, unsigned n)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const WeirFlowFile *out;

  weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  weir_harness_run (h, 999);
  while ((out = weir_harness_pull (h, "success")) != NULL)
    g_assert_true (g_hash_table_add (names, g_strdup (attribute (out, "filename"))));
  g_assert_cmpuint (g_hash_table_size (names), ==, n);
  weir_harness_assert_drained (h);
}

static void
test_batches (const void *strategy)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = list_file (&scratch, strategy);
  put_many (&scratch, 1500);
  weir_harness_run (h, 1);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 1000);
  weir_harness_restart (h); /* in the middle */
  assert_listed (h, 1500);
  assert_listed (h, 0);
}

/* More than are kept for one look, and more of one instant than are remembered by name. */
static void
test_many (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = list_file (&scratch, NULL);
  put_many (&scratch, 20500);
  assert_listed (h, 20500);
  scratch_assert_said (&scratch, "*and more than 10,000 others*", 1);
  weir_harness_restart (h);
  assert_listed (h, 0);
  put (&scratch, "in/20500", "", 100); /* behind them in the order of names: not missed */
  put (&scratch, "in/new", "", 90);
  assert_listed (h, 2);
  put (&scratch, "in/0", "", 90); /* names are remembered again */
  assert_listed (h, 1);
}

static void
test_forgets_what_is_gone (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *path = NULL, *input = NULL, *aside = NULL;

  scratch_init (&scratch);
  h = list_file (&scratch, "Tracking Entities");
  path = scratch_path (&scratch, "in/a");
  put (&scratch, "in/a", "", 40);
  assert_lists (h, "./a");
  g_assert_cmpint (unlink (path), ==, 0);
  assert_lists (h, "");
  put (&scratch, "in/a", "", 40);
  assert_lists (h, "./a");

  /* A directory that cannot be looked at is not one without files. */
  input = scratch_path (&scratch, "in");
  aside = scratch_path (&scratch, "aside");
  g_assert_cmpint (rename (input, aside), ==, 0);
  assert_lists (h, "");
  assert_lists (h, "");
  scratch_assert_said (&scratch, "*cannot open the directory*", 1);
  g_assert_cmpint (rename (aside, input), ==, 0);
  assert_lists (h, "");
}

/* Files in a subdirectory that is closed for a while are not new when it opens again. */
static void
run_closing (Scratch *scratch)
{
  g_autofree char *closed = scratch_path (scratch, "in/d");
  g_autoptr (WeirHarness) h = list_file (scratch, "Tracking Entities");

  g_assert_true (scratch_become_nobody (scratch));
  g_assert_cmpint (chmod (closed, 0), ==, 0);
  assert_lists (h, "./b");
  scratch_assert_said (scratch, "*cannot open the directory '*/in/d'*", 1);
  g_assert_cmpint (chmod (closed, 0777), ==, 0);
  assert_lists (h, "d/a");
  g_assert_cmpint (chmod (closed, 0), ==, 0);
  assert_lists (h, "");
  g_assert_cmpint (chmod (closed, 0777), ==, 0);
  assert_lists (h, "");
}

static void
test_closed_directory (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *closed = NULL;

  if (getuid () != 0) {
    g_test_skip ("only root can become another user");
    return;
  }
  scratch_init (&scratch);
  put (&scratch, "in/d/a", "", 40);
  put (&scratch, "in/b", "", 40);
  closed = scratch_path (&scratch, "in/d");
  g_assert_cmpint (chown (closed, 65534, 65534), ==, 0);
  scratch_in_child (&scratch, run_closing);
}

/* Another directory has files that are older than what was listed: here one of the same name, as
 * seen from elsewhere. */
static void
run_elsewhere (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("ListFile");
  g_autofree char *one = scratch_path (scratch, "one");
  g_autofree char *two = scratch_path (scratch, "two");

  put (scratch, "one/in/a", "", 40);
  put (scratch, "two/in/b", "", 80);
  weir_harness_set (h, "Input Directory", "in");
  g_assert_cmpint (chdir (one), ==, 0);
  assert_lists (h, "./a");
  g_assert_cmpint (chdir (two), ==, 0);
  weir_harness_restart (h);
  assert_lists (h, "./b");
  weir_harness_restart (h);
  assert_lists (h, "");
}

static void
test_elsewhere (void)
{
  g_auto (Scratch) scratch = { 0 };

  scratch_init (&scratch);
  scratch_in_child (&scratch, run_elsewhere);
}

static void
test_no_files (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *pipe = NULL, *link = NULL;

  scratch_init (&scratch);
  h = list_file (&scratch, NULL);
  pipe = scratch_path (&scratch, "in/pipe");
  link = scratch_path (&scratch, "in/link");
  g_assert_cmpint (mkfifo (pipe, 0666), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  assert_lists (h, "");
  scratch_assert_said (&scratch, "*", 2);
}

static void
test_file_for_directory (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = weir_harness_new ("ListFile");

  scratch_init (&scratch);
  scratch_write (&scratch, "file", "", 0);
  scratch_set_path (&scratch, h, "Input Directory", "file");
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_nonnull (strstr (weir_harness_get_error (h), "Not a directory"));
}

static void
assert_refused (const char *property, const char *value, const char *pattern)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("ListFile");

  weir_harness_set (h, "Input Directory", "/tmp");
  weir_harness_set (h, property, value);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("Input Directory", NULL, "*Input Directory*required*");
  assert_refused ("Listing Strategy", "Time Window", "*Listing Strategy*");
  assert_refused ("File Filter", "a(", "*File Filter*wrong at character 3*");
  assert_refused ("Path Filter", "*", "*Path Filter*wrong at character 1*");
  assert_refused ("Maximum File Size", "much", "*Maximum File Size*");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE); /* once: it is kept */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/list-file/attributes", test_attributes);
  g_test_add_func ("/list-file/without file attributes", test_without_file_attributes);
  g_test_add_func ("/list-file/filters", test_filters);
  g_test_add_data_func ("/list-file/each once/times", "Tracking Timestamps", test_each_once);
  g_test_add_data_func ("/list-file/each once/entities", "Tracking Entities", test_each_once);
  g_test_add_func ("/list-file/older", test_older);
  g_test_add_func ("/list-file/too new", test_too_new);
  g_test_add_func ("/list-file/future", test_future);
  g_test_add_data_func ("/list-file/batches/times", "Tracking Timestamps", test_batches);
  g_test_add_data_func ("/list-file/batches/entities", "Tracking Entities", test_batches);
  g_test_add_func ("/list-file/many", test_many);
  g_test_add_func ("/list-file/forgets what is gone", test_forgets_what_is_gone);
  g_test_add_func ("/list-file/closed directory", test_closed_directory);
  g_test_add_func ("/list-file/elsewhere", test_elsewhere);
  g_test_add_func ("/list-file/no files", test_no_files);
  g_test_add_func ("/list-file/file for directory", test_file_for_directory);
  g_test_add_func ("/list-file/refuses", test_refuses);
  return g_test_run ();
}
