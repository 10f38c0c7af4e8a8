/* crc32c.c: CRC32C by the processor's instruction, or by a table. */
#include "base/crc32c.h"

#include <stdbool.h>
#include <string.h>

uint32_t
weir_crc32c_portable (uint32_t crc, const void *data, size_t size)
{
  /* Of the sixteen values of half a byte: small enough to be checked by eye. */
  static const uint32_t table[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
  };
  const uint8_t *bytes = data;

  crc = ~crc;
  for (size_t i = 0; i < size; i++) {
    crc ^= bytes[i];
    crc = crc >> 4 ^ table[crc & 15];
    crc = crc >> 4 ^ table[crc & 15];
  }
  return ~crc;
}

/* Polynomials modulo that of the checksum, bits in reverse: x^0 is the highest. */
#define POLYNOMIAL UINT32_C (0x82f63b78)
#define X_0        (UINT32_C (1) << 31)
#define X_8        (UINT32_C (1) << 23)

static uint32_t
multiply (uint32_t a, uint32_t b)
{
  uint32_t product = 0;

  for (unsigned i = 0; i < 32; i++, a <<= 1) {
    product ^= b & -(a >> 31);
    b = b >> 1 ^ (POLYNOMIAL & -(b & 1));
  }
  return product;
}

/* A checksum is a remainder: that of A followed by n bytes is that of A times x^8n, and that of B
 * is added to it. */
uint32_t
weir_crc32c_get_shift (uint64_t size)
{
  uint32_t shift = X_0;

  for (uint32_t power = X_8; size != 0; size >>= 1, power = multiply (power, power))
    if ((size & 1) != 0)
      shift = multiply (shift, power);
  return shift;
}

uint32_t
weir_crc32c_join (uint32_t a, uint32_t b, uint32_t shift)
{
  return multiply (shift, a) ^ b;
}

#ifdef __x86_64__

#include <nmmintrin.h>

/* The instruction takes one step a cycle, but its result three: three pieces at once. The shorter
 * they are, the more joining costs; the constant is weir_crc32c_get_shift (LANE). */
#define LANE       4096u
#define LANE_SHIFT UINT32_C (0x35d73a62)

static inline uint64_t
get_word (const uint8_t *bytes)
{
  uint64_t word;

  memcpy (&word, bytes, sizeof word);
  return word;
}

__attribute__ ((target ("sse4.2"))) static uint32_t
crc32c_lanes (uint32_t crc, const uint8_t *bytes)
{
  uint64_t first = ~crc, second = UINT32_MAX, third = UINT32_MAX;

  for (size_t i = 0; i < LANE; i += sizeof (uint64_t)) {
    first = _mm_crc32_u64 (first, get_word (bytes + i));
    second = _mm_crc32_u64 (second, get_word (bytes + LANE + i));
    third = _mm_crc32_u64 (third, get_word (bytes + 2 * (size_t)LANE + i));
  }
  crc = weir_crc32c_join (~(uint32_t)first, ~(uint32_t)second, LANE_SHIFT);
  return weir_crc32c_join (crc, ~(uint32_t)third, LANE_SHIFT);
}

__attribute__ ((target ("sse4.2"))) static uint32_t
crc32c_sse42 (uint32_t crc, const void *data, size_t size)
{
  const uint8_t *bytes = data;
  uint64_t wide;

  for (; size >= 3 * (size_t)LANE; size -= 3 * (size_t)LANE, bytes += 3 * (size_t)LANE)
    crc = crc32c_lanes (crc, bytes);
  wide = ~crc;
  for (; size >= sizeof (uint64_t); size -= sizeof (uint64_t), bytes += sizeof (uint64_t))
    wide = _mm_crc32_u64 (wide, get_word (bytes));
  crc = (uint32_t)wide;
  for (; size > 0; size--)
    crc = _mm_crc32_u8 (crc, *bytes++);
  return ~crc;
}

uint32_t
weir_crc32c (uint32_t crc, const void *data, size_t size)
{
  if (__builtin_cpu_supports ("sse4.2"))
    return crc32c_sse42 (crc, data, size);
  return weir_crc32c_portable (crc, data, size);
}

#else

uint32_t
weir_crc32c (uint32_t crc, const void *data, size_t size)
{
  return weir_crc32c_portable (crc, data, size);
}

#endif
