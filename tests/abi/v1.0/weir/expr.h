/* expr.h: a property that is evaluated for each FlowFile.
 *
 * A field of type `const WeirExpr *` makes its property support the Expression Language. The host
 * compiles it once; a module evaluates it per FlowFile. */
#pragma once

#include <weir/error.h>
#include <weir/flowfile.h>

G_BEGIN_DECLS

typedef struct WeirExpr WeirExpr;

/* Evaluates @expr over @flowfile; without one, weir_context_eval does.
 *
 * Returns: (transfer none): the value, "" when it evaluates to nothing; valid until on_trigger
 * returns. NULL with @error set when it cannot be evaluated. Thread: trigger. */
WEIR_API const char *weir_expr_eval (const WeirExpr *expr, const WeirFlowFile *flowfile,
                                     GError **error);

/* More for an evaluation to see, and what becomes of what it gives. Both may be NULL. */
typedef struct {
  /* An attribute that hides that of the FlowFile. NULL: there is none of that name. */
  const char *(*lookup) (void *data, const char *name);
  /* What stands for the value of an expression in the text around it, so that it cannot be taken
   * for a part of that text. Returns: (transfer full). */
  char *(*escape) (void *data, const char *value);
  void *data;
} WeirExprView;

/* Evaluates @expr over @flowfile as @view has it. A text without expressions is what it is.
 *
 * Returns: (transfer full): NULL with @error set when it cannot be evaluated. Thread: as
 * weir_expr_eval. */
WEIR_API char *weir_expr_eval_with (const WeirExpr *expr, const WeirFlowFile *flowfile,
                                    const WeirExprView *view, GError **error);

/* The same as a boolean: "true" in any case is true, all else is false.
 * Thread: as weir_expr_eval. */
WEIR_API bool weir_expr_eval_bool (const WeirExpr *expr, const WeirFlowFile *flowfile,
                                   bool *ret_value, GError **error);

/* The same as a whole number; text that is none is an error.
 * Thread: as weir_expr_eval. */
WEIR_API bool weir_expr_eval_integer (const WeirExpr *expr, const WeirFlowFile *flowfile,
                                      int64_t *ret_value, GError **error);

/* True when the value is the same for every FlowFile. Thread: any. */
WEIR_API bool weir_expr_is_constant (const WeirExpr *expr);

G_END_DECLS
