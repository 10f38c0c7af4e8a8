/* filter.c: see the header. A key chooses a line of 64 bytes and six of its 512 bits; ten bits a
 * key let one of fifty absent keys pass. */
#include "provenance/filter.h"

#include <glib.h>
#include <string.h>

#define LINE         ((size_t)64)
#define LINE_BITS    9 /* of a number of a bit in a line */
#define BITS_PER_KEY 10
#define N_PROBES     6

#define SALT_A UINT64_C (0xd6e8feb86659fd93)
#define SALT_B UINT64_C (0xa24baed4963ee407)
#define SALT_C UINT64_C (0x9e3779b97f4a7c15)

static inline uint64_t
mix (uint64_t a, uint64_t b)
{
  __extension__ unsigned __int128 product = (unsigned __int128)a * b;

  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
load8 (const uint8_t *at)
{
  uint64_t word;

  memcpy (&word, at, sizeof word);
  return GUINT64_FROM_LE (word);
}

static inline uint64_t
load4 (const uint8_t *at)
{
  uint32_t word;

  memcpy (&word, at, sizeof word);
  return GUINT32_FROM_LE (word);
}

/* The words of a text, sixteen bytes at a time; the last ones may overlap those before. */
static inline uint64_t
hash_bytes (uint64_t hash, const uint8_t *at, size_t size)
{
  uint64_t low = 0, high = 0;

  hash ^= size;
  for (; size > 16; size -= 16, at += 16)
    hash = mix (hash ^ load8 (at) ^ SALT_A, load8 (at + 8) ^ SALT_B);
  if (size >= 8) {
    low = load8 (at);
    high = load8 (at + size - 8);
  } else if (size >= 4) {
    low = load4 (at);
    high = load4 (at + size - 4);
  } else if (size > 0) {
    low = (uint64_t)at[0] << 16 | (uint64_t)at[size / 2] << 8 | at[size - 1];
  }
  return mix (mix (hash ^ low ^ SALT_A, high ^ SALT_B) ^ SALT_B, SALT_C);
}

uint64_t
weir_filter_hash_name (const char *name, size_t size)
{
  return hash_bytes (SALT_C, (const uint8_t *)name, size);
}

uint64_t
weir_filter_get_key (uint64_t name, const void *value, size_t size)
{
  return hash_bytes (name, value, size);
}

size_t
weir_filter_measure (size_t n_keys)
{
  return LINE * MAX ((n_keys * BITS_PER_KEY + 8 * LINE - 1) / (8 * LINE), 1);
}

static inline size_t
find_line (size_t size, uint64_t key)
{
  return LINE * (size_t)((key >> 32) * (size / LINE) >> 32);
}

void
weir_filter_add (uint8_t *filter, size_t size, uint64_t key)
{
  uint8_t *line = filter + find_line (size, key);
  uint64_t bits = key * SALT_C;

  for (unsigned i = 0; i < N_PROBES; i++, bits <<= LINE_BITS) {
    unsigned bit = (unsigned)(bits >> (64 - LINE_BITS));

    line[bit / 8] |= (uint8_t)(1u << bit % 8);
  }
}

bool
weir_filter_has (const uint8_t *filter, size_t size, uint64_t key)
{
  const uint8_t *line = filter;
  uint64_t bits = key * SALT_C;

  if (size == 0 || size % LINE != 0)
    return true;
  line += find_line (size, key);
  for (unsigned i = 0; i < N_PROBES; i++, bits <<= LINE_BITS) {
    unsigned bit = (unsigned)(bits >> (64 - LINE_BITS));

    if ((line[bit / 8] >> bit % 8 & 1) == 0)
      return false;
  }
  return true;
}
