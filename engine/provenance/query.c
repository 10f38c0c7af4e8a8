/* query.c: a connection to nothing, with the tables of a history, behind an authorizer that lets
 * through what is known to be harmless. It may take long, but not much memory: what sorts or groups
 * goes to a temporary file. */
#include "provenance/query.h"

#include <string.h>

#include <weir/error.h>

#include "base/limits.h"
#include "base/suggest.h"
#include "provenance/table.h"

/* What is worth more than a query is never this large. */
static const struct {
  int limit;
  int value;
} limits[] = {
  { SQLITE_LIMIT_LENGTH, WEIR_LIMIT_QUERY_TEXT },
  { SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024 },
  { SQLITE_LIMIT_COLUMN, 200 },
  { SQLITE_LIMIT_EXPR_DEPTH, 200 },
  { SQLITE_LIMIT_COMPOUND_SELECT, 50 },
  { SQLITE_LIMIT_VDBE_OP, 100000 },
  { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
  { SQLITE_LIMIT_ATTACHED, 0 },
  { SQLITE_LIMIT_TRIGGER_DEPTH, 0 },
  { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

struct WeirQuery {
  sqlite3 *db;
  sqlite3_stmt *statement;
  const char *refused; /* what the authorizer did not let through; NULL: nothing */
};

/* --- what may be done --- */

static bool
is_any (const char *name, const char *const *names)
{
  for (; *names != NULL; names++)
    if (name != NULL && g_ascii_strcasecmp (name, *names) == 0)
      return true;
  return false;
}

/* These look into the library or the machine. */
static const char *const bad_functions[] = { "load_extension", "fts3_tokenizer", "readfile",
                                             "writefile",      "edit",           NULL };

/* These only tell which columns there are. */
static const char *const good_pragmas[] = { "table_info", "table_xinfo", "table_list", NULL };

static int
on_authorize (void *data, int action, const char *one, const char *other, const char *database,
              const char *trigger)
{
  WeirQuery *query = data;

  switch (action) {
  case SQLITE_SELECT:
  case SQLITE_READ:
  case SQLITE_RECURSIVE:
    return SQLITE_OK;
  case SQLITE_FUNCTION:
    if (!is_any (other, bad_functions))
      return SQLITE_OK;
    query->refused = "this function";
    return SQLITE_DENY;
  case SQLITE_PRAGMA:
    if (is_any (one, good_pragmas))
      return SQLITE_OK;
    query->refused = "this PRAGMA";
    return SQLITE_DENY;
  case SQLITE_ATTACH:
    query->refused = "ATTACH";
    return SQLITE_DENY;
  default:
    query->refused = "a statement that changes something";
    return SQLITE_DENY;
  }
}

/* SQLite's sentence, and what was probably meant when a name in it is wrong. */
static void
set_mistake (const char *message, GError **error)
{
  static const char *const others[] = { "name",      "value",  "old_value",  "parent", "child",
                                        "direction", "events", "attributes", "lineage" };
  const char *names[WEIR_N_FIELDS + G_N_ELEMENTS (others)];
  const char *wrong = strrchr (message, ' '), *nearest = NULL;
  size_t n = 0;

  for (WeirField field = 0; field < WEIR_N_FIELDS; field++)
    names[n++] = weir_field_get_name (field);
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    names[n++] = others[i];
  if (wrong != NULL && g_str_has_prefix (message, "no such "))
    nearest = weir_suggest (strrchr (wrong, '.') != NULL ? strrchr (wrong, '.') + 1 : wrong + 1,
                            names, n);
  if (nearest != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s, did you mean '%s'?", message, nearest);
  else if (g_str_has_prefix (message, "no such "))
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s; the tables are events, attributes and lineage, and SELECT name FROM "
                 "pragma_table_info('events') tells the columns of one",
                 message);
  else
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, message);
}

static bool
fail (WeirQuery *query, GError **error)
{
  const char *message = sqlite3_errmsg (query->db);
  int code = sqlite3_errcode (query->db) & 0xff;

  if (query->refused != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "%s is refused: a query only reads, from events, attributes and lineage",
                 query->refused);
  else if (code == SQLITE_NOMEM || code == SQLITE_TOOBIG)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "the query needs too much memory (%s); ask for fewer or smaller values at a time",
                 message);
  else if (code == SQLITE_FULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO,
                 "there is no space to sort in; free some in %s, or name another directory in "
                 "SQLITE_TMPDIR",
                 g_get_tmp_dir ());
  else
    set_mistake (message, error);
  return false;
}

/* --- setting up --- */

/* A table comes to be when it is asked for first, by steps that an authorizer would refuse. */
static const char setup[] = "PRAGMA temp_store = FILE;"
                            "SELECT event FROM events WHERE 0;"
                            "SELECT event FROM attributes WHERE 0;"
                            "SELECT event FROM lineage WHERE 0;"
                            "SELECT name FROM pragma_table_info ('events') WHERE 0;"
                            "SELECT name FROM pragma_table_xinfo ('events') WHERE 0;"
                            "SELECT name FROM pragma_table_list WHERE 0;"
                            "SELECT 1 FROM json_each ('[]');"
                            "SELECT 1 FROM json_tree ('[]');";

static bool
configure (WeirQuery *query, WeirHistory *history)
{
  /* Once sorting has files, a query has no reason to need much. The limits are those of the
   * process. */
  sqlite3_soft_heap_limit64 (WEIR_LIMIT_QUERY_MEMORY / 2);
  sqlite3_hard_heap_limit64 (WEIR_LIMIT_QUERY_MEMORY);
  for (size_t i = 0; i < G_N_ELEMENTS (limits); i++)
    sqlite3_limit (query->db, limits[i].limit, limits[i].value);
  sqlite3_db_config (query->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (query->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (query->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_db_config (query->db, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0, NULL);
  if (weir_tables_register (query->db, history) != SQLITE_OK ||
      sqlite3_exec (query->db, setup, NULL, NULL, NULL) != SQLITE_OK)
    return false;
  return sqlite3_set_authorizer (query->db, on_authorize, query) == SQLITE_OK;
}

/* Whether there is nothing but remarks in @sql. */
static bool
is_empty (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  const char *rest = sql;
  bool fails;

  do
    fails = sqlite3_prepare_v2 (db, rest, -1, &statement, &rest) != SQLITE_OK;
  while (!fails && statement == NULL && *rest != '\0');
  sqlite3_finalize (statement);
  return !fails && statement == NULL;
}

static bool
prepare (WeirQuery *query, const char *sql, GError **error)
{
  const char *rest;

  if (sqlite3_prepare_v2 (query->db, sql, -1, &query->statement, &rest) != SQLITE_OK)
    return fail (query, error);
  if (query->statement == NULL)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "there is no statement; write SELECT ... FROM events");
  else if (!is_empty (query->db, rest))
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "one statement at a time: there is more behind it");
  else if (sqlite3_column_count (query->statement) == 0 ||
           sqlite3_stmt_readonly (query->statement) == 0)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                         "a statement that gives no rows is refused: a query only reads");
  else
    return true;
  return false;
}

WeirQuery *
weir_query_new (WeirHistory *history, const char *sql, GError **error)
{
  g_autoptr (WeirQuery) query = g_new0 (WeirQuery, 1);

  if (sqlite3_open_v2 (":memory:", &query->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
          SQLITE_OK ||
      !configure (query, history)) {
    fail (query, error);
    return NULL;
  }
  return prepare (query, sql, error) ? g_steal_pointer (&query) : NULL;
}

void
weir_query_free (WeirQuery *query)
{
  if (query == NULL)
    return;
  sqlite3_finalize (query->statement);
  sqlite3_close (query->db);
  g_free (query);
}

/* --- rows --- */

int
weir_query_get_n_columns (const WeirQuery *query)
{
  return sqlite3_column_count (query->statement);
}

const char *
weir_query_get_name (const WeirQuery *query, int column)
{
  const char *name = sqlite3_column_name (query->statement, column);

  return name != NULL ? name : "";
}

bool
weir_query_next (WeirQuery *query, GError **error)
{
  int code = sqlite3_step (query->statement);

  if (code == SQLITE_ROW)
    return true;
  return code == SQLITE_DONE ? false : fail (query, error);
}

void
weir_query_get (WeirQuery *query, int column, WeirValue *ret_value)
{
  *ret_value = (WeirValue){ 0 };
  switch (sqlite3_column_type (query->statement, column)) {
  case SQLITE_NULL:
    break;
  case SQLITE_INTEGER:
    ret_value->kind = WEIR_VALUE_INTEGER;
    ret_value->integer = sqlite3_column_int64 (query->statement, column);
    break;
  case SQLITE_FLOAT:
    ret_value->kind = WEIR_VALUE_REAL;
    ret_value->real = sqlite3_column_double (query->statement, column);
    break;
  default:
    ret_value->kind = WEIR_VALUE_TEXT;
    ret_value->text = (const char *)sqlite3_column_text (query->statement, column);
    ret_value->size = (size_t)sqlite3_column_bytes (query->statement, column);
    if (ret_value->text == NULL)
      ret_value->size = 0;
  }
}
