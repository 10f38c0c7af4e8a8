/* functions-regex.c: regular expressions.
 *
 * A pattern that is a literal is compiled with the expression, and what is wrong with it is told
 * then. */
#include "expr/function.h"
#include "expr/regex.h"

/* Mappings of one replaceByPattern: each is a pattern to compile. */
#define WEIR_EXPR_MAX_MAPPINGS 1000

/* The pattern in @args[1]: the prepared one, or one compiled now, which @owned frees.
 * Returns: (transfer none) (nullable): NULL with @error set. */
static const WeirExprRegex *
get_regex (WeirExprRun *run, const WeirExprValue *args, WeirExprRegex **owned, GError **error)
{
  if (run->prepared != NULL)
    return run->prepared;
  *owned = weir_expr_regex_new_now (run, &args[1], error);
  return *owned;
}

static bool
has_both (const WeirExprValue *args)
{
  return !weir_expr_is_nothing (&args[0]) && !weir_expr_is_nothing (&args[1]);
}

static bool
prepare_regex (const WeirExprValue *const *literals, size_t n_literals, void **ret_prepared,
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
release_regex (void *prepared)
{
  weir_expr_regex_free (prepared);
}

static bool
matches (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
         GError **error)
{
  g_autoptr (WeirExprRegex) owned = NULL;
  const WeirExprRegex *regex;
  bool found = false;

  *ret_value = weir_expr_truth (false);
  if (!has_both (args))
    return true;
  regex = get_regex (run, args, &owned, error);
  if (regex == NULL || !weir_expr_regex_matches (regex, run, &args[0], &found, error))
    return false;
  *ret_value = weir_expr_truth (found);
  return true;
}

static bool
find (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
      GError **error)
{
  g_autoptr (WeirExprRegex) owned = NULL;
  g_autoptr (WeirExprMatcher) matcher = NULL;
  const WeirExprRegex *regex;
  bool found = false;

  *ret_value = weir_expr_truth (false);
  if (!has_both (args))
    return true;
  regex = get_regex (run, args, &owned, error);
  if (regex == NULL)
    return false;
  matcher = weir_expr_matcher_new (regex, run, &args[0], error);
  if (matcher == NULL || !weir_expr_matcher_next (matcher, &found, error))
    return false;
  *ret_value = weir_expr_truth (found);
  return true;
}

/* Adds @text to @builder with up to @most matches replaced. */
static bool
substitute (WeirExprRun *run, WeirExprMatcher *matcher, const WeirExprValue *text,
            const WeirExprValue *replacement, bool all, WeirExprBuilder *builder, GError **error)
{
  size_t done = 0;
  bool found;

  do {
    size_t start = 0;
    size_t end = 0;

    if (!weir_expr_matcher_next (matcher, &found, error))
      return false;
    if (!found)
      break;
    weir_expr_matcher_get_group (matcher, 0, &start, &end);
    start = MAX (start, done);
    if (!weir_expr_builder_add (builder, run, text->text + done, start - done, error) ||
        !weir_expr_matcher_expand (matcher, replacement, builder, error))
      return false;
    done = MAX (end, done);
  } while (all);
  return weir_expr_builder_add (builder, run, text->text + done, text->length - done, error);
}

static bool
replace (WeirExprRun *run, const WeirExprValue *args, bool all, WeirExprValue *ret_value,
         GError **error)
{
  g_autoptr (WeirExprRegex) owned = NULL;
  g_autoptr (WeirExprMatcher) matcher = NULL;
  WeirExprBuilder builder = { 0 };
  const WeirExprRegex *regex;

  *ret_value = args[0];
  if (!has_both (args))
    return true;
  regex = get_regex (run, args, &owned, error);
  if (regex == NULL)
    return false;
  matcher = weir_expr_matcher_new (regex, run, &args[0], error);
  if (matcher == NULL || !substitute (run, matcher, &args[0], &args[2], all, &builder, error))
    return false;
  *ret_value = weir_expr_builder_get (&builder);
  return true;
}

static bool
replace_all (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
             GError **error)
{
  return replace (run, args, true, ret_value, error);
}

static bool
replace_first (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  return replace (run, args, false, ret_value, error);
}

/* What replaceByPattern makes of "pattern:replacement, pattern:replacement". */
typedef struct {
  WeirExprRegex *regex;
  char *replacement;
} Mapping;

static void
clear_mapping (gpointer data)
{
  Mapping *mapping = data;

  weir_expr_regex_free (mapping->regex);
  g_free (mapping->replacement);
}

/* As in NiFi, a mapping without replacement or with a wrong pattern does not count. */
static GArray *
parse_mappings (const WeirExprValue *text)
{
  GArray *mappings = g_array_new (FALSE, FALSE, sizeof (Mapping));
  g_autofree char *copy = g_strndup (text->text, text->length);
  g_auto (GStrv) parts = g_strsplit (copy, ",", WEIR_EXPR_MAX_MAPPINGS);

  g_array_set_clear_func (mappings, clear_mapping);
  for (char **part = parts; *part != NULL; part++) {
    g_auto (GStrv) sides = g_strsplit (g_strstrip (*part), ":", 3);
    Mapping mapping;

    if (g_strv_length (sides) < 2 || *g_strstrip (sides[0]) == '\0' ||
        *g_strstrip (sides[1]) == '\0')
      continue;
    mapping.regex = weir_expr_regex_new (sides[0], strlen (sides[0]), NULL);
    if (mapping.regex == NULL)
      continue;
    mapping.replacement = g_steal_pointer (&sides[1]);
    g_free (sides[2]);
    g_array_append_val (mappings, mapping);
  }
  return mappings;
}

static bool
prepare_mappings (const WeirExprValue *const *literals, size_t n_literals, void **ret_prepared,
                  GError **error)
{
  if (literals[1] != NULL && literals[1]->type == WEIR_EXPR_TEXT)
    *ret_prepared = parse_mappings (literals[1]);
  return true;
}

static void
release_mappings (void *prepared)
{
  g_array_unref (prepared);
}

static bool
replace_by_pattern (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                    WeirExprValue *ret_value, GError **error)
{
  const GArray *mappings = run->prepared;
  g_autoptr (GArray) owned = NULL;

  *ret_value = args[0];
  if (!has_both (args))
    return true;
  if (mappings == NULL) {
    if (!weir_expr_run_charge (run, 10 * (size_t)args[1].length, error))
      return false;
    mappings = owned = parse_mappings (&args[1]);
  }
  for (guint i = 0; i < mappings->len; i++) {
    const Mapping *mapping = &g_array_index (mappings, Mapping, i);
    size_t length = strlen (mapping->replacement);
    char *copy;
    bool found;

    if (!weir_expr_regex_matches (mapping->regex, run, &args[0], &found, error))
      return false;
    if (!found)
      continue;
    copy = weir_expr_run_alloc (run, length, error);
    if (copy == NULL)
      return false;
    *ret_value = weir_expr_closed (memcpy (copy, mapping->replacement, length), length);
    return true;
  }
  return true;
}

#define WITH_REGEX   .prepare = prepare_regex, .release = release_regex
#define SUBJECT_TEXT .subject = WEIR_EXPR_TEXT

static const WeirExprFunction rows[] = {
  { "matches", matches, WITH_REGEX, SUBJECT_TEXT, .value = WEIR_EXPR_BOOLEAN, .parameters = "regex",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when the regular expression matches the whole text.",
    .example = "${filename:matches('\\d+\\.txt')}", .attributes = "filename=12.txt",
    .result = "true" },
  { "find", find, WITH_REGEX, SUBJECT_TEXT, .value = WEIR_EXPR_BOOLEAN, .parameters = "regex",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "True when the regular expression matches somewhere in the text.",
    .example = "${filename:find('\\d')}", .attributes = "filename=a12.txt", .result = "true" },
  { "replaceFirst", replace_first, WITH_REGEX, SUBJECT_TEXT, .value = WEIR_EXPR_TEXT,
    .parameters = "regex replacement", WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The text with the first match replaced; `$1` in the replacement is the first group, "
           "`$0` the match, `\\$` a dollar.",
    .example = "${filename:replaceFirst('\\.', '_')}", .attributes = "filename=a.tar.gz",
    .result = "a_tar.gz" },
  { "replaceAll", replace_all, WITH_REGEX, SUBJECT_TEXT, .value = WEIR_EXPR_TEXT,
    .parameters = "regex replacement", WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT),
    .doc = "The text with each match replaced; `$1` in the replacement is the first group, `$0` "
           "the match, `\\$` a dollar.",
    .example = "${filename:replaceAll('([a-z])(\\d)', '$2$1')}", .attributes = "filename=a1b2",
    .result = "1a2b" },
  { "replaceByPattern", replace_by_pattern, .prepare = prepare_mappings,
    .release = release_mappings, SUBJECT_TEXT, .value = WEIR_EXPR_TEXT, .parameters = "mappings",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "What stands behind the first regular expression that matches the whole text, in a list "
           "`regex:text,regex:text`; the text itself when none does.",
    .example = "${type:replaceByPattern('image/.*:picture,text/.*:words')}",
    .attributes = "type=text/csv", .result = "words" },
};

const WeirExprFamily weir_expr_regex_family = { "Regular expressions", WEIR_EXPR_ROWS (rows) };
