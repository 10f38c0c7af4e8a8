/* escape.h: texts made fit for JSON, XML, HTML and CSV, and back, as Apache Commons Text does. */
#pragma once

#include "expr/run.h"

typedef enum {
  WEIR_EXPR_JSON,
  WEIR_EXPR_XML,
  WEIR_EXPR_HTML3,
  WEIR_EXPR_HTML4,
  WEIR_EXPR_CSV,
} WeirExprNotation;

bool weir_expr_escape (WeirExprRun *run, WeirExprNotation notation, const WeirExprValue *text,
                       WeirExprValue *ret_value, GError **error);
bool weir_expr_unescape (WeirExprRun *run, WeirExprNotation notation, const WeirExprValue *text,
                         WeirExprValue *ret_value, GError **error);
