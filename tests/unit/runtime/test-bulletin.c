/* Tests engine/runtime/bulletin.c: who is told what. */
#include "kit.h"

#include <string.h>

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  WeirContext *context = weir_session_get_context (session);
  g_autofree char *done = weir_session_get_state (session, "done");

  if (done != NULL)
    return true;
  weir_session_set_state (session, "done", "yes");
  weir_context_log (context, WEIR_LOG_DEBUG, "for who looks for a mistake");
  weir_context_log (context, WEIR_LOG_WARNING, "%d of %d", 1, 2);
  weir_context_log (context, WEIR_LOG_ERROR, "line\n\033[2J\377");
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);

/* All are told, those from the processor's level on are kept. */
static void
test_levels (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autoptr (GPtrArray) kept = NULL;
  const WeirBulletin *first;

  kit_processor (kit, "make", &make);
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit->messages->len, ==, 3);
  kept = weir_board_list (kit->engine->board, 0);
  g_assert_cmpuint (kept->len, ==, 2);
  first = kept->pdata[0];
  g_assert_cmpint (first->level, ==, WEIR_LOG_WARNING);
  g_assert_cmpstr (first->component, ==, "make");
  g_assert_cmpstr (first->message, ==, "1 of 2");
  g_assert_cmpint (first->wall, ==, weir_clock_get_wall (kit->clock));
  g_assert_cmpuint (atomic_load (&kit_node (kit, "make")->stats.bulletins), ==, 2);

  g_ptr_array_unref (g_steal_pointer (&kept));
  kept = weir_board_list (kit->engine->board, 2);
  g_assert_cmpuint (kept->len, ==, 1); /* those after the second */
}

/* Who reads the message has a terminal that does as it is told. */
static void
test_messages_are_cleaned (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  kit_processor (kit, "make", &make);
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpstr (kit_message (kit), ==, "line\n\\x1b[2J\\xff");
}

static bool
on_fail (void *state, WeirSession *session, GError **error)
{
  if (weir_session_get (session) == NULL)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "no good");
  return false;
}

static const WeirProcessor fail = KIT_PROCESSOR ("Fail", on_fail, .input = WEIR_INPUT_REQUIRED);

static bool
on_begin (void *state, WeirSession *session, GError **error)
{
  g_autofree char *done = weir_session_get_state (session, "done");

  if (done != NULL)
    return true;
  weir_session_transfer (session, weir_session_create (session), 0);
  weir_session_set_state (session, "done", "yes");
  return true;
}

static const WeirProcessor begin = KIT_PROCESSOR ("Begin", on_begin, .input = WEIR_INPUT_FORBIDDEN);

/* With which FlowFile a processor failed is part of what is told. */
static void
test_names_the_flowfile (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autoptr (GPtrArray) kept = NULL;
  const WeirBulletin *bulletin;
  uint64_t install;
  uint64_t id;

  kit_processor (kit, "begin", &begin);
  kit_processor (kit, "fail", &fail);
  kit_connect (kit, "begin", "success", "fail");
  kit_start (kit);
  kit_run (kit);
  kept = weir_board_list (kit->engine->board, 0);
  g_assert_cmpuint (kept->len, ==, 1);
  bulletin = kept->pdata[0];
  g_assert_true (bulletin->is_kept);
  g_assert_nonnull (bulletin->flowfile);
  g_assert_true (weir_uuid_parse (bulletin->flowfile, &install, &id));
  g_assert_cmpuint (id, ==, kit_queue (kit, 0)->penalized.items[0].flowfile->id);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bulletin/levels", test_levels);
  g_test_add_func ("/bulletin/cleaned", test_messages_are_cleaned);
  g_test_add_func ("/bulletin/flowfile", test_names_the_flowfile);
  return g_test_run ();
}
