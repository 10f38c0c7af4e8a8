#include "base/random.h"
#include "model/cron.h"
#include <string.h>
#include <weir/error.h>

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

/* The run after @after, both as clocks in @zone show them: "2024-02-28 12:00:00", with a '+' behind
 * it for the second of two that look the same. */
static char *
next (const char *cron_text, const char *zone_text, const char *after)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirCron) cron = weir_cron_parse (cron_text, &error);
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zone_text);
  g_autoptr (GDateTime) start = g_date_time_new_from_iso8601 (after, zone);
  g_autoptr (GDateTime) found_utc = NULL;
  g_autoptr (GDateTime) found = NULL;
  g_autoptr (GDateTime) hour_before = NULL;
  g_autofree char *text = NULL;
  int64_t usec = 0;

  g_assert_no_error (error);
  g_assert_nonnull (zone);
  g_assert_nonnull (start);
  usec = weir_cron_next_in (cron, g_date_time_to_unix (start) * G_USEC_PER_SEC, zone);
  if (usec == INT64_MAX)
    return g_strdup ("never");
  found_utc = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);
  found = g_date_time_to_timezone (found_utc, zone);
  hour_before = g_date_time_add_hours (found, -1);
  text = g_date_time_format (found, "%F %T");
  return g_strconcat (
      text, g_date_time_get_hour (found) == g_date_time_get_hour (hour_before) ? "+" : "", NULL);
}

static void
assert_next (const char *cron, const char *zone, const char *after, const char *expected)
{
  g_autofree char *found = next (cron, zone, after);

  g_test_message ("%s after %s", cron, after);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_times (void)
{
  static const char *const cases[][3] = {
    { "* * * * * *", "2024-05-01T12:00:00", "2024-05-01 12:00:01" },
    { "0 * * * * *", "2024-05-01T12:00:00", "2024-05-01 12:01:00" },
    { "30 * * * * *", "2024-05-01T12:00:30", "2024-05-01 12:01:30" },
    { "0 0/15 * * * *", "2024-05-01T12:46:00", "2024-05-01 13:00:00" },
    { "0 5-20/5 * * * *", "2024-05-01T12:20:00", "2024-05-01 13:05:00" },
    { "59 59 23 * * *", "2024-12-31T23:59:58", "2024-12-31 23:59:59" },
    { "59 59 23 * * *", "2024-12-31T23:59:59", "2025-01-01 23:59:59" },
    { "0 0 8,12,18 * * ?", "2024-05-01T12:00:00", "2024-05-01 18:00:00" },
    { "0 30 6 * * MON-FRI", "2024-05-03T06:30:00", "2024-05-06 06:30:00" },
    { "0 30 6 ? * mon-fri", "2024-05-03T06:29:59", "2024-05-03 06:30:00" },
    { "@hourly", "2024-05-01T12:00:00", "2024-05-01 13:00:00" },
    { "@weekly", "2024-05-01T12:00:00", "2024-05-05 00:00:00" },
    { "@yearly", "2024-05-01T12:00:00", "2025-01-01 00:00:00" },
    { " 0  0\t0 1 * * ", "2024-05-01T00:00:00", "2024-06-01 00:00:00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_next (cases[i][0], "UTC", cases[i][1], cases[i][2]);
}

static void
test_days (void)
{
  static const char *const cases[][3] = {
    { "0 0 0 29 2 *", "2024-02-29T00:00:00", "2028-02-29 00:00:00" },
    { "0 0 0 29 2 *", "2096-02-29T00:00:00", "2104-02-29 00:00:00" },
    { "0 0 0 29 2 MON", "2072-02-29T00:00:00", "2112-02-29 00:00:00" },
    { "0 0 0 31 * *", "2024-03-31T00:00:00", "2024-05-31 00:00:00" },
    { "0 0 0 30 2 *", "2024-01-01T00:00:00", "never" },
    { "0 0 0 L * *", "2024-01-31T00:00:00", "2024-02-29 00:00:00" },
    { "0 0 0 L-2 * *", "2023-02-01T00:00:00", "2023-02-26 00:00:00" },
    { "0 0 0 1,L * *", "2024-04-01T00:00:00", "2024-04-30 00:00:00" },
    { "0 0 0 15W * *", "2024-06-01T00:00:00", "2024-06-14 00:00:00" }, /* 15th: Saturday */
    { "0 0 0 16W * *", "2024-06-01T00:00:00", "2024-06-17 00:00:00" }, /* 16th: Sunday */
    { "0 0 0 1W * *", "2024-05-31T00:00:00", "2024-06-03 00:00:00" },  /* 1st: Saturday */
    { "0 0 0 30W * *", "2024-06-01T00:00:00", "2024-06-28 00:00:00" }, /* 30th: Sunday, last */
    { "0 0 0 31W * *", "2024-06-01T00:00:00", "2024-07-31 00:00:00" }, /* June has 30 */
    { "0 0 0 LW * *", "2024-06-01T00:00:00", "2024-06-28 00:00:00" },
    { "0 0 0 ? * FRIL", "2024-05-01T00:00:00", "2024-05-31 00:00:00" },
    { "0 0 0 ? * 5L", "2024-06-01T00:00:00", "2024-06-28 00:00:00" },
    { "0 0 0 ? * MON#1", "2024-06-04T00:00:00", "2024-07-01 00:00:00" },
    { "0 0 0 ? * 7#2", "2024-06-01T00:00:00", "2024-06-09 00:00:00" },
    { "0 0 0 ? * SUN#5", "2024-04-01T00:00:00", "2024-06-30 00:00:00" },
    { "0 0 0 ? * 0", "2024-06-03T00:00:00", "2024-06-09 00:00:00" },
    { "0 0 0 ? * 5-7", "2024-06-01T00:00:00", "2024-06-02 00:00:00" },
    { "0 0 0 13 * FRI", "2024-01-01T00:00:00", "2024-09-13 00:00:00" },
    { "0 0 12 1 JAN,jul *", "2024-01-01T12:00:00", "2024-07-01 12:00:00" },
    { "0 0 0 1 12 *", "1970-01-01T00:00:00", "1970-12-01 00:00:00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_next (cases[i][0], "UTC", cases[i][1], cases[i][2]);
}

/* In 2024 Berlin left out 02:00 to 03:00 on 31 March and had it twice on 27 October. */
static void
test_clock_changes (void)
{
  static const char *const cases[][3] = {
    { "0 30 2 * * *", "2024-03-30T12:00:00", "2024-03-31 03:00:00" },
    { "0 30 2 * * *", "2024-03-31T03:00:00", "2024-04-01 02:30:00" },
    { "0 0,20,40 2 * * *", "2024-03-31T03:00:00", "2024-04-01 02:00:00" },
    { "0 30 * * * *", "2024-03-31T01:30:00", "2024-03-31 03:30:00" },
    { "0 */20 * * * *", "2024-03-31T01:40:00", "2024-03-31 03:00:00" },
    { "0 30 2 * * *", "2024-10-27T00:00:00", "2024-10-27 02:30:00" },
    { "0 30 2 * * *", "2024-10-27T02:30:00+02:00", "2024-10-28 02:30:00" },
    { "0 30 2 * * *", "2024-10-27T02:10:00+01:00", "2024-10-28 02:30:00" },
    { "0 30 3 * * *", "2024-10-27T02:10:00+01:00", "2024-10-27 03:30:00" },
    { "0 0 3 * * *", "2024-10-26T03:00:00", "2024-10-27 03:00:00" },
    { "0 30 * * * *", "2024-10-27T02:30:00+02:00", "2024-10-27 02:30:00+" },
    { "0 30 * * * *", "2024-10-27T02:30:00+01:00", "2024-10-27 03:30:00" },
    { "0 0 * * * *", "2024-10-27T02:30:00+02:00", "2024-10-27 02:00:00+" },
    { "0 0 12 * * *", "2024-03-30T12:00:00", "2024-03-31 12:00:00" },
    { "0 0 12 1 7 *", "2024-01-01T00:00:00", "2024-07-01 12:00:00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_next (cases[i][0], BERLIN, cases[i][1], cases[i][2]);
  assert_next ("0 0 0 1 1 *", "EST5", "1969-12-31T19:00:00", "1970-01-01 00:00:00");
  /* Lord Howe Island moves by half an hour. */
  assert_next ("0 15 2 * * *", "LHST-10:30LHDT-11,M10.1.0,M4.1.0", "2024-10-05T12:00:00",
               "2024-10-06 02:30:00");
}

static void
test_takes_any_time (void)
{
  g_autoptr (WeirCron) cron = weir_cron_parse ("0 0 0 1 1 *", NULL);

  g_assert_cmpint (weir_cron_next (cron, INT64_MAX), ==, INT64_MAX);
  g_assert_cmpint (weir_cron_next (cron, INT64_MIN), >, 0);
}

static bool
fits (uint64_t bits, int value)
{
  return (bits >> value & 1) != 0;
}

/* Against a search that looks at every minute. */
static void
test_agrees_with_plain_search (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  WeirRandom random;

  weir_random_init (&random, 7);
  for (int round = 0; round < 200; round++) {
    int minute = (int)weir_random_below (&random, 60);
    int step = 1 + (int)weir_random_below (&random, 40);
    int hour = (int)weir_random_below (&random, 24);
    int weekday = (int)weir_random_below (&random, 7);
    g_autofree char *text = g_strdup_printf ("0 %d/%d %d-23 * * %d", minute, step, hour, weekday);
    g_autoptr (WeirCron) cron = weir_cron_parse (text, NULL);
    int64_t start = (int64_t)weir_random_below (&random, 2000000000) / 60 * 60;
    uint64_t minutes = 0;
    int64_t at = start;

    for (int i = minute; i < 60; i += step)
      minutes |= UINT64_C (1) << i;
    for (at = start + 60;; at += 60) {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at);

      if (fits (minutes, g_date_time_get_minute (time)) && g_date_time_get_hour (time) >= hour &&
          g_date_time_get_day_of_week (time) % 7 == weekday)
        break;
    }
    g_assert_cmpint (weir_cron_next_in (cron, start * G_USEC_PER_SEC, utc), ==,
                     at * G_USEC_PER_SEC);
  }
}

static void
test_refuses (void)
{
  static const char *const cases[][2] = {
    { "0 0 * * *", "seconds are missing" },
    { "0 0 0 * * * 2024", "leave out the year" },
    { "", "six" },
    { "60 * * * * *", "'60' is no second" },
    { "* 60 * * * *", "minute" },
    { "* * 24 * * *", "hour" },
    { "* * * 0 * *", "day" },
    { "* * * 32 * *", "day" },
    { "* * * * 13 *", "month" },
    { "* * * * * 8", "weekday" },
    { "* * * * FOO *", "'FOO' is no month" },
    { "? * * * * *", "second" },
    { "5-1 * * * * *", "'5-1'" },
    { "*/0 * * * * *", "second" },
    { "1,,2 * * * * *", "second" },
    { "1x * * * * *", "second" },
    { "-1 * * * * *", "second" },
    { "*-5 * * * * *", "second" },
    { "99999999999 * * * * *", "second" },
    { "* * * L-31 * *", "day" },
    { "* * * W * *", "day" },
    { "* * * 15WW * *", "day" },
    { "* * * * * MON#6", "weekday" },
    { "* * * * * MON#", "weekday" },
    { "* * * * * L", "weekday" },
    { "@often", "1 fields" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i][0]);
    g_assert_null (weir_cron_parse (cases[i][0], &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, cases[i][1]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/cron/times", test_times);
  g_test_add_func ("/model/cron/days", test_days);
  g_test_add_func ("/model/cron/clock-changes", test_clock_changes);
  g_test_add_func ("/model/cron/any-time", test_takes_any_time);
  g_test_add_func ("/model/cron/plain-search", test_agrees_with_plain_search);
  g_test_add_func ("/model/cron/refuses", test_refuses);
  return g_test_run ();
}
