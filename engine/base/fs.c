/* fs.c: system calls on files, continued when cut short, failing with a sentence.
 *
 * No call is tried again after an I/O error: after a failed fsync the page cache may claim that all
 * is well, so what a caller was told first is what counts. */
#include "base/fs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"

/* Returns: true with errno set when a test wants @call to fail. */
static inline bool
is_failing (WeirFs *fs, WeirFsCall call)
{
  if (G_LIKELY (fs == NULL))
    return false;
  errno = fs->on_call (fs, call);
  return errno != 0;
}

/* Sets @error from errno. Returns: false. */
static bool
fail (GError **error, const char *doing, int fd, const char *path)
{
  int errnum = errno;
  char link[32], name[PATH_MAX];

  if (path == NULL) {
    ssize_t length;

    g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink (link, name, sizeof name - 1);
    name[MAX (length, 0)] = '\0';
    path = length > 0 ? name : "an open file";
  }
  return weir_error_set_errno (error, doing, path, errnum);
}

int
weir_fs_open (WeirFs *fs, int directory, const char *path, int flags, mode_t mode, GError **error)
{
  int fd = -1;

  if (!is_failing (fs, WEIR_FS_OPEN)) {
    do {
      fd = openat (directory, path, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EINTR);
  }
  if (fd < 0)
    weir_error_set_errno (error, (flags & O_CREAT) != 0 ? "create" : "open", path, errno);
  return fd;
}

int
weir_fs_open_unnamed (WeirFs *fs, const char *directory, GError **error)
{
  g_autofree char *name = NULL;
  int fd = -1;

  if (is_failing (fs, WEIR_FS_OPEN))
    goto failed;
  fd = open (directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
    goto failed;

  /* Some file systems (NFS, overlays of old kernels) have no unnamed files. */
  name = g_build_filename (directory, "weir-XXXXXX", NULL);
  fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 && unlink (name) == 0)
    return fd;

failed:
  weir_error_set_errno (error, "create a temporary file in", directory, errno);
  weir_fd_close (&fd);
  return -1;
}

bool
weir_fs_give_name (WeirFs *fs, int fd, int directory, const char *name)
{
  char link[32];

  /* As /proc says it: the descriptor itself would need a privilege. */
  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  return !is_failing (fs, WEIR_FS_RENAME) &&
         linkat (AT_FDCWD, link, directory, name, AT_SYMLINK_FOLLOW) == 0;
}

/* Writes at @offset, or at the descriptor's position when it is -1. */
static bool
write_all (WeirFs *fs, int fd, const char *data, size_t size, int64_t offset)
{
  int failing = is_failing (fs, WEIR_FS_WRITE) ? errno : 0;
  size_t end = failing != 0 ? size / 2 : size;
  size_t done = 0;

  while (done < end) {
    ssize_t n = offset < 0 ? write (fd, data + done, end - done)
                           : pwrite (fd, data + done, end - done, offset + (int64_t)done);

    if (n < 0 && errno != EINTR)
      return false;
    if (n > 0)
      done += (size_t)n;
  }
  errno = failing;
  return failing == 0;
}

bool
weir_fs_write (WeirFs *fs, int fd, const void *data, size_t size, const char *path, GError **error)
{
  return write_all (fs, fd, data, size, -1) || fail (error, "write", fd, path);
}

bool
weir_fs_pwrite (WeirFs *fs, int fd, const void *data, size_t size, uint64_t offset,
                const char *path, GError **error)
{
  return write_all (fs, fd, data, size, (int64_t)offset) || fail (error, "write", fd, path);
}

static ssize_t
read_all (WeirFs *fs, int fd, char *buffer, size_t size, int64_t offset)
{
  size_t done = 0;

  if (is_failing (fs, WEIR_FS_READ))
    return -1;
  while (done < size) {
    ssize_t n = offset < 0 ? read (fd, buffer + done, size - done)
                           : pread (fd, buffer + done, size - done, offset + (int64_t)done);

    if (n < 0 && errno != EINTR)
      return -1;
    if (n == 0)
      break;
    if (n > 0)
      done += (size_t)n;
  }
  return (ssize_t)done;
}

ssize_t
weir_fs_read (WeirFs *fs, int fd, void *buffer, size_t size, const char *path, GError **error)
{
  ssize_t n = read_all (fs, fd, buffer, size, -1);

  if (n < 0)
    fail (error, "read", fd, path);
  return n;
}

ssize_t
weir_fs_pread (WeirFs *fs, int fd, void *buffer, size_t size, uint64_t offset, const char *path,
               GError **error)
{
  ssize_t n = read_all (fs, fd, buffer, size, (int64_t)offset);

  if (n < 0)
    fail (error, "read", fd, path);
  return n;
}

bool
weir_fs_sync_data (WeirFs *fs, int fd, const char *path, GError **error)
{
  if (!is_failing (fs, WEIR_FS_SYNC) && fdatasync (fd) == 0)
    return true;
  return fail (error, "bring to disk", fd, path);
}

bool
weir_fs_sync (WeirFs *fs, int fd, const char *path, GError **error)
{
  if (!is_failing (fs, WEIR_FS_SYNC) && fsync (fd) == 0)
    return true;
  return fail (error, "bring to disk", fd, path);
}

bool
weir_fs_sync_system (WeirFs *fs, int fd, const char *path, GError **error)
{
  if (!is_failing (fs, WEIR_FS_SYNC) && syncfs (fd) == 0)
    return true;
  return fail (error, "bring to disk", fd, path);
}

bool
weir_fs_sync_directory (WeirFs *fs, const char *path, GError **error)
{
  WEIR_AUTO_FD int fd = weir_fs_open (fs, AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, error);

  return fd >= 0 && weir_fs_sync (fs, fd, path, error);
}

bool
weir_fs_resize (WeirFs *fs, int fd, uint64_t size, const char *path, GError **error)
{
  int result = -1;

  if (!is_failing (fs, WEIR_FS_RESIZE)) {
    do {
      result = ftruncate (fd, (off_t)size);
    } while (result < 0 && errno == EINTR);
  }
  return result == 0 || fail (error, "change the size of", fd, path);
}

static int
allocate (int fd, off_t size)
{
  struct stat status;
  int result;

  do {
    result = fallocate (fd, 0, 0, size);
  } while (result < 0 && errno == EINTR);
  if (result == 0 || errno != EOPNOTSUPP)
    return result;
  if (fstat (fd, &status) < 0)
    return -1;
  return status.st_size >= size ? 0 : ftruncate (fd, size);
}

bool
weir_fs_allocate (WeirFs *fs, int fd, uint64_t size, const char *path, GError **error)
{
  if (!is_failing (fs, WEIR_FS_RESIZE) && allocate (fd, (off_t)size) == 0)
    return true;
  return fail (error, "make room in", fd, path);
}

bool
weir_fs_make_hole (WeirFs *fs, int fd, uint64_t offset, uint64_t size, const char *path,
                   GError **error)
{
  int result = -1;

  if (!is_failing (fs, WEIR_FS_RESIZE)) {
    do {
      result =
          fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size);
    } while (result < 0 && errno == EINTR);
  }
  return result == 0 || fail (error, "make a hole in", fd, path);
}

bool
weir_fs_rename (WeirFs *fs, const char *from, const char *to, GError **error)
{
  if (!is_failing (fs, WEIR_FS_RENAME) && rename (from, to) == 0)
    return true;
  return weir_error_set_errno (error, "rename a file to", to, errno);
}

bool
weir_fs_unlink (WeirFs *fs, const char *path, GError **error)
{
  if (!is_failing (fs, WEIR_FS_UNLINK) && unlink (path) == 0)
    return true;
  return weir_error_set_errno (error, "delete", path, errno);
}

static bool
is_directory (const char *path)
{
  struct stat status;

  return stat (path, &status) == 0 && S_ISDIR (status.st_mode);
}

bool
weir_fs_make_directory (WeirFs *fs, const char *path, mode_t mode, GError **error)
{
  g_autofree char *part = g_strdup (path);
  int errnum = is_failing (fs, WEIR_FS_MKDIR) ? errno : 0;

  for (char *slash = part; errnum == 0 && slash != NULL; *slash = '/') {
    slash = strchr (slash + 1, '/');
    if (slash != NULL)
      *slash = '\0';
    if (mkdir (part, mode) < 0) {
      int reason = errno;

      errnum = is_directory (part) ? 0 : reason;
    }
    if (slash == NULL)
      break;
  }
  return errnum == 0 || weir_error_set_errno (error, "make the directory", part, errnum);
}

uint64_t
weir_fs_find_data (int fd, uint64_t offset)
{
  off_t data = lseek (fd, (off_t)offset, SEEK_DATA);

  if (data >= 0)
    return (uint64_t)data;
  return errno == ENXIO ? UINT64_MAX : offset;
}
