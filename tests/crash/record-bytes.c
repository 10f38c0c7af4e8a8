/* record-bytes.c: calls that change what is in files. */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* What reached a file without passing through the program is read back. */
static void
put_copied (int fd, uint64_t inode, uint64_t offset, uint64_t size)
{
  char buffer[64 * 1024];

  while (size > 0) {
    ssize_t n = pread (fd, buffer, size < sizeof buffer ? size : sizeof buffer, (off_t)offset);

    if (n <= 0) {
      char link[40];
      int again;

      snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
      again = (int)record_raw (SYS_openat, AT_FDCWD, (long)link, O_RDONLY | O_CLOEXEC, 0, 0);
      if (again < 0 || (n = pread (again, buffer, size < sizeof buffer ? size : sizeof buffer,
                                   (off_t)offset)) <= 0)
        record_give_up ("what was copied cannot be read back");
      close (again);
    }
    record_step (TRACE_WRITE, inode, offset, NULL, 0, buffer, (size_t)n);
    offset += (uint64_t)n;
    size -= (uint64_t)n;
  }
}

EXPORT ssize_t
write (int fd, const void *data, size_t size)
{
  uint64_t inode = record_inode (fd, NULL);
  ssize_t n;

  if (inode == 0)
    return record_raw (SYS_write, fd, (long)data, (long)size, 0, 0);
  record_hold ();
  n = record_raw (SYS_write, fd, (long)data, (long)size, 0, 0);
  if (n > 0)
    record_step (TRACE_WRITE, inode, (uint64_t)(lseek (fd, 0, SEEK_CUR) - n), NULL, 0, data,
                 (size_t)n);
  record_let_go ();
  return n;
}

EXPORT ssize_t
pwrite (int fd, const void *data, size_t size, off_t offset)
{
  uint64_t inode = record_inode (fd, NULL);
  ssize_t n;

  if (inode == 0)
    return record_raw (SYS_pwrite64, fd, (long)data, (long)size, offset, 0);
  record_hold ();
  n = record_raw (SYS_pwrite64, fd, (long)data, (long)size, offset, 0);
  if (n > 0)
    record_step (TRACE_WRITE, inode, (uint64_t)offset, NULL, 0, data, (size_t)n);
  record_let_go ();
  return n;
}

EXPORT ssize_t pwrite64 (int fd, const void *data, size_t size, off_t offset)
    __attribute__ ((alias ("pwrite")));

static void
put_parts (uint64_t inode, uint64_t offset, const struct iovec *parts, ssize_t n)
{
  for (; n > 0; parts++) {
    size_t size = parts->iov_len < (size_t)n ? parts->iov_len : (size_t)n;

    if (size > 0)
      record_step (TRACE_WRITE, inode, offset, NULL, 0, parts->iov_base, size);
    offset += size;
    n -= (ssize_t)size;
  }
}

EXPORT ssize_t
writev (int fd, const struct iovec *parts, int n_parts)
{
  uint64_t inode = record_inode (fd, NULL);
  ssize_t n;

  if (inode == 0)
    return record_raw (SYS_writev, fd, (long)parts, n_parts, 0, 0);
  record_hold ();
  n = record_raw (SYS_writev, fd, (long)parts, n_parts, 0, 0);
  if (n > 0)
    put_parts (inode, (uint64_t)(lseek (fd, 0, SEEK_CUR) - n), parts, n);
  record_let_go ();
  return n;
}

EXPORT ssize_t
pwritev (int fd, const struct iovec *parts, int n_parts, off_t offset)
{
  uint64_t inode = record_inode (fd, NULL);
  ssize_t n;

  if (inode == 0)
    return record_raw (SYS_pwritev, fd, (long)parts, n_parts, offset, 0);
  record_hold ();
  n = record_raw (SYS_pwritev, fd, (long)parts, n_parts, offset, 0);
  if (n > 0)
    put_parts (inode, (uint64_t)offset, parts, n);
  record_let_go ();
  return n;
}

EXPORT ssize_t pwritev64 (int fd, const struct iovec *parts, int n_parts, off_t offset)
    __attribute__ ((alias ("pwritev")));

EXPORT ssize_t
copy_file_range (int from, off_t *from_offset, int to, off_t *to_offset, size_t size,
                 unsigned flags)
{
  uint64_t inode = record_inode (to, NULL);
  ssize_t n;

  if (inode == 0)
    return syscall (SYS_copy_file_range, from, from_offset, to, to_offset, size, flags);
  record_hold ();
  n = syscall (SYS_copy_file_range, from, from_offset, to, to_offset, size, flags);
  if (n > 0)
    put_copied (to, inode,
                (uint64_t)((to_offset != NULL ? *to_offset : lseek (to, 0, SEEK_CUR)) - n),
                (uint64_t)n);
  record_let_go ();
  return n;
}

EXPORT ssize_t
sendfile (int to, int from, off_t *offset, size_t size)
{
  uint64_t inode = record_inode (to, NULL);
  ssize_t n;

  if (inode == 0)
    return record_raw (SYS_sendfile, to, from, (long)offset, (long)size, 0);
  record_hold ();
  n = record_raw (SYS_sendfile, to, from, (long)offset, (long)size, 0);
  if (n > 0)
    put_copied (to, inode, (uint64_t)(lseek (to, 0, SEEK_CUR) - n), (uint64_t)n);
  record_let_go ();
  return n;
}

EXPORT ssize_t sendfile64 (int to, int from, off_t *offset, size_t size)
    __attribute__ ((alias ("sendfile")));

EXPORT int
ftruncate (int fd, off_t size)
{
  uint64_t inode = record_inode (fd, NULL);
  int result;

  if (inode == 0)
    return (int)record_raw (SYS_ftruncate, fd, size, 0, 0, 0);
  record_hold ();
  result = (int)record_raw (SYS_ftruncate, fd, size, 0, 0, 0);
  if (result == 0)
    record_step (TRACE_RESIZE, inode, (uint64_t)size, NULL, 0, NULL, 0);
  record_let_go ();
  return result;
}

EXPORT int ftruncate64 (int fd, off_t size) __attribute__ ((alias ("ftruncate")));

/* As if zeros were written, but not behind the end. Returns: 0, or -1 with errno. */
static int
make_hole (int fd, uint64_t inode, off_t offset, off_t size)
{
  struct stat status;
  int result;

  record_hold ();
  result = (int)record_raw (SYS_fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
                            size, 0);
  if (result == 0 && fstat (fd, &status) == 0 && offset < status.st_size) {
    if (size > status.st_size - offset)
      size = status.st_size - offset;
    put_copied (fd, inode, (uint64_t)offset, (uint64_t)size);
  }
  record_let_go ();
  return result;
}

/* Returns: 0, or -1 with errno. */
static int
allocate (int fd, int mode, off_t offset, off_t size)
{
  uint64_t inode = record_inode (fd, NULL);
  int result;

  if (inode != 0 && mode == (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE))
    return make_hole (fd, inode, offset, size);
  if (inode == 0 || (mode & FALLOC_FL_KEEP_SIZE) != 0) {
    if (inode != 0 && mode != FALLOC_FL_KEEP_SIZE)
      record_give_up ("fallocate in a way that is not recorded");
    return (int)record_raw (SYS_fallocate, fd, mode, offset, size, 0);
  }
  if (mode != 0)
    record_give_up ("fallocate in a way that is not recorded");
  record_hold ();
  result = (int)record_raw (SYS_fallocate, fd, mode, offset, size, 0);
  if (result == 0)
    record_step (TRACE_EXTEND, inode, (uint64_t)(offset + size), NULL, 0, NULL, 0);
  record_let_go ();
  return result;
}

EXPORT int
fallocate (int fd, int mode, off_t offset, off_t size)
{
  return allocate (fd, mode, offset, size);
}

EXPORT int fallocate64 (int fd, int mode, off_t offset, off_t size)
    __attribute__ ((alias ("fallocate")));

EXPORT int
posix_fallocate (int fd, off_t offset, off_t size)
{
  return allocate (fd, 0, offset, size) == 0 ? 0 : errno;
}

EXPORT int posix_fallocate64 (int fd, off_t offset, off_t size)
    __attribute__ ((alias ("posix_fallocate")));

/* SQLite's index of a log of its own is made anew after a crash, whatever is in it: what the disk
 * has of it does not matter. */
static bool
is_index (int fd)
{
  char link[40];
  char path[4096];
  ssize_t n;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, path, sizeof path);
  return n > 4 && memcmp (path + n - 4, "-shm", 4) == 0;
}

EXPORT void *
mmap (void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
  if (fd >= 0 && (flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0 &&
      record_inode (fd, NULL) != 0 && !is_index (fd))
    record_give_up ("a file is mapped to be written to, which cannot be recorded");
  return (void *)syscall (SYS_mmap, address, size, protection, flags, fd, offset);
}

EXPORT void *mmap64 (void *address, size_t size, int protection, int flags, int fd, off_t offset)
    __attribute__ ((alias ("mmap")));

EXPORT int
ioctl (int fd, unsigned long request, ...)
{
  va_list arguments;
  void *argument;

  va_start (arguments, request);
  argument = va_arg (arguments, void *);
  va_end (arguments);
  if ((request == FICLONE || request == FICLONERANGE) && record_inode (fd, NULL) != 0) {
    errno = EOPNOTSUPP; /* then the bytes are copied, and that can be recorded */
    return -1;
  }
  return (int)record_raw (SYS_ioctl, fd, (long)request, (long)argument, 0, 0);
}
