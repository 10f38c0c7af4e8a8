/* Tests engine/runtime/node.c, activation.c and schedule.c: when a processor runs, and when not.
 * Time is held. Guards invariants 7 and 8. */
#include "kit.h"

#include <string.h>

static unsigned to_make;
static unsigned n_triggers;
static unsigned n_waits;
static bool startable;
static unsigned n_started;
static unsigned n_stopped;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile;

  n_triggers++;
  if (to_make == 0)
    return true;
  to_make--;
  flowfile = weir_session_create (session);
  weir_session_set_content (session, flowfile, "0123456789", 10, NULL);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_make_and_rest (void *state, WeirSession *session, GError **error)
{
  if (to_make == 0)
    weir_context_yield_for (weir_session_get_context (session), INT64_C (3600) * G_USEC_PER_SEC);
  return on_make (state, session, error);
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
on_loop (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  n_triggers++;
  weir_session_transfer (session, flowfile, n_triggers % 3 == 0 ? 0 : 1);
  return true;
}

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  if (startable) {
    n_started++;
    return true;
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "no such directory");
  return false;
}

static void
on_stopped (void *state)
{
  n_stopped++;
}

/* Keeps what it gets and asks to be triggered when that is 7 s old. */
static bool
on_wait (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  n_waits++;
  if (flowfile == NULL)
    return true;
  weir_session_hold (session, flowfile);
  weir_context_wake_after (weir_session_get_context (session), 7 * G_USEC_PER_SEC);
  return true;
}

static bool
on_ignore (void *state, WeirSession *session, GError **error)
{
  n_waits++;
  return true;
}

static bool
on_choose (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile;
  unsigned relationship = weir_context_has_room (weir_session_get_context (session), 0) ? 0 : 1;

  flowfile = weir_session_get (session);
  if (flowfile != NULL)
    weir_session_transfer (session, flowfile, relationship);
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor make_and_rest =
    KIT_PROCESSOR ("MakeAndRest", on_make_and_rest, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor pass = KIT_PROCESSOR ("Pass", on_pass);
static const WeirProcessor loop = KIT_PROCESSOR ("Loop", on_loop);
static const WeirProcessor start =
    KIT_PROCESSOR ("Start", on_pass, .on_scheduled = on_scheduled, .on_stopped = on_stopped);
static const WeirProcessor waits = KIT_PROCESSOR ("Wait", on_wait);
static const WeirProcessor ignores = KIT_PROCESSOR ("Ignore", on_ignore);
static const WeirProcessor choose = KIT_PROCESSOR ("Choose", on_choose, .any_destination = true);

static Kit *
prepare (const WeirProcessor *type, unsigned n)
{
  Kit *kit = kit_new_by_hand ();

  to_make = n;
  n_triggers = n_waits = n_started = n_stopped = 0;
  kit_processor (kit, "make", &make);
  kit_processor (kit, "test", type);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "test");
  kit_connect (kit, "test", "success", "end");
  return kit;
}

static WeirProcessorNode *
processor (Kit *kit, const char *id)
{
  return (WeirProcessorNode *)weir_group_find (kit->flow->root, id);
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

static WeirWait
wait_of (Kit *kit, const char *id)
{
  return weir_node_get_wait (kit_node (kit, id), weir_clock_get_monotonic (kit->clock), NULL);
}

static void
test_a_dry_source_rests (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 3);

  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 3);
  g_assert_cmpuint (n_triggers, <=,
                    5); /* three, the one that ends the turn, one that brings nothing */
  g_assert_true (weir_engine_is_idle (kit->engine));
  g_assert_cmpint (wait_of (kit, "make"), ==, WEIR_WAIT_YIELD);
  g_assert_cmpint (wait_of (kit, "test"), ==, WEIR_WAIT_INPUT);
  to_make = 1;
  kit_advance (kit, G_USEC_PER_SEC - 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 3);
  kit_advance (kit, 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 4);
}

/* Its last trigger may come in one turn with those that brought something. */
static void
test_a_source_that_rests_is_dry (void)
{
  for (unsigned n = 0; n < 10; n++) {
    g_autoptr (Kit) kit = kit_new_by_hand ();

    to_make = n;
    kit_processor (kit, "make", &make_and_rest);
    kit_funnel (kit, "end");
    kit_connect (kit, "make", "success", "end");
    kit_start (kit);
    kit_run (kit);
    g_assert_cmpuint (kit_count (kit, 0), ==, n);
    g_assert_true (weir_engine_is_idle (kit->engine));
  }
}

static void
test_back_pressure_by_count (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 1000);

  connection (kit, 1)->max_count = 10;
  connection (kit, 0)->max_count = 20;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 10);
  g_assert_cmpuint (kit_count (kit, 0), ==, 20);
  g_assert_cmpint (wait_of (kit, "make"), ==, WEIR_WAIT_ROOM);
  g_assert_cmpint (wait_of (kit, "test"), ==, WEIR_WAIT_ROOM);
  g_assert_true (weir_engine_is_idle (kit->engine));
}

static void
test_a_limit_of_one_is_kept (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 1000);

  connection (kit, 0)->max_count = 1;
  connection (kit, 1)->max_count = 1;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
}

static void
test_back_pressure_by_bytes (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 1000);

  connection (kit, 1)->max_bytes = 95;
  kit_start (kit);
  kit_run (kit);
  /* Bytes are known once they are there: it may overshoot by one session. */
  g_assert_cmpuint (atomic_load (&kit_queue (kit, 1)->bytes), >=, 95);
  g_assert_cmpuint (kit_count (kit, 1), <=, 256);
}

/* What is left in front of a node that is held up is less than its limit and more than half. */
static void
test_room_is_told_when_the_target_is_held_up (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 1000);

  connection (kit, 0)->max_count = 10;
  connection (kit, 1)->max_count = 13;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 13);
  g_assert_cmpuint (kit_count (kit, 0), ==, 10);
  g_assert_cmpint (wait_of (kit, "make"), ==, WEIR_WAIT_ROOM);
  g_assert_true (weir_engine_is_idle (kit->engine));
}

/* The same when what made room was an expiry. */
static void
test_room_is_told_after_an_expiry (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 4);

  connection (kit, 0)->max_count = 10;
  connection (kit, 0)->expire_usec = 10 * G_USEC_PER_SEC;
  processor (kit, "test")->disabled = true;
  kit_start (kit);
  kit_run (kit);
  to_make = 1000;
  kit_advance (kit, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (wait_of (kit, "make"), ==, WEIR_WAIT_ROOM);
  kit_advance (kit, 5 * G_USEC_PER_SEC);
  kit_advance (kit, 5 * G_USEC_PER_SEC / 2);
  g_assert_cmpuint (atomic_load (&kit_queue (kit, 0)->expired), ==, 4);
  g_assert_cmpuint (kit_count (kit, 0), ==, 10);
}

static void
test_room_wakes_the_source (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 1000);

  connection (kit, 0)->max_count = 3;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1000);
}

static void
test_a_loop_does_not_hold_itself_up (void)
{
  g_autoptr (Kit) kit = prepare (&loop, 100);

  kit_connect (kit, "test", "failure", "test")->max_count = 1;
  connection (kit, 0)->max_count = 1;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 100);
}

static void
test_any_destination (void)
{
  g_autoptr (Kit) kit = prepare (&choose, 100);

  kit_funnel (kit, "other");
  kit_connect (kit, "test", "failure", "other");
  connection (kit, 1)->max_count = 10;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 10);
  g_assert_cmpuint (kit_count (kit, 2), ==, 90);
}

static void
test_every (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 100);

  processor (kit, "make")->schedule.mode = WEIR_SCHEDULE_EVERY;
  processor (kit, "make")->schedule.every_usec = 5 * G_USEC_PER_SEC;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  kit_advance (kit, 5 * G_USEC_PER_SEC - 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  g_assert_cmpint (wait_of (kit, "make"), ==, WEIR_WAIT_SCHEDULE);
  kit_advance (kit, 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 2);
  g_assert_false (weir_engine_is_idle (kit->engine)); /* it may bring more */
}

static void
test_every_for_what_has_input (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 3);

  processor (kit, "test")->schedule.mode = WEIR_SCHEDULE_EVERY;
  processor (kit, "test")->schedule.every_usec = 10 * G_USEC_PER_SEC;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  kit_advance (kit, 10 * G_USEC_PER_SEC);
  kit_advance (kit, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 1), ==, 3);
  g_assert_cmpint (wait_of (kit, "test"), ==, WEIR_WAIT_INPUT);
}

static void
test_cron (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 100);

  processor (kit, "make")->schedule.mode = WEIR_SCHEDULE_CRON;
  processor (kit, "make")->schedule.cron = g_strdup ("0 * * * * *"); /* each full minute */
  kit_start (kit);                                                   /* at 22:13:20 */
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 1), ==, 0);
  kit_advance (kit, 39 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 1), ==, 0);
  kit_advance (kit, 1 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  kit_advance (kit, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 1), ==, 2);
}

static void
test_wake_after (void)
{
  g_autoptr (Kit) kit = prepare (&waits, 1);
  unsigned before;

  kit_start (kit);
  kit_run (kit);
  before = n_waits;
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  g_assert_false (weir_engine_is_idle (kit->engine));
  kit_advance (kit, 7 * G_USEC_PER_SEC - 1);
  g_assert_cmpuint (n_waits, ==, before);
  kit_advance (kit, 1);
  g_assert_cmpuint (n_waits, ==, before + 1);
  g_assert_true (weir_engine_is_idle (kit->engine));
}

static void
test_who_leaves_its_input_rests (void)
{
  g_autoptr (Kit) kit = prepare (&ignores, 1);

  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (n_waits, <=, 2);
  kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (n_waits, <=, 3);
}

/* Finds nothing in its queue, but when it returns there is something: as when another task of the
 * node took what this one was triggered for, and more came in meanwhile. */
static bool
on_miss (void *state, WeirSession *session, GError **error)
{
  WeirQueue *queue = session->node->inputs[0];
  WeirFlowFile *flowfile = weir_session_get (session);
  WeirList list = { 0 };

  n_waits++;
  if (flowfile != NULL) {
    weir_session_transfer (session, flowfile, 0);
  } else if (n_waits == 1) {
    weir_list_append (&list, weir_flowfile_new (&session->magazine));
    weir_queue_push (queue, &list, 0);
  }
  return true;
}

static const WeirProcessor miss = KIT_PROCESSOR ("Miss", on_miss);

static void
test_who_finds_nothing_does_not_rest (void)
{
  g_autoptr (Kit) kit = prepare (&miss, 0);

  kit_start (kit);
  kit_run (kit);
  atomic_store (&kit_node (kit, "test")->wake_at, 0);
  weir_node_wake (kit_node (kit, "test"), NULL);
  kit_run (kit);
  g_assert_cmpuint (n_waits, >=, 2);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
}

/* Without a pause it would be asked as fast as possible, and for ever. */
static void
test_a_yield_of_nothing_is_a_rest (void)
{
  g_autoptr (Kit) kit = prepare (&ignores, 3);

  processor (kit, "make")->yield_usec = processor (kit, "test")->yield_usec = 0;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 3);
  g_assert_cmpuint (n_triggers, <=, 5);
  g_assert_cmpuint (n_waits, <=, 3);
}

/* The longest time there is, where a module or a flow file asks for one. */
static bool
on_wait_for_ever (void *state, WeirSession *session, GError **error)
{
  WeirContext *context = weir_session_get_context (session);
  WeirFlowFile *flowfile = weir_session_get (session);

  n_waits++;
  weir_context_wake_after (context, INT64_MAX);
  weir_context_yield_for (context, INT64_MAX);
  if (flowfile == NULL)
    return true;
  weir_session_penalize (session, flowfile);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor wait_for_ever = KIT_PROCESSOR ("WaitForEver", on_wait_for_ever);

static void
test_times_without_end (void)
{
  g_autoptr (Kit) kit = prepare (&wait_for_ever, 3);
  WeirProcessorNode *make_node = processor (kit, "make");

  make_node->schedule.mode = WEIR_SCHEDULE_EVERY;
  make_node->schedule.every_usec = INT64_MAX;
  processor (kit, "test")->penalty_usec = INT64_MAX;
  connection (kit, 0)->expire_usec = connection (kit, 1)->expire_usec = INT64_MAX;
  kit_start (kit);
  kit_run (kit);
  kit_advance (kit, 1000 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_waits, ==, 1);
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  g_assert_cmpuint (atomic_load (&kit_queue (kit, 1)->ready), ==, 0);
  g_assert_true (weir_engine_is_idle (kit->engine)); /* what never comes is not waited for */
}

static void
test_start_is_tried_again (void)
{
  g_autoptr (Kit) kit = prepare (&start, 3);

  startable = false;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpstr (kit_message (kit), ==, "cannot start: no such directory; trying again in 10 s");
  g_assert_cmpuint (kit_count (kit, 0), ==, 3);
  startable = true;
  kit_advance (kit, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_started, ==, 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 3);
  g_clear_pointer (&kit, kit_free);
  g_assert_cmpuint (n_stopped, ==, 1);
}

static void
test_what_was_never_started_is_not_stopped (void)
{
  g_autoptr (Kit) kit = prepare (&start, 0);

  startable = false;
  kit_start (kit);
  kit_run (kit);
  g_clear_pointer (&kit, kit_free);
  g_assert_cmpuint (n_stopped, ==, 0);
}

static void
test_disabled (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 3);

  processor (kit, "test")->disabled = true;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 3);
  g_assert_cmpint (wait_of (kit, "test"), ==, WEIR_WAIT_STOPPED);
  g_assert_true (weir_engine_is_idle (kit->engine));
}

static void
test_expiry_behind_what_does_not_run (void)
{
  g_autoptr (Kit) kit = prepare (&pass, 3);

  connection (kit, 0)->expire_usec = 60 * G_USEC_PER_SEC;
  processor (kit, "test")->disabled = true;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 3);
  to_make = 0;
  kit_advance (kit, 59 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, 3);
  kit_advance (kit, 20 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  g_assert_cmpuint (atomic_load (&kit_queue (kit, 0)->expired), ==, 3);
  g_assert_cmpuint (atomic_load (&kit_node (kit, "test")->stats.in_count), ==, 0);
}

static void
test_idle_nodes_arm_no_timer (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  kit_funnel (kit, "never");
  for (unsigned i = 0; i < 100; i++) {
    g_autofree char *id = g_strdup_printf ("pass-%u", i);
    kit_processor (kit, id, &pass);
    kit_connect (kit, i == 0 ? "never" : id, i == 0 ? NULL : "failure", id);
  }
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpint (weir_timers_get_next (kit->engine->timers), ==, INT64_MAX);
  g_assert_true (weir_engine_is_idle (kit->engine));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/dry source", test_a_dry_source_rests);
  g_test_add_func ("/node/resting source", test_a_source_that_rests_is_dry);
  g_test_add_func ("/node/back pressure by count", test_back_pressure_by_count);
  g_test_add_func ("/node/limit of one", test_a_limit_of_one_is_kept);
  g_test_add_func ("/node/back pressure by bytes", test_back_pressure_by_bytes);
  g_test_add_func ("/node/room behind", test_room_is_told_when_the_target_is_held_up);
  g_test_add_func ("/node/room by expiry", test_room_is_told_after_an_expiry);
  g_test_add_func ("/node/room", test_room_wakes_the_source);
  g_test_add_func ("/node/loop", test_a_loop_does_not_hold_itself_up);
  g_test_add_func ("/node/any destination", test_any_destination);
  g_test_add_func ("/node/every", test_every);
  g_test_add_func ("/node/every with input", test_every_for_what_has_input);
  g_test_add_func ("/node/cron", test_cron);
  g_test_add_func ("/node/wake after", test_wake_after);
  g_test_add_func ("/node/leaves its input", test_who_leaves_its_input_rests);
  g_test_add_func ("/node/finds nothing", test_who_finds_nothing_does_not_rest);
  g_test_add_func ("/node/yield of nothing", test_a_yield_of_nothing_is_a_rest);
  g_test_add_func ("/node/without end", test_times_without_end);
  g_test_add_func ("/node/start again", test_start_is_tried_again);
  g_test_add_func ("/node/never started", test_what_was_never_started_is_not_stopped);
  g_test_add_func ("/node/disabled", test_disabled);
  g_test_add_func ("/node/expiry", test_expiry_behind_what_does_not_run);
  g_test_add_func ("/node/idle", test_idle_nodes_arm_no_timer);
  return g_test_run ();
}
