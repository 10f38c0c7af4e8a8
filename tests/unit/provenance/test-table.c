/* The virtual tables, against real tables with the same rows: whatever is asked, the answers are
 * the same; and the rows against the model that the history was made from. */
#include "histories.h"

#include <string.h>

#include "provenance/table.h"
#include "provenance/timestamp.h"

typedef struct {
  TestHistory made;
  WeirHistory *history;
  sqlite3 *db;
  GRand *rand;
} Fixture;

static void
run (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  test_history_init (&fixture->made, 21, 1200, 3, 130);
  fixture->history = test_history_open (&fixture->made);
  fixture->rand = g_rand_new_with_seed (5);
  g_assert_cmpint (sqlite3_open (":memory:", &fixture->db), ==, SQLITE_OK);
  g_assert_cmpint (weir_tables_register (fixture->db, fixture->history), ==, SQLITE_OK);
  run (fixture->db,
       "CREATE TABLE real_events (event INTEGER, time TEXT, type TEXT, component TEXT,"
       "  component_type TEXT, relationship TEXT, flowfile TEXT, source TEXT, queue TEXT,"
       "  size INTEGER, old_size INTEGER, duration_us INTEGER, time_us INTEGER, entry_time TEXT,"
       "  lineage_start TEXT, uri TEXT, details TEXT, parents TEXT, children TEXT,"
       "  attributes TEXT, content_before TEXT, content_after TEXT);"
       "INSERT INTO real_events SELECT * FROM events;"
       "CREATE TABLE real_attributes (event INTEGER, time TEXT, type TEXT, component TEXT,"
       "  flowfile TEXT, name TEXT, value TEXT, old_value TEXT, time_us INTEGER);"
       "INSERT INTO real_attributes SELECT * FROM attributes;"
       "CREATE TABLE real_lineage (parent TEXT, child TEXT, event INTEGER, type TEXT, time TEXT,"
       "  component TEXT, time_us INTEGER);"
       "INSERT INTO real_lineage SELECT * FROM lineage;");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (sqlite3_close (fixture->db), ==, SQLITE_OK);
  g_rand_free (fixture->rand);
  weir_history_free (fixture->history);
  test_history_clear (&fixture->made);
}

/* --- rows as they should be --- */

static void
assert_text (sqlite3_stmt *statement, int column, const char *wanted)
{
  g_assert_cmpstr ((const char *)sqlite3_column_text (statement, column), ==, wanted);
}

static void
assert_uuids (sqlite3_stmt *statement, int column, const WeirHistory *history,
              const uint64_t *flowfiles, size_t n)
{
  g_autoptr (GString) wanted = g_string_new ("[");

  for (size_t i = 0; i < n; i++) {
    char uuid[WEIR_UUID_LENGTH + 1];

    weir_history_format_uuid (history, flowfiles[i], uuid);
    g_string_append_printf (wanted, "%s\"%s\"", i > 0 ? "," : "", uuid);
  }
  g_string_append_c (wanted, ']');
  assert_text (statement, column, wanted->str);
}

static char *
format_time (int64_t usec)
{
  char *text = g_malloc (WEIR_TIMESTAMP_LENGTH + 1);

  weir_timestamp_format (usec, text);
  return text;
}

static void
assert_row (Fixture *fixture, sqlite3_stmt *statement, uint64_t number)
{
  const TestEvent *test = test_history_get (&fixture->made, number);
  const WeirEvent *event = &test->event;
  g_autofree char *component = test_component (event->component);
  g_autofree char *type = event->component > 0 && event->component < 5
                              ? g_strdup_printf ("Type%d", (int)event->component % 3)
                              : NULL;
  g_autofree char *queue =
      event->queue != 0 ? g_strdup_printf ("group/p%d:success>end", (int)event->queue) : NULL;
  g_autofree char *time = format_time (event->time);
  g_autofree char *entry = format_time (event->entry_time);
  char uuid[WEIR_UUID_LENGTH + 1];

  weir_history_format_uuid (fixture->history, event->flowfile, uuid);
  g_assert_cmpint (sqlite3_column_int64 (statement, 0), ==, number);
  assert_text (statement, 1, time);
  assert_text (statement, 2, weir_event_type_get_name (event->type));
  assert_text (statement, 3, component);
  assert_text (statement, 4, type);
  assert_text (statement, 5, event->relationship != 0 ? test_name (event->relationship) : NULL);
  assert_text (statement, 6, uuid);
  assert_text (statement, 8, queue);
  g_assert_cmpint (sqlite3_column_int64 (statement, 9), ==, event->size);
  g_assert_cmpint (sqlite3_column_type (statement, 10) == SQLITE_NULL, ==, event->is_birth);
  g_assert_cmpint (sqlite3_column_int64 (statement, 10), ==, event->is_birth ? 0 : event->old_size);
  g_assert_cmpint (sqlite3_column_int64 (statement, 11), ==, event->usec);
  g_assert_cmpint (sqlite3_column_int64 (statement, 12), ==, event->time);
  if (event->is_birth)
    assert_text (statement, 13, entry);
  assert_text (statement, 15, test->uri);
  assert_text (statement, 16, test->details);
  assert_uuids (statement, 17, fixture->history, event->parents, event->n_parents);
  assert_uuids (statement, 18, fixture->history, &event->flowfile, event->n_parents > 0);
  if (event->is_birth)
    g_assert_cmpint (sqlite3_column_type (statement, 20), ==, SQLITE_NULL);
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  sqlite3_stmt *statement;

  g_assert_cmpint (sqlite3_prepare_v2 (fixture->db, "SELECT * FROM events", -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_column_count (statement), ==, WEIR_N_FIELDS);
  for (uint64_t number = 1; number <= fixture->made.events->len; number++) {
    g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
    assert_row (fixture, statement, number);
  }
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
  sqlite3_finalize (statement);
}

/* --- the same as a real table --- */

/* Returns: (transfer full): rows as texts. */
static GPtrArray *
ask (sqlite3 *db, const char *sql)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *statement;
  int code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  if (code != SQLITE_OK)
    g_error ("%s: %s", sqlite3_errmsg (db), sql);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    GString *row = g_string_new (NULL);

    for (int i = 0; i < sqlite3_column_count (statement); i++) {
      const char *text = (const char *)sqlite3_column_text (statement, i);

      g_string_append_printf (row, "%s|", text != NULL ? text : "NULL");
    }
    g_ptr_array_add (rows, g_string_free (row, FALSE));
  }
  if (code != SQLITE_DONE)
    g_error ("%s: %s", sqlite3_errmsg (db), sql);
  sqlite3_finalize (statement);
  return rows;
}

static int
compare_rows (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* The tables in @sql are real and virtual in turn. */
static void
assert_same (Fixture *fixture, const char *sql, bool is_ordered)
{
  g_auto (GStrv) parts = g_strsplit (sql, "$", -1);
  g_autofree char *real = g_strjoinv ("real_", parts);
  g_autofree char *virtual = g_strjoinv ("", parts);
  g_autoptr (GPtrArray) wanted = ask (fixture->db, real);
  g_autoptr (GPtrArray) got = ask (fixture->db, virtual);

  if (!is_ordered) {
    g_ptr_array_sort (wanted, compare_rows);
    g_ptr_array_sort (got, compare_rows);
  }
  if (wanted->len != got->len)
    g_error ("%u rows, not %u: %s", got->len, wanted->len, virtual);
  for (guint i = 0; i < wanted->len; i++)
    if (!g_str_equal (wanted->pdata[i], got->pdata[i]))
      g_error ("row %u: %s\nnot %s\nof %s", i, (char *)got->pdata[i], (char *)wanted->pdata[i],
               virtual);
}

typedef struct {
  const char *name;
  const char *const columns[16];
  const char *unique; /* what orders all rows */
} Table;

static const Table tables[] = {
  { "events",
    { "event", "time", "time_us", "type", "component", "component_type", "flowfile", "size", "uri",
      "queue", "attributes", NULL },
    "event" },
  { "attributes",
    { "event", "time", "time_us", "type", "component", "flowfile", "name", "value", "old_value",
      NULL },
    "event, name" },
  { "lineage",
    { "event", "time", "time_us", "type", "component", "parent", "child", NULL },
    "event, parent, child" },
};

static const char *
pick_column (Fixture *fixture, const Table *table)
{
  int n = 0;

  while (table->columns[n] != NULL)
    n++;
  return table->columns[g_rand_int_range (fixture->rand, 0, n)];
}

static bool
one_in (Fixture *fixture, int n)
{
  return g_rand_int_range (fixture->rand, 0, n) == 0;
}

/* What may stand in a condition: mostly something that occurs. */
static void
append_value (Fixture *fixture, GString *sql, const Table *table, const char *column)
{
  static const char *const odd[] = { "NULL",
                                     "-1",
                                     "600.5",
                                     "'600'",
                                     "x'61'",
                                     "'zzz'",
                                     "1e300",
                                     "-1e300",
                                     "''",
                                     "'SEND'",
                                     "'send'",
                                     "1700000000001500",
                                     "9223372036854775807" };
  sqlite3_stmt *statement;
  g_autofree char *query = NULL;

  if (one_in (fixture, 5)) {
    g_string_append (sql, odd[g_rand_int_range (fixture->rand, 0, G_N_ELEMENTS (odd))]);
    return;
  }
  query = g_strdup_printf ("SELECT quote(%s) FROM real_%s LIMIT 1 OFFSET %d", column, table->name,
                           g_rand_int_range (fixture->rand, 0, 200));
  g_assert_cmpint (sqlite3_prepare_v2 (fixture->db, query, -1, &statement, NULL), ==, SQLITE_OK);
  g_string_append (sql, sqlite3_step (statement) == SQLITE_ROW
                            ? (const char *)sqlite3_column_text (statement, 0)
                            : "NULL");
  sqlite3_finalize (statement);
}

static void
append_term (Fixture *fixture, GString *sql, const Table *table)
{
  static const char *const comparisons[] = { "=", "=", "=", "<", "<=", ">", ">=", "IS", "<>" };
  const char *column = pick_column (fixture, table);

  g_string_append_printf (sql, "%s%s ", one_in (fixture, 20) ? "NOT " : "", column);
  if (one_in (fixture, 25))
    g_string_append (sql, "COLLATE NOCASE ");
  switch (g_rand_int_range (fixture->rand, 0, 8)) {
  case 0:
    g_string_append (sql, "IN (");
    for (int n = g_rand_int_range (fixture->rand, 1, 5); n > 0; n--) {
      append_value (fixture, sql, table, column);
      g_string_append (sql, n > 1 ? ", " : ")");
    }
    break;
  case 1:
    g_string_append (sql, "BETWEEN ");
    append_value (fixture, sql, table, column);
    g_string_append (sql, " AND ");
    append_value (fixture, sql, table, column);
    break;
  case 2:
    g_string_append (sql, one_in (fixture, 2) ? "IS NULL" : "LIKE '%1%'");
    break;
  default:
    g_string_append_printf (
        sql, "%s ", comparisons[g_rand_int_range (fixture->rand, 0, G_N_ELEMENTS (comparisons))]);
    append_value (fixture, sql, table, column);
  }
}

static void
append_where (Fixture *fixture, GString *sql, const Table *table)
{
  int n = g_rand_int_range (fixture->rand, 0, 4);

  for (int i = 0; i < n; i++) {
    g_string_append (sql, i == 0 ? " WHERE (" : one_in (fixture, 4) ? " OR " : ") AND (");
    append_term (fixture, sql, table);
  }
  g_string_append (sql, n > 0 ? ")" : "");
}

static void
append_order (Fixture *fixture, GString *sql, const Table *table)
{
  g_string_append (sql, " ORDER BY ");
  for (int n = g_rand_int_range (fixture->rand, 0, 3); n > 0; n--)
    g_string_append_printf (sql, "%s%s, ", pick_column (fixture, table),
                            one_in (fixture, 2) ? " DESC" : "");
  g_string_append (sql, table->unique);
  if (one_in (fixture, 2))
    g_string_append (sql, " DESC");
  if (one_in (fixture, 2))
    g_string_append_printf (sql, " LIMIT %d OFFSET %d", g_rand_int_range (fixture->rand, 0, 50),
                            g_rand_int_range (fixture->rand, 0, 20));
}

static void
test_any_query (Fixture *fixture, gconstpointer data)
{
  for (int round = g_test_thorough () ? 20000 : 500; round > 0; round--) {
    const Table *table = &tables[g_rand_int_range (fixture->rand, 0, G_N_ELEMENTS (tables))];
    const char *one = pick_column (fixture, table), *other = pick_column (fixture, table);
    g_autoptr (GString) sql = g_string_new ("SELECT ");
    bool is_ordered = one_in (fixture, 2), is_grouped = !is_ordered && one_in (fixture, 3);

    if (is_grouped)
      g_string_append_printf (sql, "%s, %s, count(*)", one, other);
    else if (!is_ordered && one_in (fixture, 4))
      g_string_append_printf (sql, "DISTINCT %s, %s", one, one_in (fixture, 2) ? other : one);
    else
      g_string_append_printf (sql, "%s, %s, %s", one, other, table->unique);
    g_string_append_printf (sql, " FROM $%s", table->name);
    append_where (fixture, sql, table);
    if (is_grouped)
      g_string_append_printf (sql, " GROUP BY %s, %s", one, other);
    if (is_ordered)
      append_order (fixture, sql, table);
    g_test_message ("%s", sql->str);
    assert_same (fixture, sql->str, is_ordered);
  }
}

/* Those that are asked most, and those that once were hard. */
static void
test_golden_queries (Fixture *fixture, gconstpointer data)
{
  static const char *const ordered[] = {
    "SELECT type, count(*) FROM $events GROUP BY 1",
    "SELECT type, count(*) FROM $events GROUP BY type ORDER BY type DESC",
    "SELECT component, type, count(*) FROM $events GROUP BY 1, 2",
    "SELECT type, count(*), sum(size), avg(duration_us) FROM $events GROUP BY type",
    "SELECT DISTINCT type FROM $events ORDER BY 1",
    "SELECT DISTINCT component FROM $events ORDER BY 1",
    "SELECT DISTINCT component_type FROM $events ORDER BY 1 DESC",
    "SELECT count(DISTINCT type), count(DISTINCT component), count(*) FROM $events",
    "SELECT count(*) FROM $events",
    "SELECT min(event), max(event), min(time), max(time_us) FROM $events",
    "SELECT * FROM $events ORDER BY event DESC LIMIT 20",
    "SELECT event FROM $events ORDER BY time DESC, event DESC LIMIT 20 OFFSET 7",
    "SELECT event FROM $events ORDER BY time_us, event",
    "SELECT type, event FROM $events ORDER BY type, event DESC LIMIT 300",
    "SELECT event FROM $events WHERE event > 500 ORDER BY event LIMIT 10",
    "SELECT event FROM $events WHERE time >= '2023-11-14 22:13:20.001' AND time < '2023-11-14 "
    "22:13:20.0012' ORDER BY event",
    "SELECT event FROM $events WHERE type IN ('SEND', 'DROP', 'nothing') AND component = "
    "'group/p3' ORDER BY event",
    "SELECT e.event, a.name, a.value FROM $events e JOIN $attributes a ON a.event = e.event WHERE "
    "e.type = 'SEND' ORDER BY 1, 2",
    "SELECT a.event, e.component FROM $attributes a JOIN $events e USING (event) WHERE a.name = "
    "'kafka.key' AND a.value = '17' ORDER BY 1",
    "SELECT event FROM $events WHERE event IN (SELECT event FROM $attributes WHERE name = "
    "'filename') ORDER BY event",
    "SELECT event FROM $events WHERE type = 'SEND' OR component = 'group/p1' ORDER BY event",
    "SELECT type FROM $events WHERE type = 'SEND' OR component = 'group/p1' ORDER BY type",
    "SELECT count(*) FROM $events WHERE type = 'SEND' OR component = 'group/p1'",
    "SELECT type, (SELECT count(*) FROM $events i WHERE i.type = o.type) FROM (SELECT DISTINCT "
    "type FROM $events) o ORDER BY 1",
    "SELECT name, count(*), count(DISTINCT value) FROM $attributes GROUP BY name ORDER BY name",
    "SELECT event, name FROM $attributes WHERE name = 'path' OR value = '17' ORDER BY rowid",
    "SELECT parent, child FROM $lineage ORDER BY rowid DESC LIMIT 5",
    "SELECT parent, count(*) FROM $lineage GROUP BY parent ORDER BY 2 DESC, 1 LIMIT 10",
    "SELECT l.child, e.type FROM $lineage l JOIN $events e ON e.flowfile = l.child ORDER BY "
    "e.event, l.parent LIMIT 100",
    "SELECT type, event, row_number() OVER (PARTITION BY type ORDER BY event) FROM $events ORDER "
    "BY event LIMIT 50",
    "WITH RECURSIVE up(id) AS (SELECT child FROM $lineage WHERE event > 1100 UNION SELECT "
    "l.parent FROM up JOIN $lineage l ON l.child = up.id) SELECT count(*) FROM up",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (ordered); i++) {
    g_test_message ("%s", ordered[i]);
    assert_same (fixture, ordered[i], true);
  }
}

/* What is asked for is what is looked at. */
static void assert_blocks (Fixture *fixture, const char *sql, unsigned at_most);

static bool
on_progress (void *user, uint64_t event)
{
  ++*(unsigned *)user;
  return true;
}

static void
assert_blocks (Fixture *fixture, const char *sql, unsigned at_most)
{
  unsigned n = 0;

  weir_history_set_progress (fixture->history, on_progress, &n);
  g_ptr_array_unref (ask (fixture->db, sql));
  weir_history_set_progress (fixture->history, NULL, NULL);
  if (n > at_most)
    g_error ("%u blocks, not %u: %s", n, at_most, sql);
}

/* Each partition has four blocks. */
static void
test_pushed_down (Fixture *fixture, gconstpointer data)
{
  assert_blocks (fixture, "SELECT * FROM events WHERE event = 5 AND type = 'x'", 1);
  assert_blocks (fixture, "SELECT event FROM events WHERE event BETWEEN 150 AND 200", 1);
  assert_blocks (fixture, "SELECT event FROM events ORDER BY event DESC LIMIT 3", 1);
  assert_blocks (fixture, "SELECT event FROM events ORDER BY event LIMIT 3", 1);
  assert_blocks (fixture, "SELECT event FROM events LIMIT 3", 1);
  assert_blocks (fixture, "SELECT type FROM events LIMIT 3", 1);
  assert_blocks (fixture, "SELECT event FROM events WHERE time < '2023-11-14 22:13:20.0001'", 2);
  assert_blocks (fixture, "SELECT event FROM events WHERE time_us > 1800000000000000", 0);
  assert_blocks (fixture, "SELECT event FROM events WHERE component = 'nobody'", 0);
  assert_blocks (fixture, "SELECT event FROM events WHERE type = 'UNHEARD'", 0);
  assert_blocks (fixture, "SELECT event FROM events WHERE flowfile = 'x'", 0);
  assert_blocks (fixture,
                 "SELECT event FROM attributes WHERE name = 'filename' AND value = 'not there'", 0);
  assert_blocks (fixture, "SELECT type, count(*) FROM events GROUP BY 1", 12);
  assert_blocks (fixture, "SELECT count(*) FROM events", 12);
}

/* Returns: (transfer full): @text with @uuid for each question mark. */
static char *
fill_in (const char *text, const char *uuid)
{
  g_auto (GStrv) parts = g_strsplit (text, "?", -1);

  return g_strjoinv (uuid, parts);
}

static void
test_lineage_function (Fixture *fixture, gconstpointer data)
{
  static const char *const queries[] = {
    "WITH RECURSIVE up(id) AS (VALUES('?') UNION SELECT l.parent FROM up JOIN real_lineage l ON "
    "l.child = up.id) SELECT parent, child, event FROM real_lineage WHERE child IN up",
    "SELECT parent, child, event FROM lineage('?', 'up')",
    "WITH RECURSIVE down(id) AS (VALUES('?') UNION SELECT l.child FROM down JOIN real_lineage l "
    "ON l.parent = down.id) SELECT parent, child, event FROM real_lineage WHERE parent IN down",
    "SELECT parent, child, event FROM lineage('?', 'down')",
  };
  unsigned n_rows = 0;

  for (uint64_t flowfile = 0; flowfile < fixture->made.source.next_flowfile + 1; flowfile += 17) {
    char uuid[WEIR_UUID_LENGTH + 1];

    weir_history_format_uuid (fixture->history, flowfile, uuid);
    for (size_t i = 0; i < G_N_ELEMENTS (queries); i += 2) {
      g_autofree char *sql = fill_in (queries[i], uuid);
      g_autofree char *function = fill_in (queries[i + 1], uuid);
      g_autoptr (GPtrArray) wanted = ask (fixture->db, sql);
      g_autoptr (GPtrArray) got = ask (fixture->db, function);

      g_ptr_array_sort (wanted, compare_rows);
      g_ptr_array_sort (got, compare_rows);
      g_assert_cmpuint (got->len, ==, wanted->len);
      for (guint k = 0; k < got->len; k++)
        g_assert_cmpstr (got->pdata[k], ==, wanted->pdata[k]);
      n_rows += got->len;
    }
  }
  g_assert_cmpuint (n_rows, >, 100);
}

static void
assert_refused (Fixture *fixture, const char *sql, const char *reason)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (fixture->db, sql, -1, &statement, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  g_assert_cmpint (code, ==, SQLITE_ERROR);
  g_assert_nonnull (strstr (sqlite3_errmsg (fixture->db), reason));
  sqlite3_finalize (statement);
}

static void
test_lineage_arguments (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) both = ask (
      fixture->db, "SELECT count(*) FROM real_events e, lineage(e.flowfile) WHERE e.event = 9");
  g_autoptr (GPtrArray) ways = ask (
      fixture->db, "SELECT (SELECT count(*) FROM lineage WHERE flowfile = e.flowfile AND direction "
                   "= 'up') + (SELECT count(*) FROM lineage(e.flowfile, 'down')) FROM "
                   "real_events e WHERE event = 9");
  g_autoptr (GPtrArray) none = ask (fixture->db, "SELECT * FROM lineage('nobody')");

  g_assert_cmpstr (both->pdata[0], ==, ways->pdata[0]);
  g_assert_cmpuint (none->len, ==, 0);
  assert_refused (fixture, "SELECT * FROM lineage('x', 'sideways')", "'up', 'down' or 'both'");
  assert_refused (fixture, "SELECT * FROM lineage WHERE direction = 'up'", "goes with a FlowFile");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/table/events", Fixture, NULL, set_up, test_events, tear_down);
  g_test_add ("/table/golden-queries", Fixture, NULL, set_up, test_golden_queries, tear_down);
  g_test_add ("/table/any-query", Fixture, NULL, set_up, test_any_query, tear_down);
  g_test_add ("/table/pushed-down", Fixture, NULL, set_up, test_pushed_down, tear_down);
  g_test_add ("/table/lineage-function", Fixture, NULL, set_up, test_lineage_function, tear_down);
  g_test_add ("/table/lineage-arguments", Fixture, NULL, set_up, test_lineage_arguments, tear_down);
  return g_test_run ();
}
