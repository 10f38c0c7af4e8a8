/* expr.c: the compiled expression as the rest of the engine sees it. */
#include "expr/expr.h"

#include <string.h>

struct WeirExpr {
  char *text;
};

WeirExpr *
weir_expr_compile (const char *text, WeirExprFlags flags, GError **error)
{
  const char *start = (flags & WEIR_EXPR_VERBATIM) != 0 ? NULL : strstr (text, "${");
  if (start != NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                 "column %zu: the expression language is not in this build; "
                 "write the value without ${",
                 (size_t)(start - text) + 1);
    return NULL;
  }
  WeirExpr *expr = g_new0 (WeirExpr, 1);
  expr->text = g_strdup (text);
  return expr;
}

void
weir_expr_free (WeirExpr *expr)
{
  if (expr == NULL)
    return;
  g_free (expr->text);
  g_free (expr);
}

const char *
weir_expr_get_text (const WeirExpr *expr)
{
  return expr->text;
}

const char *
weir_expr_get_literal (const WeirExpr *expr)
{
  return expr->text;
}

bool
weir_expr_is_constant (const WeirExpr *expr)
{
  return weir_expr_get_literal (expr) != NULL;
}

const char *
weir_expr_run (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena, GError **error)
{
  return expr->text;
}

bool
weir_expr_run_bool (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena,
                    bool *ret_value, GError **error)
{
  const char *value = weir_expr_run (expr, scope, arena, error);
  if (value == NULL)
    return false;
  *ret_value = g_ascii_strcasecmp (value, "true") == 0;
  return true;
}

bool
weir_expr_run_integer (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena,
                       int64_t *ret_value, GError **error)
{
  const char *value = weir_expr_run (expr, scope, arena, error);
  if (value == NULL)
    return false;
  g_autoptr (GError) why = NULL;
  if (!g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, ret_value, &why)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "“%s” gives “%s”, which is not a whole number", expr->text, value);
    return false;
  }
  return true;
}
