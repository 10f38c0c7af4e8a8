/* test-functions.c: each row of the tables is complete, and its example is true. */
#include "expr/function.h"
#include "world.h"

static void
check_row (World *world, const WeirExprFunction *row, const WeirExprFunction *next)
{
  const bool same = next != NULL && g_str_equal (next->name, row->name);
  g_autoptr (GError) error = NULL;
  g_autofree char *result = NULL;
  g_auto (GStrv) parameters = g_strsplit (row->parameters != NULL ? row->parameters : "", " ", -1);

  g_test_message ("%s", row->name);
  g_assert_cmpint ((row->flags & WEIR_EXPR_OVERLOADED) != 0, ==, same);
  g_assert_true (row->call != NULL || row->lazy != WEIR_EXPR_EAGER);
  g_assert_true ((row->prepare == NULL) == (row->release == NULL));
  g_assert_true ((row->flags & WEIR_EXPR_NO_SUBJECT) != 0 || row->subject != WEIR_EXPR_NOTHING);
  g_assert_cmpint (row->value, !=, WEIR_EXPR_NOTHING);
  g_assert_cmpuint (g_strv_length (parameters), ==, row->n_types);
  g_assert_cmpuint (row->n_required, <=, row->n_types);
  g_assert_true (g_str_has_suffix (row->doc, "."));
  g_assert_nonnull (strstr (row->example, row->name));
  world_set (world, row->attributes, "\n");
  result = world_evaluate (world, row->example, &error);
  g_assert_no_error (error);
  if (row->result != NULL)
    g_assert_cmpstr (result, ==, row->result);
  else
    g_assert_true ((row->flags & WEIR_EXPR_CHANGING) != 0);
}

static void
test_rows (void)
{
  g_autoptr (World) world = world_new ();

  for (size_t i = 0; weir_expr_families[i] != NULL; i++) {
    const WeirExprFamily *family = weir_expr_families[i];

    g_assert_nonnull (family->title);
    for (size_t j = 0; j < family->n_rows; j++)
      check_row (world, &family->rows[j], j + 1 < family->n_rows ? &family->rows[j + 1] : NULL);
  }
}

static void
test_find (void)
{
  g_assert_cmpstr (weir_expr_function_find ("toUpper()", 7)->name, ==, "toUpper");
  g_assert_null (weir_expr_function_find ("toUpper", 6));
  g_assert_null (weir_expr_function_find ("toUpperX", 8));
  g_assert_cmpstr (weir_expr_function_suggest ("touper", 6), ==, "toUpper");
  g_assert_null (weir_expr_function_suggest ("xyzzy", 5));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expr/functions/rows", test_rows);
  g_test_add_func ("/expr/functions/find", test_find);
  return g_test_run ();
}
