#include "postgres-kit.h"

PostgresServer *the_server;

void
postgres_kit_init (PostgresKit *self, const void *host)
{
  service_kit_init (&self->kit, "PostgresConnection");
  service_kit_set (&self->kit, "Database", "postgres");
  service_kit_set (&self->kit, "User", "weir");
  service_kit_set (&self->kit, "Port", the_server->port);
  service_kit_set (&self->kit, "Host", host != NULL ? host : the_server->folder);
}

void
postgres_kit_clear (PostgresKit *self, const void *data)
{
  service_kit_clear (&self->kit);
}

WeirSqlConnection *
acquire (PostgresKit *self)
{
  g_autoptr (GError) error = NULL;
  WeirSqlConnection *connection;

  if (self->service == NULL)
    self->service = service_kit_enable (&self->kit);
  connection = weir_sql_acquire (self->service, &error);
  g_assert_no_error (error);
  return connection;
}

void
execute (WeirSqlConnection *connection, const char *sql)
{
  g_autoptr (GError) error = NULL;

  weir_sql_execute (connection, sql, &error);
  g_assert_no_error (error);
}

void
refuse (WeirSqlConnection *connection, const char *sql, WeirError code, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (weir_sql_execute (connection, sql, &error));
  service_kit_assert_error (&error, code, what);
}

WeirSqlStatement *
prepare (WeirSqlConnection *connection, const char *sql)
{
  g_autoptr (GError) error = NULL;
  WeirSqlStatement *statement = weir_sql_prepare (connection, sql, &error);

  g_assert_no_error (error);
  return statement;
}

int64_t
ask (WeirSqlConnection *connection, const char *sql)
{
  g_autoptr (WeirSqlStatement) statement = prepare (connection, sql);
  g_autoptr (GError) error = NULL;
  WeirSqlValue value;

  g_assert_cmpint (weir_sql_step (statement, &error), ==, 1);
  g_assert_no_error (error);
  weir_sql_get_value (statement, 0, &value);
  g_assert_cmpint (value.type, ==, WEIR_SQL_INTEGER);
  return value.integer;
}

void
postgres_kit_add (const char *path, const char *host,
                  void (*test) (PostgresKit *self, const void *data))
{
  g_test_add (path, PostgresKit, host, postgres_kit_init, test, postgres_kit_clear);
}

int
postgres_kit_run (int argc, char **argv, void (*add) (void))
{
  int status;

  g_test_init (&argc, &argv, NULL);
  the_server = postgres_server_new ();
  if (the_server == NULL) {
    g_print ("1..0 # SKIP PostgreSQL is not installed\n");
    return 0;
  }
  add ();
  status = g_test_run ();
  kit_remove_all (the_server->folder);
  postgres_server_free (the_server);
  return status;
}
