/* heap.c: a binary heap in one array. */
#include "runtime/heap.h"

#include <glib.h>
#include <string.h>

void
weir_heap_clear (WeirHeap *heap)
{
  g_free (heap->items);
  *heap = (WeirHeap){ 0 };
}

static bool
is_before (const WeirRank *a, const WeirRank *b)
{
  int order = 0;

  if (a->group != b->group)
    return a->group < b->group;
  if (a->key != b->key)
    return a->key < b->key;
  if (a->text != NULL && b->text != NULL)
    order = strcmp (a->text, b->text);
  return order != 0 ? order < 0 : a->sequence < b->sequence;
}

static void
sift_up (WeirHeap *heap, size_t i, WeirHeapItem item)
{
  for (; i > 0; i = (i - 1) / 2) {
    if (!is_before (&item.rank, &heap->items[(i - 1) / 2].rank))
      break;
    heap->items[i] = heap->items[(i - 1) / 2];
  }
  heap->items[i] = item;
}

static void
sift_down (WeirHeap *heap, size_t i, WeirHeapItem item)
{
  for (size_t child; (child = 2 * i + 1) < heap->n; i = child) {
    if (child + 1 < heap->n && is_before (&heap->items[child + 1].rank, &heap->items[child].rank))
      child++;
    if (!is_before (&heap->items[child].rank, &item.rank))
      break;
    heap->items[i] = heap->items[child];
  }
  heap->items[i] = item;
}

void
weir_heap_push (WeirHeap *heap, const WeirRank *rank, WeirFlowFile *flowfile)
{
  if (heap->n == heap->capacity) {
    heap->capacity = MAX (64, heap->capacity * 2);
    heap->items = g_renew (WeirHeapItem, heap->items, heap->capacity);
  }
  sift_up (heap, heap->n++, (WeirHeapItem){ *rank, flowfile });
}

const WeirHeapItem *
weir_heap_peek (const WeirHeap *heap)
{
  return heap->n > 0 ? &heap->items[0] : NULL;
}

WeirFlowFile *
weir_heap_pop (WeirHeap *heap)
{
  WeirFlowFile *flowfile = heap->items[0].flowfile;

  g_assert (heap->n > 0);
  if (--heap->n > 0)
    sift_down (heap, 0, heap->items[heap->n]);
  return flowfile;
}

WeirFlowFile *
weir_heap_take_older (WeirHeap *heap, int64_t entry_time)
{
  WeirFlowFile *taken = NULL;
  size_t kept = 0;

  for (size_t i = 0; i < heap->n; i++) {
    if (heap->items[i].flowfile->entry_time <= entry_time) {
      heap->items[i].flowfile->next = taken;
      taken = heap->items[i].flowfile;
    } else {
      heap->items[kept++] = heap->items[i];
    }
  }
  heap->n = kept;
  for (size_t i = kept / 2; i-- > 0;)
    sift_down (heap, i, heap->items[i]);
  return taken;
}
