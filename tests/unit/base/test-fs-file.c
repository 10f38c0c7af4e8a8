#include "base/fs.h"
#include "support/failing-fs.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <weir/error.h>

typedef struct {
  char *directory;
  char *file;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  self->directory = g_dir_make_tmp ("weir-fs-file-XXXXXX", NULL);
  self->file = g_build_filename (self->directory, "file", NULL);
}

static void
tear_down (Fixture *self, const void *data)
{
  g_remove (self->file);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0); /* and nothing else was left there */
  g_free (self->directory);
  g_free (self->file);
}

static void
test_reads_a_whole_file (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *whole = NULL;
  g_autofree char *empty = NULL;
  size_t size = 0;

  g_file_set_contents (self->file, text, -1, NULL);
  whole = weir_fs_read_file (NULL, self->file, 100000, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (whole, ==, text);
  g_assert_cmpuint (size, ==, 100000);

  g_file_set_contents (self->file, "", 0, NULL);
  empty = weir_fs_read_file (NULL, self->file, 0, NULL, &error);
  g_assert_cmpstr (empty, ==, "");
}

/* Files of the kernel say that their size is 0. */
static void
test_reads_files_without_a_size (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  size_t size = 0;
  g_autofree char *status = weir_fs_read_file (NULL, "/proc/self/status", 65536, &size, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (size, ==, strlen (status));
  g_assert_nonnull (strstr (status, "VmRSS"));
}

static void
test_refuses_what_is_too_large_or_no_file (Fixture *self, const void *data)
{
  g_autoptr (GError) large = NULL;
  g_autoptr (GError) endless = NULL;
  g_autoptr (GError) directory = NULL;
  g_autoptr (GError) missing = NULL;

  g_assert_null (weir_fs_read_file (NULL, self->file, 10, NULL, &missing));
  g_assert_error (missing, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_file_set_contents (self->file, "12345678901", -1, NULL);
  g_assert_null (weir_fs_read_file (NULL, self->file, 10, NULL, &large));
  g_assert_error (large, WEIR_ERROR, WEIR_ERROR_LIMIT);
  g_assert_null (weir_fs_read_file (NULL, "/dev/zero", 1000000, NULL, &endless));
  g_assert_error (endless, WEIR_ERROR, WEIR_ERROR_LIMIT);
  g_assert_null (weir_fs_read_file (NULL, self->directory, 10, NULL, &directory));
  g_assert_error (directory, WEIR_ERROR, WEIR_ERROR_INVALID);
}

static void
test_replaces_a_file (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_assert_true (weir_fs_replace_file (NULL, self->file, "one", 3, 0600, &error));
  first = weir_fs_read_file (NULL, self->file, 10, NULL, &error);
  g_assert_cmpstr (first, ==, "one");
  g_assert_true (weir_fs_replace_file (NULL, self->file, "second", 6, 0600, &error));
  second = weir_fs_read_file (NULL, self->file, 10, NULL, &error);
  g_assert_cmpstr (second, ==, "second");
  g_assert_no_error (error);
}

/* Whatever call fails: the old file or the new one, and nothing beside it. */
static void
test_a_failed_replacement_changes_nothing (Fixture *self, const void *data)
{
  FailingFs failing;
  int n_failures = 0;

  for (int nth = 1;; nth++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *content = NULL;
    bool replaced;

    g_assert_true (weir_fs_replace_file (NULL, self->file, "old", 3, 0600, NULL));
    failing_fs_init (&failing, nth, EIO, true);
    replaced = weir_fs_replace_file (&failing.fs, self->file, "new text", 8, 0600, &error);
    if (failing_fs_all_passed (&failing)) {
      g_assert_true (replaced);
      break;
    }
    g_assert_false (replaced);
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
    content = weir_fs_read_file (NULL, self->file, 10, NULL, NULL);
    g_assert_true (g_str_equal (content, "old") || g_str_equal (content, "new text"));
    n_failures++;
  }
  g_assert_cmpint (n_failures, ==, 6); /* open, write, fsync, rename, open, fsync */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/fs-file/read", test_reads_a_whole_file);
  ADD ("/fs-file/no-size", test_reads_files_without_a_size);
  ADD ("/fs-file/refusals", test_refuses_what_is_too_large_or_no_file);
  ADD ("/fs-file/replace", test_replaces_a_file);
  ADD ("/fs-file/failing", test_a_failed_replacement_changes_nothing);
  return g_test_run ();
}
