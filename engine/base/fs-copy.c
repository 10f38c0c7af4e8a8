/* fs-copy.c: copy_file_range where it works, a buffer elsewhere.
 *
 * The end of a file is believed only from read: copy_file_range returns 0 at once for files whose
 * size the kernel does not know beforehand, such as those in /proc. */
#include "base/fs-copy.h"

#include <errno.h>

#include "base/error.h"
#include "base/limits.h"

static size_t
copy_in_kernel (WeirFsEnd *from, WeirFsEnd *to, uint64_t size, int *ret_errno)
{
  loff_t *in = from->offset < 0 ? NULL : &from->offset;
  loff_t *out = to->offset < 0 ? NULL : &to->offset;
  ssize_t n;

  do {
    n = copy_file_range (from->fd, in, to->fd, out, MIN (size, WEIR_LIMIT_COPY_STEP), 0);
  } while (n < 0 && errno == EINTR);
  *ret_errno = n < 0 ? errno : 0;
  return n < 0 ? 0 : (size_t)n;
}

/* Other kinds of files, other file systems, descriptors that append: a buffer can do it. */
static bool
is_unsuitable (int errnum)
{
  return errnum == EXDEV || errnum == EINVAL || errnum == ENOSYS || errnum == EOPNOTSUPP ||
         errnum == EBADF || errnum == ESPIPE || errnum == EPERM || errnum == ETXTBSY;
}

static bool
copy_by_buffer (WeirFs *fs, WeirFsEnd *from, WeirFsEnd *to, uint64_t size, uint64_t *ret_copied,
                GError **error)
{
  g_autofree char *buffer = g_malloc (WEIR_LIMIT_COPY_BUFFER);
  uint64_t copied = 0;

  while (copied < size) {
    size_t step = MIN (size - copied, WEIR_LIMIT_COPY_BUFFER);
    ssize_t n = from->offset < 0 ? weir_fs_read (fs, from->fd, buffer, step, from->path, error)
                                 : weir_fs_pread (fs, from->fd, buffer, step,
                                                  (uint64_t)from->offset, from->path, error);

    if (n < 0)
      return false;
    if (n == 0)
      break;
    if (to->offset < 0 ? !weir_fs_write (fs, to->fd, buffer, (size_t)n, to->path, error)
                       : !weir_fs_pwrite (fs, to->fd, buffer, (size_t)n, (uint64_t)to->offset,
                                          to->path, error))
      return false;
    from->offset += from->offset < 0 ? 0 : n;
    to->offset += to->offset < 0 ? 0 : n;
    copied += (uint64_t)n;
  }
  *ret_copied = copied;
  return true;
}

bool
weir_fs_copy (WeirFs *fs, WeirFsEnd *from, WeirFsEnd *to, uint64_t size, uint64_t *ret_copied,
              GError **error)
{
  uint64_t copied = 0;
  uint64_t rest = 0;

  while (copied < size) {
    int errnum = fs != NULL ? fs->on_call (fs, WEIR_FS_COPY) : 0;
    size_t n = errnum == 0 ? copy_in_kernel (from, to, size - copied, &errnum) : 0;

    if (errnum != 0 && !is_unsuitable (errnum))
      return weir_error_set_errno (error, "copy into", to->path, errnum);
    if (n == 0)
      break;
    copied += n;
  }
  if (copied < size && !copy_by_buffer (fs, from, to, size - copied, &rest, error))
    return false;
  *ret_copied = copied + rest;
  return true;
}
