/* test-expr.c: the compiled expression from outside. */
#include "expr/expr.h"
#include "world.h"

static void
test_literal (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirExpr) expr = weir_expr_compile ("a $ b", WEIR_EXPR_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (weir_expr_is_constant (expr));
  g_assert_cmpstr (weir_expr_get_literal (expr), ==, "a $ b");
  g_assert_cmpstr (weir_expr_run (expr, NULL, NULL, &error), ==, "a $ b");
  g_assert_no_error (error);
}

static void
test_verbatim (void)
{
  g_autoptr (WeirExpr) expr = weir_expr_compile ("${nonsense", WEIR_EXPR_VERBATIM, NULL);
  g_assert_cmpstr (weir_expr_get_literal (expr), ==, "${nonsense");
}

static void
test_typed (void)
{
  static const struct {
    const char *text;
    bool truth;
    bool is_number;
    int64_t number;
  } cases[] = {
    { "true", true, false, 0 },
    { "TRUE", true, false, 0 },
    { "yes", false, false, 0 },
    { "", false, false, 0 },
    { "42", false, true, 42 },
    { "-7", false, true, -7 },
    { "1.5", false, false, 0 },
    { "42x", false, false, 0 },
    { "9223372036854775808", false, false, 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (WeirExpr) expr = weir_expr_compile (cases[i].text, WEIR_EXPR_NONE, &error);
    bool truth = false;
    g_assert_true (weir_expr_run_bool (expr, NULL, NULL, &truth, &error));
    g_assert_cmpint (truth, ==, cases[i].truth);
    int64_t number = 0;
    bool ok = weir_expr_run_integer (expr, NULL, NULL, &number, &error);
    g_assert_cmpint (ok, ==, cases[i].is_number);
    if (ok)
      g_assert_cmpint (number, ==, cases[i].number);
    else
      g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  }
}

static char *
on_escape (void *data, const char *value)
{
  return g_strdup_printf ("%s%s>", (const char *)data, value);
}

/* Expressions are, each as a whole; the text around them is not, nor what is inside of them. */
static void
test_escape (void)
{
  static const char *const cases[][2] = {
    { "${a}", "<1>" },
    { "a${a}${b}$${a}", "a<1><2>${a}" },
    { "${a:append('x${b}')}-", "<1x2>-" },
    { "${a:plus(1)} ${a:equals('1')}", "<2> <true>" },
    { "${absent}|", "|" },
    { "${absent:isNull()}", "<true>" },
    { "none", "none" },
  };
  g_autoptr (World) world = world_new ();

  world->scope.escape = on_escape;
  world->scope.escape_data = (char[]){ "<" };
  world_set (world, "a=1\nb=2", "\n");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *value = world_evaluate (world, cases[i][0], &error);

    g_assert_no_error (error);
    g_assert_cmpstr (value, ==, cases[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expr/literal", test_literal);
  g_test_add_func ("/expr/verbatim", test_verbatim);
  g_test_add_func ("/expr/typed", test_typed);
  g_test_add_func ("/expr/escape", test_escape);
  return g_test_run ();
}
