/* What is not a partition, or not any more, or not of this version, is an error and never ends the
 * process; and one may be read where nothing may be written. */
#include "partition-fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weir/error.h>

#include "provenance/sql.h"

static void
assert_refused (Fixture *fixture, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirPartition) partition = weir_partition_open (fixture->directory, 3, &error);

  g_assert_null (partition);
  g_assert_error (error, WEIR_ERROR, code);
  g_clear_error (&error);
  g_assert_null (weir_partition_open_to_read (fixture->directory, 3, &error));
  g_assert_nonnull (error);
}

static void
run_sql (Fixture *fixture, const char *sql)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 3);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 3);
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_partition_create (fixture->directory, 3, TEST_INSTALL, &start, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
  test_fill (fixture->partition, fixture->events, 300);
  g_clear_pointer (&fixture->partition, weir_partition_free);

  run_sql (fixture, "UPDATE meta SET value = '1 2 3' WHERE key = 'position'");
  g_assert_null (weir_partition_open (fixture->directory, 3, NULL));
  run_sql (fixture, "UPDATE meta SET value = '1 2 0 4001' WHERE key = 'position'");
  g_assert_null (weir_partition_open (fixture->directory, 3, NULL));
  run_sql (fixture, "UPDATE meta SET value = '1 2 0 3001' WHERE key = 'position'");
  fixture->partition = weir_partition_open (fixture->directory, 3, NULL);
  g_assert_nonnull (fixture->partition);
  g_clear_pointer (&fixture->partition, weir_partition_free);
  run_sql (fixture, "PRAGMA user_version = 2");
  assert_refused (fixture, WEIR_ERROR_UNSUPPORTED);
  run_sql (fixture, "PRAGMA application_id = 5");
  assert_refused (fixture, WEIR_ERROR_CORRUPT);
  g_assert_true (
      g_file_set_contents (path, "no database at all, but long enough to be one", -1, NULL));
  assert_refused (fixture, WEIR_ERROR_CORRUPT);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  assert_refused (fixture, WEIR_ERROR_NOT_FOUND);
  g_unlink (path);
  assert_refused (fixture, WEIR_ERROR_NOT_FOUND);
}

/* Reads whatever can still be read, which must not end the process. */
static void
try_all (const char *directory)
{
  g_autoptr (WeirPartition) partition = weir_partition_open_to_read (directory, 4, NULL);
  g_autoptr (WeirBlockReader) reader = weir_block_reader_new ();
  WeirBlockWish wish = { .to = UINT64_MAX, .since = INT64_MIN, .until = INT64_MAX, .component = 3 };
  WeirBlockRow row = { 0 };

  for (unsigned i = 0; i < 100 && partition != NULL; i++) {
    g_autoptr (GBytes) bytes = NULL;
    gsize size;
    const uint8_t *data;

    if (!weir_partition_find_block (partition, &wish, row.first + row.n, &row, NULL))
      break;
    bytes = weir_partition_read_block (partition, row.first, NULL);
    if (bytes == NULL)
      continue;
    data = g_bytes_get_data (bytes, &size);
    if (weir_block_reader_open (reader, data, size, NULL))
      g_assert_true (weir_block_reader_load (reader, WEIR_COLUMN_ALL, NULL));
  }
}

static void
test_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 3);
  g_autofree char *copy = weir_partition_get_path (fixture->directory, 4);
  g_autofree char *bytes = NULL;
  gsize size;

  g_ptr_array_set_size (fixture->events, 300);
  test_fill (fixture->partition, fixture->events, 50);
  g_clear_pointer (&fixture->partition, weir_partition_free);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize i = 0; i < size; i += i < 200 ? 1 : 997) {
    char kept = bytes[i];

    bytes[i] = (char)(kept ^ (1 << i % 8));
    g_assert_true (
        g_file_set_contents_full (copy, bytes, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    bytes[i] = kept;
    try_all (fixture->directory);
  }
}

/* By somebody who may write nothing there, in a process of his own, as root may write everywhere.
 */
static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 3);
  int status;
  pid_t child;

  test_fill (fixture->partition, fixture->events, 300);
  g_clear_pointer (&fixture->partition, weir_partition_free);
  g_assert_cmpint (g_chmod (path, 0444), ==, 0);
  g_assert_cmpint (g_chmod (fixture->directory, 0555), ==, 0);
  child = fork ();
  if (child == 0) {
    bool is_nobody = geteuid () != 0 || setuid (65534) == 0;
    WeirPartition *partition = weir_partition_open_to_read (fixture->directory, 3, NULL);

    _exit (is_nobody && partition != NULL && read_all (partition, fixture->events) == 2000 ? 0 : 1);
  }
  waitpid (child, &status, 0);
  g_assert_cmpint (g_chmod (fixture->directory, 0700), ==, 0);
  g_assert_cmpint (status, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/partition-damage/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/partition-damage/damage", Fixture, NULL, set_up, test_damage, tear_down);
  g_test_add ("/partition-damage/read-only", Fixture, NULL, set_up, test_read_only, tear_down);
  return g_test_run ();
}
