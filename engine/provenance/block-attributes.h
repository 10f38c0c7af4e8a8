/* block-attributes.h: the attributes of a block while it is read: what each event sets, written out
 * where it is given as a change of the birth before. Thread: one at a time. */
#pragma once

#include "provenance/block-columns.h"
#include "provenance/block-set.h"

typedef struct {
  uint32_t start;
  uint32_t n;
} WeirBlockSpan;

typedef struct {
  WeirEntryName *names; /* of the directory */
  uint32_t n_names;
  WeirBlockAttribute *pairs;
  uint32_t *name_of; /* each pair: index in names */
  uint32_t n_pairs;
  uint32_t n_named; /* pairs that an event has named */
  GArray *refs;     /* uint32_t: pairs, or names that are removed */
  WeirBlockSpan sets[WEIR_BLOCK_EVENTS];
  WeirBlockSpan removed[WEIR_BLOCK_EVENTS];
  WeirBlockSet base;  /* what the last birth has */
  WeirBlockSpan born; /* the same, in refs */
  uint32_t n_written_out;
  WeirStream set_bytes; /* of the last event that was asked for */
  WeirStream removed_bytes;
} WeirBlockAttributes;

void weir_block_attributes_init (WeirBlockAttributes *attributes);
void weir_block_attributes_clear (WeirBlockAttributes *attributes);

/* @flags: of the @n events. Values stay where they are. Returns: false when it is malformed. */
bool weir_block_attributes_load (WeirBlockAttributes *attributes, WeirCursor *sets,
                                 WeirCursor *values, const uint32_t *flags, uint32_t n);

/* Returns: (transfer none): the pairs that event @index sets. */
const uint32_t *weir_block_attributes_get_set (const WeirBlockAttributes *attributes,
                                               uint32_t index, uint32_t *ret_n);

/* Both as they stand in an entry. Valid until the next call. */
void weir_block_attributes_get (WeirBlockAttributes *attributes, uint32_t index,
                                WeirOpNames *ret_set, WeirOpNames *ret_removed);
