/* Tests processors/flow/duplicate-flowfile.c. */
#include <weir/harness.h>

static void
test_copies (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("DuplicateFlowFile");
  bool seen[4] = { false };
  const char *uuids[4];

  weir_harness_set (h, "Number of Copies", "${n}");
  weir_harness_push (h, "content", -1, "n", "3", "kind", "order", NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 4);
  for (unsigned i = 0; i < 4; i++) {
    const WeirFlowFile *out = weir_harness_pull (h, "success");
    unsigned index =
        (unsigned)g_ascii_strtoull (weir_flowfile_get_attribute (out, "copy.index"), NULL, 10);

    g_assert_cmpuint (index, <, 4);
    seen[index] = true;
    uuids[index] = weir_flowfile_get_attribute (out, "uuid");
    g_assert_cmpstr (weir_flowfile_get_attribute (out, "kind"), ==, "order");
    g_assert_cmpstr (weir_harness_content (h, out, NULL), ==, "content");
  }
  for (unsigned i = 0; i < 4; i++) {
    g_assert_true (seen[i]);
    g_assert_true (i == 0 || g_strcmp0 (uuids[i], uuids[0]) != 0);
  }
  weir_harness_assert_drained (h);
}

static void
test_number (void)
{
  g_autoptr (WeirHarness) none = weir_harness_new ("DuplicateFlowFile");
  g_autoptr (WeirHarness) by_default = weir_harness_new ("DuplicateFlowFile");

  weir_harness_set (none, "Number of Copies", "0");
  weir_harness_push (none, "", 0, NULL);
  weir_harness_run (none, 1);
  g_assert_cmpuint (weir_harness_count (none, "success"), ==, 1);

  weir_harness_push (by_default, "", 0, NULL);
  weir_harness_run (by_default, 1);
  g_assert_cmpuint (weir_harness_count (by_default, "success"), ==, 101);
}

/* What only shows with the FlowFile is told then, and nothing is lost. */
static void
test_wrong_number (void)
{
  static const char *const wrong[] = { "many", "-1", "1000001", "" };

  for (unsigned i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (WeirHarness) h = weir_harness_new ("DuplicateFlowFile");

    weir_harness_set (h, "Number of Copies", "${n}");
    weir_harness_push (h, "", 0, "n", wrong[i], NULL);
    g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
    g_assert_true (g_str_has_prefix (weir_harness_get_error (h), "Number of Copies: "));
    g_assert_cmpuint (weir_harness_queued (h), ==, 1);
    g_assert_cmpuint (weir_harness_count (h, "success"), ==, 0);
  }
}

static void
test_refuses (void)
{
  static const char *const wrong[] = { "many", "-1", "1000001", "" };

  for (unsigned i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (WeirHarness) h = weir_harness_new ("DuplicateFlowFile");
    g_autofree char *problems = NULL;

    weir_harness_set (h, "Number of Copies", wrong[i]);
    problems = weir_harness_check (h);
    g_assert_nonnull (problems);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/duplicate-flowfile/copies", test_copies);
  g_test_add_func ("/duplicate-flowfile/number", test_number);
  g_test_add_func ("/duplicate-flowfile/wrong", test_wrong_number);
  g_test_add_func ("/duplicate-flowfile/refuses", test_refuses);
  return g_test_run ();
}
