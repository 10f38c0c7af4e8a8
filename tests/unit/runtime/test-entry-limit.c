/* Tests engine/runtime/{commit,activation}.c where a session is more than one entry of the log
 * takes: it is undone as a whole, a person is told, and what fits goes on. Guards invariants 2, 3
 * and 9 (ARCHITECTURE.md). */
#include "kit.h"

#include "runtime/bulletin.h"
#include "runtime/effects.h"

#include <stdlib.h>

#define LONG  (20 * G_USEC_PER_SEC) /* a bound for what takes milliseconds */
#define LIMIT 10000u                /* bytes of an entry */

static _Atomic unsigned n_happened, n_ended;

static void
on_effect (void *data)
{
  atomic_fetch_add (&n_happened, 1);
}

static void
on_effect_end (void *data)
{
  atomic_fetch_add (&n_ended, 1);
}

static const unsigned *sizes; /* of what is to be made, one a trigger; 0: all are */

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  g_autofree char *made = weir_session_get_state (session, "made");
  unsigned n = made != NULL ? (unsigned)atoi (made) : 0;
  g_autofree char *next = g_strdup_printf ("%u", n + 1);
  WeirFlowFile *flowfile;

  if (sizes[n] == 0)
    return true;
  flowfile = weir_session_create (session);
  weir_session_put_attribute_printf (session, flowfile, "size", "%u", sizes[n]);
  weir_session_transfer (session, flowfile, 0);
  weir_session_set_state (session, "made", next);
  return true;
}

/* Each FlowFile gets an attribute of the size that it says. */
static bool
on_grow (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autofree char *value = NULL;

  if (flowfile == NULL)
    return true;
  value = g_strnfill ((gsize)atoi (weir_flowfile_get_attribute (flowfile, "size")), 'x');
  weir_session_put_attribute (session, flowfile, "value", value);
  weir_session_set_content (session, flowfile, "some", 4, NULL);
  weir_session_set_state (session, "last", weir_flowfile_get_attribute (flowfile, "size"));
  weir_session_adjust_counter (session, "grown", 1);
  weir_session_on_durable (session, on_effect, NULL, on_effect_end);
  weir_session_transfer (session, weir_session_clone (session, flowfile), 1);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor grow = KIT_PROCESSOR ("Grow", on_grow);

/* make > grow > end, good; grow also has a copy for two others. */
static Kit *
new_kit (char **ret_directory, const unsigned *to_make)
{
  Kit *kit = kit_new_by_hand ();

  *ret_directory = g_dir_make_tmp ("weir-limit-XXXXXX", NULL);
  kit->options.data_dir = *ret_directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = 1024 * 1024;
  kit->options.entry_max = LIMIT;
  kit_processor (kit, "make", &make);
  kit_processor (kit, "grow", &grow);
  kit_funnel (kit, "one");
  kit_funnel (kit, "other");
  kit_funnel (kit, "third");
  kit_connect (kit, "make", "success", "grow");
  kit_connect (kit, "grow", "success", "one");
  kit_connect (kit, "grow", "success", "other");
  kit_connect (kit, "grow", "failure", "third");
  sizes = to_make;
  atomic_store (&n_happened, 0);
  atomic_store (&n_ended, 0);
  return kit;
}

static void
assert_restarts_the_same (Kit *kit)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_true (weir_engine_stop (kit->engine, LONG));
  before = kit_dump (kit);
  kit_stop (kit);
  kit_load (kit);
  after = kit_dump (kit);
  g_assert_cmpstr (before, ==, after);
  kit_go (kit);
}

/* One that is too large stays where it was, as it was, and the others pass it by. */
static void
test_one_is_too_large (void)
{
  static const unsigned one[] = { 10, 20, 3 * LIMIT, 30, LIMIT / 3, 40, 0 };
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit (&directory, one);
  g_autofree char *state = NULL;

  kit_start (kit);
  for (unsigned i = 0; i < 10; i++)
    kit_advance (kit, G_USEC_PER_SEC);
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  for (unsigned i = 1; i <= 3; i++)
    g_assert_cmpuint (kit_count (kit, i), ==, 5);
  state = weir_state_get (kit_node (kit, "grow")->state, "last");
  g_assert_cmpstr (state, ==, "40");
  g_assert_nonnull (strstr (kit_message (kit), "of the log, which takes 9.8"));
  g_assert_nonnull (strstr (kit_message (kit), "waits for its penalty"));
  assert_restarts_the_same (kit);
  g_assert_cmpuint (atomic_load (&n_happened), ==, 5);

  /* It is tried again, and only then. */
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  g_ptr_array_set_size (kit->messages, 0);
  kit_advance (kit, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (kit->messages->len, ==, 1);
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  g_assert_cmpuint (kit_count (kit, 1), ==, 5);
  kit_stop (kit);
  g_assert_cmpuint (atomic_load (&n_happened), ==, 5);
  kit_remove_all (directory);
}

/* What succeeded before it stays. */
static void
test_last_is_too_large (void)
{
  static const unsigned last[] = { 10, 20, 3 * LIMIT, 0 };
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit (&directory, last);
  g_autofree char *state = NULL;
  WeirNode *node;

  kit_start (kit);
  kit_run (kit);
  node = kit_node (kit, "grow");
  g_assert_cmpuint (kit->messages->len, ==, 1);
  g_assert_cmpuint (kit_count (kit, 0), ==, 1);
  for (unsigned i = 1; i <= 3; i++)
    g_assert_cmpuint (kit_count (kit, i), ==, 2);
  state = weir_state_get (node->state, "last");
  g_assert_cmpstr (state, ==, "20");
  g_assert_cmpint (*(int64_t *)g_hash_table_lookup (node->counters, "grown"), ==, 2);
  assert_restarts_the_same (kit);
  g_assert_cmpuint (atomic_load (&n_happened), ==, 2);
  g_assert_cmpuint (atomic_load (&n_ended), ==, 3);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* Each fits, but not all of them: nobody is told, and nothing is held up. */
static void
test_many_are_too_large (void)
{
  static const unsigned many[41] = { [0 ... 39] = LIMIT / 8 };
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit (&directory, many);

  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 0);
  for (unsigned i = 1; i <= 3; i++)
    g_assert_cmpuint (kit_count (kit, i), ==, 40);
  g_assert_null (kit_message (kit));
  assert_restarts_the_same (kit);
  kit_stop (kit);
  g_assert_cmpuint (atomic_load (&n_happened), ==, 40);
  kit_remove_all (directory);
}

/* --- states --- */

static bool
on_remember (void *state, WeirSession *session, GError **error)
{
  g_autofree char *value = g_strnfill (2 * LIMIT, 'x');

  weir_session_set_state (session, "small", "value");
  weir_session_set_state (session, "large", value);
  return true;
}

static const WeirProcessor remember =
    KIT_PROCESSOR ("Remember", on_remember, .input = WEIR_INPUT_FORBIDDEN);

static void
test_state_is_too_large (void)
{
  static const unsigned none[] = { 0 };
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit (&directory, none);

  kit_processor (kit, "remember", &remember);
  kit_start (kit);
  kit_run (kit);
  g_assert_null (weir_state_get (kit_node (kit, "remember")->state, "small"));
  g_assert_nonnull (strstr (kit_message (kit), "of the log"));
  assert_restarts_the_same (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- what is held, and what is tried again --- */

static WeirFlowFile *held;

static bool
on_hold (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);
  g_autofree char *value = g_strnfill (2 * LIMIT, 'x');

  if (flowfile == NULL)
    return true;
  weir_session_hold (session, flowfile);
  held = flowfile;
  flowfile = weir_session_create (session);
  weir_session_put_attribute (session, flowfile, "value", value);
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor holder = KIT_PROCESSOR ("Holder", on_hold);

/* The module has a pointer to what it holds, and does not know that the rest was undone. */
static void
test_held (void)
{
  static const unsigned one[] = { 10, 0 };
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = new_kit (&directory, one);

  kit_processor (kit, "hold", &holder);
  kit_connect (kit, "one", "success", "hold");
  kit_connect (kit, "hold", "success", "third");
  kit_start (kit);
  kit_run (kit);
  g_assert_nonnull (held);
  g_assert_cmpuint (kit_count (kit, 4), ==, 1);
  g_assert_cmpuint (kit_count (kit, 5), ==, 0);
  g_assert_true (kit_node (kit, "hold")->held->record.flowfile == held);
  assert_restarts_the_same (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/entry limit/one", test_one_is_too_large);
  g_test_add_func ("/entry limit/last", test_last_is_too_large);
  g_test_add_func ("/entry limit/many", test_many_are_too_large);
  g_test_add_func ("/entry limit/state", test_state_is_too_large);
  g_test_add_func ("/entry limit/held", test_held);
  return g_test_run ();
}
