/* series.c: see the header. */
#include "control/series.h"

#include "base/limits.h"

#include <string.h>

WeirSeries *
weir_series_new (WeirSubjectKind kind, int64_t from, int64_t to, int64_t step)
{
  WeirSeries *series = g_new0 (WeirSeries, 1);

  from = MAX (from, 0);
  to = MAX (to, from);
  step = MAX (step, 1);
  if ((to - from) / step >= WEIR_LIMIT_SERIES - 2)
    step = (to - from) / (WEIR_LIMIT_SERIES - 2) + 1;
  series->kind = kind;
  series->step = step;
  series->from = from - from % step;
  series->n = (unsigned)((to - series->from + step - 1) / step);
  series->covered = g_new0 (int64_t, series->n + 1);
  series->values = g_malloc0 ((series->n + 1) * sizeof series->values[0]);
  return series;
}

void
weir_series_free (WeirSeries *series)
{
  if (series == NULL)
    return;
  g_free (series->covered);
  g_free (series->values);
  g_free (series);
}

void
weir_series_clear (WeirSeries *series)
{
  memset (series->covered, 0, series->n * sizeof series->covered[0]);
  memset (series->values, 0, series->n * sizeof series->values[0]);
}

int64_t
weir_series_get_end (const WeirSeries *series)
{
  return series->from + series->n * series->step;
}

void
weir_values_join (WeirSubjectKind kind, uint64_t *values, const uint64_t *more, bool is_first)
{
  unsigned n;
  const WeirMeasure *measures = weir_measures_get (kind, &n);

  for (unsigned i = 0; i < n; i++) {
    switch (measures[i].nature) {
    case WEIR_MEASURE_COUNT:
      values[i] += more[i];
      break;
    case WEIR_MEASURE_HIGHEST:
      values[i] = MAX (values[i], more[i]);
      break;
    case WEIR_MEASURE_LOWEST:
      values[i] = is_first ? more[i] : MIN (values[i], more[i]);
      break;
    case WEIR_MEASURE_STATE:
      break;
    }
  }
}

void
weir_series_add (WeirSeries *series, int64_t end, int64_t span, const uint64_t *values)
{
  int64_t middle = end - (span + 1) / 2;
  int64_t point;

  if (middle < series->from || span <= 0)
    return;
  point = (middle - series->from) / series->step;
  if (point >= series->n)
    return;
  weir_values_join (series->kind, series->values[point], values, series->covered[point] == 0);
  series->covered[point] += span;
}
