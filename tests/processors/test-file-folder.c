/* Tests processors/file/folder.c: what of a directory is synced. The linker leads fsync and syncfs
 * through here. */
#include "file/folder.h"
#include "scratch.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static GString *synced; /* "name " for each fsync, "* " for each syncfs */

int __wrap_fsync (int fd);
int __wrap_syncfs (int fd);

int
__wrap_fsync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);
  g_autofree char *name = g_path_get_basename (path);

  g_string_append_printf (synced, "%s ", name);
  return 0;
}

int
__wrap_syncfs (int fd)
{
  g_string_append (synced, "* ");
  return 0;
}

static void
assert_synced (const char *names)
{
  g_assert_cmpstr (synced->str, ==, names);
  g_string_truncate (synced, 0);
}

static void
sync_and_assert (FileFolder *folder, const char *names)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (file_folder_sync (folder, &error));
  g_assert_no_error (error);
  assert_synced (names);
}

/* Opens the directory and makes it if need be, as PutFile does, and changes a name there. */
static FileFolder *
touch (const Scratch *scratch, const char *name)
{
  g_autofree char *path = scratch_path (scratch, name);
  g_autoptr (GError) error = NULL;
  FileFolder *folder = file_folder_open (path, true, &error);

  g_assert_no_error (error);
  folder->is_touched = true;
  return folder;
}

static void
test_one_that_was_there (void)
{
  g_auto (Scratch) scratch = { 0 };
  FileFolder *folder;

  scratch_init (&scratch);
  scratch_write (&scratch, "there/a", "", 0);
  folder = touch (&scratch, "there");
  sync_and_assert (folder, "there ");
  sync_and_assert (folder, "");
  file_folder_free (folder);
}

/* Each name on the way to it is new, and in the directory above. */
static void
test_new_ones (void)
{
  static const char *const ways[] = { "there/a/b/c", "there/a//b/c/", "there/../there/a/b/c" };

  for (unsigned i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_auto (Scratch) scratch = { 0 };
    FileFolder *folder;

    scratch_init (&scratch);
    scratch_write (&scratch, "there/x", "", 0);
    folder = touch (&scratch, ways[i]);
    g_assert_true (scratch_has (&scratch, "there/a/b/c"));
    g_assert_true (file_folder_sync (folder, NULL));
    g_assert_true (g_str_has_prefix (synced->str, "c b a there "));
    g_assert_null (strchr (synced->str, '*'));
    g_string_truncate (synced, 0);
    folder->is_touched = true;
    sync_and_assert (folder, "c ");
    file_folder_free (folder);
  }
}

static void
run_unreadable (Scratch *scratch)
{
  FileFolder *folder;

  g_assert_true (scratch_become_nobody (scratch));
  folder = touch (scratch, "there/a");
  sync_and_assert (folder, "a * ");
  file_folder_free (folder);
}

/* Who may not open a directory to sync it can still sync the file system. */
static void
test_unreadable (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autofree char *path = NULL;

  if (getuid () != 0) {
    g_test_skip ("only root can become another user");
    return;
  }
  scratch_init (&scratch);
  path = scratch_path (&scratch, "there");
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_cmpint (chmod (path, 0733), ==, 0);
  scratch_in_child (&scratch, run_unreadable);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  synced = g_string_new (NULL);
  g_test_add_func ("/file-folder/one that was there", test_one_that_was_there);
  g_test_add_func ("/file-folder/new ones", test_new_ones);
  g_test_add_func ("/file-folder/unreadable", test_unreadable);
  result = g_test_run ();
  g_string_free (synced, TRUE);
  return result;
}
