/* Tests engine/harness/harness.c: as a module author uses it. */
#include <weir/harness.h>

#include <string.h>

static WeirHarness *
echo (void)
{
  WeirHarness *harness = weir_harness_new ("Echo");

  weir_harness_set (harness, "Prefix", "no. ");
  return harness;
}

static void
test_push_run_pull (void)
{
  g_autoptr (WeirHarness) h = echo ();
  const WeirFlowFile *out;
  size_t size;

  weir_harness_push (h, "hello", -1, "filename", "a.txt", NULL);
  weir_harness_push (h, "two\0bytes", 9, NULL);
  g_assert_cmpuint (weir_harness_queued (h), ==, 2);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 1);
  g_assert_cmpuint (weir_harness_run (h, 10), ==, 1);

  out = weir_harness_pull (h, "success");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "filename"), ==, "a.txt");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "number"), ==, "no. 1");
  g_assert_cmpuint (strlen (weir_flowfile_get_attribute (out, "uuid")), ==, 36);
  g_assert_cmpstr (weir_harness_content (h, out, NULL), ==, "hello");
  g_assert_false (weir_harness_is_penalized (h, out));
  out = weir_harness_pull (h, "success");
  g_assert_cmpmem (weir_harness_content (h, out, &size), 9, "two\0bytes", 9);
  g_assert_cmpuint (size, ==, 9);
  g_assert_null (weir_harness_pull (h, "success"));
  weir_harness_assert_drained (h);
}

static void
test_failed_trigger (void)
{
  g_autoptr (WeirHarness) h = echo ();

  weir_harness_push (h, "bad", -1, NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_cmpstr (weir_harness_get_error (h), ==, "bad content");
  g_assert_cmpuint (weir_harness_queued (h), ==, 1);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  weir_harness_advance (h, 30 * G_USEC_PER_SEC); /* the penalty */
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_cmpuint (weir_harness_queued (h), ==, 1);
}

static void
test_penalized (void)
{
  g_autoptr (WeirHarness) h = echo ();
  const WeirFlowFile *out;

  weir_harness_push (h, "worse", -1, NULL);
  weir_harness_run (h, 1);
  out = weir_harness_pull (h, "failure");
  g_assert_nonnull (out);
  g_assert_true (weir_harness_is_penalized (h, out));
}

/* Also those behind the first, and not those that were not. */
static void
test_several_penalized (void)
{
  g_autoptr (WeirHarness) h = echo ();
  const WeirFlowFile *out;

  for (unsigned i = 0; i < 2; i++)
    weir_harness_push (h, "worse", -1, NULL);
  weir_harness_run (h, 2);
  for (unsigned i = 0; i < 2; i++) {
    out = weir_harness_pull (h, "failure");
    g_assert_true (weir_harness_is_penalized (h, out));
  }
  weir_harness_push (h, "worse", -1, NULL);
  weir_harness_run (h, 1);
  weir_harness_advance (h, 30 * G_USEC_PER_SEC);
  out = weir_harness_pull (h, "failure");
  g_assert_false (weir_harness_is_penalized (h, out));
}

static void
test_restart_keeps_state (void)
{
  g_autoptr (WeirHarness) h = echo ();
  g_autofree char *count = NULL;

  weir_harness_push (h, "one", -1, NULL);
  weir_harness_run (h, 1);
  weir_harness_restart (h);
  weir_harness_push (h, "two", -1, NULL);
  weir_harness_run (h, 1);
  count = weir_harness_get_state (h, "count");
  g_assert_cmpstr (count, ==, "2");
}

static void
test_check (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("Echo");
  g_autofree char *missing = weir_harness_check (h);
  g_autofree char *fine = NULL;

  g_assert_nonnull (strstr (missing, "Prefix"));
  weir_harness_set (h, "Prefix", "x");
  fine = weir_harness_check (h);
  g_assert_null (fine);
  weir_harness_set (h, "Prefix", NULL);
  g_free (missing);
  missing = weir_harness_check (h);
  g_assert_nonnull (missing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/push, run, pull", test_push_run_pull);
  g_test_add_func ("/harness/failed trigger", test_failed_trigger);
  g_test_add_func ("/harness/penalized", test_penalized);
  g_test_add_func ("/harness/several penalized", test_several_penalized);
  g_test_add_func ("/harness/restart", test_restart_keeps_state);
  g_test_add_func ("/harness/check", test_check);
  return g_test_run ();
}
