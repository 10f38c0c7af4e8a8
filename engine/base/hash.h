/* hash.h: a fast hash for tables in memory. Never written to disk: it may change. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t
weir_hash_mix (uint64_t a, uint64_t b)
{
  __extension__ unsigned __int128 product = (unsigned __int128)a * b;

  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Tables that hold names from outside use a secret @seed, so that nobody can choose names which
 * collide. */
static inline uint64_t
weir_hash_bytes (const void *data, size_t size, uint64_t seed)
{
  const char *at = data;
  size_t rest = size;
  uint64_t hash = seed ^ UINT64_C (0xa0761d6478bd642f);
  uint64_t word;

  for (; rest >= sizeof word; rest -= sizeof word, at += sizeof word) {
    memcpy (&word, at, sizeof word);
    hash = weir_hash_mix (hash ^ word, UINT64_C (0xe7037ed1a0b428db));
  }
  word = 0;
  memcpy (&word, at, rest);
  hash = weir_hash_mix (hash ^ word, UINT64_C (0x8ebc6af09c88c6e3));
  return weir_hash_mix (hash ^ size, UINT64_C (0x589965cc75374cc3));
}

static inline uint32_t
weir_name_hash_n (const char *name, size_t length)
{
  return (uint32_t)weir_hash_bytes (name, length, 0);
}

static inline uint32_t
weir_name_hash (const char *name)
{
  return weir_name_hash_n (name, strlen (name));
}
