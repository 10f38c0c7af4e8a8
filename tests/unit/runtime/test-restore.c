/* Tests engine/runtime/restore.c, session-entry.c and the commit: what the directory says is what
 * was in memory, whatever processors did, and the flow goes on from there. Guards invariants 2, 5
 * and 10 (ARCHITECTURE.md). */
#include "random-flow.h"

#include <stdlib.h>

static char *
in_directory (Kit *kit)
{
  char *directory = g_dir_make_tmp ("weir-restore-XXXXXX", NULL);

  kit->options.data_dir = directory;
  kit->options.owner = "test";
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = UINT64_C (64) * 1024 << random_draw (8);
  kit->options.checkpoint_bytes = 4096u << random_draw (10);
  kit->options.queue_front = random_draw (4) == 0 ? 0 : 2 + random_draw (20);
  return directory;
}

/* Tells the first line that differs, not all of them. */
static void
assert_same (const char *before, const char *after)
{
  g_auto (GStrv) old = g_strsplit (before, "\n", -1);
  g_auto (GStrv) new = g_strsplit (after, "\n", -1);

  for (guint i = 0; old[i] != NULL || new[i] != NULL; i++)
    if (g_strcmp0 (old[i], new[i]) != 0)
      g_error ("line %u was\n%s\nand is\n%s", i + 1, old[i], new[i]);
}

/* What was committed has happened outside, and nothing else. */
static void
stop (Kit *kit)
{
  RandomOutside *outside = random_outside ();

  g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
  g_assert_cmpint (atomic_load (&outside->n_happened), ==, random_counter (kit, "effects"));
  g_assert_cmpint (atomic_load (&outside->n_destroyed), ==, atomic_load (&outside->n_asked));
}

/* The engine is stopped and another one takes its place, with the same in it. A dump brings all
 * into memory, so the next engine begins without one now and then. */
static void
restart (Kit *kit)
{
  bool looks = random_draw (2) == 0;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  stop (kit);
  before = looks ? kit_dump (kit) : NULL;
  kit_stop (kit);
  *random_outside () = (RandomOutside){ 0 };
  kit_load (kit);
  after = looks ? kit_dump (kit) : NULL;
  if (looks)
    assert_same (before, after);
  g_assert_cmpuint (kit->engine->stranded->len, ==, 0);
  kit_go (kit);
}

static void
test_by_hand (void)
{
  for (unsigned round = 0; round < 12; round++) {
    g_autoptr (Kit) kit = random_flow (kit_new_by_hand (), 0);
    g_autofree char *directory = in_directory (kit);

    *random_outside () = (RandomOutside){ 0 };
    kit_start (kit);
    for (unsigned i = 0; i < 1000; i++) {
      if (!weir_engine_step (kit->engine) || random_draw (50) == 0)
        weir_clock_advance (kit->clock, random_draw (2000));
      if (random_draw (300) == 0)
        restart (kit);
    }
    restart (kit);
    stop (kit);
    kit_stop (kit);
    kit_remove_all (directory);
  }
}

static int64_t
count_queued (Kit *kit)
{
  int64_t n = 0;

  for (guint i = 0; i < kit->engine->queues->len; i++)
    n += kit_count (kit, i);
  return n;
}

/* What many sessions do is too much for the log: they add up as if they had not been. */
static void
test_small_entries (void)
{
  for (unsigned round = 0; round < 4; round++) {
    g_autoptr (Kit) kit = random_flow (kit_new_by_hand (), RANDOM_EXACT);
    g_autofree char *directory = in_directory (kit);
    int64_t effects;

    kit->options.entry_max = 100 + random_draw (300);
    *random_outside () = (RandomOutside){ 0 };
    kit_start (kit);
    for (unsigned i = 0; i < 1000; i++) {
      if (!weir_engine_step (kit->engine) || random_draw (50) == 0)
        weir_clock_advance (kit->clock, random_draw (2000));
      if (random_draw (300) == 0)
        restart (kit);
    }
    restart (kit);
    g_assert_cmpint (count_queued (kit), ==, random_account (kit, &effects));
    stop (kit);
    kit_stop (kit);
    kit_remove_all (directory);
  }
}

static void
test_threads (void)
{
  for (unsigned round = 0; round < 4; round++) {
    g_autoptr (Kit) kit = random_flow (kit_new_with_threads (2), RANDOM_DRAINS);
    g_autofree char *directory = in_directory (kit);

    *random_outside () = (RandomOutside){ 0 };
    kit_start (kit);
    for (unsigned i = 0; i < 4; i++) {
      weir_engine_wait_idle (kit->engine, random_draw (10000));
      restart (kit);
    }
    g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
    stop (kit);
    kit_stop (kit);
    kit_remove_all (directory);
  }
}

/* --- what is stranded --- */

static unsigned to_make;

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  g_autofree char *last = weir_session_get_state (session, "last");
  WeirFlowFile *flowfile;

  if (to_make == 0)
    return true;
  g_assert_cmpint (last != NULL ? atoi (last) : 0, ==, 3 - to_make);
  flowfile = weir_session_create (session);
  weir_session_put_attribute_printf (session, flowfile, "left", "%u", to_make);
  weir_session_set_content (session, flowfile, "hello", 5, NULL);
  weir_session_transfer (session, flowfile, 0);
  weir_session_set_state (session, "last", to_make == 3 ? "1" : to_make == 2 ? "2" : "3");
  to_make--;
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);

static Kit *
make_three (const char *target)
{
  Kit *kit = kit_new_by_hand ();

  kit_processor (kit, "make", &make);
  kit_funnel (kit, target);
  kit_connect (kit, "make", "success", target);
  return kit;
}

/* A connection goes and comes again; its FlowFiles wait for it, through a start without it. */
static void
test_stranded (void)
{
  g_autoptr (Kit) kit = make_three ("here");
  g_autoptr (Kit) other = make_three ("there");
  g_autofree char *directory = in_directory (kit);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  const WeirStranded *stranded;

  to_make = 3;
  kit_start (kit);
  kit_run (kit);
  weir_engine_stop (kit->engine, KIT_LONG);
  before = kit_dump (kit);
  g_assert_cmpuint (kit_count (kit, 0), ==, 3);
  kit_stop (kit);

  other->options.data_dir = directory;
  other->options.durability = WEIR_DURABILITY_PROCESS;
  for (unsigned i = 0; i < 2; i++) {
    kit_start (other);
    kit_run (other);
    g_assert_cmpuint (kit_count (other, 0), ==, 0);
    g_assert_cmpuint (other->engine->stranded->len, ==, 1);
    stranded = other->engine->stranded->pdata[0];
    g_assert_cmpstr (stranded->name, ==, "make:success -> here");
    g_assert_cmpuint (stranded->queue->count, ==, 3);
    g_assert_cmpuint (stranded->queue->bytes, ==, 15);
    kit_stop (other);
  }

  kit_load (kit);
  after = kit_dump (kit);
  assert_same (before, after);
  kit_go (kit);
  kit_stop (kit);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/restore/by hand", test_by_hand);
  g_test_add_func ("/restore/small entries", test_small_entries);
  g_test_add_func ("/restore/threads", test_threads);
  g_test_add_func ("/restore/stranded", test_stranded);
  return g_test_run ();
}
