/* What durability costs a whole engine: lives of FlowFiles through real processors, restart, memory
 * of long queues. A life is five events: made with ten attributes, changed three times, dropped.
 *
 * The directory is made where WEIR_BENCH_DIR says, or below /var/tmp, which is a disk where /tmp
 * may be memory. `bench-store-engine queued N` prints the memory of N queued FlowFiles, and
 * `restart` and `lives LEVEL` measure nothing else. */
#include "bench.h"
#include "engine-lives.h"
#include "runtime/backlog.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_QUEUES  10000u
#define PER_QUEUE 100u

#define ROUNDS 5

static WeirRegistry *registry;

static double
run (WeirDurability durability, unsigned n, unsigned per_session, double *ret_bytes)
{
  Lives lives = { registry, n, per_session, 2, durability, false };
  LivesCost cost = { 0 };

  run_lives (&lives, &cost);
  *ret_bytes = cost.bytes;
  return cost.rate;
}

static void
bench_events (void)
{
  double batched[ROUNDS], single[ROUNDS], ratio[ROUNDS], bytes[ROUNDS], ignored;

  for (unsigned i = 0; i < ROUNDS; i++) {
    double memory = run (WEIR_DURABILITY_MEMORY, 500000, 10, &ignored);

    batched[i] = run (WEIR_DURABILITY_POWER, 500000, 10, &bytes[i]);
    ratio[i] = batched[i] / memory;
    single[i] = run (WEIR_DURABILITY_POWER, 250000, 1, &ignored);
  }
  bench_report ("store.events.batched", batched, ROUNDS, "1/s");
  bench_report ("store.events.single", single, ROUNDS, "1/s");
  bench_report ("store.durable_ratio", ratio, ROUNDS, "ratio");
  bench_report ("store.log_bytes_per_life", bytes, ROUNDS, "B");
}

/* --- restart and memory --- */

#define N_ATTRIBUTES 10

static const char *const names[N_ATTRIBUTES] = {
  "filename",        "absolute.path", "mime.type",    "s3.bucket",           "kafka.topic",
  "kafka.partition", "kafka.offset",  "record.count", "fragment.identifier", "source.host"
};
static const char *const values[N_ATTRIBUTES] = { "events-2026-08-25T11-01.json",
                                                  "/in/2026/08",
                                                  "application/json",
                                                  "ingest-eu-west-1",
                                                  "telemetry.raw.v1",
                                                  "7",
                                                  "918273645",
                                                  "431",
                                                  "5b1c7f0e-8c1d-4c8e-9a53-0123456789ab",
                                                  "edge-0123.fab3.example.net" };

static unsigned each; /* FlowFiles that each source makes */
static WeirOrder order;

typedef struct {
  unsigned n_made;
} Make;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  Make *self = state;

  for (unsigned i = 0; i < 100 && self->n_made < each; i++, self->n_made++) {
    WeirFlowFile *flowfile = weir_session_create (session);

    weir_session_put_attributes (session, flowfile, names, values, N_ATTRIBUTES);
    if (order == WEIR_ORDER_PRIORITY)
      weir_session_put_attribute_printf (session, flowfile, "priority", "%u",
                                         self->n_made * 7919 % 1000);
    weir_session_transfer (session, flowfile, 0);
  }
  return true;
}

static const WeirProcessor make =
    KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN, .state_size = sizeof (Make));

static Kit *
queues_new (unsigned n_queues, const char *directory)
{
  Kit *kit = kit_new_with_threads (2);

  kit->options.data_dir = directory;
  for (unsigned i = 0; i < n_queues; i++) {
    g_autofree char *source = g_strdup_printf ("make-%u", i);
    g_autofree char *funnel = g_strdup_printf ("keep-%u", i);
    WeirConnection *connection;

    kit_processor (kit, source, &make);
    kit_funnel (kit, funnel);
    connection = kit_connect (kit, source, "success", funnel);
    connection->max_count = 0;
    connection->max_bytes = 0;
    connection->order = order;
  }
  return kit;
}

static void
bench_restart (void)
{
  g_autofree char *directory = make_directory ();
  g_autoptr (Kit) kit = queues_new (N_QUEUES, directory);
  double seconds[3];

  each = PER_QUEUE;
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, MUCH_LATER));
  kit_stop (kit);
  for (unsigned i = 0; i < G_N_ELEMENTS (seconds); i++) {
    int64_t start = g_get_monotonic_time ();

    kit_load (kit);
    seconds[i] = (double)(g_get_monotonic_time () - start) / 1e6;
    g_assert_cmpuint (kit_count (kit, N_QUEUES - 1), ==, PER_QUEUE);
    kit_stop (kit);
  }
  bench_report ("store.restart_s", seconds, G_N_ELEMENTS (seconds), "s");
  kit_remove_all (directory);
}

static double
resident_mb (void)
{
  g_autofree char *text = NULL;
  unsigned long size, resident = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%lu %lu", &size, &resident) != 2)
    g_error ("cannot read /proc/self/statm");
  return (double)resident * (double)sysconf (_SC_PAGESIZE) / 1e6;
}

/* The whole process, with @n FlowFiles in one queue, once nothing happens any more. */
static int
print_queued (unsigned n)
{
  g_autofree char *directory = make_directory ();
  g_autoptr (Kit) kit = queues_new (1, directory);

  each = n;
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, MUCH_LATER));
  g_assert_cmpuint (kit_count (kit, 0), ==, n);
  while (atomic_load (&kit->engine->has_long_queues))
    g_usleep (10000);
  g_print ("%.1f\n", resident_mb ());
  kit_stop (kit);
  kit_remove_all (directory);
  return 0;
}

static void
bench_queued (const char *program, const char *id, const char *n, const char *priority)
{
  const char *argv[] = { program, "queued", n, priority, NULL };
  g_autofree char *output = NULL;
  int status;
  double megabytes;

  if (!g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status,
                     NULL) ||
      status != 0)
    g_error ("%s queued %s failed", program, n);
  megabytes = strtod (output, NULL);
  bench_report (id, &megabytes, 1, "MB");
}

static int
print_lives (const char *level, bool has_provenance)
{
  Lives lives = { registry, 500000, 10, 2, WEIR_DURABILITY_POWER, has_provenance };
  LivesCost cost = { 0 };

  if (!weir_durability_parse (level, &lives.durability))
    g_error ("there is no durability %s", level);
  for (unsigned i = 0; i < ROUNDS; i++) {
    run_lives (&lives, &cost);
    g_print ("%.0f events/s, %.0f ns of CPU each, %.1f bytes of log a life\n", cost.rate, cost.cpu,
             cost.bytes);
  }
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[3], "priority") == 0)
    order = WEIR_ORDER_PRIORITY;
  if (argc >= 3 && strcmp (argv[1], "queued") == 0)
    return print_queued ((unsigned)strtoul (argv[2], NULL, 10));
  if (argc == 2 && strcmp (argv[1], "restart") == 0) {
    bench_restart ();
    return 0;
  }
  registry = weir_registry_new (NULL);
  if (argc >= 3 && strcmp (argv[1], "lives") == 0)
    return print_lives (argv[2], argc == 4 && strcmp (argv[3], "provenance") == 0);
  bench_events ();
  bench_restart ();
  bench_queued (argv[0], "store.rss_1m_mb", "1000000", NULL);
  bench_queued (argv[0], "store.rss_10m_mb", "10000000", NULL);
  bench_queued (argv[0], "store.rss_1m_ordered_mb", "1000000", "priority");
  weir_registry_free (registry);
  return 0;
}
