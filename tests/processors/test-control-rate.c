/* Tests processors/flow/control-rate.c and throttle.c, to the microsecond of a clock that is held.
 */
#include "refusal.h"

#include <weir/harness.h>

#include <string.h>

#define SECOND ((int64_t)G_USEC_PER_SEC)

static WeirHarness *
control (const char *criteria, const char *rate)
{
  WeirHarness *h = weir_harness_new ("ControlRate");

  weir_harness_set (h, "Rate Control Criteria", criteria);
  weir_harness_set (h, "Time Duration", "1 s");
  weir_harness_set (h, "Maximum Rate", rate);
  return h;
}

static void
push (WeirHarness *h, unsigned n, const char *content, const char *name, const char *value)
{
  while (n-- > 0)
    weir_harness_push (h, content, -1, name, value, NULL);
}

/* Lets @usec pass; then so many have left in all. */
static void
assert_passed (WeirHarness *h, int64_t usec, size_t n)
{
  weir_harness_advance (h, usec);
  weir_harness_run (h, 100);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, n);
}

static void
test_count (void)
{
  g_autoptr (WeirHarness) h = control ("flowfile count", "3");

  push (h, 8, "", NULL, NULL);
  assert_passed (h, 0, 3);
  g_assert_cmpuint (weir_harness_queued (h), ==, 5);
  assert_passed (h, SECOND - 1, 3);
  assert_passed (h, 1, 6);
  assert_passed (h, SECOND - 1, 6);
  assert_passed (h, 1, 8);
  weir_harness_run (h, 1);
  g_assert_cmpuint (weir_harness_queued (h), ==, 0);
}

/* No stretch of a second sees more than the maximum, wherever it begins. */
static void
test_window_slides (void)
{
  g_autoptr (WeirHarness) h = control ("flowfile count", "2");

  push (h, 1, "", NULL, NULL);
  assert_passed (h, 0, 1);
  weir_harness_advance (h, SECOND * 9 / 10);
  push (h, 5, "", NULL, NULL);
  assert_passed (h, 0, 2);
  assert_passed (h, SECOND / 10, 3); /* the first one no longer counts, the second does */
  assert_passed (h, SECOND * 8 / 10, 3);
  assert_passed (h, SECOND / 10, 4);
}

/* Whenever they come, and however the moments are kept. */
static void
test_no_window_sees_more (void)
{
  g_autoptr (WeirHarness) h = control ("flowfile count", "5");
  int64_t times[400];
  int64_t now = 0;
  size_t n = 0;

  for (unsigned i = 0; i < 400; i++) {
    int64_t step = g_test_rand_int_range (0, i % 4 == 0 ? 1000000 : 20000);

    now += step;
    weir_harness_advance (h, step);
    push (h, 1, "", NULL, NULL);
    weir_harness_run (h, 100);
    while (n < weir_harness_count (h, "success"))
      times[n++] = now;
  }
  g_assert_cmpuint (n, >, 100); /* of some 250 that may pass in the time */
  for (size_t i = 5; i < n; i++)
    g_assert_cmpint (times[i] - times[i - 5], >=, SECOND);
}

static void
test_order_is_kept (void)
{
  g_autoptr (WeirHarness) h = control ("flowfile count", "2");

  for (int i = 0; i < 6; i++) {
    char name[8];

    g_snprintf (name, sizeof name, "%d", i);
    weir_harness_push (h, "", 0, "n", name, NULL);
  }
  for (int i = 0; i < 3; i++)
    assert_passed (h, SECOND, (size_t)(i + 1) * 2);
  for (int i = 0; i < 6; i++) {
    char name[8];

    g_snprintf (name, sizeof name, "%d", i);
    g_assert_cmpstr (weir_flowfile_get_attribute (weir_harness_pull (h, "success"), "n"), ==, name);
  }
}

/* What was too much is made good, so that the average is right. */
static void
test_bytes (void)
{
  g_autoptr (WeirHarness) h = control ("data rate", "10 B");

  push (h, 1, "1234", NULL, NULL);
  push (h, 1, "123456789012345678901", NULL, NULL); /* 25 bytes are out: 15 too many */
  push (h, 1, "1", NULL, NULL);
  assert_passed (h, 0, 2);
  assert_passed (h, SECOND, 2);
  assert_passed (h, SECOND * 3 / 2 - 1, 2);
  assert_passed (h, 1, 3);
}

static void
test_sizes_of_rates (void)
{
  static const struct {
    const char *text;
    unsigned passes; /* of FlowFiles of 512 bytes, in the first second */
  } rates[] = { { "1 KB", 2 },   { "1kb", 2 }, { "1 KiB", 2 },   { "1024 B", 2 },
                { "1.5 KB", 3 }, { "2 k", 4 }, { "0.001 MB", 3 } };

  for (unsigned i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autoptr (WeirHarness) h = control ("data rate", rates[i].text);
    char content[512];

    memset (content, 'x', sizeof content);
    for (unsigned j = 0; j < 6; j++)
      weir_harness_push (h, content, sizeof content, NULL);
    weir_harness_run (h, 100);
    g_assert_cmpuint (weir_harness_count (h, "success"), ==, rates[i].passes);
  }
}

static void
test_attribute (void)
{
  g_autoptr (WeirHarness) h = control ("attribute value", "10");

  weir_harness_set (h, "Rate Controlled Attribute", "n");
  push (h, 1, "", "n", "6");
  push (h, 1, "", "n", "4");
  push (h, 1, "", "n", "1");
  assert_passed (h, 0, 2);
  assert_passed (h, SECOND, 3);
  g_assert_cmpuint (weir_harness_count (h, "failure"), ==, 0);

  /* Far too much is let through once. */
  push (h, 1, "", "n", "9223372036854775807");
  push (h, 1, "", "n", "1");
  assert_passed (h, 0, 4);
  assert_passed (h, SECOND * 1000000, 4);
}

static void
test_wrong_attribute (void)
{
  static const char *const wrong[] = { "0", "-1", "many", "", "1.5", "9223372036854775808" };
  g_autoptr (WeirHarness) h = control ("attribute value", "10");

  weir_harness_set (h, "Rate Controlled Attribute", "n");
  for (unsigned i = 0; i < G_N_ELEMENTS (wrong); i++)
    push (h, 1, "", "n", wrong[i]);
  push (h, 1, "", "other", "1");
  weir_harness_run (h, 100);
  g_assert_cmpuint (weir_harness_count (h, "failure"), ==, G_N_ELEMENTS (wrong) + 1);
  g_assert_cmpuint (weir_harness_queued (h), ==, 0);
}

static void
test_both (void)
{
  g_autoptr (WeirHarness) h = weir_harness_new ("ControlRate");

  weir_harness_set (h, "Rate Control Criteria", "data rate or flowfile count");
  weir_harness_set (h, "Time Duration", "1 s");
  weir_harness_set (h, "Maximum Data Rate", "10 B");
  weir_harness_set (h, "Maximum FlowFile Rate", "3");
  push (h, 4, "", NULL, NULL);
  push (h, 4, "12345", NULL, NULL);
  assert_passed (h, 0, 3);      /* the count */
  assert_passed (h, SECOND, 6); /* likewise: one empty one, two with content */
  assert_passed (h, SECOND, 8); /* the bytes */
  weir_harness_run (h, 1);
  g_assert_cmpuint (weir_harness_queued (h), ==, 0);
}

static void
test_groups (void)
{
  g_autoptr (WeirHarness) h = control ("flowfile count", "2");
  const WeirFlowFile *out;

  weir_harness_set (h, "Grouping Attribute", "customer");
  push (h, 5, "", "customer", "a");
  push (h, 1, "", "customer", "b");
  push (h, 1, "", NULL, NULL);
  assert_passed (h, 0, 4); /* two of a, and b and the one without do not wait behind a */
  g_assert_cmpuint (weir_harness_queued (h), ==, 3);
  assert_passed (h, SECOND, 6);
  assert_passed (h, SECOND, 7);
  for (unsigned i = 0; i < 2; i++) {
    out = weir_harness_pull (h, "success");
    g_assert_cmpstr (weir_flowfile_get_attribute (out, "customer"), ==, "a");
  }
}

/* Groups that nothing counts for any more are forgotten, the others are not. */
static void
test_groups_come_and_go (void)
{
  g_autoptr (WeirHarness) h = control ("flowfile count", "1");

  weir_harness_set (h, "Grouping Attribute", "customer");
  for (unsigned i = 0; i < 100; i++) {
    char name[8];

    g_snprintf (name, sizeof name, "%u", i);
    push (h, 1, "", "customer", name);
    assert_passed (h, SECOND / 10, i + 1);
  }
  push (h, 2, "", "customer", "99");
  assert_passed (h, 0, 100);
  assert_passed (h, SECOND, 101);
  assert_passed (h, SECOND, 102);
}

static void
test_route (void)
{
  g_autoptr (WeirHarness) h = control ("flowfile count", "2");

  weir_harness_set (h, "Rate Exceeded Strategy", "Route to 'rate exceeded'");
  push (h, 5, "", NULL, NULL);
  assert_passed (h, 0, 2);
  g_assert_cmpuint (weir_harness_count (h, "rate exceeded"), ==, 3);
  g_assert_cmpuint (weir_harness_queued (h), ==, 0);
  push (h, 1, "", NULL, NULL);
  assert_passed (h, SECOND, 3);
}

/* More than one trigger handles, of many more that may pass. */
static void
test_many (void)
{
  g_autoptr (WeirHarness) h = control ("flowfile count", "1000");

  weir_harness_set (h, "Grouping Attribute", "customer");
  push (h, 1500, "", "customer", "a");
  push (h, 600, "", "customer", "b");
  for (unsigned i = 0; i < 10; i++) {
    weir_harness_run (h, 100);
    weir_harness_advance (h, 1);
  }
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 1600);
  assert_passed (h, SECOND, 2100);
}

static void
assert_refused (const char *criteria, const char *rate, const char *name, const char *value,
                const char *pattern)
{
  g_autoptr (WeirHarness) h = control (criteria, rate);

  if (name != NULL)
    weir_harness_set (h, name, value);
  refusal_assert (h, pattern);
}

static void
test_refuses (void)
{
  static const char *const no_sizes[] = { NULL,   "",     "10",    "MB",      "-1 MB", "0 MB",
                                          "1 XB", "1 MX", "1 MBB", "1e30 MB", "1 Bi" };
  static const char *const no_counts[] = { NULL, "", "0", "-1", "1 MB", "1.5", "many" };

  for (unsigned i = 0; i < G_N_ELEMENTS (no_sizes); i++)
    assert_refused ("data rate", no_sizes[i], NULL, NULL, "*Maximum Rate must be a size*");
  for (unsigned i = 0; i < G_N_ELEMENTS (no_counts); i++)
    assert_refused ("flowfile count", no_counts[i], NULL, NULL,
                    "*Maximum Rate must be a whole number*");
  assert_refused ("attribute value", "10", NULL, NULL, "*Rate Controlled Attribute is needed*");
  assert_refused ("data rate or flowfile count", NULL, NULL, NULL,
                  "*Maximum Data Rate and Maximum FlowFile Rate are needed*");
  assert_refused ("flowfile count", "1", "Time Duration", "0 s", "*Time Duration*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control-rate/count", test_count);
  g_test_add_func ("/control-rate/window", test_window_slides);
  g_test_add_func ("/control-rate/any-window", test_no_window_sees_more);
  g_test_add_func ("/control-rate/order", test_order_is_kept);
  g_test_add_func ("/control-rate/bytes", test_bytes);
  g_test_add_func ("/control-rate/sizes", test_sizes_of_rates);
  g_test_add_func ("/control-rate/attribute", test_attribute);
  g_test_add_func ("/control-rate/wrong-attribute", test_wrong_attribute);
  g_test_add_func ("/control-rate/both", test_both);
  g_test_add_func ("/control-rate/groups", test_groups);
  g_test_add_func ("/control-rate/groups-go", test_groups_come_and_go);
  g_test_add_func ("/control-rate/route", test_route);
  g_test_add_func ("/control-rate/many", test_many);
  g_test_add_func ("/control-rate/refuses", test_refuses);
  return g_test_run ();
}
