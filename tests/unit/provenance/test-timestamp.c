/* Moments as text, and what people write. */
#include "provenance/timestamp.h"

#include <string.h>

#include <weir/error.h>

#define NOW INT64_C (1795208591123456) /* 2026-11-20 21:03:11.123456 */

static void
test_format (void)
{
  static const struct {
    int64_t usec;
    const char *text;
  } cases[] = {
    { 0, "1970-01-01 00:00:00.000000" },
    { -1, "1969-12-31 23:59:59.999999" },
    { NOW, "2026-11-20 21:03:11.123456" },
    { INT64_C (951782400000000), "2000-02-29 00:00:00.000000" },
    { INT64_C (4107542400000000), "2100-03-01 00:00:00.000000" },
    { INT64_MIN, "0001-01-01 00:00:00.000000" },
    { INT64_MAX, "9999-12-31 23:59:59.999999" },
  };
  char text[WEIR_TIMESTAMP_LENGTH + 1];

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    weir_timestamp_format (cases[i].usec, text);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* Every day, as GLib counts them. */
static void
test_days (void)
{
  g_autoptr (GDateTime) first = g_date_time_new_utc (1, 1, 1, 12, 34, 56);
  int64_t usec = g_date_time_to_unix (first) * G_USEC_PER_SEC;
  g_autoptr (GDate) date = g_date_new_dmy (1, 1, 1);

  for (; g_date_get_year (date) < 3000; usec += 86400 * INT64_C (1000000)) {
    char text[WEIR_TIMESTAMP_LENGTH + 1];
    g_autofree char *wanted =
        g_strdup_printf ("%04d-%02d-%02d 12:34:56.000000", g_date_get_year (date),
                         g_date_get_month (date), g_date_get_day (date));
    int64_t read;

    weir_timestamp_format (usec, text);
    g_assert_cmpstr (text, ==, wanted);
    g_assert_true (weir_timestamp_parse (text, NOW, &read, NULL));
    g_assert_cmpint (read, ==, usec);
    g_date_add_days (date, 1);
  }
}

static int64_t
find (const char *text, bool is_behind)
{
  return weir_timestamp_find (text, strlen (text), is_behind);
}

/* As comparing texts does. */
static void
test_find (void)
{
  g_assert_cmpint (find ("2026-11-20 21:03:11.123456", false), ==, NOW);
  g_assert_cmpint (find ("2026-11-20 21:03:11.123456", true), ==, NOW + 1);
  g_assert_cmpint (find ("2026-11-20 21:03:11.123456x", false), ==, NOW + 1);
  g_assert_cmpint (find ("1970-01-01", false), ==, 0);
  g_assert_cmpint (find ("1970-01-01", true), ==, 0);
  g_assert_cmpint (find ("1970", false), ==, 0);
  g_assert_cmpint (find ("", false), ==, INT64_MIN);
  g_assert_cmpint (find ("0001-01-01 00:00:00.000000", false), ==, INT64_MIN);
  g_assert_cmpint (find ("x", false), ==, INT64_MAX);
  for (int i = 0; i < 2000; i++) {
    int64_t usec = (int64_t)g_test_rand_int () * 1000003;
    char text[WEIR_TIMESTAMP_LENGTH + 1];
    size_t size = (size_t)g_test_rand_int_range (0, WEIR_TIMESTAMP_LENGTH + 1);
    int64_t first;

    weir_timestamp_format (usec, text);
    g_assert_cmpint (find (text, false), ==, usec);
    text[size] = '\0';
    if (size > 0 && g_test_rand_bit ())
      text[size - 1] = (char)g_test_rand_int_range (' ', '~');
    first = find (text, false);
    if (first == INT64_MIN || first == INT64_MAX)
      continue;
    for (int step = -1; step <= 0; step++) {
      char other[WEIR_TIMESTAMP_LENGTH + 1];

      weir_timestamp_format (first + step, other);
      g_assert_cmpint (strcmp (other, text) >= 0, ==, step == 0);
    }
  }
}

static void
test_parse (void)
{
  static const struct {
    const char *text, *wanted;
  } cases[] = {
    { "now", "2026-11-20 21:03:11.123456" },
    { "today", "2026-11-20 00:00:00.000000" },
    { "Yesterday", "2026-11-19 00:00:00.000000" },
    { "2026-02-28", "2026-02-28 00:00:00.000000" },
    { "2026-02-28T10:20Z", "2026-02-28 10:20:00.000000" },
    { "2026-02-28 10:20:30.5", "2026-02-28 10:20:30.500000" },
    { "2026-02-28T10:20+02:00", "2026-02-28 08:20:00.000000" },
    { "2026-02-28T10:20-0230", "2026-02-28 12:50:00.000000" },
    { "08:15", "2026-11-20 08:15:00.000000" },
    { "2 hours ago", "2026-11-20 19:03:11.123456" },
    { "-2h", "2026-11-20 19:03:11.123456" },
    { "-1.5 min", "2026-11-20 21:01:41.123456" },
    { "90000 weeks ago", "1970-01-01 00:00:00.000000" },
  };
  static const char *const wrong[] = {
    "",           "2026",  "2026-13-01", "2026-02-29", "2026-00-10",
    "2026-01-00", "24:00", "10:60",      "10:20X",     "2026-01-01T",
    "2 hours",    "-2x",   "tomorrow",   "ago",        "2026-01-01 10:20+2",
    "0000-01-01"
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    char text[WEIR_TIMESTAMP_LENGTH + 1];
    g_autoptr (GError) error = NULL;
    int64_t usec;

    g_assert_true (weir_timestamp_parse (cases[i].text, NOW, &usec, &error));
    g_assert_no_error (error);
    weir_timestamp_format (usec, text);
    g_assert_cmpstr (text, ==, cases[i].wanted);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    int64_t usec;

    g_test_message ("%s", wrong[i]);
    g_assert_false (weir_timestamp_parse (wrong[i], NOW, &usec, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timestamp/format", test_format);
  g_test_add_func ("/timestamp/days", test_days);
  g_test_add_func ("/timestamp/find", test_find);
  g_test_add_func ("/timestamp/parse", test_parse);
  return g_test_run ();
}
