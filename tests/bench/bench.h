/* bench.h: how a bench prints a figure. */
#pragma once

#include <glib.h>

/* Prints the median of @figures as one line of JSON. Returns: it. */
static inline double
bench_report (const char *id, double *figures, unsigned n, const char *unit)
{
  for (unsigned i = 1; i < n; i++)
    for (unsigned j = i; j > 0 && figures[j] < figures[j - 1]; j--) {
      double figure = figures[j];
      figures[j] = figures[j - 1];
      figures[j - 1] = figure;
    }
  g_print ("{\"id\": \"%s\", \"value\": %.6g, \"unit\": \"%s\", \"runs\": %u, \"spread\": %.3g}\n",
           id, figures[n / 2], unit, n,
           figures[n / 2] != 0 ? (figures[n - 1] - figures[0]) / figures[n / 2] : 0.0);
  return figures[n / 2];
}

/* The compiler must not find out that a result is not used. */
static inline void
bench_keep (void *result)
{
  __asm__ volatile("" : : "g"(result) : "memory");
}
