/* test-log.c: appending, waiting, and what there is afterwards. */
#include "log-fixture.h"

#include <sched.h>

#include "base/limits.h"
#include "base/lock.h"

static void
test_round_trip (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  g_autoptr (GError) error = NULL;
  uint64_t last = 0;

  log_fixture_open (self);
  for (unsigned i = 0; i < 1000; i++) {
    uint64_t ticket = log_fixture_append (self, i % 300);

    g_assert_cmpuint (ticket, >, last);
    last = ticket;
    g_assert_cmpuint (weir_log_get_appended (self->log), ==, ticket);
    if (i % 10 == 0) {
      g_assert_true (weir_log_wait (self->log, ticket, &error));
      g_assert_cmpuint (weir_log_get_durable (self->log), >=, ticket);
    }
  }
  log_fixture_close (self);
  log_fixture_read (self, 1000);
}

/* Each run goes on behind the one before, whatever the clock says: here it goes back a year. */
static void
test_runs (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);

  for (unsigned run = 0; run < 5; run++) {
    log_fixture_read (self, run * 20);
    log_fixture_open (self);
    g_assert_cmpuint (weir_log_get_durable (self->log), ==, self->end.place);
    g_assert_cmpuint (weir_log_get_appended (self->log), ==, self->end.place);
    for (unsigned i = 0; i < 20; i++)
      log_fixture_append (self, 100);
    log_fixture_close (self);
  }
  log_fixture_read (self, 100);
}

static void
test_times (void)
{
  static const int64_t walls[] = {
    WALL, WALL - INT64_C (31536000000000), WALL + 1, 0, -1, INT64_MAX, INT64_MIN, INT64_MAX, WALL
  };
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  g_autoptr (WeirLogReader) reader = NULL;
  WeirLogEntry entry;
  WeirFrame frame;
  unsigned n = 0;

  log_fixture_open (self);
  for (unsigned i = 0; i < G_N_ELEMENTS (walls); i++)
    weir_log_append (self->log, walls[i], "", 0, NULL);
  log_fixture_close (self);
  reader = log_fixture_new_reader (self);
  while (weir_log_reader_next (reader, UINT64_MAX, &frame, NULL) == WEIR_LOG_FRAME)
    for (size_t at = 0; weir_frame_next_entry (&frame, &at, &entry, NULL); n++)
      g_assert_cmpint (entry.wall, ==, walls[n]);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (walls));
}

/* Frames of their own, segments of several numbers, and others between them. */
static void
test_large_entries (void)
{
  static const size_t sizes[] = { FRAME_SIZE - 200,     FRAME_SIZE - 64 - 24,
                                  FRAME_SIZE - 64 - 23, FRAME_SIZE,
                                  FRAME_SIZE + 1,       SEGMENT_SIZE - 8192,
                                  SEGMENT_SIZE - 4096,  SEGMENT_SIZE,
                                  SEGMENT_SIZE * 3,     10,
                                  SEGMENT_SIZE * 2 };

  for (unsigned mode = 0; mode < 4; mode++) {
    g_autoptr (LogFixture) self =
        log_fixture_new (mode < 2 ? WEIR_DURABILITY_POWER : WEIR_DURABILITY_PROCESS);

    for (unsigned run = 0; run < 2; run++) {
      log_fixture_open (self);
      for (unsigned i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
        size_t size = sizes[(i + run * 8) % G_N_ELEMENTS (sizes)];

        if (mode % 2 == 0)
          log_fixture_append (self, size);
        else
          log_fixture_commit (self, size);
        log_fixture_append (self, 5);
      }
      log_fixture_close (self);
      log_fixture_read (self, self->n_appended);
    }
  }
}

/* --- threads --- */

#define N_THREADS 8
#define N_EACH    2000

typedef struct {
  WeirLog *log;
  uint32_t index;
  bool waits;
  pthread_t thread;
} Appender;

/* Entries: which thread, which one of it, and bytes; now and then a large one. */
static void *
append_many (void *data)
{
  Appender *self = data;
  g_autofree uint32_t *body = g_malloc0 (FRAME_SIZE * 2);

  for (uint32_t i = 0; i < N_EACH; i++) {
    size_t size = i % 500 == 99 ? FRAME_SIZE * 2 : 8 + (i * 37) % 200;
    uint64_t ticket;

    body[0] = self->index;
    body[1] = i;
    ticket = weir_log_append (self->log, WALL, body, size, NULL);
    if (self->waits) {
      g_assert_true (weir_log_wait (self->log, ticket, NULL));
      g_assert_cmpuint (weir_log_get_durable (self->log), >=, ticket);
    }
  }
  return NULL;
}

static void
run_threads (WeirDurability durability, bool waits)
{
  g_autoptr (LogFixture) self = log_fixture_new (durability);
  g_autoptr (WeirLogReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  Appender appenders[N_THREADS];
  uint32_t next[N_THREADS] = { 0 };
  WeirFrame frame;
  WeirLogFigures figures;

  log_fixture_open (self);
  for (uint32_t i = 0; i < N_THREADS; i++) {
    appenders[i] = (Appender){ .log = self->log, .index = i, .waits = waits };
    g_assert_cmpint (pthread_create (&appenders[i].thread, NULL, append_many, &appenders[i]), ==,
                     0);
  }
  for (uint32_t i = 0; i < N_THREADS; i++)
    pthread_join (appenders[i].thread, NULL);
  weir_log_get_figures (self->log, &figures);
  g_assert_cmpuint (figures.n_entries, ==, N_THREADS * N_EACH);
  log_fixture_close (self);

  reader = log_fixture_new_reader (self);
  while (weir_log_reader_next (reader, UINT64_MAX, &frame, &error) == WEIR_LOG_FRAME) {
    WeirLogEntry entry;
    size_t at = 0;

    while (weir_frame_next_entry (&frame, &at, &entry, &error)) {
      uint32_t numbers[2];

      memcpy (numbers, entry.body, sizeof numbers);
      g_assert_cmpuint (numbers[0], <, N_THREADS);
      g_assert_cmpuint (numbers[1], ==, next[numbers[0]]);
      next[numbers[0]]++;
    }
  }
  g_assert_no_error (error);
  for (uint32_t i = 0; i < N_THREADS; i++)
    g_assert_cmpuint (next[i], ==, N_EACH);
}

static void
test_threads (void)
{
  run_threads (WEIR_DURABILITY_POWER, false);
  run_threads (WEIR_DURABILITY_PROCESS, false);
  run_threads (WEIR_DURABILITY_PROCESS, true);
}

/* --- callbacks --- */

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

/* While the disk stands still, memory takes a second frame and no more; then all of it goes on. */
static void
test_room (void)
{
  const unsigned n_fit = 1 + (FRAME_SIZE - WEIR_FRAME_HEADER - WEIR_FRAME_ENTRY) / 1010;
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
  } while (figures.n_entries < n_fit);
  for (unsigned i = 0; i < 100; i++) {
    sched_yield ();
    weir_log_get_figures (self->log, &figures);
    g_assert_cmpuint (figures.n_entries, ==, n_fit);
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

/* A disk on which one kind of call fails, and which counts all kinds. */
typedef struct {
  WeirFs fs;
  _Atomic int failing; /* a WeirFsCall, -1: none */
  _Atomic unsigned n_failed;
  _Atomic unsigned n_calls[WEIR_FS_MAP + 1];
} FullDisk;

static int
on_full_disk_call (WeirFs *fs, WeirFsCall call)
{
  FullDisk *self = (FullDisk *)fs;

  self->n_calls[call]++;
  if ((int)call != self->failing)
    return 0;
  self->n_failed++;
  return ENOSPC;
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

/* --- segments that are written over --- */

/* Of the segments wholly before @number, those that are not yet. */
static void
release_before (LogFixture *self, uint64_t number, uint64_t *released)
{
  WeirSegmentFolder folder = { self->directory, LOG_ID, SEGMENT_SIZE, NULL };
  g_autoptr (GArray) files = weir_segment_list (&folder, NULL);

  for (guint i = 0; i < files->len; i++) {
    const WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);

    if (file->number <= *released || file->number + file->n_numbers > number)
      continue;
    weir_log_release (self->log, file->number);
    *released = file->number;
  }
}

/* Everything before the last segment is released all the time: few files, and no old frame in them
 * is taken for a new one. */
static void
test_recycling (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  g_autoptr (WeirLogReader) reader = log_fixture_new_reader (self);
  FullDisk disk = { .fs.on_call = on_full_disk_call, .failing = -1 };
  WeirLogOptions options = log_fixture_get_options (self);
  uint32_t n = 0;

  options.fs = &disk.fs;
  for (unsigned run = 0; run < 3; run++) {
    g_autoptr (GError) error = NULL;
    WeirLogFigures figures;
    uint64_t released = 0;

    self->log = weir_log_open (&options, &self->end, NULL);
    for (unsigned i = 0; i < 300; i++) {
      size_t size = i % 100 == 99 ? SEGMENT_SIZE * 2 : 2000 + i;
      uint64_t number = log_fixture_commit (self, size) / SEGMENT_SIZE;

      log_fixture_read_on (reader, weir_log_get_durable (self->log), &n, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (n, ==, self->n_appended);
      if (i % 75 == 74)
        release_before (self, number, &released);
    }
    log_fixture_close (self);
    g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
    weir_log_reader_get_end (reader, &self->end);
    self->log = weir_log_open (&options, &self->end, NULL);
    /* What was released in one run is told again in the next. */
    released = 0;
    release_before (self, self->end.segment, &released);
    do {
      sched_yield ();
      weir_log_get_figures (self->log, &figures);
    } while (figures.n_segments > WEIR_LIMIT_SEGMENTS_KEPT + 5);
    log_fixture_close (self);
    g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
    weir_log_reader_get_end (reader, &self->end);
  }
  g_assert_cmpuint (disk.n_calls[WEIR_FS_RENAME], >, 10);
  g_assert_cmpuint (disk.n_calls[WEIR_FS_UNLINK], >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/round-trip", test_round_trip);
  g_test_add_func ("/log/runs", test_runs);
  g_test_add_func ("/log/times", test_times);
  g_test_add_func ("/log/large-entries", test_large_entries);
  g_test_add_func ("/log/threads", test_threads);
  g_test_add_func ("/log/room", test_room);
  g_test_add_func ("/log/content-failure", test_content_failure);
  g_test_add_func ("/log/failures", test_failures);
  g_test_add_func ("/log/full-disk", test_full_disk);
  g_test_add_func ("/log/recycling", test_recycling);
  return g_test_run ();
}
