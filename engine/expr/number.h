/* number.h: numbers as Java reads and writes them.
 *
 * Thread: any, for every function here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  WEIR_EXPR_NO_NUMBER,
  WEIR_EXPR_NUMBER_WHOLE,
  WEIR_EXPR_NUMBER_DECIMAL,
  WEIR_EXPR_NUMBER_TOO_LARGE, /* digits that do not fit into 64 bits */
} WeirExprNumberKind;

/* Reads all of @text but blanks around it: "42", "-0x2A", "1.5e3", "0x1.8p3", "NaN", "Infinity". */
WeirExprNumberKind weir_expr_number_parse (const char *text, size_t length, int64_t *ret_whole,
                                           double *ret_decimal);

#define WEIR_EXPR_NUMBER_SIZE 32

/* Write to @buffer of WEIR_EXPR_NUMBER_SIZE bytes and return the length. A decimal has the fewest
 * digits that read back as the same double: "0.1", "100.0", "1.0E10". */
size_t weir_expr_number_format_whole (int64_t whole, char *buffer);
size_t weir_expr_number_format_decimal (double decimal, char *buffer);

/* As Java's (long): towards zero, what is too large becomes the largest, NaN 0. */
int64_t weir_expr_number_truncate (double decimal);
