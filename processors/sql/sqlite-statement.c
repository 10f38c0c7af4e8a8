/* sqlite-statement.c: between the values of <weir/sql.h> and those of SQLite. */
#include "sqlite-statement.h"

#include <string.h>

typedef struct {
  WeirSqlStatement base;
  SqliteLink *link;
  sqlite3_stmt *stmt;
  int64_t n_changed;
} Statement;

static bool
is_blank (const char *sql)
{
  return sql[strspn (sql, " \t\r\n;")] == '\0';
}

WeirSqlStatement *
sqlite_statement_prepare (WeirSqlConnection *connection, const char *sql, GError **error)
{
  SqliteLink *link = (SqliteLink *)connection;
  Statement *statement;
  sqlite3_stmt *stmt = NULL;
  const char *rest = NULL;

  link->refused = NULL;
  if (sqlite3_prepare_v3 (link->db, sql, -1, 0, &stmt, &rest) != SQLITE_OK) {
    sqlite_link_fail (link, "understand the statement", error);
    return NULL;
  }
  if (stmt == NULL || !is_blank (rest)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         stmt == NULL ? "there is no statement; write one"
                                      : "there is more than one statement; write one at a time");
    sqlite3_finalize (stmt);
    return NULL;
  }
  statement = g_new0 (Statement, 1);
  statement->base.methods = connection->methods;
  statement->link = link;
  statement->stmt = stmt;
  return &statement->base;
}

void
sqlite_statement_finish (WeirSqlStatement *statement)
{
  Statement *self = (Statement *)statement;

  sqlite3_finalize (self->stmt);
  g_free (self);
}

bool
sqlite_statement_bind (WeirSqlStatement *statement, unsigned index, const WeirSqlValue *value,
                       GError **error)
{
  Statement *self = (Statement *)statement;
  sqlite3_stmt *stmt = self->stmt;
  int at = (int)index + 1;
  int code = SQLITE_MISUSE;

  /* A statement that has ended takes no values before it was reset. */
  sqlite3_reset (stmt);
  switch (value->type) {
  case WEIR_SQL_NULL:
    code = sqlite3_bind_null (stmt, at);
    break;
  case WEIR_SQL_INTEGER:
    code = sqlite3_bind_int64 (stmt, at, value->integer);
    break;
  case WEIR_SQL_NUMBER:
    code = sqlite3_bind_double (stmt, at, value->number);
    break;
  case WEIR_SQL_TEXT:
    code = sqlite3_bind_text64 (stmt, at, value->size > 0 ? value->data : "", value->size,
                                SQLITE_TRANSIENT, SQLITE_UTF8);
    break;
  case WEIR_SQL_BYTES:
    code = value->size > 0
               ? sqlite3_bind_blob64 (stmt, at, value->data, value->size, SQLITE_TRANSIENT)
               : sqlite3_bind_zeroblob (stmt, at, 0);
    break;
  }
  if (code == SQLITE_OK)
    return true;
  if (code == SQLITE_RANGE)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "there is no parameter %u: the statement has %d of them", index + 1,
                 sqlite3_bind_parameter_count (stmt));
  else
    sqlite_link_fail (self->link, "set a parameter", error);
  return false;
}

int
sqlite_statement_step (WeirSqlStatement *statement, GError **error)
{
  Statement *self = (Statement *)statement;
  int64_t before = sqlite3_total_changes64 (self->link->db);
  int code = sqlite3_step (self->stmt);

  self->n_changed += sqlite3_total_changes64 (self->link->db) - before;
  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;
  sqlite_link_fail (self->link, "run the statement", error);
  return -1;
}

void
sqlite_statement_reset (WeirSqlStatement *statement)
{
  Statement *self = (Statement *)statement;

  sqlite3_reset (self->stmt);
  self->n_changed = 0;
}

unsigned
sqlite_statement_get_n_columns (WeirSqlStatement *statement)
{
  return (unsigned)sqlite3_column_count (((Statement *)statement)->stmt);
}

const char *
sqlite_statement_get_column_name (WeirSqlStatement *statement, unsigned index)
{
  return sqlite3_column_name (((Statement *)statement)->stmt, (int)index);
}

const char *
sqlite_statement_get_column_type (WeirSqlStatement *statement, unsigned index)
{
  return sqlite3_column_decltype (((Statement *)statement)->stmt, (int)index);
}

void
sqlite_statement_get_value (WeirSqlStatement *statement, unsigned index, WeirSqlValue *ret_value)
{
  sqlite3_stmt *stmt = ((Statement *)statement)->stmt;
  int column = (int)index;

  *ret_value = (WeirSqlValue){ 0 };
  switch (sqlite3_column_type (stmt, column)) {
  case SQLITE_INTEGER:
    ret_value->type = WEIR_SQL_INTEGER;
    ret_value->integer = sqlite3_column_int64 (stmt, column);
    break;
  case SQLITE_FLOAT:
    ret_value->type = WEIR_SQL_NUMBER;
    ret_value->number = sqlite3_column_double (stmt, column);
    break;
  case SQLITE_TEXT:
    ret_value->type = WEIR_SQL_TEXT;
    ret_value->data = sqlite3_column_text (stmt, column);
    ret_value->size = (size_t)sqlite3_column_bytes (stmt, column);
    break;
  case SQLITE_BLOB:
    ret_value->type = WEIR_SQL_BYTES;
    ret_value->data = sqlite3_column_blob (stmt, column);
    ret_value->size = (size_t)sqlite3_column_bytes (stmt, column);
    break;
  }
}

int64_t
sqlite_statement_get_n_changed (WeirSqlStatement *statement)
{
  return ((Statement *)statement)->n_changed;
}

bool
sqlite_statement_execute (WeirSqlConnection *connection, const char *sql, GError **error)
{
  g_autoptr (WeirSqlStatement) statement = sqlite_statement_prepare (connection, sql, error);
  int found;

  if (statement == NULL)
    return false;
  while ((found = sqlite_statement_step (statement, error)) > 0)
    continue;
  return found == 0;
}
