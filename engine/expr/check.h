/* check.h: which function a name means, and whether types fit. */
#pragma once

#include "expr/parser.h"

/* The name and the place of a call, for messages; @chained when it follows a `:`. */
typedef struct {
  const char *name;
  uint32_t length;
  uint32_t offset;
  bool chained;
} WeirExprCallSite;

/* Finds the first row for a call. Returns: (transfer none): NULL with @error set. */
const WeirExprFunction *weir_expr_check_name (WeirExprParser *parser, const WeirExprCallSite *site,
                                              GError **error);

/* Chooses the overload for the children of @call, which are complete, and sets its function and
 * type. */
bool weir_expr_check_call (WeirExprParser *parser, const WeirExprCallSite *site, WeirExprNode *call,
                           GError **error);

/* Sets how @each, whose body is complete, is reduced to one value. */
bool weir_expr_check_each (WeirExprParser *parser, WeirExprNode *each, GError **error);
