/* lexer.h: the words of an expression. */
#pragma once

#include "base/arena.h"
#include "expr/value.h"

/* A text that is read: the whole, or the inside of a quoted text with its escapes undone. */
typedef struct {
  const char *text;
  uint32_t length;
  uint32_t base;           /* offset of its first byte in the whole, when @origins is NULL */
  const uint32_t *origins; /* offset of each byte in the whole, and of the end */
} WeirExprSource;

typedef enum {
  WEIR_EXPR_TOKEN_END,
  WEIR_EXPR_TOKEN_NAME,
  WEIR_EXPR_TOKEN_QUOTED, /* with its escapes undone in @inside */
  WEIR_EXPR_TOKEN_NUMBER, /* in @value */
  WEIR_EXPR_TOKEN_OPEN,   /* ${ */
  WEIR_EXPR_TOKEN_CLOSE,  /* } */
  WEIR_EXPR_TOKEN_LEFT,   /* ( */
  WEIR_EXPR_TOKEN_RIGHT,  /* ) */
  WEIR_EXPR_TOKEN_COLON,
  WEIR_EXPR_TOKEN_COMMA,
  WEIR_EXPR_TOKEN_WRONG, /* @problem says why */
} WeirExprTokenKind;

typedef struct {
  WeirExprTokenKind kind;
  uint32_t start; /* in the source */
  uint32_t end;
  WeirExprSource inside;
  WeirExprValue value;
  const char *problem;
} WeirExprToken;

/* Reads the token at @at or behind the blanks and comments there. Thread: any. */
WeirExprToken weir_expr_lex (const WeirExprSource *source, uint32_t at, WeirArena *arena);

/* Where the `}` stands that closes what is open at @at, past its `${`; -1 when there is none.
 * Thread: any. */
ptrdiff_t weir_expr_lex_find_close (const WeirExprSource *source, uint32_t at);

/* Thread: any. */
static inline uint32_t
weir_expr_source_offset (const WeirExprSource *source, uint32_t at)
{
  return source->origins != NULL ? source->origins[at] : source->base + at;
}
