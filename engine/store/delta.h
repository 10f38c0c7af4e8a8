/* delta.h: what has happened to FlowFiles since the last part: one layer for each of them, in
 * memory. One that was made and ended since then leaves nothing behind.
 *
 * Thread: one at a time. */
#pragma once

#include "store/layer.h"
#include "store/pieces.h"

#define WEIR_DELTA_PAGE 64u /* ids that are neighbours */

typedef struct WeirDeltaRecord WeirDeltaRecord;
typedef struct WeirDeltaPage WeirDeltaPage;

typedef struct {
  uint64_t number;
  WeirDeltaPage *page; /* NULL: free */
} WeirDeltaSlot;

typedef struct {
  WeirPieces pieces;
  WeirDeltaSlot *slots; /* a hash table of pages of neighbours */
  size_t n_slots;       /* a power of two */
  size_t n_pages;
  size_t n_layers;
  WeirDeltaSlot last;    /* the page that was asked for last */
  uint64_t first_new_id; /* no part has one from here on */
  WeirChunksSum sum;
} WeirDelta;

/* @first_new_id: above all ids that were ever given. */
void weir_delta_init (WeirDelta *delta, uint64_t first_new_id);
void weir_delta_clear (WeirDelta *delta);

/* Each folds an operation. Returns: (transfer none) (nullable): what it contradicts; NULL if it
 * does not. */
const char *weir_delta_create (WeirDelta *delta, const WeirOp *op, const WeirChunks *attributes,
                               int64_t wall, uint64_t order);
const char *weir_delta_update (WeirDelta *delta, const WeirOp *op, int64_t wall, uint64_t order);
const char *weir_delta_drop (WeirDelta *delta, uint64_t id);

size_t weir_delta_get_bytes (const WeirDelta *delta);

/* What is said of @id: its kind is NONE when nothing is. It points into @delta. */
void weir_delta_find (const WeirDelta *delta, uint64_t id, WeirLayer *ret_layer);

/* The ids of page @number that something is said of: bits, the lowest id first. */
uint64_t weir_delta_get_mask (const WeirDelta *delta, uint64_t number);

/* For tables of pages. */
static inline size_t
weir_delta_hash (uint64_t number)
{
  return (size_t)((number * UINT64_C (0x9e3779b97f4a7c15)) >> 32);
}

/* All layers by ascending id. @delta must not change meanwhile. */
typedef struct {
  const WeirDelta *delta;
  WeirDeltaSlot *pages;
  size_t n_pages;
  size_t page;
  unsigned index;
} WeirDeltaCursor;

void weir_delta_cursor_init (WeirDeltaCursor *cursor, const WeirDelta *delta);
void weir_delta_cursor_clear (WeirDeltaCursor *cursor);
void weir_delta_cursor_next (WeirDeltaCursor *cursor, WeirLayer *ret_layer);
