/* Tests PutFile: whenever the process ends, each FlowFile becomes one file and leaves once, and
 * nothing else is left. Guards invariants 2, 5 and 10. */
#include "putting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static WeirHarness *
put_file (Scratch *scratch, const char *strategy)
{
  WeirHarness *harness = putting_new (scratch);

  weir_harness_set (harness, "Conflict Resolution Strategy", strategy);
  return harness;
}

/* All that is to be done is done. */
static void
settle (WeirHarness *h)
{
  for (unsigned i = 0; i < 8; i++) {
    weir_harness_run (h, 1000);
    weir_harness_sync (h, 1000);
  }
  g_assert_cmpuint (weir_harness_queued (h), ==, 0);
}

/* So many came out, and nothing is noted of them any more. */
static void
assert_came (WeirHarness *h, const char *relationship, unsigned n)
{
  const WeirFlowFile *out;

  g_assert_cmpuint (weir_harness_count (h, relationship), ==, n);
  while ((out = weir_harness_pull (h, relationship)) != NULL) {
    g_autofree char *key =
        g_strdup_printf ("put.%" G_GINT64_MODIFIER "x", weir_flowfile_get_id (out));
    g_autofree char *value = weir_harness_get_state (h, key);

    g_assert_null (value);
  }
}

/* The moments at which a process can end, in order. */
typedef enum {
  OWNER_COMMITTED,
  OWNER_DURABLE,
  WRITTEN,
  WRITTEN_DURABLE, /* nobody was told */
  WRITTEN_TOLD,
  PUBLISHED,
  PUBLISHED_DURABLE,
  PUBLISHED_TOLD,
  N_MOMENTS,
} Moment;

static void
go_to (WeirHarness *h, Moment moment)
{
  weir_harness_run (h, 1);
  if (moment >= OWNER_DURABLE)
    weir_harness_sync (h, 1);
  if (moment >= WRITTEN)
    weir_harness_run (h, 1);
  if (moment >= WRITTEN_DURABLE)
    weir_harness_sync (h, 0);
  if (moment >= WRITTEN_TOLD)
    weir_harness_sync (h, 1);
  if (moment >= PUBLISHED)
    weir_harness_run (h, 1);
  if (moment >= PUBLISHED_DURABLE)
    weir_harness_sync (h, 0);
  if (moment >= PUBLISHED_TOLD)
    weir_harness_sync (h, 1);
}

static void
test_moments (void)
{
  static const struct {
    const char *strategy, *content;
    unsigned n_success, n_failure;
  } cases[] = {
    { "fail", "old", 2, 2 },
    { "ignore", "old", 4, 0 },
    { "replace", "new", 4, 0 },
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases) * N_MOMENTS * 2; i++) {
    unsigned k = i / 2 / N_MOMENTS;
    Moment moment = i / 2 % N_MOMENTS;
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    g_test_message ("%s, moment %d, %s", cases[k].strategy, (int)moment, i % 2 ? "stop" : "crash");
    scratch_init (&scratch);
    scratch_write (&scratch, "out/a", "old", -1);
    h = put_file (&scratch, cases[k].strategy);
    putting_push (h, "a", "new");
    putting_push (h, "b", "old");
    putting_push (h, "b", "new");
    putting_push (h, "c", "new");
    weir_harness_delay (h);
    go_to (h, moment);
    g_assert_cmpint (scratch_has (&scratch, "out/c"), ==, moment >= PUBLISHED);
    if (i % 2 == 0)
      weir_harness_crash (h);
    else
      weir_harness_restart (h);
    settle (h);
    assert_came (h, "success", cases[k].n_success);
    assert_came (h, "failure", cases[k].n_failure);
    scratch_assert_list (&scratch, "out", "a b c");
    scratch_assert_content (&scratch, "out/a", cases[k].content);
    scratch_assert_content (&scratch, "out/b", cases[k].content);
    weir_harness_assert_drained (h);
  }
}

/* Whoever the files are for takes them away as soon as they are there. */
static void
test_taken_away (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *path = NULL;

  scratch_init (&scratch);
  h = put_file (&scratch, "fail");
  putting_push (h, "a", "1");
  weir_harness_delay (h);
  go_to (h, PUBLISHED);
  path = scratch_path (&scratch, "out/a");
  g_assert_cmpint (unlink (path), ==, 0);
  weir_harness_crash (h);
  settle (h);
  assert_came (h, "success", 1);
  scratch_assert_list (&scratch, "out", "");
}

/* What was refused stays refused. */
static void
test_refused (void)
{
  for (Moment moment = PUBLISHED; moment < N_MOMENTS; moment++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    scratch_init (&scratch);
    h = put_file (&scratch, "fail");
    putting_push (h, "a", "new");
    weir_harness_delay (h);
    go_to (h, WRITTEN_TOLD);
    scratch_write (&scratch, "out/a", "old", -1);
    weir_harness_run (h, 1);
    if (moment >= PUBLISHED_DURABLE)
      weir_harness_sync (h, moment == PUBLISHED_TOLD);
    weir_harness_crash (h);
    putting_push (h, "b", "1"); /* has the directory be looked through */
    weir_harness_sync (h, 0);
    settle (h);
    assert_came (h, "failure", 1);
    assert_came (h, "success", 1);
    scratch_assert_list (&scratch, "out", "a b");
    scratch_assert_content (&scratch, "out/a", "old");
  }
}

/* What is aside for a FlowFile that never was durable goes; what is another's stays. */
static void
test_orphans (void)
{
  const char *other = ".weir-0000000000000001-0000000000000001.tmp";
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *name = g_strconcat ("out/", other, NULL);
  g_autofree char *expected = g_strconcat (other, " .weir-x.tmp a b", NULL);
  g_autofree char *list = NULL;

  scratch_init (&scratch);
  scratch_write (&scratch, name, "", 0);
  scratch_write (&scratch, "out/.weir-x.tmp", "", 0);
  h = put_file (&scratch, "fail");
  putting_push (h, "a", "1");
  weir_harness_delay (h);
  go_to (h, OWNER_DURABLE);
  settle (h);
  putting_push (h, "lost", "1");
  weir_harness_run (h, 1);
  list = scratch_list (&scratch, "out");
  g_assert_cmpuint (strlen (list), >, strlen (other) * 2);
  weir_harness_crash (h);
  putting_push (h, "b", "1");
  settle (h);
  assert_came (h, "success", 2);
  scratch_assert_list (&scratch, "out", expected);
}

/* The directory has gone while nothing ran, or cannot be opened. */
static void
test_directory_gone (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  g_autofree char *out = NULL, *moved = NULL;

  scratch_init (&scratch);
  h = put_file (&scratch, "fail");
  putting_push (h, "a", "1");
  weir_harness_delay (h);
  go_to (h, WRITTEN_DURABLE);
  weir_harness_crash (h);
  out = scratch_path (&scratch, "out");
  moved = scratch_path (&scratch, "moved");
  g_assert_cmpint (rename (out, moved), ==, 0);
  scratch_write (&scratch, "out", "a file", -1);
  for (unsigned i = 0; i < 4; i++) {
    weir_harness_run (h, 9);
    weir_harness_sync (h, 9);
  }
  scratch_assert_said (&scratch, "*Not a directory*", 1);
  g_assert_cmpuint (weir_harness_queued (h), ==, 1);
  weir_harness_crash (h);
  g_assert_cmpint (unlink (out), ==, 0);
  weir_harness_advance (h, 30 * G_USEC_PER_SEC); /* the penalty */
  settle (h);
  assert_came (h, "success", 1);
  scratch_assert_content (&scratch, "out/a", "1");
}

/* Enough waits for the disk: the rest waits in the queue. */
static void
test_many (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;

  scratch_init (&scratch);
  h = put_file (&scratch, "fail");
  for (unsigned i = 0; i < 2500; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);

    putting_push (h, name, name);
  }
  weir_harness_delay (h);
  go_to (h, OWNER_DURABLE);
  weir_harness_run (h, 100);
  weir_harness_sync (h, 2);
  weir_harness_run (h, 2);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 2 * 1024);
  weir_harness_crash (h);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 0);
  settle (h);
  assert_came (h, "success", 2500);
  g_assert_cmpuint (weir_harness_count (h, "failure"), ==, 0);
  for (unsigned i = 0; i < 2500; i++) {
    g_autofree char *name = g_strdup_printf ("out/%u", i);

    scratch_assert_content (&scratch, name, name + 4);
  }
}

/* --- any order of events --- */

typedef struct {
  Scratch scratch;
  WeirHarness *harness;
  unsigned n_pushed;
  GHashTable *seen; /* names of files that were taken away */
} World;

static void
take_away (World *world)
{
  g_autofree char *list = scratch_list (&world->scratch, "out");
  g_auto (GStrv) names = g_strsplit (list, " ", -1);

  for (char **name = names; *name != NULL && **name != '\0'; name++) {
    g_autofree char *inner = g_strconcat ("out/", *name, NULL);
    g_autofree char *path = scratch_path (&world->scratch, inner);

    if (**name == '.')
      continue;
    scratch_assert_content (&world->scratch, inner, *name);
    g_assert_cmpint (unlink (path), ==, 0);
    g_assert_true (g_hash_table_add (world->seen, g_strdup (*name)));
  }
}

static void
do_something (World *world)
{
  WeirHarness *h = world->harness;
  char name[16];

  switch (g_test_rand_int_range (0, 9)) {
  case 0:
  case 1:
    g_snprintf (name, sizeof name, "%u", world->n_pushed++);
    putting_push (h, name, name);
    weir_harness_sync (h, 0); /* or the crash would undo it, and a source bring it again */
    break;
  case 2:
    weir_harness_crash (h);
    break;
  case 3:
  case 4:
    weir_harness_sync (h, (unsigned)g_test_rand_int_range (0, 3));
    break;
  case 5:
    weir_harness_restart (h);
    break;
  case 6:
    take_away (world);
    break;
  default:
    weir_harness_run (h, (unsigned)g_test_rand_int_range (1, 4));
    break;
  }
}

static void
test_random (void)
{
  for (unsigned run = 0; run < 150; run++) {
    World world = { 0 };

    scratch_init (&world.scratch);
    scratch_write (&world.scratch, "out/.keep", "", 0);
    world.harness = put_file (&world.scratch, "fail");
    weir_harness_set (world.harness, "Sync to Disk", g_test_rand_bit () ? "true" : "false");
    world.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    weir_harness_delay (world.harness);
    for (unsigned i = 0; i < 80; i++)
      do_something (&world);
    putting_push (world.harness, "last", "last");
    settle (world.harness);
    take_away (&world);
    g_assert_cmpuint (g_hash_table_size (world.seen), ==, world.n_pushed + 1);
    scratch_assert_list (&world.scratch, "out", ".keep");
    assert_came (world.harness, "success", world.n_pushed + 1);
    scratch_assert_said (&world.scratch, "*", 0);
    weir_harness_free (world.harness);
    g_hash_table_unref (world.seen);
    scratch_clear (&world.scratch);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/put-file-crash/moments", test_moments);
  g_test_add_func ("/put-file-crash/taken away", test_taken_away);
  g_test_add_func ("/put-file-crash/refused", test_refused);
  g_test_add_func ("/put-file-crash/orphans", test_orphans);
  g_test_add_func ("/put-file-crash/directory gone", test_directory_gone);
  g_test_add_func ("/put-file-crash/many", test_many);
  g_test_add_func ("/put-file-crash/random", test_random);
  return g_test_run ();
}
