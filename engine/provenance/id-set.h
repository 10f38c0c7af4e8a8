/* id-set.h: a set of numbers that are not 0, numbered in the order in which they came: 16 bytes for
 * each of a million. Thread: one at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* Zeroed: empty. */
typedef struct {
  uint64_t *ids; /* by index */
  uint32_t n;
  uint32_t *slots; /* index + 1 of an id; 0: free */
  unsigned bits;   /* of the number of slots; 0: none yet */
} WeirIdSet;

void weir_id_set_clear (WeirIdSet *set);

/* Returns: its index, which is the number of ids before when it is new. */
uint32_t weir_id_set_add (WeirIdSet *set, uint64_t id);

/* @ret_index (nullable). */
bool weir_id_set_find (const WeirIdSet *set, uint64_t id, uint32_t *ret_index);
