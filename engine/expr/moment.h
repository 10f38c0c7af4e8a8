/* moment.h: dates and instants as text and back, where no pattern is given. */
#pragma once

#include "expr/run.h"

/* "Tue Feb 03 04:05:06 UTC 2026", in the zone of this machine. */
bool weir_expr_moment_print_date (WeirExprRun *run, int64_t millis, WeirExprBuilder *builder,
                                  GError **error);

/* "2026-02-03T04:05:06.789Z" with as many digits as there must be: 0, 3, 6 or 9. */
bool weir_expr_moment_print_instant (WeirExprRun *run, int64_t seconds, unsigned nano,
                                     WeirExprBuilder *builder, GError **error);

/* Milliseconds, what print_date prints, or "2026/02/03 04:05:06" with or without ".789". */
bool weir_expr_moment_read_date (const WeirExprValue *text, int64_t *ret_millis, GError **error);

/* Milliseconds; "2026-02-03T04:05:06Z" with or without a fraction, or with an offset; "Tue, 3 Feb
 * 2026 04:05:06 GMT". @allow_millis: also a mere number. */
bool weir_expr_moment_read_instant (const WeirExprValue *text, bool allow_millis,
                                    int64_t *ret_seconds, unsigned *ret_nano, GError **error);

/* Seconds and nanoseconds of milliseconds since 1970. */
void weir_expr_moment_split (int64_t millis, int64_t *ret_seconds, unsigned *ret_nano);

/* The milliseconds that a moment is; wraps. */
static inline int64_t
weir_expr_moment_millis (int64_t seconds, unsigned nano)
{
  return (int64_t)((uint64_t)seconds * 1000 + nano / 1000000);
}
