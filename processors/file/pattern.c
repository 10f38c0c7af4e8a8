/* pattern.c: PCRE2 with a limit, so that no pattern and no name or line together can stop a
 * worker. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"

#include <pcre2.h>

/* A pattern that needs more than this for one text is one that would never end. */
#define MATCH_LIMIT 100000

struct FilePattern {
  pcre2_code *code;
  pcre2_match_context *limits;
};

static FilePattern *
compile (const char *text, uint32_t options, GError **error)
{
  FilePattern *pattern;
  pcre2_code *code;
  PCRE2_SIZE offset;
  int status;

  code = pcre2_compile ((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                        options | PCRE2_UTF | PCRE2_ANCHORED | PCRE2_NEVER_BACKSLASH_C, &status,
                        &offset, NULL);
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

FilePattern *
file_pattern_new (const char *text, GError **error)
{
  return compile (text, PCRE2_ENDANCHORED | PCRE2_DOTALL, error);
}

FilePattern *
file_pattern_new_start (const char *text, GError **error)
{
  return compile (text, PCRE2_MATCH_INVALID_UTF, error);
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

static bool
matches (const FilePattern *pattern, const char *text, size_t size)
{
  pcre2_match_data *match = pcre2_match_data_create (1, NULL);
  int found = pcre2_match (pattern->code, (PCRE2_SPTR)text, size, 0, 0, match, pattern->limits);

  pcre2_match_data_free (match);
  return found >= 0;
}

bool
file_pattern_matches (const FilePattern *pattern, const char *name)
{
  return matches (pattern, name, PCRE2_ZERO_TERMINATED);
}

bool
file_pattern_matches_start (const FilePattern *pattern, const char *line, size_t size)
{
  return matches (pattern, line, size);
}

bool
file_pattern_is_valid (const char *text, GError **error)
{
  g_autoptr (FilePattern) pattern = file_pattern_new (text, error);

  return pattern != NULL;
}
