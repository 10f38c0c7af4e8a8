/* program.h: a compiled expression: instructions for a machine with a stack.
 *
 * One block of memory holds it all: the header, the instructions, the texts that they point to.
 * It is never written after it was made. */
#pragma once

#include "expr/tree.h"

typedef enum {
  WEIR_EXPR_OP_VALUE,        /* push value */
  WEIR_EXPR_OP_ATTRIBUTE,    /* push the attribute name; detail: WeirExprField + 1 or 0 */
  WEIR_EXPR_OP_COUNTED,      /* the same for who wants a number */
  WEIR_EXPR_OP_ATTRIBUTE_OF, /* pop a text, push the attribute of that name */
  WEIR_EXPR_OP_CALL,         /* pop n, push what function makes of them */
  WEIR_EXPR_OP_CONVERT,      /* the top becomes a detail: WeirExprType */
  WEIR_EXPR_OP_ESCAPE,       /* the top becomes what stands for it in the text around it */
  WEIR_EXPR_OP_CONCAT,       /* pop target texts, push them as one */
  WEIR_EXPR_OP_AND,          /* go to target when the top is false, else pop */
  WEIR_EXPR_OP_OR,           /* go to target when the top is true, else pop */
  WEIR_EXPR_OP_IF,           /* pop, go to target unless it was true */
  WEIR_EXPR_OP_JUMP,         /* go to target */
  WEIR_EXPR_OP_EACH,         /* behind a cursor: push its first value */
  WEIR_EXPR_OP_NEXT,         /* take what the body gave; detail: WeirExprEach; go to target with the
                                next value, or put the result in the place of the cursor */
} WeirExprOp;

typedef struct {
  uint8_t op;
  uint8_t detail;
  uint16_t n;
  uint32_t target;
  uint32_t offset; /* in the text, for messages */
  union {
    WeirExprValue value;
    struct {
      const WeirExprFunction *function;
      void *prepared;
    };
    const char *name;
  };
} WeirExprCode;

struct WeirExpr {
  const char *text;
  const char *literal; /* the value, when it never changes */
  WeirExprCode *code;
  uint32_t n_code;
  uint32_t stack; /* how deep it gets */
  ptrdiff_t unclosed;
};

/* Makes a program of @tree; @arena is for what is needed meanwhile.
 * Returns: (transfer full): NULL with @error set when a literal argument is wrong. Thread: any. */
WeirExpr *weir_expr_program_new (WeirExprTree *tree, WeirArena *arena, GError **error);

/* A program that is only the text. Returns: (transfer full). Thread: any. */
WeirExpr *weir_expr_program_new_literal (const char *text);
