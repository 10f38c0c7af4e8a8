/* block-values.h: the attributes of a block while it is written: each name, and each pair of a name
 * and a value, is there once, and events have the numbers of pairs. Thread: one at a time. */
#pragma once

#include "provenance/block.h"
#include "provenance/filter.h"
#include "provenance/stream.h"

typedef struct {
  uint64_t number; /* in the dictionary; 0: it has none */
  uint64_t slot;   /* what finds it: its number, or a hash of its text */
  uint64_t hash;   /* of its text, for the filter */
  size_t offset;   /* of its text in texts, if it has no number */
  size_t size;
  uint32_t last; /* pair with it that was added last, + 1 */
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
  WeirStream texts;     /* of names, each with a NUL behind it */
  uint64_t seed;        /* of their hashes: nobody is to know which names collide */
  uint32_t *name_slots; /* index + 1 */
  uint32_t n_name_slots;
  uint64_t *pair_slots; /* index + 1, and above it the upper half of the key */
  uint32_t n_pair_slots;
} WeirBlockValues;

void weir_block_values_init (WeirBlockValues *values, const WeirBlockWriterOptions *options);
void weir_block_values_clear (WeirBlockValues *values);
void weir_block_values_reset (WeirBlockValues *values);

/* Returns: which of the names it is. */
uint32_t weir_block_values_add_name (WeirBlockValues *values, const WeirEntryName *wanted);

/* The other way round; its text stays until the next one is added. */
WeirEntryName weir_block_values_get_name (const WeirBlockValues *values, uint32_t index);

/* Returns: which of the pairs it is; one that was not there is the last. */
uint32_t weir_block_values_add (WeirBlockValues *values, uint32_t name, const uint8_t *value,
                                size_t size);
