/* content-writer.c: from the buffer to a segment to a file of its own, as content grows. */
#include "store/content-writer.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs-copy.h"
#include "base/limits.h"
#include "store/claim-read.h"
#include "store/content-keeper.h"

/* Larger pieces than this go to the file at once. */
#define BUFFER_MAX (64 * 1024)

#define SECTOR 4096

/* The disk is kept busy with so much at a time. */
#define PUSH_STEP ((uint64_t)8 * 1024 * 1024)

void
weir_content_writer_init (WeirContentWriter *writer, WeirContentStore *store)
{
  *writer = (WeirContentWriter){ .store = store };
}

/* Gives up the place in the file, and what was written there. */
static void
leave_file (WeirContentWriter *writer)
{
  WeirContentPool *pool = &writer->store->pool;
  WeirContentFile *file = g_steal_pointer (&writer->file);

  if (file == NULL)
    return;
  if (file->kind != WEIR_CONTENT_SHARED) {
    weir_content_file_unref (file);
    return;
  }
  /* Only to free the space: the next writer begins at file->end in any case. */
  (void)!ftruncate (file->fd, (off_t)writer->start);
  weir_content_pool_give_back (pool, file);
}

void
weir_content_writer_clear (WeirContentWriter *writer)
{
  leave_file (writer);
  weir_content_sums_clear (&writer->sums);
  g_free (writer->buffer);
  weir_content_writer_init (writer, writer->store);
}

/* Makes room for @size more bytes in the buffer; false when that is beyond its largest size. */
static bool
reserve (WeirContentWriter *writer, size_t size)
{
  static const size_t steps[] = { 1024, WEIR_LIMIT_CONTENT_INLINE, BUFFER_MAX };

  for (size_t i = 0; writer->capacity - writer->n_buffered < size; i++) {
    if (i == G_N_ELEMENTS (steps))
      return false;
    if (steps[i] > writer->capacity && steps[i] >= writer->n_buffered + size) {
      writer->capacity = steps[i];
      writer->buffer = g_realloc (writer->buffer, writer->capacity);
    }
  }
  return true;
}

/* Content has outgrown the segment: what is there moves to a file of its own. */
static bool
move_out (WeirContentWriter *writer, GError **error)
{
  WeirContentPool *pool = &writer->store->pool;
  WeirContentFile *own = weir_content_file_new (pool, error);
  WeirFsEnd from = { writer->file->fd, (int64_t)writer->start,
                     weir_content_file_get_label (writer->file) };
  WeirFsEnd to = { own != NULL ? own->fd : -1, 0, from.path };
  uint64_t n_filed = writer->n_filed;

  if (own == NULL)
    return false;
  if (!weir_fs_copy (pool->fs, &from, &to, n_filed, &n_filed, error)) {
    weir_content_file_unref (own);
    return false;
  }
  leave_file (writer);
  writer->file = own;
  writer->start = 0;
  return true;
}

/* Opens the kind of file that content of @total bytes belongs into. */
static bool
enter_file (WeirContentWriter *writer, uint64_t total, GError **error)
{
  WeirContentPool *pool = &writer->store->pool;
  bool shared = total <= WEIR_LIMIT_CONTENT_SHARED;

  if (writer->file != NULL)
    return shared || writer->file->kind != WEIR_CONTENT_SHARED || move_out (writer, error);
  writer->file =
      shared ? weir_content_pool_take (pool, error) : weir_content_file_new (pool, error);
  if (writer->file == NULL)
    return false;
  writer->start = writer->file->end;
  return true;
}

/* A large claim that must be on disk by the end of its session gets there while it is written. */
static void
push (WeirContentWriter *writer)
{
  WeirContentFile *file = writer->file;
  uint64_t n = writer->n_filed - writer->n_pushed;

  if (file->kind != WEIR_CONTENT_OWN || n < PUSH_STEP || !file->pool->keeper->must_sync)
    return;
  /* Only a beginning: what fails here fails in the sync at the end. */
  (void)!sync_file_range (file->fd, (off_t)writer->n_pushed, (off_t)n, SYNC_FILE_RANGE_WRITE);
  writer->n_pushed = writer->n_filed;
}

static bool
file_bytes (WeirContentWriter *writer, const char *data, size_t size, GError **error)
{
  const WeirContentPool *pool = &writer->store->pool;

  if (!weir_fs_pwrite (pool->fs, writer->file->fd, data, size, writer->start + writer->n_filed,
                       weir_content_file_get_label (writer->file), error))
    return false;
  writer->n_filed += size;
  if (pool->keeper != NULL) {
    weir_content_sums_add (&writer->sums, data, size);
    push (writer);
    if (pool->keeper->reserve != NULL)
      weir_reserve_note (pool->keeper->reserve, size);
  }
  return true;
}

/* Brings the buffer into a file that has room for @more bytes behind it. */
static bool
flush (WeirContentWriter *writer, uint64_t more, GError **error)
{
  size_t size = writer->n_buffered;

  if (!enter_file (writer, writer->n_filed + size + more, error))
    return false;
  writer->n_buffered = 0;
  return size == 0 || file_bytes (writer, writer->buffer, size, error);
}

static bool
check (WeirContentWriter *writer, GError **error)
{
  if (!writer->failed)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED,
               "content was given up because an earlier write failed; write it anew");
  return false;
}

static bool
write_bytes (WeirContentWriter *writer, const char *data, size_t size, GError **error)
{
  if (!reserve (writer, size)) {
    if (!flush (writer, size, error))
      return false;
    if (size >= BUFFER_MAX || !reserve (writer, size))
      return file_bytes (writer, data, size, error);
  }
  memcpy (writer->buffer + writer->n_buffered, data, size);
  writer->n_buffered += size;
  return true;
}

bool
weir_content_writer_write (WeirContentWriter *writer, const void *data, size_t size, GError **error)
{
  if (!check (writer, error))
    return false;
  if (size > 0)
    writer->failed = !write_bytes (writer, data, size, error);
  return !writer->failed;
}

/* Copies up to @size bytes from @from, less only at its end. */
static bool
copy_in (WeirContentWriter *writer, WeirFsEnd *from, uint64_t size, uint64_t *ret_copied,
         GError **error)
{
  WeirContentPool *pool = &writer->store->pool;
  WeirFsEnd to = { -1, 0, pool->label };

  g_assert (pool->keeper == NULL);
  if (!flush (writer, size, error))
    return false;
  to.fd = writer->file->fd;
  to.offset = (int64_t)(writer->start + writer->n_filed);
  if (!weir_fs_copy (pool->fs, from, &to, size, ret_copied, error))
    return false;
  writer->n_filed += *ret_copied;
  return true;
}

/* In the kernel, where nothing is summed. */
static bool
copy_claim (WeirContentWriter *writer, WeirClaim *claim, uint64_t offset, uint64_t size,
            GError **error)
{
  const char *label = weir_content_file_get_label (claim->file);
  WeirFsEnd from = { claim->file->fd, (int64_t)(claim->offset + offset), label };
  uint64_t copied;

  if (!copy_in (writer, &from, size, &copied, error))
    return false;
  if (copied == size)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "content in %s ends before its size; something else changed the file", label);
  return false;
}

static bool
write_from_file (WeirContentWriter *writer, WeirClaim *claim, uint64_t offset, uint64_t size,
                 GError **error)
{
  if (size > BUFFER_MAX || !reserve (writer, size)) {
    if (writer->store->pool.keeper == NULL)
      return copy_claim (writer, claim, offset, size, error);
    if (!flush (writer, size, error))
      return false;
  }
  while (size > 0) {
    size_t step = (size_t)MIN (size, BUFFER_MAX);

    if ((!reserve (writer, step) && !(flush (writer, 0, error) && reserve (writer, step))) ||
        !weir_claim_read (claim, offset, writer->buffer + writer->n_buffered, step, error))
      return false;
    writer->n_buffered += step;
    offset += step;
    size -= step;
  }
  return true;
}

bool
weir_content_writer_write_content (WeirContentWriter *writer, const WeirContent *content,
                                   uint64_t offset, uint64_t size, GError **error)
{
  WeirClaim *claim = content->claim;
  uint64_t at = content->offset + offset;

  g_assert (offset <= content->size && size <= content->size - offset);
  if (!check (writer, error))
    return false;
  if (size == 0)
    return true;
  if (claim->is_in_memory)
    writer->failed = !write_bytes (writer, claim->bytes + at, size, error);
  else
    writer->failed = !write_from_file (writer, claim, at, size, error);
  return !writer->failed;
}

/* What a regular file still holds; 0 for all others, which say nothing. */
static uint64_t
get_rest (int fd)
{
  struct stat status;
  off_t position = lseek (fd, 0, SEEK_CUR);

  if (position < 0 || fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    return 0;
  return (uint64_t)MAX (status.st_size - position, 0);
}

/* Through a larger buffer than the writer's own, for what is summed on its way. */
static bool
pour (WeirContentWriter *writer, int fd, uint64_t size, const char *path, GError **error)
{
  g_autofree char *buffer = g_malloc (WEIR_LIMIT_COPY_BUFFER);
  ssize_t n;

  if (!flush (writer, size, error))
    return false;
  for (uint64_t done = 0; done < size; done += (uint64_t)n) {
    size_t step = (size_t)MIN (size - done, WEIR_LIMIT_COPY_BUFFER);

    n = weir_fs_read (writer->store->pool.fs, fd, buffer, step, path, error);
    if (n < 0 || !file_bytes (writer, buffer, (size_t)n, error))
      return false;
    if ((size_t)n < step)
      break;
  }
  return true;
}

static bool
write_fd (WeirContentWriter *writer, int fd, const char *path, GError **error)
{
  WeirFsEnd from = { fd, -1, path };
  uint64_t rest = get_rest (fd);
  uint64_t copied;

  if (rest > BUFFER_MAX &&
      !(writer->store->pool.keeper == NULL ? copy_in (writer, &from, rest, &copied, error)
                                           : pour (writer, fd, rest, path, error)))
    return false;

  /* Then, and for all that has no size, until nothing comes: the file may have grown. */
  for (;;) {
    size_t step = rest > 0 && rest < BUFFER_MAX ? (size_t)rest + 1 : BUFFER_MAX;
    ssize_t n;

    if (!reserve (writer, step) && !(flush (writer, 0, error) && reserve (writer, step)))
      return false;
    n = weir_fs_read (writer->store->pool.fs, fd, writer->buffer + writer->n_buffered, step, path,
                      error);
    if (n < 0)
      return false;
    writer->n_buffered += (size_t)n;
    if ((size_t)n < step)
      return true;
    rest = 0;
  }
}

bool
weir_content_writer_write_fd (WeirContentWriter *writer, int fd, const char *path, GError **error)
{
  if (!check (writer, error))
    return false;
  writer->failed = !write_fd (writer, fd, path, error);
  return !writer->failed;
}

/* Brings a large claim to disk with the sums of its blocks behind it. It needs no descriptor until
 * somebody reads it. */
static bool
settle_own (WeirContentWriter *writer, GError **error)
{
  WeirFs *fs = writer->store->pool.fs;
  WeirContentFile *file = writer->file;
  size_t n_blocks = weir_content_sums_get_n_blocks (writer->n_filed);
  g_autofree uint32_t *blocks = g_new (uint32_t, n_blocks);

  weir_content_sums_get_blocks (&writer->sums, blocks);
  for (size_t i = 0; i < n_blocks; i++)
    blocks[i] = GUINT32_TO_LE (blocks[i]);
  if (!weir_fs_pwrite (fs, file->fd, blocks, n_blocks * sizeof (uint32_t), writer->n_filed, NULL,
                       error) ||
      (file->pool->keeper->must_sync && !weir_fs_sync_data (fs, file->fd, NULL, error)))
    return false;
  weir_content_file_unpin (file);
  weir_content_keeper_close (file->pool->keeper, file);
  return true;
}

static bool
finish (WeirContentWriter *writer, WeirContent *ret_content, GError **error)
{
  WeirContentStore *store = writer->store;
  WeirContentKeeper *keeper = store->pool.keeper;
  uint64_t size = writer->n_filed + writer->n_buffered;
  WeirContentFile *file;
  WeirClaim *claim;

  if (writer->n_filed == 0 && weir_claim_belongs_in_memory (store, size))
    return weir_content_store_put (store, writer->buffer, size, ret_content, error);
  if (!flush (writer, 0, error) ||
      (keeper != NULL && writer->file->kind == WEIR_CONTENT_OWN && !settle_own (writer, error)))
    return false;

  file = g_steal_pointer (&writer->file);
  if (file->kind == WEIR_CONTENT_SHARED) {
    file->end = writer->start + size;
    if (keeper != NULL) /* a sector with durable bytes is never written again */
      file->end = (file->end + SECTOR - 1) / SECTOR * SECTOR;
    claim = weir_claim_new_file (store, weir_content_file_ref (file), writer->start, size);
    if (keeper != NULL)
      weir_content_keeper_mark_dirty (keeper, file);
    weir_content_pool_give_back (&store->pool, file);
  } else {
    claim = weir_claim_new_file (store, file, writer->start, size);
    if (keeper != NULL)
      weir_claim_set_sums (claim, &writer->sums);
  }
  if (keeper != NULL)
    claim->crc = weir_content_sums_get (&writer->sums);
  *ret_content = (WeirContent){ claim, 0, size };
  return true;
}

bool
weir_content_writer_close (WeirContentWriter *writer, WeirContent *ret_content, GError **error)
{
  bool closed = check (writer, error) && finish (writer, ret_content, error);

  weir_content_writer_clear (writer);
  return closed;
}
