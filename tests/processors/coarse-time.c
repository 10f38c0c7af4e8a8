/* coarse-time.c: LD_PRELOADed, lets files have the times that a file system with a coarse clock
 * gives them: cut to the second, as FAT, NFS or ext3 do, or to WEIR_TEST_GRAIN milliseconds.
 *
 * All file systems have such a clock, ticks of some milliseconds at the best; a test that passes
 * with this one does not hang on how quickly its files are made. */
#undef _FILE_OFFSET_BITS

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))

#define MSEC   1000000
#define SECOND 1000

static pthread_once_t once = PTHREAD_ONCE_INIT;
static long grain = SECOND;

static void
start (void)
{
  const char *text = getenv ("WEIR_TEST_GRAIN");
  long msec = text != NULL ? atol (text) : 0;

  if (msec > 0 && msec < SECOND)
    grain = msec;
}

static long
cut (long nsec)
{
  pthread_once (&once, start);
  return nsec - nsec % (grain * MSEC);
}

static int
correct (int result, struct stat *status)
{
  if (result == 0) {
    status->st_mtim.tv_nsec = cut (status->st_mtim.tv_nsec);
    status->st_ctim.tv_nsec = cut (status->st_ctim.tv_nsec);
  }
  return result;
}

EXPORT int
fstatat (int fd, const char *restrict file, struct stat *restrict buf, int flag)
{
  return correct ((int)syscall (SYS_newfstatat, fd, file, buf, flag), buf);
}

EXPORT int fstatat64 (int fd, const char *restrict file, struct stat64 *restrict buf, int flag)
    __attribute__ ((alias ("fstatat")));

static int
fstat_cut (int fd, struct stat *status)
{
  return correct ((int)syscall (SYS_fstat, fd, status), status);
}

EXPORT int
fstat (int fd, struct stat *buf)
{
  return fstat_cut (fd, buf);
}

EXPORT int fstat64 (int fd, struct stat64 *buf) __attribute__ ((alias ("fstat")));

/* What ThreadSanitizer calls where the program calls fstat: the names of glibc before 2.33. */
EXPORT int fstat_before (int version, int fd, struct stat *status) __asm__("__fxstat");
EXPORT int fstat64_before (int version, int fd, struct stat64 *status) __asm__("__fxstat64");

int
fstat_before (int version, int fd, struct stat *status)
{
  return fstat_cut (fd, status);
}

int
fstat64_before (int version, int fd, struct stat64 *status)
{
  return fstat_cut (fd, (struct stat *)status);
}

EXPORT int
stat (const char *restrict file, struct stat *restrict buf)
{
  return correct ((int)syscall (SYS_newfstatat, AT_FDCWD, file, buf, 0), buf);
}

EXPORT int stat64 (const char *restrict file, struct stat64 *restrict buf)
    __attribute__ ((alias ("stat")));

EXPORT int
lstat (const char *restrict file, struct stat *restrict buf)
{
  return correct ((int)syscall (SYS_newfstatat, AT_FDCWD, file, buf, AT_SYMLINK_NOFOLLOW), buf);
}

EXPORT int lstat64 (const char *restrict file, struct stat64 *restrict buf)
    __attribute__ ((alias ("lstat")));

static void
cut_statx_time (struct statx_timestamp *time)
{
  time->tv_nsec = (uint32_t)cut ((long)time->tv_nsec);
}

EXPORT int
statx (int dirfd, const char *restrict path, int flags, unsigned mask, struct statx *restrict buf)
{
  int result = (int)syscall (SYS_statx, dirfd, path, flags, mask, buf);

  if (result == 0) {
    cut_statx_time (&buf->stx_mtime);
    cut_statx_time (&buf->stx_ctime);
    cut_statx_time (&buf->stx_btime);
  }
  return result;
}
