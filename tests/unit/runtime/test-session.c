/* Tests engine/runtime/session.c and session-attributes.c: what a trigger may do, and that whatever
 * it did wrong is undone and told. Guards invariants 1 to 4 (ARCHITECTURE.md). */
#include "kit.h"

#include <string.h>

static KitTrigger trigger; /* what the processor under test does */
static unsigned n_triggers;
static unsigned to_make;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile;

  if (to_make == 0)
    return true;
  flowfile = weir_session_create (session);
  weir_session_put_attribute_printf (session, flowfile, "number", "%u", to_make);
  weir_session_set_content (session, flowfile, "hello", 5, NULL);
  weir_session_transfer (session, flowfile, 0);
  to_make--;
  return true;
}

static bool
on_test (void *state, WeirSession *session, GError **error)
{
  n_triggers++;
  return trigger (state, session, error);
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor test = KIT_PROCESSOR ("Test", on_test);

enum { INPUT, SUCCESS, FAILURE };

/* make -> test -> two funnels that keep what they get. */
static Kit *
run (KitTrigger function, unsigned n)
{
  Kit *kit = kit_new_by_hand ();

  trigger = function;
  to_make = n;
  n_triggers = 0;
  kit_processor (kit, "make", &make);
  kit_processor (kit, "test", &test);
  kit_funnel (kit, "good");
  kit_funnel (kit, "bad");
  kit_connect (kit, "make", "success", "test");
  kit_connect (kit, "test", "success", "good");
  kit_connect (kit, "test", "failure", "bad");
  kit_start (kit);
  kit_run (kit);
  return kit;
}

static void
assert_counts (Kit *kit, unsigned input, unsigned success, unsigned failure)
{
  g_assert_cmpuint (kit_count (kit, INPUT), ==, input);
  g_assert_cmpuint (kit_count (kit, SUCCESS), ==, success);
  g_assert_cmpuint (kit_count (kit, FAILURE), ==, failure);
}

/* The first FlowFile of a queue, as it is there. */
static const WeirFlowFile *
first_of (Kit *kit, unsigned queue)
{
  return kit_queue (kit, queue)->fifo.head;
}

static bool
pass (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile != NULL)
    weir_session_transfer (session, flowfile, 0);
  return true;
}

static void
test_pass (void)
{
  g_autoptr (Kit) kit = run (pass, 100);

  assert_counts (kit, 0, 100, 0);
  g_assert_cmpuint (atomic_load (&kit_node (kit, "test")->stats.in_count), ==, 100);
  g_assert_cmpuint (atomic_load (&kit_node (kit, "test")->stats.out_bytes), ==, 500);
  g_assert_null (kit_message (kit));
}

static bool
leak (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile != NULL)
    weir_session_put_attribute (session, flowfile, "number", "changed");
  return true;
}

static void
test_leak_is_undone_and_told (void)
{
  g_autoptr (Kit) kit = run (leak, 1);
  const WeirHeapItem *item = weir_heap_peek (&kit_queue (kit, INPUT)->penalized);

  assert_counts (kit, 1, 0, 0);
  g_assert_nonnull (strstr (kit_message (kit), "neither transferred nor removed"));
  g_assert_cmpuint (n_triggers, ==, 1); /* it waits for its penalty */
  g_assert_cmpstr (weir_attributes_get (item->flowfile->attributes, "number"), ==, "1");
  trigger = pass;
  kit_advance (kit, 29 * G_USEC_PER_SEC);
  assert_counts (kit, 1, 0, 0);
  kit_advance (kit, 1 * G_USEC_PER_SEC);
  assert_counts (kit, 0, 1, 0);
}

static bool
leak_a_new_one (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  weir_session_create (session);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static void
test_leak_of_a_new_one (void)
{
  g_autoptr (Kit) kit = run (leak_a_new_one, 1);

  assert_counts (kit, 1, 0, 0);
  g_assert_nonnull (strstr (kit_message (kit), "that it made"));
}

static bool
fail_on_number_2 (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  weir_session_set_state (session, "last", weir_flowfile_get_attribute (flowfile, "number"));
  weir_session_set_content (session, flowfile, "other", 5, NULL);
  if (g_str_equal (weir_flowfile_get_attribute (flowfile, "number"), "2")) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "number two");
    return false;
  }
  weir_session_transfer (session, flowfile, 0);
  return true;
}

/* Triggers that share a session: the one that fails is undone alone. */
static void
test_failure_undoes_one_trigger (void)
{
  g_autoptr (Kit) kit = run (fail_on_number_2, 5);
  g_autofree char *last = NULL;

  assert_counts (kit, 2, 3, 0); /* 5 4 3 passed, 2 waits, 1 comes after the yield */
  last = weir_state_get (kit_node (kit, "test")->state, "last");
  g_assert_cmpstr (last, ==, "3");
  kit_advance (kit, 1 * G_USEC_PER_SEC);
  assert_counts (kit, 1, 4, 0);
  g_assert_cmpstr (kit_message (kit), ==,
                   "number two; what it worked on waits for its penalty and is tried again");
  g_assert_cmpuint (atomic_load (&kit_node (kit, "test")->stats.bulletins), ==, 1);
}

static bool
fail_silently (void *state, WeirSession *session, GError **error)
{
  return weir_session_get (session) == NULL;
}

static void
test_failure_without_reason (void)
{
  g_autoptr (Kit) kit = run (fail_silently, 1);

  g_assert_nonnull (strstr (kit_message (kit), "gave no reason"));
  assert_counts (kit, 1, 0, 0);
}

static bool
misuse (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  switch (weir_flowfile_get_attribute (flowfile, "number")[0]) {
  case '1':
    weir_session_transfer (session, flowfile, 2);
    break;
  case '2':
    weir_session_transfer (session, flowfile, 0);
    weir_session_remove (session, flowfile);
    break;
  case '3':
    weir_session_transfer (session, flowfile, 0);
    weir_session_put_attribute (session, flowfile, "a", "b");
    break;
  case '4':
    weir_session_transfer (session, weir_session_slice (session, flowfile, 3, 3), 0);
    weir_session_remove (session, flowfile);
    break;
  case '5':
    weir_session_return (session, weir_session_create (session));
    weir_session_remove (session, flowfile);
    break;
  case '6':
    weir_session_put_attribute (session, flowfile, "a", "b");
    weir_session_hold (session, flowfile);
    break;
  case '7':
    weir_session_take (session, flowfile);
    weir_session_remove (session, flowfile);
    break;
  }
  return true;
}

static void
test_misuse_is_contained (void)
{
  static const char *const messages[] = { "does not hold",      "made or changed",
                                          "came from no queue", "asked for bytes",
                                          "already passed on",  "on twice",
                                          "relationship 2" };
  g_autoptr (Kit) kit = run (misuse, 7);

  for (unsigned i = 0; i < G_N_ELEMENTS (messages); i++) {
    g_assert_cmpuint (kit->messages->len, ==, i + 1);
    g_assert_nonnull (strstr (kit_message (kit), messages[i]));
    kit_advance (kit, 1 * G_USEC_PER_SEC); /* the yield after a failure */
  }
  assert_counts (kit, 7, 0, 0);
}

static bool
family (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *parent = weir_session_get (session);
  WeirFlowFile *child;
  WeirFlowFile *clone;
  WeirFlowFile *slice;

  if (parent == NULL)
    return true;
  weir_session_put_attribute (session, parent, "colour", "red");
  child = weir_session_create_child (session, parent);
  clone = weir_session_clone (session, parent);
  slice = weir_session_slice (session, parent, 1, 3);
  weir_session_put_attribute (session, child, "colour", "blue");

  g_assert_cmpstr (weir_flowfile_get_attribute (parent, "colour"), ==, "red");
  g_assert_cmpstr (weir_flowfile_get_attribute (clone, "colour"), ==, "red");
  g_assert_cmpstr (weir_flowfile_get_attribute (child, "colour"), ==, "blue");
  g_assert_cmpuint (weir_flowfile_get_size (child), ==, 0);
  g_assert_cmpuint (weir_flowfile_get_size (clone), ==, 5);
  g_assert_cmpuint (weir_flowfile_get_size (slice), ==, 3);
  g_assert_cmpstr (weir_flowfile_get_attribute (clone, "uuid"), !=,
                   weir_flowfile_get_attribute (parent, "uuid"));
  g_assert_cmpint (weir_flowfile_get_lineage_start (child), ==,
                   weir_flowfile_get_lineage_start (parent));

  weir_session_remove (session, parent);
  weir_session_transfer (session, child, 0);
  weir_session_transfer (session, clone, 0);
  weir_session_transfer (session, slice, 1);
  return true;
}

static void
test_children (void)
{
  g_autoptr (Kit) kit = run (family, 1);

  assert_counts (kit, 0, 2, 1);
  g_assert_cmpuint (atomic_load (&kit_queue (kit, FAILURE)->bytes), ==, 3);
  g_assert_null (kit_message (kit));
}

static bool
join (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *parents[10];
  size_t n = weir_session_get_batch (session, parents, 10);
  WeirFlowFile *joined;

  if (n == 0)
    return true;
  for (size_t i = 0; i < n; i++) {
    weir_session_put_attribute (session, parents[i], "same", "yes");
    weir_session_remove (session, parents[i]);
  }
  joined = weir_session_create_joined (session, parents, n);
  g_assert_cmpstr (weir_flowfile_get_attribute (joined, "same"), ==, "yes");
  g_assert_true ((weir_flowfile_get_attribute (joined, "number") != NULL) == (n == 1));
  weir_session_transfer (session, joined, 0);
  return true;
}

static void
test_joined (void)
{
  g_autoptr (Kit) kit = run (join, 20);

  g_assert_null (kit_message (kit));
  g_assert_cmpuint (kit_count (kit, INPUT), ==, 0);
  g_assert_cmpuint (kit_count (kit, SUCCESS), >=, 2);
  g_assert_cmpuint (kit_count (kit, SUCCESS), <, 20);
}

static bool
standard (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  const char *names[4];
  const char *value;

  if (flowfile == NULL)
    return true;
  g_assert_cmpuint (strlen (weir_flowfile_get_attribute (flowfile, "uuid")), ==, 36);
  g_assert_cmpstr (weir_flowfile_get_attribute (flowfile, "filename"), ==,
                   weir_flowfile_get_attribute (flowfile, "uuid"));
  g_assert_cmpstr (weir_flowfile_get_attribute (flowfile, "path"), ==, "./");
  g_assert_null (weir_flowfile_get_attribute (flowfile, "other"));
  g_assert_cmpuint (weir_flowfile_get_n_attributes (flowfile), ==, 4);
  for (size_t i = 0; i < 4; i++)
    weir_flowfile_get_nth_attribute (flowfile, i, &names[i], &value);
  g_assert_cmpstr (names[0], ==, "number");

  weir_session_put_attribute (session, flowfile, "filename", "a.txt");
  g_assert_cmpstr (weir_flowfile_get_attribute (flowfile, "filename"), ==, "a.txt");
  g_assert_cmpuint (weir_flowfile_get_n_attributes (flowfile), ==, 4);
  weir_session_remove_attribute (session, flowfile, "filename");
  g_assert_cmpuint (strlen (weir_flowfile_get_attribute (flowfile, "filename")), ==, 36);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static void
test_standard_attributes (void)
{
  g_autoptr (Kit) kit = run (standard, 1);

  assert_counts (kit, 0, 1, 0);
}

/* A value that was read stays readable to the end of the trigger, whatever is changed meanwhile. */
static bool
read_then_change (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  const char *number;
  WeirBytes before;
  WeirBytes after;

  if (flowfile == NULL)
    return true;
  number = weir_flowfile_get_attribute (flowfile, "number");
  g_assert_true (weir_session_view (session, flowfile, &before, NULL));
  for (unsigned i = 0; i < 50; i++) {
    g_autofree char *name = g_strdup_printf ("name-%u", i);
    weir_session_put_attribute (session, flowfile, name, number);
  }
  weir_session_put_attribute (session, flowfile, "number", "a longer value than before");
  g_assert_true (weir_session_set_content (session, flowfile, "after", 5, NULL));
  g_assert_true (weir_session_view (session, flowfile, &after, NULL));
  g_assert_cmpstr (number, ==, "1");
  g_assert_cmpmem (before.data, before.size, "hello", 5);
  g_assert_cmpmem (after.data, after.size, "after", 5);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static void
test_values_stay_readable (void)
{
  g_autoptr (Kit) kit = run (read_then_change, 1);

  assert_counts (kit, 0, 1, 0);
  g_assert_cmpstr (weir_attributes_get (first_of (kit, SUCCESS)->attributes, "name-49"), ==, "1");
}

static bool
give_back (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  weir_session_put_attribute (session, flowfile, "seen", "yes");
  weir_session_set_content (session, flowfile, "longer than before", 18, NULL);
  weir_session_return (session, flowfile);
  weir_context_yield (weir_session_get_context (session));
  return true;
}

static void
test_return_keeps_order_and_changes (void)
{
  g_autoptr (Kit) kit = run (give_back, 3);

  assert_counts (kit, 3, 0, 0);
  g_assert_cmpstr (weir_attributes_get (first_of (kit, INPUT)->attributes, "number"), ==, "3");
  g_assert_cmpstr (weir_attributes_get (first_of (kit, INPUT)->attributes, "seen"), ==, "yes");
  g_assert_cmpuint (atomic_load (&kit_queue (kit, INPUT)->bytes), ==, 5 + 5 + 18);
  trigger = pass;
  kit_advance (kit, G_USEC_PER_SEC);
  assert_counts (kit, 0, 3, 0);
  g_assert_cmpuint (atomic_load (&kit_queue (kit, INPUT)->bytes), ==, 0);
}

static WeirFlowFile *held[8];
static unsigned n_held;

/* Gathers three, then passes them on. */
static bool
gather (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  weir_session_hold (session, flowfile);
  held[n_held++] = flowfile;
  if (n_held < 4)
    return true;
  for (unsigned i = 0; i < 3; i++) {
    weir_session_take (session, held[i]);
    g_assert_nonnull (weir_flowfile_get_attribute (held[i], "number"));
    weir_session_transfer (session, held[i], 0);
  }
  held[0] = held[3];
  n_held = 1;
  return true;
}

static void
test_hold_and_take (void)
{
  g_autoptr (Kit) kit = NULL;

  n_held = 0;
  kit = run (gather, 6);
  assert_counts (kit, 3, 3, 0); /* held ones are still queued */
  g_assert_cmpuint (n_held, ==, 3);
  g_assert_cmpstr (weir_flowfile_get_attribute (held[0], "number"), ==, "3");
  g_assert_cmpuint (strlen (weir_flowfile_get_attribute (held[0], "uuid")), ==, 36);
}

static bool
take_and_fail (void *state, WeirSession *session, GError **error)
{
  if (n_held == 0)
    return gather (state, session, error);
  weir_session_take (session, held[--n_held]);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "after the take");
  return false;
}

static void
test_taken_one_is_back_after_a_failure (void)
{
  g_autoptr (Kit) kit = NULL;

  n_held = 0;
  kit = run (take_and_fail, 2);
  assert_counts (kit, 2, 0, 0);
  g_assert_null (kit_node (kit, "test")->held);
  g_assert_nonnull (strstr (kit_message (kit), "after the take"));
  trigger = pass;
  kit_advance (kit, 60 * G_USEC_PER_SEC);
  assert_counts (kit, 0, 2, 0);
}

static unsigned n_durable;
static unsigned n_destroyed;

static void
on_durable (void *data)
{
  g_assert_cmpuint (n_durable, ==, GPOINTER_TO_UINT (data));
  n_durable++;
}

static void
on_destroy (void *data)
{
  n_destroyed++;
}

static bool
effects (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  static unsigned n;

  if (flowfile == NULL)
    return true;
  weir_session_on_durable (session, on_durable, GUINT_TO_POINTER (n), on_destroy);
  weir_session_adjust_counter (session, "seen", 2);
  if (g_str_equal (weir_flowfile_get_attribute (flowfile, "number"), "1")) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "no");
    return false;
  }
  n++;
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static void
test_effects_happen_once_and_only_if_committed (void)
{
  g_autoptr (Kit) kit = NULL;
  int64_t *seen;

  n_durable = n_destroyed = 0;
  kit = run (effects, 4);
  g_assert_cmpuint (n_durable, ==, 3);
  g_assert_cmpuint (n_destroyed, ==, 4);
  seen = g_hash_table_lookup (kit_node (kit, "test")->counters, "seen");
  g_assert_cmpint (*seen, ==, 6);
}

static bool
remember (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autofree char *before = weir_session_get_state (session, "sum");
  g_autofree char *after = NULL;
  g_autofree char *seen = NULL;

  if (flowfile == NULL)
    return true;
  after = g_strdup_printf ("%d", atoi (before != NULL ? before : "0") +
                                     atoi (weir_flowfile_get_attribute (flowfile, "number")));
  weir_session_set_state (session, "sum", after);
  weir_session_set_state (session, "gone", "x");
  weir_session_set_state (session, "gone", NULL);
  seen = weir_session_get_state (session, "sum");
  g_assert_cmpstr (seen, ==, after);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static void
test_state (void)
{
  g_autoptr (Kit) kit = run (remember, 10);
  g_autofree char *sum = weir_state_get (kit_node (kit, "test")->state, "sum");
  g_autofree char *gone = weir_state_get (kit_node (kit, "test")->state, "gone");

  g_assert_cmpstr (sum, ==, "55");
  g_assert_null (gone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/pass", test_pass);
  g_test_add_func ("/session/leak", test_leak_is_undone_and_told);
  g_test_add_func ("/session/leak of a new one", test_leak_of_a_new_one);
  g_test_add_func ("/session/failure", test_failure_undoes_one_trigger);
  g_test_add_func ("/session/failure without reason", test_failure_without_reason);
  g_test_add_func ("/session/misuse", test_misuse_is_contained);
  g_test_add_func ("/session/children", test_children);
  g_test_add_func ("/session/joined", test_joined);
  g_test_add_func ("/session/standard attributes", test_standard_attributes);
  g_test_add_func ("/session/values stay readable", test_values_stay_readable);
  g_test_add_func ("/session/return", test_return_keeps_order_and_changes);
  g_test_add_func ("/session/hold", test_hold_and_take);
  g_test_add_func ("/session/hold and failure", test_taken_one_is_back_after_a_failure);
  g_test_add_func ("/session/effects", test_effects_happen_once_and_only_if_committed);
  g_test_add_func ("/session/state", test_state);
  return g_test_run ();
}
