/* series.h: what happened to one thing over a time, in steps of the same length.
 *
 * Thread: one at a time. */
#pragma once

#include "control/measure.h"

#include <glib.h>
#include <stdint.h>

typedef struct {
  WeirSubjectKind kind;
  int64_t from; /* wall, microseconds, as all here */
  int64_t step;
  unsigned n;
  int64_t *covered;                      /* how much of each step is known */
  uint64_t (*values)[WEIR_MEASURES_MAX]; /* counts: what was added; others as they say */
} WeirSeries;

/* From @from to @to at least; both are brought to multiples of @step, which grows where there would
 * be more than WEIR_LIMIT_SERIES. Returns: (transfer full). */
WeirSeries *weir_series_new (WeirSubjectKind kind, int64_t from, int64_t to, int64_t step);
void weir_series_free (WeirSeries *series);

/* Nothing is known any more. */
void weir_series_clear (WeirSeries *series);

int64_t weir_series_get_end (const WeirSeries *series);

/* What was in the @span before @end. What is not within the series is left out. */
void weir_series_add (WeirSeries *series, int64_t end, int64_t span, const uint64_t *values);

/* @values and then @more, both of @kind and one after the other, are *@values. @is_first: there is
 * nothing in @values yet. */
void weir_values_join (WeirSubjectKind kind, uint64_t *values, const uint64_t *more, bool is_first);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSeries, weir_series_free)
