/* folder.c: opening, counting and syncing a directory. */
#include "folder.h"

#include "name.h"
#include "target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define BUFFER_SIZE (32 * 1024)

#define FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* Of the directory and those above it. */
static unsigned
count_missing (const char *path)
{
  g_autofree char *at = g_strdup (path);
  unsigned n = 0;

  while (strcmp (at, ".") != 0 && access (at, F_OK) < 0 && errno == ENOENT) {
    char *above = g_path_get_dirname (at);

    n++;
    g_free (at);
    at = above;
  }
  return n;
}

FileFolder *
file_folder_open (const char *path, bool create, GError **error)
{
  int fd = open (path, FLAGS);
  unsigned n_made = fd < 0 && errno == ENOENT && create ? count_missing (path) : 0;
  FileFolder *folder;
  struct stat status;

  if (n_made > 0 && g_mkdir_with_parents (path, 0777) == 0)
    fd = open (path, FLAGS);
  if (fd < 0 || fstat (fd, &status) < 0) {
    file_name_set_errno (error, n_made > 0 ? "create the directory" : "open the directory", path,
                         errno);
    if (fd >= 0)
      close (fd);
    return NULL;
  }
  folder = g_new (FileFolder, 1);
  *folder = (FileFolder){ .path = g_strdup (path), .fd = fd, .n_made = n_made, .n_names = -1 };
  folder->device = status.st_dev;
  return folder;
}

void
file_folder_free (FileFolder *folder)
{
  if (folder == NULL)
    return;
  close (folder->fd);
  g_free (folder->path);
  g_free (folder);
}

bool
file_folder_each (FileFolder *folder, FileFolderFunc func, void *data)
{
  g_autofree char *buffer = g_malloc (BUFFER_SIZE);
  ssize_t n;

  if (lseek (folder->fd, 0, SEEK_SET) < 0)
    return false;
  while ((n = getdents64 (folder->fd, buffer, BUFFER_SIZE)) > 0) {
    for (ssize_t at = 0; at < n;) {
      const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);

      if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
        func (data, entry->d_name);
      at += entry->d_reclen;
    }
  }
  return n == 0;
}

static void
on_name (void *data, const char *name)
{
  int64_t *count = data;

  *count += !file_target_is_temporary (name);
}

int64_t
file_folder_count (FileFolder *folder, GError **error)
{
  int64_t count = 0;

  if (folder->n_names >= 0)
    return folder->n_names;
  if (!file_folder_each (folder, on_name, &count)) {
    file_name_set_errno (error, "read the directory", folder->path, errno);
    return -1;
  }
  return folder->n_names = count;
}

/* The names of the directories above a new one are as new. Not all of the file system: that writes
 * whatever anybody has there, such as contents that nobody will need. */
static bool
sync_above (const FileFolder *folder)
{
  int fd = folder->fd;
  bool is_synced = true;

  for (unsigned i = 0; i < folder->n_made && is_synced; i++) {
    int above = openat (fd, "..", FLAGS);

    is_synced = above >= 0 && fsync (above) == 0;
    if (fd != folder->fd)
      close (fd);
    fd = above;
  }
  if (fd >= 0 && fd != folder->fd)
    close (fd);
  /* One that may be searched but not read, for example. */
  return is_synced || syncfs (folder->fd) == 0;
}

bool
file_folder_sync (FileFolder *folder, GError **error)
{
  if (!folder->is_touched)
    return true;
  if (fsync (folder->fd) == 0 && sync_above (folder)) {
    folder->is_touched = false;
    folder->n_made = 0;
    return true;
  }
  return file_name_set_errno (error, "sync the directory", folder->path, errno);
}

bool
file_folders_sync (const GPtrArray *folders)
{
  for (guint i = 0; i < folders->len; i++) {
    const FileFolder *folder = folders->pdata[i];
    bool is_done = false;

    for (guint k = 0; k < i; k++)
      is_done |= ((const FileFolder *)folders->pdata[k])->device == folder->device;
    if (!is_done && syncfs (folder->fd) < 0)
      return false;
  }
  for (guint i = 0; i < folders->len; i++)
    ((FileFolder *)folders->pdata[i])->is_touched = false;
  return true;
}
