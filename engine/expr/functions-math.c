/* functions-math.c: numbers, with the rules of Java: whole numbers wrap and divide to whole
 * numbers, one decimal makes all decimal, nothing makes nothing. */
#include "expr/function.h"
#include "expr/java-math.h"
#include "expr/number.h"
#include "expr/text.h"
#include <math.h>

static double
to_double (const WeirExprValue *value)
{
  return value->type == WEIR_EXPR_WHOLE ? (double)value->whole : value->decimal;
}

static bool
has_both (const WeirExprValue *args)
{
  return !weir_expr_is_nothing (&args[0]) && !weir_expr_is_nothing (&args[1]);
}

static bool
both_whole (const WeirExprValue *args)
{
  return args[0].type == WEIR_EXPR_WHOLE && args[1].type == WEIR_EXPR_WHOLE;
}

static bool
plus (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
      GError **error)
{
  if (!has_both (args))
    return true;
  *ret_value = both_whole (args)
                   ? weir_expr_whole ((int64_t)((uint64_t)args[0].whole + (uint64_t)args[1].whole))
                   : weir_expr_decimal (to_double (&args[0]) + to_double (&args[1]));
  return true;
}

static bool
minus (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
       GError **error)
{
  if (!has_both (args))
    return true;
  *ret_value = both_whole (args)
                   ? weir_expr_whole ((int64_t)((uint64_t)args[0].whole - (uint64_t)args[1].whole))
                   : weir_expr_decimal (to_double (&args[0]) - to_double (&args[1]));
  return true;
}

static bool
multiply (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  if (!has_both (args))
    return true;
  *ret_value = both_whole (args)
                   ? weir_expr_whole ((int64_t)((uint64_t)args[0].whole * (uint64_t)args[1].whole))
                   : weir_expr_decimal (to_double (&args[0]) * to_double (&args[1]));
  return true;
}

/* The divisor of a whole division; the one pair that overflows needs no division. */
static bool
check_divisor (const WeirExprValue *args, bool *ret_overflows, GError **error)
{
  if (args[1].whole == 0) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "cannot divide by zero; make one of the numbers a decimal to get "
                         "Infinity");
    return false;
  }
  *ret_overflows = args[0].whole == INT64_MIN && args[1].whole == -1;
  return true;
}

static bool
divide (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
        GError **error)
{
  bool overflows;

  if (!has_both (args))
    return true;
  if (!both_whole (args)) {
    *ret_value = weir_expr_decimal (to_double (&args[0]) / to_double (&args[1]));
    return true;
  }
  if (!check_divisor (args, &overflows, error))
    return false;
  *ret_value = weir_expr_whole (overflows ? INT64_MIN : args[0].whole / args[1].whole);
  return true;
}

static bool
mod (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
     GError **error)
{
  bool overflows;

  if (!has_both (args))
    return true;
  if (!both_whole (args)) {
    *ret_value = weir_expr_decimal (fmod (to_double (&args[0]), to_double (&args[1])));
    return true;
  }
  if (!check_divisor (args, &overflows, error))
    return false;
  *ret_value = weir_expr_whole (overflows ? 0 : args[0].whole % args[1].whole);
  return true;
}

/* toNumber and toDecimal: the conversion has happened before the call. */
static bool
keep (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
      GError **error)
{
  *ret_value = args[0];
  return true;
}

static int
usable_radix (int64_t radix)
{
  return radix < 2 || radix > 36 ? 10 : (int)radix;
}

static bool
to_radix (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  const bool negative = args[0].whole < 0;
  uint64_t rest = negative ? 0 - (uint64_t)args[0].whole : (uint64_t)args[0].whole;
  char digits[65];
  size_t n = 0;
  size_t zeros = 0;
  size_t width;
  uint64_t radix;
  char *text;

  if (!has_both (args))
    return true;
  radix = (uint64_t)usable_radix (args[1].whole);
  do
    digits[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % radix];
  while ((rest /= radix) > 0);
  width = n + negative;
  if (n_args > 2 && !weir_expr_is_nothing (&args[2]) && args[2].whole > (int64_t)width)
    zeros = (size_t)MIN (args[2].whole, INT32_MAX) - width;
  text = weir_expr_run_alloc (run, width + zeros, error);
  if (text == NULL)
    return false;
  /* As Java's padding: in front of the sign. */
  memset (text, '0', zeros);
  text[zeros] = '-';
  for (size_t i = 0; i < n; i++)
    text[width + zeros - 1 - i] = digits[i];
  *ret_value = weir_expr_closed (text, width + zeros);
  return true;
}

/* What Java's Character.digit takes for a digit, the letters beyond 9 as well; 36 for all else. */
static uint64_t
digit_of (gunichar c)
{
  if (c >= 0x10000)
    return 36;
  if (g_unichar_isdigit (c))
    return (uint64_t)g_unichar_digit_value (c);
  if (c >= 0xff21 && c <= 0xff5a)
    c -= 0xfee0;
  return c < 0x80 && g_ascii_isalpha ((char)c) ? (uint64_t)(g_ascii_tolower ((char)c) - 'a' + 10)
                                               : 36;
}

static bool
from_radix (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
            GError **error)
{
  const char *at, *end;
  bool negative;
  uint64_t limit, radix;
  uint64_t sum = 0;

  if (!has_both (args))
    return true;
  at = args[0].text;
  end = at + args[0].length;
  radix = (uint64_t)args[1].whole;
  if (args[1].whole < 2 || args[1].whole > 36) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "the radix must be from 2 to 36");
    return false;
  }
  negative = at < end && *at == '-';
  limit = negative ? (uint64_t)1 << 63 : INT64_MAX;
  if (at < end && (*at == '-' || *at == '+'))
    at++;
  if (at == end)
    return weir_expr_run_fail (error, &args[0], "is no number");
  for (; at < end; at = g_utf8_next_char (at)) {
    const uint64_t digit = digit_of (g_utf8_get_char_validated (at, end - at));

    if (digit >= radix)
      return weir_expr_run_fail (error, &args[0], "has a digit that the radix does not have");
    if (sum > (limit - digit) / radix)
      return weir_expr_run_fail (error, &args[0], "does not fit into 64 bits");
    sum = sum * radix + digit;
  }
  *ret_value = weir_expr_whole (negative ? (int64_t)(0 - sum) : (int64_t)sum);
  return true;
}

static bool
random_number (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  if (run->scope->random != NULL)
    *ret_value = weir_expr_whole ((int64_t)(weir_random_next (run->scope->random) >> 1));
  return true;
}

/* Returns: (transfer full) (nullable): the name of a function; NULL when it is nothing. */
static char *
read_name (const WeirExprValue *name)
{
  return weir_expr_is_nothing (name) ? NULL : g_strndup (name->text, name->length);
}

static bool
call_java_math (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                WeirExprValue *ret_value, GError **error)
{
  g_autofree char *name = read_name (&args[1]);

  if (name == NULL || weir_expr_is_nothing (&args[0]) ||
      (n_args > 2 && weir_expr_is_nothing (&args[2])))
    return true;
  return weir_expr_java_math (name, &args[0], n_args > 2 ? &args[2] : NULL, ret_value, error);
}

static bool
call_java_math_alone (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                      WeirExprValue *ret_value, GError **error)
{
  g_autofree char *name = read_name (&args[0]);

  if (name == NULL)
    return true;
  if (strcmp (name, "random") != 0)
    return weir_expr_run_fail (error, &args[0],
                               "needs a number; the only function without is "
                               "'random'");
  if (run->scope->random != NULL)
    *ret_value =
        weir_expr_decimal ((double)(weir_random_next (run->scope->random) >> 11) * 0x1p-53);
  return true;
}

#define SUBJECT_NUMBER .subject = WEIR_EXPR_NUMBER, .value = WEIR_EXPR_NUMBER
#define ONE_NUMBER     .parameters = "number", WEIR_EXPR_ARGS (1, WEIR_EXPR_NUMBER)

static const WeirExprFunction rows[] = {
  { "plus", plus, SUBJECT_NUMBER, ONE_NUMBER, .doc = "The sum.",
    .example = "${fileSize:plus(1000)}", .attributes = "fileSize=100", .result = "1100" },
  { "minus", minus, SUBJECT_NUMBER, ONE_NUMBER, .doc = "The difference.",
    .example = "${fileSize:minus(0.5)}", .attributes = "fileSize=100", .result = "99.5" },
  { "multiply", multiply, SUBJECT_NUMBER, ONE_NUMBER, .doc = "The product.",
    .example = "${fileSize:multiply(1024)}", .attributes = "fileSize=2", .result = "2048" },
  { "divide", divide, SUBJECT_NUMBER, ONE_NUMBER,
    .doc = "The quotient: whole when both numbers are, cut towards zero. To divide a whole number "
           "by zero is an error.",
    .example = "${fileSize:divide(1024)}", .attributes = "fileSize=2047", .result = "1" },
  { "mod", mod, SUBJECT_NUMBER, ONE_NUMBER,
    .doc = "The rest of the division, with the sign of the subject.",
    .example = "${fileSize:mod(1024)}", .attributes = "fileSize=2047", .result = "1023" },
  { "toNumber", keep, .subject = WEIR_EXPR_WHOLE, .value = WEIR_EXPR_WHOLE,
    .doc = "The subject as a whole number: decimals are cut, dates become milliseconds since "
           "1970; nothing when it is no number.",
    .example = "${price:toNumber()}", .attributes = "price=19.99", .result = "19" },
  { "toDecimal", keep, .subject = WEIR_EXPR_DECIMAL, .value = WEIR_EXPR_DECIMAL,
    .doc = "The subject as a decimal; nothing when it is no number.",
    .example = "${amount:toDecimal()}", .attributes = "amount=2", .result = "2.0" },
  { "toRadix", to_radix, .subject = WEIR_EXPR_WHOLE, .value = WEIR_EXPR_TEXT,
    .parameters = "radix width", WEIR_EXPR_ARGS (1, WEIR_EXPR_WHOLE, WEIR_EXPR_WHOLE),
    .doc = "The number in another radix (2 to 36), with zeros before it up to `width`.",
    .example = "${fileSize:toRadix(16, 8)}", .attributes = "fileSize=1024", .result = "00000400" },
  { "fromRadix", from_radix, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_WHOLE,
    .parameters = "radix", WEIR_EXPR_ARGS (1, WEIR_EXPR_WHOLE),
    .doc = "The number that the text is in another radix (2 to 36).",
    .example = "${size:fromRadix(16)}", .attributes = "size=4A7F", .result = "19071" },
  { "math", call_java_math, .flags = WEIR_EXPR_OVERLOADED, SUBJECT_NUMBER,
    .parameters = "function argument", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT, WEIR_EXPR_NUMBER),
    .doc = "A function of java.lang.Math: `abs`, `max`, `pow`, `sqrt`... Those of decimals need "
           "decimals: use toDecimal.",
    .example = "${price:toDecimal():math('round')}", .attributes = "price=2.5", .result = "3" },
  { "math", call_java_math_alone, .flags = WEIR_EXPR_NO_SUBJECT | WEIR_EXPR_CHANGING,
    .value = WEIR_EXPR_NUMBER, .parameters = "function", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "`random`: a decimal from 0 up to but without 1.", .example = "${math('random')}" },
  { "random", random_number, .flags = WEIR_EXPR_NO_SUBJECT | WEIR_EXPR_CHANGING,
    .value = WEIR_EXPR_WHOLE, .doc = "A random whole number, not negative.",
    .example = "${random()}" },
};

const WeirExprFamily weir_expr_math_family = { "Numbers", WEIR_EXPR_ROWS (rows) };
