/* table-attributes.c: the table attributes, a row for each attribute that an event sets or removes:
 * of a birth, all that the FlowFile has. */
#include "provenance/table-parts.h"

#include <string.h>

typedef enum {
  COLUMN_EVENT,
  COLUMN_TIME,
  COLUMN_TYPE,
  COLUMN_COMPONENT,
  COLUMN_FLOWFILE,
  COLUMN_NAME,
  COLUMN_VALUE,
  COLUMN_OLD_VALUE,
  COLUMN_TIME_US,
  N_COLUMNS
} Column;

static const char roles[] = "etycfnv-u";

G_STATIC_ASSERT (sizeof roles == N_COLUMNS + 1);

#define COLUMNS 16 /* bits of idxNum above: WeirColumn */

typedef struct {
  char *name;
  char *value; /* NULL: removed */
  size_t size;
  uint32_t index; /* of all that the event sets and removes: the same whatever is looked for */
} Attribute;

typedef struct {
  sqlite3_vtab_cursor base;
  WeirTable *table;
  WeirFields fields;
  WeirScan scan;
  WeirHistoryCursor *cursor;
  GArray *attributes; /* of the event */
  guint row;
  bool is_at_end;
} Cursor;

/* The field of an event that a column has. */
static WeirField
get_field (int column)
{
  switch (column) {
  case COLUMN_TIME:
    return WEIR_FIELD_TIME;
  case COLUMN_TYPE:
    return WEIR_FIELD_TYPE;
  case COLUMN_COMPONENT:
    return WEIR_FIELD_COMPONENT;
  case COLUMN_FLOWFILE:
    return WEIR_FIELD_FLOWFILE;
  case COLUMN_TIME_US:
    return WEIR_FIELD_TIME_US;
  default:
    return WEIR_FIELD_EVENT;
  }
}

static int
on_connect (sqlite3 *db, void *data, int argc, const char *const *argv, sqlite3_vtab **ret_table,
            char **ret_message)
{
  return weir_table_connect (db, data, argc, argv,
                             "CREATE TABLE x (event INTEGER, time TEXT, type TEXT, component TEXT, "
                             "flowfile TEXT, name TEXT, value TEXT, old_value TEXT, "
                             "time_us INTEGER)",
                             ret_table, ret_message);
}

static int
on_best_index (sqlite3_vtab *base, sqlite3_index_info *info)
{
  WeirTable *table = (WeirTable *)base;
  int order = weir_plan_get_order (info, roles, false);
  unsigned columns = WEIR_COLUMN_ATTRIBUTES;
  WeirPlan plan;
  int code;

  for (int i = 0; i < N_COLUMNS; i++)
    if ((info->colUsed >> i & 1) != 0)
      columns |= weir_field_get_columns (get_field (i));
  if ((info->colUsed >> COLUMN_OLD_VALUE & 1) != 0)
    columns |= WEIR_COLUMN_TYPE | WEIR_COLUMN_FLOWFILE;
  if (order >= 0 && (order & WEIR_ORDER_TYPE) == 0)
    info->orderByConsumed = 1;
  else
    order = 0;
  weir_plan_init (&plan, table->history);
  weir_plan_add (&plan, info, roles);
  plan.is_one = false;
  plan.rows *= 2;
  code = weir_plan_finish (&plan, info, order | (int)(columns << COLUMNS));
  weir_plan_clear (&plan);
  return code;
}

/* --- cursors --- */

static void
clear_attribute (void *data)
{
  Attribute *attribute = data;

  g_free (attribute->name);
  g_free (attribute->value);
}

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
  cursor->attributes = g_array_new (FALSE, FALSE, sizeof (Attribute));
  g_array_set_clear_func (cursor->attributes, clear_attribute);
  weir_fields_init (&cursor->fields, table->history);
  *ret_cursor = &cursor->base;
  return SQLITE_OK;
}

static void
reset (Cursor *cursor)
{
  g_clear_pointer (&cursor->cursor, weir_history_cursor_free);
  weir_scan_clear (&cursor->scan);
  g_array_set_size (cursor->attributes, 0);
  cursor->row = 0;
  cursor->is_at_end = false;
}

static int
on_close (sqlite3_vtab_cursor *base)
{
  Cursor *cursor = (Cursor *)base;

  weir_table_tell_problems (cursor->table);
  reset (cursor);
  g_array_unref (cursor->attributes);
  weir_fields_clear (&cursor->fields);
  g_free (cursor);
  return SQLITE_OK;
}

static void
add_attribute (Cursor *cursor, uint32_t index, WeirPartition *partition,
               const WeirEntryName *entry_name, const uint8_t *value, size_t size)
{
  const char *wanted = cursor->scan.name;
  size_t name_size;
  const char *name = weir_history_get_name (partition, entry_name, &name_size);
  Attribute attribute = { .size = size, .index = index };

  if (name == NULL ||
      (wanted != NULL && (name_size != strlen (wanted) || memcmp (name, wanted, name_size) != 0)))
    return;
  attribute.name = g_strndup (name, name_size);
  if (value != NULL)
    attribute.value = size > 0 ? g_memdup2 (value, size) : g_strdup ("");
  g_array_append_val (cursor->attributes, attribute);
}

/* What is kept is a copy: what was before may be looked up in the same block. */
static void
list_attributes (Cursor *cursor)
{
  const WeirHistoryEvent *event = weir_history_cursor_get_event (cursor->cursor);
  WeirOpNames set = event->event.set, removed = event->event.removed;
  const uint8_t *value;
  WeirEntryName name;
  uint32_t n = 0;
  size_t size;

  g_array_set_size (cursor->attributes, 0);
  cursor->row = 0;
  if (!event->event.has_attributes)
    return;
  while (weir_op_next_set (&set, &name, &value, &size))
    add_attribute (cursor, n++, event->partition, &name, value, size);
  while (weir_op_next_removed (&removed, &name))
    add_attribute (cursor, n++, event->partition, &name, NULL, 0);
}

static int
step (Cursor *cursor)
{
  GError *error = NULL;

  cursor->row++;
  while (cursor->row >= cursor->attributes->len) {
    if (!weir_history_cursor_step (cursor->cursor, &error)) {
      cursor->is_at_end = true;
      return error != NULL ? weir_table_fail (&cursor->table->base, error) : SQLITE_OK;
    }
    list_attributes (cursor);
    weir_fields_set (&cursor->fields, cursor->cursor);
  }
  return SQLITE_OK;
}

static int
on_filter (sqlite3_vtab_cursor *base, int number, const char *terms, int argc, sqlite3_value **argv)
{
  Cursor *cursor = (Cursor *)base;
  WeirHistoryFilter *filter = &cursor->scan.filter;

  reset (cursor);
  weir_scan_init (&cursor->scan, cursor->table->history, terms, argc, argv);
  cursor->is_at_end = cursor->scan.is_empty;
  if (cursor->is_at_end)
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
  return ((Cursor *)base)->is_at_end;
}

static int
on_rowid (sqlite3_vtab_cursor *base, sqlite3_int64 *ret_rowid)
{
  Cursor *cursor = (Cursor *)base;
  const Attribute *attribute = &g_array_index (cursor->attributes, Attribute, cursor->row);

  *ret_rowid =
      weir_table_make_rowid (weir_history_cursor_get_number (cursor->cursor), attribute->index);
  return SQLITE_OK;
}

static int
set_old_value (Cursor *cursor, const Attribute *attribute, sqlite3_context *context)
{
  const WeirHistoryEvent *event = weir_history_cursor_get_event (cursor->cursor);
  GError *error = NULL;
  const WeirPast *past;

  if (event->event.is_birth)
    return SQLITE_OK;
  past = weir_fields_get_past (&cursor->fields, &error);
  if (past == NULL)
    return weir_table_fail (&cursor->table->base, error);
  sqlite3_result_text (context, g_hash_table_lookup (past->attributes, attribute->name), -1,
                       SQLITE_TRANSIENT);
  return SQLITE_OK;
}

static int
on_column (sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
  Cursor *cursor = (Cursor *)base;
  const Attribute *attribute = &g_array_index (cursor->attributes, Attribute, cursor->row);
  GError *error = NULL;
  WeirValue value;

  if (column == COLUMN_NAME) {
    sqlite3_result_text (context, attribute->name, -1, SQLITE_TRANSIENT);
    return SQLITE_OK;
  }
  if (column == COLUMN_VALUE) {
    if (attribute->value != NULL)
      sqlite3_result_text64 (context, attribute->value, attribute->size, SQLITE_TRANSIENT,
                             SQLITE_UTF8);
    return SQLITE_OK;
  }
  if (column == COLUMN_OLD_VALUE)
    return set_old_value (cursor, attribute, context);
  if (!weir_fields_get (&cursor->fields, get_field (column), &value, &error))
    return weir_table_fail (&cursor->table->base, error);
  weir_value_to_sqlite (&value, context);
  return SQLITE_OK;
}

const sqlite3_module weir_table_attributes = {
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
