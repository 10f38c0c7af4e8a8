/* SQL from anybody: what reads is answered, what does anything else is refused before it happens,
 * and memory has an end. */
#include "histories.h"

#include <string.h>
#include <weir/error.h>

#include "provenance/query.h"

typedef struct {
  TestHistory made;
  WeirHistory *history;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  test_history_init (&fixture->made, 4, 500, 2, 100);
  fixture->history = test_history_open (&fixture->made);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  weir_history_free (fixture->history);
  test_history_clear (&fixture->made);
}

static void
test_values (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirQuery) query = weir_query_new (fixture->history,
                                                "SELECT 1 AS one, 0.5, 'a' || char(0) || 'b', "
                                                "NULL, x'0041', type FROM events WHERE event = 3;",
                                                &error);
  WeirValue value;

  g_assert_no_error (error);
  g_assert_cmpint (weir_query_get_n_columns (query), ==, 6);
  g_assert_cmpstr (weir_query_get_name (query, 0), ==, "one");
  g_assert_cmpstr (weir_query_get_name (query, 5), ==, "type");
  g_assert_true (weir_query_next (query, &error));
  weir_query_get (query, 0, &value);
  g_assert_cmpint (value.kind, ==, WEIR_VALUE_INTEGER);
  g_assert_cmpint (value.integer, ==, 1);
  weir_query_get (query, 1, &value);
  g_assert_cmpint (value.kind, ==, WEIR_VALUE_REAL);
  g_assert_cmpfloat (value.real, ==, 0.5);
  weir_query_get (query, 2, &value);
  g_assert_cmpint (value.kind, ==, WEIR_VALUE_TEXT);
  g_assert_cmpmem (value.text, value.size, "a\0b", 3);
  weir_query_get (query, 3, &value);
  g_assert_cmpint (value.kind, ==, WEIR_VALUE_NULL);
  weir_query_get (query, 4, &value);
  g_assert_cmpmem (value.text, value.size, "\0A", 2);
  g_assert_false (weir_query_next (query, &error));
  g_assert_no_error (error);
}

/* Returns: (transfer full): the error that asking ends with, NULL for none. */
static GError *
ask (Fixture *fixture, const char *sql)
{
  GError *error = NULL;
  g_autoptr (WeirQuery) query = weir_query_new (fixture->history, sql, &error);

  while (query != NULL && weir_query_next (query, &error))
    ;
  return error;
}

static void
test_allowed (Fixture *fixture, gconstpointer data)
{
  static const char *const queries[] = {
    "SELECT count(*) FROM events",
    " -- remark\n SELECT 1 ; ; -- more\n",
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT * FROM n",
    "VALUES (1, 2)",
    "EXPLAIN QUERY PLAN SELECT * FROM events WHERE event = 3",
    "SELECT * FROM lineage('x', 'up')",
    "SELECT strftime('%H', time), json_extract(attributes, '$.filename[1]') FROM events",
    "SELECT name FROM pragma_table_info('events')",
    "SELECT * FROM events ORDER BY details, uri, size DESC",
    "SELECT group_concat(type) FROM events",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autoptr (GError) error = ask (fixture, queries[i]);

    g_assert_no_error (error);
  }
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *sql;
    WeirError code;
    const char *words;
  } cases[] = {
    { "", WEIR_ERROR_INVALID, "there is no statement" },
    { "-- nothing", WEIR_ERROR_INVALID, "there is no statement" },
    { "SELEC 1", WEIR_ERROR_INVALID, "syntax error" },
    { "SELECT nosuch FROM events", WEIR_ERROR_INVALID, "no such column: nosuch" },
    { "SELECT e.flowfle FROM events e", WEIR_ERROR_INVALID, "did you mean 'flowfile'?" },
    { "SELECT * FROM event", WEIR_ERROR_INVALID, "did you mean 'event" },
    { "SELECT * FROM flows", WEIR_ERROR_INVALID, "the tables are events, attributes and lineage" },
    { "SELECT 1; SELECT 2", WEIR_ERROR_INVALID, "one statement" },
    { "SELECT 1; DROP TABLE events", WEIR_ERROR_INVALID, "one statement" },
    { "SELECT 1; x", WEIR_ERROR_INVALID, "one statement" },
    { "CREATE TABLE x (a)", WEIR_ERROR_PERMISSION, "only reads" },
    { "CREATE TEMP TABLE x (a)", WEIR_ERROR_PERMISSION, "only reads" },
    { "CREATE VIEW x AS SELECT 1", WEIR_ERROR_PERMISSION, "only reads" },
    { "CREATE VIRTUAL TABLE x USING events", WEIR_ERROR_PERMISSION, "only reads" },
    { "DELETE FROM events", WEIR_ERROR_INVALID, "events may not be modified" },
    { "UPDATE events SET type = 'x'", WEIR_ERROR_INVALID, "events may not be modified" },
    { "INSERT INTO sqlite_schema VALUES (1, 2, 3, 4, 5)", WEIR_ERROR_PERMISSION, "only reads" },
    { "ATTACH '/tmp/weir-attached.db' AS x", WEIR_ERROR_PERMISSION, "ATTACH is refused" },
    { "DETACH main", WEIR_ERROR_PERMISSION, "only reads" },
    { "VACUUM INTO '/tmp/weir-vacuum.db'", WEIR_ERROR_PERMISSION, "refused" },
    { "PRAGMA temp_store_directory = '/tmp'", WEIR_ERROR_PERMISSION, "PRAGMA is refused" },
    { "PRAGMA soft_heap_limit = 0", WEIR_ERROR_PERMISSION, "PRAGMA is refused" },
    { "PRAGMA writable_schema = 1", WEIR_ERROR_PERMISSION, "PRAGMA is refused" },
    { "SELECT * FROM pragma_hard_heap_limit(0)", WEIR_ERROR_PERMISSION, "only reads" },
    { "SELECT * FROM pragma_journal_mode", WEIR_ERROR_PERMISSION, "only reads" },
    { "SELECT load_extension('/tmp/x.so')", WEIR_ERROR_PERMISSION, "function is refused" },
    { "SELECT fts3_tokenizer('simple')", WEIR_ERROR_PERMISSION, "function is refused" },
    { "SELECT * FROM events WHERE event IN (SELECT load_extension('x'))", WEIR_ERROR_PERMISSION,
      "function is refused" },
    { "BEGIN", WEIR_ERROR_PERMISSION, "only reads" },
    { "SAVEPOINT x", WEIR_ERROR_PERMISSION, "only reads" },
    { "ANALYZE", WEIR_ERROR_PERMISSION, "only reads" },
    { "REINDEX", WEIR_ERROR_PERMISSION, "only reads" },
    { "SELECT zeroblob(1000000000)", WEIR_ERROR_LIMIT, "too much memory" },
    { "SELECT group_concat(hex(zeroblob(100000))) FROM events", WEIR_ERROR_LIMIT,
      "too much memory" },
    { "SELECT json_group_array(hex(randomblob(8000000))) FROM events", WEIR_ERROR_LIMIT,
      "too much memory" },
    { "SELECT * FROM lineage('x', 'over there')", WEIR_ERROR_INVALID, "'up', 'down' or 'both'" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = ask (fixture, cases[i].sql);

    g_test_message ("%s: %s", cases[i].sql, error != NULL ? error->message : "");
    g_assert_error (error, WEIR_ERROR, (int)cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].words));
  }
  g_assert_false (g_file_test ("/tmp/weir-attached.db", G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test ("/tmp/weir-vacuum.db", G_FILE_TEST_EXISTS));
}

/* Nesting and lists without end. */
static void
test_deep (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) parentheses = g_string_new ("SELECT ");
  g_autoptr (GString) unions = g_string_new ("SELECT 1");
  g_autoptr (GError) one = NULL;
  g_autoptr (GError) other = NULL;

  for (int i = 0; i < 5000; i++) {
    g_string_append (parentheses, "1 + (");
    g_string_append (unions, " UNION SELECT 1");
  }
  one = ask (fixture, parentheses->str);
  other = ask (fixture, unions->str);
  g_assert_error (one, WEIR_ERROR, WEIR_ERROR_INVALID);
  g_assert_error (other, WEIR_ERROR, WEIR_ERROR_INVALID);
}

/* Far more than may be in memory is sorted on disk. */
static void
test_sorts_on_disk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirQuery) query =
      weir_query_new (fixture->history,
                      "SELECT length(x) FROM (SELECT hex(randomblob(2000)) AS x FROM events, "
                      "events AS more WHERE more.event <= 50) ORDER BY x",
                      &error);
  unsigned n = 0;

  g_assert_no_error (error);
  while (weir_query_next (query, &error))
    n++;
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 500 * 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/query/values", Fixture, NULL, set_up, test_values, tear_down);
  g_test_add ("/query/allowed", Fixture, NULL, set_up, test_allowed, tear_down);
  g_test_add ("/query/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/query/deep", Fixture, NULL, set_up, test_deep, tear_down);
  g_test_add ("/query/sorts-on-disk", Fixture, NULL, set_up, test_sorts_on_disk, tear_down);
  return g_test_run ();
}
