/* Tests PutFile: what it writes, where it refuses to, and what is left when it fails. */
#include "putting.h"
#include "refusal.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static void
test_writes (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  const WeirFlowFile *out;

  scratch_init (&scratch);
  h = putting_new (&scratch);
  putting_push (h, "a.txt", "hello");
  putting_push (h, "empty", "");
  putting_push (h, ".hidden", "h");
  weir_harness_run (h, 9);
  out = weir_harness_pull (h, "success");
  g_assert_cmpstr (weir_harness_content (h, out, NULL), ==, "hello");
  g_assert_false (weir_harness_is_penalized (h, out));
  weir_harness_pull (h, "success");
  weir_harness_pull (h, "success");
  weir_harness_assert_drained (h);
  scratch_assert_list (&scratch, "out", ".hidden a.txt empty");
  scratch_assert_content (&scratch, "out/a.txt", "hello");
  scratch_assert_content (&scratch, "out/empty", "");
}

/* Enough to be synced together; and the rest, one by one. */
static void
test_batches (void)
{
  for (unsigned n = 1; n <= 1100; n += 1099) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    scratch_init (&scratch);
    h = putting_new (&scratch);
    for (unsigned i = 0; i < n; i++) {
      char name[16];

      g_snprintf (name, sizeof name, "%u", i);
      putting_push (h, name, name);
    }
    /* Whose files they are; then each batch, with the end of the one before it. */
    g_assert_cmpuint (weir_harness_run (h, 99), ==, 1 + (n + 1023) / 1024 + 1);
    g_assert_cmpuint (weir_harness_count (h, "success"), ==, n);
    for (unsigned i = 0; i < n; i++) {
      char name[16];
      g_autofree char *path = NULL;

      g_snprintf (name, sizeof name, "%u", i);
      path = g_strconcat ("out/", name, NULL);
      scratch_assert_content (&scratch, path, name);
    }
  }
}

static void
test_not_synced (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = putting_new (&scratch);
  weir_harness_set (h, "Sync to Disk", "false");
  putting_push (h, "a", "1");
  putting_run (h, 1, 0);
  scratch_assert_content (&scratch, "out/a", "1");
}

static void
assert_copies (const char *sync, const char *data, size_t size)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *written = NULL, *path = NULL;
  struct stat status;

  scratch_init (&scratch);
  h = putting_new (&scratch);
  weir_harness_set (h, "Sync to Disk", sync);
  weir_harness_push (h, data, (ssize_t)size, "filename", "large", NULL);
  putting_run (h, 1, 0);
  path = scratch_path (&scratch, "out/large");
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, (off_t)size);
  written = scratch_read (&scratch, "out/large");
  g_assert_cmpint (memcmp (written, data, size), ==, 0);
}

/* What is synced goes to the disk in pieces of 8 MiB. */
static void
test_large (void)
{
  static const size_t sizes[] = { 10 * 1000 * 1000 + 7, 16 * 1024 * 1024, 8 * 1024 * 1024 + 1 };
  g_autofree char *data = g_malloc (16 * 1024 * 1024);

  for (size_t i = 0; i < 16 * 1024 * 1024; i++)
    data[i] = (char)(i * 7 >> 3 ^ i >> 17);
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    assert_copies ("true", data, sizes[i]);
    assert_copies ("false", data, sizes[i]);
  }
}

static void
test_conflicts (void)
{
  static const struct {
    const char *strategy, *content;
    unsigned n_success, n_failure;
  } cases[] = {
    { NULL, "old", 1, 2 },
    { "fail", "old", 1, 2 },
    { "ignore", "old", 3, 0 },
    { "replace", "new", 3, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    g_test_message ("%s", cases[i].strategy);
    scratch_init (&scratch);
    h = putting_new (&scratch);
    if (cases[i].strategy != NULL)
      weir_harness_set (h, "Conflict Resolution Strategy", cases[i].strategy);
    scratch_write (&scratch, "out/a", "old", -1);
    putting_push (h, "a", "new");
    putting_push (h, "b", "old"); /* two of the same batch */
    putting_push (h, "b", "new");
    putting_run (h, cases[i].n_success, cases[i].n_failure);
    scratch_assert_list (&scratch, "out", "a b");
    scratch_assert_content (&scratch, "out/a", cases[i].content);
    scratch_assert_content (&scratch, "out/b", cases[i].content);
    scratch_assert_said (&scratch, "*/out/?': File exists; *another name", cases[i].n_failure);
  }
}

/* A link in the place of a file is no way to another file. */
static void
test_links (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *a = NULL, *b = NULL;
  struct stat status;

  scratch_init (&scratch);
  h = putting_new (&scratch);
  weir_harness_set (h, "Conflict Resolution Strategy", "replace");
  scratch_write (&scratch, "secret", "s", -1);
  scratch_write (&scratch, "out/c", "", 0);
  a = scratch_path (&scratch, "out/a");
  b = scratch_path (&scratch, "out/b");
  g_assert_cmpint (symlink ("../secret", a), ==, 0);
  g_assert_cmpint (symlink ("../new", b), ==, 0);
  putting_push (h, "a", "1");
  putting_push (h, "b", "2");
  putting_run (h, 2, 0);
  scratch_assert_content (&scratch, "secret", "s");
  g_assert_false (scratch_has (&scratch, "new"));
  g_assert_cmpint (lstat (a, &status), ==, 0);
  g_assert_true (S_ISREG (status.st_mode));
  scratch_assert_content (&scratch, "out/b", "2");
}

static void
test_dangling_link_fails (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *a = NULL;

  scratch_init (&scratch);
  h = putting_new (&scratch);
  scratch_write (&scratch, "out/c", "", 0);
  a = scratch_path (&scratch, "out/a");
  g_assert_cmpint (symlink ("../new", a), ==, 0);
  putting_push (h, "a", "1");
  putting_run (h, 0, 1);
  g_assert_false (scratch_has (&scratch, "new"));
}

static void
test_bad_names (void)
{
  g_autofree char *long_name = g_strnfill (256, 'x');
  const char *names[] = { "..", ".", "", "a/b", "/etc/x", "../x", "a\nb", "a\x7f", long_name };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    scratch_init (&scratch);
    h = putting_new (&scratch);
    putting_push (h, names[i], "x");
    putting_push (h, "good", "x");
    putting_run (h, 1, 1);
    scratch_assert_list (&scratch, "out", "good");
    scratch_assert_list (&scratch, ".", "out");
    scratch_assert_said (&scratch, "*the filename '*: set another with UpdateAttribute", 1);
  }
}

/* A value with expressions is not trusted with the way; a person's own is. */
static void
test_directory_of_attributes (void)
{
  static const struct {
    const char *path;
    bool is_fine;
  } cases[] = {
    { "sub/dir", true }, { "./", true },           { "", true },        { "a..b/", true },
    { "../x", false },   { "sub/../../x", false }, { "sub/..", false }, { "a\nb", false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = weir_harness_new ("PutFile");
    g_autofree char *expected = g_build_filename ("out", cases[i].path, "f", NULL);

    scratch_init (&scratch);
    scratch_set_path (&scratch, h, "Directory", "out/${path}");
    weir_harness_push (h, "x", 1, "filename", "f", "path", cases[i].path, NULL);
    putting_run (h, cases[i].is_fine, !cases[i].is_fine);
    g_assert_cmpint (scratch_has (&scratch, expected), ==, cases[i].is_fine);
    g_assert_cmpint (scratch_has (&scratch, "out"), ==, cases[i].is_fine);
  }
}

static void
test_directory_of_a_person (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = weir_harness_new ("PutFile");

  scratch_init (&scratch);
  scratch_write (&scratch, "in/x", "", 0);
  scratch_set_path (&scratch, h, "Directory", "in/../out");
  putting_push (h, "a", "1");
  putting_run (h, 1, 0);
  scratch_assert_content (&scratch, "out/a", "1");
}

static void
test_empty_directory (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = weir_harness_new ("PutFile");

  scratch_init (&scratch);
  weir_harness_set (h, "Directory", "${where}");
  putting_push (h, "a", "1");
  putting_run (h, 0, 1);
  scratch_assert_said (&scratch, "*Directory is empty*", 1);
}

static void
test_missing_directory (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = weir_harness_new ("PutFile");

  scratch_init (&scratch);
  scratch_set_path (&scratch, h, "Directory", "a/b/c");
  weir_harness_set (h, "Create Missing Directories", "false");
  putting_push (h, "f", "1");
  putting_run (h, 0, 1);
  scratch_assert_said (&scratch, "*cannot open the directory '*/a/b/c': No such file*", 1);
  g_assert_false (scratch_has (&scratch, "a"));
}

/* Where a directory should be there is a file, and the other way round. */
static void
test_wrong_kind (void)
{
  static const char *const strategies[] = { "fail", "replace", "ignore" };

  for (size_t i = 0; i < G_N_ELEMENTS (strategies); i++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL, file = NULL;

    scratch_init (&scratch);
    h = putting_new (&scratch);
    weir_harness_set (h, "Conflict Resolution Strategy", strategies[i]);
    scratch_write (&scratch, "out/d/x", "", 0);
    putting_push (h, "d", "1");
    putting_run (h, 0, 1);
    scratch_assert_said (&scratch, "*/out/d': Is a directory*", 1);
    scratch_assert_list (&scratch, "out", "d");

    file = weir_harness_new ("PutFile");
    scratch_set_path (&scratch, file, "Directory", "out/d/x");
    putting_push (file, "f", "1");
    putting_run (file, 0, 1);
    scratch_assert_said (&scratch, "*Not a directory*", 1);
  }
}

static void
test_maximum_count (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = putting_new (&scratch);
  weir_harness_set (h, "Maximum File Count", "3");
  weir_harness_set (h, "Conflict Resolution Strategy", "replace");
  scratch_write (&scratch, "out/a", "old", -1);
  scratch_write (&scratch, "out/.weir-0123456789abcdef-0000000000000001.tmp", "", 0);
  putting_push (h, "b", "1");
  putting_push (h, "c", "1");
  putting_push (h, "d", "1");
  putting_push (h, "a", "new"); /* is no more than there were */
  putting_run (h, 3, 1);
  scratch_assert_list (&scratch, "out", ".weir-0123456789abcdef-0000000000000001.tmp a b c");
  scratch_assert_content (&scratch, "out/a", "new");
  scratch_assert_said (&scratch, "*/out/d': the directory has 3 files*", 1);
  putting_push (h, "d", "1");
  putting_run (h, 0, 1);
}

static void
test_stamp (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *a = NULL, *b = NULL, *c = NULL;
  struct stat status;

  scratch_init (&scratch);
  umask (022);
  h = putting_new (&scratch);
  weir_harness_set (h, "Permissions", "${p}");
  weir_harness_set (h, "Last Modified Time", "${t}");
  a = scratch_path (&scratch, "out/a");
  b = scratch_path (&scratch, "out/b");
  c = scratch_path (&scratch, "out/c");
  weir_harness_push (h, "", 0, "filename", "a", "p", "rwxr-x--x", "t", "2023-11-14T22:13:20+0000",
                     NULL);
  weir_harness_push (h, "", 0, "filename", "b", "p", "604", "t", "2023-11-15T00:13:20+0200", NULL);
  weir_harness_push (h, "", 0, "filename", "c", NULL);
  putting_run (h, 3, 0);
  g_assert_cmpint (stat (a, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0751);
  g_assert_cmpint (status.st_mtime, ==, 1700000000);
  g_assert_cmpint (stat (b, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0604);
  g_assert_cmpint (status.st_mtime, ==, 1700000000);
  g_assert_cmpint (stat (c, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0644);
}

static void
test_bad_stamps (void)
{
  static const struct {
    const char *property, *value, *said;
  } cases[] = {
    { "Permissions", "rwxrwxrw", "*'rwxrwxrw' are no permissions*" },
    { "Permissions", "rwrwrwrwx", "*are no permissions*" },
    { "Permissions", "4755", "*are no permissions*" },
    { "Permissions", "789", "*are no permissions*" },
    { "Last Modified Time", "yesterday", "*'yesterday' is no time*" },
    { "Owner", "no such user", "*there is no user 'no such user'*" },
    { "Group", "no such group", "*there is no group 'no such group'*" },
    { "Owner", "4294967295", "*there is no user*" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    scratch_init (&scratch);
    h = putting_new (&scratch);
    weir_harness_set (h, cases[i].property, "${v}");
    weir_harness_push (h, "x", 1, "filename", "f", "v", cases[i].value, NULL);
    putting_run (h, 0, 1);
    scratch_assert_list (&scratch, "out", "");
    scratch_assert_said (&scratch, cases[i].said, 1);
  }
}

static void
test_owner (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *path = NULL;
  struct stat status;

  if (getuid () != 0) {
    g_test_skip ("only root may give files away");
    return;
  }
  scratch_init (&scratch);
  h = putting_new (&scratch);
  weir_harness_set (h, "Owner", "${o}");
  weir_harness_set (h, "Group", "1");
  path = scratch_path (&scratch, "out/a");
  weir_harness_push (h, "", 0, "filename", "a", "o", "65534", NULL);
  putting_run (h, 1, 0);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_uid, ==, NOBODY);
  g_assert_cmpint (status.st_gid, ==, 1);
}

static void
assert_refused (const char *property, const char *value, const char *pattern)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("PutFile");

  weir_harness_set (h, "Directory", "/tmp");
  weir_harness_set (h, property, value);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("Directory", NULL, "*Directory*required*");
  assert_refused ("Conflict Resolution Strategy", "maybe", "*use one of*");
  assert_refused ("Maximum File Count", "0", "*too small*");
  assert_refused ("Permissions", "everything", "*are no permissions: write them as*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/put-file/writes", test_writes);
  g_test_add_func ("/put-file/batches", test_batches);
  g_test_add_func ("/put-file/not synced", test_not_synced);
  g_test_add_func ("/put-file/large", test_large);
  g_test_add_func ("/put-file/conflicts", test_conflicts);
  g_test_add_func ("/put-file/links", test_links);
  g_test_add_func ("/put-file/dangling link fails", test_dangling_link_fails);
  g_test_add_func ("/put-file/bad names", test_bad_names);
  g_test_add_func ("/put-file/directory of attributes", test_directory_of_attributes);
  g_test_add_func ("/put-file/directory of a person", test_directory_of_a_person);
  g_test_add_func ("/put-file/empty directory", test_empty_directory);
  g_test_add_func ("/put-file/missing directory", test_missing_directory);
  g_test_add_func ("/put-file/wrong kind", test_wrong_kind);
  g_test_add_func ("/put-file/maximum count", test_maximum_count);
  g_test_add_func ("/put-file/stamp", test_stamp);
  g_test_add_func ("/put-file/bad stamps", test_bad_stamps);
  g_test_add_func ("/put-file/owner", test_owner);
  g_test_add_func ("/put-file/refuses", test_refuses);
  return g_test_run ();
}
