/* Tests the module postgres: statements and connections, with a real server. */
#include "postgres-kit.h"

#include <pthread.h>
#include <string.h>

/* --- values --- */

typedef struct {
  const char *type;
  WeirSqlValue in;
  WeirSqlValue out;
} Sample;

#define TEXT(text)                                                   \
  {                                                                  \
    .type = WEIR_SQL_TEXT, .data = (text), .size = sizeof (text) - 1 \
  }
#define BYTES(text)                                                   \
  {                                                                   \
    .type = WEIR_SQL_BYTES, .data = (text), .size = sizeof (text) - 1 \
  }
#define INTEGER(value)                           \
  {                                              \
    .type = WEIR_SQL_INTEGER, .integer = (value) \
  }
#define NUMBER(value)                          \
  {                                            \
    .type = WEIR_SQL_NUMBER, .number = (value) \
  }

static const Sample samples[] = {
  { "text", { .type = WEIR_SQL_NULL }, { .type = WEIR_SQL_NULL } },
  { "bigint", INTEGER (G_MININT64), INTEGER (G_MININT64) },
  { "smallint", INTEGER (-7), INTEGER (-7) },
  { "integer", TEXT ("12"), INTEGER (12) },
  { "boolean", INTEGER (1), INTEGER (1) },
  { "boolean", TEXT ("false"), INTEGER (0) },
  { "double precision", NUMBER (0.1), NUMBER (0.1) },
  { "double precision", NUMBER (1e300), NUMBER (1e300) },
  { "real", NUMBER (0.5), NUMBER (0.5) },
  { "numeric", NUMBER (0.1), TEXT ("0.1") },
  { "numeric(30,3)", TEXT ("123456789012345678901234567.891"),
    TEXT ("123456789012345678901234567.891") },
  { "text", TEXT ("d\xc3\xa9j\xc3\xa0 \\ ' \" ?"), TEXT ("d\xc3\xa9j\xc3\xa0 \\ ' \" ?") },
  { "text", TEXT (""), TEXT ("") },
  { "text", INTEGER (5), TEXT ("5") },
  { "text", BYTES ("as text"), TEXT ("as text") },
  { "character varying(9)", TEXT ("short"), TEXT ("short") },
  { "bytea", BYTES ("\0\xff\0"), BYTES ("\0\xff\0") },
  { "bytea", BYTES (""), BYTES ("") },
  { "bytea", TEXT ("\\x41\\"), BYTES ("\\x41\\") },
  { "date", TEXT ("2026-02-28"), TEXT ("2026-02-28") },
  { "timestamp(3) without time zone", TEXT ("2026-02-28 12:00:00.5"),
    TEXT ("2026-02-28 12:00:00.5") },
  { "uuid", TEXT ("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
    TEXT ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11") },
  { "jsonb", TEXT ("{\"a\":1}"), TEXT ("{\"a\": 1}") },
  { "integer[]", TEXT ("{1,NULL}"), TEXT ("{1,NULL}") },
  { "mood", TEXT ("fine"), TEXT ("fine") },
};

static void
check_sample (WeirSqlConnection *connection, const Sample *sample)
{
  g_autofree char *table = g_strdup_printf ("CREATE TEMP TABLE t (v %s)", sample->type);
  g_autoptr (WeirSqlStatement) insert = NULL;
  g_autoptr (WeirSqlStatement) select = NULL;
  g_autoptr (GError) error = NULL;
  WeirSqlValue value;

  execute (connection, table);
  insert = prepare (connection, "INSERT INTO t VALUES (?)");
  weir_sql_bind (insert, 0, &sample->in, &error);
  g_assert_no_error (error);
  g_assert_cmpint (weir_sql_step (insert, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpint (weir_sql_get_n_changed (insert), ==, 1);
  select = prepare (connection, "SELECT v, 1 AS \"the one\" FROM t;\n");
  g_assert_cmpstr (weir_sql_get_column_type (select, 0), ==, sample->type);
  g_assert_cmpint (weir_sql_step (select, &error), ==, 1);
  weir_sql_get_value (select, 0, &value);
  g_assert_cmpint (value.type, ==, sample->out.type);
  g_assert_cmpint (value.integer, ==, sample->out.integer);
  g_assert_cmpfloat (value.number, ==, sample->out.number);
  g_assert_cmpmem (value.data, value.size, sample->out.data, sample->out.size);
  g_assert_cmpint (weir_sql_step (select, &error), ==, 0);
  g_assert_cmpint (weir_sql_step (select, &error), ==, 0);
  g_assert_cmpint (weir_sql_get_n_changed (select), ==, 0);
  g_assert_cmpuint (weir_sql_get_n_columns (insert), ==, 0);
  g_assert_cmpuint (weir_sql_get_n_columns (select), ==, 2);
  g_assert_cmpstr (weir_sql_get_column_name (select, 1), ==, "the one");
  execute (connection, "DROP TABLE t");
}

static void
test_values (PostgresKit *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = acquire (self);

  g_assert_cmpstr (weir_sql_get_dialect (self->service), ==, "postgresql");
  execute (connection, "CREATE TYPE pg_temp.mood AS ENUM ('fine', 'so so')");
  execute (connection, "SET search_path = pg_temp, public");
  for (size_t i = 0; i < G_N_ELEMENTS (samples); i++)
    check_sample (connection, &samples[i]);
}

/* One statement, many times; what is not bound is null. */
static void
test_again (PostgresKit *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = acquire (self);
  g_autoptr (WeirSqlStatement) insert = NULL;
  g_autoptr (GError) error = NULL;

  execute (connection, "CREATE TEMP TABLE t (a integer, b text)");
  insert = prepare (connection, "INSERT INTO t VALUES (?, ?)");
  for (int64_t i = 0; i < 100; i++) {
    WeirSqlValue value = { .type = WEIR_SQL_INTEGER, .integer = i };

    g_assert_true (weir_sql_bind (insert, 0, &value, &error));
    g_assert_cmpint (weir_sql_step (insert, &error), ==, 0);
    g_assert_no_error (error);
    weir_sql_reset (insert);
    g_assert_cmpint (weir_sql_get_n_changed (insert), ==, 0);
  }
  g_assert_cmpint (weir_sql_step (insert, &error), ==, 0); /* as before */
  g_assert_cmpint (ask (connection, "SELECT sum(a) FROM t"), ==, 4950 + 99);
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM t WHERE b IS NULL"), ==, 101);
}

static void
test_huge (PostgresKit *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = acquire (self);
  g_autoptr (WeirSqlStatement) insert = NULL;
  g_autoptr (WeirSqlStatement) select = NULL;
  g_autoptr (GError) error = NULL;
  size_t size = 12 * 1024 * 1024;
  g_autofree char *bytes = g_strnfill (size, 'x');
  WeirSqlValue value = { .type = WEIR_SQL_BYTES, .data = bytes, .size = size };

  bytes[size / 2] = '\0';
  execute (connection, "CREATE TEMP TABLE t (v bytea)");
  insert = prepare (connection, "INSERT INTO t VALUES (?)");
  g_assert_true (weir_sql_bind (insert, 0, &value, &error));
  g_assert_cmpint (weir_sql_step (insert, &error), ==, 0);
  g_assert_no_error (error);
  select = prepare (connection, "SELECT v FROM t");
  g_assert_cmpint (weir_sql_step (select, &error), ==, 1);
  weir_sql_get_value (select, 0, &value);
  g_assert_cmpuint (value.size, ==, size);
  g_assert_true (memcmp (value.data, bytes, size) == 0);
  value.size = (size_t)1024 * 1024 * 1024;
  g_assert_false (weir_sql_bind (insert, 0, &value, &error));
  service_kit_assert_error (&error, WEIR_ERROR_LIMIT, "parameter 1: a value of 1 GiB or more");
}

static void
refuse_value (WeirSqlConnection *connection, const char *type, const WeirSqlValue *value,
              const char *part)
{
  g_autofree char *sql = g_strdup_printf ("SELECT ?::%s", type);
  g_autoptr (WeirSqlStatement) statement = prepare (connection, sql);
  g_autoptr (GError) error = NULL;

  if (weir_sql_bind (statement, 0, value, &error))
    g_assert_cmpint (weir_sql_step (statement, &error), ==, -1);
  service_kit_assert_error (&error, WEIR_ERROR_INVALID, part);
}

static void
test_bad_values (PostgresKit *self, const void *data)
{
  static const WeirSqlValue latin1 = TEXT ("d\xe9j\xe0");
  static const WeirSqlValue nul = TEXT ("a\0b");
  static const WeirSqlValue word = TEXT ("twelve");
  static const WeirSqlValue large = INTEGER (G_MAXINT64);
  g_autoptr (WeirSqlConnection) connection = acquire (self);
  g_autoptr (WeirSqlStatement) statement = prepare (connection, "SELECT ?::integer");
  g_autoptr (GError) error = NULL;

  refuse_value (connection, "text", &latin1, "invalid byte sequence for encoding \"UTF8\"");
  refuse_value (connection, "text", &nul, "parameter 1: it has a NUL in it");
  refuse_value (connection, "integer", &word, "invalid input syntax for type integer: \"twelve\"");
  refuse_value (connection, "integer", &large, "out of range");
  g_assert_false (weir_sql_bind (statement, 1, &large, &error));
  g_assert_cmpstr (error->message, ==, "there is no parameter 2: the statement has 1 of them");
  g_assert_cmpint (ask (connection, "SELECT 1"), ==, 1);
}

/* --- statements --- */

static void
test_bad_statements (PostgresKit *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = acquire (self);

  execute (connection, "CREATE TEMP TABLE t (n integer PRIMARY KEY, v text NOT NULL)");
  execute (connection, "INSERT INTO t VALUES (1, '?')");
  refuse (connection, "SELEC 1", WEIR_ERROR_INVALID, "syntax error at or near \"SELEC\"");
  refuse (connection, "SELECT * FROM u", WEIR_ERROR_INVALID, "relation \"u\" does not exist");
  refuse (connection, "", WEIR_ERROR_INVALID, "there is no statement");
  refuse (connection, "-- nothing", WEIR_ERROR_INVALID, "there is no statement");
  refuse (connection, "SELECT 1; DROP TABLE t", WEIR_ERROR_INVALID, "multiple commands");
  refuse (connection, "INSERT INTO t VALUES (2, NULL)", WEIR_ERROR_INVALID,
          "violates not-null constraint");
  refuse (connection, "INSERT INTO t VALUES (1, 'b')", WEIR_ERROR_INVALID,
          "violates unique constraint \"t_pkey\": Key (n)=(1) already exists.");
  refuse (connection, "SELECT $1", WEIR_ERROR_INVALID, "a parameter is written ?");
  refuse (connection, "COPY t FROM STDIN", WEIR_ERROR_UNSUPPORTED, "");
  execute (connection, "COPY t TO STDOUT");
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM t WHERE v = '?'"), ==, 1);
}

static void
test_transactions (PostgresKit *self, const void *data)
{
  WeirSqlConnection *connection = acquire (self);

  execute (connection, "CREATE TABLE IF NOT EXISTS orders (n integer)");
  execute (connection, "TRUNCATE orders");
  execute (connection, "BEGIN");
  execute (connection, "INSERT INTO orders VALUES (1)");
  weir_sql_release (connection); /* forgotten */
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM orders"), ==, 0);
  execute (connection, "BEGIN");
  execute (connection, "INSERT INTO orders VALUES (2)");
  refuse (connection, "INSERT INTO orders VALUES ('two')", WEIR_ERROR_INVALID, "two");
  refuse (connection, "SELECT 1", WEIR_ERROR_INVALID, "current transaction is aborted");
  /* PostgreSQL itself would call this a success. */
  refuse (connection, "COMMIT", WEIR_ERROR_FAILED, "all of it was rolled back");
  execute (connection, "BEGIN");
  execute (connection, "INSERT INTO orders VALUES (3)");
  execute (connection, "ROLLBACK");
  execute (connection, "BEGIN");
  execute (connection, "INSERT INTO orders VALUES (4)");
  execute (connection, "COMMIT");
  weir_sql_release (connection);
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT sum(n) FROM orders"), ==, 4);
  weir_sql_release (connection);
}

/* A statement that is given up in a transaction that has failed is not left with the server. */
static void
test_remainder (PostgresKit *self, const void *data)
{
  WeirSqlConnection *connection = acquire (self);
  WeirSqlStatement *statement;

  execute (connection, "BEGIN");
  statement = prepare (connection, "SELECT 1");
  refuse (connection, "SELECT 1/0", WEIR_ERROR_INVALID, "division by zero");
  weir_sql_finish (statement);
  weir_sql_release (connection);
  connection = acquire (self);
  /* The one that asks. */
  g_assert_cmpint (ask (connection, "SELECT count(*) FROM pg_prepared_statements"), ==, 1);
  weir_sql_release (connection);
}

/* Rows come while the server still makes them. This result has no end; who has enough of it goes
 * on with another. */
static void
test_streaming (PostgresKit *self, const void *data)
{
  g_autoptr (WeirSqlConnection) connection = acquire (self);
  g_autoptr (WeirSqlStatement) all = NULL;
  g_autoptr (WeirSqlStatement) other = NULL;
  g_autoptr (GError) error = NULL;
  WeirSqlValue value;

  all = prepare (connection, "SELECT generate_series(1, 1000000000000000)");
  other = prepare (connection, "SELECT 7");
  for (int64_t i = 1; i <= 5000; i++) {
    g_assert_cmpint (weir_sql_step (all, &error), ==, 1);
    weir_sql_get_value (all, 0, &value);
    g_assert_cmpint (value.integer, ==, i);
  }
  g_assert_cmpint (weir_sql_step (other, &error), ==, -1);
  service_kit_assert_error (&error, WEIR_ERROR_UNSUPPORTED, "another statement");
  g_assert_null (weir_sql_prepare (connection, "SELECT 8", &error));
  service_kit_assert_error (&error, WEIR_ERROR_UNSUPPORTED, "another statement");
  weir_sql_reset (all);
  g_assert_cmpint (weir_sql_step (other, &error), ==, 1);
  weir_sql_reset (other);
  g_assert_cmpint (weir_sql_step (all, &error), ==, 1);
  weir_sql_get_value (all, 0, &value);
  g_assert_cmpint (value.integer, ==, 1);
}

static void
test_timeout (PostgresKit *self, const void *data)
{
  WeirSqlConnection *connection;

  service_kit_set (&self->kit, "Statement Timeout", "50 ms");
  connection = acquire (self);
  refuse (connection, "SELECT pg_sleep(1000)", WEIR_ERROR_LIMIT, "raise Statement Timeout");
  g_assert_cmpint (ask (connection, "SELECT 1"), ==, 1);
  weir_sql_release (connection);
}

static void
test_read_only (PostgresKit *self, const void *data)
{
  WeirSqlConnection *connection;

  service_kit_set (&self->kit, "Read Only", "true");
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT 1"), ==, 1);
  refuse (connection, "CREATE TABLE t (n integer)", WEIR_ERROR_PERMISSION,
          "in a read-only transaction; set Read Only to false");
  weir_sql_release (connection);
}

/* --- the pool --- */

static void
test_limit (PostgresKit *self, const void *data)
{
  g_autoptr (WeirSqlConnection) one = NULL;
  g_autoptr (GError) error = NULL;

  service_kit_set (&self->kit, "Max Total Connections", "1");
  service_kit_set (&self->kit, "Max Wait Time", "0 s");
  one = acquire (self);
  g_assert_null (weir_sql_acquire (self->service, &error));
  service_kit_assert_error (&error, WEIR_ERROR_LIMIT, "all 1 connections were in use");
  g_clear_pointer (&one, weir_sql_release);
  one = acquire (self);
}

static void *
insert_many (void *data)
{
  for (unsigned i = 0; i < 50; i++) {
    g_autoptr (WeirSqlConnection) connection = acquire (data);
    g_autoptr (WeirSqlStatement) statement = prepare (connection, "UPDATE counts SET n = n + 1");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (weir_sql_step (statement, &error), ==, 0);
    g_assert_no_error (error);
  }
  return NULL;
}

static void
test_threads (PostgresKit *self, const void *data)
{
  pthread_t threads[6];
  g_autoptr (WeirSqlConnection) connection = NULL;

  service_kit_set (&self->kit, "Max Total Connections", "3");
  service_kit_set (&self->kit, "Max Wait Time", "30 min");
  connection = acquire (self);
  execute (connection, "CREATE TABLE IF NOT EXISTS counts (n integer)");
  execute (connection, "TRUNCATE counts");
  execute (connection, "INSERT INTO counts VALUES (0)");
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, insert_many, self), ==, 0);
  g_clear_pointer (&connection, weir_sql_release);
  for (size_t i = 0; i < G_N_ELEMENTS (threads); i++)
    pthread_join (threads[i], NULL);
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT n FROM counts"), ==, 300);
}

static void
test_lifetime (PostgresKit *self, const void *data)
{
  WeirSqlConnection *connection;
  int64_t before;

  service_kit_set (&self->kit, "Max Connection Lifetime", "1 micros");
  connection = acquire (self);
  before = ask (connection, "SELECT pg_backend_pid()");
  weir_sql_release (connection);
  connection = acquire (self);
  g_assert_cmpint (ask (connection, "SELECT pg_backend_pid()"), !=, before);
  weir_sql_release (connection);
}

static void
add_all (void)
{
  postgres_kit_add ("/postgres/values", NULL, test_values);
  postgres_kit_add ("/postgres/again", NULL, test_again);
  postgres_kit_add ("/postgres/huge", NULL, test_huge);
  postgres_kit_add ("/postgres/bad values", NULL, test_bad_values);
  postgres_kit_add ("/postgres/bad statements", NULL, test_bad_statements);
  postgres_kit_add ("/postgres/transactions", NULL, test_transactions);
  postgres_kit_add ("/postgres/remainder", NULL, test_remainder);
  postgres_kit_add ("/postgres/streaming", NULL, test_streaming);
  postgres_kit_add ("/postgres/timeout", NULL, test_timeout);
  postgres_kit_add ("/postgres/read only", NULL, test_read_only);
  postgres_kit_add ("/postgres/limit", NULL, test_limit);
  postgres_kit_add ("/postgres/threads", NULL, test_threads);
  postgres_kit_add ("/postgres/lifetime", NULL, test_lifetime);
}

int
main (int argc, char **argv)
{
  return postgres_kit_run (argc, argv, add_all);
}
