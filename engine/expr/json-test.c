/* json-test.c: asks the filters of a path. */
#include "expr/json-path.h"

typedef struct {
  WeirExprRun *run;
  WeirExprJson *root;
  WeirExprJson *node;
  GError **error;
} Tester;

/* What one side of a comparison is worth: a node of the document, or a value. */
typedef struct {
  WeirExprJson *node; /* NULL: not there */
  const GArray *values;
  bool is_list;
  GPtrArray *items; /* what a path of several finds, or what is in the array that @node is */
  size_t length;    /* of the texts in @items */
} Side;

static void
clear_side (Side *side)
{
  g_clear_pointer (&side->items, g_ptr_array_unref);
}

static bool
read_side (Tester *tester, const WeirExprTerm *term, Side *side)
{
  WeirExprJsonFound found = { 0 };

  *side = (Side){ .values = term->values, .is_list = term->is_list };
  if (term->kind != WEIR_EXPR_TERM_PATH)
    return true;
  found.nodes = side->items = g_ptr_array_new ();
  if (!weir_expr_json_path_find (term->path, tester->run, tester->root,
                                 term->from_root ? tester->root : tester->node, &found,
                                 tester->error))
    return false;
  if (term->path->definite) {
    side->node = found.nodes->len > 0 ? found.nodes->pdata[0] : NULL;
    g_ptr_array_set_size (side->items, 0);
    if (side->node != NULL && side->node->kind == WEIR_EXPR_JSON_ARRAY)
      for (WeirExprJson *child = side->node->first; child != NULL; child = child->next)
        g_ptr_array_add (side->items, child);
  } else {
    side->is_list = true;
  }
  for (guint i = 0; i < side->items->len; i++)
    side->length += ((const WeirExprJson *)side->items->pdata[i])->text.length;
  return weir_expr_run_charge (tester->run, side->items->len / 4, tester->error);
}

/* A scalar node as a value; a container is nothing that can be compared. */
static WeirExprValue
value_of (const WeirExprJson *node)
{
  switch ((WeirExprJsonKind)node->kind) {
  case WEIR_EXPR_JSON_FALSE:
  case WEIR_EXPR_JSON_TRUE:
    return weir_expr_truth (node->kind == WEIR_EXPR_JSON_TRUE);
  case WEIR_EXPR_JSON_NUMBER:
    return weir_expr_json_get_number (node);
  case WEIR_EXPR_JSON_TEXT:
    return weir_expr_view (node->text.at, node->text.length);
  default:
    return weir_expr_nothing ();
  }
}

static size_t
count_items (const Side *side)
{
  if (side->values != NULL)
    return side->values->len;
  return side->items != NULL ? side->items->len : 0;
}

/* The items of a list: of a literal, of an array, of what a path finds. */
static WeirExprValue
item_at (const Side *side, size_t index)
{
  return side->values != NULL ? g_array_index (side->values, WeirExprValue, index)
                              : value_of (side->items->pdata[index]);
}

static bool
is_there (const Side *side)
{
  return side->node != NULL || side->values != NULL || side->is_list;
}

static bool
is_list (const Side *side)
{
  return side->is_list || (side->node != NULL && side->node->kind == WEIR_EXPR_JSON_ARRAY);
}

/* The side as one value; false when it is not there or a container. null is nothing. */
static bool
scalar_of (const Side *side, WeirExprValue *ret_value)
{
  if (!is_there (side) || side->is_list ||
      (side->node != NULL && weir_expr_json_is_container (side->node)))
    return false;
  *ret_value =
      side->node != NULL ? value_of (side->node) : g_array_index (side->values, WeirExprValue, 0);
  return true;
}

static bool
is_number (const WeirExprValue *value)
{
  return value->type == WEIR_EXPR_WHOLE || value->type == WEIR_EXPR_DECIMAL;
}

static int
compare_numbers (const WeirExprValue *a, const WeirExprValue *b)
{
  double x, y;

  if (a->type == WEIR_EXPR_WHOLE && b->type == WEIR_EXPR_WHOLE)
    return (a->whole > b->whole) - (a->whole < b->whole);
  x = a->type == WEIR_EXPR_WHOLE ? (double)a->whole : a->decimal;
  y = b->type == WEIR_EXPR_WHOLE ? (double)b->whole : b->decimal;
  return (x > y) - (x < y);
}

static int
compare_texts (const WeirExprValue *a, const WeirExprValue *b)
{
  const size_t length = MIN (a->length, b->length);
  int order = length > 0 ? memcmp (a->text, b->text, length) : 0;

  return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

/* A number and a text are equal when the one reads as the other. */
static bool
equal (Tester *tester, const WeirExprValue *a, const WeirExprValue *b)
{
  WeirExprValue x = *a;
  WeirExprValue y = *b;

  if (is_number (a) && b->type == WEIR_EXPR_TEXT &&
      !weir_expr_run_to_number (tester->run, &y, NULL))
    return false;
  if (is_number (b) && a->type == WEIR_EXPR_TEXT && !weir_expr_run_to_text (tester->run, &y, NULL))
    return false;
  if (is_number (&x) && is_number (&y))
    return compare_numbers (&x, &y) == 0;
  if (x.type != y.type)
    return false;
  if (x.type == WEIR_EXPR_TEXT)
    return compare_texts (&x, &y) == 0;
  return x.type == WEIR_EXPR_NOTHING || x.truth == y.truth;
}

static bool
equal_sides (Tester *tester, const Side *a, const Side *b)
{
  WeirExprValue x, y;

  if (scalar_of (a, &x) && scalar_of (b, &y))
    return equal (tester, &x, &y);
  /* Lists are equal item by item. */
  if (!is_there (a) || !is_there (b) || count_items (a) != count_items (b) ||
      (scalar_of (a, &x) || scalar_of (b, &y)))
    return false;
  for (size_t i = 0; i < count_items (a); i++) {
    x = item_at (a, i);
    y = item_at (b, i);
    if (!equal (tester, &x, &y))
      return false;
  }
  return true;
}

/* Whether numbers or texts stand in the order that is asked for; others have none. */
static bool
in_order (const Side *a, const Side *b, WeirExprComparison comparison)
{
  WeirExprValue x, y;
  int order;

  if (!scalar_of (a, &x) || !scalar_of (b, &y))
    return false;
  if (is_number (&x) && is_number (&y))
    order = compare_numbers (&x, &y);
  else if (x.type == WEIR_EXPR_TEXT && y.type == WEIR_EXPR_TEXT)
    order = compare_texts (&x, &y);
  else
    return false;
  switch (comparison) {
  case WEIR_EXPR_IS_LESS:
    return order < 0;
  case WEIR_EXPR_IS_LESS_OR_EQUAL:
    return order <= 0;
  case WEIR_EXPR_IS_GREATER:
    return order > 0;
  default:
    return order >= 0;
  }
}

static bool
has_item (Tester *tester, const Side *list, const WeirExprValue *value)
{
  for (size_t i = 0; i < count_items (list); i++) {
    WeirExprValue item = item_at (list, i);

    if (equal (tester, value, &item))
      return true;
  }
  return false;
}

/* How many items of @a are in @b. */
static size_t
count_common (Tester *tester, const Side *a, const Side *b)
{
  size_t n = 0;

  for (size_t i = 0; i < count_items (a); i++) {
    WeirExprValue item = item_at (a, i);

    n += has_item (tester, b, &item);
  }
  return n;
}

static bool
contains (Tester *tester, const Side *a, const Side *b)
{
  WeirExprValue x, y;

  if (!scalar_of (b, &y))
    return false;
  if (!scalar_of (a, &x))
    return has_item (tester, a, &y);
  return x.type == WEIR_EXPR_TEXT && y.type == WEIR_EXPR_TEXT &&
         weir_expr_text_find (x.text, x.length, y.text, y.length) >= 0;
}

static int64_t
size_of (const Side *side)
{
  WeirExprValue value;

  if (scalar_of (side, &value))
    return value.type == WEIR_EXPR_TEXT ? (int64_t)weir_expr_text_units (value.text, value.length)
                                        : -1;
  if (side->node != NULL)
    return side->node->n_children;
  return is_there (side) ? (int64_t)count_items (side) : -1;
}

static bool
matches (Tester *tester, const Side *side, const WeirExprRegex *regex, bool *ret_takes)
{
  WeirExprValue value;

  *ret_takes = false;
  if (!scalar_of (side, &value) || (value.type != WEIR_EXPR_TEXT && !is_number (&value)))
    return true;
  return weir_expr_run_to_text (tester->run, &value, tester->error) &&
         weir_expr_regex_matches (regex, tester->run, &value, ret_takes, tester->error);
}

static bool
compare_sides (Tester *tester, const WeirExprFilter *filter, const Side *a, const Side *b)
{
  WeirExprValue x;

  switch (filter->comparison) {
  case WEIR_EXPR_IS_EQUAL:
    return equal_sides (tester, a, b);
  case WEIR_EXPR_IS_NOT_EQUAL:
    return !equal_sides (tester, a, b);
  case WEIR_EXPR_IS_IN:
    return scalar_of (a, &x) && has_item (tester, b, &x);
  case WEIR_EXPR_IS_NOT_IN:
    return !(scalar_of (a, &x) && has_item (tester, b, &x));
  case WEIR_EXPR_IS_SUBSET:
    return is_list (a) && is_list (b) && count_common (tester, a, b) == count_items (a);
  case WEIR_EXPR_IS_ANY_OF:
    return count_common (tester, a, b) > 0;
  case WEIR_EXPR_IS_NONE_OF:
    return is_list (a) && is_list (b) && count_common (tester, a, b) == 0;
  case WEIR_EXPR_HAS_SIZE:
    return scalar_of (b, &x) && x.type == WEIR_EXPR_WHOLE && x.whole == size_of (a);
  case WEIR_EXPR_IS_EMPTY:
    return scalar_of (b, &x) && x.type == WEIR_EXPR_BOOLEAN && size_of (a) >= 0 &&
           (size_of (a) == 0) == x.truth;
  case WEIR_EXPR_CONTAINS:
    return contains (tester, a, b);
  default:
    return in_order (a, b, filter->comparison);
  }
}

static bool
test_comparison (Tester *tester, const WeirExprFilter *filter, bool *ret_takes)
{
  Side a = { 0 };
  Side b = { 0 };
  /* Each item may be compared with each, byte by byte. */
  bool ok = read_side (tester, &filter->first, &a) && read_side (tester, &filter->second, &b) &&
            weir_expr_run_charge (tester->run,
                                  1 + (1 + count_items (&a)) * (1 + count_items (&b)) / 4 +
                                      count_items (&a) * b.length / 256,
                                  tester->error);

  if (ok && filter->comparison == WEIR_EXPR_IS_MATCH)
    ok = matches (tester, &a, filter->second.regex, ret_takes);
  else if (ok)
    *ret_takes = compare_sides (tester, filter, &a, &b);
  clear_side (&a);
  clear_side (&b);
  return ok;
}

static bool
test (Tester *tester, const WeirExprFilter *filter, bool *ret_takes)
{
  Side side = { 0 };
  bool ok;

  switch (filter->kind) {
  case WEIR_EXPR_FILTER_AND:
  case WEIR_EXPR_FILTER_OR:
    if (!test (tester, filter->left, ret_takes))
      return false;
    if (*ret_takes != (filter->kind == WEIR_EXPR_FILTER_AND))
      return true;
    return test (tester, filter->right, ret_takes);
  case WEIR_EXPR_FILTER_NOT:
    if (!test (tester, filter->left, ret_takes))
      return false;
    *ret_takes = !*ret_takes;
    return true;
  case WEIR_EXPR_FILTER_EXISTS:
    ok = read_side (tester, &filter->first, &side);
    *ret_takes = side.node != NULL || (side.is_list && count_items (&side) > 0);
    clear_side (&side);
    return ok;
  case WEIR_EXPR_FILTER_COMPARE:
    return test_comparison (tester, filter, ret_takes);
  }
  g_assert_not_reached ();
}

bool
weir_expr_filter_test (const WeirExprFilter *filter, WeirExprRun *run, WeirExprJson *root,
                       WeirExprJson *node, bool *ret_takes, GError **error)
{
  Tester tester = { .run = run, .root = root, .node = node, .error = error };

  return test (&tester, filter, ret_takes);
}
