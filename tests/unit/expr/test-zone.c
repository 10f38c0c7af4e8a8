/* test-zone.c: time zones by Java's names. */
#include "expr/zone.h"
#include <string.h>
#include <weir/error.h>

static WeirExprZone *
zone (const char *name)
{
  g_autoptr (GError) error = NULL;
  WeirExprZone *zone = weir_expr_zone_new (name, strlen (name), &error);

  g_assert_no_error (error);
  return zone;
}

static void
test_names (void)
{
  static const struct {
    const char *name;
    const char *id;
    int32_t offset; /* in January 2026 */
  } names[] = {
    { "Z", "Z", 0 },
    { "UTC", "UTC", 0 },
    { "GMT", "GMT", 0 },
    { "UT", "UT", 0 },
    { "+1", "+01:00", 3600 },
    { "+01", "+01:00", 3600 },
    { "-01:30", "-01:30", -5400 },
    { "+0130", "+01:30", 5400 },
    { "+01:02:03", "+01:02:03", 3723 },
    { "+010203", "+01:02:03", 3723 },
    { "+18:00", "+18:00", 64800 },
    { "GMT+2", "GMT+02:00", 7200 },
    { "UTC-05:30", "UTC-05:30", -19800 },
    { "Europe/Paris", "Europe/Paris", 3600 },
    { "America/New_York", "America/New_York", -18000 },
    { "Etc/GMT+5", "Etc/GMT+5", -18000 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (WeirExprZone) found = zone (names[i].name);

    g_assert_cmpstr (weir_expr_zone_get_id (found), ==, names[i].id);
    g_assert_cmpint (weir_expr_zone_get_offset (found, 1768000000), ==, names[i].offset);
  }
}

static void
test_no_names (void)
{
  static const char *const names[] = {
    "",     "x",      "Mars/Base",      "+",         "+19:00",    "+1:",
    "+01:", "+01:6",  "+01:60",         "UTC+",      "UTC+99",    "../UTC",
    "/UTC", "Europe", "Europe/",        "a/../b",    "+01:00x",   "-",
    ":UTC", "UTC ",   "Europe/Paris/x", "posix/UTC", "right/UTC", "posixrules"
  };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", names[i]);
    g_assert_null (weir_expr_zone_new (names[i], strlen (names[i]), &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  }
}

static void
test_names_of_times (void)
{
  g_autoptr (WeirExprZone) paris = zone ("Europe/Paris");
  g_autoptr (WeirExprZone) offset = zone ("+01:00");

  g_assert_cmpstr (weir_expr_zone_get_abbreviation (paris, 1768000000), ==, "CET");
  g_assert_cmpstr (weir_expr_zone_get_abbreviation (paris, 1784000000), ==, "CEST");
  g_assert_cmpstr (weir_expr_zone_get_long_name (paris, 1784000000), ==,
                   "Central European Summer Time");
  g_assert_false (weir_expr_zone_is_fixed (paris));
  g_assert_cmpstr (weir_expr_zone_get_abbreviation (offset, 0), ==, "+01:00");
  g_assert_true (weir_expr_zone_is_fixed (offset));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expr/zone/names", test_names);
  g_test_add_func ("/expr/zone/no-names", test_no_names);
  g_test_add_func ("/expr/zone/names-of-times", test_names_of_times);
  return g_test_run ();
}
