/* Tests the module postgres: what a server and the way to it can do to connections. */
#include "postgres-kit.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The server ends the connection between two rows; it is not used again. */
static void
test_killed (PostgresKit *self, const void *data)
{
  WeirSqlConnection *victim = acquire (self);
  WeirSqlConnection *killer = acquire (self);
  int64_t pid = ask (victim, "SELECT pg_backend_pid()");
  g_autofree char *kill = g_strdup_printf ("SELECT pg_terminate_backend(%d)", (int)pid);
  WeirSqlStatement *statement = prepare (victim, "SELECT generate_series(1, 1000000000000000)");
  g_autoptr (GError) error = NULL;
  int found;

  g_assert_cmpint (weir_sql_step (statement, &error), ==, 1);
  execute (killer, kill);
  while ((found = weir_sql_step (statement, &error)) > 0)
    continue;
  g_assert_cmpint (found, ==, -1);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (weir_sql_prepare (victim, "SELECT 1", &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
  weir_sql_finish (statement);
  weir_sql_release (killer);
  weir_sql_release (victim);
  victim = acquire (self);
  killer = acquire (self);
  g_assert_cmpint (ask (victim, "SELECT 1"), ==, 1);
  g_assert_cmpint (ask (killer, "SELECT 1"), ==, 1);
  weir_sql_release (killer);
  weir_sql_release (victim);
}

/* All connections are gone, and the server for a while; then it is as before. */
static void
test_server_restart (PostgresKit *self, const void *data)
{
  WeirSqlConnection *one = acquire (self);
  WeirSqlConnection *two = acquire (self);
  g_autoptr (GError) error = NULL;

  weir_sql_release (one);
  postgres_server_stop (the_server);
  refuse (two, "SELECT 1", WEIR_ERROR_IO, "");
  weir_sql_release (two);
  g_assert_null (weir_sql_acquire (self->service, &error));
  service_kit_assert_error (&error, WEIR_ERROR_IO, "see that the server runs");
  postgres_server_start (the_server);
  one = acquire (self);
  two = acquire (self);
  g_assert_cmpint (ask (one, "SELECT 1"), ==, 1);
  g_assert_cmpint (ask (two, "SELECT 1"), ==, 1);
  weir_sql_release (one);
  weir_sql_release (two);
}

/* Somebody takes the call and says nothing. */
static void
test_silence (PostgresKit *self, const void *data)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autofree char *port = NULL;
  g_autoptr (GPtrArray) steps = NULL;

  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&address, &size), ==, 0);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  port = g_strdup_printf ("%u", ntohs (address.sin_port));
  service_kit_set (&self->kit, "Connect Timeout", "100 ms");
  g_ptr_array_remove_index (self->kit.node->properties, 2);
  service_kit_set (&self->kit, "Port", port);
  steps = service_kit_verify (&self->kit);
  service_kit_assert_step (steps, 0, "resolve", true, "127.0.0.1 is 127.0.0.1");
  service_kit_assert_step (steps, 1, "connect", true, "127.0.0.1 answers at port");
  service_kit_assert_step (steps, 2, "verify", false,
                           "the server did not answer within Connect Timeout");
  close (fd);
}

/* --- verify --- */

static void
test_verify_socket (PostgresKit *self, const void *data)
{
  g_autoptr (GPtrArray) steps = service_kit_verify (&self->kit);

  service_kit_assert_step (steps, 0, "connect", true, "answers at port");
  service_kit_assert_step (steps, 1, "TLS", true, "not encrypted");
  service_kit_assert_step (steps, 2, "log in", true, "as weir to the database postgres");
  service_kit_assert_step (steps, 3, "select", true, "PostgreSQL ");
}

static void
test_verify_tls (PostgresKit *self, const void *data)
{
  g_autoptr (GPtrArray) steps = NULL;

  service_kit_set (&self->kit, "Password", POSTGRES_PASSWORD);
  service_kit_set (&self->kit, "CA File", the_server->ca);
  steps = service_kit_verify (&self->kit);
  service_kit_assert_step (steps, 0, "resolve", true, "localhost is ");
  service_kit_assert_step (steps, 1, "connect", true, "localhost answers at port");
  service_kit_assert_step (steps, 2, "TLS", true, "TLSv1.3, TLS_");
  service_kit_assert_step (steps, 3, "log in", true,
                           "as weir to the database postgres, with a pass");
  service_kit_assert_step (steps, 4, "select", true, "PostgreSQL ");
}

typedef struct {
  const char *path;
  const char *host;
  const char *property;
  const char *value;
  guint step; /* that fails */
  const char *part;
} Obstacle;

static const Obstacle obstacles[] = {
  { "wrong password", "localhost", "Password", "guess", 2,
    "password authentication failed for user \"weir\"; correct User and Password" },
  { "no password", "localhost", NULL, NULL, 2, "set Password" },
  { "other CA", "localhost", "CA File", "server.pem", 2,
    "certificate verify failed; set CA File to the certificate that has signed" },
  { "other host", "127.0.0.1", NULL, NULL, 2, "does not match host name \"127.0.0.1\"; set Host" },
  { "no CA file", "localhost", "CA File", "/nowhere/ca.pem", 1,
    "cannot read /nowhere/ca.pem: No such file" },
  { "no such host", "no-such-host.invalid", NULL, NULL, 0, "cannot find the address of no-such" },
  { "no such database", NULL, "Database", "nothing", 1,
    "database \"nothing\" does not exist; correct Database" },
  { "no such user", NULL, "User", "nobody else", 1,
    "role \"nobody else\" does not exist; correct User" },
  { "no socket", "/nowhere", NULL, NULL, 0, "see that the server runs and that Host is where" },
};

/* The name of a file is that of one in the folder of the server. */
static void
set_instead (PostgresKit *self, const char *name, const char *value)
{
  GPtrArray *properties = self->kit.node->properties;
  g_autofree char *path = g_build_filename (the_server->folder, value, NULL);

  for (guint i = 0; i < properties->len; i++)
    if (g_str_equal (((const WeirPropertyNode *)properties->pdata[i])->name, name))
      g_ptr_array_remove_index (properties, i);
  service_kit_set (&self->kit, name, g_str_has_suffix (value, "server.pem") ? path : value);
}

static void
test_obstacle (const void *data)
{
  const Obstacle *obstacle = data;
  PostgresKit self = { 0 };
  g_autoptr (GPtrArray) steps = NULL;

  postgres_kit_init (&self, obstacle->host);
  service_kit_set (&self.kit, "CA File", the_server->ca);
  if (obstacle->property != NULL)
    set_instead (&self, obstacle->property, obstacle->value);
  steps = service_kit_verify (&self.kit);
  service_kit_assert_step (steps, steps->len - 1, "verify", false, obstacle->part);
  g_assert_cmpuint (steps->len, ==, obstacle->step + 1);
  postgres_kit_clear (&self, NULL);
}

/* Nothing of what libpq reads by itself counts. */
static void
test_environment (PostgresKit *self, const void *data)
{
  WeirSqlConnection *connection = acquire (self);

  g_assert_cmpint (ask (connection, "SELECT count(*) FROM pg_stat_activity WHERE pid = "
                                    "pg_backend_pid() AND application_name = 'weir'"),
                   ==, 1);
  g_assert_cmpint (ask (connection, "SELECT 1 WHERE current_setting('work_mem') <> '77kB'"), ==, 1);
  weir_sql_release (connection);
}

static void
add_all (void)
{
  postgres_kit_add ("/postgres/killed", NULL, test_killed);
  postgres_kit_add ("/postgres/server restart", NULL, test_server_restart);
  postgres_kit_add ("/postgres/silence", "127.0.0.1", test_silence);
  postgres_kit_add ("/postgres/verify socket", NULL, test_verify_socket);
  postgres_kit_add ("/postgres/verify TLS", "localhost", test_verify_tls);
  postgres_kit_add ("/postgres/environment", NULL, test_environment);
  for (size_t i = 0; i < G_N_ELEMENTS (obstacles); i++) {
    g_autofree char *path = g_strconcat ("/postgres/", obstacles[i].path, NULL);

    g_test_add_data_func (path, &obstacles[i], test_obstacle);
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("PGHOST", "/nowhere", TRUE);
  g_setenv ("PGDATABASE", "nothing", TRUE);
  g_setenv ("PGSSLMODE", "disable", TRUE);
  g_setenv ("PGAPPNAME", "else", TRUE);
  g_setenv ("PGOPTIONS", "-c work_mem=77kB", TRUE);
  return postgres_kit_run (argc, argv, add_all);
}
