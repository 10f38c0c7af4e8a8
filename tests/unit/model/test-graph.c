#include "model/graph.h"

static void
connect (WeirGroup *group, const char *from, const char *relationship, const char *to)
{
  weir_group_add (group, &weir_connection_new (from, relationship, to)->base, -1);
}

static void
assert_ends (const WeirGraph *graph, const WeirComponent *component, guint n_incoming,
             guint n_outgoing)
{
  const WeirEnds *ends = weir_graph_get (graph, component);

  g_assert_cmpuint (ends->incoming->len, ==, n_incoming);
  g_assert_cmpuint (ends->outgoing->len, ==, n_outgoing);
}

static void
test_joins_groups (void)
{
  g_autoptr (WeirFlow) flow = weir_flow_new ("f");
  WeirGroup *inner = weir_group_new ("inner");
  WeirComponent *in = &weir_port_new ("in", false)->base;
  WeirComponent *out = &weir_port_new ("out", true)->base;
  WeirComponent *read = &weir_processor_node_new ("read", "T")->base;
  WeirComponent *end = &weir_funnel_new ("end")->base;
  g_autoptr (WeirGraph) graph = NULL;

  weir_group_add (flow->root, read, -1);
  weir_group_add (flow->root, &inner->base, -1);
  weir_group_add (flow->root, end, -1);
  weir_group_add (inner, in, -1);
  weir_group_add (inner, out, -1);
  connect (flow->root, "read", "success", "inner/in");
  connect (flow->root, "read", "failure", "end");
  connect (flow->root, "read", "lost", "nowhere");
  connect (inner, "in", NULL, "out");
  connect (flow->root, "inner/out", NULL, "end");
  graph = weir_graph_new (flow);

  assert_ends (graph, read, 0, 3);
  assert_ends (graph, in, 1, 1);
  assert_ends (graph, out, 1, 1);
  assert_ends (graph, end, 2, 0);
}

static void
test_resolves_ends (void)
{
  g_autoptr (WeirFlow) flow = weir_flow_new ("f");
  WeirComponent *funnel = &weir_funnel_new ("a")->base;
  WeirConnection *connection = weir_connection_new ("a", NULL, "b");
  g_autofree char *advice = NULL;
  g_autofree char *message = NULL;

  weir_group_add (flow->root, funnel, -1);
  weir_group_add (flow->root, &connection->base, -1);
  g_assert_true (weir_connection_get_source (connection) == funnel);
  g_assert_null (weir_connection_get_destination (connection));
  g_assert_null (weir_connection_explain (connection, true, &advice));
  message = weir_connection_explain (connection, false, &advice);
  g_assert_cmpstr (message, ==, "the connection leads to 'b', which does not exist");
  g_assert_nonnull (advice);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/graph/groups", test_joins_groups);
  g_test_add_func ("/model/graph/ends", test_resolves_ends);
  return g_test_run ();
}
