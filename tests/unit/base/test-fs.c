#include "base/fs.h"
#include "support/failing-fs.h"
#include "support/nameless.h"
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

typedef struct {
  char *directory;
  char *file;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  self->directory = g_dir_make_tmp ("weir-fs-XXXXXX", NULL);
  self->file = g_build_filename (self->directory, "file", NULL);
}

static void
tear_down (Fixture *self, const void *data)
{
  g_autoptr (GDir) entries = g_dir_open (self->directory, 0, NULL);

  for (const char *name; (name = g_dir_read_name (entries)) != NULL;) {
    g_autofree char *path = g_build_filename (self->directory, name, NULL);

    g_remove (path);
  }
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
  g_free (self->file);
}

static unsigned
count_entries (const char *directory)
{
  g_autoptr (GDir) entries = g_dir_open (directory, 0, NULL);
  unsigned n = 0;

  while (g_dir_read_name (entries) != NULL)
    n++;
  return n;
}

static void
test_writes_and_reads (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  WEIR_AUTO_FD int fd = weir_fs_open (NULL, AT_FDCWD, self->file, O_RDWR | O_CREAT, 0600, &error);
  char buffer[32];

  g_assert_no_error (error);
  g_assert_true (fcntl (fd, F_GETFD) & FD_CLOEXEC);
  g_assert_true (weir_fs_write (NULL, fd, "hello ", 6, self->file, &error));
  g_assert_true (weir_fs_write (NULL, fd, "world", 5, self->file, &error));
  g_assert_true (weir_fs_pwrite (NULL, fd, "W", 1, 6, self->file, &error));
  g_assert_true (weir_fs_sync (NULL, fd, self->file, &error));
  g_assert_true (weir_fs_sync_data (NULL, fd, self->file, &error));
  g_assert_cmpint (weir_fs_pread (NULL, fd, buffer, sizeof buffer, 0, self->file, &error), ==, 11);
  g_assert_cmpmem (buffer, 11, "hello World", 11);
  g_assert_cmpint (weir_fs_pread (NULL, fd, buffer, 5, 6, self->file, &error), ==, 5);
  g_assert_cmpint (weir_fs_pread (NULL, fd, buffer, 5, 11, self->file, &error), ==, 0);

  g_assert_true (weir_fs_resize (NULL, fd, 3, self->file, &error));
  lseek (fd, 0, SEEK_SET);
  g_assert_cmpint (weir_fs_read (NULL, fd, buffer, sizeof buffer, self->file, &error), ==, 3);

  /* Room is never taken away. */
  g_assert_true (weir_fs_allocate (NULL, fd, 10, self->file, &error));
  g_assert_true (weir_fs_allocate (NULL, fd, 5, self->file, &error));
  g_assert_cmpint (weir_fs_pread (NULL, fd, buffer, sizeof buffer, 0, self->file, &error), ==, 10);
  g_assert_cmpmem (buffer + 2, 8, "l\0\0\0\0\0\0\0", 8);
  g_assert_no_error (error);
}

static void
test_errors_name_the_file (Fixture *self, const void *data)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) unreadable = NULL;
  WEIR_AUTO_FD int fd = weir_fs_open (NULL, AT_FDCWD, self->file, O_RDONLY, 0, &missing);
  g_autoptr (GError) unnamed = NULL;
  WEIR_AUTO_FD int write_only = -1;
  char byte;

  g_assert_cmpint (fd, ==, -1);
  g_assert_error (missing, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (missing->message, self->file));

  g_assert_cmpint (weir_fs_read (NULL, -1, &byte, 1, "the thing", &unreadable), ==, -1);
  g_assert_error (unreadable, WEIR_ERROR, WEIR_ERROR_IO);
  g_assert_nonnull (strstr (unreadable->message, "'the thing'"));

  write_only = weir_fs_open (NULL, AT_FDCWD, self->file, O_WRONLY | O_CREAT, 0600, NULL);
  g_assert_cmpint (weir_fs_read (NULL, write_only, &byte, 1, NULL, &unnamed), ==, -1);
  g_assert_nonnull (strstr (unnamed->message, self->file));
}

static void
test_unnamed_files_leave_nothing (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  WEIR_AUTO_FD int fd = weir_fs_open_unnamed (NULL, self->directory, &error);
  g_autoptr (GError) missing = NULL;

  g_assert_no_error (error);
  g_assert_true (weir_fs_write (NULL, fd, "x", 1, self->directory, &error));
  g_assert_cmpuint (count_entries (self->directory), ==, 0);

  g_assert_cmpint (weir_fs_open_unnamed (NULL, self->file, &missing), ==, -1);
  g_assert_error (missing, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
}

static bool
is_content (const char *path, const char *content)
{
  g_autofree char *read = weir_fs_read_file (NULL, path, 100, NULL, NULL);

  return g_strcmp0 (read, content) == 0;
}

static void
test_gives_a_name_once (Fixture *self, const void *data)
{
  WEIR_AUTO_FD int directory = open (self->directory, O_PATH | O_DIRECTORY);
  WEIR_AUTO_FD int fd = weir_fs_open_unnamed (NULL, self->directory, NULL);
  g_autofree char *path = g_build_filename (self->directory, "b", NULL);

  if (!nameless_gets_name ()) {
    g_test_skip ("files without a name cannot get one here");
    return;
  }
  g_assert_true (weir_fs_write (NULL, fd, "x", 1, self->directory, NULL));
  g_assert_true (g_file_set_contents (self->file, "old", 3, NULL));
  g_assert_false (weir_fs_give_name (NULL, fd, AT_FDCWD, self->file));
  g_assert_cmpint (errno, ==, EEXIST);
  g_assert_true (is_content (self->file, "old"));

  g_assert_true (weir_fs_give_name (NULL, fd, directory, "b"));
  g_assert_true (is_content (path, "x"));
  g_unlink (path);
  g_assert_false (weir_fs_give_name (NULL, fd, directory, "b"));
  g_assert_cmpint (errno, ==, ENOENT);
}

static void
test_makes_directories (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) blocked = NULL;
  g_autofree char *deep = g_build_filename (self->directory, "a", "b", "c", NULL);
  g_autofree char *b = g_build_filename (self->directory, "a", "b", NULL);
  g_autofree char *a = g_build_filename (self->directory, "a", NULL);
  g_autofree char *below_file = g_build_filename (self->file, "d", NULL);

  g_assert_true (weir_fs_make_directory (NULL, deep, 0700, &error));
  g_assert_true (weir_fs_make_directory (NULL, deep, 0700, &error));
  g_assert_true (weir_fs_make_directory (NULL, "/", 0700, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (deep, G_FILE_TEST_IS_DIR));
  g_rmdir (deep);
  g_rmdir (b);
  g_rmdir (a);

  g_file_set_contents (self->file, "x", 1, NULL);
  g_assert_false (weir_fs_make_directory (NULL, below_file, 0700, &blocked));
  g_assert_error (blocked, WEIR_ERROR, WEIR_ERROR_EXISTS);

  /* What is told is why it could not be made, not that it is not there. */
  g_clear_error (&blocked);
  g_assert_false (weir_fs_make_directory (NULL, "/sys/weir-test", 0700, &blocked));
  g_assert_error (blocked, WEIR_ERROR, WEIR_ERROR_PERMISSION);
}

static void
test_a_failing_call_is_an_error (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) write_error = NULL;
  g_autofree char *written = NULL;
  WEIR_AUTO_FD int fd = -1;
  FailingFs failing;

  failing_fs_init (&failing, 1, EMFILE, true);
  g_assert_cmpint (
      weir_fs_open (&failing.fs, AT_FDCWD, self->file, O_WRONLY | O_CREAT, 0600, &error), ==, -1);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);

  fd = weir_fs_open (&failing.fs, AT_FDCWD, self->file, O_WRONLY | O_CREAT, 0600, NULL);
  g_assert_cmpint (fd, >=, 0);
  failing_fs_init (&failing, 1, ENOSPC, true);
  g_assert_false (weir_fs_write (&failing.fs, fd, "12345678", 8, self->file, &write_error));
  g_assert_error (write_error, WEIR_ERROR, WEIR_ERROR_IO);
  g_file_get_contents (self->file, &written, NULL, NULL);
  g_assert_cmpstr (written, ==, "1234"); /* as a full disk does: a part is there */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/fs/gives-a-name-once", test_gives_a_name_once);
  ADD ("/fs/read-write", test_writes_and_reads);
  ADD ("/fs/errors", test_errors_name_the_file);
  ADD ("/fs/unnamed", test_unnamed_files_leave_nothing);
  ADD ("/fs/directories", test_makes_directories);
  ADD ("/fs/failing", test_a_failing_call_is_an_error);
  return g_test_run ();
}
