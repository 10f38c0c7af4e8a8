/* What recording costs, from frames of the log to partitions on disk, what asking takes
 * (questions.c), and what letting the oldest partition go takes. The directory is made where
 * WEIR_BENCH_DIR says, or below /var/tmp, which is a disk where /tmp may be memory, and needs 1.3
 * GB. `bench-provenance N DIR [tree]` does nothing but make one with N events at DIR, to be looked
 * at, `bench-provenance ask DIR TREE` only asks. */
#include "bench.h"
#include "lives.h"
#include "questions.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/crc32c.h"
#include "base/limits.h"
#include "provenance/scribe.h"
#include "provenance/shelf.h"

#define N_EVENTS 50000000
#define N_TREE   (LIVES_STEPS * (WEIR_LIMIT_LINEAGE - 10000)) /* some are in flight at the end */
#define N_PARTS  5                                            /* of all, each a figure */

typedef struct {
  char *directory; /* a data directory */
  char *partitions;
  Lives lives;
  WeirBinder *binder;
  WeirScribe *scribe;
  GByteArray *read; /* a frame as who reads the log has it */
  uint64_t bytes;   /* of all files */
  double cpu;       /* seconds */
} Bench;

static double
get_cpu (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
fail (const GError *error)
{
  g_error ("%s", error->message);
}

static void
note_message (void *user, const char *message)
{
  g_error ("%s", message);
}

static char *
make_directory (void)
{
  const char *below = g_getenv ("WEIR_BENCH_DIR");
  char *path = g_build_filename (below != NULL ? below : "/var/tmp", "weir-bench-XXXXXX", NULL);

  if (g_mkdtemp (path) == NULL)
    g_error ("cannot make a directory like '%s'", path);
  return path;
}

static WeirBinder *
make_binder (Bench *bench, uint64_t retention_bytes)
{
  WeirBinderOptions options = { .directory = bench->partitions,
                                .install = 1,
                                .dictionary = bench->lives.dictionary,
                                .clock = weir_clock_system (),
                                .retention_bytes = retention_bytes,
                                .retention_usec = INT64_MAX,
                                .partition_bytes = WEIR_LIMIT_PARTITION,
                                .on_message = note_message };

  return weir_binder_new (&options);
}

/* --- building --- */

static void
sync_scribe (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  uint64_t place;

  if (!weir_scribe_flush (bench->scribe, false, &error) ||
      !weir_scribe_sync (bench->scribe, &place, &error))
    fail (error);
}

/* As the recorder does it at full load: the frame is read and looked at before it is taken. */
static void
record (Bench *bench, uint64_t end)
{
  g_autoptr (GError) error = NULL;
  WeirFrame frame;

  while (bench->lives.n_events < end) {
    double start;

    lives_make_frame (&bench->lives, &frame);
    start = get_cpu ();
    g_byte_array_set_size (bench->read, 0);
    g_byte_array_append (bench->read, frame.payload, (guint)frame.size);
    bench_keep (GUINT_TO_POINTER (weir_crc32c (0, bench->read->data, frame.size)));
    frame.payload = bench->read->data;
    if (!weir_scribe_take (bench->scribe, &frame, &error))
      fail (error);
    if (weir_scribe_is_sync_due (bench->scribe))
      sync_scribe (bench);
    bench->cpu += get_cpu () - start;
  }
}

static uint64_t
get_bytes (Bench *bench)
{
  g_autoptr (GArray) files = weir_shelf_list (bench->partitions, NULL, NULL);
  uint64_t bytes = 0;

  for (guint i = 0; i < files->len; i++)
    bytes += g_array_index (files, WeirShelfFile, i).bytes;
  return bytes;
}

/* @ret_rates: of each part. */
static void
build (Bench *bench, uint64_t n, double *ret_rates)
{
  g_autoptr (GError) error = NULL;
  WeirPosition from;

  if (g_mkdir (bench->partitions, 0700) != 0)
    g_error ("cannot make '%s': %s", bench->partitions, g_strerror (errno));
  bench->binder = make_binder (bench, UINT64_MAX);
  bench->scribe = weir_scribe_new (bench->binder, bench->lives.dictionary, NULL);
  if (!weir_scribe_open (bench->scribe, 1, &from, &error))
    fail (error);
  for (uint64_t i = 1; i <= N_PARTS; i++) {
    uint64_t before = bench->lives.n_events;
    double cpu = bench->cpu;

    record (bench, n / N_PARTS * i);
    ret_rates[i - 1] = (double)(bench->lives.n_events - before) / (bench->cpu - cpu);
    g_printerr ("  %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " million events are made\n",
                bench->lives.n_events / 1000000, n / 1000000);
  }
  sync_scribe (bench);
  weir_scribe_free (bench->scribe);
  weir_binder_free (bench->binder);
  bench->bytes = get_bytes (bench);
}

/* --- letting go --- */

/* As the recorder does it, each time one partition less; the newest stays. */
static void
report_retention (Bench *bench)
{
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (double));
  uint64_t bytes = bench->bytes;

  for (;;) {
    WeirBinder *binder = make_binder (bench, bytes - 1);
    g_autoptr (GError) error = NULL;
    WeirPosition position;
    int64_t start;
    double msec;

    if (!weir_binder_open (binder, UINT64_MAX, &position, &error))
      fail (error);
    start = g_get_monotonic_time ();
    weir_binder_trim (binder);
    msec = (double)(g_get_monotonic_time () - start) / 1000;
    weir_binder_free (binder);
    if (get_bytes (bench) + 1024 * 1024 > bytes)
      break;
    bytes = get_bytes (bench);
    g_array_append_val (figures, msec);
  }
  if (figures->len > 0)
    bench_report ("prov.retention_ms", (double *)(void *)figures->data, figures->len, "ms");
}

static void
clear (Bench *bench)
{
  g_autoptr (GArray) files = weir_shelf_list (bench->partitions, NULL, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < files->len; i++)
    if (!weir_shelf_remove (bench->partitions, g_array_index (files, WeirShelfFile, i).number, NULL,
                            &error))
      fail (error);
  g_rmdir (bench->partitions);
  g_rmdir (bench->directory);
}

static void
bench_init (Bench *bench, const char *directory, bool is_tree)
{
  *bench = (Bench){ .read = g_byte_array_new () };
  bench->directory = directory != NULL ? g_strdup (directory) : make_directory ();
  bench->partitions = g_build_filename (bench->directory, "provenance", NULL);
  lives_init (&bench->lives);
  bench->lives.is_tree = is_tree;
}

static void
bench_clear (Bench *bench)
{
  lives_clear (&bench->lives);
  g_byte_array_unref (bench->read);
  g_free (bench->partitions);
  g_free (bench->directory);
}

static void
make (uint64_t n, const char *directory, bool is_tree)
{
  double rates[N_PARTS];
  Bench bench;

  bench_init (&bench, directory, is_tree);
  build (&bench, n, rates);
  bench_clear (&bench);
}

static void
measure (void)
{
  double rates[N_PARTS], bytes;
  Bench bench, tree;

  bench_init (&bench, NULL, false);
  build (&bench, N_EVENTS, rates);
  bytes = (double)bench.bytes / (double)bench.lives.n_events;
  bench_report ("prov.build", rates, N_PARTS, "1/s");
  bench_report ("prov.bytes_per_event", &bytes, 1, "B");
  bench_init (&tree, NULL, true);
  build (&tree, N_TREE, rates);
  report_questions (bench.directory, tree.directory);
  report_retention (&bench);
  clear (&bench);
  clear (&tree);
  bench_clear (&bench);
  bench_clear (&tree);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "ask"))
    report_questions (argv[2], argv[3]);
  else if (argc > 2)
    make (g_ascii_strtoull (argv[1], NULL, 10), argv[2], argc > 3);
  else
    measure ();
  return 0;
}
