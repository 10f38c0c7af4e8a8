/* tree.h: a parsed text: what stands where and of which type it is.
 *
 * Offsets are bytes of the text as a person wrote it, also for what stands inside a quoted text
 * with escapes. All of a tree is in the arena that it was parsed into. */
#pragma once

#include "expr/function.h"

typedef enum {
  WEIR_EXPR_NODE_VALUE,     /* a literal */
  WEIR_EXPR_NODE_ATTRIBUTE, /* value: its name; or its only child: an expression that gives it */
  WEIR_EXPR_NODE_CALL,      /* children: subject, if there is one, and arguments */
  WEIR_EXPR_NODE_TEMPLATE,  /* children, one behind the other, make a text */
  WEIR_EXPR_NODE_EACH,      /* children: the arguments of the selecting function, then the body */
  WEIR_EXPR_NODE_CURRENT,   /* in a body: the value at hand */
} WeirExprNodeKind;

typedef enum {
  WEIR_EXPR_EACH_ANY,   /* true when the body is true for one */
  WEIR_EXPR_EACH_ALL,   /* true when the body is true for each */
  WEIR_EXPR_EACH_JOIN,  /* the body is the call of join */
  WEIR_EXPR_EACH_COUNT, /* the body is the call of count */
} WeirExprEach;

typedef struct WeirExprNode WeirExprNode;

struct WeirExprNode {
  WeirExprNode *next; /* sibling */
  WeirExprNode *first;
  WeirExprNode *last;
  const WeirExprFunction *function; /* of a call; the selecting one of each */
  WeirExprValue value;
  uint32_t start;
  uint32_t end;
  uint16_t n_children;
  uint8_t kind;
  uint8_t type; /* WeirExprType */
  uint8_t each; /* WeirExprEach */
};

typedef struct {
  const char *text;
  WeirExprNode *root;
  ptrdiff_t unclosed; /* where a `${` stands that is never closed and so is text; or -1 */
  ptrdiff_t failed;   /* where the mistake is, when parsing failed; or -1 */
} WeirExprTree;

/* Parses and checks @text. @tree->unclosed and @tree->failed are also set when that fails.
 * Thread: any. */
bool weir_expr_tree_parse (WeirExprTree *tree, const char *text, WeirExprFlags flags,
                           WeirArena *arena, GError **error);

/* Returns: (transfer full): "column 3", or "line 2, column 3" in a text with several. Thread: any.
 */
char *weir_expr_tree_place (const char *text, size_t offset);
