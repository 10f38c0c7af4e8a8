/* Tests engine/runtime/histogram.c. */
#include "runtime/histogram.h"

#include <glib.h>
#include <stdlib.h>

static int
by_size (const void *a, const void *b)
{
  const int64_t *one = a;
  const int64_t *other = b;

  return (*one > *other) - (*one < *other);
}

/* Against the samples themselves: right to an eighth. */
static void
test_percentiles (void)
{
  for (unsigned round = 0; round < 50; round++) {
    WeirHistogram histogram = { 0 };
    WeirHistogramCopy copy;
    int64_t samples[1000];

    for (size_t i = 0; i < G_N_ELEMENTS (samples); i++) {
      samples[i] = (int64_t)((uint32_t)g_test_rand_int () >> g_test_rand_int_range (0, 32));
      weir_histogram_add (&histogram, samples[i]);
    }
    qsort (samples, G_N_ELEMENTS (samples), sizeof *samples, by_size);
    weir_histogram_copy (&histogram, &copy);
    g_assert_cmpuint (weir_histogram_count (&copy), ==, G_N_ELEMENTS (samples));
    for (unsigned percent = 1; percent <= 100; percent += 9) {
      int64_t exact = samples[MAX (1, percent * 10) - 1];
      int64_t told = weir_histogram_get_percentile (&copy, percent / 100.0);

      g_assert_cmpint (ABS (told - exact), <=, exact / 8 + 1);
    }
  }
}

static void
test_between (void)
{
  WeirHistogram histogram = { 0 };
  WeirHistogramCopy before, after, between;

  weir_histogram_copy (&histogram, &before);
  g_assert_cmpint (weir_histogram_get_percentile (&before, 0.5), ==, 0);
  for (unsigned i = 0; i < 100; i++)
    weir_histogram_add (&histogram, 1000000);
  weir_histogram_copy (&histogram, &before);
  weir_histogram_add (&histogram, 3);
  weir_histogram_add (&histogram, -1);
  weir_histogram_add (&histogram, INT64_MAX);
  weir_histogram_copy (&histogram, &after);
  weir_histogram_subtract (&after, &before, &between);
  g_assert_cmpuint (weir_histogram_count (&between), ==, 3);
  g_assert_cmpint (weir_histogram_get_percentile (&between, 0.01), ==, 0);
  g_assert_cmpint (weir_histogram_get_percentile (&between, 0.5), ==, 3);
  g_assert_cmpint (weir_histogram_get_percentile (&between, 1), >, INT64_C (3600000000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/percentiles", test_percentiles);
  g_test_add_func ("/histogram/between", test_between);
  return g_test_run ();
}
