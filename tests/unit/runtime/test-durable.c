/* Tests engine/runtime/{commit,session-entry,engine}.c in a data directory: what is special about
 * sessions there, and how an engine ends, also when the disk has failed. Guards invariants 2, 5 and
 * 10 (ARCHITECTURE.md). */
#include "kit.h"

#include "runtime/backlog.h"

#include <errno.h>
#include <sched.h>

#define PENALTY (20 * G_USEC_PER_SEC)

typedef struct {
  WeirFs fs;
  _Atomic bool has_failed;
} BadDisk;

static int
on_call (WeirFs *fs, WeirFsCall call)
{
  BadDisk *disk = (BadDisk *)fs;

  return atomic_load (&disk->has_failed) && call == WEIR_FS_WRITE ? EIO : 0;
}

static char *
in_directory (Kit *kit)
{
  char *directory = g_dir_make_tmp ("weir-durable-XXXXXX", NULL);

  kit->options.data_dir = directory;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = 1024 * 1024;
  return directory;
}

static void
assert_restarts_the_same (Kit *kit)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
  before = kit_dump (kit);
  kit_stop (kit);
  kit_load (kit);
  after = kit_dump (kit);
  g_assert_true (g_str_equal (before, after));
  kit_go (kit);
}

/* --- contents --- */

static void
send (WeirSession *session, WeirFlowFile *flowfile, const char *content)
{
  if (content != NULL)
    g_assert_true (weir_session_set_content (session, flowfile, content, strlen (content), NULL));
  weir_session_transfer (session, flowfile, 0);
}

/* New contents in turn: one, another, the first again, none, the first again. */
static bool
on_make_in_turn (void *state, WeirSession *session, GError **error)
{
  g_autofree char *made = weir_session_get_state (session, "made");
  WeirFlowFile *first;

  if (made != NULL)
    return true;
  first = weir_session_create (session);
  send (session, first, "first");
  send (session, weir_session_create (session), "second");
  send (session, weir_session_clone (session, first), NULL);
  send (session, weir_session_create (session), NULL);
  send (session, weir_session_slice (session, first, 1, 3), NULL);
  weir_session_set_state (session, "made", "yes");
  return true;
}

static const WeirProcessor make_in_turn =
    KIT_PROCESSOR ("MakeInTurn", on_make_in_turn, .input = WEIR_INPUT_FORBIDDEN);

static void
test_contents_in_turn (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = in_directory (kit);

  kit_processor (kit, "make", &make_in_turn);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "end");
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 5);
  assert_restarts_the_same (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- what is large or empty --- */

#define N_ODD 10000u

static char *
odd_name (unsigned i)
{
  /* Every third is too long to be kept for the process. */
  g_autofree char *stem = g_strnfill (i % 3 == 0 ? 300 : 5, 'n');

  return g_strdup_printf ("%s%u", stem, i % 40);
}

static void
put_odd (WeirSession *session, WeirFlowFile *flowfile, unsigned i)
{
  g_autofree char *name = odd_name (i);
  g_autofree char *value = g_strnfill (i % 100 == 0 ? 65536 : i % 5, 'v');

  weir_session_put_attribute (session, flowfile, name, value);
}

static bool
on_make_odd (void *state, WeirSession *session, GError **error)
{
  g_autofree char *before = weir_session_get_state (session, "large");
  g_autofree char *large = g_strnfill (1024 * 1024, 's');

  if (before != NULL)
    return true;
  for (unsigned i = 0; i < N_ODD; i++) {
    WeirFlowFile *flowfile = weir_session_create (session);

    put_odd (session, flowfile, i);
    put_odd (session, flowfile, i + 1);
    send (session, flowfile, i % 2 == 0 ? "something" : NULL);
  }
  weir_session_set_state (session, "large", large);
  weir_session_set_state (session, "", "");
  return true;
}

/* All in one session: what was empty is not, and the other way around. */
static bool
on_change_odd (void *state, WeirSession *session, GError **error)
{
  static WeirFlowFile *flowfiles[N_ODD];
  size_t n = weir_session_get_batch (session, flowfiles, N_ODD);

  for (unsigned i = 0; i < n; i++) {
    g_autofree char *name = odd_name (i);
    const char *content = weir_flowfile_get_size (flowfiles[i]) > 0 ? "" : "now";

    weir_session_remove_attribute (session, flowfiles[i], name);
    put_odd (session, flowfiles[i], i + 2);
    if (i % 7 == 0)
      weir_session_set_content (session, flowfiles[i], "", 0, NULL);
    if (i % 3 != 0)
      weir_session_set_content (session, flowfiles[i], content, strlen (content), NULL);
    if (i % 11 == 0)
      weir_session_return (session, flowfiles[i]);
    else
      send (session, flowfiles[i], NULL);
  }
  return true;
}

static const WeirProcessor make_odd =
    KIT_PROCESSOR ("MakeOdd", on_make_odd, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor change_odd = KIT_PROCESSOR ("ChangeOdd", on_change_odd);

static void
test_odd (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = in_directory (kit);
  WeirProcessorNode *change;

  kit_processor (kit, "make", &make_odd);
  change = kit_processor (kit, "change", &change_odd);
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "change")->max_count = 0;
  kit_connect (kit, "change", "success", "end")->max_count = 0;
  change->disabled = true;
  kit_start (kit);
  kit_run (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, N_ODD);
  assert_restarts_the_same (kit);
  change->disabled = false;
  assert_restarts_the_same (kit);
  for (unsigned i = 0; i < 5; i++) {
    kit_run (kit);
    assert_restarts_the_same (kit);
  }
  g_assert_cmpuint (kit_count (kit, 0), <, N_ODD / 10);
  g_assert_cmpuint (kit_count (kit, 0) + kit_count (kit, 1), ==, N_ODD);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- state --- */

#define N_NOTES 20000u

static _Atomic unsigned n_notes;

/* Each key is changed by several tasks at about the same time. */
static bool
on_note (void *state, WeirSession *session, GError **error)
{
  unsigned n = atomic_fetch_add (&n_notes, 1);
  g_autofree char *key = g_strdup_printf ("key %u", n / 6);
  g_autofree char *value = g_strdup_printf ("%u", n);

  if (n < N_NOTES)
    weir_session_set_state (session, key, n % 6 == 0 ? NULL : value);
  return true;
}

static const WeirProcessor note =
    KIT_PROCESSOR ("Note", on_note, .input = WEIR_INPUT_FORBIDDEN, .threading = WEIR_CONCURRENT,
                   .side_effects = true);

/* What the log says last is what a component remembers. */
static void
test_state_of_many_tasks (void)
{
  g_autoptr (Kit) kit = kit_new_with_threads (4);
  g_autofree char *directory = in_directory (kit);
  WeirProcessorNode *node = kit_processor (kit, "note", &note);

  atomic_store (&n_notes, 0);
  node->schedule.tasks = 4;
  node->yield_usec = 0;
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  assert_restarts_the_same (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

#define N_KEYS 50000u

static bool
on_note_all (void *state, WeirSession *session, GError **error)
{
  g_autofree char *done = weir_session_get_state (session, "key 0");

  for (unsigned i = 0; done == NULL && i < N_KEYS; i++) {
    g_autofree char *key = g_strdup_printf ("key %u", i % (N_KEYS - 100));

    weir_session_set_state (session, key, i % 10 == 9 ? NULL : i < N_KEYS / 2 ? "one" : "other");
  }
  return true;
}

static const WeirProcessor note_all =
    KIT_PROCESSOR ("NoteAll", on_note_all, .input = WEIR_INPUT_FORBIDDEN);

/* A line for each file of a large folder. */
static void
test_state_of_many_keys (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = in_directory (kit);

  kit_processor (kit, "note", &note_all);
  kit_start (kit);
  kit_run (kit);
  assert_restarts_the_same (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- how it ends --- */

static unsigned to_make;
static bool is_large; /* some of them */
static _Atomic unsigned n_happened;
static _Atomic unsigned n_ended;

static void
on_effect (void *data)
{
  atomic_fetch_add (&n_happened, 1);
}

static void
on_effect_end (void *data)
{
  /* What the module gave it is still there. */
  g_assert_cmpuint (*(_Atomic uint64_t *)data, ==, 42);
  atomic_fetch_add (&n_ended, 1);
}

typedef struct {
  _Atomic uint64_t mark; /* what effects look at */
} Make;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  Make *self = state;
  g_autofree char *content = g_strnfill (20000, 'x');

  self->mark = 42;
  for (unsigned i = 0; i < 10 && to_make > 0; i++, to_make--) {
    send (session, weir_session_create (session),
          is_large && to_make % 1000 == 0 ? content : "small");
    weir_session_on_durable (session, on_effect, self, on_effect_end);
  }
  return true;
}

static void
on_make_stopped (void *state)
{
  ((Make *)state)->mark = 0;
}

static const WeirProcessor make =
    KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN, .state_size = sizeof (Make),
                   .on_stopped = on_make_stopped);

static Kit *
make_kit (unsigned n, bool large, char **ret_directory)
{
  Kit *kit = kit_new_by_hand ();
  WeirConnection *connection;

  *ret_directory = in_directory (kit);
  kit_processor (kit, "make", &make);
  kit_funnel (kit, "end");
  connection = kit_connect (kit, "make", "success", "end");
  connection->max_count = 0;
  connection->max_bytes = 0;
  to_make = n;
  is_large = large;
  atomic_store (&n_happened, 0);
  atomic_store (&n_ended, 0);
  return kit;
}

/* Each start finds them, and one that comes to nothing takes nothing away. */
static void
test_loaded_only (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = make_kit (2000, true, &directory);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  kit_start (kit);
  kit_run (kit);
  weir_engine_stop (kit->engine, KIT_LONG);
  before = kit_dump (kit);
  kit_stop (kit);

  kit_load (kit);
  weir_engine_free (g_steal_pointer (&kit->engine));
  kit_load (kit);
  after = kit_dump (kit);
  g_assert_cmpstr (before, ==, after);
  kit_go (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* Effects of what was committed happen, however soon the engine ends after it. */
static void
test_effects_at_the_end (void)
{
  for (unsigned round = 0; round < 50; round++) {
    g_autofree char *directory = NULL;
    g_autoptr (Kit) kit = make_kit (10 * (round + 1), true, &directory);

    kit_start (kit);
    kit_run (kit);
    kit_stop (kit);
    g_assert_cmpuint (atomic_load (&n_happened), ==, 10 * (round + 1));
    g_assert_cmpuint (atomic_load (&n_ended), ==, 10 * (round + 1));
    kit_remove_all (directory);
  }
}

/* A frame waits long for more, but not when an effect, or who reads what was written, waits for it,
 * nor at the end. */
static void
test_patience (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = make_kit (0, false, &directory);

  kit->options.patience_usec = 1000 * G_USEC_PER_SEC;
  kit_start (kit);
  for (unsigned round = 1; round <= 20; round++) {
    for (to_make = 10; to_make > 0;)
      kit_advance (kit, G_USEC_PER_SEC / 100);
    while (atomic_load (&n_happened) < 10 * round)
      sched_yield ();
  }
  weir_data_take_ids (kit->engine->data, 1000000);
  weir_data_append (kit->engine->data, 0, "\0", 1, NULL);
  weir_data_wait_applied (kit->engine->data, weir_data_get_appended (kit->engine->data));
  weir_data_append (kit->engine->data, 0, "\0", 1, NULL);
  kit_stop (kit);
  kit_load (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 200);
  kit_stop (kit);
  kit_remove_all (directory);
}

static _Atomic unsigned n_failures;

static void
on_failure (void *data, const GError *error)
{
  atomic_fetch_add (&n_failures, 1);
}

/* Who does not end the process when the disk has failed is not held up, and none of the effects
 * happens. */
static void
test_bad_disk (void)
{
  g_autofree char *directory = NULL;
  g_autoptr (Kit) kit = make_kit (30000, false, &directory);
  BadDisk disk = { .fs.on_call = on_call };
  unsigned n_before;

  kit->options.fs = &disk.fs;
  kit->options.on_failure = on_failure;
  kit->options.session_max = 100;
  atomic_store (&n_failures, 0);
  kit_start (kit);
  for (unsigned i = 0; i < 10; i++)
    weir_engine_step (kit->engine);
  weir_data_wait_applied (kit->engine->data, weir_data_get_appended (kit->engine->data));
  n_before = atomic_load (&n_happened);
  atomic_store (&disk.has_failed, true);
  kit_run (kit);
  kit_stop (kit);
  g_assert_cmpuint (atomic_load (&n_failures), >=, 1);
  g_assert_cmpuint (n_before, <, 30000);
  g_assert_cmpuint (atomic_load (&n_happened), <, 30000);
  g_assert_cmpuint (atomic_load (&n_ended), ==, 30000);

  atomic_store (&disk.has_failed, false);
  kit_load (kit);
  g_assert_cmpuint (kit_count (kit, 0), >=, atomic_load (&n_happened));
  g_assert_cmpuint (kit_count (kit, 0), <, 30000);
  kit_go (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- a queue that is long and waits --- */

static bool
on_penalize (void *state, WeirSession *session, GError **error)
{
  for (unsigned i = 0; i < 100 && to_make > 0; i++, to_make--) {
    WeirFlowFile *flowfile = weir_session_create (session);

    if (to_make % 1000 == 0)
      weir_session_penalize (session, flowfile);
    send (session, flowfile, NULL);
  }
  return true;
}

static const WeirProcessor penalize =
    KIT_PROCESSOR ("Penalize", on_penalize, .input = WEIR_INPUT_FORBIDDEN);

static void
test_long_and_penalized (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = in_directory (kit);
  WeirConnection *connection;

  kit_processor (kit, "make", &penalize)->penalty_usec = PENALTY;
  kit_funnel (kit, "end");
  connection = kit_connect (kit, "make", "success", "end");
  connection->max_count = connection->max_bytes = 0;
  to_make = WEIR_BACKLOG_FRONT + 5000;
  kit_start (kit);
  for (unsigned i = 0; to_make > 0; i++)
    kit_advance (kit, G_USEC_PER_SEC / 100);
  kit_stop (kit);
  kit_load (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, WEIR_BACKLOG_FRONT + 5000);
  kit_go (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

/* --- clocks --- */

/* A penalty that was to last 20 s does not last a year longer because the clock was set back, and
 * one that is over does not begin again. */
static void
test_clock_set_back (void)
{
  const int64_t year = INT64_C (365) * 24 * 3600 * G_USEC_PER_SEC;
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = in_directory (kit);
  WeirNode *end;
  int64_t due;

  kit_processor (kit, "make", &penalize)->penalty_usec = PENALTY;
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "end")->max_count = 0;
  to_make = 1000;
  kit_start (kit);
  while (to_make > 0)
    kit_advance (kit, G_USEC_PER_SEC / 100);
  for (unsigned i = 0; i < 2; i++) {
    int64_t now = weir_clock_get_wall (kit->clock);

    kit_stop (kit);
    weir_clock_set_wall (kit->clock, i == 0 ? now - year : now + 2 * year);
    kit_load (kit);
    end = kit_node (kit, "end");
    due = atomic_load (&end->inputs[0]->next_due);
    if (i == 0) {
      g_assert_cmpint (due, <=, weir_clock_get_monotonic (kit->clock) + 2 * PENALTY);
      g_assert_cmpint (due, >, weir_clock_get_monotonic (kit->clock));
    } else {
      g_assert_cmpint (due, ==, INT64_MAX);
    }
    kit_go (kit);
  }
  kit_stop (kit);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/durable/contents in turn", test_contents_in_turn);
  g_test_add_func ("/durable/odd", test_odd);
  g_test_add_func ("/durable/state of many keys", test_state_of_many_keys);
  g_test_add_func ("/durable/state of many tasks", test_state_of_many_tasks);
  g_test_add_func ("/durable/loaded only", test_loaded_only);
  g_test_add_func ("/durable/effects at the end", test_effects_at_the_end);
  g_test_add_func ("/durable/patience", test_patience);
  g_test_add_func ("/durable/bad disk", test_bad_disk);
  g_test_add_func ("/durable/long and penalized", test_long_and_penalized);
  g_test_add_func ("/durable/clock set back", test_clock_set_back);
  return g_test_run ();
}
