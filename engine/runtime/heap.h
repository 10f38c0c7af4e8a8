/* heap.h: FlowFiles by rank, lowest first: for queues with an order and for those that wait. What a
 * heap holds of them is in memory, or it is not (far.h).
 *
 * Thread: one at a time. */
#pragma once

#include "runtime/flowfile.h"
#include "store/content-file.h"

typedef struct {
  int64_t group;     /* compared first */
  int64_t key;       /* then this */
  const char *text;  /* then this, where both have one */
  uint64_t sequence; /* then first come, first served */
} WeirRank;

typedef struct {
  WeirRank rank;
  int64_t entry_time;
  union {
    struct {
      WeirFlowFile *flowfile;
      uint64_t arrival; /* counted by the queue with each that comes, be it again */
    };
    struct {
      uint64_t id;
      int64_t queue_time;
      WeirContentFile *file; /* that its content is in, or NULL */
    } cold;
  };
} WeirHeapItem;

/* A zeroed struct is an empty heap. */
typedef struct {
  WeirHeapItem *items;
  size_t n;
  size_t capacity;
} WeirHeap;

/* Frees the array, not the FlowFiles. */
void weir_heap_clear (WeirHeap *heap);

void weir_heap_push (WeirHeap *heap, const WeirHeapItem *item);

/* Returns: (transfer none) (nullable): the lowest. */
const WeirHeapItem *weir_heap_peek (const WeirHeap *heap);

/* Returns: the lowest, which is the caller's now; there must be one. */
WeirHeapItem weir_heap_pop (WeirHeap *heap);

bool weir_rank_is_before (const WeirRank *a, const WeirRank *b);

/* Lowest first; it stays a heap. */
void weir_heap_sort (WeirHeap *heap);

/* Takes out the next one whose entry time is at or before @entry_time. Looks at *@max before the
 * place *@end, which becomes where to go on, as *@max becomes what is left of it: from SIZE_MAX to
 * 0 it has seen all that was there all the time, but for some that others that came pushed to where
 * it had been. Returns: false when there is none. */
bool weir_heap_take_older (WeirHeap *heap, int64_t entry_time, size_t *max, size_t *end,
                           WeirHeapItem *ret_item);
