/* refusal.c: words to a pattern. */
#include "refusal.h"

void
refusal_assert (WeirHarness *harness, const char *pattern)
{
  g_autofree char *problems = weir_harness_check (harness);

  g_assert_nonnull (problems);
  if (!g_pattern_match_simple (pattern, problems))
    g_error ("\"%s\" is not like \"%s\"", problems, pattern);
}
