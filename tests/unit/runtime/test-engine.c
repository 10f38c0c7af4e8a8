/* Tests engine/runtime/engine.c, scheduler.c and worker.c with real threads: nothing is lost or
 * doubled whatever the number of workers, idle is idle, and a processor that hangs does not take
 * the flow along. Guards invariants 5, 7 and 9. */
#include "kit.h"

#include <string.h>

static _Atomic unsigned to_make;
static _Atomic uint64_t sum;
static _Atomic unsigned n_inside;
static _Atomic unsigned most_inside;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  unsigned left = atomic_load (&to_make);
  WeirFlowFile *flowfile;

  while (left > 0 && !atomic_compare_exchange_weak (&to_make, &left, left - 1))
    continue;
  if (left == 0)
    return true;
  flowfile = weir_session_create (session);
  weir_session_put_attribute_printf (session, flowfile, "number", "%u", left);
  weir_session_set_content (session, flowfile, "content", 7, NULL);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_pass (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile != NULL)
    weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_sum (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfiles[16];
  size_t n = weir_session_get_batch (session, flowfiles, 16);
  unsigned inside = atomic_fetch_add (&n_inside, 1) + 1;
  unsigned most = atomic_load (&most_inside);

  while (inside > most && !atomic_compare_exchange_weak (&most_inside, &most, inside))
    continue;
  for (size_t i = 0; i < n; i++) {
    atomic_fetch_add (&sum, (uint64_t)atoi (weir_flowfile_get_attribute (flowfiles[i], "number")));
    weir_session_remove (session, flowfiles[i]);
  }
  atomic_fetch_sub (&n_inside, 1);
  return true;
}

/* Fails for every seventh FlowFile, the first time it sees it. */
static bool
on_stumble (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  if (atoi (weir_flowfile_get_attribute (flowfile, "number")) % 7 == 0 &&
      weir_context_get_random (weir_session_get_context (session)) % 2 == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "stumbled");
    return false;
  }
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static WeirLock gate = PTHREAD_MUTEX_INITIALIZER;

static bool
on_hang (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  WEIR_LOCKED (&gate); /* until the test lets it go */
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor make =
    KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN, .threading = WEIR_CONCURRENT);
static const WeirProcessor pass = KIT_PROCESSOR ("Pass", on_pass, .threading = WEIR_CONCURRENT);
static const WeirProcessor stumble =
    KIT_PROCESSOR ("Stumble", on_stumble, .threading = WEIR_CONCURRENT);
static const WeirProcessor sums = KIT_PROCESSOR ("Sum", on_sum, .threading = WEIR_CONCURRENT);
static const WeirProcessor serial = KIT_PROCESSOR ("Serial", on_sum);
static const WeirProcessor hang = KIT_PROCESSOR ("Hang", on_hang);

/* make -> 4 x middle -> end, with queues so short that all of them fill. */
static Kit *
chain (unsigned n_workers, unsigned n, const WeirProcessor *middle, const WeirProcessor *end)
{
  Kit *kit = kit_new_with_threads (n_workers);
  g_autofree char *last = g_strdup ("make");

  atomic_store (&to_make, n);
  atomic_store (&sum, 0);
  atomic_store (&most_inside, 0);
  kit_processor (kit, "make", &make)->schedule.tasks = n_workers;
  for (unsigned i = 0; i < 4; i++) {
    char *id = g_strdup_printf ("middle-%u", i);
    WeirProcessorNode *node = kit_processor (kit, id, middle);
    node->schedule.tasks = 1 + i % 3;
    node->penalty_usec = node->yield_usec = 1000;
    kit_connect (kit, last, "success", id)->max_count = 10 + 40 * i;
    g_free (last);
    last = id;
  }
  kit_processor (kit, "end", end)->schedule.tasks = 4;
  kit_connect (kit, last, "success", "end")->max_count = 100;
  return kit;
}

static void
assert_all_arrived (Kit *kit, uint64_t n)
{
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  g_assert_cmpuint (atomic_load (&sum), ==, n * (n + 1) / 2);
  for (guint i = 0; i < kit->engine->queues->len; i++) {
    g_assert_cmpuint (kit_count (kit, i), ==, 0);
    g_assert_cmpuint (atomic_load (&kit_queue (kit, i)->bytes), ==, 0);
    g_assert_cmpuint (atomic_load (&kit_queue (kit, i)->passed), ==, n);
  }
}

static void
test_all_arrive (void)
{
  static const unsigned n_workers[] = { 1, 2, 4, 9 };

  for (unsigned i = 0; i < G_N_ELEMENTS (n_workers); i++) {
    g_autoptr (Kit) kit = chain (n_workers[i], 20000, &pass, &sums);

    kit_start (kit);
    assert_all_arrived (kit, 20000);
  }
}

static void
test_all_arrive_in_small_sessions (void)
{
  g_autoptr (Kit) kit = chain (3, 20000, &pass, &sums);

  kit->options.session_max = 1;
  kit_start (kit);
  assert_all_arrived (kit, 20000);
}

static void
test_all_arrive_after_failures (void)
{
  g_autoptr (Kit) kit = chain (3, 300, &stumble, &sums);

  kit_start (kit);
  assert_all_arrived (kit, 300);
}

static void
test_serial_is_serial (void)
{
  g_autoptr (Kit) kit = chain (4, 20000, &pass, &serial);

  kit_start (kit);
  assert_all_arrived (kit, 20000);
  g_assert_cmpuint (atomic_load (&most_inside), ==, 1);
}

static void
test_stop_in_the_middle (void)
{
  for (unsigned i = 0; i < 20; i++) {
    g_autoptr (Kit) kit = chain (3, 1000000, &pass, &sums);
    uint64_t queued = 0;
    uint64_t made;

    kit_start (kit);
    weir_engine_wait_idle (kit->engine, 1000 * (int64_t)i);
    g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
    /* Every FlowFile is in a queue or has arrived. */
    made = 1000000 - atomic_load (&to_make);
    for (guint q = 0; q < kit->engine->queues->len; q++)
      queued += kit_count (kit, q);
    g_assert_cmpuint (queued + atomic_load (&kit_node (kit, "end")->stats.in_count), ==, made);
  }
}

static void
test_drain (void)
{
  g_autoptr (Kit) kit = chain (2, 1000000, &pass, &sums);
  uint64_t made;

  kit_start (kit);
  weir_engine_wait_idle (kit->engine, 20000);
  weir_engine_stop_sources (kit->engine);
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  made = 1000000 - atomic_load (&to_make);
  g_assert_cmpuint (atomic_load (&kit_node (kit, "end")->stats.in_count), ==, made);
}

static void
test_two_engines (void)
{
  g_autoptr (Kit) one = chain (2, 0, &pass, &sums);
  g_autoptr (Kit) two = chain (2, 20000, &pass, &sums);

  kit_start (one);
  kit_start (two);
  g_assert_true (weir_engine_wait_idle (one->engine, KIT_LONG));
  g_assert_true (weir_engine_wait_idle (two->engine, KIT_LONG));
  g_assert_cmpuint (atomic_load (&sum), ==, UINT64_C (20000) * 20001 / 2);
  g_assert_cmpuint (one->engine->install_id, !=, 0);
}

/* With one worker, a processor that hangs would end the flow. */
static void
test_a_hanging_processor_is_worked_around (void)
{
  g_autoptr (Kit) kit = kit_new_with_threads (1);

  atomic_store (&to_make, 100);
  atomic_store (&sum, 0);
  kit_processor (kit, "make", &make);
  kit_processor (kit, "hang", &hang);
  kit_processor (kit, "end", &sums);
  kit_connect (kit, "make", "success", "hang");
  kit_connect (kit, "make", "success", "end");
  pthread_mutex_lock (&gate);
  kit_start (kit);
  for (int64_t end = g_get_monotonic_time () + KIT_LONG; atomic_load (&sum) < 5050;) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_assert_false (weir_engine_wait_idle (kit->engine, 10000));
  }
  g_assert_false (weir_engine_stop (kit->engine, 10000)); /* it says who did not come back */
  pthread_mutex_unlock (&gate);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/all arrive", test_all_arrive);
  g_test_add_func ("/engine/small sessions", test_all_arrive_in_small_sessions);
  g_test_add_func ("/engine/failures", test_all_arrive_after_failures);
  g_test_add_func ("/engine/serial", test_serial_is_serial);
  g_test_add_func ("/engine/stop", test_stop_in_the_middle);
  g_test_add_func ("/engine/drain", test_drain);
  g_test_add_func ("/engine/two", test_two_engines);
  g_test_add_func ("/engine/hang", test_a_hanging_processor_is_worked_around);
  return g_test_run ();
}
