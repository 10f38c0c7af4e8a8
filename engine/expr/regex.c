/* regex.c: runs patterns with PCRE2 within the budget of an evaluation. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "expr/regex.h"
#include "base/limits.h"
#include "expr/text.h"
#include <pcre2.h>

/* What a callout gives back to end the match; PCRE2 keeps small negative numbers for itself. */
#define OUT_OF_STEPS -1000

struct WeirExprRegex {
  pcre2_code *code;
  uint32_t n_groups;
};

struct WeirExprMatcher {
  const WeirExprRegex *regex;
  WeirExprRun *run;
  const WeirExprValue *text;
  pcre2_match_data *data;
  pcre2_match_context *context;
  size_t last; /* where the last callout was */
  size_t from; /* where the next search begins */
};

static pcre2_code *
compile (const char *pattern, size_t length, GError **error)
{
  pcre2_compile_context *context = pcre2_compile_context_create (NULL);
  PCRE2_UCHAR message[120];
  PCRE2_SIZE offset;
  pcre2_code *code;
  int number;

  if (context == NULL)
    g_error ("out of memory");
  pcre2_set_parens_nest_limit (context, WEIR_LIMIT_REGEX_DEPTH);
  pcre2_set_newline (context, PCRE2_NEWLINE_ANY);
  code = pcre2_compile ((PCRE2_SPTR)pattern, length,
                        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT, &number, &offset,
                        context);
  pcre2_compile_context_free (context);
  if (code == NULL) {
    pcre2_get_error_message (number, message, sizeof message);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "regular expression: %s", message);
  }
  return code;
}

WeirExprRegex *
weir_expr_regex_new (const char *pattern, size_t length, GError **error)
{
  g_autoptr (GString) translated = NULL;
  WeirExprRegex *regex;
  pcre2_code *code;

  if (length > WEIR_LIMIT_REGEX_PATTERN) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "a regular expression of %zu bytes, at most %d are allowed", length,
                 WEIR_LIMIT_REGEX_PATTERN);
    return NULL;
  }
  translated = weir_expr_regex_translate (pattern, length, error);
  if (translated == NULL)
    return NULL;
  code = compile (translated->str, translated->len, error);
  if (code == NULL)
    return NULL;
  regex = g_new0 (WeirExprRegex, 1);
  regex->code = code;
  pcre2_pattern_info (code, PCRE2_INFO_CAPTURECOUNT, &regex->n_groups);
  return regex;
}

void
weir_expr_regex_free (WeirExprRegex *regex)
{
  if (regex == NULL)
    return;
  pcre2_code_free (regex->code);
  g_free (regex);
}

WeirExprRegex *
weir_expr_regex_new_now (WeirExprRun *run, const WeirExprValue *pattern, GError **error)
{
  /* Compiling takes some microseconds and a while for each byte. */
  if (!weir_expr_run_charge (run, 200 + 4 * (size_t)pattern->length, error))
    return NULL;
  return weir_expr_regex_new (pattern->text, pattern->length, error);
}

static int
on_callout (pcre2_callout_block *block, void *data)
{
  WeirExprMatcher *matcher = data;
  size_t at = block->current_position;
  size_t way = at > matcher->last ? at - matcher->last : matcher->last - at;

  matcher->last = at;
  return weir_expr_run_charge (matcher->run, 2 + way / WEIR_LIMIT_EXPR_STEP_BYTES, NULL)
             ? 0
             : OUT_OF_STEPS;
}

WeirExprMatcher *
weir_expr_matcher_new (const WeirExprRegex *regex, WeirExprRun *run, const WeirExprValue *text,
                       GError **error)
{
  WeirExprMatcher *matcher;

  if (!weir_expr_run_charge (run, 5 + text->length / WEIR_LIMIT_EXPR_STEP_BYTES, error))
    return NULL;
  if (!weir_expr_text_is_ascii (text->text, text->length) &&
      !g_utf8_validate_len (text->text, text->length, NULL)) {
    weir_expr_run_fail (error, text, "is not UTF-8");
    return NULL;
  }
  matcher = g_new0 (WeirExprMatcher, 1);
  matcher->regex = regex;
  matcher->run = run;
  matcher->text = text;
  matcher->data = pcre2_match_data_create_from_pattern (regex->code, NULL);
  matcher->context = pcre2_match_context_create (NULL);
  if (matcher->data == NULL || matcher->context == NULL)
    g_error ("out of memory");
  pcre2_set_match_limit (matcher->context, WEIR_LIMIT_REGEX_MATCH);
  pcre2_set_heap_limit (matcher->context, WEIR_LIMIT_REGEX_HEAP / 1024);
  pcre2_set_depth_limit (matcher->context, WEIR_LIMIT_REGEX_BACKTRACK);
  pcre2_set_callout (matcher->context, on_callout, matcher);
  return matcher;
}

void
weir_expr_matcher_free (WeirExprMatcher *matcher)
{
  if (matcher == NULL)
    return;
  pcre2_match_data_free (matcher->data);
  pcre2_match_context_free (matcher->context);
  g_free (matcher);
}

static bool
match (WeirExprMatcher *matcher, uint32_t options, bool *ret_found, GError **error)
{
  PCRE2_UCHAR message[120];
  int result;

  if (!weir_expr_run_charge (matcher->run, 12, error))
    return false;
  matcher->last = matcher->from;
  result =
      pcre2_match (matcher->regex->code, (PCRE2_SPTR)matcher->text->text, matcher->text->length,
                   matcher->from, options | PCRE2_NO_UTF_CHECK, matcher->data, matcher->context);
  *ret_found = result >= 0;
  if (result >= 0 || result == PCRE2_ERROR_NOMATCH)
    return true;
  if (result == OUT_OF_STEPS)
    return weir_expr_run_out_of_steps (matcher->run, error);
  pcre2_get_error_message (result, message, sizeof message);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
               "regular expression: %s; make it simpler, possessive quantifiers help", message);
  return false;
}

bool
weir_expr_regex_matches (const WeirExprRegex *regex, WeirExprRun *run, const WeirExprValue *text,
                         bool *ret_matches, GError **error)
{
  g_autoptr (WeirExprMatcher) matcher = weir_expr_matcher_new (regex, run, text, error);

  return matcher != NULL && match (matcher, PCRE2_ANCHORED | PCRE2_ENDANCHORED, ret_matches, error);
}

bool
weir_expr_matcher_next (WeirExprMatcher *matcher, bool *ret_found, GError **error)
{
  size_t start = 0;
  size_t end = 0;

  *ret_found = false;
  if (matcher->from > matcher->text->length)
    return true;
  if (!match (matcher, 0, ret_found, error))
    return false;
  if (!*ret_found) {
    matcher->from = matcher->text->length + 1;
    return true;
  }
  weir_expr_matcher_get_group (matcher, 0, &start, &end);
  matcher->from = end;
  /* Behind an empty match Java goes one character on. */
  if (end == start)
    for (matcher->from++; matcher->from < matcher->text->length &&
                          ((unsigned char)matcher->text->text[matcher->from] & 0xc0) == 0x80;)
      matcher->from++;
  return true;
}

bool
weir_expr_matcher_get_group (const WeirExprMatcher *matcher, unsigned group, size_t *ret_start,
                             size_t *ret_end)
{
  const PCRE2_SIZE *places = pcre2_get_ovector_pointer (matcher->data);

  if (group > matcher->regex->n_groups || places[2 * group] == PCRE2_UNSET)
    return false;
  /* A lookbehind may say that it begins behind its end. */
  *ret_start = MIN (places[2 * group], places[2 * group + 1]);
  *ret_end = places[2 * group + 1];
  return true;
}

static bool
add_group (const WeirExprMatcher *matcher, unsigned group, WeirExprBuilder *builder, GError **error)
{
  size_t start, end;

  if (!weir_expr_matcher_get_group (matcher, group, &start, &end))
    return true;
  return weir_expr_builder_add (builder, matcher->run, matcher->text->text + start, end - start,
                                error);
}

/* What stands behind a `$` at *at, which is moved on. */
static bool
find_reference (const WeirExprMatcher *matcher, const WeirExprValue *replacement, size_t *at,
                unsigned *ret_group, GError **error)
{
  const char *text = replacement->text;
  const size_t length = replacement->length;
  const char *close;
  unsigned group;
  int number;

  if (*at < length && text[*at] == '{') {
    g_autofree char *name = NULL;

    close = memchr (text + *at, '}', length - *at);
    if (close == NULL)
      return weir_expr_run_fail (error, replacement, "has a ${ that is never closed");
    name = g_strndup (text + *at + 1, (gsize)(close - text) - *at - 1);
    number = pcre2_substring_number_from_name (matcher->regex->code, (PCRE2_SPTR)name);
    if (number < 0)
      return weir_expr_run_fail (error, replacement, "names a group that the pattern lacks");
    *ret_group = (unsigned)number;
    *at = (size_t)(close - text) + 1;
    return true;
  }
  if (*at == length || !g_ascii_isdigit (text[*at]))
    return weir_expr_run_fail (error, replacement,
                               "has a $ that names no group; for a dollar write \\$");
  group = (unsigned)(text[(*at)++] - '0');
  if (group > matcher->regex->n_groups)
    return weir_expr_run_fail (error, replacement, "names a group that the pattern lacks");
  while (*at < length && g_ascii_isdigit (text[*at]) &&
         group * 10 + (unsigned)(text[*at] - '0') <= matcher->regex->n_groups)
    group = group * 10 + (unsigned)(text[(*at)++] - '0');
  *ret_group = group;
  return true;
}

bool
weir_expr_matcher_expand (const WeirExprMatcher *matcher, const WeirExprValue *replacement,
                          WeirExprBuilder *builder, GError **error)
{
  const char *text = replacement->text;
  size_t at = 0;

  while (at < replacement->length) {
    size_t from = at;
    unsigned group = 0;

    while (at < replacement->length && text[at] != '$' && text[at] != '\\')
      at++;
    if (!weir_expr_builder_add (builder, matcher->run, text + from, at - from, error))
      return false;
    if (at == replacement->length)
      return true;
    if (text[at++] == '$') {
      if (!find_reference (matcher, replacement, &at, &group, error) ||
          !add_group (matcher, group, builder, error))
        return false;
    } else if (at == replacement->length) {
      return weir_expr_run_fail (error, replacement, "ends with a backslash");
    } else if (!weir_expr_builder_add (builder, matcher->run, text + at++, 1, error)) {
      return false;
    }
  }
  return true;
}
