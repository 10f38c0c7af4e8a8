/* Tests engine/harness/harness.c: as a module author uses it. */
#include <weir/harness.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

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
test_auto_terminate (void)
{
  g_autoptr (WeirHarness) h = echo ();

  weir_harness_auto_terminate (h, "success");
  weir_harness_push (h, "hello", -1, NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  weir_harness_assert_drained (h);
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

/* --- crashes --- */

typedef struct {
  WeirHarness *harness;
  char *diary;
} Kept;

/* One FlowFile is queued, and nothing is durable by itself. */
static void
kept_init (Kept *kept)
{
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("weir-diary-XXXXXX", &kept->diary, &error);

  g_assert_no_error (error);
  close (fd);
  kept->harness = weir_harness_new ("Keeper");
  weir_harness_set (kept->harness, "Diary", kept->diary);
  weir_harness_push (kept->harness, "content", -1, "filename", "f", NULL);
  weir_harness_delay (kept->harness);
}

static void
kept_clear (Kept *kept)
{
  weir_harness_free (kept->harness);
  g_unlink (kept->diary);
  g_free (kept->diary);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Kept, kept_clear)

static void
assert_diary (const Kept *kept, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (kept->diary, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

/* From here on it goes as it should. */
static void
assert_goes_on (Kept *kept, const char *uuid)
{
  const WeirFlowFile *out;

  weir_harness_sync (kept->harness, 99);
  g_assert_cmpuint (weir_harness_run (kept->harness, 99), ==, 2);
  out = weir_harness_pull (kept->harness, "success");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "uuid"), ==, uuid);
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "filename"), ==, "f");
  g_assert_cmpstr (weir_harness_content (kept->harness, out, NULL), ==, "content");
  weir_harness_assert_drained (kept->harness);
}

static void
test_delay (void)
{
  g_auto (Kept) kept = { 0 };

  kept_init (&kept);
  g_assert_cmpuint (weir_harness_run (kept.harness, 99), ==, 2);
  assert_diary (&kept, "");
  g_assert_cmpuint (weir_harness_sync (kept.harness, 0), ==, 0);
  assert_diary (&kept, "");
  g_assert_cmpuint (weir_harness_sync (kept.harness, 1), ==, 1);
  assert_diary (&kept, "h");
  g_assert_cmpuint (weir_harness_sync (kept.harness, 99), ==, 1);
  assert_diary (&kept, "ht");
  weir_harness_restart (kept.harness);
  assert_diary (&kept, "hts");
}

/* What was committed but not durable has never been. */
static void
test_crash_undoes (void)
{
  for (unsigned n = 1; n <= 2; n++) {
    g_auto (Kept) kept = { 0 };
    g_autofree char *before = NULL, *after = NULL;

    kept_init (&kept);
    weir_harness_run (kept.harness, n);
    before = weir_harness_get_state (kept.harness, "held");
    g_assert_true ((before != NULL) == (n == 1));
    weir_harness_crash (kept.harness);
    after = weir_harness_get_state (kept.harness, "held");
    g_assert_null (after);
    g_assert_cmpuint (weir_harness_queued (kept.harness), ==, 1);
    g_assert_cmpuint (weir_harness_count (kept.harness, "success"), ==, 0);
    weir_harness_run (kept.harness, 1);
    weir_harness_sync (kept.harness, 0);
    after = weir_harness_get_state (kept.harness, "held");
    weir_harness_crash (kept.harness);
    assert_diary (&kept, "");
    assert_goes_on (&kept, after);
    assert_diary (&kept, "");
  }
}

/* What was durable is there again, though nobody was told. */
static void
test_crash_keeps (void)
{
  g_auto (Kept) kept = { 0 };
  g_autofree char *before = NULL, *after = NULL;

  kept_init (&kept);
  weir_harness_run (kept.harness, 1);
  before = weir_harness_get_state (kept.harness, "held");
  weir_harness_sync (kept.harness, 0);
  weir_harness_run (kept.harness, 1);
  for (unsigned i = 0; i < 3; i++) {
    weir_harness_crash (kept.harness);
    g_free (after);
    after = weir_harness_get_state (kept.harness, "held");
    g_assert_cmpstr (after, ==, before);
    g_assert_cmpuint (weir_harness_queued (kept.harness), ==, 1);
  }
  g_assert_cmpuint (weir_harness_sync (kept.harness, 99), ==, 0);
  assert_goes_on (&kept, before);
}

static void
test_crash_keeps_output (void)
{
  g_auto (Kept) kept = { 0 };

  kept_init (&kept);
  weir_harness_run (kept.harness, 2);
  weir_harness_sync (kept.harness, 1);
  weir_harness_crash (kept.harness);
  assert_diary (&kept, "h");
  g_assert_cmpuint (weir_harness_queued (kept.harness), ==, 0);
  g_assert_cmpuint (weir_harness_count (kept.harness, "success"), ==, 1);
  weir_harness_pull (kept.harness, "success");
  weir_harness_crash (kept.harness);
  g_assert_cmpuint (weir_harness_count (kept.harness, "success"), ==, 1);
  weir_harness_pull (kept.harness, "success");
  weir_harness_assert_drained (kept.harness);
}

/* Without a delay each commit is durable, and told. */
static void
test_crash_at_once (void)
{
  g_autoptr (WeirHarness) h = echo ();
  g_autofree char *count = NULL;

  weir_harness_push (h, "one", -1, NULL);
  weir_harness_push (h, "two", -1, NULL);
  weir_harness_run (h, 1);
  weir_harness_crash (h);
  weir_harness_run (h, 1);
  count = weir_harness_get_state (h, "count");
  g_assert_cmpstr (count, ==, "2");
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 2);
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
  g_test_add_func ("/harness/auto-terminate", test_auto_terminate);
  g_test_add_func ("/harness/check", test_check);
  g_test_add_func ("/harness/delay", test_delay);
  g_test_add_func ("/harness/crash undoes", test_crash_undoes);
  g_test_add_func ("/harness/crash keeps", test_crash_keeps);
  g_test_add_func ("/harness/crash keeps output", test_crash_keeps_output);
  g_test_add_func ("/harness/crash at once", test_crash_at_once);
  return g_test_run ();
}
