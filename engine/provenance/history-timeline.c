/* history-timeline.c: blocks are read in their order into a heap. What is not later than all that
 * blocks to come can have is next.
 *
 * If the heap gets too large because a clock was set back far, its later half is forgotten, and
 * when the rest is through, the blocks are read again for what comes behind it. Descending it is
 * all the same with times and numbers negated. */
#include "provenance/history-timeline.h"

#include <string.h>

typedef struct {
  int64_t time;
  uint64_t number;
} Key;

typedef struct {
  WeirHistoryFile *file;
  WeirBlockRow row;
  int64_t earliest;
  int64_t latest;
  int64_t bound; /* the earliest of this one and all that follow */
} Span;

struct WeirTimeline {
  WeirHistorySelection *selection;
  const WeirHistoryWish *wish;
  size_t most;
  uint64_t flip; /* all ones when descending */
  GArray *spans; /* in the order in which they are read */
  guint next;    /* of them */
  GArray *heap;  /* Key, the first is the least */

  bool has_last;
  Key last; /* that came out */
  bool has_cutoff;
  Key cutoff;  /* from here on some were forgotten */
  guint again; /* the first span to be read again for those */
};

static bool
is_before (const Key *one, const Key *other)
{
  return one->time < other->time || (one->time == other->time && one->number < other->number);
}

/* --- the heap --- */

static Key *
get_keys (WeirTimeline *timeline)
{
  return (Key *)(void *)timeline->heap->data;
}

static void
swap (Key *keys, guint a, guint b)
{
  Key key = keys[a];

  keys[a] = keys[b];
  keys[b] = key;
}

static void
push (WeirTimeline *timeline, const Key *key)
{
  guint at = timeline->heap->len;
  Key *keys;

  g_array_append_val (timeline->heap, *key);
  keys = get_keys (timeline);
  for (; at > 0 && is_before (&keys[at], &keys[(at - 1) / 2]); at = (at - 1) / 2)
    swap (keys, at, (at - 1) / 2);
}

static Key
pop (WeirTimeline *timeline)
{
  Key *keys = get_keys (timeline);
  Key least = keys[0];
  guint n = timeline->heap->len - 1;

  keys[0] = keys[n];
  g_array_set_size (timeline->heap, n);
  for (guint at = 0, child; (child = 2 * at + 1) < n; at = child) {
    child += child + 1 < n && is_before (&keys[child + 1], &keys[child]);
    if (!is_before (&keys[child], &keys[at]))
      break;
    swap (keys, at, child);
  }
  return least;
}

static int
compare_keys (const void *a, const void *b)
{
  return is_before (a, b) ? -1 : is_before (b, a);
}

/* Forgets the later half; what is sorted is a heap. */
static void
forget (WeirTimeline *timeline)
{
  guint half = timeline->heap->len / 2;

  g_array_sort (timeline->heap, compare_keys);
  timeline->cutoff = get_keys (timeline)[half];
  timeline->has_cutoff = true;
  g_array_set_size (timeline->heap, half);
}

/* --- blocks --- */

static void
add_span (WeirTimeline *timeline, WeirHistoryFile *file, const WeirBlockRow *row)
{
  Span span = { g_rc_box_acquire (file), *row, row->earliest, row->latest, 0 };

  if (timeline->flip != 0) {
    span.earliest = ~row->latest;
    span.latest = ~row->earliest;
  }
  g_array_append_val (timeline->spans, span);
}

static void
clear_span (void *data)
{
  weir_history_file_unref (((Span *)data)->file);
}

static void
list_spans (WeirTimeline *timeline)
{
  const WeirBlockWish *wish = &timeline->wish->wish;
  uint64_t at = wish->is_descending ? wish->to : wish->from;
  int64_t bound = INT64_MAX;
  WeirHistoryFile *file;
  WeirBlockRow row;

  while (at >= wish->from && at <= wish->to &&
         weir_history_seek (timeline->selection->history, timeline->wish, at, &file, &row)) {
    add_span (timeline, file, &row);
    at = wish->is_descending ? row.first - 1 : row.first + row.n;
  }
  for (guint i = timeline->spans->len; i-- > 0;) {
    Span *span = &g_array_index (timeline->spans, Span, i);

    span->bound = bound = MIN (bound, span->earliest);
  }
}

WeirTimeline *
weir_timeline_new (WeirHistorySelection *selection, const WeirHistoryWish *wish, size_t most)
{
  WeirTimeline *timeline = g_new0 (WeirTimeline, 1);

  selection->columns |= WEIR_COLUMN_TIME;
  timeline->selection = selection;
  timeline->wish = wish;
  timeline->most = most;
  timeline->flip = wish->wish.is_descending ? UINT64_MAX : 0;
  timeline->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_array_set_clear_func (timeline->spans, clear_span);
  timeline->heap = g_array_new (FALSE, FALSE, sizeof (Key));
  list_spans (timeline);
  return timeline;
}

void
weir_timeline_free (WeirTimeline *timeline)
{
  if (timeline == NULL)
    return;
  g_array_unref (timeline->spans);
  g_array_unref (timeline->heap);
  g_free (timeline);
}

/* Takes the events of the block that has just been selected from. Returns: whether it has some that
 * were forgotten. */
static bool
take_rows (WeirTimeline *timeline)
{
  const WeirHistorySelection *selection = timeline->selection;
  const int64_t *times = weir_block_reader_get_times (selection->block->reader);
  bool has_forgotten = false;

  for (uint32_t i = 0; i < selection->n_rows; i++) {
    Key key = { times[selection->rows[i]] ^ (int64_t)timeline->flip,
                (selection->block->first + selection->rows[i]) ^ timeline->flip };

    if (timeline->has_last && !is_before (&timeline->last, &key))
      continue;
    if (timeline->has_cutoff && !is_before (&key, &timeline->cutoff)) {
      has_forgotten = true;
      continue;
    }
    push (timeline, &key);
  }
  return has_forgotten;
}

/* Reads the next block. Returns: false with @error. */
static bool
read_block (WeirTimeline *timeline, GError **error)
{
  WeirHistorySelection *selection = timeline->selection;
  const WeirBlockWish *wish = &timeline->wish->wish;
  guint index = timeline->next++;
  const Span *span = &g_array_index (timeline->spans, Span, index);
  g_autoptr (GError) reason = NULL;
  WeirHistoryBlock *block;

  if (timeline->has_last && span->latest < timeline->last.time)
    return true;
  if (timeline->has_cutoff && span->earliest > timeline->cutoff.time) {
    timeline->again = MIN (timeline->again, index);
    return true;
  }
  block = weir_history_take_block (selection->history, span->file, &span->row, &reason);
  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  if (block != NULL && weir_history_select (selection, block, wish->from, wish->to) != NULL &&
      take_rows (timeline))
    timeline->again = MIN (timeline->again, index);
  weir_history_give_back (block);
  if (timeline->heap->len > timeline->most) {
    forget (timeline);
    timeline->again = 0;
  }
  return true;
}

/* Where an event is, of those that were listed. */
static const Span *
find_span (const WeirTimeline *timeline, uint64_t number)
{
  guint low = 0, high = timeline->spans->len;

  /* Those before low are before the number, those from high on are not. */
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    const Span *span = &g_array_index (timeline->spans, Span, middle);

    if (timeline->flip != 0 ? number < span->row.first + span->row.n : number >= span->row.first)
      low = middle;
    else
      high = middle;
  }
  return &g_array_index (timeline->spans, Span, low);
}

/* Reads until the least in the heap is the next one. Returns: false at the end, or with @error. */
static bool
prepare (WeirTimeline *timeline, GError **error)
{
  for (;;) {
    if (timeline->next == timeline->spans->len) {
      if (timeline->heap->len > 0)
        return true;
      if (!timeline->has_cutoff)
        return false;
      timeline->has_cutoff = false;
      timeline->next = timeline->again;
      timeline->again = UINT_MAX;
      continue;
    }
    if (timeline->heap->len > 0 &&
        get_keys (timeline)[0].time <= g_array_index (timeline->spans, Span, timeline->next).bound)
      return true;
    if (!read_block (timeline, error))
      return false;
  }
}

bool
weir_timeline_next (WeirTimeline *timeline, uint64_t *ret_number, WeirHistoryFile **ret_file,
                    WeirBlockRow *ret_row, GError **error)
{
  const Span *span;

  if (!prepare (timeline, error))
    return false;
  timeline->last = pop (timeline);
  timeline->has_last = true;
  *ret_number = timeline->last.number ^ timeline->flip;
  span = find_span (timeline, *ret_number);
  *ret_file = span->file;
  *ret_row = span->row;
  return true;
}
