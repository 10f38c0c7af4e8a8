/* block-values.h: the attributes of a block while it is written: each name, and each pair of a name
 * and a value, is there once, and events have the numbers of pairs. Thread: one at a time. */
#pragma once

#include "provenance/block.h"
#include "provenance/filter.h"
#include "provenance/stream.h"

typedef struct {
  uint64_t number; /* in the dictionary */
  uint64_t hash;   /* of its text */
  bool is_hidden;
} WeirBlockName;

typedef struct {
  uint64_t key; /* in the filter */
  uint32_t name;
  uint32_t size;
  size_t offset; /* of the value in bytes */
} WeirBlockPair;

typedef struct {
  const WeirBlockWriterOptions *options; /* of the writer */
  GArray *names;                         /* WeirBlockName */
  GArray *pairs;                         /* WeirBlockPair */
  WeirStream bytes;
  uint32_t *name_slots; /* index + 1, by number */
  uint32_t n_name_slots;
  uint64_t *pair_slots; /* index + 1, and above it the upper half of the key */
  uint32_t n_pair_slots;
} WeirBlockValues;

void weir_block_values_init (WeirBlockValues *values, const WeirBlockWriterOptions *options);
void weir_block_values_clear (WeirBlockValues *values);
void weir_block_values_reset (WeirBlockValues *values);

/* Returns: which of the names it is. */
uint32_t weir_block_values_add_name (WeirBlockValues *values, uint64_t number);

/* Returns: which of the pairs it is; one that was not there is the last. */
uint32_t weir_block_values_add (WeirBlockValues *values, uint32_t name, const uint8_t *value,
                                size_t size);
