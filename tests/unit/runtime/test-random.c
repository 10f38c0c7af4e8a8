/* Tests the runtime as a whole on random flows (random-flow.h). Whatever happens, each FlowFile
 * that was made is somewhere or has ended, and once where nothing goes round in circles, all end.
 * Guards invariants 2, 3, 5, 6 and 8.
 *
 * The counts that it compares are the processors' own, which the session commits or undoes. */
#include "random-flow.h"

/* --- the account --- */

static int64_t
counter_of (const WeirNode *node, const char *name)
{
  const int64_t *count = node->counters != NULL ? g_hash_table_lookup (node->counters, name) : NULL;

  return count != NULL ? *count : 0;
}

/* What a queue says and what is in it. Nothing is in a session or held. */
static uint64_t
assert_queue (WeirQueue *queue, GHashTable *ids)
{
  WeirList list = { 0 };
  uint64_t n;

  weir_queue_pop (queue, SIZE_MAX, 0, INT64_MAX, &list, &list);
  for (const WeirFlowFile *flowfile = list.head; flowfile != NULL; flowfile = flowfile->next)
    g_assert_true (g_hash_table_add (ids, GSIZE_TO_POINTER (flowfile->id)));
  n = list.n;
  g_assert_cmpuint (n, ==, atomic_load (&queue->count));
  g_assert_cmpuint (list.bytes, ==, atomic_load (&queue->bytes));
  weir_queue_return (queue, &list);
  return n;
}

static void
assert_account (Kit *kit, bool is_drained)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (NULL, NULL);
  int64_t made = 0;
  int64_t ended = 0;
  uint64_t queued = 0;

  g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
  for (guint i = 0; i < kit->engine->queues->len; i++) {
    WeirQueue *queue = kit_queue (kit, i);
    queued += assert_queue (queue, ids);
    ended += (int64_t)atomic_load (&queue->expired);
  }
  for (guint i = 0; i < kit->engine->nodes->len; i++) {
    const WeirNode *node = kit->engine->nodes->pdata[i];

    made += counter_of (node, "made");
    ended += counter_of (node, "ended");
    if (node->component->kind != WEIR_KIND_PROCESSOR)
      made += (int64_t)(atomic_load (&node->stats.out_count) - atomic_load (&node->stats.in_count));
  }
  g_test_message ("%" G_GINT64_FORMAT " made, %" G_GINT64_FORMAT " ended", made, ended);
  g_assert_cmpint (made, ==, ended + (int64_t)queued);
  if (is_drained)
    g_assert_cmpuint (queued, ==, 0);
}

/* By hand, between two turns: what counts is in the queue or held. */
static void
assert_counts (Kit *kit)
{
  for (guint i = 0; i < kit->engine->queues->len; i++) {
    WeirQueue *queue = kit_queue (kit, i);
    size_t n = queue->fifo.n + queue->ordered.n + queue->penalized.n;

    for (const WeirHeld *held = queue->target->held; held != NULL; held = held->next)
      n += held->record.source == queue;
    g_assert_cmpuint (n, ==, atomic_load (&queue->count));
  }
}

/* A funnel at the end of a flow keeps what it gets. */
static bool
can_drain (Kit *kit)
{
  for (guint i = 0; i < kit->engine->nodes->len; i++) {
    const WeirNode *node = kit->engine->nodes->pdata[i];
    if (node->component->kind != WEIR_KIND_PROCESSOR && node->n_outputs == 0)
      return false;
  }
  return true;
}

static Kit *
started (Kit *kit, bool drains)
{
  random_flow (kit, drains ? RANDOM_DRAINS : 0);
  kit_start (kit);
  return kit;
}

static void
test_by_hand (void)
{
  for (unsigned round = 0; round < 40; round++) {
    g_autoptr (Kit) kit = started (kit_new_by_hand (), false);

    for (unsigned i = 0; i < 2000; i++) {
      if (!weir_engine_step (kit->engine) || random_draw (50) == 0)
        weir_clock_advance (kit->clock, random_draw (2000));
      if (i % 16 == 0)
        assert_counts (kit);
    }
    assert_account (kit, false);
  }
}

static void
test_by_hand_to_the_end (void)
{
  for (unsigned round = 0; round < 40; round++) {
    g_autoptr (Kit) kit = started (kit_new_by_hand (), true);

    kit_run (kit);
    for (unsigned i = 0; !weir_engine_is_idle (kit->engine); i++) {
      g_assert_cmpuint (i, <, 100000);
      kit_advance (kit, 50);
      assert_counts (kit);
    }
    assert_account (kit, can_drain (kit));
  }
}

static void
test_threads (gconstpointer data)
{
  for (unsigned round = 0; round < 8; round++) {
    g_autoptr (Kit) kit = started (kit_new_with_threads (GPOINTER_TO_UINT (data)), false);

    weir_engine_wait_idle (kit->engine, random_draw (20000));
    assert_account (kit, false);
  }
}

static void
test_threads_to_the_end (gconstpointer data)
{
  for (unsigned round = 0; round < 8; round++) {
    g_autoptr (Kit) kit = started (kit_new_with_threads (GPOINTER_TO_UINT (data)), true);

    g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
    assert_account (kit, can_drain (kit));
  }
}

int
main (int argc, char **argv)
{
  static const unsigned n_workers[] = { 1, 2, 4 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/by hand", test_by_hand);
  g_test_add_func ("/random/by hand to the end", test_by_hand_to_the_end);
  for (unsigned i = 0; i < G_N_ELEMENTS (n_workers); i++) {
    g_autofree char *stop = g_strdup_printf ("/random/%u workers", n_workers[i]);
    g_autofree char *end = g_strdup_printf ("/random/%u workers to the end", n_workers[i]);

    g_test_add_data_func (stop, GUINT_TO_POINTER (n_workers[i]), test_threads);
    g_test_add_data_func (end, GUINT_TO_POINTER (n_workers[i]), test_threads_to_the_end);
  }
  return g_test_run ();
}
