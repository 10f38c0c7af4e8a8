/* postgres-statement.c: between the values of <weir/sql.h> and those of PostgreSQL. Parameters have
 * the types that the server finds for them; rows come one at a time, however many there are. */
#include "postgres-statement.h"
#include "postgres-text.h"
#include "postgres-type.h"

#include <string.h>

/* PostgreSQL has no larger value. */
#define VALUE_MAX ((size_t)1024 * 1024 * 1024)

typedef struct {
  char *bytes; /* NULL: null */
  int size;
  bool is_binary;
} Parameter;

typedef struct {
  char *type;
  WeirSqlType kind;
} Column;

typedef struct {
  WeirSqlStatement base;
  PostgresLink *link;
  char name[32];
  PGresult *description;
  Parameter *parameters;
  unsigned n_parameters;
  Column *columns;
  unsigned n_columns;
  bool is_query;      /* it changes nothing */
  bool is_done;       /* all rows were read since it was run */
  PGresult *row;      /* NULL: there is none */
  GPtrArray *decoded; /* bytes of the row */
  int64_t n_changed;
} Statement;

static bool
is_free (PostgresLink *link, GError **error)
{
  if (link->running == NULL)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                       "another statement of this connection still has rows; read all of them, or "
                       "reset or finish it, before the next is run");
  return false;
}

/* --- preparing --- */

static void
statement_free (Statement *self)
{
  for (unsigned i = 0; i < self->n_parameters; i++)
    g_free (self->parameters[i].bytes);
  for (unsigned i = 0; i < self->n_columns; i++)
    g_free (self->columns[i].type);
  g_free (self->parameters);
  g_free (self->columns);
  g_ptr_array_unref (self->decoded);
  PQclear (self->description);
  PQclear (self->row);
  g_free (self);
}

static bool
ask_for_name (PostgresLink *link, Oid type, int modifier, char **ret_name, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT pg_catalog.format_type(%u, %d)", type, modifier);
  PGresult *result =
      postgres_link_finish (link, PQsendQuery (link->conn, sql) != 0, "look up a type", error);

  if (result == NULL)
    return false;
  *ret_name = g_strdup (PQgetvalue (result, 0, 0));
  PQclear (result);
  return true;
}

static bool
describe (Statement *self, GError **error)
{
  PostgresLink *link = self->link;
  PGresult *result;

  self->description = postgres_link_finish (
      link, PQsendDescribePrepared (link->conn, self->name) != 0, "describe the statement", error);
  if (self->description == NULL)
    return false;
  result = self->description;
  self->n_parameters = (unsigned)PQnparams (result);
  self->parameters = g_new0 (Parameter, self->n_parameters);
  self->columns = g_new0 (Column, (gsize)PQnfields (result));
  for (; self->n_columns < (unsigned)PQnfields (result); self->n_columns++) {
    Column *column = &self->columns[self->n_columns];
    Oid type = PQftype (result, (int)self->n_columns);
    int modifier = PQfmod (result, (int)self->n_columns);

    column->kind = postgres_type_get_kind (type);
    column->type = postgres_type_get_name (type, modifier);
    if (column->type == NULL && !ask_for_name (link, type, modifier, &column->type, error))
      return false;
  }
  return true;
}

/* The server forgets it, now or when the connection is given back. */
static void
forget (Statement *self)
{
  PostgresLink *link = self->link;
  PGTransactionStatusType status = PQtransactionStatus (link->conn);
  g_autofree char *sql = g_strconcat ("DEALLOCATE ", self->name, NULL);
  PGresult *result = NULL;

  if (status == PQTRANS_IDLE || status == PQTRANS_INTRANS)
    result = postgres_link_finish (link, PQsendQuery (link->conn, sql) != 0, sql, NULL);
  link->has_remainder |= result == NULL;
  PQclear (result);
}

/* One that can be cancelled: what begins otherwise may change something. */
static bool
is_query (const char *text)
{
  static const char *const words[] = { "SELECT", "TABLE", "VALUES" };
  const char *start = text + strspn (text, " \t\r\n(");

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strncasecmp (start, words[i], strlen (words[i])) == 0)
      return true;
  return false;
}

WeirSqlStatement *
postgres_statement_prepare (WeirSqlConnection *connection, const char *sql, GError **error)
{
  PostgresLink *link = (PostgresLink *)connection;
  unsigned n_parameters;
  g_autofree char *text = postgres_text_translate (sql, &n_parameters, error);
  Statement *self;
  PGresult *result;

  if (text == NULL || !is_free (link, error))
    return NULL;
  self = g_new0 (Statement, 1);
  self->base.methods = connection->methods;
  self->link = link;
  self->decoded = g_ptr_array_new_with_free_func (PQfreemem);
  self->is_query = is_query (text);
  g_snprintf (self->name, sizeof self->name, "weir_%u", ++link->n_names);
  result = postgres_link_finish (link, PQsendPrepare (link->conn, self->name, text, 0, NULL) != 0,
                                 "understand the statement", error);
  PQclear (result);
  if (result != NULL && describe (self, error))
    return &self->base;
  if (result != NULL)
    forget (self);
  statement_free (self);
  return NULL;
}

void
postgres_statement_finish (WeirSqlStatement *statement)
{
  Statement *self = (Statement *)statement;

  postgres_statement_reset (statement);
  forget (self);
  statement_free (self);
}

/* --- parameters --- */

/* As short as it can be and still be the same number: a numeric column takes it as it is written.
 */
static char *
print (const WeirSqlValue *value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (value->type == WEIR_SQL_INTEGER)
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
  g_ascii_formatd (buffer, sizeof buffer, "%.15g", value->number);
  if (g_ascii_strtod (buffer, NULL) != value->number)
    g_ascii_dtostr (buffer, sizeof buffer, value->number);
  return g_strdup (buffer);
}

/* Where bytes are wanted they go as they are, and text is bytes as well; elsewhere all is text. */
static bool
set (Parameter *parameter, const WeirSqlValue *value, bool wants_bytes, GError **error)
{
  bool has_bytes = value->type == WEIR_SQL_TEXT || value->type == WEIR_SQL_BYTES;

  if (has_bytes && value->size >= VALUE_MAX) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                         "a value of 1 GiB or more is more than PostgreSQL takes");
    return false;
  }
  if (has_bytes && !wants_bytes && value->size > 0 && memchr (value->data, 0, value->size)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "it has a NUL in it, which text cannot have in PostgreSQL; a column of "
                         "type bytea takes it");
    return false;
  }
  g_clear_pointer (&parameter->bytes, g_free);
  parameter->is_binary = has_bytes && wants_bytes;
  if (value->type == WEIR_SQL_NULL)
    return true;
  if (!has_bytes) {
    parameter->bytes = print (value);
    return true;
  }
  parameter->bytes = g_malloc (value->size + 1);
  if (value->size > 0)
    memcpy (parameter->bytes, value->data, value->size);
  parameter->bytes[value->size] = '\0';
  parameter->size = (int)value->size;
  return true;
}

bool
postgres_statement_bind (WeirSqlStatement *statement, unsigned index, const WeirSqlValue *value,
                         GError **error)
{
  Statement *self = (Statement *)statement;

  if (index >= self->n_parameters) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "there is no parameter %u: the statement has %u of them", index + 1,
                 self->n_parameters);
    return false;
  }
  postgres_statement_reset (statement);
  if (set (&self->parameters[index], value,
           PQparamtype (self->description, (int)index) == POSTGRES_TYPE_BYTES, error))
    return true;
  g_prefix_error (error, "parameter %u: ", index + 1);
  return false;
}

/* --- running --- */

static bool
run (Statement *self, GError **error)
{
  PostgresLink *link = self->link;
  unsigned n = self->n_parameters;
  g_autofree const char **values = g_new (const char *, n + 1);
  g_autofree int *sizes = g_new (int, n + 1);
  g_autofree int *formats = g_new (int, n + 1);
  bool sent;

  if (!is_free (link, error))
    return false;
  for (unsigned i = 0; i < n; i++) {
    values[i] = self->parameters[i].bytes;
    sizes[i] = self->parameters[i].size;
    formats[i] = self->parameters[i].is_binary ? 1 : 0;
  }
  sent = PQsendQueryPrepared (link->conn, self->name, (int)n, values, sizes, formats, 0) != 0;
  if (sent)
    PQsetSingleRowMode (link->conn);
  link->running = self;
  return postgres_link_flush (link, sent, error);
}

static void
clear_row (Statement *self)
{
  g_ptr_array_set_size (self->decoded, 0);
  g_clear_pointer (&self->row, PQclear);
}

static void
count_changed (Statement *self, PGresult *result)
{
  const char *what = PQcmdStatus (result);

  if (g_str_has_prefix (what, "INSERT") || g_str_has_prefix (what, "UPDATE") ||
      g_str_has_prefix (what, "DELETE") || g_str_has_prefix (what, "MERGE"))
    self->n_changed += g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
}

static int
fail (Statement *self)
{
  postgres_link_give_up (self->link, false);
  self->is_done = true;
  return -1;
}

int
postgres_statement_step (WeirSqlStatement *statement, GError **error)
{
  Statement *self = (Statement *)statement;
  PostgresLink *link = self->link;
  PGresult *result;

  clear_row (self);
  if (self->is_done)
    return 0;
  if (link->running != self && !run (self, error))
    return link->running == self ? fail (self) : -1;
  for (;;) {
    if (!postgres_link_get_result (link, &result, error))
      return fail (self);
    if (result == NULL)
      break;
    if (PQresultStatus (result) == PGRES_SINGLE_TUPLE) {
      self->row = result;
      return 1;
    }
    if (PQresultStatus (result) == PGRES_FATAL_ERROR) {
      postgres_link_fail (result, "run the statement", error);
      PQclear (result);
      return fail (self);
    }
    count_changed (self, result);
    PQclear (result);
  }
  link->running = NULL;
  self->is_done = true;
  return 0;
}

void
postgres_statement_reset (WeirSqlStatement *statement)
{
  Statement *self = (Statement *)statement;

  clear_row (self);
  if (self->link->running == self)
    postgres_link_give_up (self->link, self->is_query);
  self->is_done = false;
  self->n_changed = 0;
}

/* PostgreSQL answers COMMIT with ROLLBACK when something has failed before, and calls that a
 * success. */
static bool
is_undone (const PGresult *result, const char *sql)
{
  const char *what = PQcmdStatus ((PGresult *)result);

  return g_str_equal (what, "ROLLBACK") && g_ascii_strncasecmp (sql, "ROLLBACK", 8) != 0 &&
         g_ascii_strncasecmp (sql, "ABORT", 5) != 0;
}

bool
postgres_statement_execute (WeirSqlConnection *connection, const char *sql, GError **error)
{
  PostgresLink *link = (PostgresLink *)connection;
  unsigned n_parameters;
  g_autofree char *text = postgres_text_translate (sql, &n_parameters, error);
  PGresult *result;
  bool worked;

  if (text == NULL || !is_free (link, error))
    return false;
  /* Not PQsendQuery, which runs several statements. */
  result = postgres_link_finish (
      link, PQsendQueryParams (link->conn, text, 0, NULL, NULL, NULL, NULL, 0) != 0,
      "run the statement", error);
  worked = result != NULL && !is_undone (result, text + strspn (text, " \t\r\n"));
  if (result != NULL && !worked)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                         "a statement of the transaction had failed, so all of it was rolled back");
  PQclear (result);
  return worked;
}

/* --- results --- */

unsigned
postgres_statement_get_n_columns (WeirSqlStatement *statement)
{
  return ((Statement *)statement)->n_columns;
}

const char *
postgres_statement_get_column_name (WeirSqlStatement *statement, unsigned index)
{
  return PQfname (((Statement *)statement)->description, (int)index);
}

const char *
postgres_statement_get_column_type (WeirSqlStatement *statement, unsigned index)
{
  Statement *self = (Statement *)statement;

  return index < self->n_columns ? self->columns[index].type : NULL;
}

static void
decode (Statement *self, const char *text, WeirSqlValue *ret_value)
{
  unsigned char *bytes = PQunescapeBytea ((const unsigned char *)text, &ret_value->size);

  if (bytes == NULL)
    g_error ("there is not enough memory for a value of %zu bytes", strlen (text));
  g_ptr_array_add (self->decoded, bytes);
  ret_value->data = bytes;
}

void
postgres_statement_get_value (WeirSqlStatement *statement, unsigned index, WeirSqlValue *ret_value)
{
  Statement *self = (Statement *)statement;
  int column = (int)index;
  const char *text;

  *ret_value = (WeirSqlValue){ 0 };
  if (self->row == NULL || index >= self->n_columns || PQgetisnull (self->row, 0, column) != 0)
    return;
  text = PQgetvalue (self->row, 0, column);
  ret_value->type = self->columns[index].kind;
  switch (ret_value->type) {
  case WEIR_SQL_NULL:
    break;
  case WEIR_SQL_INTEGER:
    ret_value->integer = g_ascii_isalpha (*text) ? *text == 't' : g_ascii_strtoll (text, NULL, 10);
    break;
  case WEIR_SQL_NUMBER:
    ret_value->number = g_ascii_strtod (text, NULL);
    break;
  case WEIR_SQL_TEXT:
    ret_value->data = text;
    ret_value->size = (size_t)PQgetlength (self->row, 0, column);
    break;
  case WEIR_SQL_BYTES:
    decode (self, text, ret_value);
    break;
  }
}

int64_t
postgres_statement_get_n_changed (WeirSqlStatement *statement)
{
  return ((Statement *)statement)->n_changed;
}
