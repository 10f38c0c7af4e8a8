/* value.c: the names of the types and which can stand for which. */
#include "expr/value.h"

const char *
weir_expr_type_name (WeirExprType type)
{
  switch (type) {
  case WEIR_EXPR_NOTHING:
    return "nothing";
  case WEIR_EXPR_TEXT:
    return "text";
  case WEIR_EXPR_BOOLEAN:
    return "boolean";
  case WEIR_EXPR_WHOLE:
    return "whole number";
  case WEIR_EXPR_DECIMAL:
    return "decimal";
  case WEIR_EXPR_NUMBER:
    return "number";
  case WEIR_EXPR_DATE:
    return "date";
  case WEIR_EXPR_INSTANT:
    return "instant";
  case WEIR_EXPR_ANY:
    return "any";
  case WEIR_EXPR_CURSOR:
    break;
  }
  g_assert_not_reached ();
}

bool
weir_expr_type_is (WeirExprType from, WeirExprType to)
{
  if (to == WEIR_EXPR_ANY || from == WEIR_EXPR_NOTHING || from == to)
    return true;
  return to == WEIR_EXPR_NUMBER && (from == WEIR_EXPR_WHOLE || from == WEIR_EXPR_DECIMAL);
}

bool
weir_expr_type_fits (WeirExprType from, WeirExprType to)
{
  if (weir_expr_type_is (from, to) || to == WEIR_EXPR_TEXT || from == WEIR_EXPR_TEXT)
    return true;
  return from != WEIR_EXPR_BOOLEAN && to != WEIR_EXPR_BOOLEAN;
}
