/* Tests processors/flow/distribute-load.c under back pressure, which the harness has not. */
#include "unit/runtime/kit.h"

#include "runtime/worker.h"

#define N_FED 10u

static bool
on_feed (void *state, WeirSession *session, GError **error)
{
  g_autofree char *done = weir_session_get_state (session, "done");

  if (done != NULL)
    return true;
  for (unsigned i = 0; i < N_FED; i++)
    weir_session_transfer (session, weir_session_create (session), 0);
  weir_session_set_state (session, "done", "yes");
  return true;
}

static const WeirProcessor feed = KIT_PROCESSOR ("Feed", on_feed, .input = WEIR_INPUT_FORBIDDEN);

/* Ten FlowFiles for two relationships, of which each holds so many. The queues: 0 in front of the
 * processor, 1 and 2 behind it. */
static Kit *
distribute (WeirRegistry *modules, const char *strategy, unsigned max_1, unsigned max_2)
{
  Kit *kit = kit_new_by_hand ();
  g_autoptr (GError) error = NULL;
  const WeirProcessor *type = weir_registry_find (modules, "DistributeLoad", &error);
  WeirProcessorNode *node;

  g_assert_no_error (error);
  kit_processor (kit, "feed", &feed);
  node = kit_processor (kit, "test", type);
  weir_properties_add (node->properties, "Number of Relationships", "2");
  weir_properties_add (node->properties, "Distribution Strategy", strategy);
  kit_funnel (kit, "one");
  kit_funnel (kit, "two");
  kit_connect (kit, "feed", "success", "test");
  kit_connect (kit, "test", "1", "one")->max_count = max_1;
  kit_connect (kit, "test", "2", "two")->max_count = max_2;
  kit_start (kit);
  kit_run (kit);
  return kit;
}

static void
assert_counts (Kit *kit, unsigned waiting, unsigned one, unsigned two)
{
  g_assert_cmpuint (kit_count (kit, 0), ==, waiting);
  g_assert_cmpuint (kit_count (kit, 1), ==, one);
  g_assert_cmpuint (kit_count (kit, 2), ==, two);
}

/* Takes away what is in a queue, as whoever is behind it would; time stands still. */
static void
drain (Kit *kit, unsigned index)
{
  WeirWorker *worker = weir_scheduler_get_first_worker (kit->engine->scheduler);
  WeirQueue *queue = kit_queue (kit, index);
  WeirList list = { 0 };

  weir_queue_pop (queue, SIZE_MAX, 0, 0, &list, &list);
  if (weir_queue_acknowledge (queue, list.n, list.bytes))
    weir_node_wake (queue->source, NULL);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&list)) != NULL;)
    weir_flowfile_free (&weir_worker_get_session (worker)->magazine, flowfile);
  kit_run (kit);
}

static void
test_round_robin (const void *data)
{
  g_autoptr (Kit) kit = distribute ((WeirRegistry *)data, "round robin", 2, 100);

  assert_counts (kit, 7, 2, 1); /* 1, 2, 1, and now they all wait for 1 */
  kit_advance (kit, G_USEC_PER_SEC);
  assert_counts (kit, 7, 2, 1);
  g_assert_cmpuint (kit_node (kit, "test")->timer.position, ==, 0);
  drain (kit, 1);
  assert_counts (kit, 3, 2, 3); /* 2, 1, 2, 1 */
}

static void
test_next_available (const void *data)
{
  g_autoptr (Kit) kit = distribute ((WeirRegistry *)data, "next available", 2, 7);

  assert_counts (kit, 1, 2, 7);
  drain (kit, 1);
  assert_counts (kit, 0, 1, 7);
}

static void
test_overflow (const void *data)
{
  g_autoptr (Kit) kit = distribute ((WeirRegistry *)data, "overflow", 2, 3);

  assert_counts (kit, 5, 2, 3);
  drain (kit, 2);
  assert_counts (kit, 2, 2, 3);
  drain (kit, 1);
  assert_counts (kit, 0, 2, 3);
}

int
main (int argc, char **argv)
{
  g_autoptr (WeirRegistry) modules = weir_registry_new (NULL);

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/distribute-load/pressure/round-robin", modules, test_round_robin);
  g_test_add_data_func ("/distribute-load/pressure/next-available", modules, test_next_available);
  g_test_add_data_func ("/distribute-load/pressure/overflow", modules, test_overflow);
  return g_test_run ();
}
