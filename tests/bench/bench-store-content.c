/* What contents cost when they are to survive a power cut: made, named in an entry of a real log,
 * on disk, and dropped again. Two threads make them; the clock stops when the last is durable.
 * The folder is a new one in $TMPDIR or /var/tmp. */
#include "bench.h"

#include <glib/gstdio.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "store/content-durable.h"
#include "store/content-writer.h"
#include "store/log.h"

#define N_RUNS    5
#define N_THREADS 2

typedef struct {
  char *root;
  WeirContentStore *store;
  WeirLog *log;
  _Atomic uint64_t released; /* the first segment that was not */
} Bench;

typedef struct {
  Bench *bench;
  unsigned n_contents;
  size_t size;
  const char *bytes; /* PIECE */
} Job;

#define PIECE ((size_t)256 * 1024)

static uint64_t
get_appended (void *data)
{
  return weir_log_get_appended (((Bench *)data)->log);
}

static void
on_segment_free (void *data, uint64_t number)
{
  weir_log_release (((Bench *)data)->log, number);
}

static bool
on_write (void *data, GError **error)
{
  return weir_content_store_sync (((Bench *)data)->store, error);
}

/* No snapshot has to be beyond it: a segment is released when all of it is durable. */
static void
on_durable (void *data, uint64_t durable)
{
  Bench *bench = data;

  for (; (bench->released + 1) * WEIR_LIMIT_SEGMENT <= durable; bench->released++)
    weir_content_store_release_segment (bench->store, bench->released, 1);
  weir_content_store_on_durable (bench->store, durable);
}

static void
on_failure (void *data, const GError *error)
{
  g_error ("%s", error->message);
}

static void
set_up (Bench *bench)
{
  const char *temporary = g_getenv ("TMPDIR") != NULL ? g_getenv ("TMPDIR") : "/var/tmp";
  g_autofree char *name = g_build_filename (temporary, "weir-bench-XXXXXX", NULL);
  g_autofree char *log = NULL, *content = NULL;
  WeirLogEnd end = { 0 };

  bench->root = g_strdup (g_mkdtemp (name));
  log = g_build_filename (bench->root, "log", NULL);
  content = g_build_filename (bench->root, "content", NULL);
  bench->released = 1;
  bench->store =
      weir_content_store_new_durable (&(WeirContentOptions){ .directory = content,
                                                             .log_directory = log,
                                                             .must_sync = true,
                                                             .get_appended = get_appended,
                                                             .on_segment_free = on_segment_free,
                                                             .data = bench },
                                      NULL);
  bench->log = weir_log_open (&(WeirLogOptions){ .directory = log,
                                                 .log_id = 1,
                                                 .durability = WEIR_DURABILITY_POWER,
                                                 .on_write = on_write,
                                                 .on_durable = on_durable,
                                                 .on_failure = on_failure,
                                                 .data = bench },
                              &end, NULL);
}

static void
empty (const char *path)
{
  GDir *names = g_dir_open (path, 0, NULL);
  const char *name;

  while (names != NULL && (name = g_dir_read_name (names)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      empty (child);
    else
      g_unlink (child);
  }
  g_clear_pointer (&names, g_dir_close);
  g_rmdir (path);
}

static void
tear_down (Bench *bench)
{
  weir_content_store_keep_all (bench->store);
  g_assert_true (weir_log_close (bench->log, NULL));
  weir_content_store_free (bench->store);
  empty (bench->root);
  g_free (bench->root);
}

static WeirContent
make (const Job *job)
{
  WeirContentWriter writer;
  WeirContent content;

  weir_content_writer_init (&writer, job->bench->store);
  for (size_t done = 0; done < job->size; done += MIN (job->size, PIECE))
    g_assert_true (weir_content_writer_write (&writer, job->bytes, MIN (job->size, PIECE), NULL));
  g_assert_true (weir_content_writer_close (&writer, &content, NULL));
  return content;
}

/* A session that makes one FlowFile, and one that drops it. */
static void *
run (void *data)
{
  const Job *job = data;
  Bench *bench = job->bench;
  WeirEntryWriter entry;

  weir_entry_writer_init (&entry);
  for (unsigned i = 0; i < job->n_contents; i++) {
    WeirContent content = make (job);
    WeirContentRef ref;
    const void *bytes = weir_content_describe (&content, &ref);
    uint64_t place;
    size_t offset;

    weir_entry_writer_begin (&entry, 1);
    weir_entry_write_create (&entry, i + 1, 1, false);
    weir_entry_write_attributes (&entry, NULL, 0, NULL, 0);
    offset = weir_entry_write_content (&entry, &ref, bytes);
    weir_log_append (bench->log, 0, entry.start, weir_entry_writer_get_size (&entry), &place);
    if (bytes != NULL)
      weir_claim_set_place (content.claim, place + offset);

    weir_entry_writer_begin (&entry, 2);
    weir_entry_write_drop (&entry, i + 1);
    weir_log_append (bench->log, 0, entry.start, weir_entry_writer_get_size (&entry), NULL);
    weir_content_clear (&content);
  }
  weir_entry_writer_clear (&entry);
  return NULL;
}

/* Returns: contents a second. */
static double
measure (Bench *bench, unsigned n_contents, size_t size, const char *bytes)
{
  Job job = { bench, n_contents / N_THREADS, size, bytes };
  WeirClock *clock = weir_clock_system ();
  int64_t start = weir_clock_get_monotonic (clock);
  pthread_t threads[N_THREADS];
  unsigned n_threads = MIN (n_contents, N_THREADS);

  job.n_contents = n_contents / n_threads;
  for (unsigned i = 0; i < n_threads; i++)
    pthread_create (&threads[i], NULL, run, &job);
  for (unsigned i = 0; i < n_threads; i++)
    pthread_join (threads[i], NULL);
  g_assert_true (weir_log_wait (bench->log, weir_log_get_appended (bench->log), NULL));
  return (double)n_contents * 1e6 / (double)(weir_clock_get_monotonic (clock) - start);
}

static void
report (const char *id, unsigned n_contents, size_t size, double scale, const char *unit,
        const char *bytes)
{
  double figures[N_RUNS];
  Bench bench;

  set_up (&bench);
  measure (&bench, n_contents / 4 + 1, size, bytes);
  for (unsigned i = 0; i < N_RUNS; i++)
    figures[i] = measure (&bench, n_contents, size, bytes) * scale;
  bench_report (id, figures, N_RUNS, unit);
  tear_down (&bench);
}

int
main (int argc, char **argv)
{
  g_autofree char *bytes = g_malloc (PIECE);

  for (size_t i = 0; i < PIECE; i++)
    bytes[i] = (char)(i * 2654435761u >> 13);
  report ("store.content.1k", 400000, 1024, 1, "1/s", bytes);
  report ("store.content.64k_gbs", 16000, (size_t)64 * 1024, 64 * 1024 / 1e9, "GB/s", bytes);
  report ("store.content.1g_gbs", 1, (size_t)1024 * 1024 * 1024, 1024.0 * 1024 * 1024 / 1e9, "GB/s",
          bytes);
  return 0;
}
