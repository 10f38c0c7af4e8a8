/* java-math.h: the functions of java.lang.Math by their names, as NiFi's math calls them. */
#pragma once

#include "expr/value.h"

/* Calls the function @name that takes a number of the type of @a, and one of the type of @b unless
 * that is NULL. False with @error set when there is none, or when its result does not fit.
 * Thread: any. */
bool weir_expr_java_math (const char *name, const WeirExprValue *a, const WeirExprValue *b,
                          WeirExprValue *ret_value, GError **error);
