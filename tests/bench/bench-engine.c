/* What the engine itself costs: hops, attributes, clones, memory and start, with processors that do
 * next to nothing. Prints one JSON object a line: {"id","value","unit","runs","spread"}. */
#include "../unit/runtime/kit.h"

#include "bench.h"
#include "runtime/worker.h"

#include <malloc.h>
#include <sys/resource.h>

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

static _Atomic uint64_t to_make;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile;

  if (atomic_load_explicit (&to_make, memory_order_relaxed) == 0)
    return true;
  atomic_fetch_sub_explicit (&to_make, 1, memory_order_relaxed);
  flowfile = weir_session_create (session);
  weir_session_put_attributes (session, flowfile, names, values, N_ATTRIBUTES);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_pass (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile != NULL)
    weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile != NULL)
    weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor pass = KIT_PROCESSOR ("Pass", on_pass, .threading = WEIR_CONCURRENT);
static const WeirProcessor end = KIT_PROCESSOR ("End", on_end, .threading = WEIR_CONCURRENT);

/* A chain of @length processors, and @n FlowFiles through all of it. Returns: hops a second. */
static double
run_chain (unsigned length, uint64_t n, size_t session_max)
{
  g_autoptr (Kit) kit = kit_new_with_threads (2);
  g_autofree char *last = g_strdup ("p0");
  int64_t start;

  atomic_store (&to_make, n);
  kit->options.session_max = session_max;
  kit_processor (kit, "p0", &make);
  for (unsigned i = 1; i < length; i++) {
    char *id = g_strdup_printf ("p%u", i);
    kit_processor (kit, id, i + 1 < length ? &pass : &end);
    kit_connect (kit, last, "success", id);
    g_free (last);
    last = id;
  }
  start = g_get_monotonic_time ();
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, 600 * G_USEC_PER_SEC));
  return (double)n * (length - 1) / (double)(g_get_monotonic_time () - start) * 1e6;
}

static void
bench_hops (void)
{
  double figures[5];

  for (unsigned i = 0; i < 5; i++)
    figures[i] = run_chain (6, 400000, 10);
  bench_report ("engine.hops.batched", figures, 5, "1/s");
  for (unsigned i = 0; i < 5; i++)
    figures[i] = run_chain (6, 200000, 1);
  bench_report ("engine.hops.single", figures, 5, "1/s");
}

#define WALKERS 1000u
#define STEPS   20000000u

/* A prime that divides no length of a ring: all of it is one ring. */
#define RING_STEP 7919u

static _Atomic int64_t laps;

/* The end of a ring: round again, until there were enough laps. It ends each walker once, so they
 * come by as often as there are laps and walkers. */
static bool
on_turn (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  if (atomic_fetch_sub_explicit (&laps, 1, memory_order_relaxed) > 0)
    weir_session_transfer (session, flowfile, 0);
  else
    weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor turn = KIT_PROCESSOR ("Turn", on_turn, .threading = WEIR_CONCURRENT);

/* What all threads have used: with other work on the machine, more telling than the time that
 * passed. */
static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The same FlowFiles and the same number of hops, STEPS, through rings of different lengths.
 * Neighbours in a ring are not neighbours in memory: that would be too easy.
 * Returns: nanoseconds of CPU a hop. */
static double
walk_ring (unsigned length)
{
  g_autoptr (Kit) kit = kit_new_with_threads (2);
  double start;

  atomic_store (&to_make, 0);
  atomic_store (&laps, STEPS / length - WALKERS);
  kit->options.session_max = 10;
  kit_processor (kit, "make", &make);
  for (unsigned i = 0; i < length; i++) {
    g_autofree char *id = g_strdup_printf ("p%u", i);
    kit_processor (kit, id, (i + RING_STEP) % length != 0 ? &pass : &turn);
  }
  for (unsigned i = 0; i < length; i++) {
    g_autofree char *id = g_strdup_printf ("p%u", i);
    g_autofree char *next = g_strdup_printf ("p%u", (i + RING_STEP) % length);
    kit_connect (kit, id, "success", next);
  }
  kit_connect (kit, "make", "success", "p0");
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, 600 * G_USEC_PER_SEC));
  start = cpu_seconds ();
  atomic_store (&to_make, WALKERS);
  atomic_store (&kit_node (kit, "make")->is_dry, false);
  weir_context_wake (&kit_node (kit, "make")->context);
  g_assert_true (weir_engine_wait_idle (kit->engine, 600 * G_USEC_PER_SEC));
  return (cpu_seconds () - start) * 1e9 / STEPS;
}

static void
bench_growth (void)
{
  static const unsigned lengths[] = { 10, 100, 1000, 10000 };
  double medians[G_N_ELEMENTS (lengths)];
  double ratio;

  for (unsigned l = 0; l < G_N_ELEMENTS (lengths); l++) {
    g_autofree char *id = g_strdup_printf ("engine.hop_ns.%u_processors", lengths[l]);
    double figures[3];

    for (unsigned i = 0; i < 3; i++)
      figures[i] = walk_ring (lengths[l]);
    medians[l] = bench_report (id, figures, 3, "ns");
  }
  ratio = medians[3] / medians[0];
  bench_report ("engine.hop_growth", &ratio, 1, "ratio");
}

static WeirFlowFile *kept[1000];

static bool
on_attributes (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_create (session);
  double reads[5];

  weir_session_put_attributes (session, flowfile, names, values, N_ATTRIBUTES);
  for (unsigned run = 0; run < 5; run++) {
    int64_t start = g_get_monotonic_time ();
    size_t sum = 0;

    for (unsigned i = 0; i < 1000000; i++)
      sum += (size_t)weir_flowfile_get_attribute (flowfile, names[i % N_ATTRIBUTES]);
    bench_keep (&sum);
    reads[run] = (double)(g_get_monotonic_time () - start) * 1000 / 1000000;
  }
  bench_report ("engine.attribute_read_ns", reads, 5, "ns");
  weir_session_remove (session, flowfile);
  return true;
}

static double clone_ns;

/* As many as a session has at most. */
static bool
on_clone (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_create (session);
  int64_t start = g_get_monotonic_time ();

  weir_session_put_attributes (session, flowfile, names, values, N_ATTRIBUTES);
  for (unsigned i = 0; i < G_N_ELEMENTS (kept); i++)
    kept[i] = weir_session_clone (session, flowfile);
  clone_ns += (double)(g_get_monotonic_time () - start) * 1000 / G_N_ELEMENTS (kept);
  for (unsigned i = 0; i < G_N_ELEMENTS (kept); i++)
    weir_session_remove (session, kept[i]);
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor attributes =
    KIT_PROCESSOR ("Attributes", on_attributes, .input = WEIR_INPUT_FORBIDDEN);

static const WeirProcessor clones =
    KIT_PROCESSOR ("Clones", on_clone, .input = WEIR_INPUT_FORBIDDEN);

static void
bench_attributes (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  double figures[5];

  kit_processor (kit, "attributes", &attributes)->schedule =
      (WeirSchedule){ .mode = WEIR_SCHEDULE_EVERY, .every_usec = G_USEC_PER_SEC };
  kit_processor (kit, "clones", &clones)->schedule =
      (WeirSchedule){ .mode = WEIR_SCHEDULE_EVERY, .every_usec = 1 };
  kit_start (kit);
  kit_run (kit);
  for (unsigned run = 0; run < 5; run++) {
    clone_ns = 0;
    for (unsigned i = 0; i < 100; i++)
      kit_advance (kit, 1);
    figures[run] = clone_ns / 100;
  }
  bench_report ("engine.clone_ns", figures, 5, "ns");
}

/* Memory of FlowFiles that wait, and whether a hop costs more when many do. */
static void
bench_queued (void)
{
  static const uint64_t numbers[] = { 1000, 10000, 100000, 1000000 };
  double bytes = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (Kit) kit = kit_new_by_hand ();
    g_autofree char *id = g_strdup_printf ("engine.hop_ns.%u_queued", (unsigned)numbers[i]);
    size_t before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
    WeirConnection *connection;
    int64_t start;
    double ns;

    atomic_store (&to_make, numbers[i]);
    kit_processor (kit, "make", &make);
    kit_processor (kit, "pass", &pass)->disabled = true;
    kit_funnel (kit, "end");
    connection = kit_connect (kit, "make", "success", "pass");
    connection->max_count = connection->max_bytes = 0;
    connection = kit_connect (kit, "pass", "success", "end");
    connection->max_count = connection->max_bytes = 0;
    kit_start (kit);
    kit_run (kit);
    g_assert_cmpuint (kit_count (kit, 0), ==, numbers[i]);
    bytes = (double)(mallinfo2 ().uordblks + mallinfo2 ().hblkhd - before) / (double)numbers[i];
    start = g_get_monotonic_time ();
    weir_node_start (kit_node (kit, "pass"));
    kit_run (kit);
    g_assert_cmpuint (kit_count (kit, 1), ==, numbers[i]);
    ns = (double)(g_get_monotonic_time () - start) * 1000 / (double)numbers[i];
    bench_report (id, &ns, 1, "ns");
  }
  bench_report ("engine.bytes_per_queued", &bytes, 1, "B");
}

static void
bench_start (void)
{
  double figures[5];

  for (unsigned run = 0; run < 5; run++) {
    g_autoptr (Kit) kit = kit_new_with_threads (2);
    int64_t start;

    atomic_store (&to_make, 0);
    for (unsigned i = 0; i < 1000; i++) {
      g_autofree char *id = g_strdup_printf ("p%u", i);
      g_autofree char *before = g_strdup_printf ("p%u", i - 1);
      kit_processor (kit, id, i == 0 ? &make : &pass);
      if (i > 0)
        kit_connect (kit, before, "success", id);
    }
    start = g_get_monotonic_time ();
    kit_start (kit);
    g_assert_true (weir_engine_wait_idle (kit->engine, 60 * G_USEC_PER_SEC));
    figures[run] = (double)(g_get_monotonic_time () - start) / 1000;
  }
  bench_report ("engine.start_1000_ms", figures, 5, "ms");
}

int
main (int argc, char **argv)
{
  bench_hops ();
  bench_attributes ();
  bench_queued ();
  bench_start ();
  bench_growth ();
  return 0;
}
