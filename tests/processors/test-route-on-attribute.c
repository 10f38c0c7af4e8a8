/* Tests processors/flow/route-on-attribute.c. */
#include "refusal.h"

#include <weir/harness.h>

#include <string.h>

static WeirHarness *
route (const char *strategy)
{
  WeirHarness *h = weir_harness_new ("RouteOnAttribute");

  if (strategy != NULL)
    weir_harness_set (h, "Routing Strategy", strategy);
  weir_harness_set (h, "large", "${fileSize:gt(3)}");
  weir_harness_set (h, "order", "${kind:equals('order')}");
  return h;
}

static void
push (WeirHarness *h, const char *content, const char *kind)
{
  weir_harness_push (h, content, -1, "kind", kind, NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
}

/* One FlowFile left by @relationship, and says so. */
static const WeirFlowFile *
assert_left (WeirHarness *h, const char *relationship)
{
  const WeirFlowFile *out = weir_harness_pull (h, relationship);

  g_assert_nonnull (out);
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "RouteOnAttribute.Route"), ==, relationship);
  return out;
}

static void
test_by_name (void)
{
  g_autoptr (WeirHarness) h = route (NULL);
  const WeirFlowFile *large, *order;

  push (h, "12", "bill");
  assert_left (h, "unmatched");
  push (h, "12", "order");
  assert_left (h, "order");
  push (h, "1234", "bill");
  assert_left (h, "large");
  weir_harness_assert_drained (h);

  push (h, "1234", "order");
  large = assert_left (h, "large");
  order = assert_left (h, "order");
  g_assert_cmpstr (weir_harness_content (h, large, NULL), ==, "1234");
  g_assert_cmpstr (weir_harness_content (h, order, NULL), ==, "1234");
  g_assert_cmpstr (weir_flowfile_get_attribute (large, "uuid"), !=,
                   weir_flowfile_get_attribute (order, "uuid"));
  weir_harness_assert_drained (h);
}

static void
test_all (void)
{
  g_autoptr (WeirHarness) h = route ("Route to 'match' if all match");

  push (h, "1234", "order");
  assert_left (h, "matched");
  push (h, "1234", "bill");
  assert_left (h, "unmatched");
  weir_harness_assert_drained (h);
}

static void
test_any (void)
{
  g_autoptr (WeirHarness) h = route ("Route to 'match' if any matches");

  push (h, "1234", "bill");
  assert_left (h, "matched");
  push (h, "12", "bill");
  assert_left (h, "unmatched");
  weir_harness_assert_drained (h);
}

static void
test_many_conditions (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("RouteOnAttribute");

  for (int i = 0; i < 40; i++) {
    g_autofree char *name = g_strdup_printf ("n%d", i);

    weir_harness_set (h, name, i % 2 == 0 ? "true" : "false");
  }
  push (h, "", "order");
  for (int i = 0; i < 40; i++) {
    g_autofree char *name = g_strdup_printf ("n%d", i);

    g_assert_cmpuint (weir_harness_count (h, name), ==, i % 2 == 0);
  }
}

static void
test_condition_that_fails (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("RouteOnAttribute");

  weir_harness_set (h, "large", "${n:gt(3)}");
  weir_harness_push (h, "", 0, "n", "many", NULL);
  if (weir_harness_run (h, 1) == 0) {
    g_assert_true (g_str_has_prefix (weir_harness_get_error (h), "large: "));
    g_assert_cmpuint (weir_harness_queued (h), ==, 1);
  } else {
    assert_left (h, "unmatched");
  }
}

static void
assert_refused (const char *name, const char *value, const char *pattern)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("RouteOnAttribute");

  weir_harness_set (h, name, value);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("large", "fileSize > 3", "property 'large' is no condition*");
  assert_refused ("large", "", "property 'large' is no condition*");
  assert_refused ("unmatched", "true", "*unmatched* exists already*");
  assert_refused ("Routing Strategy", "somewhere", "*Routing Strategy*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/route-on-attribute/by-name", test_by_name);
  g_test_add_func ("/route-on-attribute/all", test_all);
  g_test_add_func ("/route-on-attribute/any", test_any);
  g_test_add_func ("/route-on-attribute/many", test_many_conditions);
  g_test_add_func ("/route-on-attribute/failing", test_condition_that_fails);
  g_test_add_func ("/route-on-attribute/refuses", test_refuses);
  return g_test_run ();
}
