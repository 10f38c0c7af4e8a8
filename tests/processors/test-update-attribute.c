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

/* --- rules --- */

static WeirHarness *
with_rules (const char *policy)
{
  WeirHarness *h = weir_harness_new ("UpdateAttribute");

  weir_harness_set (h, "FlowFile Policy", policy);
  weir_harness_set (h, "size", "small");
  weir_harness_set (h, "seen", "yes");
  weir_harness_set (h, "[large] if", "${bytes:gt(1000)}");
  weir_harness_set (h, "[large] size", "large");
  weir_harness_set (h, "[large] was", "${size}");
  weir_harness_set (h, "[urgent] if", "${kind:equals('alarm')}");
  weir_harness_set (h, "[urgent] if 2", "${muted:isNull()}");
  weir_harness_set (h, "[urgent] size", "any");
  return h;
}

static void
test_no_rule_holds (void)
{
  g_autoptr (WeirHarness) h = with_rules ("use clone");
  const WeirFlowFile *out;

  weir_harness_push (h, "", 0, "bytes", "5", "kind", "alarm", "muted", "", NULL);
  out = run (h);
  assert_attribute (out, "size", "small");
  assert_attribute (out, "seen", "yes");
  assert_attribute (out, "was", NULL);
  assert_attribute (out, "UpdateAttribute.matchedRule", NULL);
  weir_harness_assert_drained (h);
}

static void
test_one_rule_holds (void)
{
  g_autoptr (WeirHarness) h = with_rules ("use clone");
  const WeirFlowFile *out;

  weir_harness_push (h, "", 0, "bytes", "5000", "size", "unknown", NULL);
  out = run (h);
  assert_attribute (out, "size", "large");
  assert_attribute (out, "was", "unknown");
  assert_attribute (out, "seen", "yes");
  assert_attribute (out, "UpdateAttribute.matchedRule", "large");
  weir_harness_assert_drained (h);
}

static void
test_rules_get_copies (void)
{
  g_autoptr (WeirHarness) h = with_rules ("use clone");
  const WeirFlowFile *first, *second;

  weir_harness_push (h, "content", -1, "bytes", "5000", "kind", "alarm", NULL);
  first = run (h);
  second = weir_harness_pull (h, "success");
  assert_attribute (first, "size", "large");
  assert_attribute (first, "UpdateAttribute.matchedRule", "large");
  assert_attribute (second, "size", "any");
  assert_attribute (second, "was", NULL);
  assert_attribute (second, "seen", "yes");
  assert_attribute (second, "UpdateAttribute.matchedRule", "urgent");
  g_assert_cmpstr (weir_harness_content (h, second, NULL), ==, "content");
  weir_harness_assert_drained (h);
}

static void
test_rules_change_the_original (void)
{
  g_autoptr (WeirHarness) h = with_rules ("use original");
  const WeirFlowFile *out;

  weir_harness_set (h, "Delete Attributes Expression", "kind");
  weir_harness_push (h, "", 0, "bytes", "5000", "kind", "alarm", "size", "unknown", NULL);
  out = run (h);
  assert_attribute (out, "size", "any");
  assert_attribute (out, "was", "unknown");
  assert_attribute (out, "kind", NULL);
  assert_attribute (out, "UpdateAttribute.matchedRule", "large, urgent");
  weir_harness_assert_drained (h);
}

/* The greatest so far: a rule that looks at the state and changes it. */
static void
test_rules_remember (void)
{
  static const char *const values[] = { "3", "7", "5" };
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  g_autofree char *greatest = NULL;

  weir_harness_set (h, "Store State", "Store state locally");
  weir_harness_set (h, "Stateful Variables Initial Value", "0");
  weir_harness_set (h, "[greater] if", "${getStateValue('greatest'):lt(${value})}");
  weir_harness_set (h, "[greater] greatest", "${value}");
  for (size_t i = 0; i < G_N_ELEMENTS (values); i++) {
    weir_harness_push (h, "", 0, "value", values[i], NULL);
    assert_attribute (run (h), "greatest", i < 2 ? values[i] : NULL);
  }
  greatest = weir_harness_get_state (h, "greatest");
  g_assert_cmpstr (greatest, ==, "7");
}

static void
test_rules_that_fail (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");

  weir_harness_set (h, "[r] if", "${a:divide(${b}):gt(1)}");
  weir_harness_set (h, "[r] c", "x");
  weir_harness_push (h, "", 0, "a", "1", "b", "0", NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  g_assert_true (g_str_has_prefix (weir_harness_get_error (h), "[r] if: "));
}

static void
assert_rule_is_refused (const char *name, const char *more, const char *told)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");

  weir_harness_set (h, name, "true");
  if (more != NULL)
    weir_harness_set (h, more, "true");
  refusal_assert (h, told);
}

static void
test_refuses_rules (void)
{
  assert_rule_is_refused ("[r] if", NULL, "*rule 'r' does nothing*");
  assert_rule_is_refused ("[r] a", NULL, "*rule 'r' has no condition*");
  assert_rule_is_refused ("[r] if", "[r] uuid", "*rule 'r' cannot set uuid*");
}

/* What only looks like a rule is an attribute. */
static void
test_names_in_brackets (void)
{
  static const char *const names[] = { "[a]", "[]", "[] b", "[a]b", "[a] ", "if" };
  g_autoptr (WeirHarness) h = weir_harness_new ("UpdateAttribute");
  const WeirFlowFile *out;

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    weir_harness_set (h, names[i], "x");
  weir_harness_push (h, "", 0, NULL);
  out = run (h);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    assert_attribute (out, names[i], "x");
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
  g_test_add_func ("/update-attribute/rules/none", test_no_rule_holds);
  g_test_add_func ("/update-attribute/rules/one", test_one_rule_holds);
  g_test_add_func ("/update-attribute/rules/clone", test_rules_get_copies);
  g_test_add_func ("/update-attribute/rules/original", test_rules_change_the_original);
  g_test_add_func ("/update-attribute/rules/state", test_rules_remember);
  g_test_add_func ("/update-attribute/rules/failing", test_rules_that_fail);
  g_test_add_func ("/update-attribute/rules/refused", test_refuses_rules);
  g_test_add_func ("/update-attribute/rules/brackets", test_names_in_brackets);
  return g_test_run ();
}
