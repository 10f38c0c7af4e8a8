/* Tests processors/file/target.c where a file system does not know a rename that replaces nothing:
 * as NFS. The linker leads its system calls through here. */
#include "file/target.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

long __wrap_syscall (long number, int from, const char *old, int to, const char *name,
                     unsigned how);

long
__wrap_syscall (long number, int from, const char *old, int to, const char *name, unsigned how)
{
  g_assert_cmpint (number, ==, SYS_renameat2);
  g_assert_cmpuint (how, ==, RENAME_NOREPLACE);
  errno = EINVAL;
  return -1;
}

static FileFolder *
open_folder (Scratch *scratch)
{
  g_autofree char *path = scratch_path (scratch, "out");
  g_autoptr (GError) error = NULL;
  FileFolder *folder = file_folder_open (path, true, &error);

  g_assert_no_error (error);
  return folder;
}

static void
begin (FileTarget *target, FileFolder *folder, const char *name, const char *content)
{
  g_autoptr (GError) error = NULL;

  *target = (FileTarget){ .folder = folder, .name = name, .owner = 0xabc, .id = 0x1234 };
  file_target_open (target, 0666, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write (target->fd, content, strlen (content)), ==, strlen (content));
}

static void
test_named_aside (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (GError) error = NULL;
  FileFolder *folder;
  FileTarget target;

  scratch_init (&scratch);
  folder = open_folder (&scratch);
  begin (&target, folder, "a", "new");
  scratch_assert_list (&scratch, "out", ".weir-0000000000000abc-0000000000001234.tmp");
  g_assert_true (file_target_is_temporary (".weir-0000000000000abc-0000000000001234.tmp"));
  g_assert_cmpint (file_folder_count (folder, &error), ==, 0);
  g_assert_true (file_target_publish (&target, false, &error));
  file_target_clear (&target);
  scratch_assert_list (&scratch, "out", "a");
  scratch_assert_content (&scratch, "out/a", "new");
  g_assert_true (file_folder_sync (folder, &error));
  file_folder_free (folder);
}

static void
test_replaces_or_not (void)
{
  for (int replace = 0; replace < 2; replace++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (GError) error = NULL;
    FileFolder *folder;
    FileTarget target;

    scratch_init (&scratch);
    scratch_write (&scratch, "out/a", "old", -1);
    folder = open_folder (&scratch);
    begin (&target, folder, "a", "new");
    g_assert_cmpint (file_target_publish (&target, replace, &error), ==, replace);
    if (!replace)
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
    file_target_clear (&target);
    scratch_assert_list (&scratch, "out", "a");
    scratch_assert_content (&scratch, "out/a", replace ? "new" : "old");
    file_folder_free (folder);
  }
}

static void
test_given_up (void)
{
  g_auto (Scratch) scratch = { 0 };
  FileFolder *folder;
  FileTarget target, none = { 0 };

  scratch_init (&scratch);
  folder = open_folder (&scratch);
  begin (&target, folder, "a", "new");
  file_target_clear (&target);
  file_target_clear (&target);
  file_target_clear (&none);
  scratch_assert_list (&scratch, "out", "");
  file_folder_free (folder);
}

static void
test_reserves (void)
{
  g_auto (Scratch) scratch = { 0 };
  FileFolder *folder;
  FileTarget target;
  struct stat status;

  scratch_init (&scratch);
  folder = open_folder (&scratch);
  begin (&target, folder, "a", "new");
  file_target_reserve (&target, 4096);
  g_assert_cmpint (fstat (target.fd, &status), ==, 0);
  g_assert_cmpint (status.st_blocks, <, 1024);
  file_target_reserve (&target, 4 * 1024 * 1024);
  g_assert_cmpint (fstat (target.fd, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, 3);
  if (fallocate (target.fd, FALLOC_FL_KEEP_SIZE, 0, 1) == 0)
    g_assert_cmpint (status.st_blocks * 512, >=, 4 * 1024 * 1024);
  file_target_reserve (&target, G_MAXUINT64);
  file_target_clear (&target);
  file_folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-target/named aside", test_named_aside);
  g_test_add_func ("/file-target/replaces or not", test_replaces_or_not);
  g_test_add_func ("/file-target/given up", test_given_up);
  g_test_add_func ("/file-target/reserves", test_reserves);
  return g_test_run ();
}
