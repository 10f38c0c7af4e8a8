/* queue.c: a linked list, or a heap where an order is asked for, and a heap of those that wait for
 * the end of their penalty. */
#include "runtime/queue.h"

#include "base/clock.h"
#include "model/clone.h"
#include "runtime/backlog.h"
#include "runtime/far.h"

#include <glib.h>
#include <stdlib.h>

#define LOOK_MAX 1000u /* some 100 us, when none is in the cache */

void
weir_list_append (WeirList *list, WeirFlowFile *flowfile)
{
  flowfile->next = NULL;
  if (list->tail != NULL)
    list->tail->next = flowfile;
  else
    list->head = flowfile;
  list->tail = flowfile;
  list->n++;
  list->bytes += flowfile->content.size;
}

WeirFlowFile *
weir_list_pop (WeirList *list)
{
  WeirFlowFile *flowfile = list->head;

  if (flowfile == NULL)
    return NULL;
  list->head = flowfile->next;
  if (list->head == NULL)
    list->tail = NULL;
  list->n--;
  list->bytes -= flowfile->content.size;
  flowfile->next = NULL;
  return flowfile;
}

void
weir_list_join (WeirList *list, WeirList *more)
{
  if (more->head == NULL)
    return;
  if (list->tail != NULL)
    list->tail->next = more->head;
  else
    list->head = more->head;
  list->tail = more->tail;
  list->n += more->n;
  list->bytes += more->bytes;
  *more = (WeirList){ 0 };
}

void
weir_queue_init (WeirQueue *queue, const WeirConnection *connection, char *path)
{
  pthread_mutex_init (&queue->lock, NULL);
  queue->n_refs = 1;
  queue->connection = (WeirConnection *)weir_component_clone (&connection->base);
  queue->path = path;
  queue->max_count = connection->max_count;
  queue->max_bytes = connection->max_bytes;
  queue->expire_usec = connection->expire_usec;
  queue->order = connection->order;
  queue->taken = UINT64_MAX / 2; /* more may come back than were taken */
  queue->sequence = UINT64_MAX / 2;
  queue->front = WEIR_SEQUENCE_RESTORED;
  atomic_init (&queue->next_due, INT64_MAX);
}

WeirQueue *
weir_queue_ref (WeirQueue *queue)
{
  atomic_fetch_add (&queue->n_refs, 1);
  return queue;
}

void
weir_queue_unref (WeirQueue *queue)
{
  if (atomic_fetch_sub (&queue->n_refs, 1) > 1)
    return;
  g_assert (queue->fifo.head == NULL && queue->ordered.n == 0 && queue->penalized.n == 0);
  weir_backlog_free (queue->backlog);
  weir_far_free (queue->far);
  weir_heap_clear (&queue->ordered);
  weir_heap_clear (&queue->penalized);
  weir_component_free ((WeirComponent *)queue->connection);
  g_free ((char *)queue->path);
  weir_attic_clear (&queue->attic);
  pthread_mutex_destroy (&queue->lock);
  if (!queue->is_in_slab)
    g_aligned_free (queue);
}

/* NiFi's order of the attribute `priority`: numbers first and lowest first, then texts, then those
 * without one. */
static void
rank_by_priority (WeirRank *rank, const WeirFlowFile *flowfile)
{
  const char *text = weir_attributes_get (flowfile->attributes, "priority");
  char *end;

  rank->group = 2;
  if (text == NULL)
    return;
  rank->key = strtoll (text, &end, 10);
  rank->group = end != text && *end == '\0' ? 0 : 1;
  if (rank->group == 1) {
    rank->key = 0;
    rank->text = text;
  }
}

/* Adds @list to the end. Call with the lock held. */
static void
append (WeirQueue *queue, WeirList *list)
{
  WeirBacklog *backlog = queue->backlog;

  if (backlog != NULL && weir_backlog_is_next (backlog, queue->fifo.n))
    weir_backlog_append (backlog, list);
  else
    weir_list_join (&queue->fifo, list);
}

void
weir_queue_rank (const WeirQueue *queue, const WeirFlowFile *flowfile, uint64_t sequence,
                 WeirRank *ret_rank)
{
  *ret_rank = (WeirRank){ .sequence = sequence };
  if (queue->order == WEIR_ORDER_NEWEST)
    ret_rank->key = -flowfile->lineage_start;
  else if (queue->order == WEIR_ORDER_OLDEST)
    ret_rank->key = flowfile->lineage_start;
  else
    rank_by_priority (ret_rank, flowfile);
}

static void
push_ready (WeirQueue *queue, WeirFlowFile *flowfile, uint64_t sequence)
{
  WeirHeapItem item = { .entry_time = flowfile->entry_time,
                        .flowfile = flowfile,
                        .arrival = queue->arrivals };
  WeirList one = { 0 };

  if (queue->order == WEIR_ORDER_FIFO) {
    weir_list_append (&one, flowfile);
    append (queue, &one);
    return;
  }
  queue->arrivals++;
  weir_queue_rank (queue, flowfile, sequence, &item.rank);
  weir_heap_push (&queue->ordered, &item);
}

/* Call with the lock held, after each change. */
static void
publish (WeirQueue *queue)
{
  const WeirHeapItem *first = weir_heap_peek (&queue->penalized);
  size_t behind = queue->backlog != NULL ? weir_backlog_get_n (queue->backlog) : 0;

  if (queue->far != NULL)
    behind = weir_far_get_n (queue->far);
  atomic_store_explicit (&queue->ready, queue->fifo.n + queue->ordered.n + behind,
                         memory_order_release);
  atomic_store_explicit (&queue->next_due, first != NULL ? first->rank.key : INT64_MAX,
                         memory_order_release);
}

static void
push_one (WeirQueue *queue, WeirFlowFile *flowfile, uint64_t sequence)
{
  if (flowfile->penalty_until != 0) {
    WeirHeapItem item = { .rank = { .key = flowfile->penalty_until, .sequence = sequence },
                          .entry_time = flowfile->entry_time,
                          .flowfile = flowfile };
    weir_heap_push (&queue->penalized, &item);
  } else {
    push_ready (queue, flowfile, sequence);
  }
}

void
weir_queue_push (WeirQueue *queue, WeirList *list, int64_t wall)
{
  bool may_wait = false;

  for (WeirFlowFile *flowfile = list->head; flowfile != NULL; flowfile = flowfile->next) {
    flowfile->queue_time = wall;
    may_wait |= flowfile->penalty_until != 0;
  }
  atomic_fetch_add_explicit (&queue->count, list->n, memory_order_relaxed);
  atomic_fetch_add_explicit (&queue->bytes, list->bytes, memory_order_relaxed);
  atomic_fetch_add_explicit (&queue->passed, list->n, memory_order_relaxed);
  atomic_fetch_add_explicit (&queue->passed_bytes, list->bytes, memory_order_relaxed);

  WEIR_LOCKED (&queue->lock);
  if (queue->order == WEIR_ORDER_FIFO && !may_wait) {
    append (queue, list);
  } else {
    for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (list)) != NULL;)
      push_one (queue, flowfile, queue->sequence++);
  }
  publish (queue);
}

void
weir_queue_count (WeirQueue *queue, size_t n, uint64_t bytes)
{
  atomic_fetch_add_explicit (&queue->count, n, memory_order_relaxed);
  atomic_fetch_add_explicit (&queue->bytes, bytes, memory_order_relaxed);
  WEIR_LOCKED (&queue->lock);
  publish (queue);
}

void
weir_queue_put (WeirQueue *queue, WeirFlowFile *flowfile, uint64_t sequence)
{
  push_one (queue, flowfile, sequence);
  publish (queue);
}

void
weir_queue_return (WeirQueue *queue, WeirList *list)
{
  WeirList front = { 0 };
  uint64_t sequence;

  WEIR_LOCKED (&queue->lock);
  sequence = queue->front -= list->n;
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (list)) != NULL;) {
    if (flowfile->penalty_until != 0 || queue->order != WEIR_ORDER_FIFO)
      push_one (queue, flowfile, sequence++);
    else
      weir_list_append (&front, flowfile);
  }
  if (front.n > 0) {
    queue->taken -= front.n;
    front.tail->next = queue->fifo.head;
    if (queue->fifo.tail == NULL)
      queue->fifo.tail = front.tail;
    queue->fifo.head = front.head;
    queue->fifo.n += front.n;
    queue->fifo.bytes += front.bytes;
  }
  publish (queue);
}

static inline int64_t
get_expire_usec (const WeirQueue *queue)
{
  return atomic_load_explicit (&queue->expire_usec, memory_order_relaxed);
}

static bool
is_expired (const WeirQueue *queue, const WeirFlowFile *flowfile, int64_t wall)
{
  int64_t expire_usec = get_expire_usec (queue);

  return expire_usec > 0 && weir_time_add (flowfile->entry_time, expire_usec) <= wall;
}

void
weir_queue_append (WeirQueue *queue, WeirList *list)
{
  weir_list_join (&queue->fifo, list);
  publish (queue);
}

bool
weir_queue_pop (WeirQueue *queue, size_t max, int64_t wall, int64_t monotonic, WeirList *ret_list,
                WeirList *ret_expired)
{
  size_t n_taken = 0;
  const WeirHeapItem *waiting;
  bool is_cold = false;

  WEIR_LOCKED (&queue->lock);
  while ((waiting = weir_heap_peek (&queue->penalized)) != NULL && waiting->rank.key <= monotonic) {
    WeirFlowFile *flowfile = weir_heap_pop (&queue->penalized).flowfile;
    flowfile->penalty_until = 0;
    push_ready (queue, flowfile, queue->sequence++);
  }
  if (queue->backlog != NULL)
    is_cold = weir_backlog_refill (queue->backlog, &queue->fifo);
  while (max > 0) {
    WeirFlowFile *flowfile;

    if (queue->far != NULL && weir_far_is_next (queue->far, &queue->ordered)) {
      is_cold = !weir_far_is_thawing (queue->far);
      break;
    }
    flowfile = queue->ordered.n > 0 ? weir_heap_pop (&queue->ordered).flowfile
                                    : weir_list_pop (&queue->fifo);
    if (flowfile == NULL)
      break;
    n_taken++;
    /* What is before it is gone as well. */
    if (flowfile == queue->looked_at)
      queue->looked_at = NULL;
    if (is_expired (queue, flowfile, wall)) {
      weir_list_append (ret_expired, flowfile);
    } else {
      weir_list_append (ret_list, flowfile);
      max--;
    }
  }
  queue->taken += n_taken;
  publish (queue);
  return is_cold;
}

/* @previous: the one before it, or NULL. */
static void
take_out (WeirList *list, WeirFlowFile *previous, WeirFlowFile *flowfile)
{
  if (previous != NULL)
    previous->next = flowfile->next;
  else
    list->head = flowfile->next;
  if (list->tail == flowfile)
    list->tail = previous;
  list->n--;
  list->bytes -= flowfile->content.size;
}

/* Behind what was looked at, @max at most. Returns: how many more it might have looked at. */
static size_t
pop_expired_of_fifo (WeirQueue *queue, int64_t wall, size_t max, WeirList *ret_expired)
{
  WeirFlowFile *previous = queue->looked_at;
  WeirFlowFile *flowfile = previous != NULL ? previous->next : queue->fifo.head;

  for (WeirFlowFile *next; flowfile != NULL && max > 0; flowfile = next, max--) {
    next = flowfile->next;
    if (is_expired (queue, flowfile, wall)) {
      take_out (&queue->fifo, previous, flowfile);
      queue->n_cuts++;
      weir_list_append (ret_expired, flowfile);
    } else {
      previous = flowfile;
    }
  }
  queue->looked_at = previous;
  return max;
}

static void
pop_expired_of_heap (WeirHeap *heap, int64_t limit, size_t max, size_t *end, WeirList *ret_expired)
{
  WeirHeapItem item;

  while (weir_heap_take_older (heap, limit, &max, end, &item))
    weir_list_append (ret_expired, item.flowfile);
}

bool
weir_queue_pop_expired (WeirQueue *queue, int64_t wall, WeirList *ret_expired)
{
  int64_t expire_usec = get_expire_usec (queue);
  int64_t limit = wall - expire_usec;
  size_t left;

  if (expire_usec == 0)
    return false;

  WEIR_LOCKED (&queue->lock);
  if (!queue->is_in_search)
    queue->end_of_ordered = queue->end_of_penalized = SIZE_MAX;
  left = pop_expired_of_fifo (queue, wall, LOOK_MAX, ret_expired);
  pop_expired_of_heap (&queue->ordered, limit, left, &queue->end_of_ordered, ret_expired);
  pop_expired_of_heap (&queue->penalized, limit, left, &queue->end_of_penalized, ret_expired);
  queue->is_in_search = left == 0 || queue->end_of_ordered > 0 || queue->end_of_penalized > 0;
  if (!queue->is_in_search)
    queue->looked_at = NULL;
  publish (queue);
  return queue->is_in_search;
}

static void
pick_from_heap (WeirHeap *heap, WeirQueueTest test, void *data, WeirList *ret_list)
{
  size_t n = 0;

  for (size_t i = 0; i < heap->n; i++) {
    if (test (data, heap->items[i].flowfile))
      weir_list_append (ret_list, heap->items[i].flowfile);
    else
      heap->items[n++] = heap->items[i];
  }
  if (n == heap->n)
    return;
  heap->n = n;
  weir_heap_sort (heap);
}

void
weir_queue_pick (WeirQueue *queue, WeirQueueTest test, void *data, WeirList *ret_list)
{
  WeirFlowFile *previous = NULL;
  WEIR_LOCKED (&queue->lock);

  for (WeirFlowFile *flowfile = queue->fifo.head, *next; flowfile != NULL; flowfile = next) {
    next = flowfile->next;
    if (!test (data, flowfile)) {
      previous = flowfile;
      continue;
    }
    take_out (&queue->fifo, previous, flowfile);
    weir_list_append (ret_list, flowfile);
    queue->n_cuts++;
  }
  pick_from_heap (&queue->ordered, test, data, ret_list);
  pick_from_heap (&queue->penalized, test, data, ret_list);
  /* A search for expired ones begins anew. */
  queue->is_in_search = false;
  queue->looked_at = NULL;
  publish (queue);
}

/* True for the one who ends the wait. Counted before anybody is woken by it. */
static bool
end_wait_for_room (WeirQueue *queue)
{
  if (!atomic_exchange (&queue->was_full, false))
    return false;
  atomic_fetch_add (&queue->n_rooms, 1);
  return true;
}

static inline uint64_t
get_max_count (const WeirQueue *queue)
{
  return atomic_load_explicit (&queue->max_count, memory_order_relaxed);
}

static inline uint64_t
get_max_bytes (const WeirQueue *queue)
{
  return atomic_load_explicit (&queue->max_bytes, memory_order_relaxed);
}

bool
weir_queue_acknowledge (WeirQueue *queue, size_t n, uint64_t bytes)
{
  uint64_t max_count = get_max_count (queue);
  uint64_t max_bytes = get_max_bytes (queue);
  uint64_t count;
  uint64_t rest;

  /* Read again after both: of two tasks that do this at once, one sees what both have done. */
  atomic_fetch_sub (&queue->count, n);
  atomic_fetch_sub (&queue->bytes, bytes);
  count = atomic_load (&queue->count);
  rest = atomic_load (&queue->bytes);
  /* Half empty, so that the source is not woken for each FlowFile that leaves a full queue. */
  return atomic_load_explicit (&queue->was_full, memory_order_seq_cst) &&
         (max_count == 0 || count <= max_count / 2) && (max_bytes == 0 || rest <= max_bytes / 2) &&
         end_wait_for_room (queue);
}

static bool
is_over (WeirQueue *queue)
{
  uint64_t count = atomic_load_explicit (&queue->count, memory_order_seq_cst);
  uint64_t bytes = atomic_load_explicit (&queue->bytes, memory_order_seq_cst);
  uint64_t max_count = get_max_count (queue);
  uint64_t max_bytes = get_max_bytes (queue);

  return (max_count > 0 && count >= max_count) || (max_bytes > 0 && bytes >= max_bytes);
}

bool
weir_queue_is_full (WeirQueue *queue)
{
  if (!is_over (queue))
    return false;
  atomic_store (&queue->was_full, true);
  /* It may have emptied between the test and the mark, and nobody would tell. */
  return is_over (queue);
}

bool
weir_queue_has_room_again (WeirQueue *queue)
{
  return atomic_load (&queue->was_full) && !is_over (queue) && end_wait_for_room (queue);
}

uint64_t
weir_queue_get_room (const WeirQueue *queue)
{
  uint64_t count = atomic_load_explicit (&queue->count, memory_order_relaxed);
  uint64_t bytes = atomic_load_explicit (&queue->bytes, memory_order_relaxed);
  uint64_t max_count = get_max_count (queue);
  uint64_t max_bytes = get_max_bytes (queue);

  if (max_bytes > 0 && bytes >= max_bytes)
    return 0;
  if (max_count == 0)
    return UINT64_MAX;
  return count < max_count ? max_count - count : 0;
}

bool
weir_queue_has_ready (const WeirQueue *queue, int64_t monotonic)
{
  return atomic_load_explicit (&queue->ready, memory_order_acquire) > 0 ||
         atomic_load_explicit (&queue->next_due, memory_order_acquire) <= monotonic;
}
