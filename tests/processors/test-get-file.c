/* Tests GetFile: what it takes, what it leaves, and when it deletes. */
#include "refusal.h"
#include "scratch.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WALL (INT64_C (1700000000) * G_USEC_PER_SEC) /* where the harness begins */

static WeirHarness *
get_file (Scratch *scratch)
{
  WeirHarness *harness = weir_harness_new ("GetFile");
  g_autofree char *input = scratch_path (scratch, "in");

  g_assert_cmpint (g_mkdir_with_parents (input, 0777), ==, 0);
  weir_harness_set (harness, "Input Directory", input);
  return harness;
}

static const char *
attribute (const WeirFlowFile *flowfile, const char *name)
{
  return weir_flowfile_get_attribute (flowfile, name);
}

/* Pulls all, and fails unless these are the path and filename of each, in order. */
static void
assert_taken (WeirHarness *h, const char *expected)
{
  g_autoptr (GString) names = g_string_new (NULL);
  const WeirFlowFile *out;

  while ((out = weir_harness_pull (h, "success")) != NULL)
    g_string_append_printf (names, "%s%s%s", names->len > 0 ? " " : "", attribute (out, "path"),
                            attribute (out, "filename"));
  g_assert_cmpstr (names->str, ==, expected);
  weir_harness_assert_drained (h);
}

static void
test_takes_and_deletes (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  const WeirFlowFile *out;

  scratch_init (&scratch);
  h = get_file (&scratch);
  scratch_write (&scratch, "in/b", "second", -1);
  scratch_write (&scratch, "in/a", "two\0bytes", 9);
  scratch_write (&scratch, "in/c", "", 0);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);

  out = weir_harness_pull (h, "success");
  g_assert_cmpstr (attribute (out, "filename"), ==, "a");
  g_assert_cmpuint (weir_flowfile_get_size (out), ==, 9);
  g_assert_cmpmem (weir_harness_content (h, out, NULL), 9, "two\0bytes", 9);
  out = weir_harness_pull (h, "success");
  g_assert_cmpstr (weir_harness_content (h, out, NULL), ==, "second");
  out = weir_harness_pull (h, "success");
  g_assert_cmpuint (weir_flowfile_get_size (out), ==, 0);
  weir_harness_assert_drained (h);
  scratch_assert_list (&scratch, "in", "");
  scratch_assert_said (&scratch, "*", 0);
}

static void
test_attributes (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *path = NULL, *absolute = NULL;
  const WeirFlowFile *out;

  scratch_init (&scratch);
  h = get_file (&scratch);
  scratch_write (&scratch, "in/x/y/f.txt", "12345", 5);
  scratch_set_mtime (&scratch, "in/x/y/f.txt", WALL);
  path = scratch_path (&scratch, "in/x/y/f.txt");
  absolute = scratch_path (&scratch, "in/x/y/");
  g_assert_cmpint (chmod (path, 0640), ==, 0);
  weir_harness_run (h, 1);
  out = weir_harness_pull (h, "success");
  g_assert_cmpstr (attribute (out, "filename"), ==, "f.txt");
  g_assert_cmpstr (attribute (out, "path"), ==, "x/y/");
  g_assert_cmpstr (attribute (out, "absolute.path"), ==, absolute);
  g_assert_cmpstr (attribute (out, "file.size"), ==, "5");
  g_assert_cmpstr (attribute (out, "file.permissions"), ==, "rw-r-----");
  g_assert_cmpstr (attribute (out, "file.lastModifiedTime"), ==, "2023-11-14T22:13:20+0000");
  g_assert_nonnull (attribute (out, "file.lastAccessTime"));
  g_assert_nonnull (attribute (out, "file.creationTime"));
  g_assert_cmpstr (attribute (out, "file.owner"), ==, g_get_user_name ());
  g_assert_nonnull (attribute (out, "file.group"));
}

/* What is written there, and what of it is taken with which properties. */
static void
test_filters (void)
{
  static const struct {
    const char *property, *value, *taken;
  } cases[] = {
    { "Recurse Subdirectories", "true", "./big d/e/f d/g ./new ./old" },
    { "Recurse Subdirectories", "false", "./big ./new ./old" },
    { "Ignore Hidden Files", "false", ".h/in ./big d/e/f d/g ./new ./old" },
    { "File Filter", "..[wdg]?", "./big ./new ./old" },
    { "File Filter", "\\..*", "" },
    { "Path Filter", "d(/.*)?", "d/e/f d/g" },
    { "Path Filter", ".*e", "d/e/f" },
    { "Minimum File Age", "2 hours", "./old" },
    { "Maximum File Age", "2 hours", "./big d/e/f d/g ./new" },
    { "Minimum File Size", "2 B", "./big ./old" },
    { "Maximum File Size", "2 B", "d/e/f d/g ./new ./old" },
  };
  static const struct {
    const char *name, *content;
    int64_t age;
  } files[] = {
    { "in/new", "n", 60 },     { "in/old", "oo", 36000 }, { "in/big", "bbb", 60 },
    { "in/.hidden", "h", 60 }, { "in/.h/in", "i", 60 },   { "in/d/g", "g", 60 },
    { "in/d/e/f", "f", 60 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    g_test_message ("%s = %s", cases[i].property, cases[i].value);
    scratch_init (&scratch);
    h = get_file (&scratch);
    for (size_t k = 0; k < G_N_ELEMENTS (files); k++) {
      scratch_write (&scratch, files[k].name, files[k].content, -1);
      scratch_set_mtime (&scratch, files[k].name, WALL - files[k].age * G_USEC_PER_SEC);
    }
    weir_harness_set (h, cases[i].property, cases[i].value);
    weir_harness_run (h, 9);
    assert_taken (h, cases[i].taken);
  }
}

/* Hidden files, once asked for by both properties. */
static void
test_hidden (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = get_file (&scratch);
  scratch_write (&scratch, "in/.a", "", 0);
  scratch_write (&scratch, "in/.d/b", "", 0);
  weir_harness_set (h, "Ignore Hidden Files", "false");
  weir_harness_set (h, "File Filter", ".*");
  weir_harness_run (h, 1);
  assert_taken (h, "./.a .d/b");
}

static void
test_batches (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = get_file (&scratch);
  weir_harness_set (h, "Batch Size", "2");
  for (int i = 0; i < 5; i++) {
    char name[] = "in/0";

    name[3] = (char)('0' + i);
    scratch_write (&scratch, name, "", 0);
  }
  weir_harness_run (h, 1);
  assert_taken (h, "./0 ./1");
  weir_harness_run (h, 1);
  assert_taken (h, "./2 ./3");
  weir_harness_run (h, 1);
  assert_taken (h, "./4");
}

static void
test_keeps_and_polls (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = get_file (&scratch);
  weir_harness_set (h, "Keep Source File", "true");
  weir_harness_set (h, "Polling Interval", "20 sec");
  scratch_write (&scratch, "in/a", "", 0);
  weir_harness_run (h, 9);
  assert_taken (h, "./a");
  scratch_write (&scratch, "in/b", "", 0);
  weir_harness_advance (h, 19 * G_USEC_PER_SEC);
  weir_harness_run (h, 9);
  assert_taken (h, "");
  weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  weir_harness_run (h, 9);
  assert_taken (h, "./a ./b");
  scratch_assert_list (&scratch, "in", "a b");
}

/* More names than are held at a time, all of one file: it is taken under each. */
static void
test_many (void)
{
  const unsigned n = 10500;
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *first = NULL;

  scratch_init (&scratch);
  h = get_file (&scratch);
  weir_harness_set (h, "Batch Size", "1000");
  scratch_write (&scratch, "in/first", "", 0);
  first = scratch_path (&scratch, "in/first");
  for (unsigned i = 1; i < n; i++) {
    char name[16];
    g_autofree char *path = NULL;

    g_snprintf (name, sizeof name, "in/%05u", i);
    path = scratch_path (&scratch, name);
    g_assert_cmpint (link (first, path), ==, 0);
  }
  weir_harness_run (h, 30);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, n);
  scratch_assert_list (&scratch, "in", "");
}

/* A name is bytes, an attribute is text. */
static void
test_odd_names (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *longest = g_strnfill (255, 'x');
  g_autofree char *path = g_strconcat ("in/", longest, NULL);
  g_autofree char *expected =
      g_strconcat ("./..x ./a\nb ./caf\\xe9 ./", longest, " ./\xc3\xbc", NULL);

  scratch_init (&scratch);
  h = get_file (&scratch);
  weir_harness_set (h, "File Filter", ".*");
  weir_harness_set (h, "Ignore Hidden Files", "false");
  scratch_write (&scratch, "in/a\nb", "", 0);
  scratch_write (&scratch, "in/caf\xe9", "", 0);
  scratch_write (&scratch, "in/\xc3\xbc", "", 0);
  scratch_write (&scratch, "in/..x", "", 0);
  scratch_write (&scratch, path, "", 0);
  weir_harness_run (h, 1);
  assert_taken (h, expected);
  scratch_assert_list (&scratch, "in", "");
}

/* Links lead elsewhere, pipes never end: each is told once, and the file beside them is taken. */
static void
test_no_files (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *link = NULL, *dangling = NULL, *directory = NULL, *pipe = NULL;
  g_autofree char *secret = NULL;

  scratch_init (&scratch);
  h = get_file (&scratch);
  scratch_write (&scratch, "in/z", "", 0);
  scratch_write (&scratch, "secret/s", "", 0);
  link = scratch_path (&scratch, "in/link");
  dangling = scratch_path (&scratch, "in/dangling\n");
  directory = scratch_path (&scratch, "in/directory");
  pipe = scratch_path (&scratch, "in/pipe");
  secret = scratch_path (&scratch, "secret/s");
  g_assert_cmpint (symlink (secret, link), ==, 0);
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  g_assert_cmpint (symlink ("../secret", directory), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0666), ==, 0);
  weir_harness_run (h, 9);
  assert_taken (h, "./z");
  scratch_assert_said (&scratch, "*/in/link' is a symbolic link*", 1);

  weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  weir_harness_run (h, 9);
  assert_taken (h, "");
  scratch_assert_said (&scratch, "*", 0);

  g_assert_cmpint (unlink (pipe), ==, 0);
  weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  weir_harness_run (h, 9);
  g_assert_cmpint (mkfifo (pipe, 0666), ==, 0);
  weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  weir_harness_run (h, 9);
  scratch_assert_said (&scratch, "*/in/pipe' is no regular file*", 1);
  g_assert_true (scratch_has (&scratch, "secret/s"));
}

static void
test_all_are_told (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *dangling = NULL;

  scratch_init (&scratch);
  h = get_file (&scratch);
  dangling = scratch_path (&scratch, "in/a\nb");
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  weir_harness_run (h, 1);
  scratch_assert_said (&scratch, "*/in/a\\x0ab' is a symbolic link*", 1);
}

/* As a user who may not do everything. */
static void
run_unreadable (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = get_file (scratch);
  g_autofree char *closed = scratch_path (scratch, "in/closed");
  g_autofree char *locked = scratch_path (scratch, "in/locked");
  g_autofree char *fixed = scratch_path (scratch, "in/fixed");
  g_autofree char *input = scratch_path (scratch, "in");

  scratch_write (scratch, "in/closed", "", 0);
  scratch_write (scratch, "in/fixed/f", "", 0);
  scratch_write (scratch, "in/locked/l", "", 0);
  scratch_write (scratch, "in/open", "", 0);
  g_assert_cmpint (chmod (closed, 0), ==, 0);
  g_assert_cmpint (chmod (locked, 0), ==, 0);
  g_assert_cmpint (chmod (input, 0777), ==, 0);
  g_assert_cmpint (chmod (fixed, 0555), ==, 0);
  g_assert_true (scratch_become_nobody (scratch));
  weir_harness_run (h, 9);
  assert_taken (h, "./open");
  weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  weir_harness_run (h, 9);
  g_assert_cmpuint (scratch->said->len, ==, 3);
  scratch_assert_said (scratch, "*cannot open '*/in/closed': Permission denied; give the user*", 1);
  g_assert_true (scratch_has (scratch, "in/fixed/f"));
}

static void
test_unreadable (void)
{
  g_auto (Scratch) scratch = { 0 };

  if (getuid () != 0) {
    g_test_skip ("only root can become another user");
    return;
  }
  scratch_init (&scratch);
  scratch_in_child (&scratch, run_unreadable);
}

/* One that cannot be deleted after all is told, and taken only once. */
static void
run_sticky (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = get_file (scratch);
  g_autofree char *input = scratch_path (scratch, "in");

  scratch_write (scratch, "in/roots", "", 0);
  g_assert_cmpint (chmod (input, 01777), ==, 0);
  g_assert_true (scratch_become_nobody (scratch));
  for (int i = 0; i < 3; i++) {
    weir_harness_run (h, 9);
    assert_taken (h, i == 0 ? "./roots" : "");
    weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  }
  g_assert_true (scratch_has (scratch, "in/roots"));
  scratch_assert_said (scratch, "*cannot delete '*/in/roots': Operation not permitted*", 1);
}

static void
test_sticky (void)
{
  g_auto (Scratch) scratch = { 0 };

  if (getuid () != 0) {
    g_test_skip ("only root can become another user");
    return;
  }
  scratch_init (&scratch);
  scratch_in_child (&scratch, run_sticky);
}

/* A directory from which nothing can be deleted keeps its files, unless that is what is wanted. */
static void
run_kept (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = get_file (scratch);
  g_autofree char *input = scratch_path (scratch, "in");

  scratch_write (scratch, "in/f", "", 0);
  g_assert_cmpint (chmod (input, 0555), ==, 0);
  weir_harness_set (h, "Keep Source File", "true");
  g_assert_true (scratch_become_nobody (scratch));
  weir_harness_run (h, 9);
  assert_taken (h, "./f");
  scratch_assert_said (scratch, "*", 0);
}

static void
test_kept_without_permission (void)
{
  g_auto (Scratch) scratch = { 0 };

  if (getuid () != 0) {
    g_test_skip ("only root can become another user");
    return;
  }
  scratch_init (&scratch);
  scratch_in_child (&scratch, run_kept);
}

/* The directory is looked at, then a file in it goes. */
static void
test_vanishing (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *b = NULL;

  scratch_init (&scratch);
  h = get_file (&scratch);
  b = scratch_path (&scratch, "in/b");
  weir_harness_set (h, "Batch Size", "1");
  scratch_write (&scratch, "in/a", "", 0);
  scratch_write (&scratch, "in/b", "", 0);
  scratch_write (&scratch, "in/c", "", 0);
  weir_harness_run (h, 1);
  g_assert_cmpint (unlink (b), ==, 0);
  weir_harness_run (h, 9);
  assert_taken (h, "./a ./c");
}

static void
test_directory_comes_and_goes (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *input = NULL;

  scratch_init (&scratch);
  h = get_file (&scratch);
  input = scratch_path (&scratch, "in");
  g_assert_cmpint (rmdir (input), ==, 0);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_nonnull (strstr (weir_harness_get_error (h), "cannot open the directory"));

  scratch_write (&scratch, "in/a", "", 0);
  weir_harness_advance (h, 20 * G_USEC_PER_SEC);
  weir_harness_run (h, 9);
  assert_taken (h, "./a");
  g_ptr_array_set_size (scratch.said, 0);

  g_assert_cmpint (rmdir (input), ==, 0);
  for (int i = 0; i < 3; i++) {
    weir_harness_advance (h, 2 * G_USEC_PER_SEC);
    weir_harness_run (h, 9);
  }
  scratch_assert_said (&scratch, "*cannot open the directory*", 1);
  scratch_write (&scratch, "in/b", "", 0);
  weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  weir_harness_run (h, 9);
  assert_taken (h, "./b");
}

static void
test_file_for_directory (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = weir_harness_new ("GetFile");

  scratch_init (&scratch);
  scratch_write (&scratch, "file", "", 0);
  scratch_set_path (&scratch, h, "Input Directory", "file");
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_nonnull (strstr (weir_harness_get_error (h), "Not a directory"));
}

static void
assert_refused (const char *property, const char *value, const char *pattern)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("GetFile");

  weir_harness_set (h, "Input Directory", "/tmp");
  weir_harness_set (h, property, value);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("Input Directory", NULL, "*Input Directory*required*");
  assert_refused ("File Filter", "a(", "*File Filter*wrong at character 3*");
  assert_refused ("Path Filter", "*", "*Path Filter*wrong at character 1*");
  assert_refused ("Batch Size", "0", "*Batch Size*too small*");
  assert_refused ("Polling Interval", "soon", "*Polling Interval*");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE); /* once: it is kept */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/get-file/takes and deletes", test_takes_and_deletes);
  g_test_add_func ("/get-file/attributes", test_attributes);
  g_test_add_func ("/get-file/filters", test_filters);
  g_test_add_func ("/get-file/hidden", test_hidden);
  g_test_add_func ("/get-file/batches", test_batches);
  g_test_add_func ("/get-file/keeps and polls", test_keeps_and_polls);
  g_test_add_func ("/get-file/many", test_many);
  g_test_add_func ("/get-file/odd names", test_odd_names);
  g_test_add_func ("/get-file/no files", test_no_files);
  g_test_add_func ("/get-file/all are told", test_all_are_told);
  g_test_add_func ("/get-file/unreadable", test_unreadable);
  g_test_add_func ("/get-file/sticky", test_sticky);
  g_test_add_func ("/get-file/kept without permission", test_kept_without_permission);
  g_test_add_func ("/get-file/vanishing", test_vanishing);
  g_test_add_func ("/get-file/directory comes and goes", test_directory_comes_and_goes);
  g_test_add_func ("/get-file/file for directory", test_file_for_directory);
  g_test_add_func ("/get-file/refuses", test_refuses);
  return g_test_run ();
}
