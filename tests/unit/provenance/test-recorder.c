/* The recorder behind a real log: each thing that happened is an event once, whatever run ends
 * when and how, and whatever the disk does meanwhile. */
#include "frames.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lock.h"
#include "provenance/history.h"
#include "provenance/recorder.h"

#define SEGMENT ((uint64_t)256 * 1024)
#define WALL    INT64_C (1700000000000000)

typedef struct {
  char *root;
  char *directory; /* of provenance */
  WeirData *data;
  WeirRecorder *recorder;
  WeirRecorderOptions options;
  WeirClock *clock;
  WeirEntryWriter writer;
  TestNumbers numbers;
  uint64_t k; /* entries so far */
  GArray *happenings;
  WeirLock lock;
  GString *messages; /* guarded by lock */
} Fixture;

static void
ignore_durable (void *user, uint64_t durable)
{
}

static void
fail_on_failure (void *user, const GError *error)
{
  g_error ("%s", error->message);
}

static void
ignore (void *user)
{
}

static void
note_message (void *user, const char *message)
{
  Fixture *fixture = user;

  WEIR_LOCKED (&fixture->lock);
  g_string_append_printf (fixture->messages, "%s\n", message);
}

static bool
has_message (Fixture *fixture, const char *part)
{
  WEIR_LOCKED (&fixture->lock);

  return strstr (fixture->messages->str, part) != NULL;
}

static void
start (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  WeirDataOptions options = { .directory = fixture->root,
                              .owner = "test",
                              .durability = WEIR_DURABILITY_PROCESS,
                              .segment_size = SEGMENT,
                              .checkpoint_bytes = SEGMENT,
                              .on_durable = ignore_durable,
                              .on_failure = fail_on_failure,
                              .on_low = ignore };

  fixture->data = weir_data_open (&options, &error);
  g_assert_no_error (error);
  fixture->options.data = fixture->data;
  fixture->recorder = weir_recorder_new (&fixture->options);
  g_assert_true (weir_data_start (fixture->data, &error));
  g_assert_no_error (error);
  test_get_numbers (weir_data_get_dictionary (fixture->data), &fixture->numbers);
}

static void
stop (Fixture *fixture)
{
  weir_data_stop (fixture->data);
  g_clear_pointer (&fixture->recorder, weir_recorder_free);
  g_clear_pointer (&fixture->data, weir_data_free);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = test_make_directory ();
  fixture->directory = g_build_filename (fixture->root, "provenance", NULL);
  pthread_mutex_init (&fixture->lock, NULL);
  fixture->messages = g_string_new (NULL);
  fixture->happenings = g_array_new (FALSE, FALSE, sizeof (TestHappening));
  fixture->clock = weir_clock_new_fake (WALL);
  fixture->options = (WeirRecorderOptions){ .directory = fixture->directory,
                                            .clock = fixture->clock,
                                            .on_message = note_message,
                                            .user = fixture };
  weir_entry_writer_init (&fixture->writer);
  start (fixture);
}

static void
remove_all (const char *directory)
{
  const char *argv[] = { "rm", "-rf", directory, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->data != NULL)
    stop (fixture);
  remove_all (fixture->root);
  weir_entry_writer_clear (&fixture->writer);
  weir_clock_free_fake (fixture->clock);
  g_array_unref (fixture->happenings);
  g_string_free (fixture->messages, TRUE);
  pthread_mutex_destroy (&fixture->lock);
  g_free (fixture->directory);
  g_free (fixture->root);
}

/* Returns: the ticket of the next entry. */
static uint64_t
append (Fixture *fixture)
{
  test_write_entry (&fixture->writer, &fixture->numbers, ++fixture->k);
  return weir_data_append (fixture->data, WALL + (int64_t)fixture->k, fixture->writer.start,
                           weir_entry_writer_get_size (&fixture->writer), NULL);
}

/* Returns: the ticket of the last of @n. */
static uint64_t
add (Fixture *fixture, unsigned n)
{
  uint64_t ticket = 0;

  for (; n > 0; n--) {
    ticket = append (fixture);
    test_expect (fixture->happenings, fixture->k);
  }
  return ticket;
}

static void
add_durable (Fixture *fixture, unsigned n)
{
  g_assert_true (weir_data_wait_applied (fixture->data, add (fixture, n)));
}

static void
assert_no_messages (Fixture *fixture)
{
  WEIR_LOCKED (&fixture->lock);

  g_assert_cmpstr (fixture->messages->str, ==, "");
}

static void
test_flush (Fixture *fixture, gconstpointer data)
{
  WeirRecorderFigures figures;

  weir_recorder_flush (fixture->recorder);
  for (unsigned i = 0; i < 20; i++) {
    add_durable (fixture, 5);
    weir_recorder_flush (fixture->recorder);
    test_check_all (fixture->directory, fixture->happenings);
  }
  weir_recorder_get_figures (fixture->recorder, &figures);
  g_assert_cmpuint (figures.n_events, ==, fixture->happenings->len);
  g_assert_cmpuint (figures.lag_bytes, ==, 0);
  g_assert_cmpuint (figures.n_lost, ==, 0);
  g_assert_cmpuint (figures.bytes, >, 16384);
  assert_no_messages (fixture);
}

/* Runs that end in order. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  for (unsigned i = 0; i < 12; i++) {
    add (fixture, i * i * 3);
    stop (fixture);
    test_check_all (fixture->directory, fixture->happenings);
    start (fixture);
  }
  assert_no_messages (fixture);
}

/* Runs that are killed: what was durable is there in the end, once. */
static void
test_kill (Fixture *fixture, gconstpointer data)
{
  stop (fixture);
  for (unsigned i = 0; i < 10; i++) {
    unsigned n = 1 + i * 7;
    int status;
    pid_t child = fork ();

    if (child == 0) {
      start (fixture);
      add_durable (fixture, n);
      if (i % 3 != 0)
        weir_recorder_flush (fixture->recorder);
      _exit (0);
    }
    waitpid (child, &status, 0);
    g_assert_cmpint (status, ==, 0);
    for (; n > 0; n--)
      test_expect (fixture->happenings, ++fixture->k);
  }
  start (fixture);
  weir_recorder_flush (fixture->recorder);
  test_check_all (fixture->directory, fixture->happenings);
  assert_no_messages (fixture);
}

static unsigned
count_segments (const Fixture *fixture)
{
  g_autofree char *log = g_build_filename (fixture->root, "log", NULL);
  g_autoptr (GDir) names = g_dir_open (log, 0, NULL);
  unsigned n = 0;

  while (g_dir_read_name (names) != NULL)
    n++;
  return n;
}

/* Long enough for many blocks, partitions and segments, most of which are let go. */
static void
test_long (Fixture *fixture, gconstpointer data)
{
  stop (fixture);
  fixture->options.partition_bytes = 400000;
  start (fixture);
  for (unsigned i = 0; i < 30; i++) {
    add_durable (fixture, 2000);
    weir_recorder_flush (fixture->recorder);
  }
  stop (fixture);
  test_check_all (fixture->directory, fixture->happenings);
  /* A start lets go of what the recorder had let go of; how far a snapshot was behind when the last
   * run ended is left to chance. */
  for (unsigned i = 0; i < 50 && count_segments (fixture) >= 12; i++) {
    start (fixture);
    add_durable (fixture, 10);
    weir_recorder_flush (fixture->recorder);
    stop (fixture);
  }
  g_assert_cmpuint (count_segments (fixture), <, 12);
  start (fixture);
  add_durable (fixture, 10);
  weir_recorder_flush (fixture->recorder);
  test_check_all (fixture->directory, fixture->happenings);
  assert_no_messages (fixture);
}

/* The newest partition cannot be read: its events are made again, as far as the log reaches. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 1);

  add_durable (fixture, 300);
  stop (fixture);
  g_assert_true (
      g_file_set_contents (path, "nothing that is of any use to anybody here", -1, NULL));
  start (fixture);
  add_durable (fixture, 20);
  weir_recorder_flush (fixture->recorder);
  test_check_all (fixture->directory, fixture->happenings);
  g_assert_true (has_message (fixture, "its events are made again"));
}

/* All of it is gone, and the log has less than all. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  WeirRecorderFigures figures;

  add_durable (fixture, 100000);
  weir_recorder_flush (fixture->recorder);
  stop (fixture);
  remove_all (fixture->directory);
  for (unsigned i = 1; i <= 5; i++) { /* as the log does by and by */
    g_autofree char *segment = g_strdup_printf ("%s/log/%012u.log", fixture->root, i);

    g_unlink (segment);
  }
  start (fixture);
  weir_recorder_flush (fixture->recorder);
  weir_recorder_get_figures (fixture->recorder, &figures);
  g_assert_cmpuint (figures.n_lost, ==, 1);
  g_assert_cmpuint (figures.n_events, <, fixture->happenings->len);
  g_assert_true (has_message (fixture, "the log does not reach back so far"));
}

static void
limit_files (rlim_t bytes)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* Files of provenance are larger than any other here, so only they fail. */
static void
test_failing (Fixture *fixture, gconstpointer data)
{
  add_durable (fixture, 1000);
  weir_recorder_flush (fixture->recorder);
  limit_files (SEGMENT);
  add_durable (fixture, 3000);
  weir_recorder_flush (fixture->recorder);
  while (!has_message (fixture, "cannot be written")) {
    add_durable (fixture, 100);
    weir_recorder_flush (fixture->recorder);
  }
  add_durable (fixture, 3000);
  limit_files (RLIM_INFINITY);
  weir_recorder_flush (fixture->recorder);
  weir_recorder_flush (fixture->recorder);
  g_assert_true (has_message (fixture, "provenance can be written again"));
  add_durable (fixture, 10);
  weir_recorder_flush (fixture->recorder);
  test_check_all (fixture->directory, fixture->happenings);
}

/* The directory cannot be opened at the start: the log waits for it, but not without end. */
static void
test_no_directory (Fixture *fixture, gconstpointer data)
{
  stop (fixture);
  remove_all (fixture->directory);
  g_assert_true (g_file_set_contents (fixture->directory, "", 0, NULL));
  start (fixture);
  g_assert_true (has_message (fixture, "cannot be written"));
  add_durable (fixture, 100);
  g_assert_cmpint (g_unlink (fixture->directory), ==, 0);
  weir_recorder_flush (fixture->recorder); /* tries to open it */
  weir_recorder_flush (fixture->recorder);
  test_check_all (fixture->directory, fixture->happenings);
  g_assert_true (has_message (fixture, "provenance can be written again"));
}

/* Provenance cannot be written for long: what waits in the log is given up in the end, and it is
 * said what is missing. */
static void
test_give_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *aside = g_strconcat (fixture->directory, "-aside", NULL);
  WeirRecorderFigures figures;
  uint64_t n;

  stop (fixture);
  fixture->options.lag_bytes = 100000;
  start (fixture);
  add_durable (fixture, 1000);
  weir_recorder_flush (fixture->recorder);
  g_assert_cmpint (g_rename (fixture->directory, aside), ==, 0);
  g_assert_true (g_file_set_contents (fixture->directory, "", 0, NULL));
  for (unsigned i = 0; i < 50; i++) {
    add_durable (fixture, 100);
    weir_recorder_flush (fixture->recorder);
  }
  g_assert_true (has_message (fixture, "cannot be written"));
  do {
    weir_recorder_flush (fixture->recorder);
    weir_recorder_get_figures (fixture->recorder, &figures);
  } while (figures.lag_bytes >= 100000);
  g_assert_cmpint (g_unlink (fixture->directory), ==, 0);
  g_assert_cmpint (g_rename (aside, fixture->directory), ==, 0);
  weir_recorder_flush (fixture->recorder);
  add_durable (fixture, 100);
  weir_recorder_flush (fixture->recorder);
  weir_recorder_get_figures (fixture->recorder, &figures);
  g_assert_cmpuint (figures.n_lost, ==, 1);
  g_assert_true (has_message (fixture, "is not in provenance: cannot"));
  n = figures.n_events;
  g_assert_cmpuint (n, >, 1000);
  g_assert_cmpuint (n, <, fixture->happenings->len);
  stop (fixture);
  start (fixture);
  weir_recorder_get_figures (fixture->recorder, &figures);
  g_assert_cmpuint (figures.n_events, ==, n);
}

/* Nothing happens any more, and what did becomes too old. */
static void
test_too_old (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = weir_partition_get_path (fixture->directory, 1);

  stop (fixture);
  fixture->options.retention_usec = G_USEC_PER_SEC;
  start (fixture);
  add_durable (fixture, 100);
  weir_recorder_flush (fixture->recorder);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  weir_clock_advance (fixture->clock, 2 * G_USEC_PER_SEC);
  for (unsigned i = 0; i < 3; i++)
    weir_recorder_flush (fixture->recorder);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* --- several threads --- */

typedef struct {
  Fixture *fixture;
  atomic_bool is_over;
} Watcher;

static void *
watch (void *data)
{
  Watcher *watcher = data;
  uint64_t last = 0;

  while (!atomic_load (&watcher->is_over)) {
    WeirRecorderFigures figures;

    weir_recorder_flush (watcher->fixture->recorder);
    weir_recorder_get_figures (watcher->fixture->recorder, &figures);
    g_assert_cmpuint (figures.n_events, >=, last);
    last = figures.n_events;
  }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  Watcher watcher = { .fixture = fixture };
  pthread_t threads[2];

  for (unsigned i = 0; i < 2; i++)
    pthread_create (&threads[i], NULL, watch, &watcher);
  for (unsigned i = 0; i < 30; i++)
    add_durable (fixture, 100);
  atomic_store (&watcher.is_over, true);
  for (unsigned i = 0; i < 2; i++)
    pthread_join (threads[i], NULL);
  weir_recorder_flush (fixture->recorder);
  test_check_all (fixture->directory, fixture->happenings);
}

#define N_LIVE    20000 /* entries */
#define N_READERS 2

typedef struct {
  Fixture *fixture;
  GArray *happenings; /* all there will be */
  atomic_bool is_over;
  atomic_uint n_read; /* times that all was read */
} Live;

/* Whether what is between @last and @number was let go of. */
static bool
is_dropped (Live *live, uint64_t last, uint64_t number)
{
  g_autoptr (WeirHistory) history = weir_history_open (live->fixture->root, NULL);
  uint64_t first, end;

  return history != NULL && weir_history_get_range (history, &first, &end) && first >= number;
}

static void
check_happening (Live *live, const WeirHistoryEvent *event)
{
  const TestHappening *wanted = &g_array_index (live->happenings, TestHappening, event->number - 1);

  g_assert_cmpuint (event->number, <=, live->happenings->len);
  g_assert_cmpint (event->event.type, ==, wanted->type);
  g_assert_cmpuint (event->event.flowfile, ==, wanted->flowfile);
  g_assert_cmpuint (test_get_number (event->partition, &event->event), ==, wanted->value);
}

static void
read_all (Live *live)
{
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirHistory) history = weir_history_open (live->fixture->root, &error);
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  WeirHistoryEvent event;
  uint64_t last = 0;

  g_assert_no_error (error);
  filter.columns = WEIR_COLUMN_ALL;
  cursor = weir_history_find (history, &filter);
  while (weir_history_cursor_next (cursor, &event, &error)) {
    g_assert_cmpuint (event.number, >, last);
    check_happening (live, &event);
    if (event.number != last + 1)
      g_assert_true (is_dropped (live, last, event.number));
    last = event.number;
  }
  g_assert_no_error (error);
  if (weir_history_get_problems (history)->len > 0)
    g_error ("%s", (const char *)weir_history_get_problems (history)->pdata[0]);
  atomic_fetch_add (&live->n_read, 1);
}

static void *
read_on (void *data)
{
  Live *live = data;

  while (!atomic_load (&live->is_over))
    read_all (live);
  return NULL;
}

/* Partitions end and go while somebody reads them. */
static void
test_readers (Fixture *fixture, gconstpointer data)
{
  Live live = { .fixture = fixture, .happenings = fixture->happenings };
  pthread_t threads[N_READERS];
  uint64_t first, end;

  stop (fixture);
  fixture->options.partition_bytes = 140000;
  fixture->options.retention_bytes = 400000;
  start (fixture);
  for (uint64_t k = 1; k <= N_LIVE; k++)
    test_expect (fixture->happenings, k);
  for (unsigned i = 0; i < N_READERS; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, read_on, &live), ==, 0);
  while (fixture->k < N_LIVE) {
    uint64_t ticket = append (fixture);

    if (fixture->k % 100 == 0 && weir_data_wait_applied (fixture->data, ticket))
      weir_recorder_flush (fixture->recorder);
  }
  while (atomic_load (&live.n_read) < N_READERS)
    sched_yield ();
  atomic_store (&live.is_over, true);
  for (unsigned i = 0; i < N_READERS; i++)
    pthread_join (threads[i], NULL);
  assert_no_messages (fixture);
  test_check (fixture->directory, fixture->happenings, &first, &end);
  g_assert_cmpuint (first, >, 1);
  g_assert_cmpuint (end, ==, fixture->happenings->len + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/recorder/flush", test_flush);
  ADD ("/recorder/restart", test_restart);
  ADD ("/recorder/kill", test_kill);
  ADD ("/recorder/long", test_long);
  ADD ("/recorder/damaged", test_damaged);
  ADD ("/recorder/gone", test_gone);
  ADD ("/recorder/failing", test_failing);
  ADD ("/recorder/no-directory", test_no_directory);
  ADD ("/recorder/give-up", test_give_up);
  ADD ("/recorder/too-old", test_too_old);
  ADD ("/recorder/threads", test_threads);
  ADD ("/recorder/readers", test_readers);
#undef ADD
  return g_test_run ();
}
