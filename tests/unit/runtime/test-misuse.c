/* Tests that a module which misuses its session is contained: its trigger is undone, people are
 * told, and the engine goes on and ends as if it had not been. Guards invariants 2, 3 and 9. */
#include "kit.h"

#include <string.h>

static WeirReader *left_reader;
static WeirWriter *left_writer;
static WeirFlowFile *kept;
static unsigned n_triggers;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  g_autofree char *content = g_strnfill (20000, 'x');
  WeirFlowFile *flowfile;

  if (n_triggers > 0)
    return true;
  n_triggers++;
  flowfile = weir_session_create (session);
  g_assert_true (weir_session_set_content (session, flowfile, content, 20000, NULL));
  weir_session_transfer (session, flowfile, 0);
  return true;
}

/* Leaves both open, and comes back to them when they are long gone. */
static bool
on_leave_open (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autofree char *content = g_strnfill (20000, 'y');
  g_autoptr (GError) refused = NULL;
  char buffer[10];

  if (flowfile == NULL)
    return true;
  if (left_reader == NULL) {
    left_reader = weir_session_read (session, flowfile, NULL);
    left_writer = weir_session_write (session, flowfile, NULL);
    g_assert_true (weir_writer_write (left_writer, content, 20000, NULL));
    weir_session_transfer (session, flowfile, 0);
    return true;
  }
  g_assert_cmpint (weir_reader_read (left_reader, buffer, sizeof buffer, &refused), <, 0);
  g_assert_nonnull (refused);
  g_assert_false (weir_writer_write (left_writer, "a", 1, NULL));
  g_assert_false (weir_writer_write_content (left_writer, flowfile, 0, 1, NULL));
  g_assert_false (weir_writer_close (left_writer, NULL));
  weir_reader_free (left_reader);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_leave_open_for_ever (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  left_reader = weir_session_read (session, flowfile, NULL);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_use_nothing (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  weir_session_transfer (session, flowfile, 0);
  switch (n_triggers++) {
  case 1:
    weir_session_transfer (session, weir_session_clone (session, NULL), 0);
    break;
  case 2:
    weir_session_transfer (session, weir_session_slice (session, NULL, 0, 0), 0);
    break;
  case 3:
    weir_session_take (session, NULL);
    break;
  case 4:
    weir_session_set_state (session, NULL, "value");
    break;
  case 5:
    g_assert_null (weir_session_get_state (session, NULL));
    break;
  case 6:
    weir_session_adjust_counter (session, NULL, 1);
    break;
  }
  return true;
}

/* Clones what has left it a turn ago and lies in a queue. */
static bool
on_keep (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (kept != NULL && n_triggers++ == 2)
    weir_session_transfer (session, weir_session_clone (session, kept), 0);
  if (flowfile == NULL)
    return true;
  kept = flowfile;
  weir_session_transfer (session, flowfile, 0);
  weir_context_wake_after (weir_session_get_context (session), G_USEC_PER_SEC);
  return true;
}

/* Holds what it got and sends a child that is retried. */
static bool
on_hold_and_retry (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile != NULL) {
    weir_session_transfer (session, weir_session_clone (session, flowfile), 1);
    weir_session_hold (session, flowfile);
    kept = flowfile;
    weir_context_wake_after (weir_session_get_context (session), G_USEC_PER_SEC);
  } else if (kept != NULL) {
    weir_session_take (session, kept);
    weir_session_transfer (session, g_steal_pointer (&kept), 0);
  }
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor leave_open = KIT_PROCESSOR ("LeaveOpen", on_leave_open);
static const WeirProcessor for_ever = KIT_PROCESSOR ("ForEver", on_leave_open_for_ever);
static const WeirProcessor use_nothing = KIT_PROCESSOR ("UseNothing", on_use_nothing);
static const WeirProcessor keep = KIT_PROCESSOR ("Keep", on_keep);
static const WeirProcessor hold_and_retry = KIT_PROCESSOR ("HoldAndRetry", on_hold_and_retry);

static WeirProcessorNode *
prepare (Kit *kit, const WeirProcessor *type)
{
  WeirProcessorNode *test;

  left_reader = NULL;
  left_writer = NULL;
  kept = NULL;
  n_triggers = 0;
  kit_processor (kit, "make", &make)->yield_usec = INT64_MAX;
  test = kit_processor (kit, "test", type);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "test");
  kit_connect (kit, "test", "success", "end");
  return test;
}

static void
test_what_was_left_open (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  prepare (kit, &leave_open)->penalty_usec = G_USEC_PER_SEC;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit->messages->len, ==, 1);
  g_assert_nonnull (strstr (kit_message (kit), "left a reader or writer open"));
  kit_advance (kit, G_USEC_PER_SEC);
  kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (kit->messages->len, ==, 1); /* using it harms nobody */
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
}

/* The engine ends; without a crash, that is, for content that somebody looks at. */
static void
test_what_is_never_closed (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  prepare (kit, &for_ever);
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit->messages->len, ==, 1);
  g_clear_pointer (&kit, kit_free);
  weir_reader_free (left_reader);
}

static void
test_nothing (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  prepare (kit, &use_nothing)->penalty_usec = G_USEC_PER_SEC;
  kit_start (kit);
  kit_run (kit);
  for (unsigned i = 1; i <= 6; i++) {
    g_assert_cmpuint (kit->messages->len, ==, i);
    kit_advance (kit, G_USEC_PER_SEC);
  }
  g_assert_cmpuint (kit->messages->len, ==, 6);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
}

static void
test_a_clone_of_what_is_gone (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  prepare (kit, &keep);
  kit_start (kit);
  kit_run (kit);
  kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (kit->messages->len, ==, 1);
  g_assert_nonnull (strstr (kit_message (kit), "not in its session"));
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
}

static void
test_what_is_held_is_not_retried (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  WeirRetry *retry = weir_processor_node_add_retry (prepare (kit, &hold_and_retry), "failure");

  retry->attempts = 5;
  retry->max_usec = G_USEC_PER_SEC;
  kit_funnel (kit, "failed");
  kit_connect (kit, "test", "failure", "failed");
  kit_start (kit);
  kit_run (kit);
  kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (kit->messages->len, ==, 0);
  g_assert_cmpuint (kit_count (kit, 1), ==, 1);
  g_assert_cmpuint (kit_count (kit, 2), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/misuse/left open", test_what_was_left_open);
  g_test_add_func ("/misuse/never closed", test_what_is_never_closed);
  g_test_add_func ("/misuse/nothing", test_nothing);
  g_test_add_func ("/misuse/gone", test_a_clone_of_what_is_gone);
  g_test_add_func ("/misuse/held", test_what_is_held_is_not_retried);
  return g_test_run ();
}
