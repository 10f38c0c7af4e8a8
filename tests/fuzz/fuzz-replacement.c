/* fuzz-replacement.c: a pattern, a replacement and a text, with lines between. Any of them is taken
 * or refused; matches and what is between them are the whole text; what is escaped means itself. */
#include "replacement.h"
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

bool
weir_context_is_stopping (const WeirContext *context)
{
  return false;
}

/* Each look costs, so that the search ends after some. */
int64_t
weir_context_get_monotonic_time (const WeirContext *context)
{
  int64_t *now = (int64_t *)(void *)context;

  return *now += G_USEC_PER_SEC / 4;
}

static void
check_parts (const Replacement *replacement, const Regex *regex, const char *meant)
{
  g_autoptr (GString) text = g_string_new (NULL);
  size_t n;
  const ReplacementPart *parts = replacement_get_parts (replacement, &n);

  for (size_t i = 0; i < n; i++) {
    g_assert_cmpuint (parts[i].group, <=, regex_get_n_groups (regex));
    if (parts[i].text != NULL)
      g_string_append_len (text, parts[i].text, (gssize)parts[i].size);
    else
      g_assert_null (meant);
  }
  if (meant != NULL)
    g_assert_cmpstr (text->str, ==, meant);
}

static void
check_search (const Regex *regex, const char *text, size_t size)
{
  int64_t now = 0;
  g_autoptr (RegexSearch) search = regex_search_new (regex, (WeirContext *)(void *)&now);
  size_t at = 0;
  bool found;

  regex_search_begin (search, text, size);
  while (regex_search_next (search, &found, NULL) && found) {
    WeirBytes match = regex_search_get (search, 0);
    size_t start = (size_t)(match.data - text);

    g_assert_true (start >= at && match.size <= size - start);
    for (unsigned i = 1; i <= regex_get_n_groups (regex); i++) {
      WeirBytes group = regex_search_get (search, i);
      g_assert_true (group.data == NULL ||
                     (group.data >= text && group.data + group.size <= text + size));
    }
    at = start + match.size;
  }
}

/* A text that was escaped is found as it is. */
static void
check_escape (const char *text)
{
  int64_t now = 0;
  g_autofree char *pattern = regex_escape (text);
  g_autoptr (Regex) regex = regex_new (pattern, false, NULL);
  g_autoptr (RegexSearch) search = NULL;
  bool found = false;

  if (regex == NULL) {
    g_assert_true (strlen (pattern) > 4096 || !g_utf8_validate (pattern, -1, NULL));
    return;
  }
  search = regex_search_new (regex, (WeirContext *)(void *)&now);
  regex_search_begin (search, text, strlen (text));
  g_assert_true (regex_search_next (search, &found, NULL) && found);
  g_assert_cmpuint (regex_search_get (search, 0).size, ==, strlen (text));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *input = g_strndup ((const char *)data, size);
  g_auto (GStrv) lines = g_strsplit (input, "\n", 3);
  g_autofree char *escaped = NULL;
  g_autoptr (Regex) regex = NULL;
  g_autoptr (Replacement) replacement = NULL, literal = NULL;

  if (g_strv_length (lines) < 3)
    return 0;
  check_escape (lines[1]);
  regex = regex_new (lines[0], size % 2 == 0, NULL);
  if (regex == NULL)
    return 0;
  replacement = replacement_new (lines[1], regex);
  check_parts (replacement, regex, NULL);
  escaped = replacement_escape (lines[1]);
  literal = replacement_new (escaped, regex);
  check_parts (literal, regex, lines[1]);
  check_search (regex, lines[2], strlen (lines[2]));
  return 0;
}
