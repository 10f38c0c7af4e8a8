/* Tests engine/runtime/commit.c and retry.c: where FlowFiles go. Guards invariants 5 and 6. */
#include "kit.h"

#include "runtime/commit.h"
#include "runtime/worker.h"

#include <string.h>

static unsigned to_make;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile;

  if (to_make == 0)
    return true;
  flowfile = weir_session_create (session);
  weir_session_put_attribute_printf (session, flowfile, "number", "%u", to_make--);
  weir_session_set_content (session, flowfile, "hello", 5, NULL);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

/* Odd numbers succeed, even ones fail; each makes a child on its way. */
static bool
on_sort (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  bool odd;

  if (flowfile == NULL)
    return true;
  odd = atoi (weir_flowfile_get_attribute (flowfile, "number")) % 2 == 1;
  weir_session_put_attribute (session, flowfile, "sorted", "yes");
  weir_session_set_content (session, flowfile, "longer than it was", 18, NULL);
  weir_session_transfer (session, weir_session_clone (session, flowfile), 0);
  weir_session_transfer (session, flowfile, odd ? 0 : 1);
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor sort = KIT_PROCESSOR ("Sort", on_sort);

static Kit *
prepare (unsigned n)
{
  Kit *kit = kit_new_by_hand ();

  to_make = n;
  kit_processor (kit, "make", &make);
  kit_processor (kit, "sort", &sort);
  kit_connect (kit, "make", "success", "sort");
  return kit;
}

static void
sink (Kit *kit, const char *from, const char *relationship, const char *id)
{
  kit_funnel (kit, id);
  kit_connect (kit, from, relationship, id);
}

static void
test_auto_termination (void)
{
  g_autoptr (Kit) kit = prepare (10);
  WeirContentUsage usage;

  sink (kit, "sort", "failure", "bad");
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 5);
  g_assert_cmpuint (atomic_load (&kit_node (kit, "sort")->stats.in_count), ==, 10);
  g_assert_cmpuint (atomic_load (&kit_node (kit, "sort")->stats.out_count), ==, 5);
  weir_content_store_get_usage (kit->engine->store, &usage);
  g_assert_cmpuint (usage.n_claims, ==, 5); /* those that ended left nothing */
}

static void
test_fan_out_clones (void)
{
  g_autoptr (Kit) kit = prepare (1);
  const WeirFlowFile *flowfiles[4];
  WeirContentUsage usage;

  for (unsigned i = 0; i < 2; i++) {
    g_autofree char *id = g_strdup_printf ("good-%u", i);
    sink (kit, "sort", "success", id);
  }
  kit_start (kit);
  kit_run (kit);
  for (unsigned i = 0; i < 2; i++) {
    g_assert_cmpuint (kit_count (kit, i + 1), ==, 2);
    flowfiles[2 * i] = kit_queue (kit, i + 1)->fifo.head;
    flowfiles[2 * i + 1] = flowfiles[2 * i]->next;
  }
  for (unsigned i = 0; i < 4; i++)
    for (unsigned j = 0; j < i; j++)
      g_assert_cmpuint (flowfiles[i]->id, !=, flowfiles[j]->id);
  weir_content_store_get_usage (kit->engine->store, &usage);
  g_assert_cmpuint (usage.n_claims, ==, 1); /* all four share it */
}

static void
test_one_queue_for_two_relationships (void)
{
  g_autoptr (Kit) kit = prepare (4);

  kit_funnel (kit, "all");
  g_ptr_array_add (kit_connect (kit, "sort", "success", "all")->relationships,
                   g_strdup ("failure"));
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 8);
}

static void
test_funnel_passes_on (void)
{
  g_autoptr (Kit) kit = prepare (100);

  sink (kit, "sort", "success", "one");
  sink (kit, "sort", "failure", "other");
  kit_connect (kit, "one", NULL, "other");
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 0);
  g_assert_cmpuint (kit_count (kit, 2), ==, 50);
  g_assert_cmpuint (kit_count (kit, 3), ==, 150);
}

static void
test_retry_until_attempts_are_used_up (void)
{
  g_autoptr (Kit) kit = prepare (2); /* 2 fails, 1 succeeds */
  const WeirFlowFile *flowfile;
  WeirRetry *retry;
  WeirProcessorNode *processor;

  sink (kit, "sort", "success", "good");
  sink (kit, "sort", "failure", "bad");
  processor = (WeirProcessorNode *)weir_group_find (kit->flow->root, "sort");
  processor->penalty_usec = 10 * G_USEC_PER_SEC;
  retry = weir_processor_node_add_retry (processor, "failure");
  retry->attempts = 3;
  retry->max_usec = 30 * G_USEC_PER_SEC;
  kit_start (kit);
  kit_run (kit);

  /* The clone of the attempt is gone, the FlowFile is as it came but for the count. */
  g_assert_cmpuint (kit_count (kit, 1), ==, 2);
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  flowfile = weir_heap_peek (&kit_queue (kit, 0)->penalized)->flowfile;
  g_assert_cmpstr (weir_attributes_get (flowfile->attributes, "retryCount.sort"), ==, "1");
  g_assert_null (weir_attributes_get (flowfile->attributes, "sorted"));
  g_assert_cmpuint (flowfile->content.size, ==, 5);
  g_assert_cmpuint (atomic_load (&kit_queue (kit, 0)->bytes), ==, 5);

  kit_advance (kit, 10 * G_USEC_PER_SEC); /* attempt 2 comes after 10 s, 3 after 20 s */
  kit_advance (kit, 19 * G_USEC_PER_SEC);
  g_assert_cmpstr (weir_attributes_get (flowfile->attributes, "retryCount.sort"), ==, "2");
  kit_advance (kit, 1 * G_USEC_PER_SEC);
  g_assert_cmpstr (weir_attributes_get (flowfile->attributes, "retryCount.sort"), ==, "3");
  kit_advance (kit, 30 * G_USEC_PER_SEC); /* and the last after 30 s, not 40 s */
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  g_assert_cmpuint (kit_count (kit, 2), ==, 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 3);
  flowfile = kit_queue (kit, 2)->fifo.head;
  g_assert_null (weir_attributes_get (flowfile->attributes, "retryCount.sort"));
  g_assert_cmpstr (weir_attributes_get (flowfile->attributes, "sorted"), ==, "yes");
}

static void
test_retry_by_yield (void)
{
  g_autoptr (Kit) kit = prepare (3); /* 3 succeeds, 2 fails, 1 has to wait for the processor */
  WeirProcessorNode *processor;

  sink (kit, "sort", "success", "good");
  sink (kit, "sort", "failure", "bad");
  processor = (WeirProcessorNode *)weir_group_find (kit->flow->root, "sort");
  weir_processor_node_add_retry (processor, "failure")->backoff = WEIR_BACKOFF_YIELD;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 2);
  g_assert_cmpuint (kit_queue (kit, 0)->penalized.n, ==, 0);
  g_assert_cmpint (
      weir_node_get_wait (kit_node (kit, "sort"), weir_clock_get_monotonic (kit->clock), NULL), ==,
      WEIR_WAIT_YIELD);
}

static void
test_penalized_transfer (void)
{
  /* Covered from the outside: what a failure penalizes waits in the next queue. */
  g_autoptr (Kit) kit = prepare (0);
  WeirSession *session;
  WeirWorker *worker;
  WeirFlowFile *flowfile;

  kit_start (kit);
  kit_run (kit);
  worker = weir_scheduler_get_first_worker (kit->engine->scheduler);
  session = weir_worker_get_session (worker);
  weir_session_begin (session, kit_node (kit, "make"));
  flowfile = weir_session_create (session);
  weir_session_put_attribute (session, flowfile, "number", "1");
  weir_session_penalize (session, flowfile);
  weir_session_transfer (session, flowfile, 0);
  g_assert_true (weir_session_commit (session, worker, NULL));
  weir_session_end (session, worker);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  kit_advance (kit, 30 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commit/auto-termination", test_auto_termination);
  g_test_add_func ("/commit/fan-out", test_fan_out_clones);
  g_test_add_func ("/commit/two relationships", test_one_queue_for_two_relationships);
  g_test_add_func ("/commit/funnel", test_funnel_passes_on);
  g_test_add_func ("/commit/penalty", test_penalized_transfer);
  g_test_add_func ("/retry/attempts", test_retry_until_attempts_are_used_up);
  g_test_add_func ("/retry/yield", test_retry_by_yield);
  return g_test_run ();
}
