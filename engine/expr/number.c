/* number.c: numbers as Java reads and writes them. */
#include "expr/number.h"
#include <glib.h>
#include <math.h>
#include <string.h>

/* A text that is longer than this is no double worth reading, and strtod is slow on it. */
#define MAX_DIGITS 400

static bool
is_blank (char c)
{
  return (unsigned char)c <= ' ';
}

static const char *
skip_digits (const char *at, const char *end, bool hex)
{
  while (at < end && (hex ? g_ascii_isxdigit (*at) : g_ascii_isdigit (*at)))
    at++;
  return at;
}

/* The shape of a double without sign and prefix: digits, a point with digits, an exponent. Sets
 * @ret_whole when it is digits only. */
static bool
has_shape (const char *at, const char *end, bool hex, bool *ret_whole)
{
  const char *point = skip_digits (at, end, hex);
  const char *rest = point;
  bool exponent;

  if (point == end) {
    *ret_whole = true;
    return point > at;
  }
  *ret_whole = false;
  if (*point == '.') {
    rest = skip_digits (point + 1, end, hex);
    /* "5." is none, "0x5.p1" is one. */
    if (rest == point + 1 && !(hex && point > at))
      return false;
  } else if (point == at) {
    return false;
  }
  exponent = rest < end && g_ascii_tolower (*rest) == (hex ? 'p' : 'e');
  if (!exponent)
    return !hex && rest == end;
  rest++;
  if (rest < end && (*rest == '+' || *rest == '-'))
    rest++;
  return rest < end && skip_digits (rest, end, false) == end;
}

static WeirExprNumberKind
parse_whole (const char *at, const char *end, bool negative, bool hex, int64_t *ret_whole)
{
  const uint64_t base = hex ? 16 : 10;
  const uint64_t limit = negative ? (uint64_t)1 << 63 : INT64_MAX;
  uint64_t sum = 0;

  for (; at < end; at++) {
    uint64_t digit = (uint64_t)g_ascii_xdigit_value (*at);

    if (sum > (limit - digit) / base)
      return WEIR_EXPR_NUMBER_TOO_LARGE;
    sum = sum * base + digit;
  }
  *ret_whole = negative ? (int64_t)(0 - sum) : (int64_t)sum;
  return WEIR_EXPR_NUMBER_WHOLE;
}

static bool
is_word (const char *at, const char *end, const char *word)
{
  return (size_t)(end - at) == strlen (word) && memcmp (at, word, strlen (word)) == 0;
}

WeirExprNumberKind
weir_expr_number_parse (const char *text, size_t length, int64_t *ret_whole, double *ret_decimal)
{
  const char *at = text;
  const char *end = text + length;
  const char *start;
  bool negative, hex, whole;
  char buffer[MAX_DIGITS + 1];

  while (at < end && is_blank (*at))
    at++;
  while (end > at && is_blank (end[-1]))
    end--;
  start = at;
  if (at < end && (*at == '+' || *at == '-'))
    at++;
  negative = at > start && *start == '-';
  if (is_word (at, end, "Infinity") || is_word (at, end, "NaN")) {
    *ret_decimal = *at == 'N' ? NAN : negative ? -INFINITY : INFINITY;
    return WEIR_EXPR_NUMBER_DECIMAL;
  }
  hex = end - at > 2 && at[0] == '0' && g_ascii_tolower (at[1]) == 'x';
  if (!has_shape (hex ? at + 2 : at, end, hex, &whole))
    return WEIR_EXPR_NO_NUMBER;
  if (whole)
    return parse_whole (hex ? at + 2 : at, end, negative, hex, ret_whole);
  if (end - start > MAX_DIGITS)
    return WEIR_EXPR_NUMBER_TOO_LARGE;
  memcpy (buffer, start, (size_t)(end - start));
  buffer[end - start] = '\0';
  *ret_decimal = g_ascii_strtod (buffer, NULL);
  return WEIR_EXPR_NUMBER_DECIMAL;
}

size_t
weir_expr_number_format_whole (int64_t whole, char *buffer)
{
  char reversed[WEIR_EXPR_NUMBER_SIZE];
  uint64_t rest = whole < 0 ? 0 - (uint64_t)whole : (uint64_t)whole;
  size_t n = 0;
  size_t length = 0;

  do
    reversed[n++] = (char)('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (whole < 0)
    buffer[length++] = '-';
  while (n > 0)
    buffer[length++] = reversed[--n];
  buffer[length] = '\0';
  return length;
}

/* The fewest digits that read back as @decimal, at least two; returns the power of ten of the
 * first. Only subnormal numbers can do with fewer than 15 that are not zeros at the end. */
static int
shortest_digits (double decimal, char *digits)
{
  char text[WEIR_EXPR_NUMBER_SIZE];
  int precision = decimal < 2.3e-308 ? 2 : 15;
  size_t n = 0;

  for (;; precision++) {
    char format[8];

    g_snprintf (format, sizeof format, "%%.%de", precision - 1);
    g_ascii_formatd (text, sizeof text, format, decimal);
    if (precision == 17 || g_ascii_strtod (text, NULL) == decimal)
      break;
  }
  for (const char *at = text; *at != 'e'; at++)
    if (*at != '.')
      digits[n++] = *at;
  while (n > 2 && digits[n - 1] == '0')
    n--;
  while (n < 2)
    digits[n++] = '0';
  digits[n] = '\0';
  return (int)g_ascii_strtoll (strchr (text, 'e') + 1, NULL, 10);
}

static size_t
format_plain (const char *digits, int power, char *buffer)
{
  size_t length = 0;
  size_t n = strlen (digits);

  if (power < 0) {
    buffer[length++] = '0';
    buffer[length++] = '.';
    for (int i = -1; i > power; i--)
      buffer[length++] = '0';
    if (n == 2 && digits[1] == '0')
      n = 1;
    for (size_t i = 0; i < n; i++)
      buffer[length++] = digits[i];
    return length;
  }
  for (int i = 0; i <= power; i++)
    buffer[length++] = (char)((size_t)i < n ? digits[i] : '0');
  buffer[length++] = '.';
  if ((size_t)power + 1 >= n)
    buffer[length++] = '0';
  for (size_t i = (size_t)power + 1; i < n; i++)
    buffer[length++] = digits[i];
  return length;
}

size_t
weir_expr_number_format_decimal (double decimal, char *buffer)
{
  char digits[WEIR_EXPR_NUMBER_SIZE];
  size_t length = 0;
  int power;

  if (isnan (decimal))
    return g_strlcpy (buffer, "NaN", WEIR_EXPR_NUMBER_SIZE);
  if (signbit (decimal))
    buffer[length++] = '-';
  if (isinf (decimal))
    return length + g_strlcpy (buffer + length, "Infinity", WEIR_EXPR_NUMBER_SIZE - length);
  if (decimal == 0)
    return length + g_strlcpy (buffer + length, "0.0", WEIR_EXPR_NUMBER_SIZE - length);
  power = shortest_digits (fabs (decimal), digits);
  if (power >= -3 && power < 7) {
    length += format_plain (digits, power, buffer + length);
  } else {
    buffer[length++] = digits[0];
    buffer[length++] = '.';
    length += g_strlcpy (buffer + length, digits + 1, WEIR_EXPR_NUMBER_SIZE - length);
    buffer[length++] = 'E';
    length += weir_expr_number_format_whole (power, buffer + length);
  }
  buffer[length] = '\0';
  return length;
}

int64_t
weir_expr_number_truncate (double decimal)
{
  if (isnan (decimal))
    return 0;
  if (decimal >= 0x1p63)
    return INT64_MAX;
  if (decimal <= -0x1p63)
    return INT64_MIN;
  return (int64_t)decimal;
}
