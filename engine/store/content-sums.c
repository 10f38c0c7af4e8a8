/* content-sums.c: a checksum for each block, and that of all from those. */
#include "store/content-sums.h"

#include <string.h>

#include "base/crc32c.h"

void
weir_content_sums_clear (WeirContentSums *sums)
{
  if (sums->blocks != NULL)
    g_array_unref (sums->blocks);
  *sums = (WeirContentSums){ 0 };
}

void
weir_content_sums_add (WeirContentSums *sums, const void *data, size_t size)
{
  const char *at = data;

  while (size > 0) {
    size_t in_block = sums->size % WEIR_CONTENT_BLOCK;
    size_t step = MIN (size, WEIR_CONTENT_BLOCK - in_block);

    if (in_block == 0 && sums->size > 0) {
      if (sums->blocks == NULL)
        sums->blocks = g_array_new (FALSE, FALSE, sizeof (uint32_t));
      g_array_append_val (sums->blocks, sums->crc);
      sums->crc = 0;
    }
    sums->crc = weir_crc32c (sums->crc, at, step);
    sums->size += step;
    at += step;
    size -= step;
  }
}

void
weir_content_sums_get_blocks (const WeirContentSums *sums, uint32_t *ret_blocks)
{
  size_t n = sums->blocks != NULL ? sums->blocks->len : 0;

  if (n > 0)
    memcpy (ret_blocks, sums->blocks->data, n * sizeof (uint32_t));
  if (sums->size > 0)
    ret_blocks[n] = sums->crc;
}

uint32_t
weir_content_sums_join (const uint32_t *blocks, uint64_t size)
{
  uint64_t n = weir_content_sums_get_n_blocks (size);
  uint32_t shift = weir_crc32c_get_shift (WEIR_CONTENT_BLOCK);
  uint32_t crc = 0;

  for (uint64_t i = 0; i + 1 < n; i++)
    crc = weir_crc32c_join (crc, blocks[i], shift);
  if (n > 0)
    crc = weir_crc32c_join (crc, blocks[n - 1],
                            weir_crc32c_get_shift (size - (n - 1) * WEIR_CONTENT_BLOCK));
  return crc;
}

uint32_t
weir_content_sums_get (const WeirContentSums *sums)
{
  g_autofree uint32_t *blocks = NULL;

  if (sums->blocks == NULL)
    return sums->crc;
  blocks = g_new (uint32_t, sums->blocks->len + 1);
  weir_content_sums_get_blocks (sums, blocks);
  return weir_content_sums_join (blocks, sums->size);
}
