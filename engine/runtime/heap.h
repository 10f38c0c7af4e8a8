/* heap.h: FlowFiles by rank, lowest first: for queues with an order and for those that wait.
 *
 * Thread: one at a time. */
#pragma once

#include "runtime/flowfile.h"

typedef struct {
  int64_t group;     /* compared first */
  int64_t key;       /* then this */
  const char *text;  /* then this, where both have one */
  uint64_t sequence; /* then first come, first served */
} WeirRank;

typedef struct {
  WeirRank rank;
  WeirFlowFile *flowfile;
} WeirHeapItem;

/* A zeroed struct is an empty heap. */
typedef struct {
  WeirHeapItem *items;
  size_t n;
  size_t capacity;
} WeirHeap;

/* Frees the array, not the FlowFiles. */
void weir_heap_clear (WeirHeap *heap);

void weir_heap_push (WeirHeap *heap, const WeirRank *rank, WeirFlowFile *flowfile);

/* Returns: (transfer none) (nullable): the lowest. */
const WeirHeapItem *weir_heap_peek (const WeirHeap *heap);

/* Returns: (transfer full): the lowest; there must be one. */
WeirFlowFile *weir_heap_pop (WeirHeap *heap);

/* Takes out those whose entry time is at or before @entry_time and links them by next. Looks at
 * @max before the place @end, which becomes where to go on: from SIZE_MAX to 0 it has seen all that
 * was there all the time, but for some that others that came pushed to where it had been.
 * Returns: (transfer full) (nullable). */
WeirFlowFile *weir_heap_take_older (WeirHeap *heap, int64_t entry_time, size_t max, size_t *end);
