/* regex.h: regular expressions of Java's dialect, run by PCRE2 within the budget of an evaluation.
 *
 * PCRE2's own limits count per start position and so bound nothing. Each item of a pattern is
 * therefore a callout, which takes its steps from the budget: what a hostile pattern may cost is
 * known before it runs. */
#pragma once

#include "expr/run.h"

typedef struct WeirExprRegex WeirExprRegex;

/* Returns: (transfer full): NULL with @error set when Java or PCRE2 would not take it. Thread:
 * any. */
WeirExprRegex *weir_expr_regex_new (const char *pattern, size_t length, GError **error);

/* NULL is allowed. */
void weir_expr_regex_free (WeirExprRegex *regex);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirExprRegex, weir_expr_regex_free)

/* The same for a pattern that is known only now; charged.
 * Returns: (transfer full) (nullable): NULL with @error set. */
WeirExprRegex *weir_expr_regex_new_now (WeirExprRun *run, const WeirExprValue *pattern,
                                        GError **error);

/* Whether all of @text matches. */
bool weir_expr_regex_matches (const WeirExprRegex *regex, WeirExprRun *run,
                              const WeirExprValue *text, bool *ret_matches, GError **error);

/* Goes through the matches in a text. */
typedef struct WeirExprMatcher WeirExprMatcher;

/* Returns: (transfer full): NULL with @error set when @text is no UTF-8. @text and @regex must stay
 * as long as the matcher does. */
WeirExprMatcher *weir_expr_matcher_new (const WeirExprRegex *regex, WeirExprRun *run,
                                        const WeirExprValue *text, GError **error);

/* NULL is allowed. */
void weir_expr_matcher_free (WeirExprMatcher *matcher);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirExprMatcher, weir_expr_matcher_free)

/* Finds the next match as Java's Matcher.find() does. */
bool weir_expr_matcher_next (WeirExprMatcher *matcher, bool *ret_found, GError **error);

/* The bytes of the group @group in the match that was found; false when it has no part in it. */
bool weir_expr_matcher_get_group (const WeirExprMatcher *matcher, unsigned group, size_t *ret_start,
                                  size_t *ret_end);

/* Adds @replacement to @builder with its `$1`, `${name}` and `\$` resolved for the match found. */
bool weir_expr_matcher_expand (const WeirExprMatcher *matcher, const WeirExprValue *replacement,
                               WeirExprBuilder *builder, GError **error);

/* Translates a pattern of Java's dialect into PCRE2's, for weir_expr_regex_new and its tests.
 * Returns: (transfer full): NULL with @error set. Thread: any. */
GString *weir_expr_regex_translate (const char *pattern, size_t length, GError **error);
