/* test-calendar.c: the calendar against itself and GLib's. */
#include "expr/calendar.h"
#include <glib.h>

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (int i = 0; i < 20000; i++) {
    int64_t seconds = (int64_t)((uint64_t)g_rand_int (rand) << 32 | g_rand_int (rand)) >> 8;
    WeirExprCivil civil;

    weir_expr_civil_set (&civil, seconds, 5);
    g_assert_cmpint (weir_expr_civil_get_seconds (&civil), ==, seconds);
    g_assert_cmpuint (civil.month, >=, 1);
    g_assert_cmpuint (civil.month, <=, 12);
    g_assert_cmpuint (civil.day, >=, 1);
    g_assert_cmpuint (civil.day, <=, weir_expr_days_in_month (civil.year, civil.month));
  }
}

static void
test_against_glib (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  for (int i = 0; i < 20000; i++) {
    int64_t seconds = (int64_t)(g_rand_double (rand) * 3e11) - G_GINT64_CONSTANT (60000000000);
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
    WeirExprCivil civil;

    g_assert_nonnull (time);
    weir_expr_civil_set (&civil, seconds, 0);
    g_assert_cmpint (civil.year, ==, g_date_time_get_year (time));
    g_assert_cmpint (civil.month, ==, g_date_time_get_month (time));
    g_assert_cmpint (civil.day, ==, g_date_time_get_day_of_month (time));
    g_assert_cmpint (civil.hour, ==, g_date_time_get_hour (time));
    g_assert_cmpint (civil.second, ==, g_date_time_get_second (time));
    g_assert_cmpint (civil.weekday, ==, g_date_time_get_day_of_week (time));
    g_assert_cmpint (civil.day_of_year, ==, g_date_time_get_day_of_year (time));
  }
}

static void
test_months (void)
{
  WeirExprCivil civil = { .year = 2024, .month = 1, .day = 31 };

  weir_expr_civil_add_months (&civil, 1);
  g_assert_cmpuint (civil.day, ==, 29);
  weir_expr_civil_add_months (&civil, -14);
  g_assert_cmpint (civil.year, ==, 2022);
  g_assert_cmpuint (civil.month, ==, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expr/calendar/round-trip", test_round_trip);
  g_test_add_func ("/expr/calendar/glib", test_against_glib);
  g_test_add_func ("/expr/calendar/months", test_months);
  return g_test_run ();
}
