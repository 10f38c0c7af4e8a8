/* fault.c: LD_PRELOADed, makes one call on files below a directory fail, or the clock wrong.
 *
 *   WEIR_FAULT_ROOT   the directory
 *   WEIR_FAULT        "CALL:N:ERRNO": the Nth such call fails, and all later ones with
 *                     "CALL:N:ERRNO:on"; with ERRNO -1 it does not fail but never returns
 *   WEIR_FAULT_CLOCK  seconds that the wall clock is ahead (or behind: negative)
 *   WEIR_FAULT_FREE   a file that says how many bytes are free, when it is there
 *
 * It is told on standard error. CALL is open, write, sync, rename, link, unlink, mkdir or allocate.
 * A write that fails has written half of its bytes, as a disk that becomes full does. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char root[PATH_MAX];
static char call[16];
static long nth, errnum, clock_offset;
static bool goes_on;
static _Atomic long n_calls;

static long
raw (long number, long a, long b, long c, long d, long e)
{
  static long (*real) (long, ...);

  if (real == NULL)
    real = (long (*) (long, ...))dlsym (RTLD_NEXT, "syscall");
  return real (number, a, b, c, d, e);
}

static void
start (void)
{
  const char *fault = getenv ("WEIR_FAULT"), *directory = getenv ("WEIR_FAULT_ROOT");
  const char *offset = getenv ("WEIR_FAULT_CLOCK");
  char on[3] = "";

  clock_offset = offset != NULL ? atol (offset) : 0;
  if (fault == NULL || directory == NULL || realpath (directory, root) == NULL)
    return;
  if (sscanf (fault, "%15[a-z]:%ld:%ld:%2s", call, &nth, &errnum, on) < 3) {
    fputs ("crash-fault: WEIR_FAULT is CALL:N:ERRNO\n", stderr);
    abort ();
  }
  goes_on = strcmp (on, "on") == 0;
}

static bool
is_below (int directory, const char *path)
{
  char link[40], absolute[PATH_MAX] = "";

  if (*path == '/')
    return strncmp (path, root, strlen (root)) == 0;
  if (directory == AT_FDCWD)
    return getcwd (absolute, sizeof absolute) != NULL &&
           strncmp (absolute, root, strlen (root)) == 0;
  snprintf (link, sizeof link, "/proc/self/fd/%d", directory);
  return readlink (link, absolute, sizeof absolute - 1) > 0 &&
         strncmp (absolute, root, strlen (root)) == 0;
}

/* Whether this call is to fail: then errno is set. @path: NULL for that of @fd. */
static bool
fails (const char *what, int fd, const char *path)
{
  static const char told[] = "crash-fault: now\n";
  long n;

  pthread_once (&once, start);
  if (nth == 0 || strcmp (what, call) != 0 || !is_below (fd, path != NULL ? path : ""))
    return false;
  n = atomic_fetch_add (&n_calls, 1) + 1;
  if (n != nth && !(goes_on && n > nth))
    return false;
  if (n == nth)
    raw (SYS_write, STDERR_FILENO, (long)told, sizeof told - 1, 0, 0);
  while (errnum < 0)
    pause ();
  errno = (int)errnum;
  return true;
}

/* --- names --- */

static int
open_or_fail (int directory, const char *path, int flags, mode_t mode)
{
  if (fails ("open", directory, path))
    return -1;
  return (int)raw (SYS_openat, directory, (long)path, flags, mode, 0);
}

EXPORT int
openat (int directory, const char *path, int flags, ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg (arguments, unsigned) : 0;
  va_end (arguments);
  return open_or_fail (directory, path, flags, mode);
}

EXPORT int openat64 (int directory, const char *path, int flags, ...)
    __attribute__ ((alias ("openat")));

EXPORT int
open (const char *path, int flags, ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg (arguments, unsigned) : 0;
  va_end (arguments);
  return open_or_fail (AT_FDCWD, path, flags, mode);
}

EXPORT int open64 (const char *path, int flags, ...) __attribute__ ((alias ("open")));

static int
rename_or_fail (int from, const char *path, int to, const char *new_path, long flags)
{
  if (fails ("rename", to, new_path))
    return -1;
  return (int)raw (SYS_renameat2, from, (long)path, to, (long)new_path, flags);
}

EXPORT int
rename (const char *path, const char *new_path)
{
  return rename_or_fail (AT_FDCWD, path, AT_FDCWD, new_path, 0);
}

EXPORT int
renameat (int from, const char *path, int to, const char *new_path)
{
  return rename_or_fail (from, path, to, new_path, 0);
}

EXPORT int
renameat2 (int from, const char *path, int to, const char *new_path, unsigned flags)
{
  return rename_or_fail (from, path, to, new_path, flags);
}

EXPORT int
linkat (int from, const char *path, int to, const char *new_path, int flags)
{
  if (fails ("link", to, new_path))
    return -1;
  return (int)raw (SYS_linkat, from, (long)path, to, (long)new_path, flags);
}

EXPORT int
unlinkat (int directory, const char *path, int flags)
{
  return fails ("unlink", directory, path)
             ? -1
             : (int)raw (SYS_unlinkat, directory, (long)path, flags, 0, 0);
}

EXPORT int
unlink (const char *path)
{
  return unlinkat (AT_FDCWD, path, 0);
}

EXPORT int
mkdir (const char *path, mode_t mode)
{
  return fails ("mkdir", AT_FDCWD, path) ? -1
                                         : (int)raw (SYS_mkdirat, AT_FDCWD, (long)path, mode, 0, 0);
}

/* --- bytes --- */

EXPORT ssize_t
write (int fd, const void *data, size_t size)
{
  if (!fails ("write", fd, NULL))
    return raw (SYS_write, fd, (long)data, (long)size, 0, 0);
  raw (SYS_write, fd, (long)data, (long)size / 2, 0, 0);
  errno = (int)errnum;
  return -1;
}

EXPORT ssize_t
pwrite (int fd, const void *data, size_t size, off_t offset)
{
  if (!fails ("write", fd, NULL))
    return raw (SYS_pwrite64, fd, (long)data, (long)size, offset, 0);
  raw (SYS_pwrite64, fd, (long)data, (long)size / 2, offset, 0);
  errno = (int)errnum;
  return -1;
}

EXPORT ssize_t pwrite64 (int fd, const void *data, size_t size, off_t offset)
    __attribute__ ((alias ("pwrite")));

EXPORT int
ftruncate (int fd, off_t size)
{
  return fails ("allocate", fd, NULL) ? -1 : (int)raw (SYS_ftruncate, fd, size, 0, 0, 0);
}

EXPORT int ftruncate64 (int fd, off_t size) __attribute__ ((alias ("ftruncate")));

EXPORT int
fallocate (int fd, int mode, off_t offset, off_t size)
{
  return fails ("allocate", fd, NULL) ? -1 : (int)raw (SYS_fallocate, fd, mode, offset, size, 0);
}

EXPORT int fallocate64 (int fd, int mode, off_t offset, off_t size)
    __attribute__ ((alias ("fallocate")));

EXPORT int
posix_fallocate (int fd, off_t offset, off_t size)
{
  return fallocate (fd, 0, offset, size) == 0 ? 0 : errno;
}

EXPORT int posix_fallocate64 (int fd, off_t offset, off_t size)
    __attribute__ ((alias ("posix_fallocate")));

EXPORT int
fsync (int fd)
{
  return fails ("sync", fd, NULL) ? -1 : (int)raw (SYS_fsync, fd, 0, 0, 0, 0);
}

EXPORT int
fdatasync (int fd)
{
  return fails ("sync", fd, NULL) ? -1 : (int)raw (SYS_fdatasync, fd, 0, 0, 0, 0);
}

EXPORT int
syncfs (int fd)
{
  return fails ("sync", fd, NULL) ? -1 : (int)raw (SYS_syncfs, fd, 0, 0, 0, 0);
}

/* Says that the file system has 100 GiB. */
EXPORT int
statvfs64 (const char *path, struct statvfs64 *ret_status)
{
  static int (*real) (const char *, struct statvfs64 *);
  const char *told = getenv ("WEIR_FAULT_FREE");
  unsigned long n_free;
  FILE *file;

  if (real == NULL)
    real = (int (*) (const char *, struct statvfs64 *))dlsym (RTLD_NEXT, "statvfs64");
  if (real (path, ret_status) != 0)
    return -1;
  file = told != NULL ? fopen (told, "re") : NULL;
  if (file == NULL)
    return 0;
  if (fscanf (file, "%lu", &n_free) == 1) {
    ret_status->f_blocks = (100UL << 30) / ret_status->f_frsize;
    ret_status->f_bavail = n_free / ret_status->f_frsize;
  }
  fclose (file);
  return 0;
}

EXPORT long
syscall (long number, ...)
{
  static long (*real) (long, ...);
  va_list arguments;
  long a[6];

  va_start (arguments, number);
  for (int i = 0; i < 6; i++)
    a[i] = va_arg (arguments, long);
  va_end (arguments);
  if (number == SYS_renameat2)
    return rename_or_fail ((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3], a[4]);
  if (real == NULL)
    real = (long (*) (long, ...))dlsym (RTLD_NEXT, "syscall");
  return real (number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* --- time --- */

EXPORT int
clock_gettime (clockid_t id, struct timespec *ret_time)
{
  int result = (int)raw (SYS_clock_gettime, id, (long)ret_time, 0, 0, 0);

  pthread_once (&once, start);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
    ret_time->tv_sec += clock_offset;
  return result;
}

EXPORT int
gettimeofday (struct timeval *restrict ret_time, void *restrict zone)
{
  struct timespec time;

  clock_gettime (CLOCK_REALTIME, &time);
  *ret_time = (struct timeval){ time.tv_sec, time.tv_nsec / 1000 };
  return 0;
}

EXPORT time_t
time (time_t *ret_time)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (ret_time != NULL)
    *ret_time = now.tv_sec;
  return now.tv_sec;
}
