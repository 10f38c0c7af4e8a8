/* run.h: one evaluation: what it sees, what it may spend, and conversions that need its memory.
 *
 * The budget is counted in steps, not in time, so that an expression that is refused is refused
 * everywhere: a step is an instruction, a few bytes of text that are looked at, or a try of a
 * regular expression. */
#pragma once

#include "base/limits.h"
#include "expr/expr.h"
#include "expr/value.h"

typedef struct {
  const WeirExprScope *scope;
  WeirArena *arena;
  const void *prepared; /* what the running function made of its literals when it was compiled */
  uint32_t steps;       /* left */
  uint32_t bytes;       /* left for texts */
  unsigned depth;       /* of evaluateELString in evaluateELString */
  uint32_t failed;      /* where in the text, when it failed */
} WeirExprRun;

void weir_expr_run_init (WeirExprRun *run, const WeirExprScope *scope, WeirArena *arena);

/* Sets LIMIT. Returns: false. */
bool weir_expr_run_out_of_steps (WeirExprRun *run, GError **error);

/* For a hash table that only lives as long as the evaluation. */
uint64_t weir_expr_run_seed (const WeirExprRun *run);

/* Takes @steps from the budget; false with LIMIT when it is spent. */
static inline bool
weir_expr_run_charge (WeirExprRun *run, size_t steps, GError **error)
{
  if (G_UNLIKELY (steps > run->steps))
    return weir_expr_run_out_of_steps (run, error);
  run->steps -= (uint32_t)steps;
  return true;
}

/* The same for looking at @bytes of text. */
static inline bool
weir_expr_run_charge_bytes (WeirExprRun *run, size_t bytes, GError **error)
{
  return weir_expr_run_charge (run, bytes / WEIR_LIMIT_EXPR_STEP_BYTES, error);
}

/* Room for a text of @length bytes and a NUL, which is set; charged.
 * Returns: (transfer none) (nullable): NULL with LIMIT when the text or all texts are too large. */
char *weir_expr_run_alloc (WeirExprRun *run, size_t length, GError **error);

/* Sets INVALID with a message that quotes @text and says its @problem.
 * Returns: false, so that a caller can return it. */
bool weir_expr_run_fail (GError **error, const WeirExprValue *text, const char *problem);

/* Conversions in place. Nothing stays nothing; what cannot be read as a number becomes nothing.
 * @value must be of a type that fits (weir_expr_type_fits). */
bool weir_expr_run_to_text (WeirExprRun *run, WeirExprValue *value, GError **error);
bool weir_expr_run_to_number (WeirExprRun *run, WeirExprValue *value, GError **error);
bool weir_expr_run_to_whole (WeirExprRun *run, WeirExprValue *value, GError **error);
bool weir_expr_run_to_decimal (WeirExprRun *run, WeirExprValue *value, GError **error);
bool weir_expr_run_to_boolean (WeirExprRun *run, WeirExprValue *value, GError **error);
bool weir_expr_run_to_date (WeirExprRun *run, WeirExprValue *value, GError **error);
bool weir_expr_run_to_instant (WeirExprRun *run, WeirExprValue *value, GError **error);
bool weir_expr_run_convert (WeirExprRun *run, WeirExprValue *value, WeirExprType type,
                            GError **error);

/* Evaluates a text with expressions in the same scope and budget; @value is replaced. */
bool weir_expr_run_nested (WeirExprRun *run, WeirExprValue *value, GError **error);

/* A text that is a C string: the same when a NUL follows, else a copy.
 * Returns: (transfer none) (nullable): NULL with @error set. */
const char *weir_expr_run_close (WeirExprRun *run, const WeirExprValue *text, GError **error);

/* A text that grows in the memory of an evaluation. Start with a zeroed one. */
typedef struct {
  char *text;
  size_t length;
  size_t size;
} WeirExprBuilder;

bool weir_expr_builder_add (WeirExprBuilder *builder, WeirExprRun *run, const char *text,
                            size_t length, GError **error);

/* @builder as a value. */
WeirExprValue weir_expr_builder_get (const WeirExprBuilder *builder);
