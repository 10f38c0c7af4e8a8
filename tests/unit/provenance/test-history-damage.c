/* Provenance that is not as it was written, or that nobody would write: whatever is asked ends,
 * what is given back is what was written, and what cannot be read is told. */
#include "histories.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provenance/lineage.h"
#include "provenance/query.h"

/* Everything that looks at each part of a partition. */
static const char *const queries[] = {
  "SELECT * FROM events",
  "SELECT * FROM events ORDER BY event DESC LIMIT 50",
  "SELECT * FROM events ORDER BY time DESC LIMIT 50",
  "SELECT type, component, count(*) FROM events GROUP BY 1, 2",
  "SELECT component, count(*) FROM events GROUP BY 1",
  "SELECT * FROM attributes LIMIT 500",
  "SELECT * FROM attributes WHERE name = 'filename' AND value = '17'",
  "SELECT * FROM lineage",
  "SELECT * FROM lineage('01234567-89ab-8def-8000-000000000005')",
  "SELECT count(*) FROM events WHERE component = 'group/p3' AND time > '2023'",
};

static void
ask_all (WeirHistory *history)
{
  for (size_t i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autoptr (WeirQuery) query = weir_query_new (history, queries[i], NULL);
    WeirValue value;

    while (query != NULL && weir_query_next (query, NULL))
      for (int column = 0; column < weir_query_get_n_columns (query); column++)
        weir_query_get (query, column, &value);
  }
}

/* Events that are read have the numbers that they had. Returns: how many there are. */
static guint
read_all (const TestHistory *made, WeirHistory *history)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  guint n = 0;

  filter.columns = WEIR_COLUMN_ALL;
  cursor = weir_history_find (history, &filter);
  while (weir_history_cursor_step (cursor, NULL)) {
    assert_event (test_history_get (made, weir_history_cursor_get_number (cursor)),
                  &weir_history_cursor_get_event (cursor)->event);
    n++;
  }
  return n;
}

static void
ask_for_flowfiles (WeirHistory *history)
{
  for (uint64_t flowfile = 1; flowfile < 60; flowfile += 7) {
    g_autoptr (WeirLineage) up = weir_lineage_new (history, flowfile, WEIR_LINEAGE_UP, 0);
    g_autoptr (WeirLineage) down = weir_lineage_new (history, flowfile, WEIR_LINEAGE_DOWN, 0);
    WeirPast past;

    while (weir_lineage_next (up, NULL) != NULL)
      ;
    while (weir_lineage_next (down, NULL) != NULL)
      ;
    if (weir_history_get_past (history, flowfile, 200, &past, NULL))
      weir_past_clear (&past);
  }
}

static guint
look (const TestHistory *made, guint *ret_n_problems)
{
  g_autoptr (WeirHistory) history = weir_history_open (made->directory, NULL);
  guint n;

  g_assert_nonnull (history);
  n = read_all (made, history);
  ask_for_flowfiles (history);
  ask_all (history);
  *ret_n_problems = weir_history_get_problems (history)->len;
  return n;
}

static char *
get_path (const TestHistory *made, uint64_t number)
{
  return weir_partition_get_path (made->directory, number);
}

/* A byte here or there, or the end. */
static void
test_bytes (void)
{
  g_autofree char *whole = NULL;
  g_autofree char *path = NULL;
  guint n_told = 0;
  TestHistory made;
  gsize size;

  test_history_init (&made, 31, 400, 2, 60);
  path = get_path (&made, 3);
  g_assert_true (g_file_get_contents (path, &whole, &size, NULL));
  for (int round = 0; round < (g_test_thorough () ? 500 : 60); round++) {
    g_autofree char *bytes = g_memdup2 (whole, size);
    gsize kept = test_one_in (&made.source, 10) ? test_random (&made.source, size) : size;
    guint n, n_problems;

    for (unsigned k = 1 + (unsigned)test_random (&made.source, 3); k > 0; k--)
      bytes[test_random (&made.source, size)] ^= (char)(1 + test_random (&made.source, 255));
    g_assert_true (g_file_set_contents (path, bytes, (gssize)kept, NULL));
    n = look (&made, &n_problems);
    g_assert_cmpuint (n, >=, 200);
    n_told += n < 400 && n_problems > 0;
  }
  g_assert_cmpuint (n_told, >, 5);
  test_history_clear (&made);
}

/* What stands beside the blocks, changed by somebody who knows SQL. */
static void
test_rows (void)
{
  static const char *const changes[] = {
    "UPDATE block SET first = first + 1 WHERE rowid % 2 = 0",
    "UPDATE block SET first = -first",
    "UPDATE block SET first = 9223372036854775807 WHERE first > 200",
    "UPDATE block SET n = 0",
    "UPDATE block SET n = -1",
    "UPDATE block SET n = 1000000000000",
    "UPDATE block SET n = n + 1",
    "UPDATE block SET n = n - 1",
    "UPDATE block SET n = 'many'",
    "UPDATE block SET earliest = 9223372036854775807, latest = -9223372036854775808",
    "UPDATE block SET earliest = 'never'",
    "UPDATE block SET types = 0",
    "UPDATE block SET types = -1, components = randomblob(30)",
    "UPDATE block SET components = zeroblob(3000)",
    "DELETE FROM block WHERE first % 3 = 0",
    "DELETE FROM data WHERE first > 100",
    "UPDATE data SET columns = randomblob(500)",
    "UPDATE data SET columns = x''",
    "UPDATE data SET columns = (SELECT columns FROM data LIMIT 1)",
    "UPDATE data SET columns = 'text'",
    "DELETE FROM bucket",
    "INSERT OR IGNORE INTO bucket SELECT b.bucket, 77 FROM bucket b",
    "UPDATE OR REPLACE bucket SET block = -5",
    "DELETE FROM filter",
    "UPDATE filter SET bits = randomblob(77)",
    "UPDATE word SET text = x'ff00fe'",
    "UPDATE word SET text = ''",
    "DELETE FROM word",
    "UPDATE component SET type = x'ff'",
    "UPDATE meta SET value = 'x'",
    "UPDATE meta SET value = '1 1 1 9223372036854775807' WHERE key = 'position'",
    "UPDATE meta SET value = '1 1 0 1' WHERE key = 'position'",
    "UPDATE meta SET value = '1 1 0 300' WHERE key = 'start'",
    "DELETE FROM meta",
    "DROP TABLE data",
    "ALTER TABLE block RENAME TO other",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *path = NULL;
    TestHistory made;
    guint n_problems;
    sqlite3 *db;

    g_test_message ("%s", changes[i]);
    test_history_init (&made, 32, 300, 2, 40);
    path = get_path (&made, 3);
    g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_exec (db, changes[i], NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close (db);
    g_assert_cmpuint (look (&made, &n_problems), >=, 150);
    test_history_clear (&made);
  }
}

/* Numbers that no flow has. */
static void
test_odd_events (void)
{
  for (guint32 seed = 0; seed < 4; seed++) {
    TestHistory made;
    guint n_problems;

    test_history_init (&made, seed, 0, 0, 1);
    made.source.is_odd = true;
    for (guint i = 0; i < 600; i++)
      g_ptr_array_add (made.events, test_event_new (&made.source));
    test_history_put (&made, 1, 0, 600, 110);
    g_assert_cmpuint (look (&made, &n_problems), ==, 600);
    g_assert_cmpuint (n_problems, ==, 0);
    test_history_clear (&made);
  }
}

/* One that is gone from the middle, and files that are none. */
static void
test_files (void)
{
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;
  TestHistory made;
  guint n_problems;

  test_history_init (&made, 33, 900, 3, 40);
  path = get_path (&made, 5);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpuint (look (&made, &n_problems), ==, 600);
  g_assert_true (g_file_set_contents (path, "no database", -1, NULL));
  g_assert_cmpuint (look (&made, &n_problems), ==, 600);
  g_assert_cmpuint (n_problems, ==, 1);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpuint (look (&made, &n_problems), ==, 600);
  g_assert_cmpuint (n_problems, ==, 1);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_cmpuint (look (&made, &n_problems), ==, 600);
  g_assert_cmpuint (n_problems, ==, 1);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  other = g_build_filename (made.directory, "000000000009.db.bad", NULL);
  g_assert_true (g_file_set_contents (other, "what was put aside", -1, NULL));
  g_assert_cmpuint (look (&made, &n_problems), ==, 600);
  test_history_clear (&made);
}

/* What was damaged has been made again. */
static void
test_made_again (void)
{
  g_autoptr (WeirHistory) history = NULL;
  g_autofree char *path = NULL;
  TestHistory made;

  test_history_init (&made, 34, 300, 3, 40);
  path = get_path (&made, 5);
  g_assert_cmpint (truncate (path, 5000), ==, 0);
  history = test_history_open (&made);
  g_assert_cmpuint (read_all (&made, history), ==, 200);
  g_assert_cmpint (g_unlink (path), ==, 0);
  test_history_put (&made, 5, 100, 200, 40);
  g_assert_true (weir_history_refresh (history, NULL));
  g_assert_cmpuint (read_all (&made, history), ==, 300);
  test_history_clear (&made);
}

/* Whatever a reader meets in a file that was dropped while it had it open is told to nobody; in one
 * that is there, it is. */
static void
test_dropped_while_read (void)
{
  for (int is_dropped = 0; is_dropped < 2; is_dropped++) {
    g_autoptr (WeirHistory) history = NULL;
    g_autofree char *path = NULL;
    TestHistory made;
    uint64_t first, last;

    test_history_init (&made, 35, 300, 3, 20);
    path = get_path (&made, 3);
    history = test_history_open (&made);
    g_assert_true (weir_history_get_range (history, &first, &last)); /* opens it */
    g_assert_cmpuint (first, ==, 1);
    g_assert_cmpint (truncate (path, 5000), ==, 0);
    if (is_dropped)
      g_assert_cmpint (g_unlink (path), ==, 0);
    g_assert_cmpuint (read_all (&made, history), ==, 200);
    g_assert_cmpuint (weir_history_get_problems (history)->len, ==, is_dropped ? 0 : 1);
    test_history_clear (&made);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history-damage/bytes", test_bytes);
  g_test_add_func ("/history-damage/rows", test_rows);
  g_test_add_func ("/history-damage/odd-events", test_odd_events);
  g_test_add_func ("/history-damage/files", test_files);
  g_test_add_func ("/history-damage/made-again", test_made_again);
  g_test_add_func ("/history-damage/dropped while read", test_dropped_while_read);
  return g_test_run ();
}
