/* content-sums.h: checksums of content by blocks; inside the store only.
 *
 * A part of a large claim can be verified without reading all of it: each block of
 * WEIR_CONTENT_BLOCK bytes has a CRC32C, and those of all blocks add up to that of the claim, so
 * that the table of them needs no checksum of its own. Thread: one at a time for each. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* One core reads and sums a block in 150 us: what a byte out of the middle costs. The table is four
 * millionths of the content. */
#define WEIR_CONTENT_BLOCK (1024u * 1024)

/* Zeroed: of no bytes. */
typedef struct {
  uint32_t crc;   /* of the last block */
  uint64_t size;  /* of all bytes */
  GArray *blocks; /* uint32_t: of those before the last; NULL: none */
} WeirContentSums;

void weir_content_sums_clear (WeirContentSums *sums);
void weir_content_sums_add (WeirContentSums *sums, const void *data, size_t size);

/* CRC32C of all that was added. */
uint32_t weir_content_sums_get (const WeirContentSums *sums);

static inline uint64_t
weir_content_sums_get_n_blocks (uint64_t size)
{
  return size / WEIR_CONTENT_BLOCK + (size % WEIR_CONTENT_BLOCK != 0);
}

/* Stores the checksum of each block at @ret_blocks. */
void weir_content_sums_get_blocks (const WeirContentSums *sums, uint32_t *ret_blocks);

/* CRC32C of @size bytes that have these blocks. */
uint32_t weir_content_sums_join (const uint32_t *blocks, uint64_t size);
