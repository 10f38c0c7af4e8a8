#include "model/flow.h"

static WeirFlow *
make_flow (void)
{
  WeirFlow *flow = weir_flow_new ("Orders");
  WeirGroup *archive = weir_group_new ("archive");

  weir_group_add (flow->root, &weir_processor_node_new ("read", "GetFile")->base, -1);
  weir_group_add (flow->root, &weir_service_node_new ("warehouse", "SqlConnection")->base, -1);
  weir_group_add (flow->root, &weir_connection_new ("read", "success", "archive/in")->base, -1);
  weir_group_add (flow->root, &archive->base, -1);
  weir_group_add (archive, &weir_port_new ("in", false)->base, -1);
  weir_group_add (archive, &weir_processor_node_new ("read", "PutFile")->base, -1);
  return flow;
}

static void
test_finds_by_path (void)
{
  g_autoptr (WeirFlow) flow = make_flow ();
  WeirComponent *outer = weir_flow_find (flow, "read");
  WeirComponent *inner = weir_flow_find (flow, "archive/read");
  g_autofree char *path = weir_component_get_path (inner);

  g_assert_cmpstr (((WeirProcessorNode *)outer)->type, ==, "GetFile");
  g_assert_cmpstr (((WeirProcessorNode *)inner)->type, ==, "PutFile");
  g_assert_cmpstr (path, ==, "archive/read");
  g_assert_true (weir_flow_find (flow, "") == &flow->root->base);
  g_assert_null (weir_flow_find (flow, "archive/nobody"));
  g_assert_null (weir_flow_find (flow, "read/in"));
  g_assert_null (weir_flow_find (flow, "archive/"));
  g_assert_null (weir_flow_find (flow, "/read"));
}

static void
test_walks_one_kind_in_order (void)
{
  g_autoptr (WeirFlow) flow = make_flow ();
  guint position = 0;
  WeirConnection *connection = weir_group_next (flow->root, WEIR_KIND_CONNECTION, &position);
  g_autofree char *path = weir_component_get_path (&connection->base);

  g_assert_cmpstr (path, ==, "read:success -> archive/in");
  g_assert_null (weir_group_next (flow->root, WEIR_KIND_CONNECTION, &position));
  g_assert_cmpuint (connection->max_count, ==, 10000);
  g_assert_cmpuint (connection->max_bytes, ==, 1073741824);
}

static void
test_finds_services_of_groups_around (void)
{
  g_autoptr (WeirFlow) flow = make_flow ();
  WeirGroup *archive = (WeirGroup *)weir_flow_find (flow, "archive");

  g_assert_nonnull (weir_group_find_service (archive, "warehouse"));
  g_assert_null (weir_group_find_service (archive, "read"));

  weir_group_add (archive, &weir_service_node_new ("warehouse", "Other")->base, -1);
  g_assert_cmpstr (weir_group_find_service (archive, "warehouse")->type, ==, "Other");
}

static void
test_removes_and_adds_again (void)
{
  g_autoptr (WeirFlow) flow = make_flow ();
  WeirComponent *twin = &weir_funnel_new ("read")->base;
  WeirComponent *read = weir_flow_find (flow, "read");

  weir_group_add (flow->root, twin, -1);
  g_assert_true (weir_flow_find (flow, "read") == read);
  weir_group_remove (flow->root, twin);
  weir_group_add (flow->root, twin, 0);
  g_assert_true (weir_flow_find (flow, "read") == twin);
  g_assert_true (flow->root->children->pdata[0] == twin);

  g_assert_true (weir_group_remove (flow->root, read) == read);
  g_assert_null (read->parent);
  g_assert_true (weir_flow_find (flow, "read") == twin);

  weir_group_add (flow->root, read, 1);
  g_assert_true (flow->root->children->pdata[1] == read);
  weir_component_free (weir_group_remove (flow->root, twin));
  g_assert_true (weir_flow_find (flow, "read") == read);
}

static void
test_knows_settings_of_a_processor (void)
{
  WeirProcessorNode *node = weir_processor_node_new ("a", "T");

  weir_properties_add (node->properties, "Directory", "/tmp");
  weir_processor_node_add_retry (node, "failure");
  weir_processor_node_add_auto_terminate (node, "unmatched");

  g_assert_cmpstr (weir_properties_find (node->properties, "Directory")->text, ==, "/tmp");
  g_assert_null (weir_properties_find (node->properties, "directory"));
  g_assert_cmpuint (weir_processor_node_find_retry (node, "failure")->attempts, ==, 10);
  g_assert_null (weir_processor_node_find_retry (node, "success"));
  g_assert_true (weir_processor_node_is_auto_terminated (node, "unmatched"));
  g_assert_false (weir_processor_node_is_auto_terminated (node, "failure"));
  weir_component_free (&node->base);
}

static void
test_ids (void)
{
  g_autofree char *longest = g_strnfill (128, 'x');
  g_autofree char *too_long = g_strnfill (129, 'x');
  const char *good[] = { "a", "A-1", "_x", "4f9c.b", "0", longest };
  const char *bad[] = { "", "-a", ".", "..", "a b", "a/b", "a:b", "\xc3\xa4", "a\n", too_long };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (weir_id_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (weir_id_is_valid (bad[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/flow/finds-by-path", test_finds_by_path);
  g_test_add_func ("/model/flow/walks-one-kind", test_walks_one_kind_in_order);
  g_test_add_func ("/model/flow/services-around", test_finds_services_of_groups_around);
  g_test_add_func ("/model/flow/removes-and-adds", test_removes_and_adds_again);
  g_test_add_func ("/model/flow/settings", test_knows_settings_of_a_processor);
  g_test_add_func ("/model/flow/ids", test_ids);
  return g_test_run ();
}
