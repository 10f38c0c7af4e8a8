/* backlog.c: chunks, hot or cold.
 *
 * A cold chunk keeps what must be known without the disk: ids in their order, what is asked of the
 * queue as a whole, and references to the files that the contents are in. One thread at a time
 * thaws the first chunk; the lock is not held meanwhile, and nobody else touches that chunk. */
#include "runtime/backlog.h"

#include "runtime/engine.h"
#include "runtime/far.h"
#include "runtime/thaw.h"
#include "store/content-durable.h"
#include "store/content-file.h"

typedef struct Chunk {
  struct Chunk *next;
  WeirList list;   /* while it is hot */
  size_t n;        /* of FlowFiles, hot or cold */
  uint64_t ticket; /* of an entry behind all that is about them; 0: it is not full yet */
  uint64_t *ids;   /* NULL: it is hot */
  int64_t *queue_times;
  GPtrArray *files; /* what the contents of a cold one are in */
} Chunk;

struct WeirBacklog {
  size_t front; /* as in WEIR_BACKLOG_FRONT */
  Chunk *first;
  Chunk *last;
  Chunk *frozen; /* the last cold one; NULL: none, or it was taken */
  Chunk *marked; /* the last that has a ticket; NULL likewise */
  size_t n;
  size_t n_hot;    /* of n */
  bool is_thawing; /* somebody reads the first chunk */
};

void
weir_backlog_add (WeirQueue *queue, size_t front)
{
  if (front == 0)
    front = WEIR_BACKLOG_FRONT;
  queue->long_from = 2 * front;
  if (queue->order != WEIR_ORDER_FIFO) {
    queue->far = weir_far_new (front);
    return;
  }
  queue->backlog = g_new0 (WeirBacklog, 1);
  queue->backlog->front = front;
}

static size_t
chunk_size (const WeirBacklog *backlog)
{
  return MAX (1, backlog->front / 10);
}

void
weir_backlog_free (WeirBacklog *backlog)
{
  if (backlog == NULL)
    return;
  g_assert (backlog->first == NULL);
  g_free (backlog);
}

bool
weir_backlog_is_next (const WeirBacklog *backlog, size_t n_front)
{
  return backlog->n > 0 || n_front >= backlog->front;
}

size_t
weir_backlog_get_n (const WeirBacklog *backlog)
{
  return backlog->n;
}

static void
chunk_free (Chunk *chunk)
{
  g_free (chunk->ids);
  g_free (chunk->queue_times);
  g_clear_pointer (&chunk->files, g_ptr_array_unref);
  g_free (chunk);
}

static Chunk *
add_chunk (WeirBacklog *backlog)
{
  Chunk *chunk = g_new0 (Chunk, 1);

  if (backlog->last != NULL)
    backlog->last->next = chunk;
  else
    backlog->first = chunk;
  backlog->last = chunk;
  return chunk;
}

/* The chunk that takes more, which may be a new one. */
static Chunk *
open_chunk (WeirBacklog *backlog)
{
  Chunk *chunk = backlog->last;

  if (chunk != NULL && chunk->ids == NULL && chunk->n < chunk_size (backlog))
    return chunk;
  return add_chunk (backlog);
}

void
weir_backlog_append (WeirBacklog *backlog, WeirList *list)
{
  Chunk *chunk = open_chunk (backlog);

  backlog->n += list->n;
  backlog->n_hot += list->n;
  chunk->n += list->n;
  weir_list_join (&chunk->list, list);
}

static void
remove_first (WeirBacklog *backlog)
{
  Chunk *chunk = backlog->first;

  backlog->first = chunk->next;
  if (backlog->first == NULL)
    backlog->last = NULL;
  if (backlog->frozen == chunk)
    backlog->frozen = NULL;
  if (backlog->marked == chunk)
    backlog->marked = NULL;
  backlog->n -= chunk->n;
  if (chunk->ids == NULL)
    backlog->n_hot -= chunk->n;
  chunk_free (chunk);
}

bool
weir_backlog_refill (WeirBacklog *backlog, WeirList *list)
{
  while (list->n < backlog->front / 2 && backlog->first != NULL) {
    if (backlog->first->ids != NULL)
      return !backlog->is_thawing;
    weir_list_join (list, &backlog->first->list);
    remove_first (backlog);
  }
  return false;
}

void
weir_backlog_look (const WeirBacklog *backlog, size_t index, size_t max, WeirBacklogFunc func,
                   void *data)
{
  const Chunk *chunk = backlog->first;

  for (; chunk != NULL && index >= chunk->n; chunk = chunk->next)
    index -= chunk->n;
  for (; chunk != NULL && max > 0; chunk = chunk->next, index = 0) {
    const WeirFlowFile *flowfile = chunk->list.head;

    for (size_t i = 0; i < chunk->n && max > 0; i++) {
      if (i >= index) {
        if (chunk->ids != NULL)
          func (data, NULL, chunk->ids[i], chunk->queue_times[i]);
        else
          func (data, flowfile, flowfile->id, flowfile->queue_time);
        max--;
      }
      if (chunk->ids == NULL)
        flowfile = flowfile->next;
    }
  }
}

/* --- going cold --- */

/* Many contents in a row are in the same file. */
static void
hold_file (Chunk *chunk, const WeirContent *content)
{
  WeirContentFile *file = weir_content_hold_file (content);

  for (guint i = chunk->files->len; file != NULL && i > 0 && i + 4 > chunk->files->len; i--)
    if (chunk->files->pdata[i - 1] == file) {
      weir_content_file_unref (file);
      return;
    }
  if (file != NULL)
    g_ptr_array_add (chunk->files, file);
}

static void
freeze_chunk (Chunk *chunk, WeirSession *session)
{
  size_t n = 0;

  chunk->ids = g_new (uint64_t, chunk->n);
  chunk->queue_times = g_new (int64_t, chunk->n);
  chunk->files = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_content_file_unref);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&chunk->list)) != NULL; n++) {
    chunk->ids[n] = flowfile->id;
    chunk->queue_times[n] = flowfile->queue_time;
    hold_file (chunk, &flowfile->content);
    weir_flowfile_free (&session->magazine, flowfile);
  }
  g_assert (n == chunk->n);
}

/* Contents in many files end with the last chunk, which is soon enough. */
void
weir_backlog_append_cold (WeirQueue *queue, const uint64_t *ids, size_t n, int64_t wall,
                          uint64_t bytes, GPtrArray *files)
{
  WeirBacklog *backlog = queue->backlog;

  for (size_t at = 0; at < n; at += chunk_size (backlog)) {
    Chunk *chunk = add_chunk (backlog);

    chunk->n = MIN (n - at, chunk_size (backlog));
    backlog->marked = chunk;
    chunk->ids = g_memdup2 (ids + at, chunk->n * sizeof *ids);
    chunk->queue_times = g_new (int64_t, chunk->n);
    for (size_t i = 0; i < chunk->n; i++)
      chunk->queue_times[i] = wall;
  }
  backlog->n += n;
  backlog->frozen = backlog->last;
  backlog->last->files = files;
  weir_queue_count (queue, n, bytes);
}

/* Chunks that have become full since get the ticket of now. */
static void
mark (WeirBacklog *backlog, WeirData *data)
{
  Chunk *chunk = backlog->marked != NULL ? backlog->marked->next : backlog->first;
  uint64_t ticket = weir_data_get_appended (data);

  for (; chunk != NULL && chunk->n >= chunk_size (backlog); chunk = chunk->next) {
    if (chunk->ticket == 0)
      chunk->ticket = ticket;
    backlog->marked = chunk;
  }
}

/* The next one that is neither cold nor soon to be needed. */
static Chunk *
next_to_freeze (WeirBacklog *backlog)
{
  Chunk *chunk = backlog->frozen != NULL ? backlog->frozen->next : backlog->first;

  if (backlog->frozen == NULL)
    for (unsigned i = 0; i < 5 && chunk != NULL; i++)
      chunk = chunk->next;
  return chunk;
}

/* @ret_too_many: whether more are hot than should be. Returns: the ticket that the next
 * chunk waits for; 0: none does. */
static uint64_t
freeze (WeirQueue *queue, WeirSession *session, bool *ret_too_many)
{
  WeirData *data = session->engine->data;
  uint64_t applied = weir_data_get_applied (data);
  WeirBacklog *backlog;

  WEIR_LOCKED (&queue->lock);
  backlog = queue->backlog;
  mark (backlog, data);
  for (Chunk *chunk; (chunk = next_to_freeze (backlog)) != NULL; backlog->frozen = chunk) {
    *ret_too_many = backlog->n_hot > 10 * backlog->front;
    if (chunk->ids == NULL && (chunk->ticket > applied || chunk->ticket == 0))
      return chunk->ticket;
    if (chunk->ids == NULL) {
      freeze_chunk (chunk, session);
      backlog->n_hot -= chunk->n;
    }
  }
  return 0;
}

/* Freezes what can be; who is called when the book has caught up does the rest. */
static void
keep_small (WeirQueue *queue, WeirSession *session, bool may_wait)
{
  WeirEngine *engine = session->engine;
  uint64_t ticket;
  bool too_many = false;

  while ((ticket = queue->far != NULL ? weir_far_freeze (queue, session, &too_many)
                                      : freeze (queue, session, &too_many)) != 0) {
    atomic_store (&engine->has_long_queues, true);
    /* It may have caught up before that could be seen. */
    if (weir_data_get_applied (engine->data) >= ticket)
      continue;
    if (!may_wait || !too_many || !weir_data_wait_applied (engine->data, ticket))
      return;
  }
}

void
weir_backlog_keep_small (WeirQueue *queue, WeirSession *session)
{
  keep_small (queue, session, true);
}

/* The book may be behind when the last FlowFile comes, and nobody would look again. */
static void
on_timer (void *data)
{
  WeirEngine *engine = data;

  atomic_store (&engine->has_long_queues, false);
  for (guint i = 0; i < engine->queues->len; i++) {
    WeirQueue *queue = engine->queues->pdata[i];

    if (weir_backlog_is_long (queue))
      keep_small (queue, &engine->expiry_session, false);
  }
}

void
weir_backlog_init (WeirEngine *engine)
{
  engine->backlog_timer.func = on_timer;
  engine->backlog_timer.data = engine;
}

/* The timers' thread has the session that this takes. */
void
weir_backlog_on_applied (void *data)
{
  WeirEngine *engine = data;

  if (atomic_load (&engine->has_long_queues))
    weir_timers_arm (engine->timers, &engine->backlog_timer, 0);
}

/* --- coming back --- */

static bool
thaw_chunk (const Chunk *chunk, WeirSession *session, WeirList *ret_list, GError **error)
{
  g_autofree WeirFlowFile **found = g_new (WeirFlowFile *, chunk->n);

  if (!weir_thaw (session, chunk->ids, chunk->n, found, error))
    return false;
  for (size_t i = 0; i < chunk->n; i++) {
    found[i]->queue_time = chunk->queue_times[i];
    weir_list_append (ret_list, found[i]);
  }
  return true;
}

/* Returns: (transfer none) (nullable): the first chunk, which is the caller's to read. */
static Chunk *
begin_thaw (WeirQueue *queue)
{
  WeirBacklog *backlog;

  WEIR_LOCKED (&queue->lock);
  backlog = queue->backlog;
  if (backlog->first == NULL || backlog->first->ids == NULL || backlog->is_thawing ||
      queue->fifo.n >= backlog->front / 2)
    return NULL;
  backlog->is_thawing = true;
  return backlog->first;
}

bool
weir_backlog_thaw (WeirQueue *queue, WeirSession *session)
{
  g_autoptr (GError) error = NULL;
  WeirList list = { 0 };
  Chunk *chunk;
  bool ok;

  if (queue->far != NULL)
    return weir_far_thaw (queue, session);
  chunk = begin_thaw (queue);
  if (chunk == NULL)
    return false;
  ok = thaw_chunk (chunk, session, &list, &error);
  pthread_mutex_lock (&queue->lock);
  queue->backlog->is_thawing = false;
  if (ok) {
    remove_first (queue->backlog);
    weir_queue_append (queue, &list);
  }
  pthread_mutex_unlock (&queue->lock);
  if (ok) {
    weir_node_wake (queue->target, NULL);
    return true;
  }
  weir_thaw_fail (queue, error);
  return false;
}

bool
weir_backlog_bring_expired (WeirQueue *queue, WeirSession *session, int64_t wall)
{
  size_t before, after;
  bool is_cold;

  if (queue->far != NULL)
    return weir_far_thaw_expired (queue, session, wall);
  if (queue->backlog == NULL)
    return false;
  pthread_mutex_lock (&queue->lock);
  before = queue->fifo.n;
  is_cold = weir_backlog_refill (queue->backlog, &queue->fifo);
  after = queue->fifo.n;
  pthread_mutex_unlock (&queue->lock);
  return after > before || (is_cold && weir_backlog_thaw (queue, session));
}

void
weir_backlog_drop (WeirQueue *queue, WeirMagazine *magazine)
{
  WeirBacklog *backlog = queue->backlog;

  if (queue->far != NULL)
    weir_far_drop (queue->far);
  while (backlog != NULL && backlog->first != NULL) {
    for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&backlog->first->list)) != NULL;)
      weir_flowfile_free (magazine, flowfile);
    remove_first (backlog);
  }
}
