/* test-log.c: appending, waiting, and what there is afterwards. */
#include "log-fixture.h"

#include <sched.h>

#include "base/limits.h"

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

#define VERY_LONG 1000000000u /* microseconds */

static void
wait_without_asking (LogFixture *self, uint64_t ticket)
{
  while (weir_log_get_durable (self->log) < ticket)
    sched_yield ();
}

/* A frame waits for more entries, but not when somebody waits for it, nor when there is much in it,
 * nor at the end. */
static void
test_patience (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  WeirLogOptions options = log_fixture_get_options (self);
  g_autoptr (WeirLogReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  unsigned n_frames = 0;
  uint64_t ticket = 0;
  WeirFrame frame;

  options.patience_usec = VERY_LONG;
  self->log = weir_log_open (&options, &self->end, &error);
  g_assert_no_error (error);
  for (unsigned i = 0; i < 5; i++)
    ticket = log_fixture_append (self, 40);
  g_assert_true (weir_log_wait (self->log, ticket, &error));
  for (unsigned i = 0; i < 5; i++)
    ticket = log_fixture_append (self, 40);
  weir_log_hurry (self->log, ticket);
  wait_without_asking (self, ticket);
  wait_without_asking (self, log_fixture_append (self, FRAME_SIZE / 8));
  log_fixture_append (self, 40);
  wait_without_asking (self, log_fixture_append (self, 4 * FRAME_SIZE)); /* it needs a buffer */
  log_fixture_append (self, 40);
  log_fixture_close (self);

  log_fixture_read (self, 14);
  reader = log_fixture_new_reader (self);
  while (weir_log_reader_next (reader, UINT64_MAX, &frame, NULL) == WEIR_LOG_FRAME)
    n_frames += frame.n_entries > 0 ? 1 : 0;
  g_assert_cmpuint (n_frames, ==, 6);
}

/* Nobody asks, and yet it is written. */
static void
test_patience_ends (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  WeirLogOptions options = log_fixture_get_options (self);

  options.patience_usec = 1000;
  self->log = weir_log_open (&options, &self->end, NULL);
  for (unsigned i = 0; i < 20; i++)
    wait_without_asking (self, log_fixture_append (self, 40));
  log_fixture_close (self);
}

/* Each file is as large as its header says. */
static void
check_sizes (LogFixture *self)
{
  WeirSegmentFolder folder = { self->directory, LOG_ID, SEGMENT_SIZE, NULL };
  g_autoptr (GArray) files = weir_segment_list (&folder, NULL);

  for (guint i = 0; i < files->len; i++) {
    const WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);
    g_autofree char *path = weir_segment_get_path (self->directory, file->number);
    WEIR_AUTO_FD int fd = open (path, O_RDONLY);
    uint64_t size;

    g_assert_cmpint (pread (fd, &size, sizeof size, 40), ==, sizeof size);
    g_assert_cmpuint (GUINT64_FROM_LE (size), ==, file->n_numbers * SEGMENT_SIZE);
  }
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
      check_sizes (self);
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

/* Invariant 10 stands on this: durable is what was synced, in a segment that is there. */
static void
on_durable_after_sync (void *data, uint64_t durable)
{
  FullDisk *disk = data;

  g_assert_cmpint (disk->last, ==, WEIR_FS_SYNC);
}

static void
test_order_of_calls (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  FullDisk disk = { .fs.on_call = on_full_disk_call, .failing = -1 };
  WeirLogOptions options = log_fixture_get_options (self);

  options.fs = &disk.fs;
  options.on_durable = on_durable_after_sync;
  options.data = &disk;
  self->log = weir_log_open (&options, &self->end, NULL);
  /* The directory's own name, the segment, its name. */
  g_assert_cmpuint (disk.n_calls[WEIR_FS_SYNC], ==, 3);
  for (unsigned i = 1; i <= 5; i++) {
    log_fixture_commit (self, 100);
    g_assert_cmpuint (disk.n_calls[WEIR_FS_SYNC], ==, 3 + i);
  }
  log_fixture_close (self);
  g_assert_cmpuint (disk.n_calls[WEIR_FS_SYNC], ==, 3 + 6);
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

static guint
count_files (LogFixture *self)
{
  WeirSegmentFolder folder = { self->directory, LOG_ID, SEGMENT_SIZE, NULL };
  g_autoptr (GArray) files = weir_segment_list (&folder, NULL);

  return files->len;
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
    while (count_files (self) > WEIR_LIMIT_SEGMENTS_KEPT + 5)
      sched_yield ();
    log_fixture_close (self);
    g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
    weir_log_reader_get_end (reader, &self->end);
  }
  g_assert_cmpuint (disk.n_calls[WEIR_FS_RENAME], >, 10);
  g_assert_cmpuint (disk.n_calls[WEIR_FS_UNLINK], >, 0);
}

/* --- segments as large as they are needed --- */

#define LARGE_SEGMENT (UINT64_C (1024) * 1024)

static void
open_large (LogFixture *self, WeirClock *clock, FullDisk *disk)
{
  WeirLogOptions options = log_fixture_get_options (self);
  g_autoptr (GError) error = NULL;

  options.segment_size = LARGE_SEGMENT;
  options.frame_size = LARGE_SEGMENT / 8;
  options.clock = clock;
  options.fs = &disk->fs;
  self->log = weir_log_open (&options, &self->end, &error);
  g_assert_no_error (error);
}

/* Of all files together. */
static uint64_t
count_bytes (LogFixture *self, uint64_t last)
{
  uint64_t bytes = 0;

  for (uint64_t number = 1; number <= last; number++) {
    g_autofree char *path = get_path (self, number);
    GStatBuf status;

    if (g_stat (path, &status) == 0)
      bytes += (uint64_t)status.st_size;
  }
  return bytes;
}

/* Returns: the number of the segment where it ends. */
static uint64_t
append_bytes (LogFixture *self, size_t bytes)
{
  uint64_t ticket = 0;

  for (size_t done = 0; done < bytes; done += 4000)
    ticket = log_fixture_commit (self, 4000);
  return ticket / LARGE_SEGMENT;
}

static void
test_little_log_takes_little (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);
  FullDisk disk = { .fs.on_call = on_full_disk_call, .failing = -1 };
  WeirClock *clock = weir_clock_new_fake (WALL);
  uint64_t last;

  open_large (self, clock, &disk);
  append_bytes (self, 20000);
  g_assert_cmpuint (count_bytes (self, 2), ==, 64 * 1024);
  /* Much of it. */
  last = append_bytes (self, 3 * LARGE_SEGMENT);
  g_assert_cmpuint (last, >=, 4);
  g_assert_cmpuint (last, <=, 6);
  g_assert_cmpuint (count_bytes (self, 3), ==, (64 + 512 + 1024) * 1024);
  log_fixture_close (self);

  /* What a run needed that is over is not kept for one that needs little. */
  self->end.segment = last + 1;
  self->end.place = (last + 2) * LARGE_SEGMENT;
  open_large (self, clock, &disk);
  for (uint64_t number = 1; number <= last; number++)
    weir_log_release (self->log, number);
  while (count_bytes (self, last) > 64 * 1024)
    sched_yield ();
  log_fixture_close (self);
  weir_clock_free_fake (clock);
}

/* Returns: how often it had to read to find the end. */
static unsigned
count_reads (LogFixture *self)
{
  FullDisk disk = { .fs.on_call = on_full_disk_call, .failing = -1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirLogReader) reader =
      weir_log_reader_new (self->directory, LOG_ID, SEGMENT_SIZE, 0, 1, &disk.fs, &error);
  uint32_t n = 0;

  g_assert_no_error (error);
  g_assert_cmpint (log_fixture_read_on (reader, UINT64_MAX, &n, &error), ==, WEIR_LOG_END);
  g_assert_cmpuint (n, ==, self->n_appended);
  return disk.n_calls[WEIR_FS_READ];
}

/* What an earlier use has left behind the end of a run that ended in order is not searched. */
static void
test_the_end_of_a_run_is_known (void)
{
  const size_t more = 8 * 1024 * 1024;
  g_autoptr (LogFixture) self = make_short_log ();
  g_autofree uint8_t *bytes = g_malloc (more);
  unsigned n_reads;

  self->n_appended = 3;
  memset (bytes, 0xaa, more);
  overwrite (self, 1, SEGMENT_SIZE, bytes, more);
  n_reads = count_reads (self);
  /* Without the frame that says so, it must be. */
  overwrite (self, 1, WEIR_SEGMENT_HEADER + 3 * BLOCK, bytes, BLOCK);
  g_assert_cmpuint (count_reads (self), >, n_reads + 10);
}

/* Nor is the segment that was made for what did not come. */
static void
test_the_next_segment_is_not_left (void)
{
  g_autoptr (LogFixture) self = log_fixture_new (WEIR_DURABILITY_POWER);

  log_fixture_open (self);
  while (log_fixture_commit (self, 4000) < SEGMENT_SIZE * 7 / 4)
    continue;
  while (count_files (self) < 2)
    sched_yield ();
  log_fixture_close (self);
  g_assert_cmpuint (count_bytes (self, 2) - count_bytes (self, 1), ==, WEIR_SEGMENT_HEADER);
  log_fixture_read (self, self->n_appended);
  g_assert_cmpuint (self->end.segment, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/round-trip", test_round_trip);
  g_test_add_func ("/log/runs", test_runs);
  g_test_add_func ("/log/times", test_times);
  g_test_add_func ("/log/patience", test_patience);
  g_test_add_func ("/log/patience-ends", test_patience_ends);
  g_test_add_func ("/log/large-entries", test_large_entries);
  g_test_add_func ("/log/threads", test_threads);
  g_test_add_func ("/log/order-of-calls", test_order_of_calls);
  g_test_add_func ("/log/recycling", test_recycling);
  g_test_add_func ("/log/little-log-takes-little", test_little_log_takes_little);
  g_test_add_func ("/log/the-end-of-a-run-is-known", test_the_end_of_a_run_is_known);
  g_test_add_func ("/log/the-next-segment-is-not-left", test_the_next_segment_is_not_left);
  return g_test_run ();
}
