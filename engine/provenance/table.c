/* table.c: connecting the virtual tables to a history, and their values to SQLite. */
#include "provenance/table-parts.h"

#include <string.h>

#include <weir/error.h>

/* --- connecting --- */

/* The argument as it was written, without its quotes. Returns: (transfer full). */
static char *
unquote (const char *argument)
{
  g_autofree char *text = g_strstrip (g_strdup (argument));
  size_t size = strlen (text);
  char quote = text[0];
  GString *plain;

  if (size < 2 || (quote != '\'' && quote != '"') || text[size - 1] != quote)
    return g_steal_pointer (&text);
  plain = g_string_new (NULL);
  for (const char *at = text + 1; at < text + size - 1; at++) {
    g_string_append_c (plain, *at);
    if (*at == quote && at[1] == quote)
      at++;
  }
  return g_string_free (plain, FALSE);
}

/* Whether the statement of this connection is interrupted is only told to statements. */
static bool
on_progress (void *user, uint64_t event)
{
  WeirTable *table = user;
  int code;

  if (table->heartbeat == NULL &&
      sqlite3_prepare_v2 (table->db, "SELECT 1", -1, &table->heartbeat, NULL) != SQLITE_OK)
    return true;
  code = sqlite3_step (table->heartbeat);
  sqlite3_reset (table->heartbeat);
  return code != SQLITE_INTERRUPT;
}

static WeirHistory *
open_history (int argc, const char *const *argv, GError **error)
{
  g_autofree char *path = NULL;

  if (argc != 4) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "name the data directory: CREATE VIRTUAL TABLE %s USING %s('/path')", argv[2],
                 argv[0]);
    return NULL;
  }
  path = unquote (argv[3]);
  return weir_history_open (path, error);
}

int
weir_table_connect (sqlite3 *db, void *data, int argc, const char *const *argv, const char *columns,
                    sqlite3_vtab **ret_table, char **ret_message)
{
  g_autoptr (GError) error = NULL;
  WeirHistory *history = data;
  WeirTable *table;
  int code;

  if (history == NULL)
    history = open_history (argc, argv, &error);
  if (history == NULL) {
    *ret_message = sqlite3_mprintf ("%s", error->message);
    return SQLITE_ERROR;
  }
  code = sqlite3_declare_vtab (db, columns);
  if (code != SQLITE_OK) {
    if (data == NULL)
      weir_history_free (history);
    return code;
  }
  table = g_new0 (WeirTable, 1);
  table->db = db;
  table->history = history;
  table->is_owner = data == NULL;
  if (table->is_owner)
    weir_history_set_progress (history, on_progress, table);
  *ret_table = &table->base;
  return SQLITE_OK;
}

int
weir_table_disconnect (sqlite3_vtab *base)
{
  WeirTable *table = (WeirTable *)base;

  sqlite3_finalize (table->heartbeat);
  if (table->is_owner)
    weir_history_free (table->history);
  g_free (table);
  return SQLITE_OK;
}

int
weir_table_begin (WeirTable *table)
{
  GError *error = NULL;

  return weir_history_refresh (table->history, &error) ? SQLITE_OK
                                                       : weir_table_fail (&table->base, error);
}

int
weir_table_fail (sqlite3_vtab *base, GError *error)
{
  sqlite3_free (base->zErrMsg);
  base->zErrMsg = sqlite3_mprintf ("%s", error->message);
  g_error_free (error);
  return SQLITE_ERROR;
}

void
weir_table_tell_problems (WeirTable *table)
{
  const GPtrArray *problems = weir_history_get_problems (table->history);

  for (; table->is_owner && table->n_told < problems->len; table->n_told++)
    sqlite3_log (SQLITE_WARNING, "%s", (const char *)problems->pdata[table->n_told]);
}

/* --- values --- */

void
weir_value_to_sqlite (const WeirValue *value, sqlite3_context *context)
{
  switch (value->kind) {
  case WEIR_VALUE_INTEGER:
    sqlite3_result_int64 (context, value->integer);
    break;
  case WEIR_VALUE_TEXT:
  case WEIR_VALUE_JSON:
    sqlite3_result_text64 (context, value->text, value->size, SQLITE_TRANSIENT, SQLITE_UTF8);
    break;
  default:
    sqlite3_result_null (context);
  }
}

/* --- modules --- */

typedef struct {
  const char *name;
  const sqlite3_module *module;
} Module;

static const Module modules[] = {
  { "weir_events", &weir_table_events },
  { "weir_attributes", &weir_table_attributes },
  { "weir_lineage", &weir_table_lineage },
};

int
weir_tables_register (sqlite3 *db, WeirHistory *history)
{
  int code = SQLITE_OK;

  for (size_t i = 0; i < G_N_ELEMENTS (modules) && code == SQLITE_OK; i++) {
    const char *name = modules[i].name + (history != NULL ? strlen ("weir_") : 0);

    code = sqlite3_create_module_v2 (db, name, modules[i].module, history, NULL);
  }
  return code;
}
