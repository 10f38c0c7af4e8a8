/* content-transfer.c: import and export. */
#include "store/content-transfer.h"

#include <sys/stat.h>

#include "base/fs-copy.h"
#include "base/limits.h"
#include "store/claim-read.h"
#include "store/content-writer.h"

static bool
finish (WeirContentWriter *writer, bool written, WeirContent *ret_content, GError **error)
{
  if (written)
    return weir_content_writer_close (writer, ret_content, error);
  weir_content_writer_clear (writer);
  return false;
}

/* Into a claim that has a byte more than the file should fill: if that byte comes, too, the file
 * has grown and is taken in as a stream. */
static bool
import_small (WeirContentStore *store, int fd, size_t size, const char *path,
              WeirContent *ret_content, GError **error)
{
  WeirClaim *claim = weir_claim_new_memory (store, size + 1);
  ssize_t n = weir_fs_read (store->pool.fs, fd, claim->bytes, size + 1, path, error);
  bool imported = n >= 0;

  if (n > 0 && (size_t)n <= size) {
    weir_claim_shorten (claim, (size_t)n);
    *ret_content = (WeirContent){ claim, 0, (uint64_t)n };
    return true;
  }
  if (n == 0) {
    *ret_content = (WeirContent){ 0 };
  } else if (n > 0) {
    WeirContentWriter writer;
    bool written;

    weir_content_writer_init (&writer, store);
    written = weir_content_writer_write (&writer, claim->bytes, size + 1, error) &&
              weir_content_writer_write_fd (&writer, fd, path, error);
    imported = finish (&writer, written, ret_content, error);
  }
  weir_claim_unref (claim);
  return imported;
}

bool
weir_content_store_import (WeirContentStore *store, int fd, const char *path,
                           WeirContent *ret_content, GError **error)
{
  WeirContentWriter writer;
  struct stat status;

  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) &&
      status.st_size < WEIR_LIMIT_CONTENT_INLINE &&
      weir_claim_belongs_in_memory (store, (uint64_t)status.st_size))
    return import_small (store, fd, (size_t)status.st_size, path, ret_content, error);

  weir_content_writer_init (&writer, store);
  return finish (&writer, weir_content_writer_write_fd (&writer, fd, path, error), ret_content,
                 error);
}

/* What is compared with its checksum anyway goes out of the same buffer. */
static bool
export_small (const WeirContent *content, int fd, const char *path, GError **error)
{
  g_autofree char *buffer = g_malloc (content->size);

  return weir_claim_read (content->claim, content->offset, buffer, content->size, error) &&
         weir_fs_write (content->claim->store->pool.fs, fd, buffer, content->size, path, error);
}

bool
weir_content_export (const WeirContent *content, int fd, const char *path, GError **error)
{
  WeirClaim *claim = content->claim;
  WeirFsEnd from = { 0 };
  WeirFsEnd to = { fd, -1, path };
  g_autofree char *name = NULL;
  uint64_t position, copied;
  bool is_copied;
  WeirFs *fs;

  if (claim == NULL)
    return true;
  fs = claim->store->pool.fs;
  if (claim->is_in_memory)
    return weir_fs_write (fs, fd, claim->bytes + content->offset, content->size, path, error);
  if (content->size <= WEIR_LIMIT_CONTENT_INLINE)
    return export_small (content, fd, path, error);

  if (!weir_claim_verify (claim, content->offset, content->size, error) ||
      !weir_claim_locate (claim, content->offset, &from.fd, &position, error))
    return false;
  from.offset = (int64_t)position;
  from.path = weir_content_file_get_label (claim->file);
  is_copied = weir_fs_copy (fs, &from, &to, content->size, &copied, error);
  weir_content_file_unpin (claim->file);
  if (!is_copied)
    return false;
  if (copied == content->size)
    return true;
  name = weir_content_file_describe (claim->file);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "content in %s ends before its size; something else changed the file", name);
  return false;
}

int
weir_content_give (const WeirContent *content, int directory, const char *name)
{
  WeirClaim *claim = content->claim;
  struct stat status;
  WeirFs *fs;
  int fd;

  if (claim == NULL || claim->is_in_memory || claim->store->pool.keeper != NULL ||
      claim->file->kind != WEIR_CONTENT_OWN || content->size != claim->size ||
      atomic_load_explicit (&claim->n_refs, memory_order_acquire) != 1)
    return -1;
  fs = claim->store->pool.fs;
  /* Once is enough: what was given and taken back may still be in other hands. */
  if (fstat (claim->file->fd, &status) < 0 || status.st_nlink != 0 ||
      (uint64_t)status.st_size != claim->size)
    return -1;
  fd = fcntl (claim->file->fd, F_DUPFD_CLOEXEC, 0);
  if (fd >= 0 && !weir_fs_give_name (fs, fd, directory, name))
    weir_fd_close (&fd);
  return fd;
}
