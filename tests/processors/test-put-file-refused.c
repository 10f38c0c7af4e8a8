/* Tests PutFile where the system refuses: a full disk, no permission, limits. */
#include "putting.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void
run_forbidden (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = putting_new (scratch);
  g_autofree char *out = scratch_path (scratch, "out");

  weir_harness_set (h, "Owner", "${owner}");
  scratch_write (scratch, "out/x", "", 0);
  g_assert_cmpint (chmod (out, 0555), ==, 0);
  putting_push (h, "a", "1");
  g_assert_true (scratch_become_nobody (scratch));
  putting_run (h, 0, 1);
  scratch_assert_said (scratch, "*cannot create '*/out/a': Permission denied; give the user*", 1);
}

static void
run_not_given_away (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = putting_new (scratch);

  weir_harness_set (h, "Owner", "0");
  putting_push (h, "a", "1");
  g_assert_true (scratch_become_nobody (scratch));
  putting_run (h, 0, 1);
  scratch_assert_list (scratch, "out", "");
  scratch_assert_said (scratch, "*cannot give the file to '0': Operation not permitted*", 1);
}

static void
test_forbidden (void)
{
  g_auto (Scratch) scratch = { 0 };

  if (getuid () != 0) {
    g_test_skip ("only root can become another user");
    return;
  }
  scratch_init (&scratch);
  scratch_in_child (&scratch, run_not_given_away);
  scratch_in_child (&scratch, run_forbidden);
}

/* Room for some of them: these are whole, of the others nothing is left. */
static void
run_full (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = putting_new (scratch);
  g_autofree char *content = g_strnfill (100 * 1024, 'x');
  unsigned n;

  if (!scratch_mount (scratch, "out", 1024 * 1024)) {
    g_printerr ("# no mounts here: a full disk was not tested\n");
    return;
  }
  for (int i = 0; i < 20; i++) {
    char name[16];

    g_snprintf (name, sizeof name, "%02d", i);
    putting_push (h, name, content);
  }
  weir_harness_run (h, 99);
  n = (unsigned)weir_harness_count (h, "success");
  g_assert_cmpuint (n, >=, 5);
  g_assert_cmpuint (n, <=, 10);
  g_assert_cmpuint (weir_harness_count (h, "failure"), ==, 20 - n);
  scratch_assert_said (scratch, "*No space left on device*free space*", 20 - n);
  for (unsigned i = 0; i < n; i++) {
    char name[16];

    g_snprintf (name, sizeof name, "out/%02u", i);
    scratch_assert_content (scratch, name, content);
  }
  while (weir_harness_pull (h, "failure") != NULL)
    continue;
  scratch_assert_content (scratch, "out/00", content);
  g_assert_cmpuint (scratch->said->len, ==, 0);
}

static void
test_full (void)
{
  g_auto (Scratch) scratch = { 0 };

  scratch_init (&scratch);
  scratch_in_child (&scratch, run_full);
}

static void
run_too_large (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = putting_new (scratch);
  g_autofree char *content = g_strnfill (4096, 'x');
  struct rlimit limit = { 1000, 1000 };

  putting_push (h, "large", content);
  putting_push (h, "small", "x");
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  /* What may be too much of a batch is tried once more alone. */
  g_assert_cmpuint (weir_harness_run (h, 99), >=, 1);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 1);
  g_assert_cmpuint (weir_harness_count (h, "failure"), ==, 1);
  scratch_assert_list (scratch, "out", "small");
  scratch_assert_said (scratch, "*File too large*", 1);
}

static void
test_too_large (void)
{
  g_auto (Scratch) scratch = { 0 };

  scratch_init (&scratch);
  scratch_in_child (&scratch, run_too_large);
}

/* Fewer files may be open than a batch has. */
static void
run_few_open (Scratch *scratch)
{
  g_autoptr (WeirHarness) h = putting_new (scratch);
  struct rlimit limit = { 64, 64 };

  for (int i = 0; i < 200; i++) {
    char name[16];

    g_snprintf (name, sizeof name, "%d", i);
    putting_push (h, name, "x");
  }
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (weir_harness_run (h, 100), >=, 4);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 200);
}

static void
test_few_open (void)
{
  g_auto (Scratch) scratch = { 0 };

  scratch_init (&scratch);
  scratch_in_child (&scratch, run_few_open);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/put-file-refused/forbidden", test_forbidden);
  g_test_add_func ("/put-file-refused/full", test_full);
  g_test_add_func ("/put-file-refused/too large", test_too_large);
  g_test_add_func ("/put-file-refused/few open", test_few_open);
  return g_test_run ();
}
