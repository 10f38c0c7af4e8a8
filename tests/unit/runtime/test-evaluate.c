/* Tests engine/runtime/evaluate.c: what a processor evaluates without a FlowFile is there as long
 * as it may be looked at, and no longer. Guards invariant 4. */
#include "kit.h"

#include <string.h>

#define N_TRIGGERS 10000

typedef struct {
  const WeirExpr *text;
  const char *first; /* of on_scheduled */
} State;

static _Atomic unsigned n_triggers;

static const WeirProperty properties[] = {
  { "Text", "Something to evaluate.", WEIR_FIELD (State, text), .required = true },
};

static bool
on_scheduled (void *data, WeirContext *context, GError **error)
{
  State *state = data;

  state->first = weir_context_eval (context, state->text, error);
  return state->first != NULL;
}

/* Each value is another one. */
static bool
on_trigger (void *data, WeirSession *session, GError **error)
{
  State *state = data;
  WeirContext *context = weir_session_get_context (session);
  const char *one = weir_context_eval (context, state->text, error);
  g_autofree char *copy = g_strdup (one);
  const char *other = weir_context_eval (context, state->text, error);

  g_assert_nonnull (other);
  g_assert_cmpstr (one, !=, other);
  g_assert_cmpstr (one, ==, copy);
  g_assert_true (g_str_has_prefix (state->first, "0-xxx"));
  if (atomic_fetch_add (&n_triggers, 1) < N_TRIGGERS)
    weir_session_transfer (session, weir_session_create (session), 1);
  return true;
}

static const WeirProcessor evaluates = KIT_PROCESSOR (
    "Evaluate", on_trigger, .input = WEIR_INPUT_FORBIDDEN, .threading = WEIR_CONCURRENT,
    .on_scheduled = on_scheduled, .state_size = sizeof (State), WEIR_PROPERTIES (properties));

static void
prepare (Kit *kit)
{
  WeirProcessorNode *node = kit_processor (kit, "test", &evaluates);

  weir_properties_add (node->properties, "Text", "${nextInt()}-${literal('x'):repeat(1000)}");
  node->schedule.tasks = 4;
  atomic_store (&n_triggers, 0);
  kit_start (kit);
}

/* What was evaluated before it ran, and at most that: a block of memory has some KiB. */
static void
check (Kit *kit)
{
  g_assert_cmpuint (atomic_load (&n_triggers), >, N_TRIGGERS);
  g_assert_cmpuint (kit_node (kit, "test")->evaluated.total, >, 1000);
  g_assert_cmpuint (kit_node (kit, "test")->evaluated.total, <, 100000);
}

static void
test_by_hand (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  prepare (kit);
  kit_run (kit);
  check (kit);
}

/* Each task has memory of its own. */
static void
test_with_threads (void)
{
  g_autoptr (Kit) kit = kit_new_with_threads (4);

  prepare (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
  g_assert_cmpuint (atomic_load (&n_triggers), >, N_TRIGGERS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluate/by hand", test_by_hand);
  g_test_add_func ("/evaluate/with threads", test_with_threads);
  return g_test_run ();
}
