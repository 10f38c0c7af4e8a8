/* Tests engine/runtime/why.c: each thing that can keep a processor from running, by its name. */
#include "kit.h"

#include "runtime/figures.h"
#include "runtime/running.h"
#include "runtime/why.h"

#include <string.h>

static unsigned to_make;
static bool may_start;
static bool fails;
static _Atomic bool is_in_trigger;
static _Atomic bool may_return;

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  if (!may_start)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_IO, "the disk is blue");
  return may_start;
}

static bool
make (void *state, WeirSession *session, GError **error)
{
  if (to_make == 0)
    return true;
  to_make--;
  weir_session_transfer (session, weir_session_create (session), 0);
  return true;
}

static bool
end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (fails) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_IO, "no");
    return false;
  }
  if (flowfile != NULL)
    weir_session_remove (session, flowfile);
  return true;
}

static bool
hang (void *state, WeirSession *session, GError **error)
{
  is_in_trigger = true;
  while (!may_return)
    g_usleep (100);
  return true;
}

static const WeirProcessor maker =
    KIT_PROCESSOR ("Make", make, .input = WEIR_INPUT_FORBIDDEN, .on_scheduled = on_scheduled);
static const WeirProcessor ender = KIT_PROCESSOR ("End", end, .input = WEIR_INPUT_REQUIRED);
static const WeirProcessor hanger = KIT_PROCESSOR ("Hang", hang, .input = WEIR_INPUT_FORBIDDEN);

static Kit *
with_flow (void)
{
  Kit *kit = kit_new_by_hand ();
  WeirConnection *connection;

  to_make = 0;
  may_start = true;
  fails = false;
  kit_processor (kit, "make", &maker)->yield_usec = 0;
  kit_processor (kit, "end", &ender);
  connection = kit_connect (kit, "make", "success", "end");
  connection->max_count = 3;
  return kit;
}

/* The first reason. */
static void
assert_why (Kit *kit, const char *path, const char *code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = weir_engine_why (kit->engine, path, &error);
  const WeirWhy *why;

  g_assert_no_error (error);
  g_assert_cmpuint (all->len, >=, 1);
  why = all->pdata[0];
  g_assert_cmpstr (why->code, ==, code);
  if (strstr (why->text, text) == NULL)
    g_error ("\"%s\" is not in: %s", text, why->text);
}

static void
test_by_hand (void)
{
  static const char *const end_path[] = { "end", NULL };
  g_autoptr (Kit) kit = with_flow ();
  g_autoptr (GError) error = NULL;

  may_start = false;
  kit_load (kit);
  assert_why (kit, "end", "flow-stopped", "");
  kit_go (kit);
  assert_why (kit, "make", "starting", "");
  kit_run (kit);
  assert_why (kit, "make", "fails-to-start", "the disk is blue");
  may_start = true;
  kit_advance (kit, 20 * G_USEC_PER_SEC);
  assert_why (kit, "make", "yield", "nothing to bring");
  assert_why (kit, "end", "no-input", "nothing is queued");
  weir_engine_stop_nodes (kit->engine, end_path, NULL, NULL);
  assert_why (kit, "end", "stopping", "");
  kit_run (kit);
  assert_why (kit, "end", "stopped", "");
  to_make = 5;
  weir_context_wake (&kit_node (kit, "make")->context);
  kit_run (kit);
  assert_why (kit, "make", "no-room", "make:success -> end is full: it holds 3 FlowFiles");
  kit->engine->is_disk_low = true;
  {
    g_autoptr (GPtrArray) all = weir_engine_why (kit->engine, "make", NULL);
    g_assert_cmpuint (all->len, ==, 2);
    g_assert_cmpstr (((WeirWhy *)all->pdata[1])->code, ==, "disk-low");
  }
  kit->engine->is_disk_low = false;
  fails = true;
  weir_engine_start_nodes (kit->engine, end_path, NULL, NULL);
  kit_run (kit);
  assert_why (kit, "end", "yield", "its last work failed");
  kit_advance (kit, 3 * G_USEC_PER_SEC);
  kit_advance (kit, 3 * G_USEC_PER_SEC);
  kit_advance (kit, 3 * G_USEC_PER_SEC);
  kit_advance (kit, 3 * G_USEC_PER_SEC);
  fails = false;
  kit_advance (kit, 100 * G_USEC_PER_SEC);
  g_assert_null (weir_engine_why (kit->engine, "nobody", &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
}

static void
test_disabled_and_late (void)
{
  g_autoptr (Kit) kit = with_flow ();
  WeirProcessorNode *processor = kit_processor (kit, "off", &ender);
  WeirProcessorNode *late = kit_processor (kit, "late", &maker);
  g_autoptr (GPtrArray) all = NULL;
  int64_t wall;

  processor->disabled = true;
  late->schedule.mode = WEIR_SCHEDULE_EVERY;
  late->schedule.every_usec = INT64_C (3600) * G_USEC_PER_SEC;
  kit_funnel (kit, "nowhere");
  kit_start (kit);
  kit_run (kit);
  assert_why (kit, "off", "disabled", "");
  assert_why (kit, "late", "schedule", "");
  all = weir_engine_why (kit->engine, "late", NULL);
  wall = weir_clock_get_wall (kit->clock);
  g_assert_cmpint (((WeirWhy *)all->pdata[0])->until - wall, ==, INT64_C (3600) * G_USEC_PER_SEC);
}

/* One worker, and another processor has it. */
static void
test_workers (void)
{
  g_autoptr (Kit) kit = kit_new_with_threads (1);
  WeirFigures *figures;

  may_start = true;
  to_make = 0;
  is_in_trigger = may_return = false;
  kit_processor (kit, "hang", &hanger);
  kit_start (kit);
  while (!is_in_trigger)
    g_usleep (100);
  assert_why (kit, "hang", "runs", "");
  figures = weir_figures_take (kit->engine);
  g_assert_cmpuint (figures->nodes[0].active, ==, 1);
  weir_figures_free (figures);
  may_return = true;
}

/* How long things took, by the clock of the engine. */
static void
test_latencies (void)
{
  static const char *const end_path[] = { "end", NULL };
  g_autoptr (Kit) kit = with_flow ();
  WeirHistogramCopy queued, task;

  kit->options.stopped = end_path;
  kit_start (kit);
  to_make = 2;
  kit_run (kit);
  weir_node_get_latencies (kit_node (kit, "end"), &queued, &task);
  g_assert_cmpuint (weir_histogram_count (&queued), ==, 0);
  weir_clock_advance (kit->clock, 8 * G_USEC_PER_SEC);
  weir_engine_start_nodes (kit->engine, end_path, NULL, NULL);
  kit_run (kit);
  weir_node_get_latencies (kit_node (kit, "end"), &queued, &task);
  g_assert_cmpuint (weir_histogram_count (&queued), ==, 1);
  g_assert_cmpuint (weir_histogram_count (&task), ==, 1);
  g_assert_cmpint (ABS (weir_histogram_get_percentile (&queued, 0.5) - 8 * G_USEC_PER_SEC), <=,
                   G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/why/by hand", test_by_hand);
  g_test_add_func ("/why/disabled and late", test_disabled_and_late);
  g_test_add_func ("/why/workers", test_workers);
  g_test_add_func ("/why/latencies", test_latencies);
  return g_test_run ();
}
