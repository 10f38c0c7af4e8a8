/* Tests what a data directory holds after its engine was killed at any moment: a child runs a
 * random flow (random-flow.h), and what it has left must add up. Guards invariants 2, 5, 10
 * and 27 (ARCHITECTURE.md).
 *
 * The account is kept by the processors themselves, in states that are committed with what they
 * count. WEIR_TEST_KILLS says how often, by default so often that it takes some seconds. */
#include "random-flow.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define PER_FLOW  8u
#define KILLS     120u
#define MOST_USEC 30000u /* that a child lives; a start takes a few ms */

static void
in_directory (Kit *kit, char **ret_directory)
{
  *ret_directory = g_dir_make_tmp ("weir-killed-XXXXXX", NULL);
  kit->options.data_dir = *ret_directory;
  kit->options.owner = "test";
  kit->options.durability = WEIR_DURABILITY_PROCESS;
  kit->options.segment_size = UINT64_C (64) * 1024 << random_draw (5);
  kit->options.checkpoint_bytes = 4096u << random_draw (8);
  kit->options.queue_front = 2 + random_draw (30);
}

/* Runs until it is killed. */
static void
live (Kit *kit)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  kit_start (kit);
  for (;;)
    pause ();
}

static void
run_and_kill (Kit *kit)
{
  useconds_t usec = 1 + random_draw (1 + random_draw (MOST_USEC));
  pid_t child;
  int status;

  kit->options.seed = 1 + random_draw (1000000);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    live (kit);
  usleep (usec);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

static int64_t
count_queued (Kit *kit)
{
  int64_t n = 0;

  for (guint i = 0; i < kit->engine->queues->len; i++)
    n += kit_count (kit, i);
  return n;
}

/* No FlowFile is there twice, and each has a line, whose content was verified. */
static void
assert_each_once (const char *dump, int64_t n)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (dump, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "  ") && g_ascii_isdigit (lines[i][2]))
      g_assert_true (g_hash_table_add (ids, g_strndup (lines[i] + 2, strcspn (lines[i] + 2, " "))));
  g_assert_cmpint (g_hash_table_size (ids), ==, n);
}

/* Returns: (transfer full): what is there. */
static char *
look (Kit *kit)
{
  int64_t there, effects;
  char *dump;

  kit_load (kit);
  there = random_account (kit, &effects);
  g_assert_cmpuint (kit->engine->stranded->len, ==, 0);
  g_assert_cmpint (count_queued (kit), ==, there);
  g_assert_cmpint (atomic_load (&random_outside ()->n_happened), <=, effects);
  dump = kit_dump (kit);
  assert_each_once (dump, there);
  g_test_message ("%" G_GINT64_FORMAT " queued, %" G_GINT64_FORMAT " effects", there, effects);
  weir_engine_free (g_steal_pointer (&kit->engine));
  return dump;
}

static void
test_killed (void)
{
  const char *text = g_getenv ("WEIR_TEST_KILLS");
  unsigned n = text != NULL ? (unsigned)strtoul (text, NULL, 10) : KILLS;

  for (unsigned i = 0; i < n; i += PER_FLOW) {
    RandomFlags flags = RANDOM_EXACT | (random_draw (3) == 0 ? 0 : RANDOM_DRAINS);
    g_autoptr (Kit) kit = random_flow (kit_new_with_threads (2), flags);
    g_autofree char *directory = NULL;

    in_directory (kit, &directory);
    *random_outside () = (RandomOutside){ 0 };
    for (unsigned j = 0; j < PER_FLOW; j++) {
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;

      run_and_kill (kit);
      first = look (kit);
      if (random_draw (2) == 0)
        continue;
      /* To look takes nothing away. */
      second = look (kit);
      g_assert_cmpstr (first, ==, second);
    }
    kit_remove_all (directory);
  }
}

/* --- ids --- */

#define N_SPARKS 700u /* more than a session sets aside */

/* Written by one life after the other. */
static uint64_t *sparks;

/* What it makes leaves no trace in the log. */
static bool
on_spark (void *state, WeirSession *session, GError **error)
{
  for (; sparks[0] < N_SPARKS; sparks[0]++) {
    WeirFlowFile *flowfile = weir_session_create (session);

    sparks[1 + sparks[0]] = weir_flowfile_get_id (flowfile);
    weir_session_remove (session, flowfile);
  }
  return true;
}

static const WeirProcessor spark = KIT_PROCESSOR ("Spark", on_spark, .input = WEIR_INPUT_FORBIDDEN);

/* Each UUID is that of one FlowFile for ever. */
static void
test_ids (void)
{
  size_t size = (1 + N_SPARKS) * sizeof (uint64_t);
  g_autoptr (GHashTable) all = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (Kit) kit = kit_new_by_hand ();
  g_autofree char *directory = NULL;

  sparks = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  in_directory (kit, &directory);
  kit_processor (kit, "spark", &spark);
  for (unsigned life = 0; life < 4; life++) {
    pid_t child;
    int status;

    sparks[0] = 0;
    child = fork ();
    if (child == 0) {
      kit_start (kit);
      kit_run (kit);
      _exit (0);
    }
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_cmpint (status, ==, 0);
    g_assert_cmpuint (sparks[0], ==, N_SPARKS);
    for (unsigned i = 1; i <= N_SPARKS; i++)
      g_assert_true (g_hash_table_add (all, g_memdup2 (&sparks[i], sizeof sparks[i])));
  }
  munmap (sparks, size);
  kit_remove_all (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/killed/flows", test_killed);
  g_test_add_func ("/killed/ids", test_ids);
  return g_test_run ();
}
