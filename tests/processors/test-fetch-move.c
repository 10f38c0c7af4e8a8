/* Tests FetchFile's moves to another file system: a copy, and then the source goes. Guards
 * invariant 10. */
#include "fetching.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static WeirHarness *
fetch_file (void)
{
  WeirHarness *harness = weir_harness_new ("FetchFile");

  weir_harness_set (harness, "Completion Strategy", "Move File");
  return harness;
}

/* With the time and the permissions of the file, which is not gone before. */
static void
run_move (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = fetch_file ();
  g_autofree char *path = NULL, *in = NULL;
  struct stat before, after;

  if (!scratch_mount (scratch, "mount", 1 << 20))
    return;
  scratch_set_mtime (scratch, "in/f", INT64_C (1600000000123456));
  in = scratch_path (scratch, "in/f");
  g_assert_cmpint (chmod (in, 0640), ==, 0);
  g_assert_cmpint (stat (in, &before), ==, 0);
  scratch_set_path (scratch, h, "Move Destination Directory", "mount");
  scratch_write (scratch, "mount/x", "", 0);
  weir_harness_delay (h);
  fetching_push (scratch, h, "in", "f");
  fetching_assert_goes (h, "success", "content");
  g_assert_true (scratch_has (scratch, "in/f"));
  g_assert_false (scratch_has (scratch, "mount/f"));
  weir_harness_sync (h, 9);
  scratch_assert_list (scratch, "in", "");
  scratch_assert_list (scratch, "mount", "f x");
  scratch_assert_content (scratch, "mount/f", "content");
  path = scratch_path (scratch, "mount/f");
  g_assert_cmpint (stat (path, &after), ==, 0);
  g_assert_cmpint (after.st_mtim.tv_sec, ==, before.st_mtim.tv_sec);
  g_assert_cmpint (after.st_mtim.tv_nsec, ==, before.st_mtim.tv_nsec);
  g_assert_cmpint (after.st_mode, ==, before.st_mode);
}

/* The process ends before or after the copy has its name; or the name is taken. */
static void
run_and_crash (Scratch *scratch)
{
  static const struct {
    const char *strategy, *in, *there;
    bool is_published, is_taken;
  } cases[] = {
    { "Rename", "", "f x", false, false },       { "Rename", "", "x", true, false },
    { "Rename", "", "f f-* x", false, true },    { "Replace File", "", "f x", false, true },
    { "Keep Existing", "", "f x", false, true }, { "Fail", "f", ".weir-* f x", false, true },
  };

  if (!scratch_mount (scratch, "mount", 1 << 20))
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WeirHarness) h = fetch_file ();
    g_autofree char *directory = g_strdup_printf ("mount/%zu", i);
    g_autofree char *x = g_strconcat (directory, "/x", NULL);
    g_autofree char *f = g_strconcat (directory, "/f", NULL);
    g_autofree char *there = NULL;

    scratch_write (scratch, "in/f", "content", -1);
    scratch_write (scratch, x, "", 0);
    scratch_set_path (scratch, h, "Move Destination Directory", directory);
    weir_harness_set (h, "Move Conflict Strategy", cases[i].strategy);
    weir_harness_delay (h);
    fetching_push (scratch, h, "in", "f");
    weir_harness_sync (h, 0);
    weir_harness_run (h, 1);
    weir_harness_crash (h); /* never durable: it begins anew */
    weir_harness_run (h, 1);
    weir_harness_sync (h, 0);
    weir_harness_crash (h);
    if (cases[i].is_published) {
      /* and somebody took the file away */
      g_autofree char *path = scratch_path (scratch, directory);
      g_autofree char *remove = g_strdup_printf ("rm %s/.weir-*", path);
      g_assert_cmpint (system (remove), ==, 0);
    }
    if (cases[i].is_taken)
      scratch_write (scratch, f, "other", -1);
    for (unsigned k = 0; k < 3; k++) {
      weir_harness_run (h, 9);
      weir_harness_sync (h, 9);
    }
    scratch_assert_list (scratch, "in", cases[i].in);
    there = scratch_list (scratch, directory);
    if (!g_pattern_match_simple (cases[i].there, there))
      g_error ("case %zu: \"%s\" is not like \"%s\"", i, there, cases[i].there);
    g_assert_cmpuint (weir_harness_count (h, "success"), ==, 1);
  }
}

static void
run_full (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = fetch_file ();
  g_autofree char *large = g_strnfill (1 << 20, 'x');

  if (!scratch_mount (scratch, "mount", 1 << 18))
    return;
  scratch_write (scratch, "in/f", large, -1);
  scratch_set_path (scratch, h, "Move Destination Directory", "mount");
  fetching_push (scratch, h, "in", "f");
  fetching_assert_goes (h, "failure", "before");
  scratch_assert_said (scratch, "*No space left on device*", 1);
  scratch_assert_list (scratch, "mount", "");
}

static void
run_in_child (void (*func) (Scratch *scratch))
{
  g_auto (Scratch) scratch = { 0 };

  if (getuid () != 0) {
    g_test_skip ("only root can mount");
    return;
  }
  scratch_init (&scratch);
  scratch_write (&scratch, "in/f", "content", -1);
  scratch_in_child (&scratch, func);
}

static void
test_moves (void)
{
  run_in_child (run_move);
}

static void
test_crash (void)
{
  run_in_child (run_and_crash);
}

static void
test_full (void)
{
  run_in_child (run_full);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fetch-move/moves", test_moves);
  g_test_add_func ("/fetch-move/crash", test_crash);
  g_test_add_func ("/fetch-move/full", test_full);
  return g_test_run ();
}
