/* pattern.c: PCRE2 with a limit, so that no pattern and no name together can stop a worker. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"
#include <pcre2.h>

/* A pattern that needs more than this for one name is one that would never end. */
#define MATCH_LIMIT 100000

struct Pattern {
  pcre2_code *code;
  pcre2_match_context *limits;
};

Pattern *
pattern_new (const char *text, GError **error)
{
  g_autoptr (Pattern) pattern = g_new0 (Pattern, 1);
  int status;
  PCRE2_SIZE offset;

  pattern->code = pcre2_compile ((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                                 PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
                                     PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_INVALID_UTF,
                                 &status, &offset, NULL);
  if (pattern->code == NULL) {
    char reason[128];

    pcre2_get_error_message (status, (PCRE2_UCHAR *)reason, sizeof reason);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the regular expression is wrong at character %zu: %s", (size_t)offset + 1,
                 reason);
    return NULL;
  }
  /* Without it each match allocates; where it is refused, matches are only slower. */
  pcre2_jit_compile (pattern->code, PCRE2_JIT_COMPLETE);
  pattern->limits = pcre2_match_context_create (NULL);
  pcre2_set_match_limit (pattern->limits, MATCH_LIMIT);
  return g_steal_pointer (&pattern);
}

void
pattern_free (Pattern *pattern)
{
  if (pattern == NULL)
    return;
  pcre2_match_context_free (pattern->limits);
  pcre2_code_free (pattern->code);
  g_free (pattern);
}

bool
pattern_match (const Pattern *pattern, const char *name, bool *ret_matches, GError **error)
{
  pcre2_match_data *match = pcre2_match_data_create (1, NULL);
  int found = pcre2_match (pattern->code, (PCRE2_SPTR)name, PCRE2_ZERO_TERMINATED, 0, 0, match,
                           pattern->limits);

  pcre2_match_data_free (match);
  if (found < 0 && found != PCRE2_ERROR_NOMATCH) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                         "takes too long for the name of an attribute: use a simpler one");
    return false;
  }
  *ret_matches = found >= 0;
  return true;
}

bool
pattern_is_valid (const char *text, GError **error)
{
  g_autoptr (Pattern) pattern = pattern_new (text, error);

  return pattern != NULL;
}
