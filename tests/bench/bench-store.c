/* What durability costs: the log alone, without an engine around it. The directory is made where
 * WEIR_BENCH_DIR says, or below /var/tmp, which is a disk where /tmp may be memory. */
#include "bench.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>

#include "base/limits.h"
#include "store/log-reader.h"
#include "store/segment.h"

#define N_RUNS       5
#define N_COMMITTERS 64
#define N_COMMITS    2000 /* of each committer */
#define N_APPENDS    2000000
#define N_RELEASED   4
#define ENTRY        200 /* bytes: a FlowFile with ten attributes */

typedef struct {
  char *directory;
  WeirLog *log;
  size_t n_appends;
  uint8_t entry[ENTRY];
} Bench;

typedef struct {
  Bench *bench;
  pthread_t thread;
  int64_t waits[N_COMMITS]; /* microseconds */
} Committer;

static void
remove_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (directory, name, NULL);

    g_unlink (path);
  }
}

/* With segments that wait to be written over, as in an engine that has run for a while. */
static void
open_log (Bench *bench, WeirDurability durability, unsigned n_released)
{
  g_autoptr (GError) error = NULL;
  WeirLogOptions options = { .directory = bench->directory,
                             .log_id = 1,
                             .durability = durability,
                             .patience_usec = WEIR_LIMIT_FRAME_USEC };
  WeirLogEnd end = { .segment = n_released };
  WeirSegmentFolder folder = { bench->directory, 1, 64u << 20, NULL };
  g_autofree char *zeros = g_malloc0 (64u << 20);

  remove_files (bench->directory);
  for (unsigned number = 1; number <= n_released; number++) {
    WeirSegment segment;

    if (!weir_segment_make (&folder, number, folder.segment_size, 0, &segment, &error) ||
        !weir_fs_pwrite (NULL, segment.fd, zeros, 64u << 20, 0, NULL, &error) ||
        !weir_segment_settle (&folder, &segment, &error))
      g_error ("%s", error->message);
    weir_segment_close (&segment);
  }
  bench->log = weir_log_open (&options, &end, &error);
  if (bench->log == NULL)
    g_error ("%s", error->message);
  for (unsigned number = 1; number <= n_released; number++)
    weir_log_release (bench->log, number);
}

static void
close_log (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  if (!weir_log_close (g_steal_pointer (&bench->log), &error))
    g_error ("%s", error->message);
}

static void *
commit_all (void *data)
{
  Committer *self = data;

  for (unsigned i = 0; i < N_COMMITS; i++) {
    int64_t start = g_get_monotonic_time ();
    uint64_t ticket = weir_log_append (self->bench->log, start, self->bench->entry, ENTRY, NULL);

    if (!weir_log_wait (self->bench->log, ticket, NULL))
      g_error ("the log has failed");
    self->waits[i] = g_get_monotonic_time () - start;
  }
  return NULL;
}

static int
compare (const void *a, const void *b)
{
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

  return left < right ? -1 : left > right;
}

/* Many sources that each wait until what they did is durable. */
static void
bench_commits (Bench *bench)
{
  Committer *committers = g_new0 (Committer, N_COMMITTERS);
  size_t n = (size_t)N_COMMITTERS * N_COMMITS;
  int64_t *waits = g_new (int64_t, n);
  double commits[N_RUNS], p99[N_RUNS], p50[N_RUNS];

  for (unsigned run = 0; run < N_RUNS; run++) {
    int64_t start;

    open_log (bench, WEIR_DURABILITY_POWER, 2);
    start = g_get_monotonic_time ();
    for (unsigned i = 0; i < N_COMMITTERS; i++) {
      committers[i].bench = bench;
      if (pthread_create (&committers[i].thread, NULL, commit_all, &committers[i]) != 0)
        g_error ("cannot start a thread");
    }
    for (unsigned i = 0; i < N_COMMITTERS; i++)
      pthread_join (committers[i].thread, NULL);
    commits[run] = (double)n / (double)(g_get_monotonic_time () - start) * 1e6;
    close_log (bench);
    for (unsigned i = 0; i < N_COMMITTERS; i++)
      memcpy (waits + (size_t)i * N_COMMITS, committers[i].waits, sizeof committers[i].waits);
    qsort (waits, n, sizeof *waits, compare);
    p50[run] = (double)waits[n / 2] / 1000;
    p99[run] = (double)waits[n * 99 / 100] / 1000;
  }
  bench_report ("store.commits.blocking64", commits, N_RUNS, "1/s");
  bench_report ("store.commits.p50_ms", p50, N_RUNS, "ms");
  bench_report ("store.commits.p99_ms", p99, N_RUNS, "ms");
  g_free (waits);
  g_free (committers);
}

static void *
append_all (void *data)
{
  Bench *bench = data;

  for (size_t i = 0; i < bench->n_appends; i++)
    weir_log_append (bench->log, (int64_t)i, bench->entry, ENTRY, NULL);
  return NULL;
}

/* Entries of @n_threads that do not wait; the end does. */
static void
bench_appends (Bench *bench, const char *id, WeirDurability durability, unsigned n_threads)
{
  pthread_t threads[2];
  double figures[N_RUNS];

  for (unsigned run = 0; run < N_RUNS; run++) {
    int64_t start;

    open_log (bench, durability, N_RELEASED);
    bench->n_appends = N_APPENDS / n_threads;
    start = g_get_monotonic_time ();
    for (unsigned i = 0; i < n_threads; i++)
      if (pthread_create (&threads[i], NULL, append_all, bench) != 0)
        g_error ("cannot start a thread");
    for (unsigned i = 0; i < n_threads; i++)
      pthread_join (threads[i], NULL);
    if (!weir_log_wait (bench->log, weir_log_get_appended (bench->log), NULL))
      g_error ("the log has failed");
    figures[run] = N_APPENDS / (double)(g_get_monotonic_time () - start) * 1e6;
    close_log (bench);
  }
  bench_report (id, figures, N_RUNS, "1/s");
}

/* What a start reads: the frames of the last run, from the page cache. */
static void
bench_read (Bench *bench, uint64_t first_segment)
{
  double figures[N_RUNS];

  for (unsigned run = 0; run < N_RUNS; run++) {
    g_autoptr (GError) error = NULL;
    WeirLogReader *reader = weir_log_reader_new (
        bench->directory, 1, 0, first_segment * WEIR_LIMIT_SEGMENT + WEIR_SEGMENT_HEADER, 1, NULL,
        &error);
    int64_t start = g_get_monotonic_time ();
    uint64_t n_bytes = 0, n_entries = 0;
    WeirLogEntry entry;
    WeirFrame frame;

    if (reader == NULL)
      g_error ("%s", error->message);
    while (weir_log_reader_next (reader, UINT64_MAX, &frame, &error) == WEIR_LOG_FRAME) {
      n_bytes += frame.size;
      for (size_t at = 0; weir_frame_next_entry (&frame, &at, &entry, NULL);)
        n_entries++;
    }
    if (n_entries != N_APPENDS)
      g_error ("%" G_GUINT64_FORMAT " entries are there: %s", n_entries, error->message);
    figures[run] = (double)n_bytes / (double)(g_get_monotonic_time () - start) / 1000;
    weir_log_reader_free (reader);
  }
  bench_report ("store.log.read_gbs", figures, N_RUNS, "GB/s");
}

int
main (int argc, char **argv)
{
  const char *where = g_getenv ("WEIR_BENCH_DIR");
  Bench bench = { 0 };

  bench.directory =
      g_build_filename (where != NULL ? where : "/var/tmp", "weir-bench-XXXXXX", NULL);
  if (g_mkdtemp (bench.directory) == NULL)
    g_error ("cannot make %s", bench.directory);
  memset (bench.entry, 'x', ENTRY);

  bench_commits (&bench);
  bench_appends (&bench, "store.log.append1", WEIR_DURABILITY_POWER, 1);
  bench_appends (&bench, "store.log.append2", WEIR_DURABILITY_POWER, 2);
  bench_appends (&bench, "store.log.append2_process", WEIR_DURABILITY_PROCESS, 2);
  bench_read (&bench, N_RELEASED + 1);

  remove_files (bench.directory);
  g_rmdir (bench.directory);
  g_free (bench.directory);
  return 0;
}
