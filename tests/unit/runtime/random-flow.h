/* random-flow.h: flows of processors that do anything a processor may do, and much that it may not.
 *
 * The counters "made" and "ended" of its processors are committed with what they count; in a data
 * directory their states say the same. Only one random flow runs at a time. */
#pragma once

#include "kit.h"

typedef enum {
  RANDOM_DRAINS = 1, /* nothing goes round in circles or is switched off */
  RANDOM_EXACT = 2,  /* nothing is made or ended but by processors */
} RandomFlags;

/* Gives @kit a flow, which is not started. Returns: @kit. */
Kit *random_flow (Kit *kit, RandomFlags flags);

/* What the states say: made - ended and, if @ret_effects is not NULL, effects that were asked for.
 */
int64_t random_account (Kit *kit, int64_t *ret_effects);

/* What happened outside, in all processes that were forked from this one. Each effect happens once
 * at most, or the test fails. */
typedef struct {
  _Atomic int64_t n_asked; /* in sessions that were undone, too */
  _Atomic int64_t n_happened;
  _Atomic int64_t n_destroyed;
} RandomOutside;
RandomOutside *random_outside (void);

/* Sum of a counter of all processors. */
int64_t random_counter (Kit *kit, const char *name);

/* Below @n, by the seed of the test. */
unsigned random_draw (unsigned n);
