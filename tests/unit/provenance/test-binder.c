/* The binder: partitions end where they should and go when they should, nothing that was given to
 * it is lost by a disk that fails for a while, and what is damaged or taken away does not stop it.
 */
#include "partitions.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <weir/error.h>

#include "base/limits.h"
#include "provenance/binder.h"
#include "provenance/shelf.h"

#define WALL INT64_C (1700000000000000)
#define DAY  (INT64_C (24) * 3600 * 1000000)

typedef struct {
  WeirBinderOptions options;
  char *directory;
  WeirClock *clock;
  WeirDictionary *dictionary;
  WeirBinder *binder;
  GString *messages;
  TestEvents source;
  WeirBlockWriterOptions writer_options;
  WeirBlockWriter *writer;
  WeirPosition position;
} Fixture;

static void
ignore_append (void *data, const void *body, size_t size)
{
}

static void
note_message (void *user, const char *message)
{
  g_string_append_printf (user, "%s\n", message);
}

static WeirPosition
open_binder (Fixture *fixture)
{
  WeirPosition position;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->binder, weir_binder_free);
  fixture->binder = weir_binder_new (&fixture->options);
  weir_binder_open (fixture->binder, UINT64_MAX, &position, &error);
  g_assert_no_error (error);
  weir_block_writer_begin (fixture->writer, MAX (position.event, 1));
  return position;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = test_make_directory ();
  fixture->clock = weir_clock_new_fake (WALL);
  fixture->dictionary = weir_dictionary_new (ignore_append, NULL);
  fixture->messages = g_string_new (NULL);
  fixture->options = (WeirBinderOptions){ .directory = fixture->directory,
                                          .install = TEST_INSTALL,
                                          .dictionary = fixture->dictionary,
                                          .clock = fixture->clock,
                                          .retention_bytes = UINT64_MAX,
                                          .retention_usec = INT64_MAX,
                                          .partition_bytes = UINT64_MAX,
                                          .on_message = note_message,
                                          .user = fixture->messages };
  for (uint64_t i = 1; i <= 8; i++)
    g_assert_cmpuint (
        weir_dictionary_get_number (fixture->dictionary, WEIR_WORD_NAME, test_name (i)), ==, i);
  test_events_init (&fixture->source, 1, false);
  fixture->writer_options = (WeirBlockWriterOptions){ test_get_name, NULL };
  fixture->writer = weir_block_writer_new (&fixture->writer_options);
  fixture->position = open_binder (fixture);
  fixture->position.sequence = 1;
  weir_binder_skip (fixture->binder, &fixture->position, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  weir_binder_free (fixture->binder);
  weir_block_writer_free (fixture->writer);
  test_events_clear (&fixture->source);
  weir_clock_free_fake (fixture->clock);
  weir_dictionary_free (fixture->dictionary);
  g_string_free (fixture->messages, TRUE);
  test_remove (fixture->directory);
  g_free (fixture->directory);
}

/* Events of now. */
static void
add_events (Fixture *fixture, guint n)
{
  for (; n > 0; n--) {
    TestEvent *test = test_event_new (&fixture->source);

    test->event.time = weir_clock_get_wall (fixture->clock);
    weir_block_writer_add (fixture->writer, &test->event);
    fixture->position.event++;
    fixture->position.sequence++;
    fixture->position.place += 100;
    test_event_free (test);
  }
}

static void
add_block (Fixture *fixture, guint n)
{
  WeirBlock block;

  add_events (fixture, n);
  weir_block_writer_pack (fixture->writer, &block);
  weir_binder_add (fixture->binder, &block, &fixture->position);
  weir_block_writer_begin (fixture->writer, fixture->position.event);
}

static bool
try_commit (Fixture *fixture, GError **error)
{
  bool is_closed;

  return weir_binder_commit (fixture->binder, NULL, &fixture->position, &is_closed, error);
}

static bool
commit (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  bool is_closed = false;

  weir_binder_commit (fixture->binder, NULL, &fixture->position, &is_closed, &error);
  g_assert_no_error (error);
  return is_closed;
}

static guint
count_files (Fixture *fixture, uint64_t *ret_bytes)
{
  g_autoptr (GArray) files = weir_shelf_list (fixture->directory, NULL, NULL);

  *ret_bytes = 0;
  for (guint i = 0; i < files->len; i++)
    *ret_bytes += g_array_index (files, WeirShelfFile, i).bytes;
  return files->len;
}

/* Returns: how many events there are, in blocks that follow each other. */
static uint64_t
count_events (Fixture *fixture)
{
  g_autoptr (GArray) files = weir_shelf_list (fixture->directory, NULL, NULL);
  uint64_t n = 0, end = 0;

  for (guint i = 0; i < files->len; i++) {
    g_autoptr (WeirPartition) partition = weir_partition_open_to_read (
        fixture->directory, g_array_index (files, WeirShelfFile, i).number, NULL);
    WeirBlockRow range;

    g_assert_nonnull (partition);
    g_assert_true (weir_partition_get_range (partition, &range, NULL));
    if (range.n == 0)
      continue;
    g_assert_true (end == 0 || range.first == end);
    end = range.first + range.n;
    n += range.n;
  }
  return n;
}

static void
test_rotation (Fixture *fixture, gconstpointer data)
{
  uint64_t bytes, n = 0;
  guint n_closed = 0;

  fixture->options.partition_bytes = 300000;
  (void)open_binder (fixture);
  weir_binder_skip (fixture->binder, &fixture->position, NULL);
  for (unsigned i = 0; i < 60; i++) {
    add_block (fixture, 500);
    n_closed += commit (fixture);
    n += 500;
  }
  g_assert_cmpuint (n_closed, >=, 3);
  g_assert_cmpuint (count_files (fixture, &bytes), ==, n_closed + 1);
  g_assert_cmpuint (count_events (fixture), ==, n);
  g_assert_cmpuint (open_binder (fixture).event, ==, n + 1);
}

/* A block that is not whole stays in the partition that it begins in, and ends with that. */
static void
test_open_block (Fixture *fixture, gconstpointer data)
{
  WeirBlock block;
  bool is_closed = false;
  uint64_t bytes;
  unsigned n;

  fixture->options.partition_bytes = 200000;
  (void)open_binder (fixture);
  weir_binder_skip (fixture->binder, &fixture->position, NULL);
  for (n = 0; !is_closed; n++) {
    add_events (fixture, 100);
    weir_block_writer_pack (fixture->writer, &block);
    g_assert_true (
        weir_binder_commit (fixture->binder, &block, &fixture->position, &is_closed, NULL));
    g_assert_cmpuint (count_events (fixture), ==, (n + 1) * 100);
    if (weir_block_writer_get_n (fixture->writer) < 1000)
      continue;
    weir_binder_add (fixture->binder, &block, &fixture->position);
    weir_block_writer_begin (fixture->writer, fixture->position.event);
  }
  weir_block_writer_begin (fixture->writer, fixture->position.event);
  add_block (fixture, 10);
  commit (fixture);
  g_assert_cmpuint (count_files (fixture, &bytes), ==, 2);
  g_assert_cmpuint (count_events (fixture), ==, n * 100 + 10);
}

static void
test_a_day (Fixture *fixture, gconstpointer data)
{
  uint64_t bytes;

  add_block (fixture, 10);
  g_assert_false (commit (fixture));
  weir_clock_advance (fixture->clock, DAY - 1);
  add_block (fixture, 10);
  g_assert_false (commit (fixture));
  weir_clock_advance (fixture->clock, 1);
  g_assert_true (weir_binder_is_full (fixture->binder));
  g_assert_true (commit (fixture));
  add_block (fixture, 10);
  g_assert_false (commit (fixture));
  g_assert_cmpuint (count_files (fixture, &bytes), ==, 2);
}

static void
test_retention_bytes (Fixture *fixture, gconstpointer data)
{
  uint64_t bytes;
  guint n = 0;
  bool is_all;

  fixture->options.retention_bytes = 1000000;
  fixture->options.partition_bytes = 125000;
  (void)open_binder (fixture);
  weir_binder_skip (fixture->binder, &fixture->position, NULL);
  for (unsigned i = 0; i < 300; i++) {
    add_block (fixture, 200);
    n += commit (fixture);
    g_assert_true (weir_binder_checkpoint (fixture->binder, &is_all, NULL));
    weir_binder_trim (fixture->binder);
    g_assert_cmpuint (weir_binder_get_bytes (fixture->binder), <=, 1000000 + 125000);
  }
  g_assert_cmpuint (n, >, 20);
  g_assert_cmpuint (count_files (fixture, &bytes), <, 12);
  g_assert_cmpuint (count_files (fixture, &bytes), >, 4);
  g_assert_cmpuint (open_binder (fixture).event, ==, fixture->position.event);
  weir_binder_trim (fixture->binder);
  g_assert_cmpstr (fixture->messages->str, ==, "");
}

/* The oldest goes when its last event is too old, whenever somebody looks, and also the only one.
 */
static void
test_retention_age (Fixture *fixture, gconstpointer data)
{
  uint64_t bytes;
  bool is_all;

  fixture->options.retention_usec = 3 * DAY;
  (void)open_binder (fixture);
  weir_binder_skip (fixture->binder, &fixture->position, NULL);
  g_assert_cmpint (weir_binder_get_due (fixture->binder), ==, INT64_MAX);
  for (unsigned i = 0; i < 10; i++) {
    add_block (fixture, 100);
    commit (fixture);
    g_assert_true (weir_binder_checkpoint (fixture->binder, &is_all, NULL));
    weir_binder_trim (fixture->binder);
    /* A partition has up to two days, and goes with its last event. */
    g_assert_cmpuint (count_events (fixture), >=, 100 * MIN (i + 1, 3));
    g_assert_cmpuint (count_events (fixture), <=, 100 * MIN (i + 1, 5));
    weir_clock_advance (fixture->clock, DAY);
  }
  /* With a new run, which does not know what is in the files. */
  (void)open_binder (fixture);
  weir_binder_trim (fixture->binder);
  g_assert_cmpuint (count_events (fixture), >=, 200);
  g_assert_cmpint (weir_binder_get_due (fixture->binder), >, WALL + 10 * DAY);
  g_assert_cmpint (weir_binder_get_due (fixture->binder), <=, WALL + 12 * DAY);
  weir_clock_advance (fixture->clock, 2 * DAY);
  commit (fixture);
  g_assert_true (weir_binder_checkpoint (fixture->binder, &is_all, NULL));
  weir_binder_trim (fixture->binder);
  g_assert_cmpuint (count_files (fixture, &bytes), ==, 1);
  g_assert_cmpuint (count_events (fixture), ==, 0);
  g_assert_cmpuint (open_binder (fixture).event, ==, 1001);
}

/* --- what goes wrong --- */

static void
limit_files (rlim_t bytes)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* Whatever write is the first that fails. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  unsigned n_failed = 0;

  for (unsigned i = 0; i < 60; i++) {
    g_autoptr (GError) error = NULL;
    uint64_t n = fixture->position.event - 1;

    add_block (fixture, 50);
    limit_files (4096 * (rlim_t)i);
    if (!try_commit (fixture, &error)) {
      n_failed++;
      g_assert_nonnull (error);
      limit_files (RLIM_INFINITY);
      if (n > 0)
        g_assert_cmpuint (count_events (fixture), ==, n);
      commit (fixture);
    }
    limit_files (RLIM_INFINITY);
    g_assert_cmpuint (count_events (fixture), ==, n + 50);
  }
  g_assert_cmpuint (n_failed, >, 10);
  g_assert_cmpuint (open_binder (fixture).event, ==, 60 * 50 + 1);
  g_assert_cmpstr (fixture->messages->str, ==, "");
}

/* A few bytes that are something else. */
static void
spoil (Fixture *fixture, uint64_t number, gsize at)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, number);
  WEIR_AUTO_FD int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (pwrite (fd, "spoilt by a test", 16, (off_t)at), ==, 16);
}

static bool
has_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The newest one at the start: the events go on where the one before ends. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  fixture->options.partition_bytes = 1;
  (void)open_binder (fixture);
  weir_binder_skip (fixture->binder, &fixture->position, NULL);
  for (unsigned i = 0; i < 3; i++) {
    add_block (fixture, 50);
    commit (fixture);
  }
  g_clear_pointer (&fixture->binder, weir_binder_free);
  spoil (fixture, 3, 0);
  g_assert_cmpuint (open_binder (fixture).event, ==, 101);
  g_assert_nonnull (strstr (fixture->messages->str, "000000000003.db.damaged, and its events"));
  g_assert_true (has_file (fixture, "000000000003.db.damaged"));
  fixture->position.event = 101;
  for (unsigned i = 0; i < 2; i++) {
    add_block (fixture, 25);
    commit (fixture);
  }
  g_assert_false (has_file (fixture, "000000000003.db")); /* its number is not used again */
  g_assert_true (has_file (fixture, "000000000004.db"));
  g_assert_cmpuint (count_events (fixture), ==, 150);
}

/* The one that is written: what is pending goes into the next one. */
static void
test_damaged_while_open (Fixture *fixture, gconstpointer data)
{
  bool is_all;

  for (unsigned i = 0; i < 5; i++) {
    add_block (fixture, 400);
    commit (fixture);
  }
  g_assert_true (weir_binder_checkpoint (fixture->binder, &is_all, NULL));
  spoil (fixture, 1, 0);
  add_block (fixture, 50);
  limit_files (0); /* after which it is opened again */
  g_assert_false (try_commit (fixture, NULL));
  limit_files (RLIM_INFINITY);
  commit (fixture);
  g_assert_nonnull (strstr (fixture->messages->str, "it is now"));
  g_assert_true (has_file (fixture, "000000000001.db.damaged"));
  g_assert_cmpuint (count_events (fixture), ==, 50);
  g_assert_cmpuint (open_binder (fixture).event, ==, fixture->position.event);
}

/* Where nobody looks before something is written there. */
static void
test_damaged_inside (Fixture *fixture, gconstpointer data)
{
  for (unsigned i = 0; i < 5; i++) {
    add_block (fixture, 400);
    commit (fixture);
  }
  g_clear_pointer (&fixture->binder, weir_binder_free);
  spoil (fixture, 1, (gsize)6 * 16384);
  g_assert_cmpuint (open_binder (fixture).event, ==, 2001);
  add_block (fixture, 50);
  commit (fixture);
  g_assert_nonnull (strstr (fixture->messages->str, "it is now"));
  g_assert_cmpuint (count_events (fixture), ==, 50);
}

static int
fail_to_sync (WeirFs *fs, WeirFsCall call)
{
  return call == WEIR_FS_SYNC ? EIO : 0;
}

static void
copy_file (const char *from, const char *to, const char *name)
{
  g_autofree char *source = g_build_filename (from, name, NULL);
  g_autofree char *copy = g_build_filename (to, name, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize)size, NULL));
}

/* What a killed run had committed may be in memory only, and who opens it lets go of the log that
 * it was made of: it is brought to disk before. What was closed in order is. */
static void
test_killed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *left = test_make_directory ();
  WeirFs failing = { fail_to_sync };
  g_autoptr (GError) error = NULL;
  WeirPosition position;

  add_block (fixture, 50);
  commit (fixture);
  copy_file (fixture->directory, left, "000000000001.db");
  copy_file (fixture->directory, left, "000000000001.db-wal");
  fixture->options.fs = &failing;
  (void)open_binder (fixture);
  g_clear_pointer (&fixture->binder, weir_binder_free);

  fixture->options.directory = left;
  fixture->binder = weir_binder_new (&fixture->options);
  g_assert_false (weir_binder_open (fixture->binder, UINT64_MAX, &position, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_IO);
  fixture->options.fs = NULL;
  g_assert_cmpuint (open_binder (fixture).event, ==, 51);
  g_clear_pointer (&fixture->binder, weir_binder_free);
  test_remove (left);
}

static void
test_taken_away (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 1);

  add_block (fixture, 50);
  commit (fixture);
  g_assert_cmpint (g_unlink (path), ==, 0);
  add_block (fixture, 30);
  commit (fixture);
  g_assert_nonnull (strstr (fixture->messages->str, "No such file"));
  g_assert_false (has_file (fixture, "000000000001.db"));
  g_assert_cmpuint (count_events (fixture), ==, 30);
  g_assert_cmpuint (open_binder (fixture).event, ==, 81);
}

/* What is not of here, or of a later version, or was never begun. */
static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_autofree char *third = weir_partition_get_path (fixture->directory, 3);
  WeirPosition start = { 1, 1, 0, 1000 };

  add_block (fixture, 50);
  commit (fixture);
  g_clear_pointer (&fixture->binder, weir_binder_free);
  weir_partition_free (
      weir_partition_create (fixture->directory, 2, TEST_INSTALL + 1, &start, NULL));
  g_assert_true (g_file_set_contents (third, "", 0, NULL));
  g_assert_cmpuint (open_binder (fixture).event, ==, 51);
  g_assert_nonnull (strstr (fixture->messages->str, "of another data directory"));
  g_assert_true (has_file (fixture, "000000000002.db.damaged"));
  g_assert_false (has_file (fixture, "000000000003.db"));
}

/* A reader who does not let go keeps what is committed from being all in the file, and nothing
 * else. */
static void
test_slow_reader (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 1);
  sqlite3 *db;
  sqlite3_stmt *statement;
  bool is_all;

  add_block (fixture, 50);
  commit (fixture);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_prepare_v2 (db, "SELECT * FROM block", -1, &statement, NULL);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  fixture->options.partition_bytes = 1;
  add_block (fixture, 50);
  commit (fixture);
  g_assert_true (weir_binder_checkpoint (fixture->binder, &is_all, NULL));
  g_assert_false (is_all);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  g_assert_true (weir_binder_checkpoint (fixture->binder, &is_all, NULL));
  g_assert_true (is_all);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/binder/rotation", test_rotation);
  ADD ("/binder/open-block", test_open_block);
  ADD ("/binder/a-day", test_a_day);
  ADD ("/binder/retention-bytes", test_retention_bytes);
  ADD ("/binder/retention-age", test_retention_age);
  ADD ("/binder/full-disk", test_full_disk);
  ADD ("/binder/damaged", test_damaged);
  ADD ("/binder/damaged-while-open", test_damaged_while_open);
  ADD ("/binder/damaged-inside", test_damaged_inside);
  ADD ("/binder/killed", test_killed);
  ADD ("/binder/taken-away", test_taken_away);
  ADD ("/binder/foreign", test_foreign);
  ADD ("/binder/slow-reader", test_slow_reader);
#undef ADD
  return g_test_run ();
}
