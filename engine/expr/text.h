/* text.h: UTF-8 counted as Java counts.
 *
 * Positions and lengths in the language are UTF-16 units, as in NiFi: a character beyond U+FFFF
 * counts two. Bytes that are no UTF-8 do no harm. */
#pragma once

#include "expr/run.h"

/* A part of a text. */
typedef struct {
  const char *at;
  size_t length;
} WeirExprSpan;

/* Thread: any, for all that follow. */
bool weir_expr_text_is_ascii (const char *text, size_t length);

/* How many UTF-16 units @text has. */
size_t weir_expr_text_units (const char *text, size_t length);

/* The byte where the unit @unit begins. For the second half of a pair it is the byte behind the
 * character, and *@ret_half is set. @unit must not be larger than the number of units. */
size_t weir_expr_text_offset (const char *text, size_t length, size_t unit, bool *ret_half);

/* The units from @from up to @to, both inside the text. Half a pair is a '?', as Java writes it. */
bool weir_expr_text_slice (WeirExprRun *run, const WeirExprValue *text, size_t from, size_t to,
                           WeirExprValue *ret_value, GError **error);

/* The text without blanks and control characters around it. */
WeirExprSpan weir_expr_text_trim (const char *text, size_t length);

/* The first place of @part in @text; -1 when there is none. Takes as long as both are. */
ptrdiff_t weir_expr_text_find (const char *text, size_t length, const char *part,
                               size_t part_length);

/* The same, or for the last place; charged. */
bool weir_expr_text_search (WeirExprRun *run, const WeirExprValue *text, const WeirExprValue *part,
                            bool last, ptrdiff_t *ret_at, GError **error);

/* A text in a hash table. With a seed of weir_expr_run_seed nobody can choose texts that collide.
 */
typedef struct {
  WeirExprSpan span;
  guint hash;
} WeirExprKey;

WeirExprKey weir_expr_key_new (WeirExprSpan span, uint64_t seed);
guint weir_expr_key_hash (gconstpointer key);
gboolean weir_expr_key_equal (gconstpointer a, gconstpointer b);

static inline bool
weir_expr_text_equal (const WeirExprValue *a, const WeirExprValue *b)
{
  return a->length == b->length && (a->length == 0 || memcmp (a->text, b->text, a->length) == 0);
}

/* As String.equalsIgnoreCase: character by character. */
bool weir_expr_text_equal_ignoring_case (const WeirExprValue *a, const WeirExprValue *b);
