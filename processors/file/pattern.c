/* pattern.c: PCRE2 with a limit, so that no pattern and no name together can stop a worker. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"

#include <pcre2.h>

/* A pattern that needs more than this for one name is one that would never end. */
#define MATCH_LIMIT 100000

struct FilePattern {
  pcre2_code *code;
  pcre2_match_context *limits;
};

FilePattern *
file_pattern_new (const char *text, GError **error)
{
  const uint32_t options =
      PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C;
  FilePattern *pattern;
  pcre2_code *code;
  PCRE2_SIZE offset;
  int status;

  code = pcre2_compile ((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &status, &offset, NULL);
  if (code == NULL) {
    char reason[128];

    pcre2_get_error_message (status, (PCRE2_UCHAR *)reason, sizeof reason);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the regular expression is wrong at character %zu: %s", (size_t)offset + 1,
                 reason);
    return NULL;
  }
  pattern = g_new (FilePattern, 1);
  pattern->code = code;
  pattern->limits = pcre2_match_context_create (NULL);
  pcre2_set_match_limit (pattern->limits, MATCH_LIMIT);
  return pattern;
}

void
file_pattern_free (FilePattern *pattern)
{
  if (pattern == NULL)
    return;
  pcre2_match_context_free (pattern->limits);
  pcre2_code_free (pattern->code);
  g_free (pattern);
}

bool
file_pattern_matches (const FilePattern *pattern, const char *name)
{
  pcre2_match_data *match = pcre2_match_data_create (1, NULL);
  int found = pcre2_match (pattern->code, (PCRE2_SPTR)name, PCRE2_ZERO_TERMINATED, 0, 0, match,
                           pattern->limits);

  pcre2_match_data_free (match);
  return found >= 0;
}

bool
file_pattern_is_valid (const char *text, GError **error)
{
  g_autoptr (FilePattern) pattern = file_pattern_new (text, error);

  return pattern != NULL;
}
