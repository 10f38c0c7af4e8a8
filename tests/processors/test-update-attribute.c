#include "refusal.h"

#include <weir/harness.h>

static const WeirFlowFile *
run (WeirHarness *h)
{
  const WeirFlowFile *out;

  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_assert_null (weir_harness_get_error (h));
  out = weir_harness_pull (h, "success");
  g_assert_nonnull (out);
  return out;
}

static void
assert_attribute (const WeirFlowFile *flowfile, const char *name, const char *value)
{
  g_assert_cmpstr (weir_flowfile_get_attribute (flowfile, name), ==, value);
}

static void
test_sets (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  const WeirFlowFile *out;

  weir_harness_set (h, "kind", "order");
  weir_harness_set (h, "filename", "${filename}.old");
  weir_harness_set (h, "empty", "");
  weir_harness_push (h, "content", -1, "filename", "a.txt", "kind", "bill", "other", "1", NULL);
  out = run (h);
  assert_attribute (out, "kind", "order");
  assert_attribute (out, "filename", "a.txt.old");
  assert_attribute (out, "empty", "");
  assert_attribute (out, "other", "1");
  g_assert_cmpstr (weir_harness_content (h, out, NULL), ==, "content");
  weir_harness_assert_drained (h);
}

/* Two attributes can change places. */
static void
test_values_see_what_came_in (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  const WeirFlowFile *out;

  weir_harness_set (h, "a", "${b}");
  weir_harness_set (h, "b", "${a}");
  weir_harness_push (h, "", 0, "a", "1", "b", "2", NULL);
  out = run (h);
  assert_attribute (out, "a", "2");
  assert_attribute (out, "b", "1");
}

static void
test_more_than_a_few (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  const WeirFlowFile *out;

  for (int i = 0; i < 40; i++) {
    g_autofree char *name = g_strdup_printf ("n%d", i);

    weir_harness_set (h, name, name);
  }
  weir_harness_push (h, "", 0, NULL);
  out = run (h);
  assert_attribute (out, "n0", "n0");
  assert_attribute (out, "n39", "n39");
}

static void
test_deletes (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  const WeirFlowFile *out;

  weir_harness_set (h, "Delete Attributes Expression", "http\\..*|.*name|path|uuid");
  weir_harness_set (h, "http.new", "kept");
  weir_harness_push (h, "", 0, "http.old", "1", "ahttp.x", "2", "http", "3", "nickname", "4",
                     "filename", "f", NULL);
  out = run (h);
  assert_attribute (out, "http.old", NULL);
  assert_attribute (out, "nickname", NULL);
  assert_attribute (out, "ahttp.x", "2"); /* the whole name has to match */
  assert_attribute (out, "http", "3");
  assert_attribute (out, "http.new", "kept"); /* set after the others were removed */
  assert_attribute (out, "filename", "f");
  g_assert_nonnull (weir_flowfile_get_attribute (out, "uuid"));
}

static void
assert_refused (const char *name, const char *value, const char *pattern)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");

  weir_harness_set (h, name, value);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("uuid", "x", "*uuid cannot be set*");
  assert_refused ("Delete Attributes Expression", "a(", "*wrong at character 3: missing *");
  assert_refused ("Delete Attributes Expression", "\\C", "*is wrong at character *");
  assert_refused ("a", "${b:nonsense()}", "*property 'a': *");
}

/* A name that a pattern could look at for ever costs a message, not the processor. */
static void
test_gives_up (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");

  weir_harness_set (h, "Delete Attributes Expression", "(a+)+");
  weir_harness_push (h, "", 0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "1", NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_cmpstr (weir_harness_get_error (h), ==,
                   "Delete Attributes Expression takes too long for the name of an attribute: use "
                   "a simpler one");
  g_assert_cmpuint (weir_harness_queued (h), ==, 1);
}

static void
test_deletes_by_attribute (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  const WeirFlowFile *out;

  weir_harness_set (h, "Delete Attributes Expression", "${doomed}\\..*");
  weir_harness_push (h, "", 0, "doomed", "http", "http.old", "1", "ftp.old", "2", NULL);
  out = run (h);
  assert_attribute (out, "http.old", NULL);
  assert_attribute (out, "ftp.old", "2");

  weir_harness_push (h, "", 0, "doomed", "(", NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_true (g_str_has_prefix (weir_harness_get_error (h), "Delete Attributes Expression "));
}

/* Values are remembered under the names of their attributes, over restarts too. */
static void
test_stores_state (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  g_autofree char *before = NULL, *after = NULL;

  weir_harness_set (h, "Store State", "Store state locally");
  weir_harness_set (h, "Stateful Variables Initial Value", "");
  weir_harness_set (h, "last", "${filename}");
  before = weir_harness_get_state (h, "last");
  g_assert_null (before);
  weir_harness_push (h, "", 0, "filename", "a.txt", NULL);
  run (h);
  weir_harness_restart (h);
  after = weir_harness_get_state (h, "last");
  g_assert_cmpstr (after, ==, "a.txt");
}

/* The next FlowFile sees it; one that fails leaves no trace. */
static void
test_counts (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  g_autofree char *count = NULL;

  weir_harness_set (h, "Store State", "Store state locally");
  weir_harness_set (h, "Stateful Variables Initial Value", "10");
  weir_harness_set (h, "Delete Attributes Expression", "${doomed}");
  weir_harness_set (h, "n", "${getStateValue('n'):plus(${step})}");
  for (unsigned i = 1; i <= 3; i++) {
    g_autofree char *expected = g_strdup_printf ("%u", 10 + i);

    weir_harness_push (h, "", 0, "step", "1", NULL);
    assert_attribute (run (h), "n", expected);
  }
  weir_harness_restart (h);
  weir_harness_push (h, "", 0, "step", "2", NULL);
  assert_attribute (run (h), "n", "15");
  weir_harness_push (h, "", 0, "step", "1", "doomed", "(", NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  count = weir_harness_get_state (h, "n");
  g_assert_cmpstr (count, ==, "15");
}

static void
test_stores_no_state (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  g_autofree char *value = NULL;

  weir_harness_set (h, "last", "x");
  weir_harness_push (h, "", 0, NULL);
  run (h);
  value = weir_harness_get_state (h, "last");
  g_assert_null (value);
}

static void
test_failing_value_is_named (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");

  weir_harness_set (h, "n", "${total:plus(1)}");
  weir_harness_push (h, "", 0, "total", "99999999999999999999", NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_true (g_str_has_prefix (weir_harness_get_error (h), "n: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update-attribute/sets", test_sets);
  g_test_add_func ("/update-attribute/before", test_values_see_what_came_in);
  g_test_add_func ("/update-attribute/many", test_more_than_a_few);
  g_test_add_func ("/update-attribute/deletes", test_deletes);
  g_test_add_func ("/update-attribute/refuses", test_refuses);
  g_test_add_func ("/update-attribute/gives-up", test_gives_up);
  g_test_add_func ("/update-attribute/deletes-by-attribute", test_deletes_by_attribute);
  g_test_add_func ("/update-attribute/state", test_stores_state);
  g_test_add_func ("/update-attribute/counts", test_counts);
  g_test_add_func ("/update-attribute/no-state", test_stores_no_state);
  g_test_add_func ("/update-attribute/failing", test_failing_value_is_named);
  return g_test_run ();
}
