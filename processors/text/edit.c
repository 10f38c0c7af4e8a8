/* edit.c: the strategies of ReplaceText. */
#include "edit.h"

#include <string.h>

/* From `${` to `}`. Without a limit each of many `${` would look for its end to the end of the
 * text.
 */
#define REFERENCE_MAX 4096

static bool
put (Edit *edit, const char *text, size_t size, GError **error)
{
  return text_sink_write (edit->sink, text, size, error);
}

static bool
put_string (Edit *edit, const char *text, GError **error)
{
  return put (edit, text, strlen (text), error);
}

static bool
surround (Edit *edit, const char *text, size_t size, size_t end_size, GError **error)
{
  edit->n_changes++;
  return put_string (edit, edit->before, error) && put (edit, text, size - end_size, error) &&
         put_string (edit, edit->after, error) &&
         put (edit, text + size - end_size, end_size, error);
}

static bool
replace_all (Edit *edit, const char *text, size_t size, size_t end_size, GError **error)
{
  edit->n_changes++;
  return put_string (edit, edit->value, error) &&
         put (edit, text + size - end_size, end_size, error);
}

static bool
replace_literal (Edit *edit, const char *text, size_t size, GError **error)
{
  size_t length = strlen (edit->literal);
  const char *end = text + size;
  const char *found;

  while ((found = memmem (text, (size_t)(end - text), edit->literal, length)) != NULL) {
    edit->n_changes++;
    if (!put (edit, text, (size_t)(found - text), error) || !put_string (edit, edit->value, error))
      return false;
    text = found + length;
  }
  return put (edit, text, (size_t)(end - text), error);
}

static bool
put_parts (Edit *edit, const Replacement *replacement, GError **error)
{
  size_t n;
  const ReplacementPart *parts = replacement_get_parts (replacement, &n);

  for (size_t i = 0; i < n; i++) {
    WeirBytes bytes = parts[i].text != NULL ? (WeirBytes){ parts[i].text, parts[i].size }
                                            : regex_search_get (edit->search, parts[i].group);

    if (!put (edit, bytes.data, bytes.size, error))
      return false;
  }
  return true;
}

typedef struct {
  const Edit *edit;
  GPtrArray *texts; /* what groups matched */
} Match;

/* Expressions know groups as attributes `$0`, `$1`... */
static const char *
on_lookup (void *data, const char *name)
{
  Match *match = data;
  uint64_t group;
  WeirBytes bytes;

  if (*name != '$' || !g_ascii_string_to_unsigned (
                          name + 1, 10, 0, regex_get_n_groups (match->edit->regex), &group, NULL))
    return NULL;
  bytes = regex_search_get (match->edit->search, (unsigned)group);
  if (bytes.data == NULL)
    return NULL;
  g_ptr_array_add (match->texts, g_strndup (bytes.data, bytes.size));
  return match->texts->pdata[match->texts->len - 1];
}

static char *
on_escape (void *data, const char *value)
{
  return replacement_escape (value);
}

static bool
put_replacement (Edit *edit, GError **error)
{
  g_autoptr (GPtrArray) texts = NULL;
  g_autofree char *text = NULL;
  g_autoptr (Replacement) replacement = NULL;
  Match match;

  if (edit->replacement != NULL)
    return put_parts (edit, edit->replacement, error);
  texts = g_ptr_array_new_with_free_func (g_free);
  match = (Match){ edit, texts };
  text = weir_expr_eval_with (edit->expr, edit->flowfile,
                              &(WeirExprView){ on_lookup, on_escape, &match }, error);
  if (text == NULL)
    return false;
  replacement = replacement_new (text, edit->regex);
  return put_parts (edit, replacement, error);
}

static bool
replace_regex (Edit *edit, const char *text, size_t size, GError **error)
{
  const char *end = text + size;
  bool found;

  regex_search_begin (edit->search, text, size);
  while (regex_search_next (edit->search, &found, error)) {
    WeirBytes match;

    if (!found)
      return put (edit, text, (size_t)(end - text), error);
    match = regex_search_get (edit->search, 0);
    edit->n_changes++;
    if (!put (edit, text, (size_t)(match.data - text), error) || !put_replacement (edit, error))
      return false;
    text = match.data + match.size;
  }
  return false;
}

/* The value of `name` or `name:-otherwise`. Returns: (transfer none) (nullable). */
static const char *
look_up (const Edit *edit, const char *name, size_t length, size_t *ret_size)
{
  const char *otherwise = g_strstr_len (name, (gssize)length, ":-");
  size_t name_length = otherwise != NULL ? (size_t)(otherwise - name) : length;
  g_autofree char *terminated = g_strndup (name, name_length);
  const char *value = weir_flowfile_get_attribute (edit->flowfile, terminated);

  if (value != NULL) {
    *ret_size = strlen (value);
    return value;
  }
  if (otherwise == NULL)
    return NULL;
  *ret_size = length - name_length - 2;
  return otherwise + 2;
}

/* What is between `${` and `}` becomes the attribute of that name. `$${` is a `${` that stays. */
static bool
substitute (Edit *edit, const char *text, size_t size, GError **error)
{
  const char *end = text + size;
  const char *from = text; /* where a search goes on; before it is what stays */
  const char *open;

  while ((open = memmem (from, (size_t)(end - from), "${", 2)) != NULL) {
    const char *close = memchr (open, '}', MIN ((size_t)(end - open), REFERENCE_MAX));
    bool escaped = open > text && open[-1] == '$';
    const char *value = NULL;
    size_t value_size = 0;

    from = open + 2;
    if (close == NULL)
      continue;
    if (escaped) {
      value = open--;
      value_size = (size_t)(close - open);
    } else {
      value = look_up (edit, from, (size_t)(close - from), &value_size);
    }
    if (value == NULL)
      continue;
    edit->n_changes++;
    if (!put (edit, text, (size_t)(open - text), error) || !put (edit, value, value_size, error))
      return false;
    text = from = close + 1;
  }
  return put (edit, text, (size_t)(end - text), error);
}

bool
edit_apply (Edit *edit, const char *text, size_t size, size_t end_size, GError **error)
{
  switch (edit->kind) {
  case EDIT_PREPEND:
  case EDIT_APPEND:
  case EDIT_SURROUND:
    return surround (edit, text, size, end_size, error);
  case EDIT_REGEX:
    return replace_regex (edit, text, size, error);
  case EDIT_LITERAL:
    return replace_literal (edit, text, size, error);
  case EDIT_ALWAYS:
    return replace_all (edit, text, size, end_size, error);
  case EDIT_SUBSTITUTE:
    return substitute (edit, text, size, error);
  }
  g_assert_not_reached ();
}
