/* record-names.c: calls that change names, that sync, and those that have no function of their own.
 */
#include "record.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- opening --- */

static void
record_unnamed (uint64_t inode, const char *directory)
{
  char path[PATH_MAX];

  snprintf (path, sizeof path, "%s/", directory);
  record_name (TRACE_CREATE, inode, path);
}

static int
open_recorded (int directory, const char *path, int flags, mode_t mode)
{
  char buffer[PATH_MAX];
  const char *name = NULL;
  struct stat status;
  bool is_unnamed = (flags & O_TMPFILE) == O_TMPFILE, was_there;
  int fd;

  if ((flags & (O_CREAT | O_TRUNC)) != 0 || is_unnamed)
    name = record_find (directory, path, buffer);
  if (name == NULL)
    return (int)record_raw (SYS_openat, directory, (long)path, flags, mode, 0);
  record_hold ();
  was_there = fstatat (directory, path, &status, 0) == 0;
  fd = (int)record_raw (SYS_openat, directory, (long)path, flags, mode, 0);
  if (fd >= 0 && is_unnamed)
    record_unnamed (record_inode (fd, NULL), name);
  else if (fd >= 0 && !was_there)
    record_name (TRACE_CREATE, record_inode (fd, NULL), name);
  else if (fd >= 0 && (flags & O_TRUNC) != 0)
    record_step (TRACE_RESIZE, record_inode (fd, NULL), 0, NULL, 0, NULL, 0);
  record_let_go ();
  return fd;
}

#define TAKE_MODE(flags, mode)                     \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {    \
    va_list arguments;                             \
    va_start (arguments, flags);                   \
    (mode) = (mode_t)va_arg (arguments, unsigned); \
    va_end (arguments);                            \
  }

EXPORT int
open (const char *path, int flags, ...)
{
  mode_t mode = 0;

  TAKE_MODE (flags, mode)
  return open_recorded (AT_FDCWD, path, flags, mode);
}

EXPORT int open64 (const char *path, int flags, ...) __attribute__ ((alias ("open")));

EXPORT int
openat (int directory, const char *path, int flags, ...)
{
  mode_t mode = 0;

  TAKE_MODE (flags, mode)
  return open_recorded (directory, path, flags, mode);
}

EXPORT int openat64 (int directory, const char *path, int flags, ...)
    __attribute__ ((alias ("openat")));

/* --- names --- */

static int
link_recorded (int from, const char *path, int to, const char *new_path, int flags)
{
  char buffer[PATH_MAX];
  const char *name = record_find (to, new_path, buffer);
  struct stat status;
  int result;

  if (name == NULL)
    return (int)record_raw (SYS_linkat, from, (long)path, to, (long)new_path, flags);
  record_hold ();
  result = (int)record_raw (SYS_linkat, from, (long)path, to, (long)new_path, flags);
  if (result == 0 && fstatat (to, new_path, &status, AT_SYMLINK_NOFOLLOW) == 0)
    record_name (TRACE_LINK, status.st_ino, name);
  record_let_go ();
  return result;
}

EXPORT int
linkat (int from, const char *path, int to, const char *new_path, int flags)
{
  return link_recorded (from, path, to, new_path, flags);
}

EXPORT int
link (const char *path, const char *new_path)
{
  return link_recorded (AT_FDCWD, path, AT_FDCWD, new_path, 0);
}

int
record_rename (int from, const char *path, int to, const char *new_path, unsigned flags)
{
  char buffer[PATH_MAX], new_buffer[PATH_MAX], both[2 * PATH_MAX];
  const char *name = record_find (from, path, buffer),
             *new_name = record_find (to, new_path, new_buffer);
  int result;

  if (name == NULL && new_name == NULL)
    return (int)record_raw (SYS_renameat2, from, (long)path, to, (long)new_path, flags);
  if (name == NULL || new_name == NULL || (flags & ~(unsigned)RENAME_NOREPLACE) != 0)
    record_give_up ("a rename that cannot be recorded");
  record_hold ();
  result = (int)record_raw (SYS_renameat2, from, (long)path, to, (long)new_path, flags);
  if (result == 0) {
    size_t n = strlen (name) + 1, n_new = strlen (new_name);

    memcpy (both, name, n);
    memcpy (both + n, new_name, n_new);
    record_step (TRACE_RENAME, 0, 0, both, n + n_new, NULL, 0);
  }
  record_let_go ();
  return result;
}

EXPORT int
rename (const char *path, const char *new_path)
{
  return record_rename (AT_FDCWD, path, AT_FDCWD, new_path, 0);
}

EXPORT int
renameat (int from, const char *path, int to, const char *new_path)
{
  return record_rename (from, path, to, new_path, 0);
}

EXPORT int
renameat2 (int from, const char *path, int to, const char *new_path, unsigned flags)
{
  return record_rename (from, path, to, new_path, flags);
}

static int
unlink_recorded (int directory, const char *path, int flags)
{
  char buffer[PATH_MAX];
  const char *name = record_find (directory, path, buffer);
  int result;

  if (name == NULL)
    return (int)record_raw (SYS_unlinkat, directory, (long)path, flags, 0, 0);
  record_hold ();
  result = (int)record_raw (SYS_unlinkat, directory, (long)path, flags, 0, 0);
  if (result == 0)
    record_name (TRACE_UNLINK, 0, name);
  record_let_go ();
  return result;
}

EXPORT int
unlinkat (int directory, const char *path, int flags)
{
  return unlink_recorded (directory, path, flags);
}

EXPORT int
unlink (const char *path)
{
  return unlink_recorded (AT_FDCWD, path, 0);
}

EXPORT int
rmdir (const char *path)
{
  return unlink_recorded (AT_FDCWD, path, AT_REMOVEDIR);
}

static int
mkdir_recorded (int directory, const char *path, mode_t mode)
{
  char buffer[PATH_MAX];
  const char *name = record_find (directory, path, buffer);
  int result;

  if (name == NULL)
    return (int)record_raw (SYS_mkdirat, directory, (long)path, mode, 0, 0);
  record_hold ();
  result = (int)record_raw (SYS_mkdirat, directory, (long)path, mode, 0, 0);
  if (result == 0)
    record_name (TRACE_MKDIR, 0, name);
  record_let_go ();
  return result;
}

EXPORT int
mkdir (const char *path, mode_t mode)
{
  return mkdir_recorded (AT_FDCWD, path, mode);
}

EXPORT int
mkdirat (int directory, const char *path, mode_t mode)
{
  return mkdir_recorded (directory, path, mode);
}

/* --- syncing --- */

/* Each directory right below the root counts as a file system of its own, as it may be: syncing one
 * does not help what is in another. Returns: false for a directory that is elsewhere. */
static bool
begin_sync (int fd, long number, uint64_t inode, bool is_directory, uint64_t *ret_sync)
{
  char buffer[PATH_MAX];
  const char *name = is_directory ? record_find (fd, ".", buffer) : NULL;

  if (name == NULL && (is_directory || number == SYS_syncfs))
    return false;
  record_hold ();
  *ret_sync = record_next_sync ();
  if (number == SYS_syncfs)
    record_step (TRACE_SYNC_ALL, 0, *ret_sync, name, strcspn (name + 1, "/") + 1, NULL, 0);
  else if (!is_directory)
    record_step (TRACE_SYNC, inode, *ret_sync, NULL, 0, NULL, 0);
  else
    record_step (TRACE_SYNC_NAMES, 0, *ret_sync, name, strlen (name), NULL, 0);
  record_let_go ();
  return true;
}

static int
sync_recorded (int fd, long number)
{
  bool is_directory = false;
  uint64_t inode = record_inode (fd, &is_directory), sync;
  int result;

  if (inode == 0 || !begin_sync (fd, number, inode, is_directory, &sync))
    return (int)record_raw (number, fd, 0, 0, 0, 0);
  if (record_get_slow () > 0)
    usleep ((useconds_t)record_get_slow ());
  result = (int)record_raw (number, fd, 0, 0, 0, 0);
  record_hold ();
  if (result == 0)
    record_step (TRACE_SYNCED, 0, sync, NULL, 0, NULL, 0);
  record_let_go ();
  return result;
}

EXPORT int
fsync (int fd)
{
  return sync_recorded (fd, SYS_fsync);
}

EXPORT int
fdatasync (int fd)
{
  return sync_recorded (fd, SYS_fdatasync);
}

EXPORT int
syncfs (int fd)
{
  return sync_recorded (fd, SYS_syncfs);
}

/* --- calls that have no function of their own --- */

EXPORT long
syscall (long number, ...)
{
  long a[6];
  va_list arguments;
  static long (*real) (long, ...);

  va_start (arguments, number);
  for (int i = 0; i < 6; i++)
    a[i] = va_arg (arguments, long);
  va_end (arguments);
  if (number == SYS_renameat2)
    return record_rename ((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3],
                          (unsigned)a[4]);
  if (number == SYS_openat2 && record_is_on () &&
      (((const struct open_how *)a[2])->flags & (O_CREAT | O_TRUNC)) != 0)
    record_give_up ("openat2 makes a file, which is not recorded");
  if (real == NULL)
    real = (long (*) (long, ...))dlsym (RTLD_NEXT, "syscall");
  return real (number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
