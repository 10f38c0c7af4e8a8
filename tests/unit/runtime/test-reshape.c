/* Tests engine/runtime/reshape*.c: what an edit touches, and what it leaves alone. Guards invariant
 * 5 (ARCHITECTURE.md). */
#include "kit.h"

#include "runtime/figures.h"
#include "runtime/reshape.h"
#include "runtime/running.h"

#include <string.h>
#include <weir/service.h>

static unsigned to_make;
static unsigned n_stopped;
static unsigned n_ended;
static char last_label[64];

typedef struct {
  char *label;
  unsigned n;
} Pass;

static const WeirProperty pass_properties[] = {
  { .name = "Label", .type = WEIR_TYPE_STRING, .offset = offsetof (Pass, label) },
};

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
pass (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  const Pass *self = state;
  g_autofree char *count = NULL;
  g_autofree char *more = NULL;

  if (flowfile == NULL)
    return true;
  count = weir_session_get_state (session, "count");
  more = g_strdup_printf ("%d", count != NULL ? atoi (count) + 1 : 1);
  weir_session_set_state (session, "count", more);
  if (self->label != NULL)
    weir_session_put_attribute (session, flowfile, "label", self->label);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static void
on_stopped (void *state)
{
  n_stopped++;
}

static bool
end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  const char *label = flowfile != NULL ? weir_flowfile_get_attribute (flowfile, "label") : NULL;

  if (flowfile == NULL)
    return true;
  n_ended++;
  g_strlcpy (last_label, label != NULL ? label : "", sizeof last_label);
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor maker = KIT_PROCESSOR ("Make", make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor passer =
    KIT_PROCESSOR ("Pass", pass, .input = WEIR_INPUT_REQUIRED, .on_stopped = on_stopped,
                   .state_size = sizeof (Pass), WEIR_PROPERTIES (pass_properties));
static const WeirProcessor ender = KIT_PROCESSOR ("End", end, .input = WEIR_INPUT_REQUIRED);

/* make -> pass -> end */
static Kit *
with_flow (Kit *kit)
{
  to_make = n_stopped = n_ended = 0;
  kit_processor (kit, "make", &maker)->yield_usec = 0;
  kit_processor (kit, "pass", &passer);
  kit_processor (kit, "end", &ender);
  kit_connect (kit, "make", "success", "pass");
  kit_connect (kit, "pass", "success", "end");
  return kit;
}

static void *
find (Kit *kit, const char *id)
{
  return weir_flow_find (kit->flow, id);
}

static WeirConnection *
connection (Kit *kit, unsigned index)
{
  guint at = 0;
  WeirConnection *found = NULL;

  for (unsigned i = 0; i <= index; i++)
    found = weir_group_next (kit->flow->root, WEIR_KIND_CONNECTION, &at);
  return found;
}

static void
remove_component (Kit *kit, void *component)
{
  weir_component_free (weir_group_remove (kit->flow->root, component));
}

static bool
reshape (Kit *kit, const WeirReshapeOptions *wanted, WeirReshapeReport **ret_report, GError **error)
{
  g_autoptr (WeirResolver) resolver = weir_resolver_new (kit->flow, NULL, NULL, NULL);
  WeirReshapeOptions options = wanted != NULL ? *wanted : (WeirReshapeOptions){ 0 };

  options.usec = KIT_LONG;
  return weir_engine_reshape (kit->engine, kit->flow, resolver, &options, ret_report, error);
}

static WeirReshapeReport *
must_reshape (Kit *kit, const WeirReshapeOptions *options)
{
  g_autoptr (GError) error = NULL;
  WeirReshapeReport *report = NULL;

  reshape (kit, options, &report, &error);
  g_assert_no_error (error);
  return report;
}

static void
flow_on (Kit *kit, unsigned n)
{
  unsigned before = n_ended;

  to_make = n;
  weir_context_wake (&kit_node (kit, "make")->context);
  kit_run (kit);
  g_assert_cmpuint (n_ended - before, ==, n);
}

static void
assert_texts (const GPtrArray *texts, const char *expected)
{
  g_autoptr (GString) all = g_string_new ("");

  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? " " : "", (const char *)texts->pdata[i]);
  g_assert_cmpstr (all->str, ==, expected);
}

static void
test_nothing (void)
{
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (WeirReshapeReport) report = NULL;
  WeirNode *nodes[3];
  WeirComponent *pass_component = find (kit, "pass");

  kit_start (kit);
  flow_on (kit, 3);
  for (unsigned i = 0; i < 3; i++)
    nodes[i] = kit->engine->nodes->pdata[i];
  g_free (pass_component->name);
  pass_component->name = g_strdup ("new name");
  pass_component->place.x = 7;
  g_free (pass_component->comment);
  pass_component->comment = g_strdup ("why");
  weir_group_add (kit->flow->root, &weir_label_new ("label", "text")->base, 0);
  report = must_reshape (kit, NULL);
  assert_texts (report->changed, "");
  assert_texts (report->restarted, "");
  assert_texts (report->added, "");
  assert_texts (report->removed, "");
  g_assert_cmpuint (n_stopped, ==, 0);
  for (unsigned i = 0; i < 3; i++)
    g_assert_true (nodes[i] == kit->engine->nodes->pdata[i]);
  g_assert_cmpstr (weir_context_get_name (&nodes[1]->context), ==, "new name");
  flow_on (kit, 3);
}

static void
test_property (void)
{
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (WeirReshapeReport) report = NULL;
  WeirProcessorNode *processor = find (kit, "pass");
  WeirNode *node;

  weir_properties_add (processor->properties, "Label", "#{label}");
  weir_group_add_parameter (kit->flow->root, "label", "one");
  kit_start (kit);
  flow_on (kit, 1);
  g_assert_cmpstr (last_label, ==, "one");
  node = kit_node (kit, "pass");
  for (unsigned i = 0; i < 3; i++) {
    WeirParameter *parameter = kit->flow->root->parameters->pdata[0];
    g_autofree char *label = g_strdup_printf ("label %u", i);

    g_free (parameter->value);
    parameter->value = g_strdup (label);
    g_clear_pointer (&report, weir_reshape_report_free);
    report = must_reshape (kit, NULL);
    assert_texts (report->changed, "pass");
    assert_texts (report->restarted, "pass");
    g_assert_true (node == kit_node (kit, "pass"));
    g_assert_cmpuint (n_stopped, ==, i + 1);
    flow_on (kit, 2);
    g_assert_cmpstr (last_label, ==, label);
  }
}

/* One that a person has stopped stays stopped, whatever is edited. */
static void
test_stopped (void)
{
  static const char *const paths[] = { "pass", NULL };
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (WeirReshapeReport) report = NULL;

  kit_start (kit);
  flow_on (kit, 1);
  weir_engine_stop_nodes (kit->engine, paths, NULL, NULL);
  weir_properties_add (((WeirProcessorNode *)find (kit, "pass"))->properties, "Label", "x");
  report = must_reshape (kit, NULL);
  assert_texts (report->changed, "pass");
  to_make = 5;
  weir_context_wake (&kit_node (kit, "make")->context);
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 1);
  g_assert_cmpuint (kit_count (kit, 0), ==, 5);
  weir_engine_start_nodes (kit->engine, paths, NULL, NULL);
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 6);
  g_assert_cmpstr (last_label, ==, "x");
}

/* A second processor between the first and the end, then away with it. */
static void
test_insert (void)
{
  WeirReshapeOptions options = { .starts_added = true };
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (WeirReshapeReport) report = NULL;
  WeirConnection *moved;
  GHashTable *renames;

  kit_start (kit);
  flow_on (kit, 3);
  kit_processor (kit, "second", &passer);
  moved = connection (kit, 1);
  g_free (moved->to);
  moved->to = g_strdup ("second");
  kit_connect (kit, "second", "success", "end");
  renames = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (renames, (char *)"pass:success -> end", (char *)"pass:success -> second");
  options.renames = renames;
  report = must_reshape (kit, &options);
  assert_texts (report->added, "second");
  assert_texts (report->restarted, "pass end");
  g_assert_cmpuint (report->n_queues_added, ==, 1);
  g_assert_cmpuint (report->n_queues_changed, ==, 1);
  flow_on (kit, 3);
  g_assert_cmpuint (kit_node (kit, "second")->stats.in_count, ==, 3);

  remove_component (kit, connection (kit, 2));
  remove_component (kit, find (kit, "second"));
  g_free (moved->to);
  moved->to = g_strdup ("end");
  g_clear_pointer (&report, weir_reshape_report_free);
  g_hash_table_remove_all (renames);
  report = must_reshape (kit, &options);
  assert_texts (report->removed, "second");
  flow_on (kit, 3);
  g_hash_table_unref (renames);
}

/* Nothing goes with what still holds something, unless it is said so; then it comes back. */
static void
test_strand (void)
{
  static const char *const paths[] = { "end", NULL };
  WeirReshapeOptions options = { 0 };
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (WeirReshapeReport) report = NULL;
  g_autoptr (GError) error = NULL;

  kit_start (kit);
  weir_engine_stop_nodes (kit->engine, paths, NULL, NULL);
  to_make = 4;
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 4);
  remove_component (kit, connection (kit, 1));
  g_assert_false (reshape (kit, &options, NULL, &error));
  g_assert_nonnull (strstr (error->message, "pass:success -> end still holds 4 FlowFiles"));
  g_assert_cmpuint (kit_count (kit, 1), ==, 4);
  options.may_strand = true;
  report = must_reshape (kit, &options);
  assert_texts (report->stranded, "pass:success -> end");
  g_assert_cmpuint (kit->engine->queues->len, ==, 1);
  g_assert_cmpuint (kit->engine->stranded->len, ==, 1);

  kit_connect (kit, "pass", "success", "end")->order = WEIR_ORDER_NEWEST;
  g_clear_pointer (&report, weir_reshape_report_free);
  report = must_reshape (kit, &options);
  g_assert_cmpuint (kit->engine->stranded->len, ==, 0);
  g_assert_cmpuint (kit_count (kit, 1), ==, 4);
  weir_engine_start_nodes (kit->engine, paths, NULL, NULL);
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 4);
  flow_on (kit, 2);
}

static void
set_id (WeirComponent *component, const char *id)
{
  WeirGroup *group = component->parent;

  weir_group_remove (group, component);
  g_free (component->id);
  component->id = g_strdup (id);
  weir_group_add (group, component, -1);
}

/* Under other names, and with the names exchanged, also after a restart. */
static void
test_rename (void)
{
  static const char *const all[] = { "", NULL };
  g_autofree char *directory = g_dir_make_tmp ("weir-reshape-XXXXXX", NULL);
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (GHashTable) renames = g_hash_table_new (g_str_hash, g_str_equal);
  WeirReshapeOptions options = { .renames = renames };
  g_autoptr (WeirReshapeReport) report = NULL;
  g_autofree char *count = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  WeirNode *node;

  kit->options.data_dir = directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit_start (kit);
  flow_on (kit, 3);
  weir_engine_stop_nodes (kit->engine, all, NULL, NULL);
  kit_run (kit);
  weir_engine_start_nodes (kit->engine, (const char *const[]){ "make", NULL }, NULL, NULL);
  to_make = 5;
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 5);
  node = kit_node (kit, "pass");

  set_id (find (kit, "pass"), "other");
  set_id (find (kit, "end"), "pass");
  g_hash_table_insert (renames, (char *)"pass", (char *)"other");
  g_hash_table_insert (renames, (char *)"end", (char *)"pass");
  for (unsigned i = 0; i < 2; i++) {
    WeirConnection *c = connection (kit, i);

    g_free (i == 0 ? c->to : c->from);
    *(i == 0 ? &c->to : &c->from) = g_strdup ("other");
    if (i == 1) {
      g_free (c->to);
      c->to = g_strdup ("pass");
    }
  }
  report = must_reshape (kit, &options);
  assert_texts (report->removed, "");
  assert_texts (report->added, "");
  g_assert_true (kit_node (kit, "other") == node);
  count = weir_state_get (node->state, "count");
  g_assert_cmpstr (count, ==, "3");
  g_assert_cmpstr (kit_queue (kit, 0)->path, ==, "make:success -> other");
  g_assert_cmpuint (kit_count (kit, 0), ==, 5);

  g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
  before = kit_dump (kit);
  kit_stop (kit);
  kit_load (kit);
  after = kit_dump (kit);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (kit->engine->stranded->len, ==, 0);
  kit_go (kit);
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 8);
  g_clear_pointer (&count, g_free);
  count = weir_state_get (kit_node (kit, "other")->state, "count");
  g_assert_cmpstr (count, ==, "8");
  kit_stop (kit);
  kit_remove_all (directory);
}

/* A document that cannot be built changes nothing and stops nobody. */
static void
test_wrong (void)
{
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (GError) error = NULL;
  WeirProcessorNode *processor = find (kit, "pass");

  kit_start (kit);
  flow_on (kit, 1);
  weir_properties_add (processor->properties, "Label", "#{nothing}");
  g_assert_false (reshape (kit, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (n_stopped, ==, 0);
  g_ptr_array_set_size (processor->properties, 0);
  g_clear_error (&error);
  weir_group_add (kit->flow->root, &weir_processor_node_new ("what", "Unknown")->base, -1);
  g_assert_false (reshape (kit, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (n_stopped, ==, 0);
  flow_on (kit, 2);
}

/* A limit that was reached is raised: who waited goes on, and nobody is stopped. */
static void
test_limits (void)
{
  static const char *const paths[] = { "end", NULL };
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (WeirReshapeReport) report = NULL;

  connection (kit, 1)->max_count = 2;
  connection (kit, 0)->max_count = 1;
  kit_start (kit);
  weir_engine_stop_nodes (kit->engine, paths, NULL, NULL);
  to_make = 10;
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 2);
  connection (kit, 1)->max_count = 100;
  report = must_reshape (kit, NULL);
  assert_texts (report->restarted, "");
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 10);
  connection (kit, 1)->expire_usec = 1000;
  g_clear_pointer (&report, weir_reshape_report_free);
  report = must_reshape (kit, NULL);
  kit_advance (kit, G_USEC_PER_SEC);
  kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reshape/nothing", test_nothing);
  g_test_add_func ("/reshape/property", test_property);
  g_test_add_func ("/reshape/stopped", test_stopped);
  g_test_add_func ("/reshape/insert", test_insert);
  g_test_add_func ("/reshape/strand", test_strand);
  g_test_add_func ("/reshape/rename", test_rename);
  g_test_add_func ("/reshape/wrong", test_wrong);
  g_test_add_func ("/reshape/limits", test_limits);
  return g_test_run ();
}
