/* test-log-failure.c: a log whose disk fails, is full or stands still. */
#include "log-fixture.h"

#include <sched.h>

#include "base/lock.h"

typedef struct {
  LogFixture *fixture;
  WeirLock lock;
  pthread_cond_t changed;
  bool is_held; /* guarded by lock, as is the rest */
  unsigned n_writes;
  unsigned n_durables;
  unsigned n_failures;
  uint64_t durable;
  uint64_t most_waiting;
  unsigned fails_at; /* on_write, counted from 1 */
} Watcher;

static void
watcher_init (Watcher *watcher, LogFixture *fixture)
{
  *watcher = (Watcher){ .fixture = fixture };
  pthread_mutex_init (&watcher->lock, NULL);
  pthread_cond_init (&watcher->changed, NULL);
}

static bool
on_write (void *data, GError **error)
{
  Watcher *self = data;
  WEIR_LOCKED (&self->lock);

  self->n_writes++;
  pthread_cond_signal (&self->changed);
  while (self->is_held)
    pthread_cond_wait (&self->changed, &self->lock);
  if (self->n_writes != self->fails_at)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "contents cannot be synced");
  return false;
}

static void
on_durable (void *data, uint64_t durable)
{
  Watcher *self = data;
  WEIR_LOCKED (&self->lock);

  g_assert_cmpuint (durable, >, self->durable);
  self->durable = durable;
  self->n_durables++;
}

static void
on_failure (void *data, const GError *error)
{
  Watcher *self = data;
  WEIR_LOCKED (&self->lock);

  g_assert_nonnull (error);
  self->n_failures++;
}

static WeirLog *
open_watched (LogFixture *self, Watcher *watcher, GError **error)
{
  WeirLogOptions options = log_fixture_get_options (self);

  options.on_write = on_write;
  options.on_durable = on_durable;
  options.on_failure = on_failure;
  options.data = watcher;
  return weir_log_open (&options, &self->end, error);
}

static void
set_held (Watcher *watcher, bool is_held)
{
  WEIR_LOCKED (&watcher->lock);

  watcher->is_held = is_held;
  pthread_cond_signal (&watcher->changed);
}

static void
wait_for_write (Watcher *watcher)
{
  WEIR_LOCKED (&watcher->lock);

  while (watcher->n_writes == 0)
    pthread_cond_wait (&watcher->changed, &watcher->lock);
}

static void *
append_hundred (void *data)
{
  LogFixture *self = data;

  for (unsigned i = 0; i < 100; i++)
    log_fixture_append (self, 1000);
  return NULL;
}

/* The entry that is being written, and a frame of the following. */
#define N_FIT (1 + (FRAME_SIZE - WEIR_FRAME_HEADER - WEIR_FRAME_ENTRY) / 1010)

/* While the disk stands still, memory takes a second frame and no more; then all of it goes on. */
static void
test_room (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  WeirLogFigures figures;
  Watcher watcher;
  pthread_t thread;

  watcher_init (&watcher, self);
  watcher.is_held = true;
  self->log = open_watched (self, &watcher, NULL);
  log_fixture_append (self, 1000);
  wait_for_write (&watcher);
  g_assert_cmpint (pthread_create (&thread, NULL, append_hundred, self), ==, 0);
  do {
    sched_yield ();
    weir_log_get_figures (self->log, &figures);
  } while (figures.n_entries < N_FIT);
  for (unsigned i = 0; i < 100; i++) {
    sched_yield ();
    weir_log_get_figures (self->log, &figures);
    g_assert_cmpuint (figures.n_entries, ==, N_FIT);
  }
  g_assert_cmpuint (weir_log_get_durable (self->log), ==, 0);
  set_held (&watcher, false);
  pthread_join (thread, NULL);
  log_fixture_close (self);
  /* The frame that ends a run has no entries. */
  g_assert_cmpuint (watcher.n_writes - watcher.n_durables, <=, 1);
  log_fixture_read (self, 101);
}

static void
test_content_failure (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  g_autoptr (GError) error = NULL;
  Watcher watcher;

  watcher_init (&watcher, self);
  watcher.fails_at = 3;
  self->log = open_watched (self, &watcher, NULL);
  log_fixture_commit (self, 10);
  log_fixture_commit (self, 10);
  g_assert_false (weir_log_wait (self->log, log_fixture_append (self, 10), &error));
  g_assert_cmpstr (error->message, ==, "contents cannot be synced");
  g_clear_error (&error);

  g_assert_cmpuint (log_fixture_append (self, 10), ==, UINT64_MAX);
  g_assert_cmpuint (log_fixture_append (self, FRAME_SIZE), ==, UINT64_MAX);
  g_assert_cmpuint (weir_log_get_appended (self->log), ==, UINT64_MAX);
  g_assert_false (weir_log_wait (self->log, UINT64_MAX, NULL));
  g_assert_false (weir_log_close (g_steal_pointer (&self->log), &error));
  g_assert_cmpstr (error->message, ==, "contents cannot be synced");
  g_assert_cmpuint (watcher.n_failures, ==, 1);
  log_fixture_read (self, 2);
}

/* Who waits for room when the log fails does not wait for ever. */
static void
test_failure_while_full (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  WeirLogFigures figures;
  Watcher watcher;
  pthread_t thread;

  watcher_init (&watcher, self);
  watcher.is_held = true;
  watcher.fails_at = 1;
  self->log = open_watched (self, &watcher, NULL);
  log_fixture_append (self, 1000);
  wait_for_write (&watcher);
  g_assert_cmpint (pthread_create (&thread, NULL, append_hundred, self), ==, 0);
  do {
    sched_yield ();
    weir_log_get_figures (self->log, &figures);
  } while (figures.n_entries < N_FIT);
  set_held (&watcher, false);
  pthread_join (thread, NULL);
  g_assert_false (weir_log_close (g_steal_pointer (&self->log), NULL));
  log_fixture_read (self, 0);
}

/* --- failures of the disk --- */

/* As many entries as four segments hold, with waits and releases between them. Returns: how many
 * were reported as durable. */
static uint32_t
append_and_count (LogFixture *self)
{
  uint32_t n_durable = 0;

  for (unsigned i = 0; i < 30; i++) {
    uint64_t ticket = 0;

    for (unsigned j = 0; j < 3; j++)
      ticket = log_fixture_append (self, i == 20 ? FRAME_SIZE * 2 : 2500);
    if (weir_log_wait (self->log, ticket, NULL))
      n_durable = self->n_appended;
    else
      g_assert_cmpuint (weir_log_get_durable (self->log), <, ticket);
  }
  return n_durable;
}

/* Returns: whether nothing failed. */
static bool
fail_once (WeirDurability durability, int nth, int errnum)
{
  g_autoptr (LogFixture) self = log_fixture_new (durability);
  g_autoptr (GError) error = NULL;
  uint32_t n_durable = 0, n = 0;
  WeirLogReader *reader;
  Watcher watcher;
  bool is_closed;

  watcher_init (&watcher, self);
  failing_fs_init (&self->failing, nth, errnum, true);
  self->log = open_watched (self, &watcher, &error);
  if (self->log == NULL) {
    g_assert_nonnull (error);
    return false;
  }
  n_durable = append_and_count (self);
  is_closed = weir_log_close (g_steal_pointer (&self->log), &error);
  g_assert_true (is_closed == (error == NULL));
  g_assert_cmpuint (watcher.n_failures, ==, is_closed ? 0 : 1);
  if (is_closed)
    g_assert_cmpuint (n_durable, ==, self->n_appended);

  /* What follows is a new process. Frames that were written and not synced may be there. */
  reader = log_fixture_new_reader (self);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  g_assert_cmpuint (n, >=, n_durable);
  weir_log_reader_get_end (reader, &self->end);
  weir_log_reader_free (reader);
  self->n_appended = n;
  nth = failing_fs_all_passed (&self->failing);
  failing_fs_init (&self->failing, 0, 0, false);
  log_fixture_open (self);
  log_fixture_commit (self, 100);
  log_fixture_close (self);
  log_fixture_read (self, n + 1);
  return nth;
}

static void
test_failures (void)
{
  static const int errnums[] = { EIO, ENOSPC };

  for (unsigned e = 0; e < G_N_ELEMENTS (errnums); e++)
    for (int nth = 1; !fail_once (WEIR_DURABILITY_POWER, nth, errnums[e]); nth++) {
    }
  for (int nth = 1; !fail_once (WEIR_DURABILITY_PROCESS, nth, EIO); nth++) {
  }
}

/* A segment whose sync has failed is never used, even if it was only being made ahead. */
static void
test_sync_ahead (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  FullDisk disk = { .fs.on_call = on_full_disk_call,
                    .failing = WEIR_FS_SYNC,
                    .failing_thread = "weir-segments" };
  WeirLogOptions options = log_fixture_get_options (self);
  uint32_t n_durable;
  uint64_t ticket;

  options.fs = &disk.fs;
  self->log = weir_log_open (&options, &self->end, NULL);
  do
    ticket = log_fixture_commit (self, 1000);
  while (ticket % SEGMENT_SIZE < SEGMENT_SIZE * 3 / 4);
  while (disk.n_failed == 0)
    sched_yield ();
  disk.failing = -1;
  do {
    n_durable = self->n_appended;
    ticket = log_fixture_append (self, 1000);
  } while (weir_log_wait (self->log, ticket, NULL));
  g_assert_cmpuint (weir_log_get_durable (self->log), <, 2 * SEGMENT_SIZE);
  g_assert_false (weir_log_close (g_steal_pointer (&self->log), NULL));
  log_fixture_read (self, n_durable);
}

/* A segment that cannot be made ahead is no failure while there is room in the one before. */
static void
test_full_disk (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  FullDisk disk = { .fs.on_call = on_full_disk_call, .failing = -1 };
  WeirLogOptions options = log_fixture_get_options (self);
  g_autoptr (GError) error = NULL;
  uint32_t n_durable;
  uint64_t ticket;

  options.fs = &disk.fs;
  self->log = weir_log_open (&options, &self->end, NULL);
  disk.failing = WEIR_FS_RESIZE;
  do
    ticket = log_fixture_commit (self, 1000);
  while (ticket % SEGMENT_SIZE < SEGMENT_SIZE * 3 / 4);
  while (disk.n_failed == 0)
    sched_yield ();
  disk.failing = -1;
  while (ticket / SEGMENT_SIZE == 1)
    ticket = log_fixture_commit (self, 1000);

  disk.failing = WEIR_FS_RESIZE;
  do {
    n_durable = self->n_appended;
    ticket = log_fixture_append (self, 1000);
  } while (weir_log_wait (self->log, ticket, NULL));
  g_assert_cmpuint (disk.n_failed, >=, 2);
  g_assert_false (weir_log_close (g_steal_pointer (&self->log), &error));
  g_assert_nonnull (strstr (error->message, "free space there"));
  log_fixture_read (self, n_durable);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-failure/room", test_room);
  g_test_add_func ("/log-failure/content-failure", test_content_failure);
  g_test_add_func ("/log-failure/failures", test_failures);
  g_test_add_func ("/log-failure/failure-while-full", test_failure_while_full);
  g_test_add_func ("/log-failure/sync-ahead", test_sync_ahead);
  g_test_add_func ("/log-failure/full-disk", test_full_disk);
  return g_test_run ();
}
