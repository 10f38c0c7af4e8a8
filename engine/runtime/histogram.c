/* histogram.c: the top bit of a value and the two behind it say the step. */
#include "runtime/histogram.h"

#define PER_OCTAVE 4u

static unsigned
step_of (uint64_t usec)
{
  unsigned top, step;

  if (usec < PER_OCTAVE)
    return (unsigned)usec;
  top = 63 - (unsigned)__builtin_clzll (usec);
  step = (top - 1) * PER_OCTAVE + (unsigned)(usec >> (top - 2) & (PER_OCTAVE - 1));
  return step < WEIR_HISTOGRAM_STEPS ? step : WEIR_HISTOGRAM_STEPS - 1;
}

/* The middle of a step. */
static int64_t
usec_of (unsigned step)
{
  unsigned top = step / PER_OCTAVE + 1;
  uint64_t width;

  if (step < PER_OCTAVE)
    return step;
  width = UINT64_C (1) << (top - 2);
  return (int64_t)((PER_OCTAVE + step % PER_OCTAVE) * width + width / 2);
}

void
weir_histogram_add (WeirHistogram *histogram, int64_t usec)
{
  _Atomic uint32_t *n = &histogram->n[step_of (usec > 0 ? (uint64_t)usec : 0)];

  atomic_store_explicit (n, atomic_load_explicit (n, memory_order_relaxed) + 1,
                         memory_order_relaxed);
}

void
weir_histogram_copy (const WeirHistogram *histogram, WeirHistogramCopy *ret_copy)
{
  for (unsigned i = 0; i < WEIR_HISTOGRAM_STEPS; i++)
    ret_copy->n[i] = atomic_load_explicit (&histogram->n[i], memory_order_relaxed);
}

void
weir_histogram_subtract (const WeirHistogramCopy *after, const WeirHistogramCopy *before,
                         WeirHistogramCopy *ret_between)
{
  for (unsigned i = 0; i < WEIR_HISTOGRAM_STEPS; i++)
    ret_between->n[i] = after->n[i] - before->n[i];
}

uint64_t
weir_histogram_count (const WeirHistogramCopy *copy)
{
  uint64_t n = 0;

  for (unsigned i = 0; i < WEIR_HISTOGRAM_STEPS; i++)
    n += copy->n[i];
  return n;
}

int64_t
weir_histogram_get_percentile (const WeirHistogramCopy *copy, double share)
{
  uint64_t count = weir_histogram_count (copy);
  double wanted = share * (double)count;
  uint64_t n = 0;

  for (unsigned i = 0; i < WEIR_HISTOGRAM_STEPS && count > 0; i++) {
    n += copy->n[i];
    if (copy->n[i] > 0 && (double)n >= wanted)
      return usec_of (i);
  }
  return 0;
}
