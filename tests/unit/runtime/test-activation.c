/* Tests engine/runtime/activation.c: what becomes of a turn that fails, and of one that finds
 * nothing. Time is held. */
#include "kit.h"

#include "runtime/activation.h"
#include "runtime/worker.h"

static WeirFlowFile *held;
static int64_t ripe;
static unsigned n_failures;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  if (held == NULL)
    weir_session_transfer (session, weir_session_create (session), 0);
  return true;
}

/* Holds one for a second; what it then does fails the first two times. */
static bool
on_gather (void *state, WeirSession *session, GError **error)
{
  WeirContext *context = weir_session_get_context (session);
  WeirFlowFile *flowfile = weir_session_get (session);
  int64_t now = weir_context_get_monotonic_time (context);

  if (flowfile != NULL) {
    weir_session_hold (session, flowfile);
    held = flowfile;
    ripe = now + G_USEC_PER_SEC;
    weir_context_wake_after (context, G_USEC_PER_SEC);
  }
  if (held == NULL || now < ripe)
    return true;
  if (n_failures < 2) {
    n_failures++;
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_IO, "the disk is full");
    return false;
  }
  ripe = INT64_MAX;
  weir_session_take (session, held);
  weir_session_transfer (session, held, 0);
  return true;
}

static WeirWorker *other_worker;
static unsigned to_bring;

/* While the first task looks for something and finds nothing, another one finds it. */
static bool
on_look (void *state, WeirSession *session, GError **error)
{
  WeirNode *node = session->node;
  WeirWorker *other = g_steal_pointer (&other_worker);

  if (other != NULL) {
    weir_activation_run (node, other);
    return true;
  }
  if (to_bring > 0) {
    to_bring--;
    weir_session_transfer (session, weir_session_create (session), 0);
  }
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor gather = KIT_PROCESSOR ("Gather", on_gather);

static const WeirProcessor look =
    KIT_PROCESSOR ("Look", on_look, .input = WEIR_INPUT_FORBIDDEN, .threading = WEIR_CONCURRENT);

/* Nothing comes in any more: who else would ask it again? */
static void
test_a_wake_up_that_failed_comes_again (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  kit_processor (kit, "make", &make)->yield_usec = INT64_MAX;
  kit_processor (kit, "gather", &gather);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "gather")->max_count = 1;
  kit_connect (kit, "gather", "success", "end");
  kit_start (kit);
  kit_run (kit);
  kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (n_failures, ==, 1);
  g_assert_false (weir_engine_is_idle (kit->engine));
  kit_advance (kit, G_USEC_PER_SEC); /* the yield */
  g_assert_cmpuint (n_failures, ==, 2);
  kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  g_assert_true (weir_engine_is_idle (kit->engine));
}

static void
test_one_task_finds_nothing (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  WeirProcessorNode *processor;
  WeirWorker *other;

  to_bring = 1000; /* more than in one turn */
  processor = kit_processor (kit, "look", &look);
  processor->yield_usec = INT64_MAX;
  processor->schedule.tasks = 2;
  kit_start (kit);
  other = other_worker = weir_worker_new (kit->engine, 1);
  kit_run (kit);
  g_assert_cmpuint (to_bring, ==, 0);
  g_assert_true (weir_engine_is_idle (kit->engine));
  weir_worker_free (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activation/wake-up", test_a_wake_up_that_failed_comes_again);
  g_test_add_func ("/activation/dry", test_one_task_finds_nothing);
  return g_test_run ();
}
