/* history-cursor.c: events that pass a filter, one after the other: by their numbers block by
 * block, by their times as history-timeline.c finds them. */
#include "provenance/history-timeline.h"

struct WeirHistoryCursor {
  WeirHistorySelection selection;
  WeirHistoryWish wish;
  uint64_t at;             /* the next number to look at; 0: the end */
  uint64_t least;          /* ascending: all before it were given or looked for */
  uint32_t n_passed;       /* rows of the selection */
  WeirTimeline *timeline;  /* NULL: by number */
  WeirHistoryBlock *block; /* NULL: none yet */
  bool has_event;
  WeirHistoryEvent event;
};

/* The first attribute of which the value is known, too: blocks can be chosen by it. */
static const WeirHistoryAttribute *
find_exact (const WeirHistoryFilter *filter)
{
  for (size_t i = 0; i < filter->n_attributes; i++)
    if (filter->attributes[i].value != NULL)
      return &filter->attributes[i];
  return NULL;
}

static void
make_wish (WeirHistoryCursor *cursor, uint64_t from, uint64_t to)
{
  const WeirHistoryFilter *filter = cursor->selection.filter;
  const WeirHistoryAttribute *exact = find_exact (filter);

  cursor->wish = (WeirHistoryWish){
    .wish = { .from = from,
              .to = to,
              .since = filter->since,
              .until = filter->until,
              .flowfile = filter->flowfile,
              .types = filter->types,
              .name = exact != NULL ? exact->name : NULL,
              .value = exact != NULL ? exact->value : NULL,
              .is_descending = filter->is_descending },
    .component = filter->component,
  };
}

WeirHistoryCursor *
weir_history_find (WeirHistory *history, const WeirHistoryFilter *filter)
{
  WeirHistoryCursor *cursor = g_new0 (WeirHistoryCursor, 1);
  uint64_t first, last;

  weir_history_selection_init (&cursor->selection, history, filter, filter->columns);
  if (!weir_history_get_range (history, &first, &last))
    return cursor;
  /* What comes from now on does not count. */
  first = MAX (first, filter->from);
  last = MIN (last, filter->to);
  if (first > last)
    return cursor;
  cursor->at = filter->is_descending ? last : first;
  cursor->least = first;
  make_wish (cursor, first, last);
  if (filter->is_by_time)
    cursor->timeline = weir_timeline_new (&cursor->selection, &cursor->wish, WEIR_LIMIT_TIMELINE);
  return cursor;
}

static void
leave_block (WeirHistoryCursor *cursor)
{
  weir_history_give_back (g_steal_pointer (&cursor->block));
  cursor->selection.n_rows = 0;
  cursor->n_passed = 0;
  cursor->has_event = false;
}

void
weir_history_cursor_free (WeirHistoryCursor *cursor)
{
  if (cursor == NULL)
    return;
  leave_block (cursor);
  weir_timeline_free (cursor->timeline);
  weir_history_selection_clear (&cursor->selection);
  g_free (cursor);
}

/* --- by number --- */

/* Behind the block in @row. */
static void
move_on (WeirHistoryCursor *cursor, const WeirBlockRow *row)
{
  const WeirBlockWish *wish = &cursor->wish.wish;

  if (wish->is_descending)
    cursor->at = row->first <= wish->from ? 0 : row->first - 1;
  else
    cursor->at = row->first + row->n > wish->to ? 0 : row->first + row->n;
  /* How many a block has that cannot be read is not known. */
  if (!wish->is_descending)
    cursor->least = MAX (cursor->least, row->first + (cursor->block != NULL ? row->n : 1));
}

/* Whether each block is wanted. */
static bool
has_all_blocks (const WeirHistoryWish *wish)
{
  return wish->component == NULL && wish->wish.flowfile == 0 && wish->wish.types == 0 &&
         wish->wish.name == NULL && wish->wish.since == INT64_MIN && wish->wish.until == INT64_MAX;
}

/* The block in @row is the next one from event @at on. */
static void
look_for_gap (WeirHistoryCursor *cursor, uint64_t at, const WeirBlockRow *row)
{
  WeirHistory *history = cursor->selection.history;
  uint64_t last = row->first + row->n - 1;

  if (!has_all_blocks (&cursor->wish))
    return;
  if (cursor->wish.wish.is_descending && last < at)
    weir_history_tell_gap (history, last + 1, at);
  else if (!cursor->wish.wish.is_descending && row->first > at)
    weir_history_tell_gap (history, at, row->first - 1);
}

/* Returns: false at the end. */
static bool
enter_next_block (WeirHistoryCursor *cursor, GError **error)
{
  const WeirBlockWish *wish = &cursor->wish.wish;
  WeirHistory *history = cursor->selection.history;
  g_autoptr (GError) reason = NULL;
  uint64_t at = cursor->at;
  WeirHistoryFile *file;
  WeirBlockRow row;

  leave_block (cursor);
  cursor->at = 0;
  if (at == 0 || !weir_history_seek (history, &cursor->wish, at, &file, &row))
    return false;
  cursor->block = weir_history_take_block (history, file, &row, &reason);
  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  if (cursor->block != NULL) {
    row.n = cursor->block->n;
    cursor->event.partition = weir_history_select (&cursor->selection, cursor->block,
                                                   wish->is_descending ? wish->from : cursor->least,
                                                   wish->is_descending ? at : wish->to);
  }
  move_on (cursor, &row);
  look_for_gap (cursor, at, &row);
  return true;
}

static bool
step_by_number (WeirHistoryCursor *cursor, GError **error)
{
  const WeirHistorySelection *selection = &cursor->selection;
  uint32_t i;

  while (cursor->n_passed >= selection->n_rows)
    if (!enter_next_block (cursor, error))
      return false;
  i = selection->filter->is_descending ? selection->n_rows - 1 - cursor->n_passed
                                       : cursor->n_passed;
  cursor->n_passed++;
  cursor->event.number = cursor->block->first + selection->rows[i];
  return true;
}

/* --- by time --- */

static bool
has_event (const WeirHistoryBlock *block, uint64_t number)
{
  return block != NULL && number >= block->first && number - block->first < block->n;
}

static bool
step_by_time (WeirHistoryCursor *cursor, GError **error)
{
  const WeirHistorySelection *selection = &cursor->selection;
  WeirHistory *history = selection->history;
  g_autoptr (GError) reason = NULL;
  WeirHistoryFile *file;
  WeirBlockRow row;

  while (weir_timeline_next (cursor->timeline, &cursor->event.number, &file, &row, &reason)) {
    if (!has_event (cursor->block, cursor->event.number)) {
      weir_history_give_back (g_steal_pointer (&cursor->block));
      cursor->block = weir_history_take_block (history, file, &row, &reason);
      if (cursor->block == NULL && reason == NULL)
        continue;
      if (cursor->block == NULL)
        break;
    }
    cursor->event.partition = weir_history_file_open (history, file);
    if (cursor->event.partition != NULL &&
        weir_history_load (history, cursor->block, selection->columns))
      return true;
  }
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

/* --- both --- */

bool
weir_history_cursor_step (WeirHistoryCursor *cursor, GError **error)
{
  cursor->has_event = false;
  return cursor->timeline != NULL ? step_by_time (cursor, error) : step_by_number (cursor, error);
}

uint64_t
weir_history_cursor_get_number (const WeirHistoryCursor *cursor)
{
  return cursor->event.number;
}

const WeirHistoryEvent *
weir_history_cursor_get_event (WeirHistoryCursor *cursor)
{
  WeirHistoryBlock *block = cursor->block;

  if (!cursor->has_event || block->last != cursor)
    weir_history_get (block, (uint32_t)(cursor->event.number - block->first), cursor,
                      &cursor->event.event);
  cursor->has_event = true;
  return &cursor->event;
}

bool
weir_history_cursor_next (WeirHistoryCursor *cursor, WeirHistoryEvent *ret_event, GError **error)
{
  if (!weir_history_cursor_step (cursor, error))
    return false;
  *ret_event = *weir_history_cursor_get_event (cursor);
  return true;
}
