/* part-reader.c: a part is read block by block. What a checksum or the order of ids does not allow
 * is corruption, and nothing of that block is given to anybody. */
#include "store/part-reader.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

#include "base/crc32c.h"
#include "base/error.h"
#include "store/part-format.h"

struct WeirPart {
  _Atomic unsigned n_refs;
  WeirFs *fs;
  char *path;
  int fd;
  WeirPartHeader header;
  WeirPartBlock *blocks; /* and one that stands for their end */
  size_t n_blocks;
};

static bool
corrupt (GError **error, const char *path, const char *what)
{
  g_autofree char *quoted = weir_error_quote (path);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "the snapshot is damaged: %s %s; `weir data check` says what can be saved", quoted,
               what);
  return false;
}

/* --- bytes --- */

WeirPartBlock *
weir_part_read_index (const uint8_t *index, size_t size, uint64_t start, uint64_t end,
                      size_t *ret_n)
{
  WeirCursor cursor = { index, index + size, false };
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (WeirPartBlock));
  WeirPartBlock block = { .offset = start };
  gsize n;

  while (!weir_cursor_is_at_end (&cursor)) {
    uint64_t delta = weir_cursor_get (&cursor);
    uint64_t block_size = weir_cursor_get (&cursor);

    block.first_id += delta;
    if (cursor.failed || delta == 0 || delta >= WEIR_FLOWFILE_ID_END ||
        block.first_id >= WEIR_FLOWFILE_ID_END || block_size == 0 ||
        block_size > end - block.offset)
      return NULL;
    g_array_append_val (blocks, block);
    block.offset += block_size;
  }
  if (block.offset != end || blocks->len == 0)
    return NULL;
  block.first_id = WEIR_FLOWFILE_ID_END;
  g_array_append_val (blocks, block);
  *ret_n = blocks->len - 1;
  return g_array_steal (blocks, &n);
}

bool
weir_part_read_block (const uint8_t *block, size_t size, WeirCursor *ret_images)
{
  WeirCursor cursor = { block, block + size, false };
  uint64_t n = weir_cursor_get (&cursor);
  const uint8_t *images = weir_cursor_get_bytes (&cursor, n);
  const uint8_t *bytes = weir_cursor_get_bytes (&cursor, sizeof (uint32_t));
  uint32_t crc;

  if (bytes == NULL || !weir_cursor_is_at_end (&cursor))
    return false;
  memcpy (&crc, bytes, sizeof crc);
  if (crc != weir_crc32c (0, images, (size_t)n))
    return false;
  *ret_images = (WeirCursor){ images, images + n, false };
  return true;
}

/* --- opening --- */

static bool
read_at (WeirPart *part, void *buffer, size_t size, uint64_t offset, GError **error)
{
  ssize_t n = weir_fs_pread (part->fs, part->fd, buffer, size, offset, part->path, error);

  if (n < 0)
    return false;
  return (size_t)n == size || corrupt (error, part->path, "is too short");
}

static bool
read_header (WeirPart *part, uint64_t log_id, uint64_t number, GError **error)
{
  WeirPartHeader *header = &part->header;
  uint32_t crc;

  if (!read_at (part, header, sizeof *header, 0, error))
    return false;
  crc = header->crc;
  header->crc = 0;
  if (memcmp (header->magic, WEIR_PART_MAGIC, sizeof header->magic) != 0 ||
      crc != weir_crc32c (0, header, sizeof *header))
    return corrupt (error, part->path, "has a header that is not what was written");
  if (header->version != WEIR_PART_VERSION)
    return corrupt (error, part->path, "is of a version that is not known here");
  if (header->log_id != log_id || header->number != number)
    return corrupt (error, part->path, "belongs to another directory or place");
  return true;
}

static bool
read_index (WeirPart *part, uint64_t file_size, GError **error)
{
  static const char message[] = "has an index that is not what was written";
  uint64_t end = file_size - sizeof (WeirPartTrailer);
  g_autofree uint8_t *index = NULL;
  WeirPartTrailer trailer;

  if (!read_at (part, &trailer, sizeof trailer, end, error))
    return false;
  if (memcmp (trailer.magic, WEIR_PART_MAGIC, sizeof trailer.magic) != 0 || trailer.zero != 0 ||
      trailer.offset < sizeof (WeirPartHeader) || trailer.offset > end ||
      trailer.size != end - trailer.offset)
    return corrupt (error, part->path, message);
  index = g_try_malloc (trailer.size + 1);
  if (index == NULL)
    return corrupt (error, part->path, message);
  if (!read_at (part, index, trailer.size, trailer.offset, error))
    return false;
  if (trailer.crc != weir_crc32c (0, index, trailer.size))
    return corrupt (error, part->path, message);
  part->blocks = weir_part_read_index (index, trailer.size, sizeof (WeirPartHeader), trailer.offset,
                                       &part->n_blocks);
  return part->blocks != NULL || corrupt (error, part->path, message);
}

WeirPart *
weir_part_open (const char *path, uint64_t log_id, uint64_t number, WeirFs *fs, GError **error)
{
  g_autoptr (WeirPart) part = g_new0 (WeirPart, 1);
  struct stat status;

  atomic_init (&part->n_refs, 1);
  part->fs = fs;
  part->path = g_strdup (path);
  part->fd = weir_fs_open (fs, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0, error);
  if (part->fd < 0)
    return NULL;
  if (fstat (part->fd, &status) < 0 ||
      (uint64_t)status.st_size < sizeof (WeirPartHeader) + sizeof (WeirPartTrailer)) {
    corrupt (error, path, "is too short");
    return NULL;
  }
  if (!read_header (part, log_id, number, error) ||
      !read_index (part, (uint64_t)status.st_size, error))
    return NULL;
  return g_steal_pointer (&part);
}

WeirPart *
weir_part_ref (WeirPart *part)
{
  atomic_fetch_add_explicit (&part->n_refs, 1, memory_order_relaxed);
  return part;
}

void
weir_part_unref (WeirPart *part)
{
  if (part == NULL || atomic_fetch_sub_explicit (&part->n_refs, 1, memory_order_acq_rel) != 1)
    return;
  weir_fd_close (&part->fd);
  g_free (part->blocks);
  g_free (part->path);
  g_free (part);
}

uint64_t
weir_part_get_number (const WeirPart *part)
{
  return part->header.number;
}

uint64_t
weir_part_get_n (const WeirPart *part)
{
  return part->header.n_images;
}

uint64_t
weir_part_get_disk_bytes (const WeirPart *part)
{
  return part->blocks[part->n_blocks].offset;
}

size_t
weir_part_get_bytes (const WeirPart *part)
{
  return sizeof *part + (part->n_blocks + 1) * sizeof (WeirPartBlock);
}

/* --- reading --- */

void
weir_part_cursor_init (WeirPartCursor *cursor, WeirPart *part)
{
  *cursor = (WeirPartCursor){ .part = part };
}

void
weir_part_cursor_clear (WeirPartCursor *cursor)
{
  g_clear_pointer (&cursor->buffer, g_free);
}

static bool
read_block (WeirPartCursor *cursor, GError **error)
{
  WeirPart *part = cursor->part;
  const WeirPartBlock *block = &part->blocks[cursor->block];
  size_t size = (size_t)(block[1].offset - block->offset);

  if (size > cursor->buffer_size) {
    g_free (cursor->buffer);
    cursor->buffer_size = 0;
    cursor->buffer = g_try_malloc (size);
    if (cursor->buffer == NULL)
      return corrupt (error, part->path, "has a block that is larger than memory");
    cursor->buffer_size = size;
  }
  if (!read_at (part, cursor->buffer, size, block->offset, error))
    return false;
  if (!weir_part_read_block (cursor->buffer, size, &cursor->images))
    return corrupt (error, part->path, "has a block that is not what was written");
  cursor->block++;
  cursor->last_id = 0;
  return true;
}

bool
weir_part_cursor_next (WeirPartCursor *cursor, GError **error)
{
  const WeirPart *part = cursor->part;

  cursor->layer.kind = WEIR_LAYER_NONE;
  if (weir_cursor_is_at_end (&cursor->images)) {
    if (cursor->block == part->n_blocks)
      return true;
    if (!read_block (cursor, error))
      return false;
  }
  if (!weir_layer_read (&cursor->images, cursor->last_id, &cursor->layer) ||
      cursor->layer.id >= part->blocks[cursor->block].first_id ||
      (cursor->last_id == 0 && cursor->layer.id != part->blocks[cursor->block - 1].first_id)) {
    cursor->layer.kind = WEIR_LAYER_NONE;
    cursor->images = (WeirCursor){ .failed = true };
    return corrupt (error, part->path, "has an image that cannot be");
  }
  cursor->last_id = cursor->layer.id;
  return true;
}

void
weir_part_cursor_pass_over (WeirPartCursor *cursor, WeirPartBlock *ret_block,
                            WeirPartBlock *ret_next)
{
  /* A block that could not be read has not been counted; one with an image that cannot be, has. */
  if (cursor->images.failed)
    cursor->block--;
  *ret_block = cursor->part->blocks[cursor->block];
  *ret_next = cursor->part->blocks[++cursor->block];
  cursor->images = (WeirCursor){ 0 };
  cursor->last_id = 0;
}

/* The last block whose first id is not above @id; the first one if there is none. */
static size_t
find_block (const WeirPart *part, uint64_t id)
{
  size_t low = 0, high = part->n_blocks;

  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;

    if (part->blocks[middle].first_id <= id)
      low = middle;
    else
      high = middle;
  }
  return low;
}

bool
weir_part_cursor_seek (WeirPartCursor *cursor, uint64_t id, GError **error)
{
  const WeirPart *part = cursor->part;

  if (cursor->layer.kind != WEIR_LAYER_NONE && cursor->layer.id >= id)
    return true;
  /* The block that is being read ends where the next one begins. */
  if (cursor->block < part->n_blocks && id >= part->blocks[cursor->block].first_id) {
    cursor->block = find_block (part, id);
    cursor->images = (WeirCursor){ 0 };
  }
  do {
    if (!weir_part_cursor_next (cursor, error))
      return false;
  } while (cursor->layer.kind != WEIR_LAYER_NONE && cursor->layer.id < id);
  return true;
}
