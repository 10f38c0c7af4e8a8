/* functions-json.c: JSON in attributes.
 *
 * As in NiFi a path that leads nowhere gives "", or leaves the document as it is when it was to
 * change; what cannot be done to what is there gives "", too. A subject that is no JSON is an
 * error. */
#include "expr/function.h"
#include "expr/json-path.h"

static bool
is_json (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
         GError **error)
{
  g_autoptr (GError) why = NULL;
  WeirExprSpan span = weir_expr_text_trim (args[0].text, args[0].length);
  const WeirExprValue text = weir_expr_view (span.at, span.length);

  *ret_value = weir_expr_truth (false);
  if (span.length < 2 || (*span.at != '{' && *span.at != '['))
    return true;
  if (weir_expr_json_parse (run, &text, &why) != NULL) {
    *ret_value = weir_expr_truth (true);
    return true;
  }
  if (!g_error_matches (why, WEIR_ERROR, WEIR_ERROR_LIMIT))
    return true;
  g_propagate_error (error, g_steal_pointer (&why));
  return false;
}

/* A document and what a path finds in it. */
typedef struct {
  WeirExprJson *root;
  WeirExprJsonFound found;
} Search;

static void
search_clear (Search *search)
{
  g_clear_pointer (&search->found.nodes, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* @search must be zeroed. */
static bool
search_init (Search *search, WeirExprRun *run, const WeirExprValue *args, GError **error)
{
  const WeirExprJsonPath *path = run->prepared;
  g_autoptr (WeirExprJsonPath) owned = NULL;

  search->found.nodes = g_ptr_array_new ();
  if (args[0].length == 0)
    return weir_expr_run_fail (error, &args[0], "is no JSON: the subject is empty");
  if (path == NULL) {
    if (!weir_expr_run_charge (run, 50 + args[1].length, error))
      return false;
    path = owned = weir_expr_json_path_new (args[1].text, args[1].length, error);
    if (path == NULL)
      return false;
  }
  search->root = weir_expr_json_parse (run, &args[0], error);
  return search->root != NULL &&
         weir_expr_json_path_find (path, run, search->root, search->root, &search->found, error);
}

/* Whether the path of @run or @args[1] gives a list even when it finds one or none. */
static bool
gives_list (WeirExprRun *run, const WeirExprValue *args)
{
  const WeirExprJsonPath *path = run->prepared;
  g_autoptr (WeirExprJsonPath) owned = NULL;

  if (path == NULL)
    path = owned = weir_expr_json_path_new (args[1].text, args[1].length, NULL);
  return path != NULL && !path->definite;
}

static bool
write_document (WeirExprRun *run, const WeirExprJson *json, WeirExprValue *ret_value,
                GError **error)
{
  WeirExprBuilder builder = { 0 };

  if (!weir_expr_json_write (run, json, &builder, error))
    return false;
  *ret_value = weir_expr_builder_get (&builder);
  return true;
}

/* A result as text: a scalar without quotes, a list of one as what is in it. */
static bool
show (WeirExprRun *run, const WeirExprJson *json, WeirExprValue *ret_value, GError **error)
{
  while (json->kind == WEIR_EXPR_JSON_ARRAY && json->n_children == 1)
    json = json->first;
  return weir_expr_json_is_container (json) ? write_document (run, json, ret_value, error)
                                            : weir_expr_json_get_text (run, json, ret_value, error);
}

static bool
json_path (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
           GError **error)
{
  g_auto (Search) search = { 0 };
  WeirExprBuilder builder = { 0 };

  if (!search_init (&search, run, args, error))
    return false;
  *ret_value = weir_expr_static_text ("");
  if (search.found.nodes->len == 1)
    return show (run, search.found.nodes->pdata[0], ret_value, error);
  if (search.found.nodes->len == 0 && !gives_list (run, args))
    return true;
  if (!weir_expr_builder_add (&builder, run, "[", 1, error))
    return false;
  for (guint i = 0; i < search.found.nodes->len; i++)
    if ((i > 0 && !weir_expr_builder_add (&builder, run, ",", 1, error)) ||
        !weir_expr_json_write (run, search.found.nodes->pdata[i], &builder, error))
      return false;
  if (!weir_expr_builder_add (&builder, run, "]", 1, error))
    return false;
  *ret_value = weir_expr_builder_get (&builder);
  return true;
}

/* What one of the functions does to each node; false when it cannot be done. */
typedef bool (*Change) (WeirExprJson *node, WeirExprJson *value, WeirExprSpan key);

static bool
change_delete (WeirExprJson *node, WeirExprJson *value, WeirExprSpan key)
{
  if (node->parent == NULL)
    return false;
  weir_expr_json_remove (node);
  return true;
}

static bool
change_set (WeirExprJson *node, WeirExprJson *value, WeirExprSpan key)
{
  if (node->parent == NULL)
    return false;
  weir_expr_json_replace (node, value);
  return true;
}

static bool
change_add (WeirExprJson *node, WeirExprJson *value, WeirExprSpan key)
{
  if (node->kind != WEIR_EXPR_JSON_ARRAY)
    return false;
  weir_expr_json_add (node, value);
  return true;
}

static bool
change_put (WeirExprJson *node, WeirExprJson *value, WeirExprSpan key)
{
  if (node->kind != WEIR_EXPR_JSON_OBJECT)
    return false;
  value->key = key;
  weir_expr_json_add (node, value);
  return true;
}

/* Changes what the path finds; @value is copied for each. */
static bool
change (WeirExprRun *run, const WeirExprValue *args, Change apply, const WeirExprValue *value,
        WeirExprSpan key, WeirExprValue *ret_value, GError **error)
{
  g_auto (Search) search = { 0 };
  bool done = true;

  if (!search_init (&search, run, args, error))
    return false;
  *ret_value = weir_expr_static_text ("");
  if (apply == change_put && search.found.lost)
    return true;
  for (guint i = 0; i < search.found.nodes->len && done; i++) {
    WeirExprJson *node = search.found.nodes->pdata[i];
    const size_t siblings = node->parent != NULL ? node->parent->n_children : 0;
    WeirExprJson *json = weir_expr_json_new (run, value, error);

    if (json == NULL || !weir_expr_run_charge (run, 1 + siblings / 8, error))
      return false;
    done = apply (node, json, key);
  }
  return !done || write_document (run, search.root, ret_value, error);
}

static bool
json_path_delete (WeirExprRun *run, const WeirExprValue *args, size_t n_args,
                  WeirExprValue *ret_value, GError **error)
{
  const WeirExprValue nothing = weir_expr_nothing ();

  return change (run, args, change_delete, &nothing, (WeirExprSpan){ 0 }, ret_value, error);
}

static bool
json_path_set (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  return change (run, args, change_set, &args[2], (WeirExprSpan){ 0 }, ret_value, error);
}

static bool
json_path_add (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  return change (run, args, change_add, &args[2], (WeirExprSpan){ 0 }, ret_value, error);
}

static bool
json_path_put (WeirExprRun *run, const WeirExprValue *args, size_t n_args, WeirExprValue *ret_value,
               GError **error)
{
  const WeirExprSpan key = { args[2].text, args[2].length };

  return change (run, args, change_put, &args[3], key, ret_value, error);
}

static bool
prepare_path (const WeirExprValue *const *literals, size_t n_literals, void **ret_prepared,
              GError **error)
{
  WeirExprJsonPath *path;

  if (literals[1] == NULL || literals[1]->type != WEIR_EXPR_TEXT)
    return true;
  path = weir_expr_json_path_new (literals[1]->text, literals[1]->length, error);
  if (path == NULL)
    return false;
  *ret_prepared = path;
  return true;
}

static void
release_path (void *prepared)
{
  weir_expr_json_path_free (prepared);
}

#define WITH_PATH    .prepare = prepare_path, .release = release_path
#define SUBJECT_TEXT .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_TEXT

static const WeirExprFunction rows[] = {
  { "isJson", is_json, .subject = WEIR_EXPR_TEXT, .value = WEIR_EXPR_BOOLEAN,
    .doc = "True when the text is an object or an array of JSON.", .example = "${data:isJson()}",
    .attributes = "data={\"a\": [1, 2]}", .result = "true" },
  { "jsonPath", json_path, WITH_PATH, SUBJECT_TEXT, .parameters = "path",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT),
    .doc = "What a JSONPath finds in the text: a scalar as it is, all else as JSON.",
    .example = "${data:jsonPath('$.user.name')}",
    .attributes = "data={\"user\": {\"name\": \"Ada\"}}", .result = "Ada" },
  { "jsonPathDelete", json_path_delete, WITH_PATH, SUBJECT_TEXT, .parameters = "path",
    WEIR_EXPR_ARGS (1, WEIR_EXPR_TEXT), .doc = "The JSON without what the path finds.",
    .example = "${data:jsonPathDelete('$.b')}", .attributes = "data={\"a\": 1, \"b\": 2}",
    .result = "{\"a\":1}" },
  { "jsonPathAdd", json_path_add, WITH_PATH, SUBJECT_TEXT, .parameters = "path value",
    WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_ANY),
    .doc = "The JSON with a value at the end of the array that the path finds.",
    .example = "${data:jsonPathAdd('$.a', 3)}", .attributes = "data={\"a\": [1, 2]}",
    .result = "{\"a\":[1,2,3]}" },
  { "jsonPathSet", json_path_set, WITH_PATH, SUBJECT_TEXT, .parameters = "path value",
    WEIR_EXPR_ARGS (2, WEIR_EXPR_TEXT, WEIR_EXPR_ANY),
    .doc = "The JSON with a value in the place of what the path finds.",
    .example = "${data:jsonPathSet('$.a', 'x')}", .attributes = "data={\"a\": 1}",
    .result = "{\"a\":\"x\"}" },
  { "jsonPathPut", json_path_put, WITH_PATH, SUBJECT_TEXT, .parameters = "path key value",
    WEIR_EXPR_ARGS (3, WEIR_EXPR_TEXT, WEIR_EXPR_TEXT, WEIR_EXPR_ANY),
    .doc = "The JSON with a member in the object that the path finds.",
    .example = "${data:jsonPathPut('$', 'b', true)}", .attributes = "data={\"a\": 1}",
    .result = "{\"a\":1,\"b\":true}" },
};

const WeirExprFamily weir_expr_json_family = { "JSON", WEIR_EXPR_ROWS (rows) };
