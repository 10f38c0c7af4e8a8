/* claim-read.c: read, compare, hand out.
 *
 * A claim in an own file has blocks, and a table of their checksums behind its bytes, which is
 * right when it adds up to the checksum of the claim. Every other claim is one block. */
#include "store/claim-read.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/error.h"
#include "base/limits.h"
#include "store/content-keeper.h"

/* Behind the struct of a claim in an own file. */
static uint32_t *
get_table (WeirClaim *claim)
{
  return (uint32_t *)(void *)claim->bytes;
}

/* Behind the table: which of the blocks were verified. */
static _Atomic uint8_t *
get_marks (WeirClaim *claim)
{
  return (_Atomic uint8_t *)(get_table (claim) + weir_content_sums_get_n_blocks (claim->size));
}

static bool
has_blocks (const WeirClaim *claim)
{
  return claim->file->kind == WEIR_CONTENT_OWN;
}

bool
weir_claim_locate (WeirClaim *claim, uint64_t offset, int *ret_fd, uint64_t *ret_position,
                   GError **error)
{
  int fd = weir_content_file_pin (claim->file, error);

  if (fd < 0)
    return false;
  *ret_fd = fd;
  *ret_position = claim->offset + offset - claim->file->start;
  return true;
}

static bool
read_bytes (WeirClaim *claim, uint64_t offset, void *buffer, size_t size, GError **error)
{
  g_autofree char *name = NULL;
  uint64_t position;
  ssize_t n;
  int fd;

  if (!weir_claim_locate (claim, offset, &fd, &position, error))
    return false;
  n = weir_fs_pread (claim->store->pool.fs, fd, buffer, size, position,
                     weir_content_file_get_label (claim->file), error);
  weir_content_file_unpin (claim->file);
  if (n == (ssize_t)size)
    return true;
  if (n < 0)
    return false;
  name = weir_content_file_describe (claim->file);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "content in %s ends before its size; something else changed the file", name);
  return false;
}

static bool
fail (WeirClaim *claim, uint64_t offset, uint64_t size, GError **error)
{
  g_autofree char *name = weir_content_file_describe (claim->file);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "content in %s has changed on disk: the %" G_GUINT64_FORMAT
               " bytes at %" G_GUINT64_FORMAT
               " do not have the checksum that they were written with; look for a failing disk",
               name, size, claim->offset + offset - claim->file->start);
  return false;
}

void
weir_claim_set_sums (WeirClaim *claim, const WeirContentSums *sums)
{
  weir_content_sums_get_blocks (sums, get_table (claim));
  claim->state = WEIR_CLAIM_HAS_TABLE;
}

/* Thread: any; readers that come at once wait for the first. */
static bool
load_table (WeirClaim *claim, GError **error)
{
  uint64_t n = weir_content_sums_get_n_blocks (claim->size);

  if (atomic_load_explicit (&claim->state, memory_order_acquire) != WEIR_CLAIM_UNKNOWN)
    return true;

  WEIR_LOCKED (&claim->store->pool.lock);

  if (atomic_load_explicit (&claim->state, memory_order_relaxed) != WEIR_CLAIM_UNKNOWN)
    return true;
  if (!read_bytes (claim, claim->size, get_table (claim), n * sizeof (uint32_t), error))
    return false;
  for (uint64_t i = 0; i < n; i++)
    get_table (claim)[i] = GUINT32_FROM_LE (get_table (claim)[i]);
  if (weir_content_sums_join (get_table (claim), claim->size) != claim->crc)
    return fail (claim, claim->size, n * sizeof (uint32_t), error);
  atomic_store_explicit (&claim->state, WEIR_CLAIM_HAS_TABLE, memory_order_release);
  return true;
}

typedef struct {
  uint64_t index;
  uint64_t start;
  uint64_t size;
  uint32_t crc;
} Block;

static Block
get_block (WeirClaim *claim, uint64_t offset)
{
  Block block = { 0, 0, claim->size, claim->crc };

  if (has_blocks (claim)) {
    block.index = offset / WEIR_CONTENT_BLOCK;
    block.start = block.index * WEIR_CONTENT_BLOCK;
    block.size = MIN (WEIR_CONTENT_BLOCK, claim->size - block.start);
    block.crc = get_table (claim)[block.index];
  }
  return block;
}

static bool
is_verified (WeirClaim *claim, const Block *block)
{
  if (has_blocks (claim))
    return atomic_load_explicit (&get_marks (claim)[block->index], memory_order_relaxed) != 0;
  return atomic_load_explicit (&claim->state, memory_order_relaxed) == WEIR_CLAIM_VERIFIED;
}

static bool
compare (WeirClaim *claim, const Block *block, uint32_t crc, GError **error)
{
  if (crc != block->crc)
    return fail (claim, block->start, block->size, error);
  if (has_blocks (claim))
    atomic_store_explicit (&get_marks (claim)[block->index], 1, memory_order_relaxed);
  else
    atomic_store_explicit (&claim->state, WEIR_CLAIM_VERIFIED, memory_order_relaxed);
  return true;
}

static bool
verify_block (WeirClaim *claim, const Block *block, GError **error)
{
  g_autofree char *buffer = NULL;
  uint32_t crc = 0;

  if (is_verified (claim, block))
    return true;
  buffer = g_malloc (MIN (block->size, WEIR_LIMIT_COPY_BUFFER));
  for (uint64_t done = 0; done < block->size;) {
    size_t step = (size_t)MIN (block->size - done, WEIR_LIMIT_COPY_BUFFER);

    if (!read_bytes (claim, block->start + done, buffer, step, error))
      return false;
    crc = weir_crc32c (crc, buffer, step);
    done += step;
  }
  return compare (claim, block, crc, error);
}

bool
weir_claim_verify (WeirClaim *claim, uint64_t offset, uint64_t size, GError **error)
{
  uint64_t end = offset + size;

  if (claim->store->pool.keeper == NULL)
    return true;
  if (has_blocks (claim) && !load_table (claim, error))
    return false;
  while (offset < end) {
    Block block = get_block (claim, offset);

    if (!verify_block (claim, &block, error))
      return false;
    offset = block.start + block.size;
  }
  return true;
}

bool
weir_claim_read (WeirClaim *claim, uint64_t offset, void *buffer, size_t size, GError **error)
{
  char *at = buffer;

  if (claim->store->pool.keeper == NULL)
    return read_bytes (claim, offset, buffer, size, error);
  if (has_blocks (claim) && !load_table (claim, error))
    return false;
  while (size > 0) {
    Block block = get_block (claim, offset);
    size_t step = (size_t)MIN (size, block.start + block.size - offset);
    bool is_whole = step == block.size;

    /* A whole block is compared where it is read to. */
    if ((!is_whole && !verify_block (claim, &block, error)) ||
        !read_bytes (claim, offset, at, step, error) ||
        (is_whole && !is_verified (claim, &block) &&
         !compare (claim, &block, weir_crc32c (0, at, step), error)))
      return false;
    at += step;
    offset += step;
    size -= step;
  }
  return true;
}
