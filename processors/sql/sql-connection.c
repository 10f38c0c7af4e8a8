/* sql-connection.c: a few connections to one database, taken and given back. */
#include "module.h"
#include "pool.h"
#include "sqlite-statement.h"

#include <string.h>

#define SCHEME "sqlite:"

typedef struct {
  char *url;
  bool read_only;
  bool create;
  int64_t max_connections;
  WeirDuration max_wait;
  WeirDuration busy_timeout;

  SqlPool pool; /* of SqliteLink */
} SqlConnection;

static bool
validate_url (const char *value, GError **error)
{
  if (g_str_has_prefix (value, SCHEME) && value[strlen (SCHEME)] == '/')
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "is none that this service knows; %s",
               strstr (value, "postgres") != NULL
                   ? "for PostgreSQL, use a service of type PostgresConnection"
                   : "write sqlite: and the full path of the file, as in "
                     "sqlite:/var/lib/weir/orders.db");
  return false;
}

static const WeirProperty properties[] = {
  { "URL",
    "Where the database is: `sqlite:` and the full path of its file. Parameters keep it out of the "
    "flow file.",
    WEIR_FIELD (SqlConnection, url), .required = true, .example = "sqlite:/var/lib/weir/orders.db",
    .validate = validate_url },
  { "Create Database", "Whether a database that does not exist is made, empty.",
    WEIR_FIELD (SqlConnection, create), .default_value = "true" },
  { "Read Only", "Whether nothing can be changed by it.", WEIR_FIELD (SqlConnection, read_only),
    .default_value = "false" },
  { "Max Total Connections", "How many tasks may use the database at once.",
    WEIR_FIELD (SqlConnection, max_connections), .default_value = "8", .minimum = 1,
    .maximum = 1000 },
  { "Max Wait Time", "How long a task waits for a connection when all are in use.",
    WEIR_FIELD (SqlConnection, max_wait), .default_value = "10 s", .minimum = 0,
    .maximum = 3600e6 },
  { "Busy Timeout", "How long a statement waits while another program writes to the database.",
    WEIR_FIELD (SqlConnection, busy_timeout), .default_value = "10 s", .minimum = 0,
    .maximum = 3600e6 },
};

static SqliteLink *open_link (SqlConnection *self, GError **error);

static WeirSqlConnection *
acquire (void *state, GError **error)
{
  SqlConnection *self = state;
  void *link;

  if (!sql_pool_take (&self->pool, &link, error))
    return NULL;
  if (link == NULL && (link = open_link (self, error)) == NULL)
    sql_pool_give (&self->pool, NULL);
  return link;
}

static void
release (WeirSqlConnection *connection)
{
  SqliteLink *link = (SqliteLink *)connection;
  SqlConnection *self = link->owner;

  if (!sqlite_link_clean (link))
    g_clear_pointer (&link, sqlite_link_close);
  sql_pool_give (&self->pool, link);
}

static const WeirSqlMethods methods = {
  .struct_size = sizeof (WeirSqlMethods),
  .dialect = "sqlite",
  .acquire = acquire,
  .release = release,
  .execute = sqlite_statement_execute,
  .prepare = sqlite_statement_prepare,
  .finish = sqlite_statement_finish,
  .bind = sqlite_statement_bind,
  .step = sqlite_statement_step,
  .reset = sqlite_statement_reset,
  .get_n_columns = sqlite_statement_get_n_columns,
  .get_column_name = sqlite_statement_get_column_name,
  .get_column_type = sqlite_statement_get_column_type,
  .get_value = sqlite_statement_get_value,
  .get_n_changed = sqlite_statement_get_n_changed,
};

static SqliteLink *
open_link (SqlConnection *self, GError **error)
{
  SqliteOptions options = { .path = self->url + strlen (SCHEME),
                            .read_only = self->read_only,
                            .create = self->create,
                            .wait_usec = self->busy_timeout.usec };
  SqliteLink *link = sqlite_link_open (&options, &methods, error);

  if (link != NULL)
    link->owner = self;
  return link;
}

static bool
on_enabled (void *state, WeirContext *context, GError **error)
{
  SqlConnection *self = state;

  sql_pool_init (&self->pool, self->max_connections, self->max_wait.usec,
                 (GDestroyNotify)sqlite_link_close);
  return true;
}

static void
on_disabled (void *state)
{
  sql_pool_clear (&((SqlConnection *)state)->pool);
}

/* Returns: (transfer full) (nullable): the first value of the first row. */
static char *
ask (WeirSqlConnection *connection, const char *sql, GError **error)
{
  g_autoptr (WeirSqlStatement) statement = weir_sql_prepare (connection, sql, error);
  WeirSqlValue value;

  if (statement == NULL || weir_sql_step (statement, error) <= 0)
    return NULL;
  weir_sql_get_value (statement, 0, &value);
  return value.type == WEIR_SQL_INTEGER ? g_strdup_printf ("%" G_GINT64_FORMAT, value.integer)
                                        : g_strdup (value.data);
}

static bool
on_verify (void *state, WeirVerify *verify, GError **error)
{
  SqlConnection *self = state;
  g_autoptr (WeirSqlConnection) connection = acquire (self, error);
  g_autofree char *version = NULL;
  g_autofree char *tables = NULL;

  if (connection == NULL)
    return false;
  version = ask (connection, "SELECT sqlite_version()", error);
  if (version == NULL)
    return false;
  weir_verify_tell (verify, "connect", "SQLite %s opened %s", version, self->url + strlen (SCHEME));
  tables = ask (connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table'", error);
  if (tables == NULL)
    return false;
  weir_verify_tell (verify, "read", "it has %s %s", tables,
                    g_str_equal (tables, "1") ? "table" : "tables");
  if (self->read_only)
    return true;
  /* The lock that a writer needs, and nothing written. */
  if (!weir_sql_execute (connection, "BEGIN IMMEDIATE", error) ||
      !weir_sql_execute (connection, "ROLLBACK", error))
    return false;
  weir_verify_tell (verify, "write", "it can be written to");
  return true;
}

const WeirServiceType sql_connection = {
  WEIR_SERVICE_ABI,
  .name = "SqlConnection",
  .summary = "Connections to an SQLite database.",
  .description =
      "Processors that work with SQL name it. It opens connections when they are asked for, keeps "
      "them, and shares them among all tasks.\n\n"
      "The database is in WAL mode and durable at each commit. A statement can use its tables and "
      "nothing else: other databases (`ATTACH`), settings (`PRAGMA`, but for those that describe "
      "tables) and extensions are refused.",
  .tags = "database, sql, sqlite, connection, pool, DBCPConnectionPool",
  WEIR_OFFERS (WEIR_SQL_INTERFACE, &methods),
  WEIR_PROPERTIES (properties),
  .state_size = sizeof (SqlConnection),
  .on_enabled = on_enabled,
  .on_disabled = on_disabled,
  .on_verify = on_verify,
};
