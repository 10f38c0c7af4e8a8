/* Tests who waits for room and asks for it himself, as a processor does that has a choice: it
 * sleeps until there is some, and then goes on. Guards invariant 8. */
#include "kit.h"

#include "runtime/scheduler.h"
#include "runtime/worker.h"

static _Atomic unsigned to_make;
static _Atomic unsigned n_triggers;
static _Atomic unsigned n_arrived;
static _Atomic unsigned n_turns;
static Kit *drained; /* by on_drain, once */

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  if (atomic_load (&to_make) == 0)
    return true;
  atomic_fetch_sub (&to_make, 1);
  weir_session_transfer (session, weir_session_create (session), 0);
  return true;
}

/* Takes away what is in a queue, as whoever is behind it would. */
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
}

/* To whoever has room. */
static bool
send (WeirSession *session, Kit *meanwhile)
{
  WeirContext *context = weir_session_get_context (session);
  WeirFlowFile *flowfile = weir_session_get (session);

  atomic_fetch_add (&n_triggers, 1);
  for (unsigned i = 0; flowfile != NULL && i < 2; i++)
    if (weir_context_has_room (context, i)) {
      weir_session_transfer (session, flowfile, i);
      return true;
    } else if (meanwhile != NULL) {
      drain (meanwhile, 1);
    }
  if (flowfile != NULL)
    weir_session_return (session, flowfile);
  return true;
}

static bool
on_choose (void *state, WeirSession *session, GError **error)
{
  return send (session, NULL);
}

/* When it has just been told that there is no room behind the first relationship, there is. Not in
 * the turn that filled it, but in the first trigger of the next. */
static bool
on_drain (void *state, WeirSession *session, GError **error)
{
  bool is_full = kit_count (drained, 1) == 2 && kit_count (drained, 3) == 2;

  return send (session, is_full && atomic_fetch_add (&n_turns, 1) == 1 ? drained : NULL);
}

/* In turn, and to nobody while one has no room. */
static bool
on_alternate (void *state, WeirSession *session, GError **error)
{
  WeirContext *context = weir_session_get_context (session);
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  if (weir_context_has_room (context, 0) && weir_context_has_room (context, 1))
    weir_session_transfer (session, flowfile, atomic_fetch_add (&n_turns, 1) % 2);
  else
    weir_session_return (session, flowfile);
  return true;
}

static bool
on_end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  atomic_fetch_add (&n_arrived, 1);
  weir_session_remove (session, flowfile);
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor choose =
    KIT_PROCESSOR ("Choose", on_choose, .any_destination = true, .threading = WEIR_CONCURRENT);
static const WeirProcessor drains = KIT_PROCESSOR ("Drain", on_drain, .any_destination = true);
static const WeirProcessor alternate = KIT_PROCESSOR (
    "Alternate", on_alternate, .any_destination = true, .threading = WEIR_CONCURRENT);
static const WeirProcessor end = KIT_PROCESSOR ("End", on_end);

/* Two queues behind each of two relationships, of which the first holds two. Queue 0 is in front of
 * the processor, 1 and 2 are behind the one relationship, 3 and 4 behind the other. */
static Kit *
prepare (const WeirProcessor *type, unsigned n)
{
  Kit *kit = kit_new_by_hand ();

  atomic_store (&to_make, n);
  atomic_store (&n_triggers, 0);
  kit_processor (kit, "make", &make);
  kit_processor (kit, "test", type);
  for (unsigned i = 0; i < 4; i++) {
    g_autofree char *id = g_strdup_printf ("end-%u", i);

    kit_funnel (kit, id);
  }
  kit_connect (kit, "make", "success", "test");
  kit_connect (kit, "test", "success", "end-0")->max_count = 2;
  kit_connect (kit, "test", "success", "end-1");
  kit_connect (kit, "test", "failure", "end-2")->max_count = 2;
  kit_connect (kit, "test", "failure", "end-3");
  kit_start (kit);
  return kit;
}

static void
assert_waits_for_room (Kit *kit)
{
  WeirNode *node = kit_node (kit, "test");
  unsigned n = atomic_load (&n_triggers);

  g_assert_cmpint (weir_node_get_wait (node, weir_clock_get_monotonic (kit->clock), NULL), ==,
                   WEIR_WAIT_ROOM);
  g_assert_cmpuint (node->timer.position, ==, 0);
  g_assert_true (weir_engine_is_idle (kit->engine));
  kit_advance (kit, INT64_C (3600) * G_USEC_PER_SEC);
  g_assert_cmpuint (atomic_load (&n_triggers), ==, n);
}

static void
test_sleeps_until_there_is_room (void)
{
  for (unsigned full = 1; full <= 3; full += 2) {
    g_autoptr (Kit) kit = prepare (&choose, 10);

    kit_run (kit);
    g_assert_cmpuint (kit_count (kit, 0), ==, 6);
    assert_waits_for_room (kit);
    drain (kit, full);
    kit_run (kit);
    g_assert_cmpuint (kit_count (kit, 0), ==, 4);
    g_assert_cmpuint (kit_count (kit, full), ==, 2);
    assert_waits_for_room (kit);
  }
}

/* What comes in changes nothing. */
static void
test_input_does_not_wake_it (void)
{
  g_autoptr (Kit) kit = prepare (&choose, 10);
  unsigned n;

  kit_run (kit);
  n = atomic_load (&n_triggers);
  atomic_store (&to_make, 5);
  kit_advance (kit, INT64_C (3600) * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, 11);
  g_assert_cmpuint (atomic_load (&n_triggers), ==, n);
}

static void
test_room_that_comes_meanwhile (void)
{
  g_autoptr (Kit) kit = prepare (&drains, 7);

  drained = kit;
  atomic_store (&n_turns, 0);
  kit_run (kit);
  g_assert_cmpuint (atomic_load (&n_turns), >, 1);
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 2);
  assert_waits_for_room (kit);
}

static void
test_with_threads (gconstpointer type)
{
  g_autoptr (Kit) kit = kit_new_with_threads (4);

  atomic_store (&to_make, 20000);
  atomic_store (&n_arrived, 0);
  kit_processor (kit, "make", &make)->yield_usec = INT64_MAX;
  kit_processor (kit, "test", type)->schedule.tasks = 2;
  kit_processor (kit, "one", &end);
  kit_processor (kit, "two", &end);
  kit_connect (kit, "make", "success", "test")->max_count = 100;
  kit_connect (kit, "test", "success", "one")->max_count = 3;
  kit_connect (kit, "test", "failure", "two")->max_count = 20;
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  g_assert_cmpuint (atomic_load (&n_arrived), ==, 20000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/sleeps", test_sleeps_until_there_is_room);
  g_test_add_func ("/room/input", test_input_does_not_wake_it);
  g_test_add_func ("/room/meanwhile", test_room_that_comes_meanwhile);
  g_test_add_data_func ("/room/threads/choose", &choose, test_with_threads);
  g_test_add_data_func ("/room/threads/alternate", &alternate, test_with_threads);
  return g_test_run ();
}
