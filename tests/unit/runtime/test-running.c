/* Tests engine/runtime/running.c: what people want of nodes, while others run. Guards invariants 2,
 * 5 and 9 (ARCHITECTURE.md). */
#include "kit.h"

#include "runtime/running.h"

static _Atomic unsigned n_triggers;
static _Atomic unsigned n_scheduled;
static _Atomic unsigned n_stopped;
static _Atomic unsigned n_ended;
static _Atomic bool is_in_trigger;
static _Atomic bool may_return;

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  n_scheduled++;
  return true;
}

static void
on_stopped (void *state)
{
  n_stopped++;
}

static bool
make (void *state, WeirSession *session, GError **error)
{
  n_triggers++;
  weir_session_transfer (session, weir_session_create (session), 0);
  return true;
}

static bool
end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  n_ended++;
  weir_session_remove (session, flowfile);
  return true;
}

/* Stays in its trigger until it may return. */
static bool
hang (void *state, WeirSession *session, GError **error)
{
  is_in_trigger = true;
  while (!may_return)
    g_usleep (100);
  return true;
}

static const WeirProcessor maker =
    KIT_PROCESSOR ("Make", make, .input = WEIR_INPUT_FORBIDDEN, .on_scheduled = on_scheduled,
                   .on_stopped = on_stopped);
static const WeirProcessor ender = KIT_PROCESSOR ("End", end, .input = WEIR_INPUT_REQUIRED);
static const WeirProcessor hanger =
    KIT_PROCESSOR ("Hang", hang, .input = WEIR_INPUT_FORBIDDEN, .on_stopped = on_stopped);

static const char *const make_path[] = { "make", NULL };
static const char *const end_path[] = { "end", NULL };
static const char *const all_paths[] = { "", NULL };

static void
reset (void)
{
  n_triggers = n_scheduled = n_stopped = n_ended = 0;
  is_in_trigger = may_return = false;
}

static Kit *
with_flow (Kit *kit)
{
  WeirConnection *connection;

  reset ();
  kit_processor (kit, "make", &maker)->schedule.mode = WEIR_SCHEDULE_EVERY;
  ((WeirProcessorNode *)weir_flow_find (kit->flow, "make"))->schedule.every_usec = G_USEC_PER_SEC;
  kit_processor (kit, "end", &ender);
  connection = kit_connect (kit, "make", "success", "end");
  connection->max_count = 5;
  return kit;
}

static void
wait_stopped (Kit *kit, const char *const *paths)
{
  g_autoptr (GError) error = NULL;

  weir_engine_wait_stopped (kit->engine, paths, KIT_LONG, &error);
  g_assert_no_error (error);
}

static void
stop (Kit *kit, const char *const *paths, unsigned n_expected)
{
  g_autoptr (GError) error = NULL;
  unsigned n;

  weir_engine_stop_nodes (kit->engine, paths, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, n_expected);
  wait_stopped (kit, paths);
}

static void
start (Kit *kit, const char *const *paths, unsigned n_expected)
{
  g_autoptr (GError) error = NULL;
  unsigned n;

  weir_engine_start_nodes (kit->engine, paths, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, n_expected);
}

static void
test_stop_and_start (void)
{
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());

  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 1);
  stop (kit, end_path, 1);
  for (unsigned i = 0; i < 10; i++)
    kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, 5); /* what is full holds it up */
  g_assert_cmpuint (n_triggers, ==, 6);
  g_assert_cmpuint (n_stopped, ==, 0);
  stop (kit, make_path, 1);
  g_assert_cmpuint (n_stopped, ==, 1);
  kit_advance (kit, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_triggers, ==, 6);
  start (kit, end_path, 1);
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 6);
  g_assert_cmpuint (n_triggers, ==, 6);
  start (kit, all_paths, 1);
  kit_run (kit);
  g_assert_cmpuint (n_triggers, ==, 7);
  g_assert_cmpuint (n_scheduled, ==, 2);
}

static void
test_once (void)
{
  const char *const none[] = { NULL };
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());
  g_autoptr (GError) error = NULL;

  kit->options.stopped = all_paths;
  kit_start (kit);
  kit_advance (kit, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_scheduled, ==, 0);
  for (unsigned i = 1; i < 4; i++) {
    g_assert_true (weir_engine_run_once (kit->engine, "make", NULL));
    kit_advance (kit, 10 * G_USEC_PER_SEC);
    g_assert_cmpuint (n_triggers, ==, i);
    g_assert_cmpuint (n_stopped, ==, i);
  }
  g_assert_cmpuint (kit_count (kit, 0), ==, 3);
  g_assert_true (weir_engine_run_once (kit->engine, "end", NULL));
  kit_run (kit);
  g_assert_cmpuint (n_ended, ==, 1);

  start (kit, make_path, 1);
  g_assert_false (weir_engine_run_once (kit->engine, "make", &error));
  g_assert_cmpstr (error->message, ==, "make: it runs; stop it first");
  g_clear_error (&error);
  g_assert_false (weir_engine_run_once (kit->engine, "", &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (weir_engine_run_once (kit->engine, "nobody", &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_true (weir_engine_stop_nodes (kit->engine, none, NULL, NULL));
}

/* Started while its one trigger is still to come, it goes on. */
static void
test_once_then_started (void)
{
  g_autoptr (Kit) kit = with_flow (kit_new_by_hand ());

  kit->options.stopped = all_paths;
  kit_start (kit);
  g_assert_true (weir_engine_run_once (kit->engine, "make", NULL));
  start (kit, make_path, 1);
  for (unsigned i = 0; i < 3; i++)
    kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (n_triggers, >=, 3);
}

/* One that does not come back is told of; when it does, it is finished, and started if it is wanted
 * by then. */
static void
test_slow (void)
{
  const char *const paths[] = { "hang", NULL };
  g_autoptr (Kit) kit = kit_new_with_threads (2);
  g_autoptr (GError) error = NULL;

  reset ();
  kit_processor (kit, "hang", &hanger);
  kit_start (kit);
  while (!is_in_trigger)
    g_usleep (100);
  g_assert_true (weir_engine_stop_nodes (kit->engine, paths, NULL, NULL));
  g_assert_false (weir_engine_wait_stopped (kit->engine, paths, 1000, &error));
  g_assert_nonnull (strstr (error->message, "hang has not come back"));
  g_assert_cmpuint (n_stopped, ==, 0);
  g_assert_true (weir_engine_start_nodes (kit->engine, paths, NULL, NULL));
  is_in_trigger = false;
  may_return = true;
  while (!is_in_trigger)
    g_usleep (100);
  g_assert_cmpuint (n_stopped, ==, 1);
  stop (kit, paths, 1);
  g_assert_cmpuint (n_stopped, ==, 2);
}

/* Stopped and started at random while data flows: nothing is lost. */
static void
test_threads (void)
{
  static const char *const choices[][2] = { { "make" }, { "end" }, { "" }, { "group" } };
  g_autoptr (Kit) kit = with_flow (kit_new_with_threads (3));
  WeirGroup *group = weir_group_new ("group");

  weir_group_add (kit->flow->root, &group->base, -1);
  weir_group_add (group, &weir_funnel_new ("alone")->base, -1);
  ((WeirProcessorNode *)weir_flow_find (kit->flow, "make"))->schedule.every_usec = 0;
  kit_start (kit);
  for (unsigned i = 0; i < 400; i++) {
    const char *const *paths = choices[g_test_rand_int_range (0, 4)];

    if (g_test_rand_bit ())
      g_assert_true (weir_engine_stop_nodes (kit->engine, paths, NULL, NULL));
    else
      g_assert_true (weir_engine_start_nodes (kit->engine, paths, NULL, NULL));
    if (g_test_rand_int_range (0, 8) == 0)
      weir_engine_is_idle (kit->engine);
  }
  g_assert_true (weir_engine_stop_nodes (kit->engine, all_paths, NULL, NULL));
  wait_stopped (kit, all_paths);
  g_assert_cmpuint (n_triggers, ==, n_ended + kit_count (kit, 0));
  g_assert_cmpuint (n_scheduled, ==, n_stopped);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/running/stop and start", test_stop_and_start);
  g_test_add_func ("/running/once", test_once);
  g_test_add_func ("/running/once, then started", test_once_then_started);
  g_test_add_func ("/running/slow", test_slow);
  g_test_add_func ("/running/threads", test_threads);
  return g_test_run ();
}
