/* text.c: UTF-8 counted as Java counts. */
#include "expr/text.h"
#include "base/hash.h"

/* A part that is not worth being searched for in another way than byte by byte. */
#define SHORT 16

bool
weir_expr_text_is_ascii (const char *text, size_t length)
{
  uint64_t word;
  uint64_t all = 0;
  size_t at = 0;

  for (; at + sizeof word <= length; at += sizeof word) {
    memcpy (&word, text + at, sizeof word);
    all |= word;
  }
  for (; at < length; at++)
    all |= (unsigned char)text[at];
  return (all & UINT64_C (0x8080808080808080)) == 0;
}

static bool
is_continuation (char c)
{
  return ((unsigned char)c & 0xc0) == 0x80;
}

static bool
is_pair (char c)
{
  return (unsigned char)c >= 0xf0;
}

size_t
weir_expr_text_units (const char *text, size_t length)
{
  size_t units = 0;

  for (size_t at = 0; at < length; at++)
    units += (size_t)!is_continuation (text[at]) + is_pair (text[at]);
  return units;
}

size_t
weir_expr_text_offset (const char *text, size_t length, size_t unit, bool *ret_half)
{
  size_t at = 0;
  size_t units = 0;

  *ret_half = false;
  while (at < length && units < unit) {
    units += 1 + is_pair (text[at]);
    for (at++; at < length && is_continuation (text[at]); at++)
      ;
  }
  *ret_half = units > unit;
  return at;
}

bool
weir_expr_text_slice (WeirExprRun *run, const WeirExprValue *text, size_t from, size_t to,
                      WeirExprValue *ret_value, GError **error)
{
  bool half_start, half_end;
  size_t start, end;
  char *copy;

  if (weir_expr_text_is_ascii (text->text, text->length)) {
    *ret_value = weir_expr_view (text->text + from, to - from);
    ret_value->closed = text->closed && to == text->length;
    return true;
  }
  if (from == to) {
    *ret_value = weir_expr_static_text ("");
    return true;
  }
  start = weir_expr_text_offset (text->text, text->length, from, &half_start);
  end = weir_expr_text_offset (text->text, text->length, to, &half_end);
  if (!half_start && !half_end) {
    *ret_value = weir_expr_view (text->text + start, end - start);
    return true;
  }
  /* The end is behind the character whose half is meant: leave it out. */
  while (half_end && is_continuation (text->text[--end]))
    ;
  copy = weir_expr_run_alloc (run, end - start + half_start + half_end, error);
  if (copy == NULL)
    return false;
  copy[0] = '?';
  memcpy (copy + half_start, text->text + start, end - start);
  if (half_end)
    copy[half_start + end - start] = '?';
  *ret_value = weir_expr_closed (copy, end - start + half_start + half_end);
  return true;
}

WeirExprSpan
weir_expr_text_trim (const char *text, size_t length)
{
  while (length > 0 && (unsigned char)*text <= ' ') {
    text++;
    length--;
  }
  while (length > 0 && (unsigned char)text[length - 1] <= ' ')
    length--;
  return (WeirExprSpan){ text, length };
}

ptrdiff_t
weir_expr_text_find (const char *text, size_t length, const char *part, size_t part_length)
{
  const char *found;

  if (part_length == 0)
    return 0;
  if (part_length == 1)
    found = length == 0 ? NULL : memchr (text, part[0], length);
  else
    found = memmem (text, length, part, part_length);
  return found == NULL ? -1 : found - text;
}

/* @text from its end to its beginning. */
static char *
reverse (WeirExprRun *run, const WeirExprValue *text, GError **error)
{
  char *copy = weir_expr_run_alloc (run, text->length, error);

  for (size_t i = 0; copy != NULL && i < text->length; i++)
    copy[i] = text->text[text->length - 1 - i];
  return copy;
}

static bool
search_last (WeirExprRun *run, const WeirExprValue *text, const WeirExprValue *part,
             ptrdiff_t *ret_at, GError **error)
{
  char *reversed, *reversed_part;
  ptrdiff_t at;

  *ret_at = -1;
  if (part->length > text->length)
    return true;
  if (part->length <= SHORT) {
    for (size_t i = text->length - part->length + 1; i-- > 0 && *ret_at < 0;)
      if (part->length == 0 || memcmp (text->text + i, part->text, part->length) == 0)
        *ret_at = (ptrdiff_t)i;
    return true;
  }
  reversed = reverse (run, text, error);
  reversed_part = reversed != NULL ? reverse (run, part, error) : NULL;
  if (reversed_part == NULL)
    return false;
  at = weir_expr_text_find (reversed, text->length, reversed_part, part->length);
  if (at >= 0)
    *ret_at = (ptrdiff_t)(text->length - part->length) - at;
  return true;
}

bool
weir_expr_text_search (WeirExprRun *run, const WeirExprValue *text, const WeirExprValue *part,
                       bool last, ptrdiff_t *ret_at, GError **error)
{
  if (!weir_expr_run_charge_bytes (run, 2 * ((size_t)text->length + part->length), error))
    return false;
  if (last)
    return search_last (run, text, part, ret_at, error);
  *ret_at = weir_expr_text_find (text->text, text->length, part->text, part->length);
  return true;
}

WeirExprKey
weir_expr_key_new (WeirExprSpan span, uint64_t seed)
{
  return (WeirExprKey){ span, (guint)weir_hash_bytes (span.at, span.length, seed) };
}

guint
weir_expr_key_hash (gconstpointer key)
{
  return ((const WeirExprKey *)key)->hash;
}

gboolean
weir_expr_key_equal (gconstpointer a, gconstpointer b)
{
  const WeirExprSpan *x = &((const WeirExprKey *)a)->span;
  const WeirExprSpan *y = &((const WeirExprKey *)b)->span;

  return x->length == y->length && (x->length == 0 || memcmp (x->at, y->at, x->length) == 0);
}

bool
weir_expr_text_equal_ignoring_case (const WeirExprValue *a, const WeirExprValue *b)
{
  const char *x = a->text;
  const char *y = b->text;
  const char *x_end = x + a->length;
  const char *y_end = y + b->length;

  while (x < x_end && y < y_end) {
    gunichar c = g_utf8_get_char_validated (x, x_end - x);
    gunichar d = g_utf8_get_char_validated (y, y_end - y);

    if ((gint32)c < 0 || (gint32)d < 0) {
      if (*x++ != *y++)
        return false;
      continue;
    }
    if (c != d && g_unichar_toupper (c) != g_unichar_toupper (d) &&
        g_unichar_tolower (c) != g_unichar_tolower (d))
      return false;
    x += g_unichar_to_utf8 (c, NULL);
    y += g_unichar_to_utf8 (d, NULL);
  }
  return x == x_end && y == y_end;
}
