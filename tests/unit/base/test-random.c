#include "base/random.h"
#include <glib.h>
#include <string.h>

static void
test_a_seed_is_repeated (void)
{
  WeirRandom a, b, c;
  unsigned n_different = 0;

  weir_random_init (&a, 42);
  weir_random_init (&b, 42);
  weir_random_init (&c, 43);
  for (int i = 0; i < 1000; i++) {
    uint64_t drawn = weir_random_next (&a);

    g_assert_cmpuint (drawn, ==, weir_random_next (&b));
    n_different += drawn != weir_random_next (&c);
  }
  g_assert_cmpuint (n_different, ==, 1000);
}

static void
test_bounds_are_kept_evenly (void)
{
  WeirRandom random;
  unsigned counts[6] = { 0 };

  weir_random_init (&random, 1);
  for (int i = 0; i < 60000; i++)
    counts[weir_random_below (&random, 6)]++;
  for (int i = 0; i < 6; i++) {
    g_assert_cmpuint (counts[i], >, 9500);
    g_assert_cmpuint (counts[i], <, 10500);
  }
  g_assert_cmpuint (weir_random_below (&random, 1), ==, 0);
}

static void
test_system_seeds_differ (void)
{
  g_assert_cmpuint (weir_random_system_seed (), !=, weir_random_system_seed ());
}

static void
test_bytes_that_nobody_can_guess (void)
{
  guint8 one[32] = { 0 };
  guint8 other[32] = { 0 };

  g_assert_true (weir_random_fill (one, sizeof one, NULL));
  g_assert_true (weir_random_fill (other, sizeof other, NULL));
  g_assert_cmpint (memcmp (one, other, sizeof one), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/seed", test_a_seed_is_repeated);
  g_test_add_func ("/random/below", test_bounds_are_kept_evenly);
  g_test_add_func ("/random/system-seed", test_system_seeds_differ);
  g_test_add_func ("/base/random/fill", test_bytes_that_nobody_can_guess);
  return g_test_run ();
}
