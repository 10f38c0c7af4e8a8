/* Tests processors/cache/detect-duplicate.c. */
#include <weir/harness.h>

#include <string.h>

#define HOUR (INT64_C (3600) * G_USEC_PER_SEC)

static WeirHarness *
detect (const char *max_entries)
{
  WeirHarness *h = weir_harness_new ("DetectDuplicate");

  weir_harness_add_service (h, "seen", "StateCache", "Maximum Cache Entries", max_entries,
                            "Eviction Strategy", "First In, First Out", NULL);
  weir_harness_set (h, "Distributed Cache Service", "seen");
  weir_harness_set (h, "Cache Entry Identifier", "${key}");
  weir_harness_set (h, "FlowFile Description", "number ${number}");
  return h;
}

static void
push (WeirHarness *h, const char *key, const char *number)
{
  weir_harness_push (h, "x", -1, "key", key, "number", number, NULL);
}

/* @key is new, or (@first) one like it was there before. */
static void
assert_is (WeirHarness *h, const char *key, const char *number, const char *first)
{
  const WeirFlowFile *out;

  push (h, key, number);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  out = weir_harness_pull (h, first != NULL ? "duplicate" : "non-duplicate");
  g_assert_nonnull (out);
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "original.flowfile.description"), ==, first);
  weir_harness_assert_drained (h);
}

static void
test_first_and_later (void)
{
  g_autoptr (WeirHarness) h = detect ("100");

  assert_is (h, "a", "1", NULL);
  assert_is (h, "b", "2", NULL);
  assert_is (h, "a", "3", "number 1");
  assert_is (h, "a", "4", "number 1");
  assert_is (h, "b", "5", "number 2");
  assert_is (h, " a", "6", NULL);
  weir_harness_restart (h);
  assert_is (h, "a", "7", "number 1");
}

static void
test_age_off (void)
{
  g_autoptr (WeirHarness) h = detect ("100");

  weir_harness_set (h, "Age Off Duration", "1 h");
  assert_is (h, "a", "1", NULL);
  weir_harness_advance (h, HOUR - 1);
  assert_is (h, "a", "2", "number 1");
  weir_harness_advance (h, 1);
  assert_is (h, "a", "3", NULL);
  weir_harness_advance (h, HOUR - 1);
  assert_is (h, "a", "4", "number 3");
}

static void
test_only_looking (void)
{
  g_autoptr (WeirHarness) h = detect ("100");

  weir_harness_set (h, "Cache The Entry Identifier", "false");
  assert_is (h, "a", "1", NULL);
  assert_is (h, "a", "2", NULL);
}

static void
test_bounded (void)
{
  g_autoptr (WeirHarness) h = detect ("2");

  assert_is (h, "a", "1", NULL);
  assert_is (h, "b", "2", NULL);
  assert_is (h, "c", "3", NULL);
  assert_is (h, "b", "4", "number 2");
  assert_is (h, "c", "5", "number 3");
  assert_is (h, "a", "6", NULL);
}

static void
assert_fails (const char *key)
{
  g_autoptr (WeirHarness) h = detect ("100");
  const WeirFlowFile *out;

  push (h, key, "1");
  weir_harness_run (h, 1);
  out = weir_harness_pull (h, "failure");
  g_assert_nonnull (out);
  g_assert_true (weir_harness_is_penalized (h, out));
}

static void
test_failure (void)
{
  g_autofree char *huge = g_strnfill (65 * 1024, 'x');

  assert_fails ("");
  assert_fails (" \t");
  assert_fails (huge);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/detect-duplicate/first and later", test_first_and_later);
  g_test_add_func ("/detect-duplicate/age off", test_age_off);
  g_test_add_func ("/detect-duplicate/only looking", test_only_looking);
  g_test_add_func ("/detect-duplicate/bounded", test_bounded);
  g_test_add_func ("/detect-duplicate/failure", test_failure);
  return g_test_run ();
}
