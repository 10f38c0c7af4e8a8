/* fs-file.c: whole files, read with a limit and replaced atomically. */
#include "base/fs.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/random.h"

static char *
read_up_to (WeirFs *fs, int fd, const char *path, size_t max, size_t *ret_size, GError **error)
{
  struct stat status;
  g_autofree char *data = NULL;
  size_t size = 0, room;

  g_assert (max < SIZE_MAX / 4);
  if (fstat (fd, &status) < 0) {
    weir_error_set_errno (error, "read", path, errno);
    return NULL;
  }
  if (S_ISDIR (status.st_mode)) {
    weir_error_set_errno (error, "read", path, EISDIR);
    return NULL;
  }

  /* The size is a hint: the file may grow, and some files have none. */
  room = MIN ((size_t)MAX (status.st_size, 0), max) + 1;
  for (;;) {
    ssize_t n;

    data = g_realloc (data, room + 1);
    n = weir_fs_read (fs, fd, data + size, room - size, path, error);
    if (n < 0)
      return NULL;
    size += (size_t)n;
    if (size > max) {
      g_autofree char *quoted = weir_error_quote (path);

      g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                   "%s is larger than the %zu bytes that are allowed here", quoted, max);
      return NULL;
    }
    if (size < room)
      break;
    room = MIN (room * 2, max + 1);
  }
  data[size] = '\0';
  *ret_size = size;
  return g_steal_pointer (&data);
}

char *
weir_fs_read_file (WeirFs *fs, const char *path, size_t max, size_t *ret_size, GError **error)
{
  WEIR_AUTO_FD int fd = weir_fs_open (fs, AT_FDCWD, path, O_RDONLY, 0, error);
  size_t size;
  char *data;

  if (fd < 0)
    return NULL;
  data = read_up_to (fs, fd, path, max, &size, error);
  if (data != NULL && ret_size != NULL)
    *ret_size = size;
  return data;
}

static bool
write_aside (WeirFs *fs, const char *aside, const void *data, size_t size, mode_t mode,
             GError **error)
{
  WEIR_AUTO_FD int fd =
      weir_fs_open (fs, AT_FDCWD, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode, error);

  return fd >= 0 && weir_fs_write (fs, fd, data, size, aside, error) &&
         weir_fs_sync (fs, fd, aside, error);
}

bool
weir_fs_replace_file (WeirFs *fs, const char *path, const void *data, size_t size, mode_t mode,
                      GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *aside =
      g_strdup_printf ("%s.%08x.tmp", path, (unsigned)weir_random_system_seed ());

  if (!write_aside (fs, aside, data, size, mode, error) ||
      !weir_fs_rename (fs, aside, path, error)) {
    (void)unlink (aside);
    return false;
  }
  return weir_fs_sync_directory (fs, directory, error);
}
