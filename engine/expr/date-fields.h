/* date-fields.h: what was read of a date, before it is one. */
#pragma once

#include "expr/date-pattern.h"

/* The fields by the letter of the pattern; letters that mean the same share one. */
typedef struct {
  int64_t values[128];
  bool there[128];
  bool has_offset;
  int32_t offset;
  const WeirExprZone *zone; /* that the text names, or NULL */
} WeirExprDateFields;

/* Puts the fields together by the rules of java.time's smart resolving; what is missing is as on
 * 1970-01-01 at midnight. @problem says what does not fit.
 * Thread: any. */
bool weir_expr_date_resolve (const WeirExprDateFields *fields, const WeirExprZone *zone,
                             WeirExprDateMode mode, int64_t *ret_seconds, unsigned *ret_nano,
                             const char **ret_problem);
