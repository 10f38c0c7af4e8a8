/* sql.h: what a service with the interface "weir.sql" offers: connections to a database.
 *
 * A processor has one in a field `const WeirService *` with `.interface = WEIR_SQL_INTERFACE`, and
 * takes a connection from it for as long as it needs one, at most for one trigger. What people or
 * data say goes into a statement as a parameter ("?"), never into its text. A connection runs one
 * statement at a time: step to its end, reset or finish it before the next is prepared or run.
 *
 * Thread: any for weir_sql_acquire; a connection and its statements are one thread's at a time. */
#pragma once

#include <weir/property.h>

G_BEGIN_DECLS

#define WEIR_SQL_INTERFACE "weir.sql"

typedef enum {
  WEIR_SQL_NULL,
  WEIR_SQL_INTEGER,
  WEIR_SQL_NUMBER,
  WEIR_SQL_TEXT, /* UTF-8 */
  WEIR_SQL_BYTES,
} WeirSqlType;

typedef struct {
  WeirSqlType type;
  int64_t integer;
  double number;
  const void *data; /* of text and bytes; a NUL follows text that comes from the database */
  size_t size;
} WeirSqlValue;

typedef struct WeirSqlMethods WeirSqlMethods;

/* The first member of what the service has for it. */
typedef struct {
  const WeirSqlMethods *methods;
} WeirSqlConnection;

typedef struct {
  const WeirSqlMethods *methods;
} WeirSqlStatement;

struct WeirSqlMethods {
  uint32_t struct_size;
  const char *dialect; /* "sqlite", "postgresql": where SQL differs */
  WeirSqlConnection *(*acquire) (void *state, GError **error);
  void (*release) (WeirSqlConnection *connection);
  bool (*execute) (WeirSqlConnection *connection, const char *sql, GError **error);
  WeirSqlStatement *(*prepare) (WeirSqlConnection *connection, const char *sql, GError **error);
  void (*finish) (WeirSqlStatement *statement);
  bool (*bind) (WeirSqlStatement *statement, unsigned index, const WeirSqlValue *value,
                GError **error);
  int (*step) (WeirSqlStatement *statement, GError **error);
  void (*reset) (WeirSqlStatement *statement);
  unsigned (*get_n_columns) (WeirSqlStatement *statement);
  const char *(*get_column_name) (WeirSqlStatement *statement, unsigned index);
  const char *(*get_column_type) (WeirSqlStatement *statement, unsigned index);
  void (*get_value) (WeirSqlStatement *statement, unsigned index, WeirSqlValue *ret_value);
  int64_t (*get_n_changed) (WeirSqlStatement *statement);
};

static inline const char *
weir_sql_get_dialect (const WeirService *service)
{
  return ((const WeirSqlMethods *)service->methods)->dialect;
}

/* Waits, as long as the service is configured to, for one that nobody uses.
 * Returns: (transfer full): give it back with weir_sql_release; NULL with @error set. */
static inline WeirSqlConnection *
weir_sql_acquire (const WeirService *service, GError **error)
{
  return ((const WeirSqlMethods *)service->methods)->acquire (service->state, error);
}

/* Statements must be finished. A transaction that is still open is rolled back. Takes NULL. */
static inline void
weir_sql_release (WeirSqlConnection *connection)
{
  if (connection != NULL)
    connection->methods->release (connection);
}

/* One statement without parameters whose rows nobody wants: BEGIN, COMMIT, CREATE TABLE. */
static inline bool
weir_sql_execute (WeirSqlConnection *connection, const char *sql, GError **error)
{
  return connection->methods->execute (connection, sql, error);
}

/* One statement, with "?" for each parameter.
 * Returns: (transfer full): NULL with @error set, which says where it is wrong. */
static inline WeirSqlStatement *
weir_sql_prepare (WeirSqlConnection *connection, const char *sql, GError **error)
{
  return connection->methods->prepare (connection, sql, error);
}

/* Takes NULL. */
static inline void
weir_sql_finish (WeirSqlStatement *statement)
{
  if (statement != NULL)
    statement->methods->finish (statement);
}

/* Parameters count from 0. The bytes are copied. */
static inline bool
weir_sql_bind (WeirSqlStatement *statement, unsigned index, const WeirSqlValue *value,
               GError **error)
{
  return statement->methods->bind (statement, index, value, error);
}

/* Returns: 1, there is a row; 0, there are no more; -1 with @error set. */
static inline int
weir_sql_step (WeirSqlStatement *statement, GError **error)
{
  return statement->methods->step (statement, error);
}

/* To run it again, with the parameters that it has until others are bound. */
static inline void
weir_sql_reset (WeirSqlStatement *statement)
{
  statement->methods->reset (statement);
}

/* Columns of the result; 0 for a statement that has none. */
static inline unsigned
weir_sql_get_n_columns (WeirSqlStatement *statement)
{
  return statement->methods->get_n_columns (statement);
}

/* Returns: (transfer none), as long as @statement. */
static inline const char *
weir_sql_get_column_name (WeirSqlStatement *statement, unsigned index)
{
  return statement->methods->get_column_name (statement, index);
}

/* As the database declares it ("VARCHAR(20)"). Returns: (transfer none) (nullable). */
static inline const char *
weir_sql_get_column_type (WeirSqlStatement *statement, unsigned index)
{
  return statement->methods->get_column_type (statement, index);
}

/* Of the row that weir_sql_step came to; valid until the next step. */
static inline void
weir_sql_get_value (WeirSqlStatement *statement, unsigned index, WeirSqlValue *ret_value)
{
  statement->methods->get_value (statement, index, ret_value);
}

/* Rows that it has inserted, changed or deleted since it was last run. */
static inline int64_t
weir_sql_get_n_changed (WeirSqlStatement *statement)
{
  return statement->methods->get_n_changed (statement);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqlConnection, weir_sql_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSqlStatement, weir_sql_finish)

G_END_DECLS
