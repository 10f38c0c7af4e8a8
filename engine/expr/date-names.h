/* date-names.h: months, days and their like in American English. */
#pragma once

#include <stddef.h>

typedef struct {
  const char *full;
  const char *brief;  /* of three letters */
  const char *narrow; /* of one */
} WeirExprDateName;

/* The names that the values of a pattern letter have, the first value first.
 * Returns: (transfer none) (nullable): NULL for a letter without names. Thread: any. */
const WeirExprDateName *weir_expr_date_names (char letter, size_t *ret_n);
