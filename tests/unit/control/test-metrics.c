/* Tests engine/control/metrics.c: what Prometheus gets. */
#include "control/metrics.h"

#include "rosters.h"
#include "runtime/node.h"

#include <string.h>

static GString *
write_one (const char *flow, uint64_t in)
{
  g_autoptr (WeirRoster) roster = make_roster (2, 1, 1);
  g_autoptr (WeirReading) reading = weir_reading_new_empty (roster, 0, 0);
  GString *out = g_string_new (NULL);

  g_free (roster->subjects[1].path);
  roster->subjects[1].path = g_strdup ("a\\b\"c\nd");
  roster->subjects[1].type = g_strdup ("Make");
  reading->subjects[1].values[WEIR_NODE_IN] = in;
  reading->subjects[1].values[WEIR_NODE_TASK_USEC] = 1000005;
  reading->subjects[1].values[WEIR_NODE_PHASE] = WEIR_PHASE_RUNNING;
  reading->subjects[2].values[WEIR_NODE_PHASE] = WEIR_PHASE_STOPPING;
  reading->subjects[3].values[WEIR_CONNECTION_FULL] = 1;
  weir_metrics_put (out, reading, flow);
  return out;
}

static void
assert_has (const GString *text, const char *part)
{
  if (strstr (text->str, part) == NULL)
    g_error ("not there: %s", part);
}

static void
test_text (void)
{
  GString *text = write_one ("orders", UINT64_MAX);

  assert_has (text,
              "# HELP weir_processor_in_flowfiles_total FlowFiles that it took from its "
              "connections.\n# TYPE weir_processor_in_flowfiles_total counter\n"
              "weir_processor_in_flowfiles_total{flow=\"orders\",processor=\"a\\\\b\\\"c\\nd\""
              ",type=\"Make\"} 18446744073709551615\n"
              "weir_processor_in_flowfiles_total{flow=\"orders\",processor=\"p2\"} 0\n#");
  assert_has (text,
              "weir_processor_task_seconds_total{flow=\"orders\",processor=\"a\\\\b\\\"c\\nd\""
              ",type=\"Make\"} 1.000005\n");
  assert_has (text, "# TYPE weir_processor_running gauge\n");
  assert_has (text, ",type=\"Make\"} 1\nweir_processor_running{flow=\"orders\",processor=\"p2\"} "
                    "0\n");
  assert_has (text, "weir_connection_full{flow=\"orders\",connection=\"c1\"} 1\n");
  assert_has (text, "weir_flow_memory_bytes{flow=\"orders\"} 0\n");
  g_string_free (text, TRUE);
}

/* Of two flows: each metric once, with both. */
static void
test_join (void)
{
  GString *one = write_one ("orders", 1);
  GString *other = write_one ("bills", 2);
  const char *const texts[] = { one->str, "", other->str };
  GString *joined = weir_metrics_join (texts, 3);
  const char *at = strstr (joined->str, "# HELP weir_processor_in_flowfiles_total");

  g_assert_nonnull (at);
  g_assert_null (strstr (at + 1, "# HELP weir_processor_in_flowfiles_total"));
  g_assert_cmpuint (joined->len, <, one->len + other->len);
  assert_has (joined, "weir_flow_memory_bytes{flow=\"orders\"} 0\nweir_flow_memory_bytes{flow="
                      "\"bills\"} 0\n# HELP");
  g_string_free (one, TRUE);
  g_string_free (other, TRUE);
  g_string_free (joined, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/text", test_text);
  g_test_add_func ("/metrics/join", test_join);
  return g_test_run ();
}
