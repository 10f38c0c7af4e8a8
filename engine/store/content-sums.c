/* content-sums.c: a CRC of two pieces from the CRCs of each.
 *
 * A CRC is a remainder of polynomials: that of A followed by n bytes is that of A times x^8n, and
 * that of B is added to it. Polynomials are bits in reverse, x^0 the highest. */
#include "store/content-sums.h"

#include <string.h>

#include "base/crc32c.h"

#define POLYNOMIAL UINT32_C (0x82f63b78)
#define X_0        (UINT32_C (1) << 31)
#define X_8        (UINT32_C (1) << 23)

static uint32_t
multiply (uint32_t a, uint32_t b)
{
  uint32_t product = 0;

  for (; a != 0; a <<= 1) {
    if ((a & X_0) != 0)
      product ^= b;
    b = (b & 1) != 0 ? b >> 1 ^ POLYNOMIAL : b >> 1;
  }
  return product;
}

/* x^8n */
static uint32_t
get_shift (uint64_t n)
{
  uint32_t shift = X_0;

  for (uint32_t power = X_8; n != 0; n >>= 1, power = multiply (power, power))
    if ((n & 1) != 0)
      shift = multiply (shift, power);
  return shift;
}

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
  uint32_t shift = get_shift (WEIR_CONTENT_BLOCK);
  uint32_t crc = 0;

  for (uint64_t i = 0; i + 1 < n; i++)
    crc = multiply (shift, crc) ^ blocks[i];
  if (n > 0)
    crc = multiply (get_shift (size - (n - 1) * WEIR_CONTENT_BLOCK), crc) ^ blocks[n - 1];
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
