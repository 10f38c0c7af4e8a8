/* histogram.h: how often something took how long, in steps of a quarter of an octave: enough for a
 * percentile that is right to a tenth, and one addition for a sample.
 *
 * Thread: one writes at a time or a sample may get lost; any may read. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#define WEIR_HISTOGRAM_STEPS 136u /* up to some two hours in microseconds */

typedef struct {
  _Atomic uint32_t n[WEIR_HISTOGRAM_STEPS];
} WeirHistogram;

/* One as it was at a moment. */
typedef struct {
  uint32_t n[WEIR_HISTOGRAM_STEPS];
} WeirHistogramCopy;

void weir_histogram_add (WeirHistogram *histogram, int64_t usec);
void weir_histogram_copy (const WeirHistogram *histogram, WeirHistogramCopy *ret_copy);

/* What came between @before and @after. */
void weir_histogram_subtract (const WeirHistogramCopy *after, const WeirHistogramCopy *before,
                              WeirHistogramCopy *ret_between);

/* So many samples are in it. */
uint64_t weir_histogram_count (const WeirHistogramCopy *copy);

/* The time that @share (0.99) of the samples do not exceed; 0 without samples. */
int64_t weir_histogram_get_percentile (const WeirHistogramCopy *copy, double share);
