/* functions-search.c: what is in a text, and where. */
#include "expr/function.h"
#include "expr/text.h"

static bool
has_both (const WeirExprValue *args)
{
  return !weir_expr_is_nothing (&args[0]) && !weir_expr_is_nothing (&args[1]);
}

static bool
starts_with (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
             GError **error)
{
  *ret_value = weir_expr_truth (has_both (args) && args[1].length <= args[0].length &&
                                memcmp (args[0].text, args[1].text, args[1].length) == 0);
  return true;
}

static bool
ends_with (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
           GError **error)
{
  *ret_value = weir_expr_truth (
      has_both (args) && args[1].length <= args[0].length &&
      memcmp (args[0].text + args[0].length - args[1].length, args[1].text, args[1].length) == 0);
  return true;
}

static bool
contains (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  ptrdiff_t at = -1;

  if (has_both (args) && !weir_expr_text_search (run, &args[0], &args[1], false, &at, error))
    return false;
  *ret_value = weir_expr_truth (at >= 0);
  return true;
}

static bool
in (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
    GError **error)
{
  bool found = false;

  for (size_t i = 1; i < n_args && !found; i++)
    found = !weir_expr_is_nothing (&args[0]) && !weir_expr_is_nothing (&args[i]) &&
            weir_expr_text_equal (&args[0], &args[i]);
  *ret_value = weir_expr_truth (found);
  return weir_expr_run_charge (run, n_args, error);
}

/* Where the argument begins in the subject, counted from 0; -1 when it is not in it. */
static bool
find_index (WeirExprRun *run, const WeirExprValue *args, bool last, WeirExprValue *ret_value,
            GError **error)
{
  const WeirExprValue *text = &args[0];
  const WeirExprValue *part = &args[1];
  ptrdiff_t at = -1;

  if (has_both (args) && !weir_expr_text_search (run, text, part, last, &at, error))
    return false;
  *ret_value =
      weir_expr_whole (at < 0 ? -1 : (int64_t)weir_expr_text_units (text->text, (size_t)at));
  return true;
}

static bool
index_of (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
          GError **error)
{
  return find_index (run, args, false, ret_value, error);
}

static bool
last_index_of (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  return find_index (run, args, true, ret_value, error);
}

#define ASKS_TEXT .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_BOOLEAN

static const WeirExprFunction rows[] = {
  { "startsWith", starts_with, ASKS_TEXT, .parameters = "text", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when the subject begins with the argument.",
    .example = "${filename:startsWith('a.')}", .attributes = "filename=a.txt", .result = "true" },
  { "endsWith", ends_with, ASKS_TEXT, .parameters = "text", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when the subject ends with the argument.",
    .example = "${filename:endsWith('.txt')}", .attributes = "filename=a.txt", .result = "true" },
  { "contains", contains, ASKS_TEXT, .parameters = "text", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when the argument is somewhere in the subject.",
    .example = "${filename:contains('.t')}", .attributes = "filename=a.txt", .result = "true" },
  { "in", in, ASKS_TEXT, .parameters = "text", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .flags = WEIR_EXPR_VARIADIC, .doc = "True when the subject is one of the arguments.",
    .example = "${color:in('red', 'green')}", .attributes = "color=green", .result = "true" },
  { "indexOf", index_of, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_WHOLE, .parameters = "text",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "Where the argument begins for the first time, counted from 0, or -1.",
    .example = "${filename:indexOf('.')}", .attributes = "filename=a.tar.gz", .result = "1" },
  { "lastIndexOf", last_index_of, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_WHOLE,
    .parameters = "text", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "Where the argument begins for the last time, counted from 0, or -1.",
    .example = "${filename:lastIndexOf('.')}", .attributes = "filename=a.tar.gz", .result = "5" },
};

const WeirExprFamily weir_expr_search_family = { "Search", WEIR_EXPR_ROWS (rows) };
