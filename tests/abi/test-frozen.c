/* test-frozen.c: a module that was built against the headers of 1.0 runs as it did then. */
#include <weir/harness.h>

#include <string.h>

static WeirHarness *
stamp_size (void)
{
  WeirHarness *harness = weir_harness_new ("FrozenStampSize");

  weir_harness_set (harness, "Attribute", "size.${filename}");
  return harness;
}

/* Pushes @content, runs, and returns what left by @relationship. */
static const WeirFlowFile *
pass (WeirHarness *h, const char *content, const char *relationship)
{
  const WeirFlowFile *out;

  weir_harness_push (h, content, -1, "filename", "a.txt", NULL);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  out = weir_harness_pull (h, relationship);
  g_assert_nonnull (out);
  return out;
}

static void
test_defaults (void)
{
  g_autoptr (WeirHarness) h = stamp_size ();
  const WeirFlowFile *out = pass (h, "hello", "success");

  g_assert_cmpstr (weir_flowfile_get_attribute (out, "size.a.txt"), ==, "5");
  g_assert_cmpstr (weir_harness_content (h, out, NULL), ==, "hello");
  weir_harness_assert_drained (h);
}

static void
test_each_type_of_property (void)
{
  g_autoptr (WeirHarness) h = stamp_size ();
  const WeirFlowFile *out;

  weir_harness_set (h, "Prefix", "about:");
  weir_harness_set (h, "Factor", "2.5");
  weir_harness_set (h, "Unit", "kilobytes");
  weir_harness_set (h, "Limit", "2 KB");
  weir_harness_set (h, "Pause", "2 s");
  weir_harness_set (h, "Count", "2");
  out = pass (h, "0123456789012345", "success");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "size.a.txt"), ==, "about:0.0390625");

  /* The first trigger asked for a second FlowFile, found none, and yielded for the pause. */
  weir_harness_push (h, "a", -1, NULL);
  weir_harness_push (h, "b", -1, NULL);
  weir_harness_advance (h, 1900000);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 0);
  weir_harness_advance (h, 200000);
  g_assert_cmpuint (weir_harness_run (h, 1), ==, 1);
  g_assert_cmpuint (weir_harness_count (h, "success"), ==, 2);
}

static void
test_keeps_what_is_there (void)
{
  g_autoptr (WeirHarness) h = stamp_size ();

  weir_harness_set (h, "Keep", "true");
  weir_harness_push (h, "hello", -1, "filename", "a", "size.a", "mine", NULL);
  weir_harness_run (h, 1);
  g_assert_cmpstr (weir_flowfile_get_attribute (weir_harness_pull (h, "success"), "size.a"), ==,
                   "mine");
}

static void
test_relationships (void)
{
  g_autoptr (WeirHarness) h = stamp_size ();
  const WeirFlowFile *out;

  weir_harness_set (h, "Limit", "4 B");
  weir_harness_set (h, "short", "${filename:equals('a.txt')}");
  out = pass (h, "hello", "too large");
  g_assert_null (weir_flowfile_get_attribute (out, "size.a.txt"));
  out = pass (h, "four", "short");
  g_assert_cmpstr (weir_flowfile_get_attribute (out, "size.a.txt"), ==, "4");
}

static void
test_validator (void)
{
  g_autoptr (WeirHarness) h = stamp_size ();
  g_autofree char *problem = NULL;

  weir_harness_set (h, "Prefix", "two words");
  problem = weir_harness_check (h);
  g_assert_nonnull (strstr (problem, "a prefix without blanks is needed"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/abi/v1.0/defaults", test_defaults);
  g_test_add_func ("/abi/v1.0/each-type-of-property", test_each_type_of_property);
  g_test_add_func ("/abi/v1.0/keeps-what-is-there", test_keeps_what_is_there);
  g_test_add_func ("/abi/v1.0/relationships", test_relationships);
  g_test_add_func ("/abi/v1.0/validator", test_validator);
  return g_test_run ();
}
