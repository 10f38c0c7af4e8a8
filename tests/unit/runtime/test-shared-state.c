/* Tests the state of services (engine/runtime/{session-state,commit,restore}.c): committed with the
 * session that sets it, undone with the trigger, and there after a restart. Guards invariants 2 and
 * 15. */
#include "kit.h"
#include "runtime/reshape.h"

typedef struct {
  WeirContext *context;
} Shelf;

typedef struct {
  const WeirService *shelf;
  int64_t calls;
} User;

static GString *the_story; /* of the test that runs */

static bool
on_enabled (void *state, WeirContext *context, GError **error)
{
  ((Shelf *)state)->context = context;
  return true;
}

static const int no_methods;

static const WeirServiceType shelf_type = {
  WEIR_SERVICE_ABI,
  .name = "Shelf",
  .summary = "Keeps things.",
  WEIR_OFFERS ("test.shelf", &no_methods),
  .state_size = sizeof (Shelf),
  .on_enabled = on_enabled,
};

static const WeirProperty properties[] = {
  { "Shelf", "Where things are.", WEIR_FIELD (User, shelf), .required = true,
    .interface = "test.shelf" },
};

static void
on_end (void *data, bool is_committed)
{
  g_string_append_printf (the_story, "%s%s ", is_committed ? "+" : "-", (const char *)data);
}

/* Sets "n" and "own", and fails the second of three times. */
static bool
on_count (void *state, WeirSession *session, GError **error)
{
  User *self = state;
  WeirContext *shelf = ((Shelf *)self->shelf->state)->context;
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autofree char *n = NULL;
  g_autofree char *more = NULL;
  g_autofree char *again = NULL;

  if (flowfile == NULL)
    return true;
  n = weir_session_get_shared_state (session, shelf, "n");
  more = g_strdup_printf ("%sx", n != NULL ? n : "");
  weir_session_set_shared_state (session, shelf, "n", "not this");
  weir_session_set_shared_state (session, shelf, "n", more);
  weir_session_set_state (session, "n", "own");
  weir_session_on_end (session, on_end, (void *)"a");
  weir_session_on_end (session, on_end, (void *)"b");
  again = weir_session_get_shared_state (session, shelf, "n");
  g_assert_cmpstr (again, ==, more);
  weir_session_transfer (session, flowfile, 0);
  if (++self->calls != 2)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED, "not now");
  return false;
}

static const WeirProcessor count_type =
    KIT_PROCESSOR ("Count", on_count, WEIR_PROPERTIES (properties), .state_size = sizeof (User));

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  int64_t *n = state;

  if ((*n)++ < 3)
    weir_session_transfer (session, weir_session_create (session), 0);
  return true;
}

static const WeirProcessor make_type =
    KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN, .state_size = sizeof (int64_t));

static void
on_state (void *data, const char *key, const char *value)
{
  g_string_append_printf (data, "%s=%s ", key, value);
}

static void
assert_shelf (Kit *kit, const char *expected)
{
  const WeirServed *served = weir_services_list (kit->engine->services)->pdata[0];
  g_autoptr (GString) found = g_string_new (NULL);

  weir_context_each_state (served->context, on_state, found);
  g_assert_cmpstr (found->str, ==, expected);
}

static Kit *
build (const char *data_dir)
{
  Kit *kit = kit_new_by_hand ();
  WeirServiceNode *node = weir_service_node_new ("shelf", "Shelf");

  weir_registry_add_builtin_service (kit->registry, &shelf_type);
  weir_group_add (kit->flow->root, &node->base, -1);
  kit_processor (kit, "make", &make_type);
  weir_properties_add (kit_processor (kit, "count", &count_type)->properties, "Shelf", "shelf");
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "count");
  kit_connect (kit, "count", "success", "end");
  kit->options.data_dir = data_dir;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  return kit;
}

/* The second trigger is undone alone, also when all are one session; it comes again later. */
static void
count_to_three (Kit *kit)
{
  the_story = g_string_new (NULL);
  kit_start (kit);
  kit_run (kit);
  g_assert_true (g_str_has_prefix (the_story->str, "-b -a +b +a ") ||
                 g_str_has_prefix (the_story->str, "+b +a -b -a "));
  kit_advance (kit, INT64_C (60) * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 1), ==, 3);
  g_assert_cmpuint (the_story->len, ==, strlen ("-b -a ") * 4);
  assert_shelf (kit, "n=xxx ");
  g_string_free (the_story, TRUE);
}

static void
test_in_memory (void)
{
  g_autoptr (Kit) kit = build (NULL);

  count_to_three (kit);
}

static void
test_restart (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-shared-XXXXXX", NULL);
  g_autoptr (Kit) kit = build (directory);
  g_autofree char *own = NULL;

  count_to_three (kit);
  kit_stop (kit);
  kit_load (kit);
  assert_shelf (kit, "n=xxx ");
  own = weir_state_get (kit_node (kit, "count")->state, "n");
  g_assert_cmpstr (own, ==, "own");
  kit_stop (kit);
  kit_remove_all (directory);
}

static void
reshape (Kit *kit, GHashTable *renames)
{
  g_autoptr (WeirResolver) resolver = weir_resolver_new (kit->flow, NULL, NULL, NULL);
  WeirReshapeOptions options = { .renames = renames, .usec = KIT_LONG };
  g_autoptr (WeirReshapeReport) report = NULL;
  g_autoptr (GError) error = NULL;

  weir_engine_reshape (kit->engine, kit->flow, resolver, &options, &report, &error);
  g_assert_no_error (error);
}

static void
call_shelf (Kit *kit, const char *from, const char *to)
{
  WeirComponent *shelf = weir_flow_find (kit->flow, from);
  WeirProcessorNode *count = (WeirProcessorNode *)weir_flow_find (kit->flow, "count");
  WeirGroup *group = shelf->parent;

  weir_group_remove (group, shelf);
  g_free (shelf->id);
  shelf->id = g_strdup (to);
  weir_group_add (group, shelf, -1);
  g_ptr_array_set_size (count->properties, 0);
  weir_properties_add (count->properties, "Shelf", to);
}

/* A service keeps what it remembers under another name, and under the same when it has been away;
 * both also on the disk. */
static void
test_edit (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weir-shared-XXXXXX", NULL);
  g_autoptr (Kit) kit = build (directory);
  g_autoptr (GHashTable) renames = g_hash_table_new (g_str_hash, g_str_equal);

  count_to_three (kit);
  call_shelf (kit, "shelf", "rack");
  g_hash_table_insert (renames, (char *)"shelf", (char *)"rack");
  reshape (kit, renames);
  assert_shelf (kit, "n=xxx ");
  call_shelf (kit, "rack", "other");
  reshape (kit, NULL);
  assert_shelf (kit, "");
  call_shelf (kit, "other", "rack");
  reshape (kit, NULL);
  assert_shelf (kit, "n=xxx ");
  kit_stop (kit);
  kit_load (kit);
  assert_shelf (kit, "n=xxx ");
  kit_stop (kit);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shared-state/in memory", test_in_memory);
  g_test_add_func ("/shared-state/restart", test_restart);
  g_test_add_func ("/shared-state/edit", test_edit);
  return g_test_run ();
}
