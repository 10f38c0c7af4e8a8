/* postgres-connection.c: a few connections to one PostgreSQL database, taken and given back. What
 * libpq would look up in the home directory is out of its reach, and nearly all that it would in
 * the environment: the flow says what counts. */
#include "pool.h"
#include "postgres-statement.h"
#include "postgres.h"

#include <netdb.h>
#include <string.h>
#include <unistd.h>

#define NO_FILE "/dev/null/none"

typedef struct {
  char *host;
  int64_t port;
  char *database;
  char *user;
  char *password;
  WeirChoice tls_mode;
  char *ca_file;
  char *certificate;
  char *key;
  bool read_only;
  int64_t max_connections;
  WeirDuration max_wait;
  WeirDuration connect_timeout;
  WeirDuration statement_timeout;
  WeirDuration max_lifetime;
  WeirDuration max_idle;

  SqlPool pool; /* of PostgresLink */
} PostgresConnection;

static const WeirAllowed tls_modes[] = {
  { "disable", "Nothing is encrypted." },
  { "require", "Encrypted, but whoever answers is believed to be the server." },
  { "verify-ca", "Encrypted; the certificate of the server is signed by the CA." },
  { "verify-full", "The same, and it is that of this host." },
  { NULL, NULL },
};

static const WeirProperty properties[] = {
  { "Host",
    "Name or address of the server, or the folder that has its Unix socket, which no TLS is used "
    "for.",
    WEIR_FIELD (PostgresConnection, host), .required = true, .example = "db.example.com" },
  { "Port", "Where it listens.", WEIR_FIELD (PostgresConnection, port), .default_value = "5432",
    .minimum = 1, .maximum = 65535 },
  { "Database", "Name of the database.", WEIR_FIELD (PostgresConnection, database),
    .required = true, .example = "orders" },
  { "User", "Who it is used as; who runs Weir when it is empty.",
    WEIR_FIELD (PostgresConnection, user), .example = "weir" },
  { "Password", "Its password.", WEIR_FIELD (PostgresConnection, password), .sensitive = true },
  { "TLS Mode", "Whether the connection is encrypted, and what is checked.",
    WEIR_FIELD (PostgresConnection, tls_mode), .allowed = tls_modes,
    .default_value = "verify-full" },
  { "CA File",
    "Certificates (PEM) that may sign that of the server; those that the machine trusts when it is "
    "empty.",
    WEIR_FIELD (PostgresConnection, ca_file), .hint = WEIR_HINT_FILE,
    .example = "/etc/weir/db-ca.pem" },
  { "Client Certificate", "A certificate (PEM) to be known by to the server.",
    WEIR_FIELD (PostgresConnection, certificate), .hint = WEIR_HINT_FILE,
    .example = "/etc/weir/client.pem" },
  { "Client Key", "The key of it (PEM), which nobody else may be able to read.",
    WEIR_FIELD (PostgresConnection, key), .hint = WEIR_HINT_FILE,
    .example = "/etc/weir/client.key" },
  { "Read Only", "Whether nothing can be changed by it.",
    WEIR_FIELD (PostgresConnection, read_only), .default_value = "false" },
  { "Max Total Connections", "How many tasks may use the database at once.",
    WEIR_FIELD (PostgresConnection, max_connections), .default_value = "8", .minimum = 1,
    .maximum = 1000 },
  { "Max Wait Time", "How long a task waits for a connection when all are in use.",
    WEIR_FIELD (PostgresConnection, max_wait), .default_value = "10 s", .minimum = 0,
    .maximum = 3600e6 },
  { "Connect Timeout", "How long connecting and logging in may take.",
    WEIR_FIELD (PostgresConnection, connect_timeout), .default_value = "10 s", .minimum = 1e5,
    .maximum = 3600e6 },
  { "Statement Timeout",
    "How long the server may work on a statement, with the time that it takes to read its rows; 0 "
    "s: as long as it likes.",
    WEIR_FIELD (PostgresConnection, statement_timeout), .default_value = "0 s", .minimum = 0,
    .maximum = 24 * 3600e6 },
  { "Max Connection Lifetime",
    "After which time a connection is closed when it is given back, so that servers behind a load "
    "balancer take turns; 0 s: never.",
    WEIR_FIELD (PostgresConnection, max_lifetime), .default_value = "0 s", .minimum = 0,
    .maximum = 365 * 24 * 3600e6 },
  { "Max Idle Time",
    "A connection that nobody has used for so long is not trusted any more, but opened anew.",
    WEIR_FIELD (PostgresConnection, max_idle), .default_value = "10 min", .minimum = 0,
    .maximum = 24 * 3600e6 },
};

static bool
on_configure (const void *state, WeirConfig *config, GError **error)
{
  const PostgresConnection *self = state;

  if ((self->certificate == NULL) == (self->key == NULL))
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                       "Client Certificate and Client Key belong together; set both or none");
  return false;
}

/* --- connections --- */

/* Returns: (transfer none). */
static const char *
find_trusted (void)
{
  static const char *const files[] = { "/etc/ssl/certs/ca-certificates.crt",
                                       "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem" };

  for (size_t i = 0; i < G_N_ELEMENTS (files); i++)
    if (access (files[i], R_OK) == 0)
      return files[i];
  return NO_FILE;
}

static bool
is_readable (const char *path, GError **error)
{
  if (path == NULL || access (path, R_OK) == 0)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "cannot read %s: %s; see that the user who runs weir may read it", path,
               g_strerror (errno));
  return false;
}

static const WeirSqlMethods methods;

static PostgresLink *
open_link (PostgresConnection *self, PostgresStage *ret_stage, GError **error)
{
  static const char *const keywords[] = {
    "host",     "port",       "dbname",          "user",
    "password", "passfile",   "sslmode",         "sslrootcert",
    "sslcert",  "sslkey",     "sslcrl",          "sslcrldir",
    "options",  "gssencmode", "client_encoding", "application_name",
    NULL,
  };
  g_autofree char *port = g_strdup_printf ("%" G_GINT64_FORMAT, self->port);
  const char *const values[] = {
    self->host,
    port,
    self->database,
    self->user != NULL ? self->user : g_get_user_name (),
    self->password,
    NO_FILE,
    tls_modes[self->tls_mode.index].value,
    self->ca_file != NULL ? self->ca_file : find_trusted (),
    self->certificate != NULL ? self->certificate : NO_FILE,
    self->key != NULL ? self->key : NO_FILE,
    NO_FILE,
    NO_FILE,
    " ", /* none; libpq passes over an empty one */
    "disable",
    "UTF8",
    "weir",
    NULL,
  };
  PostgresOptions options = {
    keywords,        values,  self->connect_timeout.usec, self->statement_timeout.usec,
    self->read_only, &methods
  };
  PostgresLink *link;

  if (!is_readable (self->ca_file, error) || !is_readable (self->certificate, error) ||
      !is_readable (self->key, error))
    return NULL;
  link = postgres_link_open (&options, ret_stage, error);
  if (link != NULL)
    link->owner = self;
  return link;
}

static bool
is_fit (const PostgresConnection *self, PostgresLink *link)
{
  int64_t idle = g_get_monotonic_time () - link->used_at;

  return idle < MAX (self->max_idle.usec, G_USEC_PER_SEC) && postgres_link_is_alive (link);
}

static WeirSqlConnection *
acquire (void *state, GError **error)
{
  PostgresConnection *self = state;
  void *taken;
  PostgresLink *link;

  if (!sql_pool_take (&self->pool, &taken, error))
    return NULL;
  link = taken;
  if (link != NULL && !is_fit (self, link))
    g_clear_pointer (&link, postgres_link_close);
  if (link == NULL && (link = open_link (self, NULL, error)) == NULL) {
    sql_pool_give (&self->pool, NULL);
    g_prefix_error (error, "%s: ", self->host);
  }
  return (WeirSqlConnection *)link;
}

static void
release (WeirSqlConnection *connection)
{
  PostgresLink *link = (PostgresLink *)connection;
  PostgresConnection *self = link->owner;
  bool is_old = self->max_lifetime.usec > 0 &&
                g_get_monotonic_time () - link->opened_at >= self->max_lifetime.usec;

  if (!postgres_link_clean (link) || is_old)
    g_clear_pointer (&link, postgres_link_close);
  sql_pool_give (&self->pool, link);
}

static const WeirSqlMethods methods = {
  .struct_size = sizeof (WeirSqlMethods),
  .dialect = "postgresql",
  .acquire = acquire,
  .release = release,
  .execute = postgres_statement_execute,
  .prepare = postgres_statement_prepare,
  .finish = postgres_statement_finish,
  .bind = postgres_statement_bind,
  .step = postgres_statement_step,
  .reset = postgres_statement_reset,
  .get_n_columns = postgres_statement_get_n_columns,
  .get_column_name = postgres_statement_get_column_name,
  .get_column_type = postgres_statement_get_column_type,
  .get_value = postgres_statement_get_value,
  .get_n_changed = postgres_statement_get_n_changed,
};

static bool
on_enabled (void *state, WeirContext *context, GError **error)
{
  PostgresConnection *self = state;

  sql_pool_init (&self->pool, self->max_connections, self->max_wait.usec,
                 (GDestroyNotify)postgres_link_close);
  return true;
}

static void
on_disabled (void *state)
{
  sql_pool_clear (&((PostgresConnection *)state)->pool);
}

/* --- trying it --- */

static bool
verify_name (PostgresConnection *self, WeirVerify *verify, GError **error)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
  struct addrinfo *list = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  int code;

  if (*self->host == '/')
    return true;
  code = getaddrinfo (self->host, NULL, &hints, &list);
  if (code != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "cannot find the address of %s: %s; correct Host", self->host,
                 gai_strerror (code));
    return false;
  }
  for (const struct addrinfo *item = list; item != NULL; item = item->ai_next) {
    char address[NI_MAXHOST];

    if (getnameinfo (item->ai_addr, item->ai_addrlen, address, sizeof address, NULL, 0,
                     NI_NUMERICHOST) == 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", address);
  }
  freeaddrinfo (list);
  weir_verify_tell (verify, "resolve", "%s is %s", self->host, text->str);
  return true;
}

static void
tell_stages (const PostgresConnection *self, const PostgresLink *link, PostgresStage stage,
             WeirVerify *verify)
{
  if (stage >= POSTGRES_CONNECTED)
    weir_verify_tell (verify, "connect", "%s answers at port %" G_GINT64_FORMAT, self->host,
                      self->port);
  if (stage >= POSTGRES_TRUSTED && link != NULL && PQsslInUse (link->conn) != 0)
    weir_verify_tell (verify, "TLS", "%s, %s", PQsslAttribute (link->conn, "protocol"),
                      PQsslAttribute (link->conn, "cipher"));
  else if (stage >= POSTGRES_TRUSTED && link != NULL)
    weir_verify_tell (verify, "TLS", "the connection is not encrypted");
  if (stage >= POSTGRES_LOGGED_IN && link != NULL)
    weir_verify_tell (verify, "log in", "as %s to the database %s%s", PQuser (link->conn),
                      PQdb (link->conn),
                      PQconnectionUsedPassword (link->conn) != 0 ? ", with a password" : "");
}

static bool
verify_select (PostgresLink *link, WeirVerify *verify, GError **error)
{
  PGresult *result = postgres_link_finish (
      link, PQsendQuery (link->conn, "SELECT version(), pg_is_in_recovery()") != 0,
      "ask for its version", error);

  if (result == NULL)
    return false;
  weir_verify_tell (verify, "select", "%s%s", PQgetvalue (result, 0, 0),
                    *PQgetvalue (result, 0, 1) == 't' ? ", a standby that cannot be written" : "");
  PQclear (result);
  return true;
}

static bool
on_verify (void *state, WeirVerify *verify, GError **error)
{
  PostgresConnection *self = state;
  PostgresStage stage = POSTGRES_NOWHERE;
  PostgresLink *link;
  bool worked;

  if (!verify_name (self, verify, error))
    return false;
  link = open_link (self, &stage, error);
  tell_stages (self, link, stage, verify);
  worked = link != NULL && verify_select (link, verify, error);
  postgres_link_close (link);
  return worked;
}

const WeirServiceType postgres_connection = {
  WEIR_SERVICE_ABI,
  .name = "PostgresConnection",
  .summary = "Connections to a PostgreSQL database.",
  .description =
      "Processors that work with SQL name it. It opens connections when they are asked for, keeps "
      "them, and shares them among all tasks. One that the server has closed is opened again.\n\n"
      "A statement has `?` for each parameter; `??` stands for the operator `?`. Whole numbers and "
      "booleans come back as numbers, `real` and `double precision` as well, `bytea` as bytes, and "
      "all else as text: `numeric`, which a number could not hold exactly, dates and times in ISO "
      "8601, JSON, arrays.\n\n"
      "Rows are read as the server sends them, so a result may be larger than memory. A connection "
      "runs one statement at a time.\n\n"
      "Files in the home directory of the user who runs Weir (`.pgpass`, `.postgresql/`) do not "
      "count.",
  .tags = "database, sql, postgresql, postgres, connection, pool, DBCPConnectionPool",
  WEIR_OFFERS (WEIR_SQL_INTERFACE, &methods),
  WEIR_PROPERTIES (properties),
  .state_size = sizeof (PostgresConnection),
  .on_configure = on_configure,
  .on_enabled = on_enabled,
  .on_disabled = on_disabled,
  .on_verify = on_verify,
};
