#include "base/clock.h"
#include <glib.h>

static void
test_fake_clock_moves_only_when_told (void)
{
  WeirClock *clock = weir_clock_new_fake (1000);
  int64_t monotonic = weir_clock_get_monotonic (clock);

  g_assert_true (weir_clock_is_fake (clock));
  g_assert_cmpint (weir_clock_get_wall (clock), ==, 1000);
  weir_clock_advance (clock, 5);
  g_assert_cmpint (weir_clock_get_wall (clock), ==, 1005);
  g_assert_cmpint (weir_clock_get_monotonic (clock), ==, monotonic + 5);

  weir_clock_set_wall (clock, 3);
  g_assert_cmpint (weir_clock_get_wall (clock), ==, 3);
  g_assert_cmpint (weir_clock_get_monotonic (clock), ==, monotonic + 5);
  weir_clock_free_fake (clock);
}

static void
test_system_clock_is_the_machines (void)
{
  WeirClock *clock = weir_clock_system ();
  int64_t before = g_get_real_time ();
  int64_t monotonic = weir_clock_get_monotonic (clock);

  g_assert_false (weir_clock_is_fake (clock));
  g_assert_cmpint (weir_clock_get_wall (clock), >=, before);
  g_assert_cmpint (weir_clock_get_wall (clock), <=, g_get_real_time ());
  g_assert_cmpint (weir_clock_get_monotonic (clock), >=, monotonic);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/fake", test_fake_clock_moves_only_when_told);
  g_test_add_func ("/clock/system", test_system_clock_is_the_machines);
  return g_test_run ();
}
