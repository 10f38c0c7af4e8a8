/* Tests processors/flow/distribute-load.c; what it does under back pressure is in
 * test-distribute-load-pressure.c. */
#include "refusal.h"

#include <weir/harness.h>

#include <string.h>

static WeirHarness *
distribute (const char *n, const char *strategy)
{
  WeirHarness *h = weir_harness_new ("DistributeLoad");

  weir_harness_set (h, "Number of Relationships", n);
  weir_harness_set (h, "Distribution Strategy", strategy);
  return h;
}

/* Sends @n through; @expected says how many left by 1, 2, 3. */
static void
assert_shares (WeirHarness *h, unsigned n, const unsigned expected[3])
{
  static const char *const names[] = { "1", "2", "3" };

  for (unsigned i = 0; i < n; i++)
    weir_harness_push (h, "x", 1, NULL);
  g_assert_cmpuint (weir_harness_run (h, n), ==, n);
  for (unsigned i = 0; i < 3; i++) {
    const WeirFlowFile *out;
    unsigned share = 0;

    for (; (out = weir_harness_pull (h, names[i])) != NULL; share++)
      g_assert_cmpstr (weir_flowfile_get_attribute (out, "distribute.load.relationship"), ==,
                       names[i]);
    g_assert_cmpuint (share, ==, expected[i]);
  }
  weir_harness_assert_drained (h);
}

static void
test_round_robin (void)
{
  g_autoptr (WeirHarness) h = distribute ("3", "round robin");

  assert_shares (h, 9, (unsigned[]){ 3, 3, 3 });
  assert_shares (h, 1, (unsigned[]){ 1, 0, 0 });
  assert_shares (h, 1, (unsigned[]){ 0, 1, 0 });
}

static void
test_weights (void)
{
  g_autoptr (WeirHarness) h = distribute ("3", "round robin");
  g_autoptr (WeirHarness) next = distribute ("3", "next available");

  weir_harness_set (h, "2", "5");
  weir_harness_set (h, "3", "2");
  assert_shares (h, 16, (unsigned[]){ 2, 10, 4 });
  weir_harness_set (next, "1", "4");
  assert_shares (next, 12, (unsigned[]){ 8, 2, 2 });
}

static void
test_overflow (void)
{
  g_autoptr (WeirHarness) h = distribute ("3", "overflow");

  assert_shares (h, 9, (unsigned[]){ 9, 0, 0 });
}

static void
test_default (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("DistributeLoad");

  weir_harness_push (h, "", 0, NULL);
  weir_harness_run (h, 1);
  g_assert_cmpuint (weir_harness_count (h, "1"), ==, 1);
}

static void
assert_refused (const char *name, const char *value, const char *pattern)
{
  g_autoptr (WeirHarness) h = distribute ("3", "round robin");

  weir_harness_set (h, name, value);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  assert_refused ("Number of Relationships", "0", "*Number of Relationships*");
  assert_refused ("Number of Relationships", "1001", "*Number of Relationships*");
  assert_refused ("Distribution Strategy", "fair", "*Distribution Strategy*");
  assert_refused ("4", "1", "*'4' should be a relationship from 1 to 3*");
  assert_refused ("0", "1", "*'0' should be a relationship from 1 to 3*");
  assert_refused ("first", "1", "*'first' should be a relationship from 1 to 3*");
  assert_refused ("2", "0", "property '2': a weight is*");
  assert_refused ("2", "1.5", "property '2': a weight is*");
  assert_refused ("2", "1000001", "property '2': a weight is*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/distribute-load/round-robin", test_round_robin);
  g_test_add_func ("/distribute-load/weights", test_weights);
  g_test_add_func ("/distribute-load/overflow", test_overflow);
  g_test_add_func ("/distribute-load/default", test_default);
  g_test_add_func ("/distribute-load/refuses", test_refuses);
  return g_test_run ();
}
