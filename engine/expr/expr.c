/* expr.c: the compiled expression as the rest of the engine sees it. */
#include "expr/expr.h"
#include "base/error.h"
#include "base/limits.h"
#include "expr/machine.h"
#include "expr/number.h"

WeirExpr *
weir_expr_compile (const char *text, WeirExprFlags flags, GError **error)
{
  WeirArena arena = { 0 };
  WeirExpr *expr = NULL;
  WeirExprTree tree;
  const bool foreign = (flags & WEIR_EXPR_FOREIGN) != 0 && strstr (text, "#{") != NULL;

  if ((flags & WEIR_EXPR_VERBATIM) != 0 || (strstr (text, "${") == NULL && !foreign))
    return weir_expr_program_new_literal (text);
  if (weir_expr_tree_parse (&tree, text, flags, &arena, error))
    expr = weir_expr_program_new (&tree, &arena, error);
  weir_arena_clear (&arena);
  return expr;
}

void
weir_expr_free (WeirExpr *expr)
{
  if (expr == NULL)
    return;
  for (uint32_t i = 0; i < expr->n_code; i++) {
    const WeirExprCode *code = &expr->code[i];

    if (code->op == WEIR_EXPR_OP_CALL && code->prepared != NULL)
      code->function->release (code->prepared);
  }
  /* It may be made of a secret. The text is the last of the block. */
  if (expr->literal != NULL && expr->literal != expr->text) {
    explicit_bzero ((char *)expr->literal, strlen (expr->literal));
    g_free ((char *)expr->literal);
  }
  explicit_bzero (expr, (size_t)(expr->text + strlen (expr->text) - (char *)expr));
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
  return expr->literal;
}

ptrdiff_t
weir_expr_get_unclosed (const WeirExpr *expr)
{
  return expr->unclosed;
}

bool
weir_expr_is_constant (const WeirExpr *expr)
{
  return expr->literal != NULL;
}

static bool
evaluate (const WeirExpr *expr, WeirExprRun *run, WeirExprValue *ret_value, GError **error)
{
  if (expr->literal != NULL) {
    *ret_value = weir_expr_static_text (expr->literal);
    return true;
  }
  return weir_expr_machine_run (expr, run, ret_value, error);
}

/* Here and not in run.c, because it compiles. */
bool
weir_expr_run_nested (WeirExprRun *run, WeirExprValue *value, GError **error)
{
  g_autoptr (WeirExpr) expr = NULL;
  const char *text;
  const char *result;

  if (run->depth == WEIR_LIMIT_EXPR_EVALUATE_DEPTH) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "evaluateELString in evaluateELString more than %d times deep",
                 WEIR_LIMIT_EXPR_EVALUATE_DEPTH);
    return false;
  }
  text = weir_expr_run_close (run, value, error);
  /* Compiling takes about 100 ns for each byte. */
  if (text == NULL || !weir_expr_run_charge (run, 20 + 4 * strlen (text), error))
    return false;
  expr = weir_expr_compile (text, WEIR_EXPR_FOREIGN, error);
  if (expr == NULL)
    return false;
  run->depth++;
  if (!evaluate (expr, run, value, error) || !weir_expr_run_to_text (run, value, error))
    return false;
  run->depth--;
  if (weir_expr_is_nothing (value))
    *value = weir_expr_static_text ("");
  /* A view may point into the program, which ends here. */
  value->closed = false;
  result = weir_expr_run_close (run, value, error);
  *value = weir_expr_closed (result, value->length);
  return result != NULL;
}

const char *
weir_expr_run (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena, GError **error)
{
  WeirExprValue value;
  WeirExprRun run;

  if (expr->literal != NULL)
    return expr->literal;
  weir_expr_run_init (&run, scope, arena);
  if (!weir_expr_machine_run (expr, &run, &value, error) ||
      !weir_expr_run_to_text (&run, &value, error))
    return NULL;
  return weir_expr_is_nothing (&value) ? "" : weir_expr_run_close (&run, &value, error);
}

bool
weir_expr_run_bool (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena,
                    bool *ret_value, GError **error)
{
  WeirExprValue value;
  WeirExprRun run;

  weir_expr_run_init (&run, scope, arena);
  if (!evaluate (expr, &run, &value, error) || !weir_expr_run_to_boolean (&run, &value, error))
    return false;
  *ret_value = value.type == WEIR_EXPR_BOOLEAN && value.truth;
  return true;
}

bool
weir_expr_run_integer (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena,
                       int64_t *ret_value, GError **error)
{
  WeirExprValue value, number;
  WeirExprRun run;

  weir_expr_run_init (&run, scope, arena);
  if (!evaluate (expr, &run, &value, error))
    return false;
  number = value;
  if (value.type != WEIR_EXPR_BOOLEAN && !weir_expr_run_to_number (&run, &number, error))
    return false;
  if (number.type == WEIR_EXPR_WHOLE) {
    *ret_value = number.whole;
    return true;
  }
  if (weir_expr_is_nothing (&value))
    value = weir_expr_static_text ("");
  else if (!weir_expr_run_to_text (&run, &value, error))
    return false;
  return weir_expr_run_fail (error, &value, "is not a whole number");
}
