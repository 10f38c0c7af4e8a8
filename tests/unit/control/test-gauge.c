/* Tests engine/control/gauge.c: the figures of a flow that has run. */
#include "control/gauge.h"

#include "unit/runtime/kit.h"

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  g_autofree char *done = weir_session_get_state (session, "done");

  if (done != NULL)
    return true;
  weir_session_set_state (session, "done", "yes");
  for (unsigned i = 0; i < 7; i++) {
    WeirFlowFile *flowfile = weir_session_create (session);
    if (!weir_session_set_content (session, flowfile, "12345", 5, error))
      return false;
    weir_session_transfer (session, flowfile, 0);
  }
  weir_context_log (weir_session_get_context (session), WEIR_LOG_WARNING, "made them");
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

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor pass = KIT_PROCESSOR ("Pass", on_pass, .input = WEIR_INPUT_REQUIRED);

static const uint64_t *
values_of (const WeirReading *reading, WeirSubjectKind kind, const char *path)
{
  uint32_t place;

  g_assert_true (weir_roster_find (reading->roster, kind, path, &place));
  return reading->subjects[place].values;
}

static void
test_figures (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autoptr (WeirGauge) gauge = NULL;
  g_autoptr (WeirReading) reading = NULL;
  const uint64_t *values;
  uint32_t place;

  kit_processor (kit, "make", &make);
  kit_processor (kit, "pass", &pass);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "pass");
  kit_connect (kit, "pass", "success", "end")->max_count = 7;
  kit_start (kit);
  kit_run (kit);
  gauge = weir_gauge_new (kit->engine, "seven");
  g_assert_cmpuint (gauge->roster->n, ==, 6);
  g_assert_true (weir_gauge_is_current (gauge));
  reading = weir_gauge_read (gauge);

  values = values_of (reading, WEIR_SUBJECT_NODE, "make");
  g_assert_cmpuint (values[WEIR_NODE_OUT], ==, 7);
  g_assert_cmpuint (values[WEIR_NODE_OUT_BYTES], ==, 35);
  g_assert_cmpuint (values[WEIR_NODE_BULLETINS], ==, 1);
  g_assert_cmpuint (values[WEIR_NODE_PHASE], ==, WEIR_PHASE_RUNNING);
  values = values_of (reading, WEIR_SUBJECT_NODE, "pass");
  g_assert_cmpuint (values[WEIR_NODE_IN], ==, 7);
  g_assert_cmpuint (values[WEIR_NODE_QUEUED], ==, 0);
  values = values_of (reading, WEIR_SUBJECT_NODE, "end");
  g_assert_cmpuint (values[WEIR_NODE_QUEUED], ==, 7);
  g_assert_cmpuint (values[WEIR_NODE_QUEUED_BYTES], ==, 35);
  values = values_of (reading, WEIR_SUBJECT_CONNECTION, "pass:success -> end");
  g_assert_cmpuint (values[WEIR_CONNECTION_PASSED], ==, 7);
  g_assert_cmpuint (values[WEIR_CONNECTION_QUEUED], ==, 7);
  g_assert_cmpuint (values[WEIR_CONNECTION_FULL], ==, 1);
  values = values_of (reading, WEIR_SUBJECT_FLOW, "");
  g_assert_cmpuint (values[WEIR_FLOW_QUEUED], ==, 7);
  g_assert_cmpuint (values[WEIR_FLOW_QUEUED_BYTES], ==, 35);
  g_assert_cmpuint (values[WEIR_FLOW_BULLETINS], ==, 1);
  g_assert_cmpuint (values[WEIR_FLOW_MEMORY], >, 100000);
  g_assert_cmpuint (values[WEIR_FLOW_TASKS], >, 1);
  g_assert_false (weir_roster_find (gauge->roster, WEIR_SUBJECT_NODE, "none", &place));
}

static void
test_names (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autoptr (WeirGauge) gauge = NULL;
  const WeirRoster *roster;
  const WeirSubject *subject;

  kit_processor (kit, "make", &make);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "end");
  kit_start (kit);
  gauge = weir_gauge_new (kit->engine, "Orders");
  roster = gauge->roster;
  g_assert_cmpstr (roster->subjects[0].name, ==, "Orders");
  g_assert_cmpstr (roster->subjects[1].type, ==, "Make");
  g_assert_cmpstr (roster->subjects[1].part, ==, "processor");
  g_assert_cmpstr (roster->subjects[2].part, ==, "funnel");
  g_assert_null (roster->subjects[2].type);
  subject = &roster->subjects[3];
  g_assert_cmpstr (subject->from, ==, "make:success");
  g_assert_cmpstr (subject->to, ==, "end");
  g_assert_cmpuint (subject->target, ==, 2);
  g_assert_cmpuint (subject->max_count, ==, WEIR_DEFAULT_MAX_COUNT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gauge/figures", test_figures);
  g_test_add_func ("/gauge/names", test_names);
  return g_test_run ();
}
