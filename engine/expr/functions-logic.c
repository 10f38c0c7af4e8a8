/* functions-logic.c: true or false.
 *
 * and, or and ifElse have no code here: the machine jumps over what they do not need. */
#include "expr/function.h"
#include "expr/text.h"
#include <math.h>

static bool
is_null (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
         GError **error)
{
  *ret_value = weir_expr_truth (weir_expr_is_nothing (&args[0]));
  return true;
}

static bool
not_null (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  *ret_value = weir_expr_truth (!weir_expr_is_nothing (&args[0]));
  return true;
}

static bool
is_empty (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  *ret_value = weir_expr_truth (weir_expr_is_nothing (&args[0]) ||
                                weir_expr_text_trim (args[0].text, args[0].length).length == 0);
  return true;
}

/* As Double.equals: NaN is itself, 0.0 is not -0.0. */
static bool
same_decimal (double a, double b)
{
  return (a != a && b != b) || (a == b && signbit (a) == signbit (b));
}

/* Values of different types are equal when their texts are; a date's is its milliseconds. */
static bool
equals (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
        GError **error)
{
  WeirExprValue a = args[0];
  WeirExprValue b = args[1];
  bool equal = false;

  if (a.type != b.type && !weir_expr_is_nothing (&a) && !weir_expr_is_nothing (&b)) {
    if (a.type == WEIR_EXPR_DATE)
      a.type = WEIR_EXPR_WHOLE;
    if (b.type == WEIR_EXPR_DATE)
      b.type = WEIR_EXPR_WHOLE;
    if (!weir_expr_run_to_text (run, &a, error) || !weir_expr_run_to_text (run, &b, error))
      return false;
  }
  if (a.type == b.type) {
    switch (a.type) {
    case WEIR_EXPR_TEXT:
      equal = weir_expr_text_equal (&a, &b);
      break;
    case WEIR_EXPR_BOOLEAN:
      equal = a.truth == b.truth;
      break;
    case WEIR_EXPR_DECIMAL:
      equal = same_decimal (a.decimal, b.decimal);
      break;
    case WEIR_EXPR_WHOLE:
    case WEIR_EXPR_DATE:
    case WEIR_EXPR_INSTANT:
      equal = a.whole == b.whole && a.length == b.length;
      break;
    default:
      break;
    }
  }
  *ret_value = weir_expr_truth (equal);
  return true;
}

static bool
equals_ignore_case (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                    WeirExprValue *ret_value, GError **error)
{
  *ret_value = weir_expr_truth (false);
  if (weir_expr_is_nothing (&args[0]) || weir_expr_is_nothing (&args[1]))
    return true;
  if (!weir_expr_run_charge_bytes (run, 8 * (size_t)args[0].length, error))
    return false;
  *ret_value = weir_expr_truth (weir_expr_text_equal_ignoring_case (&args[0], &args[1]));
  return true;
}

/* Sets @ret_less and @ret_equal; false when one is nothing or not a number. */
static bool
compare (const WeirExprValue *args, bool *ret_less, bool *ret_equal)
{
  double a, b;

  if (weir_expr_is_nothing (&args[0]) || weir_expr_is_nothing (&args[1]))
    return false;
  if (args[0].type == WEIR_EXPR_WHOLE && args[1].type == WEIR_EXPR_WHOLE) {
    *ret_less = args[0].whole < args[1].whole;
    *ret_equal = args[0].whole == args[1].whole;
    return true;
  }
  a = args[0].type == WEIR_EXPR_WHOLE ? (double)args[0].whole : args[0].decimal;
  b = args[1].type == WEIR_EXPR_WHOLE ? (double)args[1].whole : args[1].decimal;
  *ret_less = a < b;
  *ret_equal = a == b;
  return a == a && b == b;
}

static bool
gt (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
    GError **error)
{
  bool less, equal;

  *ret_value = weir_expr_truth (compare (args, &less, &equal) && !less && !equal);
  return true;
}

static bool
ge (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
    GError **error)
{
  bool less, equal;

  *ret_value = weir_expr_truth (compare (args, &less, &equal) && !less);
  return true;
}

static bool
lt (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
    GError **error)
{
  bool less, equal;

  *ret_value = weir_expr_truth (compare (args, &less, &equal) && less);
  return true;
}

static bool
le (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
    GError **error)
{
  bool less, equal;

  *ret_value = weir_expr_truth (compare (args, &less, &equal) && (less || equal));
  return true;
}

static bool
negate (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
        GError **error)
{
  *ret_value = weir_expr_truth (weir_expr_is_nothing (&args[0]) || !args[0].truth);
  return true;
}

static const WeirExprFunction rows[] = {
  { "isNull", is_null, .subject = WEIR_EXPR_ANY, .value = WEIR_EXPR_BOOLEAN,
    .doc = "True when there is no such attribute.", .example = "${filename:isNull()}",
    .result = "true" },
  { "notNull", not_null, .subject = WEIR_EXPR_ANY, .value = WEIR_EXPR_BOOLEAN,
    .doc = "True when the attribute is there, even if it is empty.",
    .example = "${filename:notNull()}", .attributes = "filename=", .result = "true" },
  { "isEmpty", is_empty, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_BOOLEAN,
    .doc = "True when the attribute is not there or has nothing but white space.",
    .example = "${note:isEmpty()}", .attributes = "note= ", .result = "true" },
  { "equals", equals, .subject = WEIR_EXPR_ANY, .value = WEIR_EXPR_BOOLEAN, .parameters = "value",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_ANY),
    .doc = "True when both are the same, to the letter; nothing equals nothing, not even nothing.",
    .example = "${filename:equals('hello.txt')}", .attributes = "filename=hello.txt",
    .result = "true" },
  { "equalsIgnoreCase", equals_ignore_case, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_BOOLEAN,
    .parameters = "value", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when both are the same but for upper and lower case.",
    .example = "${filename:equalsIgnoreCase('hello.txt')}", .attributes = "filename=HELLO.txt",
    .result = "true" },
  { "gt", gt, .subject = WEIR_EXPR_NUMBER, .value = WEIR_EXPR_BOOLEAN, .parameters = "number",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_NUMBER),
    .doc = "True when the number is greater; false when one of them is no number.",
    .example = "${fileSize:gt(1024)}", .attributes = "fileSize=2048", .result = "true" },
  { "ge", ge, .subject = WEIR_EXPR_NUMBER, .value = WEIR_EXPR_BOOLEAN, .parameters = "number",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_NUMBER),
    .doc = "True when the number is greater or equal; false when one of them is no number.",
    .example = "${fileSize:ge(1024)}", .attributes = "fileSize=1024", .result = "true" },
  { "lt", lt, .subject = WEIR_EXPR_NUMBER, .value = WEIR_EXPR_BOOLEAN, .parameters = "number",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_NUMBER),
    .doc = "True when the number is less; false when one of them is no number.",
    .example = "${fileSize:lt(1024)}", .attributes = "fileSize=1024", .result = "false" },
  { "le", le, .subject = WEIR_EXPR_NUMBER, .value = WEIR_EXPR_BOOLEAN, .parameters = "number",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_NUMBER),
    .doc = "True when the number is less or equal; false when one of them is no number.",
    .example = "${fileSize:le(1024)}", .attributes = "fileSize=1024", .result = "true" },
  { "and", .lazy = WEIR_EXPR_LAZY_AND, .subject = WEIR_EXPR_BOOLEAN, .value = WEIR_EXPR_BOOLEAN,
    .parameters = "condition", WEIR_EXPR_ARGS (1, WEIR_EXPR_BOOLEAN),
    .doc = "True when both are true; the argument is looked at only when the subject is not "
           "false.",
    .example = "${fileSize:gt(10):and(${type:equals('x')})}", .attributes = "fileSize=20\ntype=x",
    .result = "true" },
  { "or", .lazy = WEIR_EXPR_LAZY_OR, .subject = WEIR_EXPR_BOOLEAN, .value = WEIR_EXPR_BOOLEAN,
    .parameters = "condition", WEIR_EXPR_ARGS (1, WEIR_EXPR_BOOLEAN),
    .doc = "True when one of both is true; the argument is looked at only when the subject is not "
           "true.",
    .example = "${fileSize:gt(10):or(${type:equals('x')})}", .attributes = "fileSize=5\ntype=x",
    .result = "true" },
  { "not", negate, .subject = WEIR_EXPR_BOOLEAN, .value = WEIR_EXPR_BOOLEAN,
    .doc = "The opposite; nothing counts as false, so that not of nothing is true.",
    .example = "${filename:equals('x'):not()}", .attributes = "filename=abc", .result = "true" },
  { "ifElse", .lazy = WEIR_EXPR_LAZY_IF, .subject = WEIR_EXPR_BOOLEAN, .value = WEIR_EXPR_TEXT,
    .parameters = "then else", WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The first argument when the subject is true, else the second; the other is not looked "
           "at.",
    .example = "${type:equals('x'):ifElse('yes', 'no')}", .attributes = "type=y", .result = "no" },
};

const WeirExprFamily weir_expr_logic_family = { "Conditions", WEIR_EXPR_ROWS (rows) };
