/* table-lineage.c: the table lineage, a row for each parent of each FlowFile. With a FlowFile as
 * its argument, lineage('UUID', 'up'), it is those rows that lead from there to all ancestors, to
 * all descendants, or both. */
#include "provenance/table-parts.h"

#include <string.h>

#include <weir/error.h>

#include "provenance/lineage.h"

typedef enum {
  COLUMN_PARENT,
  COLUMN_CHILD,
  COLUMN_EVENT,
  COLUMN_TYPE,
  COLUMN_TIME,
  COLUMN_COMPONENT,
  COLUMN_TIME_US,
  COLUMN_FLOWFILE, /* hidden, as is the next */
  COLUMN_DIRECTION,
  N_COLUMNS
} Column;

static const char roles[] = "pfeytcu--";

G_STATIC_ASSERT (sizeof roles == N_COLUMNS + 1);

#define COLUMNS        16       /* bits of idxNum above: WeirColumn */
#define HAS_FLOWFILE   (1 << 8) /* the first argument is one */
#define HAS_DIRECTION  (1 << 9) /* the one behind it */
#define PARENT_COLUMNS (WEIR_COLUMN_FLOWFILE | WEIR_COLUMN_BIRTH | WEIR_COLUMN_TYPE)

typedef struct {
  sqlite3_vtab_cursor base;
  WeirTable *table;
  GString *text;

  /* Without an argument: all births with parents. */
  WeirScan scan;
  WeirHistoryCursor *cursor;

  /* With one. */
  uint64_t flowfile;
  unsigned directions; /* that are still to come */
  unsigned columns;
  WeirLineageDirection direction;
  WeirLineage *lineage;
  char *arguments[2];

  const WeirHistoryEvent *event;
  size_t parent; /* index */
} Cursor;

static int
on_connect (sqlite3 *db, void *data, int argc, const char *const *argv, sqlite3_vtab **ret_table,
            char **ret_message)
{
  return weir_table_connect (db, data, argc, argv,
                             "CREATE TABLE x (parent TEXT, child TEXT, event INTEGER, type TEXT, "
                             "time TEXT, component TEXT, time_us INTEGER, flowfile HIDDEN, "
                             "direction HIDDEN)",
                             ret_table, ret_message);
}

/* --- planning --- */

static WeirField
get_field (int column)
{
  switch (column) {
  case COLUMN_TYPE:
    return WEIR_FIELD_TYPE;
  case COLUMN_TIME:
    return WEIR_FIELD_TIME;
  case COLUMN_COMPONENT:
    return WEIR_FIELD_COMPONENT;
  case COLUMN_TIME_US:
    return WEIR_FIELD_TIME_US;
  default:
    return WEIR_FIELD_EVENT;
  }
}

/* Finds the arguments. Returns: false when one is there that is not known yet. */
static bool
find_arguments (sqlite3_index_info *info, int ret_indexes[2])
{
  ret_indexes[0] = ret_indexes[1] = -1;
  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];

    if (constraint->iColumn < COLUMN_FLOWFILE || constraint->op != SQLITE_INDEX_CONSTRAINT_EQ)
      continue;
    if (!constraint->usable)
      return false;
    ret_indexes[constraint->iColumn - COLUMN_FLOWFILE] = i;
  }
  return true;
}

static int
plan_with_argument (sqlite3_index_info *info, const int *indexes, unsigned columns)
{
  int number = HAS_FLOWFILE | (int)(columns << COLUMNS);

  for (int i = 0; i < 2; i++) {
    if (indexes[i] < 0)
      continue;
    info->aConstraintUsage[indexes[i]].argvIndex = i + 1;
    info->aConstraintUsage[indexes[i]].omit = 1;
    number |= i == 1 ? HAS_DIRECTION : 0;
  }
  info->idxNum = number;
  info->estimatedRows = 100;
  info->estimatedCost = 10000;
  return SQLITE_OK;
}

static int
on_best_index (sqlite3_vtab *base, sqlite3_index_info *info)
{
  WeirTable *table = (WeirTable *)base;
  int order = weir_plan_get_order (info, roles, false);
  unsigned columns = PARENT_COLUMNS;
  WeirPlan plan;
  int indexes[2], code;

  for (int i = 0; i < N_COLUMNS; i++)
    if ((info->colUsed >> i & 1) != 0)
      columns |= weir_field_get_columns (get_field (i));
  if (!find_arguments (info, indexes))
    return SQLITE_CONSTRAINT;
  if (indexes[0] >= 0)
    return plan_with_argument (info, indexes, columns);
  if (indexes[1] >= 0) {
    sqlite3_free (base->zErrMsg);
    base->zErrMsg = sqlite3_mprintf ("a direction goes with a FlowFile: lineage('UUID', 'up')");
    return SQLITE_ERROR;
  }
  if (order >= 0 && (order & WEIR_ORDER_TYPE) == 0)
    info->orderByConsumed = 1;
  else
    order = 0;
  weir_plan_init (&plan, table->history);
  weir_plan_add (&plan, info, roles);
  plan.is_one = false;
  code = weir_plan_finish (&plan, info, order | (int)(columns << COLUMNS));
  weir_plan_clear (&plan);
  return code;
}

/* --- cursors --- */

static int
on_open (sqlite3_vtab *base, sqlite3_vtab_cursor **ret_cursor)
{
  WeirTable *table = (WeirTable *)base;
  int code = weir_table_begin (table);
  Cursor *cursor;

  if (code != SQLITE_OK)
    return code;
  cursor = g_new0 (Cursor, 1);
  cursor->table = table;
  cursor->text = g_string_new (NULL);
  *ret_cursor = &cursor->base;
  return SQLITE_OK;
}

static void
reset (Cursor *cursor)
{
  g_clear_pointer (&cursor->cursor, weir_history_cursor_free);
  g_clear_pointer (&cursor->lineage, weir_lineage_free);
  g_clear_pointer (&cursor->arguments[0], g_free);
  g_clear_pointer (&cursor->arguments[1], g_free);
  weir_scan_clear (&cursor->scan);
  cursor->directions = 0;
  cursor->event = NULL;
}

static int
on_close (sqlite3_vtab_cursor *base)
{
  Cursor *cursor = (Cursor *)base;

  weir_table_tell_problems (cursor->table);
  reset (cursor);
  g_string_free (cursor->text, TRUE);
  g_free (cursor);
  return SQLITE_OK;
}

/* Returns: NULL at the end, or with @error. */
static const WeirHistoryEvent *
next_of_lineage (Cursor *cursor, GError **error)
{
  static const WeirLineageDirection directions[] = { WEIR_LINEAGE_UP, WEIR_LINEAGE_DOWN };
  g_autoptr (GError) reason = NULL;

  for (size_t i = 0;;) {
    const WeirHistoryEvent *event =
        cursor->lineage != NULL ? weir_lineage_next (cursor->lineage, &reason) : NULL;

    if (event != NULL)
      return event;
    g_clear_pointer (&cursor->lineage, weir_lineage_free);
    if (reason != NULL || cursor->directions == 0) {
      if (reason != NULL)
        g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
    while ((cursor->directions & directions[i]) == 0)
      i++;
    cursor->direction = directions[i];
    cursor->directions &= ~(unsigned)directions[i];
    cursor->lineage = weir_lineage_new (cursor->table->history, cursor->flowfile, cursor->direction,
                                        cursor->columns);
  }
}

static const WeirHistoryEvent *
next_event (Cursor *cursor, GError **error)
{
  if (cursor->cursor == NULL)
    return next_of_lineage (cursor, error);
  if (!weir_history_cursor_step (cursor->cursor, error))
    return NULL;
  return weir_history_cursor_get_event (cursor->cursor);
}

/* Of those who made a child together, upwards all count, downwards those that are in the lineage.
 */
static bool
is_shown (const Cursor *cursor)
{
  return cursor->lineage == NULL || cursor->direction == WEIR_LINEAGE_UP ||
         weir_lineage_find (cursor->lineage, cursor->event->event.parents[cursor->parent], NULL);
}

static int
step (Cursor *cursor)
{
  GError *error = NULL;

  cursor->parent++;
  for (;;) {
    for (; cursor->event != NULL && cursor->parent < cursor->event->event.n_parents;
         cursor->parent++)
      if (is_shown (cursor))
        return SQLITE_OK;
    cursor->parent = 0;
    cursor->event = next_event (cursor, &error);
    if (cursor->event == NULL)
      return error != NULL ? weir_table_fail (&cursor->table->base, error) : SQLITE_OK;
  }
}

static bool
parse_direction (const char *text, unsigned *ret_directions)
{
  if (text == NULL || strcmp (text, "both") == 0)
    *ret_directions = WEIR_LINEAGE_UP | WEIR_LINEAGE_DOWN;
  else if (strcmp (text, "up") == 0)
    *ret_directions = WEIR_LINEAGE_UP;
  else if (strcmp (text, "down") == 0)
    *ret_directions = WEIR_LINEAGE_DOWN;
  else
    return false;
  return true;
}

static int
start_lineage (Cursor *cursor, int number, sqlite3_value **argv)
{
  cursor->columns = (unsigned)number >> COLUMNS;
  cursor->arguments[0] = g_strdup ((const char *)sqlite3_value_text (argv[0]));
  if ((number & HAS_DIRECTION) != 0)
    cursor->arguments[1] = g_strdup ((const char *)sqlite3_value_text (argv[1]));
  if (!parse_direction (cursor->arguments[1], &cursor->directions))
    return weir_table_fail (&cursor->table->base,
                            g_error_new (WEIR_ERROR, WEIR_ERROR_INVALID,
                                         "the direction of a lineage is 'up', 'down' or 'both'"));
  if (cursor->arguments[0] != NULL)
    cursor->flowfile = weir_history_parse_uuid (cursor->table->history, cursor->arguments[0]);
  else
    cursor->flowfile = 0;
  if (cursor->flowfile == 0)
    cursor->directions = 0;
  return step (cursor);
}

static int
on_filter (sqlite3_vtab_cursor *base, int number, const char *terms, int argc, sqlite3_value **argv)
{
  Cursor *cursor = (Cursor *)base;
  WeirHistoryFilter *filter = &cursor->scan.filter;

  reset (cursor);
  if ((number & HAS_FLOWFILE) != 0)
    return start_lineage (cursor, number, argv);
  weir_scan_init (&cursor->scan, cursor->table->history, terms, argc, argv);
  if (cursor->scan.is_empty)
    return SQLITE_OK;
  filter->columns = (unsigned)number >> COLUMNS;
  filter->is_by_time = (number & WEIR_ORDER_TIME) != 0;
  filter->is_descending = (number & WEIR_ORDER_DESCENDING) != 0;
  cursor->cursor = weir_history_find (cursor->table->history, filter);
  return step (cursor);
}

static int
on_next (sqlite3_vtab_cursor *base)
{
  return step ((Cursor *)base);
}

static int
on_eof (sqlite3_vtab_cursor *base)
{
  return ((Cursor *)base)->event == NULL;
}

static int
on_rowid (sqlite3_vtab_cursor *base, sqlite3_int64 *ret_rowid)
{
  Cursor *cursor = (Cursor *)base;

  *ret_rowid = weir_table_make_rowid (cursor->event->number, cursor->parent);
  return SQLITE_OK;
}

static void
set_uuid (Cursor *cursor, uint64_t flowfile, sqlite3_context *context)
{
  char uuid[WEIR_UUID_LENGTH + 1];

  weir_history_format_uuid (cursor->table->history, flowfile, uuid);
  sqlite3_result_text (context, uuid, WEIR_UUID_LENGTH, SQLITE_TRANSIENT);
}

static int
on_column (sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
  Cursor *cursor = (Cursor *)base;
  const WeirEvent *event = &cursor->event->event;
  WeirValue value;

  switch (column) {
  case COLUMN_PARENT:
    set_uuid (cursor, event->parents[cursor->parent], context);
    break;
  case COLUMN_CHILD:
    set_uuid (cursor, event->flowfile, context);
    break;
  case COLUMN_FLOWFILE:
  case COLUMN_DIRECTION:
    sqlite3_result_text (context, cursor->arguments[column - COLUMN_FLOWFILE], -1,
                         SQLITE_TRANSIENT);
    break;
  default:
    weir_fields_get_plain (cursor->table->history, cursor->event, get_field (column), cursor->text,
                           &value);
    weir_value_to_sqlite (&value, context);
  }
  return SQLITE_OK;
}

const sqlite3_module weir_table_lineage = {
  .iVersion = 3,
  .xCreate = on_connect,
  .xConnect = on_connect,
  .xBestIndex = on_best_index,
  .xDisconnect = weir_table_disconnect,
  .xDestroy = weir_table_disconnect,
  .xOpen = on_open,
  .xClose = on_close,
  .xFilter = on_filter,
  .xNext = on_next,
  .xEof = on_eof,
  .xColumn = on_column,
  .xRowid = on_rowid,
};
