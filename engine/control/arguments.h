/* arguments.h: the parameters of one request, decoded and held against their row. No I/O.
 *
 * Thread: any; one at a time. */
#pragma once

#include "control/router.h"

/* Parameters of one row. */
#define WEIR_ARGUMENTS 16

typedef struct {
  bool is_given;
  const char *text; /* as it came, decoded */
  int64_t number;   /* of all kinds but text: times in microseconds since 1970 */
} WeirArgument;

typedef struct {
  const WeirMethod *row;
  WeirArgument values[WEIR_ARGUMENTS]; /* in the order of row->params */
  char *buffer;
} WeirArguments;

/* @match: found, and kept as long as what is made of it. @now: microseconds since 1970.
 * Returns: false with @error, that names the parameter. */
bool weir_arguments_parse (const WeirMatch *match, const char *query, int64_t now,
                           WeirArguments *ret_arguments, GError **error);
void weir_arguments_clear (WeirArguments *arguments);

/* Returns: (transfer none): NULL when @name is not in the row, which is a bug of the caller. */
const WeirArgument *weir_arguments_get (const WeirArguments *arguments, const char *name);
