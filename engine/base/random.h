/* random.h: the only source of randomness in the engine, so that a test can seed it.
 *
 * SplitMix64: its state is a counter, so one generator serves all threads with one atomic add. Not
 * for keys and nonces: those come from the system, by weir_random_fill. */
#pragma once

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  _Atomic uint64_t state;
} WeirRandom;

static inline void
weir_random_init (WeirRandom *random, uint64_t seed)
{
  atomic_init (&random->state, seed);
}

/* A seed from the system, different each time. Thread: any. */
uint64_t weir_random_system_seed (void);

/* Thread: any. */
uint64_t weir_random_next (WeirRandom *random);

/* Returns: a number from 0 to @bound - 1; @bound must not be 0. Thread: any. */
uint64_t weir_random_below (WeirRandom *random, uint64_t bound);

/* Bytes that nobody can guess, for keys and nonces: at most 256. Thread: any. */
bool weir_random_fill (void *bytes, size_t size, GError **error);
