/* table-events.c: the table events, a row for each. When nothing but types and components is asked
 * for, rows that look alike are counted first and then handed out one by one, because SQLite can do
 * no less than look at each. */
#include "provenance/table-parts.h"

#include <string.h>

#include "provenance/tally.h"

/* In the order of WeirField. */
static const char roles[] = "etyc--f-----u---------";

G_STATIC_ASSERT (sizeof roles == WEIR_N_FIELDS + 1);

#define MODE_TALLY (1 << 8) /* in idxNum, above WeirOrder */
#define MODE_ONCE  (1 << 9) /* and each row once */
#define COLUMNS    16       /* bits: WeirColumn */

#define TALLIED                                                             \
  (UINT64_C (1) << WEIR_FIELD_TYPE | UINT64_C (1) << WEIR_FIELD_COMPONENT | \
   UINT64_C (1) << WEIR_FIELD_COMPONENT_TYPE)

typedef struct {
  sqlite3_vtab_cursor base;
  WeirTable *table;
  WeirFields fields;
  WeirScan scan;
  WeirHistoryCursor *cursor;
  int order;
  uint8_t types[WEIR_EVENT_N]; /* that are still to come, when it goes type by type */
  unsigned n_types;

  GPtrArray *tally; /* NULL: events are looked at */
  guint tally_row;
  uint64_t tally_left; /* of that row */
  bool is_at_end;
} Cursor;

static int
on_connect (sqlite3 *db, void *data, int argc, const char *const *argv, sqlite3_vtab **ret_table,
            char **ret_message)
{
  g_autoptr (GString) columns = g_string_new ("CREATE TABLE x (");

  for (WeirField field = 0; field < WEIR_N_FIELDS; field++)
    g_string_append_printf (columns, "%s %s, ", weir_field_get_name (field),
                            weir_field_get_type (field));
  g_string_append (columns, "PRIMARY KEY (event)) WITHOUT ROWID");
  return weir_table_connect (db, data, argc, argv, columns->str, ret_table, ret_message);
}

/* --- planning --- */

static bool
has_limit (const sqlite3_index_info *info)
{
  for (int i = 0; i < info->nConstraint; i++)
    if (info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_LIMIT)
      return true;
  return false;
}

/* Only without conditions: one that is a part of an OR needs the events themselves. With a limit
 * the first rows should come at once. */
static bool
can_tally (const sqlite3_index_info *info)
{
  for (int i = 0; i < info->nConstraint; i++)
    if (info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_LIMIT &&
        info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_OFFSET)
      return false;
  return (info->colUsed & ~TALLIED) == 0 && info->nOrderBy <= 1 &&
         (info->nOrderBy > 0 || !has_limit (info));
}

static unsigned
get_columns (uint64_t used)
{
  unsigned columns = 0;

  for (WeirField field = 0; field < WEIR_N_FIELDS; field++)
    if ((used >> field & 1) != 0)
      columns |= weir_field_get_columns (field);
  return columns;
}

static int
on_best_index (sqlite3_vtab *base, sqlite3_index_info *info)
{
  WeirTable *table = (WeirTable *)base;
  int order = weir_plan_get_order (info, roles, true);
  int number = (int)(get_columns (info->colUsed) << COLUMNS);
  WeirPlan plan;
  int code;

  weir_plan_init (&plan, table->history);
  weir_plan_add (&plan, info, roles);
  if (can_tally (info)) {
    number |= MODE_TALLY | (sqlite3_vtab_distinct (info) == 2 ? MODE_ONCE : 0);
    if (info->nOrderBy > 0)
      number |= info->aOrderBy[0].iColumn << 1 | info->aOrderBy[0].desc;
    info->orderByConsumed = 1;
  } else if (order >= 0) {
    number |= order;
    info->orderByConsumed = 1;
  }
  code = weir_plan_finish (&plan, info, number);
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
  weir_fields_init (&cursor->fields, table->history);
  *ret_cursor = &cursor->base;
  return SQLITE_OK;
}

static void
reset (Cursor *cursor)
{
  g_clear_pointer (&cursor->cursor, weir_history_cursor_free);
  g_clear_pointer (&cursor->tally, g_ptr_array_unref);
  weir_scan_clear (&cursor->scan);
  cursor->n_types = 0;
  cursor->is_at_end = false;
}

static int
on_close (sqlite3_vtab_cursor *base)
{
  Cursor *cursor = (Cursor *)base;

  weir_table_tell_problems (cursor->table);
  reset (cursor);
  weir_fields_clear (&cursor->fields);
  g_free (cursor);
  return SQLITE_OK;
}

/* --- counting --- */

static int
compare_texts (const char *a, const char *b)
{
  return g_strcmp0 (a, b); /* NULL first, as in SQL */
}

typedef struct {
  WeirField field;
  bool is_descending;
} TallyOrder;

static int
compare_tally_rows (const void *a, const void *b, void *data)
{
  const WeirTallyRow *one = *(WeirTallyRow *const *)a, *other = *(WeirTallyRow *const *)b;
  const TallyOrder *order = data;
  int result;

  if (order->field == WEIR_FIELD_TYPE)
    result = compare_texts (weir_event_type_get_name (one->type),
                            weir_event_type_get_name (other->type));
  else if (order->field == WEIR_FIELD_COMPONENT)
    result = compare_texts (one->component, other->component);
  else
    result = compare_texts (one->component_type, other->component_type);
  return order->is_descending ? -result : result;
}

static void
next_tally_row (Cursor *cursor, bool is_once)
{
  const WeirTallyRow *row;

  cursor->is_at_end = cursor->tally_row >= cursor->tally->len;
  if (cursor->is_at_end)
    return;
  row = cursor->tally->pdata[cursor->tally_row++];
  cursor->tally_left = is_once ? 1 : row->n;
}

static int
start_tally (Cursor *cursor, int number)
{
  TallyOrder order = { .field = (WeirField)(number >> 1 & 0x7f), .is_descending = number & 1 };
  GError *error = NULL;

  cursor->tally = weir_tally_new (cursor->table->history, (unsigned)number >> COLUMNS, &error);
  if (cursor->tally == NULL)
    return weir_table_fail (&cursor->table->base, error);
  if (order.field != WEIR_FIELD_EVENT)
    g_ptr_array_sort_with_data (cursor->tally, compare_tally_rows, &order);
  cursor->order = number;
  cursor->tally_row = 0;
  next_tally_row (cursor, (number & MODE_ONCE) != 0);
  return SQLITE_OK;
}

/* --- scanning --- */

static int
compare_types (const void *a, const void *b, void *data)
{
  int result = strcmp (weir_event_type_get_name (*(const uint8_t *)a),
                       weir_event_type_get_name (*(const uint8_t *)b));

  return (*(int *)data & WEIR_ORDER_TYPE_DESCENDING) != 0 ? result : -result;
}

/* The last one is the next. */
static void
list_types (Cursor *cursor)
{
  uint32_t types = cursor->scan.filter.types;

  for (unsigned type = WEIR_EVENT_CREATE; type < WEIR_EVENT_N; type++)
    if (types == 0 || (types >> type & 1) != 0)
      cursor->types[cursor->n_types++] = (uint8_t)type;
  g_qsort_with_data (cursor->types, (int)cursor->n_types, 1, compare_types, &cursor->order);
}

/* Begins with the next type. Returns: false when there is none. */
static bool
start_type (Cursor *cursor)
{
  if (cursor->n_types == 0)
    return false;
  cursor->scan.filter.types = UINT32_C (1) << cursor->types[--cursor->n_types];
  weir_history_cursor_free (cursor->cursor);
  cursor->cursor = weir_history_find (cursor->table->history, &cursor->scan.filter);
  return true;
}

static int
step (Cursor *cursor)
{
  GError *error = NULL;

  while (!weir_history_cursor_step (cursor->cursor, &error)) {
    if (error != NULL)
      return weir_table_fail (&cursor->table->base, error);
    if (!start_type (cursor)) {
      cursor->is_at_end = true;
      break;
    }
  }
  weir_fields_set (&cursor->fields, cursor->cursor);
  return SQLITE_OK;
}

static int
on_filter (sqlite3_vtab_cursor *base, int number, const char *terms, int argc, sqlite3_value **argv)
{
  Cursor *cursor = (Cursor *)base;
  WeirHistoryFilter *filter = &cursor->scan.filter;

  reset (cursor);
  if ((number & MODE_TALLY) != 0)
    return start_tally (cursor, number);
  weir_scan_init (&cursor->scan, cursor->table->history, terms, argc, argv);
  cursor->is_at_end = cursor->scan.is_empty;
  if (cursor->is_at_end)
    return SQLITE_OK;
  cursor->order = number;
  filter->columns = (unsigned)number >> COLUMNS;
  filter->is_by_time = (number & WEIR_ORDER_TIME) != 0;
  filter->is_descending = (number & WEIR_ORDER_DESCENDING) != 0;
  if ((number & WEIR_ORDER_TYPE) != 0) {
    list_types (cursor);
    start_type (cursor);
  } else {
    cursor->cursor = weir_history_find (cursor->table->history, filter);
  }
  return step (cursor);
}

static int
on_next (sqlite3_vtab_cursor *base)
{
  Cursor *cursor = (Cursor *)base;

  if (cursor->tally == NULL)
    return step (cursor);
  if (--cursor->tally_left == 0)
    next_tally_row (cursor, (cursor->order & MODE_ONCE) != 0);
  return SQLITE_OK;
}

static int
on_eof (sqlite3_vtab_cursor *base)
{
  return ((Cursor *)base)->is_at_end;
}

static void
get_tallied (const Cursor *cursor, WeirField field, sqlite3_context *context)
{
  const WeirTallyRow *row = cursor->tally->pdata[cursor->tally_row - 1];

  if (field == WEIR_FIELD_TYPE)
    sqlite3_result_text (context, weir_event_type_get_name (row->type), -1, SQLITE_STATIC);
  else if (field == WEIR_FIELD_COMPONENT)
    sqlite3_result_text (context, row->component, -1, SQLITE_TRANSIENT);
  else if (field == WEIR_FIELD_COMPONENT_TYPE)
    sqlite3_result_text (context, row->component_type, -1, SQLITE_TRANSIENT);
}

static int
on_column (sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
  Cursor *cursor = (Cursor *)base;
  const WeirHistoryEvent *event;
  GError *error = NULL;
  WeirValue value;

  if (cursor->tally != NULL) {
    get_tallied (cursor, (WeirField)column, context);
    return SQLITE_OK;
  }
  if (column == WEIR_FIELD_EVENT) {
    sqlite3_result_int64 (context, (sqlite3_int64)weir_history_cursor_get_number (cursor->cursor));
    return SQLITE_OK;
  }
  event = weir_history_cursor_get_event (cursor->cursor);
  if (column == WEIR_FIELD_TYPE) {
    sqlite3_result_text (context, weir_event_type_get_name (event->event.type), -1, SQLITE_STATIC);
    return SQLITE_OK;
  }
  if (!weir_fields_get (&cursor->fields, (WeirField)column, &value, &error))
    return weir_table_fail (&cursor->table->base, error);
  weir_value_to_sqlite (&value, context);
  return SQLITE_OK;
}

const sqlite3_module weir_table_events = {
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
};
