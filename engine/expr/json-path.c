/* json-path.c: reads paths into JSON. */
#include "expr/json-path.h"
#include "base/error.h"
#include "expr/json-path-reader.h"

void
weir_expr_json_path_free (WeirExprJsonPath *path)
{
  if (path == NULL)
    return;
  g_array_unref (path->steps);
  g_free (path);
}

static void
clear_step (gpointer data)
{
  WeirExprStep *step = data;

  g_clear_pointer (&step->names, g_ptr_array_unref);
  g_clear_pointer (&step->indexes, g_array_unref);
  g_clear_pointer (&step->filter, weir_expr_filter_free);
}

bool
weir_expr_path_fail (WeirExprPathReader *reader, const char *problem)
{
  g_autofree char *text = g_strndup (reader->start, (gsize)(reader->end - reader->start));
  g_autofree char *quoted = weir_error_quote (text);

  g_set_error (reader->error, WEIR_ERROR, WEIR_ERROR_INVALID, "JSONPath %s, position %zu: %s",
               quoted, (size_t)(reader->at - reader->start) + 1, problem);
  return false;
}

void
weir_expr_path_skip_blanks (WeirExprPathReader *reader)
{
  while (reader->at < reader->end && *reader->at == ' ')
    reader->at++;
}

char
weir_expr_path_peek (const WeirExprPathReader *reader)
{
  return (char)(reader->at < reader->end ? *reader->at : '\0');
}

bool
weir_expr_path_take (WeirExprPathReader *reader, const char *text)
{
  const size_t length = strlen (text);

  if ((size_t)(reader->end - reader->at) < length || memcmp (reader->at, text, length) != 0)
    return false;
  reader->at += length;
  return true;
}

bool
weir_expr_path_read_quoted (WeirExprPathReader *reader, char **ret_text)
{
  const char quote = *reader->at++;
  g_autoptr (GString) text = g_string_new (NULL);

  for (; reader->at < reader->end && *reader->at != quote; reader->at++) {
    if (*reader->at == '\\' && reader->at + 1 < reader->end)
      reader->at++;
    g_string_append_c (text, *reader->at);
  }
  if (reader->at == reader->end)
    return weir_expr_path_fail (reader, "this quote is never closed");
  reader->at++;
  *ret_text = g_string_free (g_steal_pointer (&text), FALSE);
  return true;
}

static void
add_index (WeirExprStep *step, int64_t index)
{
  if (step->indexes == NULL)
    step->indexes = g_array_new (FALSE, FALSE, sizeof (int64_t));
  g_array_append_val (step->indexes, index);
}

static bool
read_index (WeirExprPathReader *reader, int64_t *ret_index)
{
  char *end = NULL;
  g_autofree char *digits = g_strndup (reader->at, MIN ((gsize)(reader->end - reader->at), 12));
  gint64 index = g_ascii_strtoll (digits, &end, 10);

  if (end == digits || *digits == ' ' || *digits == '+' || ABS (index) > INT32_MAX)
    return weir_expr_path_fail (reader, "expected a number");
  reader->at += end - digits;
  *ret_index = index;
  return true;
}

/* ['a', 'b']: reader->at is on the first quote. */
static bool
read_names (WeirExprPathReader *reader, WeirExprStep *step)
{
  step->kind = WEIR_EXPR_STEP_NAMES;
  step->names = g_ptr_array_new_with_free_func (g_free);
  for (;;) {
    char *name;

    weir_expr_path_skip_blanks (reader);
    if (weir_expr_path_peek (reader) != '\'' && weir_expr_path_peek (reader) != '"')
      return weir_expr_path_fail (reader, "expected a name in quotes");
    if (!weir_expr_path_read_quoted (reader, &name))
      return false;
    g_ptr_array_add (step->names, name);
    weir_expr_path_skip_blanks (reader);
    if (!weir_expr_path_take (reader, ","))
      return true;
  }
}

/* [0], [0,2] or [1:3]: reader->at is behind the bracket. */
static bool
read_indexes (WeirExprPathReader *reader, WeirExprStep *step)
{
  int64_t index = 0;

  step->kind = WEIR_EXPR_STEP_INDEXES;
  if (weir_expr_path_peek (reader) != ':') {
    if (!read_index (reader, &index))
      return false;
    step->has_from = true;
  }
  add_index (step, index);
  weir_expr_path_skip_blanks (reader);
  if (weir_expr_path_take (reader, ":")) {
    step->kind = WEIR_EXPR_STEP_SLICE;
    weir_expr_path_skip_blanks (reader);
    if (weir_expr_path_peek (reader) == ']')
      return step->has_from || weir_expr_path_fail (reader, "expected a number");
    step->has_to = true;
    if (!read_index (reader, &index))
      return false;
    add_index (step, index);
    return true;
  }
  while (weir_expr_path_take (reader, ",")) {
    weir_expr_path_skip_blanks (reader);
    if (!read_index (reader, &index))
      return false;
    add_index (step, index);
    weir_expr_path_skip_blanks (reader);
  }
  return true;
}

static bool
read_bracket (WeirExprPathReader *reader, WeirExprStep *step)
{
  bool ok;

  weir_expr_path_skip_blanks (reader);
  if (weir_expr_path_take (reader, "*")) {
    step->kind = WEIR_EXPR_STEP_ALL;
    ok = true;
  } else if (weir_expr_path_take (reader, "?")) {
    step->kind = WEIR_EXPR_STEP_FILTER;
    weir_expr_path_skip_blanks (reader);
    ok = weir_expr_path_read_filter (reader, &step->filter);
  } else if (weir_expr_path_peek (reader) == '\'' || weir_expr_path_peek (reader) == '"') {
    ok = read_names (reader, step);
  } else {
    ok = read_indexes (reader, step);
  }
  if (!ok)
    return false;
  weir_expr_path_skip_blanks (reader);
  return weir_expr_path_take (reader, "]") || weir_expr_path_fail (reader, "expected ]");
}

static bool
is_function (const char *name)
{
  static const char *const names[] = { "length", "size", "min",   "max",  "avg",  "sum",
                                       "stddev", "keys", "first", "last", "index" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], name) == 0)
      return true;
  return false;
}

/* The parentheses of a function; index has a number between. */
static bool
read_function (WeirExprPathReader *reader, WeirExprStep *step)
{
  const char *name = step->names->pdata[0];
  int64_t index;

  step->kind = WEIR_EXPR_STEP_FUNCTION;
  if (!is_function (name))
    return weir_expr_path_fail (reader, "there is no such function; there are length, size, min, "
                                        "max, avg, sum, stddev, keys, first, last and index");
  weir_expr_path_take (reader, "(");
  if (strcmp (name, "index") == 0) {
    if (!read_index (reader, &index))
      return false;
    add_index (step, index);
  }
  return weir_expr_path_take (reader, ")") || weir_expr_path_fail (reader, "expected )");
}

/* What follows a dot: a name, * or a function. */
static bool
read_dotted (WeirExprPathReader *reader, WeirExprStep *step)
{
  const char *from = reader->at;

  if (weir_expr_path_take (reader, "*")) {
    step->kind = WEIR_EXPR_STEP_ALL;
    return true;
  }
  while (reader->at < reader->end && strchr (".[( ", *reader->at) == NULL &&
         !(reader->in_filter && strchr (")=!<>&|,]~", *reader->at) != NULL))
    reader->at++;
  if (reader->at == from)
    return weir_expr_path_fail (reader, "expected a name; one with blanks or signs stands in "
                                        "brackets, as in ['my name']");
  step->kind = WEIR_EXPR_STEP_NAMES;
  step->names = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (step->names, g_strndup (from, (gsize)(reader->at - from)));
  return weir_expr_path_peek (reader) != '(' || read_function (reader, step);
}

static bool
is_definite (const WeirExprStep *step)
{
  if (step->deep)
    return false;
  switch (step->kind) {
  case WEIR_EXPR_STEP_NAMES:
    return step->names->len == 1;
  case WEIR_EXPR_STEP_INDEXES:
    return step->indexes->len == 1;
  case WEIR_EXPR_STEP_FUNCTION:
    return true;
  default:
    return false;
  }
}

bool
weir_expr_path_read_steps (WeirExprPathReader *reader, WeirExprJsonPath *path)
{
  for (;;) {
    WeirExprStep step = { 0 };
    bool ok;

    if (path->steps->len == WEIR_LIMIT_EXPR_PATH_STEPS)
      return weir_expr_path_fail (reader, "too many steps");
    step.deep = weir_expr_path_take (reader, "..");
    if (weir_expr_path_take (reader, "["))
      ok = read_bracket (reader, &step);
    else if (step.deep || weir_expr_path_take (reader, "."))
      ok = read_dotted (reader, &step);
    else
      return true;
    if (ok && path->steps->len > 0 &&
        g_array_index (path->steps, WeirExprStep, path->steps->len - 1).kind ==
            WEIR_EXPR_STEP_FUNCTION)
      ok = weir_expr_path_fail (reader, "nothing can follow a function");
    if (!ok) {
      clear_step (&step);
      return false;
    }
    path->definite = path->definite && is_definite (&step);
    g_array_append_val (path->steps, step);
  }
}

WeirExprJsonPath *
weir_expr_path_new_empty (void)
{
  WeirExprJsonPath *path = g_new0 (WeirExprJsonPath, 1);

  path->steps = g_array_new (FALSE, FALSE, sizeof (WeirExprStep));
  g_array_set_clear_func (path->steps, clear_step);
  path->definite = true;
  return path;
}

WeirExprJsonPath *
weir_expr_json_path_new (const char *text, size_t length, GError **error)
{
  g_autoptr (WeirExprJsonPath) path = weir_expr_path_new_empty ();
  /* As in Jayway's a path may leave out its "$." */
  g_autofree char *whole = g_strdup_printf (
      "%s%.*s", length > 0 && (*text == '$' || *text == '@') ? "" : "$.", (int)length, text);
  WeirExprPathReader reader = {
    .start = whole, .at = whole + 1, .end = whole + strlen (whole), .error = error
  };

  if (!weir_expr_path_read_steps (&reader, path))
    return NULL;
  if (reader.at < reader.end) {
    weir_expr_path_fail (&reader, "expected . or [");
    return NULL;
  }
  return g_steal_pointer (&path);
}
