/* merge.h: MergeContent for its tests: set up, fed and emptied in a line each. */
#pragma once

#include <weir/harness.h>

static inline WeirHarness *
merge_content (const char *name, ...)
{
  WeirHarness *harness = weir_harness_new ("MergeContent");
  va_list args;

  va_start (args, name);
  for (; name != NULL; name = va_arg (args, const char *))
    weir_harness_set (harness, name, va_arg (args, const char *));
  va_end (args);
  return harness;
}

static inline const char *
attribute (const WeirFlowFile *flowfile, const char *name)
{
  return weir_flowfile_get_attribute (flowfile, name);
}

/* Each character of @contents is the content of a FlowFile. */
static inline void
push_each (WeirHarness *h, const char *contents)
{
  for (; *contents != '\0'; contents++)
    weir_harness_push (h, contents, 1, NULL);
}

static inline const WeirFlowFile *
pull_merged (WeirHarness *h, const char *content, const char *reason)
{
  const WeirFlowFile *merged = weir_harness_pull (h, "merged");

  g_assert_nonnull (merged);
  g_assert_cmpstr (weir_harness_content (h, merged, NULL), ==, content);
  g_assert_cmpstr (attribute (merged, "merge.reason"), ==, reason);
  return merged;
}

/* Pulls all originals, which must be @n, and ends with nothing left. */
static inline void
assert_done (WeirHarness *h, size_t n)
{
  g_assert_cmpuint (weir_harness_count (h, "original"), ==, n);
  while (n-- > 0)
    weir_harness_pull (h, "original");
  weir_harness_assert_drained (h);
}

static inline void
push_with (WeirHarness *h, const char *content, const char *name, const char *value)
{
  weir_harness_push (h, content, -1, name, value, NULL);
}

static inline void
assert_failed (WeirHarness *h, size_t n)
{
  g_assert_cmpuint (weir_harness_count (h, "failure"), ==, n);
  while (n-- > 0)
    weir_harness_pull (h, "failure");
  weir_harness_assert_drained (h);
}
