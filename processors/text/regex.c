/* regex.c: PCRE2's own limits count the work from one place where a match may begin; how many such
 * places there are they do not see. So each pattern begins with a callout, which PCRE2 calls at
 * each of them and which looks at the clock. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "regex.h"
#include <pcre2.h>
#include <string.h>

#define CALLOUT      "(?C1)"
#define CALLOUT_SIZE (sizeof CALLOUT - 1)

#define PATTERN_MAX 4096 /* bytes; longer ones are made by programs, for programs */
#define NEST_MAX    50   /* parentheses in parentheses */

/* Steps from one place. Lazy quantifiers take some for each byte that they step over. */
#define MATCH_LIMIT          100000
#define MATCH_LIMIT_PER_BYTE 8

#define DEPTH_LIMIT 250000
#define HEAP_LIMIT  20000 /* KiB */

/* For all matches in one text. What is reasonable takes a hundredth of it. */
#define TIME_LIMIT          G_USEC_PER_SEC
#define BYTES_PER_USEC      10
#define CALLOUTS_PER_GLANCE 16u /* a look at the clock costs as much as some steps */

struct Regex {
  pcre2_code *code;
  unsigned n_groups;
};

struct RegexSearch {
  const Regex *regex;
  const WeirContext *context;
  pcre2_match_context *limits;
  pcre2_match_data *match;
  const char *text;
  size_t size;
  size_t at; /* where the next match may begin; beyond size: nowhere */
  uint32_t options;
  unsigned n_callouts;
  int64_t deadline;
};

static void
describe (int code, size_t offset, GError **error)
{
  char reason[128];

  pcre2_get_error_message (code, (PCRE2_UCHAR *)reason, sizeof reason);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "the regular expression is wrong at character %zu: %s", offset, reason);
}

Regex *
regex_new (const char *text, bool often, GError **error)
{
  g_autofree char *pattern = g_strconcat (CALLOUT, text, NULL);
  pcre2_compile_context *context = pcre2_compile_context_create (NULL);
  g_autoptr (Regex) regex = g_new0 (Regex, 1);
  PCRE2_SIZE offset;
  uint32_t n_groups;
  int code;

  pcre2_set_newline (context, PCRE2_NEWLINE_ANYCRLF);
  pcre2_set_max_pattern_length (context, PATTERN_MAX + CALLOUT_SIZE);
  pcre2_set_parens_nest_limit (context, NEST_MAX);
  regex->code = pcre2_compile ((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                               PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &code,
                               &offset, context);
  pcre2_compile_context_free (context);
  if (regex->code == NULL) {
    describe (code, offset < CALLOUT_SIZE ? 1 : offset - CALLOUT_SIZE + 1, error);
    return NULL;
  }
  /* Where the system allows no code to be made, matching is slower. */
  if (often)
    pcre2_jit_compile (regex->code, PCRE2_JIT_COMPLETE);
  pcre2_pattern_info (regex->code, PCRE2_INFO_CAPTURECOUNT, &n_groups);
  regex->n_groups = n_groups;
  return g_steal_pointer (&regex);
}

void
regex_free (Regex *regex)
{
  if (regex == NULL)
    return;
  pcre2_code_free (regex->code);
  g_free (regex);
}

char *
regex_escape (const char *text)
{
  GString *pattern = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if ((unsigned char)*text < 0x80 && !g_ascii_isalnum (*text))
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *text);
  }
  return g_string_free (pattern, FALSE);
}

unsigned
regex_get_n_groups (const Regex *regex)
{
  return regex->n_groups;
}

unsigned
regex_find_group (const Regex *regex, const char *name, size_t length)
{
  char terminated[64]; /* names have at most 32 */
  int group;

  if (length >= sizeof terminated)
    return 0;
  memcpy (terminated, name, length);
  terminated[length] = '\0';
  group = pcre2_substring_number_from_name (regex->code, (PCRE2_SPTR)terminated);
  return group > 0 ? (unsigned)group : 0;
}

/* Returns: not 0 to give up. */
static int
on_callout (pcre2_callout_block *block, void *data)
{
  RegexSearch *search = data;

  if (++search->n_callouts % CALLOUTS_PER_GLANCE != 0)
    return 0;
  return weir_context_is_stopping (search->context) ||
                 weir_context_get_monotonic_time (search->context) > search->deadline
             ? PCRE2_ERROR_CALLOUT
             : 0;
}

RegexSearch *
regex_search_new (const Regex *regex, const WeirContext *context)
{
  RegexSearch *search = g_new0 (RegexSearch, 1);

  search->regex = regex;
  search->context = context;
  search->match = pcre2_match_data_create_from_pattern (regex->code, NULL);
  search->limits = pcre2_match_context_create (NULL);
  pcre2_set_depth_limit (search->limits, DEPTH_LIMIT);
  pcre2_set_heap_limit (search->limits, HEAP_LIMIT);
  pcre2_set_callout (search->limits, on_callout, search);
  return search;
}

void
regex_search_free (RegexSearch *search)
{
  if (search == NULL)
    return;
  pcre2_match_data_free (search->match);
  pcre2_match_context_free (search->limits);
  g_free (search);
}

void
regex_search_begin (RegexSearch *search, const char *text, size_t size)
{
  uint64_t steps = MATCH_LIMIT + (uint64_t)size * MATCH_LIMIT_PER_BYTE;

  search->text = text;
  search->size = size;
  search->at = 0;
  /* Else PCRE2 would look through the whole text for each match. */
  search->options = g_utf8_validate_len (text, size, NULL) ? PCRE2_NO_UTF_CHECK : 0;
  search->deadline = weir_context_get_monotonic_time (search->context) + TIME_LIMIT +
                     (int64_t)(size / BYTES_PER_USEC);
  pcre2_set_match_limit (search->limits, (uint32_t)MIN (steps, UINT32_MAX));
}

static bool
give_up (const RegexSearch *search, int code, GError **error)
{
  if (code == PCRE2_ERROR_CALLOUT && weir_context_is_stopping (search->context))
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                         "the processor was stopped while it worked on this");
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "the regular expression takes too long or too much memory for this text (PCRE2 "
                 "error %d): use a simpler one",
                 code);
  return false;
}

static size_t
behind_character (const RegexSearch *search, size_t at)
{
  do
    at++;
  while (at < search->size && ((unsigned char)search->text[at] & 0xc0) == 0x80);
  return at;
}

bool
regex_search_next (RegexSearch *search, bool *ret_found, GError **error)
{
  const PCRE2_SIZE *vector = pcre2_get_ovector_pointer (search->match);
  uint32_t options = search->options;
  int code;

  *ret_found = false;
  if (search->at > search->size)
    return true;
  do {
    code = pcre2_match (search->regex->code, (PCRE2_SPTR)search->text, search->size, search->at,
                        options, search->match, search->limits);
    /* The interpreter has more room than compiled code. */
    options |= PCRE2_NO_JIT;
  } while (code == PCRE2_ERROR_JIT_STACKLIMIT);
  if (code == PCRE2_ERROR_NOMATCH) {
    search->at = search->size + 1;
    return true;
  }
  if (code < 0)
    return give_up (search, code, error);
  search->at = vector[1] > vector[0] ? vector[1] : behind_character (search, vector[1]);
  *ret_found = true;
  return true;
}

WeirBytes
regex_search_get (const RegexSearch *search, unsigned group)
{
  const PCRE2_SIZE *vector = pcre2_get_ovector_pointer (search->match) + (size_t)2 * group;

  if (vector[0] == PCRE2_UNSET)
    return (WeirBytes){ 0 };
  return (WeirBytes){ search->text + vector[0], vector[1] - vector[0] };
}
