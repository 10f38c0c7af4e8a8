/* Tests processors/file/taken.c through GetFile and FetchFile: whenever the process ends, each file
 * comes out once, and then it is gone. Guards invariants 5 and 10. */
#include "scratch.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static WeirHarness *
get_file (Scratch *scratch)
{
  WeirHarness *harness = weir_harness_new ("GetFile");

  scratch_set_path (scratch, harness, "Input Directory", "in");
  weir_harness_set (harness, "Polling Interval", "1 sec");
  return harness;
}

static WeirHarness *
fetch_file (Scratch *scratch, const char *completion)
{
  WeirHarness *harness = weir_harness_new ("FetchFile");

  weir_harness_set (harness, "Completion Strategy", completion);
  scratch_set_path (scratch, harness, "Move Destination Directory", "done");
  return harness;
}

/* Looks at the directory, and once more. */
static void
look (WeirHarness *h)
{
  for (unsigned i = 0; i < 2; i++) {
    weir_harness_run (h, 10000);
    weir_harness_advance (h, 2 * G_USEC_PER_SEC);
  }
}

/* Nothing is left to be done. */
static void
settle (WeirHarness *h)
{
  for (unsigned i = 0; i < 3; i++) {
    look (h);
    weir_harness_sync (h, 10000);
  }
}

static int
compare (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Returns: (transfer full): the names of what came out, sorted, with blanks between. */
static char *
pull_names (WeirHarness *h)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const WeirFlowFile *out;

  while ((out = weir_harness_pull (h, "success")) != NULL)
    g_ptr_array_add (names, (void *)weir_flowfile_get_attribute (out, "filename"));
  g_ptr_array_sort (names, compare);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **)names->pdata);
}

static void
assert_came (WeirHarness *h, const char *names)
{
  g_autofree char *found = pull_names (h);

  g_assert_cmpstr (found, ==, names);
}

static void
assert_clear (WeirHarness *h)
{
  for (unsigned i = 0; i < 512; i++) {
    g_autofree char *key = g_strdup_printf ("taken.%u", i);
    g_autofree char *value = weir_harness_get_state (h, key);

    g_assert_null (value);
  }
}

/* Two files, which are taken; nothing is durable yet. */
static WeirHarness *
take_two (Scratch *scratch)
{
  WeirHarness *h;

  scratch_init (scratch);
  scratch_write (scratch, "in/a", "1", -1);
  scratch_write (scratch, "in/d/b", "2", -1);
  h = get_file (scratch);
  weir_harness_delay (h);
  look (h);
  return h;
}

static void
test_not_durable (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = take_two (&scratch);

  weir_harness_crash (h);
  scratch_assert_list (&scratch, "in", "a d");
  settle (h);
  assert_came (h, "a b");
  scratch_assert_list (&scratch, "in", "d");
  assert_clear (h);
  scratch_assert_said (&scratch, "*", 0);
}

/* The process ends before either file is deleted, or after some are. */
static void
test_not_deleted (void)
{
  for (unsigned n = 1; n <= 2; n++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = take_two (&scratch);
    g_autofree char *path = NULL;

    weir_harness_sync (h, 0);
    weir_harness_crash (h);
    path = scratch_path (&scratch, "in/a");
    if (n == 2)
      g_assert_cmpint (unlink (path), ==, 0);
    look (h);
    g_assert_true (scratch_has (&scratch, "in/d/b"));
    weir_harness_crash (h); /* and once more */
    settle (h);
    assert_came (h, "a b");
    scratch_assert_list (&scratch, "in", "d");
    scratch_assert_list (&scratch, "in/d", "");
    assert_clear (h);
    scratch_assert_said (&scratch, "*", 0);
  }
}

/* The processor is stopped and started while it waits for the disk. */
static void
test_not_deleted_yet (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = take_two (&scratch);

  weir_harness_restart (h);
  look (h);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 2);
  scratch_assert_list (&scratch, "in", "a d");
  settle (h);
  assert_came (h, "a b");
  scratch_assert_list (&scratch, "in", "d");
  assert_clear (h);
  scratch_assert_said (&scratch, "*", 0);
}

/* A power failure brings files back that were deleted a moment ago. */
static void
test_comes_back (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = take_two (&scratch);
  g_autofree char *path = scratch_path (&scratch, "in/a");
  g_autofree char *saved = scratch_path (&scratch, "saved");

  g_assert_cmpint (link (path, saved), ==, 0);
  weir_harness_sync (h, 10000);
  g_assert_false (scratch_has (&scratch, "in/a"));
  weir_harness_crash (h);
  g_assert_cmpint (rename (saved, path), ==, 0);
  settle (h);
  assert_came (h, "a b");
  scratch_assert_list (&scratch, "in", "d");
  assert_clear (h);
}

/* Looks that find nothing commit nothing. */
static void
test_costs_nothing (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = take_two (&scratch);

  settle (h);
  g_assert_cmpuint (weir_harness_sync (h, 100), ==, 0);
  settle (h);
  look (h);
  g_assert_cmpuint (weir_harness_sync (h, 100), ==, 0);
}

/* What has the name then is another file. */
static void
test_replaced (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = take_two (&scratch);
  g_autofree char *path = scratch_path (&scratch, "in/a");
  g_autofree char *other = scratch_path (&scratch, "other");

  weir_harness_sync (h, 0);
  weir_harness_crash (h);
  scratch_write (&scratch, "other", "1", -1);
  scratch_append (&scratch, "in/d/b", "2");
  g_assert_cmpint (rename (other, path), ==, 0);
  settle (h);
  assert_came (h, "a a b b");
  assert_clear (h);
}

/* More than there are places for: what waits for the disk holds the rest up. */
static void
test_many (void)
{
  g_auto (Scratch) scratch = { 0 };
  g_autoptr (WeirHarness) h = NULL;
  unsigned n = 0;

  scratch_init (&scratch);
  h = get_file (&scratch);
  weir_harness_set (h, "Batch Size", "1");
  for (unsigned i = 0; i < 1200; i++) {
    g_autofree char *name = g_strdup_printf ("in/%u/%u", i % 20, i);

    scratch_write (&scratch, name, "", 0);
  }
  weir_harness_delay (h);
  weir_harness_run (h, 10000);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 512);
  g_assert_cmpuint (weir_harness_sync (h, 100), ==, 100);
  weir_harness_run (h, 10000);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 612);
  weir_harness_crash (h);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 512);
  scratch_limit_files (64); /* what was left does not need one each */
  for (unsigned i = 0; i < 6; i++)
    settle (h);
  scratch_limit_files (RLIM_INFINITY);
  for (; weir_harness_pull (h, "success") != NULL; n++)
    continue;
  g_assert_cmpuint (n, ==, 1200);
  assert_clear (h);
}

/* --- FetchFile --- */

static void
push (Scratch *scratch, WeirHarness *h, const char *name)
{
  g_autofree char *in = scratch_path (scratch, "in/");

  weir_harness_push (h, "", 0, "absolute.path", in, "filename", name, NULL);
}

static void
assert_fetched (const char *completion, const char *done)
{
  for (unsigned n = 0; n < 3; n++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;

    scratch_init (&scratch);
    scratch_write (&scratch, "in/a b", "1", -1);
    scratch_write (&scratch, "in/c", "2", -1);
    scratch_write (&scratch, "done/x", "", 0);
    h = fetch_file (&scratch, completion);
    push (&scratch, h, "a b");
    push (&scratch, h, "c");
    weir_harness_delay (h);
    weir_harness_run (h, 2);
    scratch_assert_list (&scratch, "in", "a b c");
    if (n > 0)
      weir_harness_sync (h, n - 1);
    weir_harness_crash (h);
    settle (h);
    assert_came (h, "a b c");
    scratch_assert_list (&scratch, "in", "");
    scratch_assert_list (&scratch, "done", done);
    assert_clear (h);
    scratch_assert_said (&scratch, "*", 0);
    weir_harness_assert_drained (h);
  }
}

static void
test_fetched (void)
{
  assert_fetched ("Delete File", "x");
  assert_fetched ("Move File", "a b c x");
}

/* --- any order of events --- */

static void
do_something (Scratch *scratch, WeirHarness *h, unsigned *n_files)
{
  g_autofree char *name = NULL;

  switch (g_test_rand_int_range (0, 8)) {
  case 0:
  case 1:
    name = g_strdup_printf ("in/%d/%04u", g_test_rand_int_range (0, 3), (*n_files)++);
    scratch_write (scratch, name, name, -1);
    break;
  case 2:
    weir_harness_crash (h);
    break;
  case 3:
    weir_harness_sync (h, (unsigned)g_test_rand_int_range (0, 3));
    break;
  case 4:
    weir_harness_restart (h);
    break;
  case 5:
    weir_harness_advance (h, 2 * G_USEC_PER_SEC);
    break;
  default:
    weir_harness_run (h, (unsigned)g_test_rand_int_range (1, 4));
    break;
  }
}

static void
test_random (void)
{
  for (unsigned run = 0; run < 50; run++) {
    g_auto (Scratch) scratch = { 0 };
    g_autoptr (WeirHarness) h = NULL;
    g_autoptr (GString) expected = g_string_new (NULL);
    unsigned n = 0;

    scratch_init (&scratch);
    scratch_write (&scratch, "in/x/.keep", "", 0);
    h = get_file (&scratch);
    weir_harness_set (h, "Batch Size", "2");
    weir_harness_delay (h);
    for (unsigned i = 0; i < 60; i++)
      do_something (&scratch, h, &n);
    settle (h);
    for (unsigned i = 0; i < n; i++)
      g_string_append_printf (expected, i == 0 ? "%04u" : " %04u", i);
    assert_came (h, expected->str);
    assert_clear (h);
    scratch_assert_said (&scratch, "*", 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-taken/not durable", test_not_durable);
  g_test_add_func ("/file-taken/not deleted", test_not_deleted);
  g_test_add_func ("/file-taken/not deleted yet", test_not_deleted_yet);
  g_test_add_func ("/file-taken/comes back", test_comes_back);
  g_test_add_func ("/file-taken/costs nothing", test_costs_nothing);
  g_test_add_func ("/file-taken/replaced", test_replaced);
  g_test_add_func ("/file-taken/many", test_many);
  g_test_add_func ("/file-taken/fetched", test_fetched);
  g_test_add_func ("/file-taken/random", test_random);
  return g_test_run ();
}
