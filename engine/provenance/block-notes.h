/* block-notes.h: what is known of a block beside its bytes, while it is written: the ranges and
 * numbers that find it. Thread: one at a time. */
#pragma once

#include "provenance/block-columns.h"
#include "provenance/block-values.h"

#define WEIR_BLOCK_SEEN 256 /* buckets that are not noted again */

typedef struct {
  int64_t earliest, latest;
  uint64_t lowest, highest;
  uint64_t seen[WEIR_BLOCK_SEEN]; /* bucket + 1 */
  GArray *buckets;                /* uint64_t, some of them several times until they are listed */
  GArray *components;
  GArray *queues;
  GArray *names;
  GByteArray *filter;
} WeirBlockNotes;

void weir_block_notes_init (WeirBlockNotes *notes);
void weir_block_notes_clear (WeirBlockNotes *notes);
void weir_block_notes_reset (WeirBlockNotes *notes);

void weir_block_notes_add_bucket (WeirBlockNotes *notes, uint64_t bucket);

static inline void
weir_block_notes_add_flowfile (WeirBlockNotes *notes, uint64_t flowfile)
{
  uint64_t bucket = flowfile >> WEIR_BLOCK_BUCKET;

  if (G_UNLIKELY (notes->seen[bucket % WEIR_BLOCK_SEEN] != bucket + 1))
    weir_block_notes_add_bucket (notes, bucket);
}

/* One that an event is of. */
static inline void
weir_block_notes_add_event (WeirBlockNotes *notes, uint64_t flowfile)
{
  notes->lowest = MIN (notes->lowest, flowfile);
  notes->highest = MAX (notes->highest, flowfile);
  weir_block_notes_add_flowfile (notes, flowfile);
}

/* Fills in all of @block but its first event, their number and its bytes. */
void weir_block_notes_list (WeirBlockNotes *notes, const WeirKind *kinds, uint32_t n_kinds,
                            const WeirBlockValues *values, WeirBlock *block);
