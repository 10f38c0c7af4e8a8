#include "control/throttle.h"

#include "base/limits.h"

#define MINUTE INT64_C (60000000)

static void
test_wait (void)
{
  g_autoptr (WeirThrottle) throttle = weir_throttle_new ();

  for (unsigned i = 0; i < WEIR_LIMIT_GUESSES; i++) {
    g_assert_cmpint (weir_throttle_get_wait (throttle, "a", i), ==, 0);
    weir_throttle_count (throttle, "a", i);
  }
  g_assert_cmpint (weir_throttle_get_wait (throttle, "a", 100), ==, MINUTE - 100);
  g_assert_cmpint (weir_throttle_get_wait (throttle, "b", 100), ==, 0);
  g_assert_cmpint (weir_throttle_get_wait (throttle, "a", MINUTE), ==, 0);
  weir_throttle_count (throttle, "a", MINUTE);
  g_assert_cmpint (weir_throttle_get_wait (throttle, "a", MINUTE), ==, 0);
}

/* More addresses than are remembered: what is kept is bounded, and they do not get more guesses
 * for it. */
static void
test_many (void)
{
  g_autoptr (WeirThrottle) throttle = weir_throttle_new ();
  unsigned n_free = 0;

  for (unsigned i = 0; i < 2 * WEIR_LIMIT_GUESSERS; i++) {
    g_autofree char *who = g_strdup_printf ("10.0.%u.%u", i / 256, i % 256);

    if (weir_throttle_get_wait (throttle, who, 1) == 0)
      n_free++;
    weir_throttle_count (throttle, who, 1);
  }
  g_assert_cmpuint (n_free, <=, WEIR_LIMIT_GUESSERS + WEIR_LIMIT_GUESSES);
  g_assert_cmpint (weir_throttle_get_wait (throttle, "new", 1), ==, MINUTE);
  g_assert_cmpint (weir_throttle_get_wait (throttle, "new", MINUTE + 1), ==, 0);
  weir_throttle_count (throttle, "new", MINUTE + 1);
  g_assert_cmpint (weir_throttle_get_wait (throttle, "newer", MINUTE + 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/throttle/wait", test_wait);
  g_test_add_func ("/control/throttle/many", test_many);
  return g_test_run ();
}
