/* json-filter.c: reads the conditions in brackets of a path. */
#include "expr/json-path-reader.h"
#include "expr/number.h"

static WeirExprFilter *read_or (WeirExprPathReader *reader);

static void
clear_value (gpointer data)
{
  const WeirExprValue *value = data;

  if (value->type == WEIR_EXPR_TEXT)
    g_free ((char *)value->text);
}

static void
clear_term (WeirExprTerm *term)
{
  weir_expr_json_path_free (term->path);
  g_clear_pointer (&term->values, g_array_unref);
  weir_expr_regex_free (term->regex);
}

void
weir_expr_filter_free (WeirExprFilter *filter)
{
  if (filter == NULL)
    return;
  weir_expr_filter_free (filter->left);
  weir_expr_filter_free (filter->right);
  clear_term (&filter->first);
  clear_term (&filter->second);
  g_free (filter);
}

/* A number, a quoted text, true, false or null: added to @values. */
static bool
read_scalar (WeirExprPathReader *reader, GArray *values)
{
  WeirExprValue value = weir_expr_nothing ();
  const char *from = reader->at;
  double decimal = 0;
  int64_t whole = 0;
  char *text;

  if (weir_expr_path_peek (reader) == '\'' || weir_expr_path_peek (reader) == '"') {
    if (!weir_expr_path_read_quoted (reader, &text))
      return false;
    value = weir_expr_static_text (text);
  } else if (weir_expr_path_take (reader, "true") || weir_expr_path_take (reader, "false")) {
    value = weir_expr_truth (*from == 't');
  } else if (!weir_expr_path_take (reader, "null")) {
    while (reader->at < reader->end &&
           (g_ascii_isalnum (*reader->at) || strchr ("+-.", *reader->at) != NULL))
      reader->at++;
    switch (weir_expr_number_parse (from, (size_t)(reader->at - from), &whole, &decimal)) {
    case WEIR_EXPR_NUMBER_WHOLE:
      value = weir_expr_whole (whole);
      break;
    case WEIR_EXPR_NUMBER_DECIMAL:
      value = weir_expr_decimal (decimal);
      break;
    default:
      return weir_expr_path_fail (reader, "expected a value: a text in quotes, a number or a path "
                                          "that begins with @");
    }
  }
  g_array_append_val (values, value);
  return true;
}

static bool
read_list (WeirExprPathReader *reader, WeirExprTerm *term)
{
  term->is_list = true;
  weir_expr_path_skip_blanks (reader);
  if (weir_expr_path_take (reader, "]"))
    return true;
  for (;;) {
    weir_expr_path_skip_blanks (reader);
    if (!read_scalar (reader, term->values))
      return false;
    weir_expr_path_skip_blanks (reader);
    if (weir_expr_path_take (reader, "]"))
      return true;
    if (!weir_expr_path_take (reader, ","))
      return weir_expr_path_fail (reader, "expected , or ]");
  }
}

/* /pattern/ and flags; reader->at is behind the first slash. */
static bool
read_regex (WeirExprPathReader *reader, WeirExprTerm *term)
{
  g_autoptr (GString) pattern = g_string_new (NULL);
  g_autoptr (GString) flags = g_string_new (NULL);

  for (; reader->at < reader->end && *reader->at != '/'; reader->at++) {
    if (*reader->at == '\\' && reader->at + 1 < reader->end)
      g_string_append_c (pattern, *reader->at++);
    g_string_append_c (pattern, *reader->at);
  }
  if (!weir_expr_path_take (reader, "/"))
    return weir_expr_path_fail (reader, "this / is never closed");
  while (reader->at < reader->end && strchr ("imsxu", *reader->at) != NULL)
    g_string_append_c (flags, *reader->at++);
  if (flags->len > 0) {
    g_string_prepend (pattern, ")");
    g_string_prepend (pattern, flags->str);
    g_string_prepend (pattern, "(?");
  }
  term->kind = WEIR_EXPR_TERM_REGEX;
  term->regex = weir_expr_regex_new (pattern->str, pattern->len, reader->error);
  return term->regex != NULL;
}

static bool
read_term (WeirExprPathReader *reader, WeirExprTerm *term)
{
  const bool in_filter = reader->in_filter;
  bool ok;

  weir_expr_path_skip_blanks (reader);
  if (weir_expr_path_peek (reader) == '@' || weir_expr_path_peek (reader) == '$') {
    term->kind = WEIR_EXPR_TERM_PATH;
    term->from_root = *reader->at++ == '$';
    term->path = weir_expr_path_new_empty ();
    reader->in_filter = true;
    ok = weir_expr_path_read_steps (reader, term->path);
    reader->in_filter = in_filter;
    return ok;
  }
  if (weir_expr_path_take (reader, "/"))
    return read_regex (reader, term);
  term->kind = WEIR_EXPR_TERM_VALUE;
  term->values = g_array_new (FALSE, FALSE, sizeof (WeirExprValue));
  g_array_set_clear_func (term->values, clear_value);
  if (weir_expr_path_take (reader, "["))
    return read_list (reader, term);
  return read_scalar (reader, term->values);
}

/* The operator at hand; -1 when there is none. Longer ones come first. */
static int
read_comparison (WeirExprPathReader *reader)
{
  static const struct {
    const char *sign;
    WeirExprComparison comparison;
  } signs[] = {
    { "===", WEIR_EXPR_IS_EQUAL },
    { "!==", WEIR_EXPR_IS_NOT_EQUAL },
    { "==", WEIR_EXPR_IS_EQUAL },
    { "!=", WEIR_EXPR_IS_NOT_EQUAL },
    { "=~", WEIR_EXPR_IS_MATCH },
    { "<=", WEIR_EXPR_IS_LESS_OR_EQUAL },
    { ">=", WEIR_EXPR_IS_GREATER_OR_EQUAL },
    { "<", WEIR_EXPR_IS_LESS },
    { ">", WEIR_EXPR_IS_GREATER },
    { "in ", WEIR_EXPR_IS_IN },
    { "nin ", WEIR_EXPR_IS_NOT_IN },
    { "subsetof ", WEIR_EXPR_IS_SUBSET },
    { "anyof ", WEIR_EXPR_IS_ANY_OF },
    { "noneof ", WEIR_EXPR_IS_NONE_OF },
    { "size ", WEIR_EXPR_HAS_SIZE },
    { "empty ", WEIR_EXPR_IS_EMPTY },
    { "contains ", WEIR_EXPR_CONTAINS },
  };

  weir_expr_path_skip_blanks (reader);
  for (size_t i = 0; i < G_N_ELEMENTS (signs); i++)
    if (weir_expr_path_take (reader, signs[i].sign))
      return (int)signs[i].comparison;
  return -1;
}

static WeirExprFilter *
read_comparison_filter (WeirExprPathReader *reader)
{
  WeirExprFilter *filter = g_new0 (WeirExprFilter, 1);
  int comparison;
  bool ok = read_term (reader, &filter->first);

  filter->kind = WEIR_EXPR_FILTER_EXISTS;
  if (ok) {
    comparison = read_comparison (reader);
    if (comparison >= 0) {
      filter->kind = WEIR_EXPR_FILTER_COMPARE;
      filter->comparison = (WeirExprComparison)comparison;
      ok = read_term (reader, &filter->second);
      if (ok && (comparison == WEIR_EXPR_IS_MATCH) != (filter->second.kind == WEIR_EXPR_TERM_REGEX))
        ok = weir_expr_path_fail (reader, "=~ needs a /pattern/, and nothing else does");
    } else if (filter->first.kind != WEIR_EXPR_TERM_PATH) {
      ok = weir_expr_path_fail (reader, "expected a comparison");
    }
  }
  if (ok)
    return filter;
  weir_expr_filter_free (filter);
  return NULL;
}

static WeirExprFilter *
read_unary (WeirExprPathReader *reader)
{
  WeirExprFilter *inner;
  WeirExprFilter *filter = NULL;

  if (++reader->depth > WEIR_LIMIT_EXPR_PATH_DEPTH) {
    weir_expr_path_fail (reader, "too many conditions in each other");
    return NULL;
  }
  weir_expr_path_skip_blanks (reader);
  if (weir_expr_path_take (reader, "(")) {
    filter = read_or (reader);
    weir_expr_path_skip_blanks (reader);
    if (filter != NULL && !weir_expr_path_take (reader, ")")) {
      weir_expr_path_fail (reader, "expected )");
      g_clear_pointer (&filter, weir_expr_filter_free);
    }
  } else if (weir_expr_path_take (reader, "!")) {
    inner = read_unary (reader);
    if (inner != NULL) {
      filter = g_new0 (WeirExprFilter, 1);
      filter->kind = WEIR_EXPR_FILTER_NOT;
      filter->left = inner;
    }
  } else {
    filter = read_comparison_filter (reader);
  }
  reader->depth--;
  return filter;
}

/* One operator between as many as there are. */
static WeirExprFilter *
read_chain (WeirExprPathReader *reader, const char *sign, WeirExprFilterKind kind,
            WeirExprFilter *(*read_part) (WeirExprPathReader *))
{
  WeirExprFilter *filter = read_part (reader);

  for (unsigned n = 0; filter != NULL; n++) {
    WeirExprFilter *chain;

    weir_expr_path_skip_blanks (reader);
    if (!weir_expr_path_take (reader, sign))
      return filter;
    chain = g_new0 (WeirExprFilter, 1);
    chain->kind = kind;
    chain->left = filter;
    chain->right = read_part (reader);
    filter = chain;
    if (chain->right == NULL || n > WEIR_LIMIT_EXPR_PATH_STEPS) {
      if (chain->right != NULL)
        weir_expr_path_fail (reader, "too many conditions");
      g_clear_pointer (&filter, weir_expr_filter_free);
    }
  }
  return NULL;
}

static WeirExprFilter *
read_and (WeirExprPathReader *reader)
{
  return read_chain (reader, "&&", WEIR_EXPR_FILTER_AND, read_unary);
}

static WeirExprFilter *
read_or (WeirExprPathReader *reader)
{
  return read_chain (reader, "||", WEIR_EXPR_FILTER_OR, read_and);
}

bool
weir_expr_path_read_filter (WeirExprPathReader *reader, WeirExprFilter **ret_filter)
{
  if (weir_expr_path_peek (reader) != '(')
    return weir_expr_path_fail (reader, "a filter stands in parentheses, as in [?(@.a == 1)]");
  *ret_filter = read_or (reader);
  return *ret_filter != NULL;
}
