/* What an edit of a flow that runs costs: a thousand processors, data on its way, and one property
 * that changes. Prints one JSON object a line, as bench-engine does. */
#include "../unit/runtime/kit.h"

#include "bench.h"
#include "runtime/reshape.h"

#define N_STEPS 998u /* and a maker and an ender */

typedef struct {
  char *label;
} Pass;

static const WeirProperty pass_properties[] = {
  { .name = "Label", WEIR_FIELD (Pass, label) },
};

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  weir_session_transfer (session, weir_session_create (session), 0);
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

static const WeirProcessor maker = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor passer =
    KIT_PROCESSOR ("Pass", on_pass, .state_size = sizeof (Pass), WEIR_PROPERTIES (pass_properties));
static const WeirProcessor ender = KIT_PROCESSOR ("End", on_end);

static void
build (Kit *kit)
{
  g_autofree char *last = g_strdup ("make");

  kit_processor (kit, "make", &maker)->schedule.mode = WEIR_SCHEDULE_EVERY;
  ((WeirProcessorNode *)weir_flow_find (kit->flow, "make"))->schedule.every_usec = 1000;
  for (unsigned i = 0; i < N_STEPS; i++) {
    char *id = g_strdup_printf ("p%u", i);

    weir_properties_add (kit_processor (kit, id, &passer)->properties, "Label", "none");
    kit_connect (kit, last, "success", id);
    g_free (last);
    last = id;
  }
  kit_processor (kit, "end", &ender);
  kit_connect (kit, last, "success", "end");
}

/* Returns: milliseconds. @ret_stopped: for how many of them what was touched did not run. */
static double
edit (Kit *kit, unsigned round, double *ret_stopped)
{
  g_autoptr (WeirResolver) resolver = weir_resolver_new (kit->flow, NULL, NULL, NULL);
  WeirReshapeOptions options = { .usec = KIT_LONG };
  g_autoptr (WeirReshapeReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strdup_printf ("p%u", round * 37 % N_STEPS);
  WeirProcessorNode *processor = (WeirProcessorNode *)weir_flow_find (kit->flow, id);
  WeirPropertyNode *property = processor->properties->pdata[0];
  int64_t start = g_get_monotonic_time ();

  g_free (property->text);
  property->text = g_strdup_printf ("round %u", round);
  weir_engine_reshape (kit->engine, kit->flow, resolver, &options, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->changed->len, ==, 1);
  *ret_stopped = (double)report->stopped_usec / 1000;
  return (double)(g_get_monotonic_time () - start) / 1000;
}

int
main (int argc, char **argv)
{
  Kit *kit = kit_new_with_threads (2);
  double figures[20];
  double stopped[20];

  build (kit);
  kit_start (kit);
  for (unsigned i = 0; i < G_N_ELEMENTS (figures); i++)
    figures[i] = edit (kit, i, &stopped[i]);
  bench_report ("engine.edit", figures, G_N_ELEMENTS (figures), "ms");
  bench_report ("engine.edit.stopped", stopped, G_N_ELEMENTS (stopped), "ms");
  kit_free (kit);
  return 0;
}
