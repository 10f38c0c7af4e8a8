/* trial.c: evaluates once and tells more of it than processors need to know. */
#include "expr/trial.h"
#include "expr/machine.h"

static bool
evaluate (const WeirExpr *expr, const WeirExprScope *scope, WeirArena *arena, WeirExprTrial *trial,
          GError **error)
{
  WeirExprValue value;
  WeirExprRun run;

  weir_expr_run_init (&run, scope, arena);
  if (!weir_expr_machine_run (expr, &run, &value, error)) {
    trial->failed = run.failed;
    return false;
  }
  trial->type = weir_expr_type_name (value.type);
  if (!weir_expr_run_to_text (&run, &value, error))
    return false;
  trial->value = weir_expr_is_nothing (&value) ? "" : weir_expr_run_close (&run, &value, error);
  if (trial->value == NULL)
    return false;
  /* A view may point into the program, which ends soon. */
  trial->value = weir_arena_strdup (arena, trial->value);
  return true;
}

bool
weir_expr_try (const char *text, const WeirExprScope *scope, WeirArena *arena,
               WeirExprTrial *ret_trial, GError **error)
{
  g_autoptr (WeirExpr) expr = NULL;
  const char *literal;
  WeirExprTree tree;

  *ret_trial = (WeirExprTrial){ .failed = -1, .unclosed = -1 };
  if (weir_expr_tree_parse (&tree, text, WEIR_EXPR_NONE, arena, error))
    expr = weir_expr_program_new (&tree, arena, error);
  ret_trial->unclosed = tree.unclosed;
  if (expr == NULL) {
    ret_trial->failed = tree.failed;
    return false;
  }
  literal = weir_expr_get_literal (expr);
  if (literal == NULL)
    return evaluate (expr, scope, arena, ret_trial, error);
  ret_trial->type = weir_expr_type_name (tree.root->type);
  ret_trial->value = weir_arena_strdup (arena, literal);
  return true;
}

void
weir_expr_find_place (const char *text, ptrdiff_t offset, unsigned *ret_line, unsigned *ret_column)
{
  const char *line = text;

  *ret_line = 1;
  for (const char *at = text; at < text + offset; at++) {
    if (*at == '\n') {
      line = at + 1;
      (*ret_line)++;
    }
  }
  *ret_column = (unsigned)g_utf8_strlen (line, text + offset - line) + 1;
}
