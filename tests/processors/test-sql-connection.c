/* Tests processors/sql: statements, the pool, and what is refused, with a real database. */
#include "unit/runtime/kit.h"

#include "runtime/verify.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include <weir/sql.h>

typedef struct {
  WeirRegistry *modules;
  Kit *kit;
  char *folder;
  char *database;
  WeirServiceNode *node;
  const WeirService *service; /* from enable on */
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  g_autofree char *url = NULL;

  self->folder = g_dir_make_tmp ("weir-sql-XXXXXX", NULL);
  self->database = g_build_filename (self->folder, "orders.db", NULL);
  url = g_strconcat ("sqlite:", self->database, NULL);
  self->modules = weir_registry_new (NULL);
  self->kit = kit_new_by_hand ();
  self->kit->options.registry = self->modules;
  self->node = weir_service_node_new ("db", "SqlConnection");
  weir_properties_add (self->node->properties, "URL", url);
  weir_group_add (self->kit->flow->root, &self->node->base, -1);
}

static void
tear_down (Fixture *self, const void *data)
{
  kit_free (self->kit);
  weir_registry_free (self->modules);
  kit_remove_all (self->folder);
  g_free (self->database);
  g_free (self->folder);
}

static WeirServed *
load (Fixture *self)
{
  kit_load (self->kit);
  return weir_services_list (self->kit->engine->services)->pdata[0];
}

static void
enable (Fixture *self)
{
  WeirServed *served = load (self);
  WeirPropertyText reference = { "Connection", "db", false, &served->face };
  g_autoptr (GError) error = NULL;

  weir_services_enable (self->kit->engine->services, &reference, 1, &error);
  g_assert_no_error (error);
  self->service = &served->face;
}

static WeirSqlConnection *
acquire (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  WeirSqlConnection *connection = weir_sql_acquire (self->service, &error);

  g_assert_no_error (error);
  return connection;
}

static void
execute (WeirSqlConnection *connection, const char *sql)
{
  g_autoptr (GError) error = NULL;

  weir_sql_execute (connection, sql, &error);
  g_assert_no_error (error);
}

static void
refuse (WeirSqlConnection *connection, const char *sql, WeirError code, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (weir_sql_execute (connection, sql, &error));
  g_assert_error (error, WEIR_ERROR, (int)code);
  if (strstr (error->message, what) == NULL)
    g_error ("no '%s' in \"%s\"", what, error->message);
}

static int64_t
ask (WeirSqlConnection *connection, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirSqlStatement) statement = weir_sql_prepare (connection, sql, &error);
  WeirSqlValue value;

  g_assert_no_error (error);
  g_assert_cmpint (weir_sql_step (statement, &error), ==, 1);
  weir_sql_get_value (statement, 0, &value);
  g_assert_cmpint (value.type, ==, WEIR_SQL_INTEGER);
  return value.integer;
}

static const WeirSqlValue samples[] = {
  { .type = WEIR_SQL_NULL },
  { .type = WEIR_SQL_INTEGER, .integer = G_MININT64 },
  { .type = WEIR_SQL_NUMBER, .number = 0.1 },
  { .type = WEIR_SQL_TEXT, .data = "d\xc3\xa9j\xc3\xa0", .size = 6 },
  { .type = WEIR_SQL_TEXT },
  { .type = WEIR_SQL_BYTES, .data = "\0\xff\0", .size = 3 },
  { .type = WEIR_SQL_BYTES },
};

/* Each kind of value comes back as it went in, also from one statement that is run again. */
static void
test_values (Fixture *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = NULL;
  g_autoptr (WeirSqlStatement) insert = NULL;
  g_autoptr (WeirSqlStatement) select = NULL;
  g_autoptr (GError) error = NULL;

  enable (self);
  connection = acquire (self);
  g_assert_cmpstr (weir_sql_get_dialect (self->service), ==, "sqlite");
  execute (connection, "CREATE TABLE t (n INTEGER PRIMARY KEY, v ANY)");
  insert = weir_sql_prepare (connection, "INSERT INTO t (v) VALUES (?)", &error);
  g_assert_no_error (error);
  for (size_t i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_assert_true (weir_sql_bind (insert, 0, &samples[i], &error));
    g_assert_cmpint (weir_sql_step (insert, &error), ==, 0);
    g_assert_cmpint (weir_sql_get_n_changed (insert), ==, 1);
    weir_sql_reset (insert);
    g_assert_cmpint (weir_sql_get_n_changed (insert), ==, 0);
  }

  select = weir_sql_prepare (connection, "SELECT v, n AS number FROM t ORDER BY n;\n", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (weir_sql_get_n_columns (select), ==, 2);
  g_assert_cmpuint (weir_sql_get_n_columns (insert), ==, 0);
  g_assert_cmpstr (weir_sql_get_column_name (select, 1), ==, "number");
  g_assert_cmpstr (weir_sql_get_column_type (select, 1), ==, "INTEGER");
  for (size_t i = 0; i < G_N_ELEMENTS (samples); i++) {
    WeirSqlValue value;

    g_assert_cmpint (weir_sql_step (select, &error), ==, 1);
    weir_sql_get_value (select, 0, &value);
    g_assert_cmpint (value.type, ==, samples[i].type);
    g_assert_cmpint (value.integer, ==, samples[i].integer);
    g_assert_cmpfloat (value.number, ==, samples[i].number);
    g_assert_cmpmem (value.data, value.size, samples[i].data, samples[i].size);
  }
  g_assert_cmpint (weir_sql_step (select, &error), ==, 0);
}

static void
test_bad_statements (Fixture *self, const void *data)
{
  static const WeirSqlValue one = { .type = WEIR_SQL_INTEGER, .integer = 1 };
  g_autoptr (WeirSqlConnection) connection = NULL;
  g_autoptr (WeirSqlStatement) statement = NULL;
  g_autoptr (GError) error = NULL;

  enable (self);
  connection = acquire (self);
  execute (connection, "CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT NOT NULL)");
  refuse (connection, "SELEC 1", WEIR_ERROR_INVALID, "near \"SELEC\": syntax error");
  refuse (connection, "SELECT * FROM u", WEIR_ERROR_INVALID, "no such table: u");
  refuse (connection, "", WEIR_ERROR_INVALID, "there is no statement");
  refuse (connection, "-- nothing", WEIR_ERROR_INVALID, "there is no statement");
  refuse (connection, "SELECT 1; DROP TABLE t", WEIR_ERROR_INVALID, "more than one statement");
  refuse (connection, "INSERT INTO t VALUES (1, NULL)", WEIR_ERROR_INVALID,
          "NOT NULL constraint failed: t.v");
  statement = weir_sql_prepare (connection, "SELECT ?", &error);
  g_assert_no_error (error);
  g_assert_false (weir_sql_bind (statement, 1, &one, &error));
  g_assert_cmpstr (error->message, ==, "there is no parameter 2: the statement has 1 of them");
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM t"), ==, 0);
}

/* A statement that comes from a flow reaches this database, and nothing else. */
static void
test_fences (Fixture *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = NULL;
  g_autofree char *other = g_build_filename (self->folder, "other.db", NULL);
  g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS other", other);
  g_autofree char *vacuum = g_strdup_printf ("VACUUM INTO '%s'", other);

  enable (self);
  connection = acquire (self);
  execute (connection, "CREATE TABLE t (n INTEGER)");
  refuse (connection, attach, WEIR_ERROR_PERMISSION, "another database");
  refuse (connection, vacuum, WEIR_ERROR_PERMISSION, "another database");
  refuse (connection, "PRAGMA synchronous=OFF", WEIR_ERROR_PERMISSION, "this PRAGMA");
  refuse (connection, "PRAGMA journal_mode=DELETE", WEIR_ERROR_PERMISSION, "this PRAGMA");
  refuse (connection, "PRAGMA user_version=3", WEIR_ERROR_PERMISSION, "this PRAGMA");
  refuse (connection, "SELECT load_extension('x')", WEIR_ERROR_PERMISSION,
          "a function that leaves the database");
  refuse (connection, "INSERT INTO sqlite_master VALUES ('x','x','x',1,'x')", WEIR_ERROR_INVALID,
          "sqlite_master may not be modified");
  execute (connection, "PRAGMA table_info(t)");
  g_assert_cmpint (ask (connection, "PRAGMA user_version"), ==, 0);
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  /* What was refused before does not colour what comes later. */
  refuse (connection, "SELEC 1", WEIR_ERROR_INVALID, "syntax error");
}

static void
test_transactions (Fixture *self, const void *data)
{
  WeirSqlConnection *connection;

  enable (self);
  connection = acquire (self);
  execute (connection, "CREATE TABLE t (n INTEGER)");
  execute (connection, "BEGIN");
  execute (connection, "INSERT INTO t VALUES (1)");
  weir_sql_release (connection); /* forgotten */
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM t"), ==, 0);
  execute (connection, "BEGIN");
  execute (connection, "INSERT INTO t VALUES (2)");
  execute (connection, "COMMIT");
  weir_sql_release (connection);
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT sum(n) FROM t"), ==, 2);
  weir_sql_release (connection);
}

static void
test_limit (Fixture *self, const void *data)
{
  g_autoptr (WeirSqlConnection) one = NULL;
  g_autoptr (WeirSqlConnection) other = NULL;
  g_autoptr (GError) error = NULL;

  weir_properties_add (self->node->properties, "Max Total Connections", "1");
  weir_properties_add (self->node->properties, "Max Wait Time", "0 s");
  enable (self);
  one = acquire (self);
  g_assert_null (weir_sql_acquire (self->service, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, "all 1 connections were in use"));
  g_clear_pointer (&one, weir_sql_release);
  other = acquire (self);
}

static void *
insert_many (void *data)
{
  Fixture *self = data;

  for (unsigned i = 0; i < 50; i++) {
    g_autoptr (WeirSqlConnection) connection = acquire (self);

    execute (connection, "INSERT INTO t VALUES (1)");
  }
  return NULL;
}

static void
test_threads (Fixture *self, const void *data)
{
  pthread_t threads[6];
  g_autoptr (WeirSqlConnection) connection = NULL;

  weir_properties_add (self->node->properties, "Max Total Connections", "2");
  weir_properties_add (self->node->properties, "Max Wait Time", "30 min");
  weir_properties_add (self->node->properties, "Busy Timeout", "30 min");
  enable (self);
  connection = acquire (self);
  execute (connection, "CREATE TABLE t (n INTEGER)");
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, insert_many, self), ==, 0);
  g_clear_pointer (&connection, weir_sql_release);
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    pthread_join (threads[i], NULL);
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM t"), ==, 300);
}

/* Somebody else writes. */
static void
test_busy (Fixture *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = NULL;
  sqlite3 *other;

  weir_properties_add (self->node->properties, "Busy Timeout", "0 s");
  enable (self);
  connection = acquire (self);
  execute (connection, "CREATE TABLE t (n INTEGER)");
  g_assert_cmpint (sqlite3_open (self->database, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  refuse (connection, "INSERT INTO t VALUES (1)", WEIR_ERROR_IO,
          "another program writes for longer than Busy Timeout");
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM t"), ==, 0); /* who reads does not wait */
  sqlite3_close (other);
  execute (connection, "INSERT INTO t VALUES (1)");
}

static void
assert_step (const GPtrArray *steps, guint index, const char *name, bool worked, const char *part)
{
  const WeirVerifyStep *step;

  g_assert_cmpuint (index, <, steps->len);
  step = steps->pdata[index];
  g_assert_cmpstr (step->step, ==, name);
  g_assert_true (step->worked == worked);
  if (strstr (step->message, part) == NULL)
    g_error ("no '%s' in \"%s\"", part, step->message);
}

static GPtrArray *
verify (Fixture *self)
{
  WeirServed *served = load (self);

  return weir_verify (self->kit->engine->services, served);
}

static void
test_verify (Fixture *self, const void *data)
{
  g_autoptr (GPtrArray) steps = verify (self);

  g_assert_cmpuint (steps->len, ==, 3);
  assert_step (steps, 0, "connect", true, "opened /");
  assert_step (steps, 1, "read", true, "it has 0 tables");
  assert_step (steps, 2, "write", true, "it can be written to");
}

static void
test_missing (Fixture *self, const void *data)
{
  g_autoptr (GPtrArray) steps = NULL;

  weir_properties_add (self->node->properties, "Create Database", "false");
  steps = verify (self);
  assert_step (steps, 0, "verify", false,
               "orders.db: cannot open it: unable to open database file");
  g_assert_false (g_file_test (self->database, G_FILE_TEST_EXISTS));
}

static void
test_folder (Fixture *self, const void *data)
{
  g_autoptr (GPtrArray) steps = NULL;

  g_assert_cmpint (g_mkdir (self->database, 0700), ==, 0);
  steps = verify (self);
  assert_step (steps, 0, "verify", false,
               "orders.db: cannot open it: unable to open database file");
}

static void
test_other_file (Fixture *self, const void *data)
{
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autofree char *after = NULL;
  g_autoptr (GPtrArray) steps = NULL;

  g_assert_true (g_file_set_contents (self->database, text, -1, NULL));
  steps = verify (self);
  assert_step (steps, 0, "verify", false, "it is another kind of file: correct URL");
  g_assert_true (g_file_get_contents (self->database, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, text);
}

static void
test_read_only (Fixture *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (self->database, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE t (n)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  weir_properties_add (self->node->properties, "Read Only", "true");
  enable (self);
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM t"), ==, 0);
  refuse (connection, "INSERT INTO t VALUES (1)", WEIR_ERROR_PERMISSION, "readonly database");
  steps = weir_verify (self->kit->engine->services,
                       weir_services_list (self->kit->engine->services)->pdata[0]);
  g_assert_cmpuint (steps->len, ==, 2);
  assert_step (steps, 1, "read", true, "it has 1 table");
}

static void
add (const char *path, void (*test) (Fixture *self, const void *data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/sql-connection/values", test_values);
  add ("/sql-connection/bad statements", test_bad_statements);
  add ("/sql-connection/fences", test_fences);
  add ("/sql-connection/transactions", test_transactions);
  add ("/sql-connection/limit", test_limit);
  add ("/sql-connection/threads", test_threads);
  add ("/sql-connection/busy", test_busy);
  add ("/sql-connection/verify", test_verify);
  add ("/sql-connection/missing", test_missing);
  add ("/sql-connection/folder", test_folder);
  add ("/sql-connection/other file", test_other_file);
  add ("/sql-connection/read only", test_read_only);
  return g_test_run ();
}
