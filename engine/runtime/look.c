/* look.c: a line is walked in its order, a stretch for each time that the lock is held; of a heap,
 * those that come next after the page before are picked. */
#include "runtime/look.h"

#include "runtime/backlog.h"
#include "runtime/far.h"
#include "runtime/look-parts.h"
#include "store/content-reader.h"

#include <stdlib.h>
#include <string.h>
#include <weir/error.h>

static void
row_free (void *data)
{
  WeirQueued *row = data;

  weir_attributes_unref (row->attributes);
  g_free (row);
}

WeirQueue *
weir_engine_hold_queue (WeirEngine *engine, const char *path, GError **error)
{
  g_autoptr (GPtrArray) queues = weir_engine_hold_queues (engine);

  for (guint i = 0; i < queues->len; i++) {
    WeirQueue *queue = queues->pdata[i];
    if (strcmp (queue->path, path) == 0)
      return weir_queue_ref (queue);
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no connection %s", path);
  return NULL;
}

/* --- rows --- */

/* Without what is only in the book, for a NULL @flowfile. */
static WeirQueued *
add_row (WeirLook *look, const WeirFlowFile *flowfile, uint64_t id, int64_t queue_time,
         uint64_t position)
{
  WeirQueued *row = g_new0 (WeirQueued, 1);

  row->position = position;
  row->id = id;
  row->queue_time = queue_time;
  row->is_on_disk = flowfile == NULL;
  weir_uuid_format (look->engine->install_id, id, row->uuid);
  g_ptr_array_add (look->rows, row);
  if (flowfile == NULL)
    return row;
  row->size = flowfile->content.size;
  row->entry_time = flowfile->entry_time;
  row->lineage_start = flowfile->lineage_start;
  if (flowfile->penalty_until != 0)
    row->penalty_until = look->wall + flowfile->penalty_until - look->monotonic;
  if (look->with_attributes)
    row->attributes = weir_attributes_ref (flowfile->attributes);
  return row;
}

/* --- the line --- */

static void
add_from_line (void *data, const WeirFlowFile *flowfile, uint64_t id, int64_t queue_time)
{
  WeirLook *look = data;

  add_row (look, flowfile, id, queue_time, look->place - look->queue->taken);
  look->place++;
}

/* Goes on to the next stretch of the front in memory. Returns: whether there may be more of it.
 * Call with the lock held. */
static bool
walk_front (WeirLook *look, WeirWalk *walk)
{
  const WeirQueue *queue = look->queue;

  if (walk->next == NULL || walk->place < queue->taken || walk->n_cuts != queue->n_cuts) {
    walk->next = queue->fifo.head;
    walk->place = queue->taken;
    walk->n_cuts = queue->n_cuts;
  }
  for (unsigned i = 0; i < WEIR_WALK_STRETCH && walk->next != NULL; i++) {
    const WeirFlowFile *flowfile = walk->next;

    if (walk->place >= look->place) {
      look->place = walk->place;
      if (look->rows->len == look->max)
        return false;
      add_from_line (look, flowfile, flowfile->id, flowfile->queue_time);
    }
    walk->place++;
    walk->next = flowfile->next;
  }
  return walk->next != NULL;
}

/* Returns: whether there may be more of the line behind the page. */
static bool
look_at_line (WeirLook *look)
{
  WeirQueue *queue = look->queue;
  WeirWalk walk = { 0 };
  bool is_more = true;

  while (is_more) {
    WEIR_LOCKED (&queue->lock);

    is_more = walk_front (look, &walk);
    if (!is_more && queue->backlog != NULL && look->rows->len < look->max) {
      look->place = MAX (look->place, queue->taken + queue->fifo.n);
      weir_backlog_look (queue->backlog, look->place - queue->taken - queue->fifo.n,
                         look->max - look->rows->len, add_from_line, look);
    }
  }
  return look->rows->len == look->max;
}

/* --- heaps --- */

static void
add_picked (WeirLook *look, const WeirPicked *picked, uint64_t position)
{
  add_row (look, picked->flowfile, picked->id, picked->queue_time, position);
}

/* @n_before: FlowFiles in front of all of the heap. Returns: whether the page is full. */
static bool
look_at_heap (WeirLook *look, bool is_waiting, uint64_t n_before)
{
  WeirQueue *queue = look->queue;
  WeirPick pick;
  WEIR_LOCKED (&queue->lock);

  weir_pick_init (&pick, look->max - look->rows->len, look->has_rank ? &look->rank : NULL);
  if (is_waiting) {
    weir_pick_heap (&pick, &queue->penalized);
  } else {
    weir_pick_heap (&pick, &queue->ordered);
    if (queue->far != NULL)
      weir_far_look (queue->far, weir_pick_cold, &pick);
  }
  for (guint i = 0; i < pick.picked->len; i++)
    add_picked (look, &g_array_index (pick.picked, WeirPicked, i), n_before + pick.n_before + i);
  if (pick.picked->len > 0) {
    const WeirPicked *last = &g_array_index (pick.picked, WeirPicked, pick.picked->len - 1);

    g_free (look->rank_text);
    look->rank = last->rank;
    look->rank.text = look->rank_text = g_strdup (last->rank.text);
    look->has_rank = true;
  }
  weir_pick_clear (&pick);
  return look->rows->len == look->max;
}

static uint64_t
count_ready (WeirQueue *queue)
{
  return atomic_load_explicit (&queue->ready, memory_order_relaxed);
}

static bool
has_order (WeirQueue *queue)
{
  WEIR_LOCKED (&queue->lock);
  return queue->order != WEIR_ORDER_FIFO;
}

/* Where the next page begins. Returns: (transfer full) (nullable). */
static char *
look_at_all (WeirLook *look)
{
  if (look->part == 'f' && has_order (look->queue))
    look->part = 'o';
  if (look->part == 'f') {
    if (look_at_line (look))
      return weir_look_format_key (look);
    look->part = 'w';
  }
  if (look->part == 'o') {
    if (look_at_heap (look, false, 0))
      return weir_look_format_key (look);
    look->part = 'w';
    look->has_rank = false;
  }
  if (look_at_heap (look, true, count_ready (look->queue)))
    return weir_look_format_key (look);
  return NULL;
}

GPtrArray *
weir_engine_look (WeirEngine *engine, const char *path, const char *after, unsigned max,
                  bool with_attributes, char **ret_next, GError **error)
{
  g_autoptr (WeirQueue) queue = weir_engine_hold_queue (engine, path, error);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autofree char *next = NULL;
  WeirLook look = { .engine = engine,
                    .queue = queue,
                    .rows = rows,
                    .max = CLAMP (max, 1, WEIR_LOOK_MAX),
                    .with_attributes = with_attributes,
                    .part = 'f',
                    .wall = weir_clock_get_wall (engine->clock),
                    .monotonic = weir_clock_get_monotonic (engine->clock) };

  if (queue == NULL || !weir_look_parse_key (&look, after, error))
    return NULL;
  next = look_at_all (&look);
  g_free (look.rank_text);
  if (!weir_look_read_rows (&look, error))
    return NULL;
  *ret_next = g_steal_pointer (&next);
  return g_steal_pointer (&rows);
}

/* --- one --- */

static const WeirFlowFile *
find_in_heap (const WeirHeap *heap, uint64_t id)
{
  for (size_t i = 0; i < heap->n; i++)
    if (heap->items[i].flowfile->id == id)
      return heap->items[i].flowfile;
  return NULL;
}

typedef struct {
  uint64_t id;
  const WeirFlowFile *found;
} Wanted;

static void
compare (void *data, const WeirFlowFile *flowfile, uint64_t id, int64_t queue_time)
{
  Wanted *wanted = data;

  if (id == wanted->id && flowfile != NULL)
    wanted->found = flowfile;
}

/* In memory. Returns: (nullable). Call with the lock held. */
static const WeirFlowFile *
find_in_memory (const WeirQueue *queue, uint64_t id)
{
  Wanted wanted = { id, NULL };

  for (const WeirFlowFile *f = queue->fifo.head; f != NULL; f = f->next)
    if (f->id == id)
      return f;
  if (queue->backlog != NULL)
    weir_backlog_look (queue->backlog, 0, SIZE_MAX, compare, &wanted);
  if (wanted.found == NULL)
    wanted.found = find_in_heap (&queue->ordered, id);
  return wanted.found != NULL ? wanted.found : find_in_heap (&queue->penalized, id);
}

static bool
peek_in_memory (WeirLook *look, uint64_t id, WeirContent *ret_content)
{
  const WeirFlowFile *flowfile;
  WEIR_LOCKED (&look->queue->lock);

  flowfile = find_in_memory (look->queue, id);
  if (flowfile == NULL)
    return false;
  add_row (look, flowfile, id, flowfile->queue_time, 0);
  *ret_content = weir_content_ref (&flowfile->content);
  return true;
}

WeirPeek *
weir_engine_peek (WeirEngine *engine, const char *path, uint64_t id, GError **error)
{
  g_autoptr (WeirQueue) queue = weir_engine_hold_queue (engine, path, error);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (WeirPeek) peek = g_new0 (WeirPeek, 1);
  WeirLook look = { .engine = engine,
                    .queue = queue,
                    .rows = rows,
                    .with_attributes = true,
                    .wall = weir_clock_get_wall (engine->clock),
                    .monotonic = weir_clock_get_monotonic (engine->clock) };

  if (queue == NULL)
    return NULL;
  if (!peek_in_memory (&look, id, &peek->content) && engine->data != NULL) {
    add_row (&look, NULL, id, 0, 0);
    look.content = &peek->content;
    if (!weir_look_read_rows (&look, error))
      return NULL;
  }
  if (rows->len == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "FlowFile %" G_GUINT64_FORMAT " is not in %s, or not any more", id, path);
    return NULL;
  }
  peek->row = *(WeirQueued *)rows->pdata[0];
  ((WeirQueued *)rows->pdata[0])->attributes = NULL;
  return g_steal_pointer (&peek);
}

void
weir_peek_free (WeirPeek *peek)
{
  if (peek == NULL)
    return;
  weir_attributes_unref (peek->row.attributes);
  weir_content_clear (&peek->content);
  g_free (peek);
}

ssize_t
weir_peek_read (const WeirPeek *peek, uint64_t offset, void *buffer, size_t size, GError **error)
{
  WeirContentReader reader;
  ssize_t n;

  if (offset >= peek->content.size)
    return 0;
  weir_content_reader_init (&reader, &peek->content);
  reader.position = offset;
  n = weir_content_reader_read (&reader, buffer, size, error);
  weir_content_reader_clear (&reader);
  return n;
}
