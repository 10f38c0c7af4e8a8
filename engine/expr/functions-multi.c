/* functions-multi.c: functions over many attributes or the items of a list.
 *
 * A selecting function gives a cursor; the machine then evaluates what follows it for each value
 * and puts the results together (machine.c). join and count have code here only for when there is
 * nothing to iterate over. */
#include "expr/function.h"
#include "expr/regex.h"

static bool
set_cursor (WeirExprRun *run, GArray *values, WeirExprValue *ret_value, GError **error)
{
  WeirExprCursor *cursor;

  if (!weir_expr_run_charge (run, 1 + values->len, error))
    return false;
  cursor = weir_arena_alloc0 (run->arena, sizeof *cursor);
  cursor->n_values = values->len;
  cursor->values = weir_arena_alloc (run->arena, (values->len + 1) * sizeof *cursor->values);
  if (values->len > 0)
    memcpy ((void *)cursor->values, values->data, values->len * sizeof *cursor->values);
  *ret_value = (WeirExprValue){ .cursor = cursor, .type = WEIR_EXPR_CURSOR };
  return true;
}

static void
add_value (GArray *values, const char *text)
{
  WeirExprValue value = text != NULL ? weir_expr_static_text (text) : weir_expr_nothing ();

  g_array_append_val (values, value);
}

/* anyAttribute, allAttributes: also those that are not there. */
static bool
select_named (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
              GError **error)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (WeirExprValue));
  const WeirExprScope *scope = run->scope;

  for (size_t i = 0; i < n_args; i++) {
    const char *text = NULL;
    const char *name =
        weir_expr_is_nothing (&args[i]) ? "" : weir_expr_run_close (run, &args[i], error);

    if (name == NULL)
      return false;
    if (scope->subject != NULL && scope->lookup != NULL)
      text = scope->lookup (scope->subject, name);
    add_value (values, text);
  }
  return set_cursor (run, values, ret_value, error);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Returns: (transfer full): the names of all attributes in their order; FlowFiles have none. */
static GPtrArray *
sorted_names (const WeirExprScope *scope)
{
  GPtrArray *names = g_ptr_array_new ();
  size_t n = scope->subject != NULL && scope->count != NULL ? scope->count (scope->subject) : 0;

  for (size_t i = 0; i < n; i++) {
    const char *name, *value;

    scope->nth (scope->subject, i, &name, &value);
    g_ptr_array_add (names, (char *)name);
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

static bool
add_matching (WeirExprRun *run, const WeirExprRegex *regex, const GPtrArray *names, GArray *values,
              GError **error)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    const WeirExprValue text = weir_expr_static_text (name);
    bool found;

    if (!weir_expr_regex_matches (regex, run, &text, &found, error))
      return false;
    if (found)
      add_value (values, run->scope->lookup (run->scope->subject, name));
  }
  return true;
}

/* The patterns of anyMatchingAttribute and allMatchingAttributes; NULL where it is not literal. */
static bool
prepare_patterns (const WeirExprValue *const *literals, size_t n_literals, void **ret_prepared,
                  GError **error)
{
  g_autoptr (GPtrArray) regexes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)weir_expr_regex_free);

  for (size_t i = 0; i < n_literals; i++) {
    const WeirExprValue *literal = literals[i];
    WeirExprRegex *regex = NULL;

    if (literal != NULL && literal->type == WEIR_EXPR_TEXT) {
      regex = weir_expr_regex_new (literal->text, literal->length, error);
      if (regex == NULL)
        return false;
    }
    g_ptr_array_add (regexes, regex);
  }
  *ret_prepared = g_steal_pointer (&regexes);
  return true;
}

static void
release_patterns (void *prepared)
{
  g_ptr_array_unref (prepared);
}

static bool
select_matching (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                 WeirExprValue *ret_value, GError **error)
{
  const GPtrArray *regexes = run->prepared;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (WeirExprValue));
  g_autoptr (GPtrArray) names = sorted_names (run->scope);

  for (size_t i = 0; i < n_args; i++) {
    g_autoptr (WeirExprRegex) owned = NULL;
    const WeirExprRegex *regex = regexes->pdata[i];

    if (regex == NULL && !weir_expr_is_nothing (&args[i])) {
      regex = owned = weir_expr_regex_new_now (run, &args[i], error);
      if (regex == NULL)
        return false;
    }
    if (regex != NULL && !add_matching (run, regex, names, values, error))
      return false;
  }
  return set_cursor (run, values, ret_value, error);
}

/* As String.split: what is between the matches, without empty items at the end. */
static bool
split (WeirExprRun *run, const WeirExprRegex *regex, const WeirExprValue *text, GArray *values,
       GError **error)
{
  g_autoptr (WeirExprMatcher) matcher = weir_expr_matcher_new (regex, run, text, error);
  size_t from = 0;
  WeirExprValue item;
  bool found = true;
  bool any = false;

  if (matcher == NULL)
    return false;
  while (found) {
    size_t start = 0;
    size_t end = 0;

    if (!weir_expr_matcher_next (matcher, &found, error))
      return false;
    if (found)
      weir_expr_matcher_get_group (matcher, 0, &start, &end);
    if (end == 0)
      continue;
    item = weir_expr_view (text->text + from, start - MIN (from, start));
    g_array_append_val (values, item);
    from = end;
    any = true;
  }
  item = weir_expr_view (text->text + from, text->length - from);
  g_array_append_val (values, item);
  while (any && values->len > 0 &&
         g_array_index (values, WeirExprValue, values->len - 1).length == 0)
    g_array_set_size (values, values->len - 1);
  return true;
}

static bool
prepare_delimiter (const WeirExprValue *const *literals, size_t n_literals, void **ret_prepared,
                   GError **error)
{
  WeirExprRegex *regex;

  if (literals[1] == NULL || literals[1]->type != WEIR_EXPR_TEXT)
    return true;
  regex = weir_expr_regex_new (literals[1]->text, literals[1]->length, error);
  if (regex == NULL)
    return false;
  *ret_prepared = regex;
  return true;
}

static void
release_delimiter (void *prepared)
{
  weir_expr_regex_free (prepared);
}

/* anyDelineatedValue, allDelineatedValues. */
static bool
select_items (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
              GError **error)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (WeirExprValue));
  const WeirExprRegex *regex = run->prepared;
  g_autoptr (WeirExprRegex) owned = NULL;

  if (!weir_expr_is_nothing (&args[0]) && !weir_expr_is_nothing (&args[1])) {
    if (regex == NULL)
      regex = owned = weir_expr_regex_new_now (run, &args[1], error);
    if (regex == NULL || !split (run, regex, &args[0], values, error))
      return false;
  }
  return set_cursor (run, values, ret_value, error);
}

static bool
join (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
      GError **error)
{
  *ret_value = weir_expr_is_nothing (&args[0]) ? weir_expr_static_text ("") : args[0];
  return true;
}

static bool
count (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
       GError **error)
{
  const bool is_false = args[0].type == WEIR_EXPR_BOOLEAN && !args[0].truth;

  *ret_value = weir_expr_whole (!weir_expr_is_nothing (&args[0]) && !is_false);
  return true;
}

#define OF_ATTRIBUTES \
  .flags = WEIR_EXPR_NO_SUBJECT | WEIR_EXPR_SELECTING | WEIR_EXPR_VARIADIC | WEIR_EXPR_OF_ATTRIBUTES
#define OF_ITEMS      .flags = WEIR_EXPR_NO_SUBJECT | WEIR_EXPR_SELECTING
#define WITH_PATTERNS .prepare = prepare_patterns, .release = release_patterns

static const WeirExprFunction rows[] = {
  { "anyAttribute", select_named, OF_ATTRIBUTES, .value = WEIR_EXPR_BOOLEAN, .parameters = "name",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when what follows is true for one of the attributes with these names.",
    .example = "${anyAttribute('a', 'b'):contains('x')}", .attributes = "a=1\nb=x2",
    .result = "true" },
  { "allAttributes", select_named, OF_ATTRIBUTES, .value = WEIR_EXPR_ANY, .parameters = "name",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when what follows is true for each of the attributes with these names; or all of "
           "them, for join and count.",
    .example = "${allAttributes('a', 'b'):join(', ')}", .attributes = "a=1\nb=2",
    .result = "1, 2" },
  { "anyMatchingAttribute", select_matching, WITH_PATTERNS, OF_ATTRIBUTES,
    .value = WEIR_EXPR_BOOLEAN, .parameters = "regex", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when what follows is true for one of the attributes whose name matches one of the "
           "regular expressions.",
    .example = "${anyMatchingAttribute('a.*'):contains('x')}", .attributes = "a1=1\na2=x2",
    .result = "true" },
  { "allMatchingAttributes", select_matching, WITH_PATTERNS, OF_ATTRIBUTES, .value = WEIR_EXPR_ANY,
    .parameters = "regex", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when what follows is true for each of the attributes whose name matches one of "
           "the regular expressions; or all of them in the order of their names, for join and "
           "count.",
    .example = "${allMatchingAttributes('a.*'):count()}", .attributes = "a1=1\na2=2\nb=3",
    .result = "2" },
  { "anyDelineatedValue", select_items, .prepare = prepare_delimiter, .release = release_delimiter,
    OF_ITEMS, .value = WEIR_EXPR_BOOLEAN, .parameters = "list delimiter",
    WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "True when what follows is true for one of the items of a list; `delimiter` is a "
           "regular expression.",
    .example = "${anyDelineatedValue(${list}, ','):equals('b')}", .attributes = "list=a,b,c",
    .result = "true" },
  { "allDelineatedValues", select_items, .prepare = prepare_delimiter, .release = release_delimiter,
    OF_ITEMS, .value = WEIR_EXPR_ANY, .parameters = "list delimiter",
    WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "True when what follows is true for each of the items of a list, or all of them, for "
           "join and count; `delimiter` is a regular expression.",
    .example = "${allDelineatedValues(${list}, ','):join(';')}", .attributes = "list=a,b,c",
    .result = "a;b;c" },
  { "join", join, .flags = WEIR_EXPR_REDUCING, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_TEXT,
    .parameters = "delimiter", WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "All values with `delimiter` between, also those that are not there, which are empty; "
           "nothing can follow it.",
    .example = "${allAttributes('a', 'b'):toUpper():join('-')}", .attributes = "a=x\nb=y",
    .result = "X-Y" },
  { "count", count, .flags = WEIR_EXPR_REDUCING, .subject = WEIR_EXPR_ANY, .value = WEIR_EXPR_WHOLE,
    .doc = "How many of the values are there and not false; nothing can follow it.",
    .example = "${allAttributes('a', 'b', 'c'):count()}", .attributes = "a=x\nb=y", .result = "2" },
};

const WeirExprFamily weir_expr_multi_family = { "Many attributes", WEIR_EXPR_ROWS (rows) };
