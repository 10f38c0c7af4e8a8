/* far.c: two heaps, one in memory and one of what is not.
 *
 * One thread at a time reads back: it takes what it reads out of the cold heap, and while the lock
 * is not held nothing that ranks behind the first of these is given out. */
#include "runtime/far.h"

#include "runtime/engine.h"
#include "runtime/thaw.h"
#include "store/content-durable.h"

#define SEARCH_MAX 10000u /* some 100 us: they are next to each other */

struct WeirFar {
  size_t front;     /* as in WEIR_BACKLOG_FRONT */
  WeirHeap cold;    /* ranks have texts of their own */
  GArray *thawing;  /* WeirHeapItem: out of cold, being read; NULL: nobody reads */
  uint64_t arrival; /* those that came before this one are in the book */
  uint64_t ticket;  /* when this is; 0: not asked yet */
  size_t searched;  /* where the search for expired ones goes on; SIZE_MAX: it begins */
};

WeirFar *
weir_far_new (size_t front)
{
  WeirFar *far = g_new0 (WeirFar, 1);

  far->front = front;
  far->searched = SIZE_MAX;
  return far;
}

void
weir_far_free (WeirFar *far)
{
  if (far == NULL)
    return;
  g_assert (far->cold.n == 0 && far->thawing == NULL);
  weir_heap_clear (&far->cold);
  g_free (far);
}

static void
cold_clear (WeirHeapItem *item)
{
  g_free ((char *)item->rank.text);
  if (item->cold.file != NULL)
    weir_content_file_unref (item->cold.file);
}

void
weir_far_drop (WeirFar *far)
{
  while (far->cold.n > 0)
    cold_clear (&far->cold.items[--far->cold.n]);
}

size_t
weir_far_get_n (const WeirFar *far)
{
  return far->cold.n + (far->thawing != NULL ? far->thawing->len : 0);
}

static bool
is_before_all (const WeirRank *rank, const WeirHeap *ordered)
{
  const WeirHeapItem *first = weir_heap_peek (ordered);

  return first == NULL || weir_rank_is_before (rank, &first->rank);
}

bool
weir_far_is_next (const WeirFar *far, const WeirHeap *ordered)
{
  const WeirHeapItem *first = weir_heap_peek (&far->cold);

  if (first != NULL && is_before_all (&first->rank, ordered))
    return true;
  return far->thawing != NULL &&
         is_before_all (&g_array_index (far->thawing, WeirHeapItem, 0).rank, ordered);
}

bool
weir_far_is_thawing (const WeirFar *far)
{
  return far->thawing != NULL;
}

void
weir_far_look (const WeirFar *far, void (*func) (void *data, const WeirHeapItem *item), void *data)
{
  for (size_t i = 0; i < far->cold.n; i++)
    func (data, &far->cold.items[i]);
  for (guint i = 0; far->thawing != NULL && i < far->thawing->len; i++)
    func (data, &g_array_index (far->thawing, WeirHeapItem, i));
}

/* --- going cold --- */

/* Takes @flowfile. */
static void
freeze (WeirFar *far, const WeirRank *rank, WeirFlowFile *flowfile, WeirMagazine *magazine)
{
  WeirHeapItem item = { .rank = *rank,
                        .entry_time = flowfile->entry_time,
                        .cold = { flowfile->id, flowfile->queue_time,
                                  weir_content_hold_file (&flowfile->content) } };

  item.rank.text = g_strdup (rank->text);
  weir_heap_push (&far->cold, &item);
  weir_flowfile_free (magazine, flowfile);
}

/* Those behind the front which are in the book. */
static void
freeze_some (WeirQueue *queue, WeirMagazine *magazine)
{
  WeirFar *far = queue->far;
  WeirHeap *ordered = &queue->ordered;
  size_t n_kept = far->front;

  weir_heap_sort (ordered);
  for (size_t i = far->front; i < ordered->n; i++) {
    WeirHeapItem item = ordered->items[i];

    if (item.arrival < far->arrival)
      freeze (far, &item.rank, item.flowfile, magazine);
    else
      ordered->items[n_kept++] = item;
  }
  ordered->n = n_kept;
}

uint64_t
weir_far_freeze (WeirQueue *queue, WeirSession *session, bool *ret_too_many)
{
  WeirData *data = session->engine->data;
  WeirFar *far;

  WEIR_LOCKED (&queue->lock);
  far = queue->far;
  while (queue->ordered.n > 2 * far->front) {
    *ret_too_many = queue->ordered.n > 10 * far->front;
    if (far->ticket == 0) {
      far->arrival = queue->arrivals;
      far->ticket = weir_data_get_appended (data);
    }
    if (far->ticket > weir_data_get_applied (data))
      return far->ticket;
    freeze_some (queue, &session->magazine);
    far->ticket = 0;
  }
  return 0;
}

/* --- coming back --- */

static size_t
thaw_size (const WeirFar *far)
{
  return MAX (1, far->front / 10);
}

/* @flowfiles: of far->thawing; NULL: they could not be read. */
static void
end_thaw (WeirQueue *queue, WeirFlowFile **flowfiles)
{
  GArray *items = g_steal_pointer (&queue->far->thawing);

  for (guint i = 0; i < items->len; i++) {
    WeirHeapItem *item = &g_array_index (items, WeirHeapItem, i);

    if (flowfiles == NULL) {
      weir_heap_push (&queue->far->cold, item);
      continue;
    }
    flowfiles[i]->queue_time = item->cold.queue_time;
    weir_queue_put (queue, flowfiles[i], item->rank.sequence);
    cold_clear (item);
  }
  g_array_unref (items);
}

/* Reads what is in far->thawing, which is the caller's. */
static bool
thaw (WeirQueue *queue, WeirSession *session)
{
  const GArray *items = queue->far->thawing;
  g_autofree uint64_t *ids = g_new (uint64_t, items->len);
  g_autofree WeirFlowFile **flowfiles = g_new (WeirFlowFile *, items->len);
  g_autoptr (GError) error = NULL;
  bool ok;

  for (guint i = 0; i < items->len; i++)
    ids[i] = g_array_index (items, WeirHeapItem, i).cold.id;
  ok = weir_thaw (session, ids, items->len, flowfiles, &error);
  pthread_mutex_lock (&queue->lock);
  end_thaw (queue, ok ? flowfiles : NULL);
  pthread_mutex_unlock (&queue->lock);
  if (ok)
    weir_node_wake (queue->target, NULL);
  else
    weir_thaw_fail (queue, error);
  return ok;
}

static bool
begin_thaw (WeirQueue *queue)
{
  WeirFar *far;

  WEIR_LOCKED (&queue->lock);
  far = queue->far;
  if (far->thawing != NULL || far->cold.n == 0 || !weir_far_is_next (far, &queue->ordered))
    return false;
  far->thawing = g_array_new (FALSE, FALSE, sizeof (WeirHeapItem));
  while (far->cold.n > 0 && far->thawing->len < thaw_size (far)) {
    WeirHeapItem item = weir_heap_pop (&far->cold);
    g_array_append_val (far->thawing, item);
  }
  return true;
}

bool
weir_far_thaw (WeirQueue *queue, WeirSession *session)
{
  return begin_thaw (queue) && thaw (queue, session);
}

/* --- expiry --- */

/* Goes on with a search for what entered at or before @limit. @ret_found: that it is to be read
 * now. Returns: whether there is more to look at. */
static bool
search (WeirQueue *queue, int64_t limit, bool *ret_found)
{
  size_t left = SEARCH_MAX;
  WeirFar *far;
  WeirHeapItem item;

  WEIR_LOCKED (&queue->lock);
  far = queue->far;
  if (far->thawing != NULL)
    return false;
  far->thawing = g_array_new (FALSE, FALSE, sizeof (WeirHeapItem));
  while (far->thawing->len < thaw_size (far) &&
         weir_heap_take_older (&far->cold, limit, &left, &far->searched, &item))
    g_array_append_val (far->thawing, item);
  *ret_found = far->thawing->len > 0;
  if (!*ret_found)
    g_clear_pointer (&far->thawing, g_array_unref);
  if (far->searched > 0)
    return true;
  far->searched = SIZE_MAX;
  return false;
}

bool
weir_far_thaw_expired (WeirQueue *queue, WeirSession *session, int64_t wall)
{
  bool found = false;
  bool may_be_more = search (queue, wall - queue->expire_usec, &found);

  return found ? thaw (queue, session) : may_be_more;
}

/* --- at the start --- */

void
weir_far_restore (WeirQueue *queue, WeirFlowFile *flowfile, uint64_t order, WeirMagazine *magazine)
{
  uint64_t sequence = WEIR_SEQUENCE_RESTORED + order;
  uint64_t bytes = flowfile->content.size;
  WeirRank rank;

  pthread_mutex_lock (&queue->lock);
  if (flowfile->penalty_until != 0 || queue->ordered.n < queue->far->front) {
    weir_queue_put (queue, flowfile, sequence);
  } else {
    weir_queue_rank (queue, flowfile, sequence, &rank);
    freeze (queue->far, &rank, flowfile, magazine);
  }
  pthread_mutex_unlock (&queue->lock);
  weir_queue_count (queue, 1, bytes);
}
