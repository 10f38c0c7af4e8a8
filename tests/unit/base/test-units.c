#include "base/units.h"
#include <glib.h>
#include <locale.h>
#include <string.h>
#include <weir/error.h>

#define SECOND INT64_C (1000000)

static void
check_size (const char *text, uint64_t bytes)
{
  g_autoptr (GError) error = NULL;
  uint64_t parsed = 1;

  weir_units_parse_size (text, &parsed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed, ==, bytes);
}

static void
check_duration (const char *text, int64_t usec)
{
  g_autoptr (GError) error = NULL;
  int64_t parsed = -1;

  weir_units_parse_duration (text, &parsed, &error);
  g_assert_no_error (error);
  g_assert_cmpint (parsed, ==, usec);
}

static void
test_sizes (void)
{
  check_size ("10 MB", 10 << 20);
  check_size ("1 GB", 1 << 30);
  check_size ("1gb", 1 << 30);
  check_size ("0 B", 0);
  check_size ("0", 0);
  check_size ("1.5 KB", 1536);
  check_size ("1.5 KiB", 1536);
  check_size ("  7\tB ", 7);
  check_size ("1 TB", UINT64_C (1) << 40);
  check_size ("18446744073709551615 B", UINT64_MAX);
  check_size ("0.1 KB", 102);
  check_size ("0.0001 B", 1);
}

static void
test_durations (void)
{
  check_duration ("0 sec", 0);
  check_duration ("0", 0);
  check_duration ("1 ns", 1);
  check_duration ("1500 nanos", 2);
  check_duration ("7 us", 7);
  check_duration ("7 \302\265s", 7);
  check_duration ("7 \316\274s", 7);
  check_duration ("100 millis", 100000);
  check_duration ("1 millisecond", 1000);
  check_duration ("30sec", 30 * SECOND);
  check_duration ("30 SECS", 30 * SECOND);
  check_duration ("1.5 h", 5400 * SECOND);
  check_duration ("2 mins", 120 * SECOND);
  check_duration ("2 m", 120 * SECOND);
  check_duration ("1 hrs", 3600 * SECOND);
  check_duration ("1 day", 86400 * SECOND);
  check_duration ("2 weeks", 14 * 86400 * SECOND);
  check_duration ("9223372036854775807 us", INT64_MAX);
}

static void
test_refusals (void)
{
  static const struct {
    const char *text;
    WeirError code;
  } cases[] = {
    { "", WEIR_ERROR_INVALID },
    { " ", WEIR_ERROR_INVALID },
    { "MB", WEIR_ERROR_INVALID },
    { "10", WEIR_ERROR_INVALID },
    { "-1 s", WEIR_ERROR_INVALID },
    { "-1 B", WEIR_ERROR_INVALID },
    { "1 s b", WEIR_ERROR_INVALID },
    { "1 parsec", WEIR_ERROR_INVALID },
    { "1.2.3 s", WEIR_ERROR_INVALID },
    { "1. s", WEIR_ERROR_INVALID },
    { ".5 s", WEIR_ERROR_INVALID },
    { "1e3 s", WEIR_ERROR_INVALID },
    { "1,5 s", WEIR_ERROR_INVALID },
    { "1 s ms", WEIR_ERROR_INVALID },
    { "5 sec secs", WEIR_ERROR_INVALID },
    { "111111111111111111111 s", WEIR_ERROR_INVALID },
    { "1 nanosecondnanosecondnanosecond", WEIR_ERROR_INVALID },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) size_error = NULL;
    g_autoptr (GError) duration_error = NULL;
    uint64_t bytes = 77;
    int64_t usec = 77;

    g_assert_false (weir_units_parse_size (cases[i].text, &bytes, &size_error));
    g_assert_error (size_error, WEIR_ERROR, (int)cases[i].code);
    g_assert_false (weir_units_parse_duration (cases[i].text, &usec, &duration_error));
    g_assert_error (duration_error, WEIR_ERROR, (int)cases[i].code);
    g_assert_cmpuint (bytes, ==, 77);
    g_assert_cmpint (usec, ==, 77);
  }
}

static void
test_overflow (void)
{
  static const char *const sizes[] = { "18446744073709551616 B", "16384 PB",
                                       "99999999999999999999 PB" };
  static const char *const durations[] = { "9223372036854775808 us", "15250285 w",
                                           "99999999999999999999 w" };

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) size_error = NULL;
    g_autoptr (GError) duration_error = NULL;
    uint64_t bytes;
    int64_t usec;

    g_assert_false (weir_units_parse_size (sizes[i], &bytes, &size_error));
    g_assert_error (size_error, WEIR_ERROR, WEIR_ERROR_LIMIT);
    g_assert_false (weir_units_parse_duration (durations[i], &usec, &duration_error));
    g_assert_error (duration_error, WEIR_ERROR, WEIR_ERROR_LIMIT);
  }
}

static void
check_format (char *formatted, const char *expected)
{
  g_assert_cmpstr (formatted, ==, expected);
  g_free (formatted);
}

static void
test_formats (void)
{
  check_format (weir_units_format_size (0), "0 B");
  check_format (weir_units_format_size (1000), "1000 B");
  check_format (weir_units_format_size (1024), "1 KB");
  check_format (weir_units_format_size (1536), "1.5 KB");
  check_format (weir_units_format_size (1537), "1537 B");
  check_format (weir_units_format_size (UINT64_C (1) << 50), "1 PB");
  check_format (weir_units_format_duration (0), "0 s");
  check_format (weir_units_format_duration (60 * SECOND), "1 min");
  check_format (weir_units_format_duration (90 * SECOND), "90 s");
  check_format (weir_units_format_duration (1500000), "1.5 s");
  check_format (weir_units_format_duration (14 * 86400 * SECOND), "14 d");

  check_format (weir_units_human_size (0), "0 B");
  check_format (weir_units_human_size (1023), "1023 B");
  check_format (weir_units_human_size (1536000), "1.46 MB");
  check_format (weir_units_human_size (1048575), "1 MB");
  check_format (weir_units_human_size (UINT64_MAX), "16384 PB");
  check_format (weir_units_human_count (999), "999");
  check_format (weir_units_human_count (12345), "12.3 k");
  check_format (weir_units_human_count (999999), "1 M");
  check_format (weir_units_human_count (UINT64_MAX), "18.4 E");
  check_format (weir_units_human_duration (0), "0 s");
  check_format (weir_units_human_duration (200 * SECOND), "3.33 min");
  check_format (weir_units_human_duration (1), "1 us");
}

/* Numbers of every magnitude, round ones and odd ones. */
static uint64_t
draw (void)
{
  uint64_t value = (uint64_t)g_test_rand_int () << 32 | (uint32_t)g_test_rand_int ();

  value >>= g_test_rand_int_range (0, 64);
  return g_test_rand_int_range (0, 2) == 0 ? value : value / 1000 * 1000;
}

static void
test_what_is_formatted_parses_back (void)
{
  for (int i = 0; i < 100000; i++) {
    uint64_t bytes = draw ();
    int64_t usec = (int64_t)(draw () & INT64_MAX);
    g_autofree char *size = weir_units_format_size (bytes);
    g_autofree char *duration = weir_units_format_duration (usec);

    check_size (size, bytes);
    check_duration (duration, usec);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  g_test_add_func ("/units/sizes", test_sizes);
  g_test_add_func ("/units/durations", test_durations);
  g_test_add_func ("/units/refusals", test_refusals);
  g_test_add_func ("/units/overflow", test_overflow);
  g_test_add_func ("/units/formats", test_formats);
  g_test_add_func ("/units/round-trip", test_what_is_formatted_parses_back);
  return g_test_run ();
}
