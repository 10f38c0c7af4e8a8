/* heap.c: a binary heap in one array. */
#include "runtime/heap.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

void
weir_heap_clear (WeirHeap *heap)
{
  g_free (heap->items);
  *heap = (WeirHeap){ 0 };
}

bool
weir_rank_is_before (const WeirRank *a, const WeirRank *b)
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
    if (!weir_rank_is_before (&item.rank, &heap->items[(i - 1) / 2].rank))
      break;
    heap->items[i] = heap->items[(i - 1) / 2];
  }
  heap->items[i] = item;
}

static void
sift_down (WeirHeap *heap, size_t i, WeirHeapItem item)
{
  for (size_t child; (child = 2 * i + 1) < heap->n; i = child) {
    if (child + 1 < heap->n &&
        weir_rank_is_before (&heap->items[child + 1].rank, &heap->items[child].rank))
      child++;
    if (!weir_rank_is_before (&heap->items[child].rank, &item.rank))
      break;
    heap->items[i] = heap->items[child];
  }
  heap->items[i] = item;
}

void
weir_heap_push (WeirHeap *heap, const WeirHeapItem *item)
{
  if (heap->n == heap->capacity) {
    heap->capacity = MAX (64, heap->capacity * 2);
    heap->items = g_renew (WeirHeapItem, heap->items, heap->capacity);
  }
  sift_up (heap, heap->n++, *item);
}

const WeirHeapItem *
weir_heap_peek (const WeirHeap *heap)
{
  return heap->n > 0 ? &heap->items[0] : NULL;
}

WeirHeapItem
weir_heap_pop (WeirHeap *heap)
{
  WeirHeapItem first = heap->items[0];

  g_assert (heap->n > 0);
  if (--heap->n > 0)
    sift_down (heap, 0, heap->items[heap->n]);
  return first;
}

static void
remove_at (WeirHeap *heap, size_t i)
{
  WeirHeapItem last = heap->items[--heap->n];

  if (i == heap->n)
    return;
  if (i > 0 && weir_rank_is_before (&last.rank, &heap->items[(i - 1) / 2].rank))
    sift_up (heap, i, last);
  else
    sift_down (heap, i, last);
}

static int
by_rank (const void *a, const void *b)
{
  const WeirHeapItem *one = a;
  const WeirHeapItem *other = b;

  if (weir_rank_is_before (&one->rank, &other->rank))
    return -1;
  return weir_rank_is_before (&other->rank, &one->rank) ? 1 : 0;
}

void
weir_heap_sort (WeirHeap *heap)
{
  if (heap->n > 0)
    qsort (heap->items, heap->n, sizeof *heap->items, by_rank);
}

bool
weir_heap_take_older (WeirHeap *heap, int64_t entry_time, size_t *max, size_t *end,
                      WeirHeapItem *ret_item)
{
  *end = MIN (*end, heap->n);
  for (; *end > 0 && *max > 0; --*max) {
    const WeirHeapItem *item = &heap->items[*end - 1];

    if (item->entry_time > entry_time) {
      --*end;
      continue;
    }
    *ret_item = *item;
    --*max;
    /* What comes to this place is looked at next: it may be from further in front. */
    remove_at (heap, *end - 1);
    *end = MIN (*end, heap->n);
    return true;
  }
  return false;
}
