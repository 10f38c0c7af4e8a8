/* trial.h: a text evaluated once for somebody who looks at the result: weir eval, or a preview
 * while it is typed. */
#pragma once

#include "expr/expr.h"

typedef struct {
  const char *value; /* as of weir_expr_run; NULL: it failed */
  const char *type;  /* of the value; "nothing" for null */
  ptrdiff_t
      failed; /* where in the text the mistake is; -1 when at no place or when there is none */
  ptrdiff_t unclosed; /* as of weir_expr_get_unclosed */
} WeirExprTrial;

/* Compiles and evaluates @text; @ret_trial is also set when that fails.
 * Thread: any; scope and arena are the caller's alone. */
bool weir_expr_try (const char *text, const WeirExprScope *scope, WeirArena *arena,
                    WeirExprTrial *ret_trial, GError **error);

/* Line and column, from 1, of what stands at @offset of @text. Thread: any. */
void weir_expr_find_place (const char *text, ptrdiff_t offset, unsigned *ret_line,
                           unsigned *ret_column);
