/* parser.h: what parser and checker share while a text is parsed. */
#pragma once

#include "expr/lexer.h"
#include "expr/tree.h"

typedef struct {
  WeirExprTree *tree;
  WeirArena *arena;
  WeirExprFlags flags;
  unsigned depth;
} WeirExprParser;

/* Sets @error to a message that begins with the place of @offset, and keeps it in the tree.
 * Returns: (transfer none): NULL, so that a caller can return it. */
void *weir_expr_parser_fail (WeirExprParser *parser, uint32_t offset, GError **error,
                             const char *format, ...) G_GNUC_PRINTF (4, 5);
