/* json-find.c: follows paths through a document and asks their filters. */
#include "expr/json-path.h"
#include "expr/number.h"
#include <math.h>

typedef struct {
  const WeirExprJsonPath *path;
  WeirExprRun *run;
  WeirExprJson *root;
  WeirExprJsonFound *found;
  GError **error;
} Finder;

static bool follow (Finder *finder, WeirExprJson *node, size_t index);

/* @node is a match of step @index - 1. */
static bool
go_on (Finder *finder, WeirExprJson *node, size_t index)
{
  if (!weir_expr_run_charge (finder->run, 1, finder->error))
    return false;
  if (index < finder->path->steps->len)
    return follow (finder, node, index);
  g_ptr_array_add (finder->found->nodes, node);
  return true;
}

/* A step that a definite path cannot do. The last may fail: then there is just nothing. */
static void
lose (Finder *finder, size_t index, bool wrong_kind)
{
  if (finder->path->definite && (wrong_kind || index + 1 < finder->path->steps->len))
    finder->found->lost = true;
}

static bool
follow_names (Finder *finder, const WeirExprStep *step, WeirExprJson *node, size_t index)
{
  if (node->kind != WEIR_EXPR_JSON_OBJECT) {
    lose (finder, index, true);
    return true;
  }
  for (guint i = 0; i < step->names->len; i++) {
    const char *name = step->names->pdata[i];
    WeirExprJson *child = weir_expr_json_get_member (node, name, strlen (name));

    if (!weir_expr_run_charge (finder->run, 1 + node->n_children / 4, finder->error))
      return false;
    if (child == NULL)
      lose (finder, index, false);
    else if (!go_on (finder, child, index + 1))
      return false;
  }
  return true;
}

static bool
follow_indexes (Finder *finder, const WeirExprStep *step, WeirExprJson *node, size_t index)
{
  if (node->kind != WEIR_EXPR_JSON_ARRAY) {
    lose (finder, index, true);
    return true;
  }
  for (guint i = 0; i < step->indexes->len; i++) {
    WeirExprJson *child =
        weir_expr_json_get_element (node, g_array_index (step->indexes, int64_t, i));

    if (!weir_expr_run_charge (finder->run, 1 + node->n_children / 8, finder->error))
      return false;
    if (child != NULL && !go_on (finder, child, index + 1))
      return false;
  }
  return true;
}

static int64_t
from_end (int64_t index, const WeirExprJson *array)
{
  return index < 0 ? MAX (0, index + array->n_children) : index;
}

static bool
follow_slice (Finder *finder, const WeirExprStep *step, WeirExprJson *node, size_t index)
{
  int64_t from = 0;
  int64_t to = node->n_children;
  int64_t at = 0;
  WeirExprJson *next;

  if (node->kind != WEIR_EXPR_JSON_ARRAY)
    return true;
  if (step->has_from)
    from = from_end (g_array_index (step->indexes, int64_t, 0), node);
  if (step->has_to)
    to = from_end (g_array_index (step->indexes, int64_t, step->indexes->len - 1), node);
  for (WeirExprJson *child = node->first; child != NULL && at < to; child = next, at++) {
    next = child->next;
    if (at >= from && !go_on (finder, child, index + 1))
      return false;
  }
  return true;
}

static bool
follow_all (Finder *finder, WeirExprJson *node, size_t index)
{
  for (WeirExprJson *child = node->first; child != NULL; child = child->next)
    if (!go_on (finder, child, index + 1))
      return false;
  return true;
}

static bool
follow_if (Finder *finder, const WeirExprStep *step, WeirExprJson *node, size_t index)
{
  bool takes;

  if (!weir_expr_filter_test (step->filter, finder->run, finder->root, node, &takes, finder->error))
    return false;
  return !takes || go_on (finder, node, index + 1);
}

/* A filter chooses elements of an array; an object is chosen itself. */
static bool
follow_filter (Finder *finder, const WeirExprStep *step, WeirExprJson *node, size_t index)
{
  if (node->kind == WEIR_EXPR_JSON_OBJECT)
    return follow_if (finder, step, node, index);
  /* Below a node each object is asked when it is visited. */
  if (step->deep)
    return true;
  for (WeirExprJson *child = node->first; child != NULL; child = child->next)
    if (!follow_if (finder, step, child, index))
      return false;
  return true;
}

static bool
sum_up (const WeirExprJson *array, double *ret_sum, double *ret_squares, double *ret_least,
        double *ret_most)
{
  bool any = false;

  *ret_sum = *ret_squares = 0;
  for (const WeirExprJson *child = array->first; child != NULL; child = child->next) {
    WeirExprValue number = weir_expr_json_get_number (child);
    double value;

    if (weir_expr_is_nothing (&number))
      continue;
    value = number.type == WEIR_EXPR_WHOLE ? (double)number.whole : number.decimal;
    *ret_least = any ? MIN (*ret_least, value) : value;
    *ret_most = any ? MAX (*ret_most, value) : value;
    *ret_sum += value;
    *ret_squares += value * value;
    any = true;
  }
  return any;
}

/* min, max, avg, sum and stddev: nothing for what has no numbers. */
static WeirExprValue
aggregate (const char *name, const WeirExprJson *array)
{
  double sum, squares, least, most, mean;
  const double n = array->n_children;

  if (array->kind != WEIR_EXPR_JSON_ARRAY || !sum_up (array, &sum, &squares, &least, &most))
    return weir_expr_nothing ();
  mean = sum / n;
  if (strcmp (name, "min") == 0)
    return weir_expr_decimal (least);
  if (strcmp (name, "max") == 0)
    return weir_expr_decimal (most);
  if (strcmp (name, "sum") == 0)
    return weir_expr_decimal (sum);
  if (strcmp (name, "avg") == 0)
    return weir_expr_decimal (mean);
  return weir_expr_decimal (sqrt (MAX (0, squares / n - mean * mean)));
}

static WeirExprJson *
keys_of (Finder *finder, const WeirExprJson *object)
{
  const WeirExprValue nothing = weir_expr_nothing ();
  WeirExprJson *list = weir_expr_json_new (finder->run, &nothing, finder->error);

  if (list == NULL)
    return NULL;
  list->kind = WEIR_EXPR_JSON_ARRAY;
  for (const WeirExprJson *child = object->first; child != NULL; child = child->next) {
    const WeirExprValue key = weir_expr_view (child->key.at, child->key.length);
    WeirExprJson *text = weir_expr_json_new (finder->run, &key, finder->error);

    if (text == NULL)
      return NULL;
    weir_expr_json_add (list, text);
  }
  return list;
}

/* Sets @ret_result to what the function makes of @node; NULL when that is nothing. */
static bool
call (Finder *finder, const WeirExprStep *step, const WeirExprJson *node, WeirExprJson **ret_result)
{
  const char *name = step->names->pdata[0];
  const bool is_array = node->kind == WEIR_EXPR_JSON_ARRAY;
  WeirExprValue value;

  *ret_result = NULL;
  if (!weir_expr_run_charge (finder->run, 1 + node->n_children / 4, finder->error))
    return false;
  if (strcmp (name, "first") == 0 || strcmp (name, "last") == 0) {
    if (is_array)
      *ret_result = *name == 'f' ? node->first : node->last;
    return true;
  }
  if (strcmp (name, "index") == 0) {
    if (is_array)
      *ret_result = weir_expr_json_get_element (node, g_array_index (step->indexes, int64_t, 0));
    return true;
  }
  if (strcmp (name, "keys") == 0) {
    if (node->kind != WEIR_EXPR_JSON_OBJECT)
      return true;
    *ret_result = keys_of (finder, node);
    return *ret_result != NULL;
  }
  if (strcmp (name, "length") == 0 || strcmp (name, "size") == 0)
    value = weir_expr_json_is_container (node) ? weir_expr_whole (node->n_children)
            : node->kind == WEIR_EXPR_JSON_TEXT
                ? weir_expr_whole ((int64_t)weir_expr_text_units (node->text.at, node->text.length))
                : weir_expr_nothing ();
  else
    value = aggregate (name, node);
  if (weir_expr_is_nothing (&value))
    return true;
  *ret_result = weir_expr_json_new (finder->run, &value, finder->error);
  return *ret_result != NULL;
}

static bool
follow_function (Finder *finder, const WeirExprStep *step, WeirExprJson *node, size_t index)
{
  WeirExprJson *result;

  if (!call (finder, step, node, &result))
    return false;
  return result == NULL || go_on (finder, result, index + 1);
}

/* Step @index at @node itself. */
static bool
follow_here (Finder *finder, const WeirExprStep *step, WeirExprJson *node, size_t index)
{
  switch (step->kind) {
  case WEIR_EXPR_STEP_NAMES:
    return follow_names (finder, step, node, index);
  case WEIR_EXPR_STEP_INDEXES:
    return follow_indexes (finder, step, node, index);
  case WEIR_EXPR_STEP_SLICE:
    return follow_slice (finder, step, node, index);
  case WEIR_EXPR_STEP_ALL:
    return follow_all (finder, node, index);
  case WEIR_EXPR_STEP_FILTER:
    return follow_filter (finder, step, node, index);
  case WEIR_EXPR_STEP_FUNCTION:
    return follow_function (finder, step, node, index);
  }
  g_assert_not_reached ();
}

static bool
follow (Finder *finder, WeirExprJson *node, size_t index)
{
  const WeirExprStep *step = &g_array_index (finder->path->steps, WeirExprStep, index);

  if (!weir_expr_run_charge (finder->run, 1, finder->error) ||
      !follow_here (finder, step, node, index))
    return false;
  if (!step->deep)
    return true;
  for (WeirExprJson *child = node->first; child != NULL; child = child->next)
    if (weir_expr_json_is_container (child) && !follow (finder, child, index))
      return false;
  return true;
}

bool
weir_expr_json_path_find (const WeirExprJsonPath *path, WeirExprRun *run, WeirExprJson *root,
                          WeirExprJson *from, WeirExprJsonFound *found, GError **error)
{
  Finder finder = { .path = path, .run = run, .root = root, .found = found, .error = error };

  return go_on (&finder, from, 0);
}
