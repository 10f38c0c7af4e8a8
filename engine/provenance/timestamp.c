/* timestamp.c: days to dates by the Gregorian calendar, without the time zone of the machine. */
#include "provenance/timestamp.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/units.h"

#define SECOND INT64_C (1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#define FIRST INT64_C (-62135596800000000) /* 0001-01-01 00:00:00 */
#define LAST  INT64_C (253402300799999999) /* 9999-12-31 23:59:59.999999 */

static char *
put_digits (char *at, unsigned value, unsigned n_digits)
{
  for (unsigned i = n_digits; i-- > 0; value /= 10)
    at[i] = (char)('0' + value % 10);
  return at + n_digits;
}

/* Days since 1970-01-01 of the first day of a month. Years begin in March, so that the day that not
 * every year has is the last one. */
static int64_t
count_days (unsigned year, unsigned month)
{
  unsigned y = month > 2 ? year : year - 1;
  unsigned m = month > 2 ? month - 3 : month + 9;

  return (int64_t)365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 - 719468;
}

static void
split_days (int64_t days, unsigned *ret_year, unsigned *ret_month, unsigned *ret_day)
{
  unsigned all = (unsigned)(days + 719468); /* since March of the year 0 */
  unsigned in_era = all % 146097;           /* of 400 years */
  unsigned year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
  unsigned m = (5 * in_year + 2) / 153;

  *ret_month = m < 10 ? m + 3 : m - 9;
  *ret_year = all / 146097 * 400 + year + (*ret_month <= 2);
  *ret_day = in_year - (153 * m + 2) / 5 + 1;
}

void
weir_timestamp_format (int64_t usec, char *ret_text)
{
  int64_t time = CLAMP (usec, FIRST, LAST);
  int64_t days = (time - FIRST) / DAY + FIRST / DAY;
  int64_t rest = time - days * DAY;
  unsigned year, month, day;
  char *at = ret_text;

  split_days (days, &year, &month, &day);
  at = put_digits (at, year, 4);
  *at++ = '-';
  at = put_digits (at, month, 2);
  *at++ = '-';
  at = put_digits (at, day, 2);
  *at++ = ' ';
  at = put_digits (at, (unsigned)(rest / HOUR), 2);
  *at++ = ':';
  at = put_digits (at, (unsigned)(rest / MINUTE % 60), 2);
  *at++ = ':';
  at = put_digits (at, (unsigned)(rest / SECOND % 60), 2);
  *at++ = '.';
  at = put_digits (at, (unsigned)(rest % SECOND), 6);
  *at = '\0';
}

int64_t
weir_timestamp_find (const char *text, size_t size, bool is_behind)
{
  int64_t low = FIRST, high = LAST + 1;

  /* All before low sort before it, none from high on does. */
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    char other[WEIR_TIMESTAMP_LENGTH + 1];
    int order;

    weir_timestamp_format (middle, other);
    order = memcmp (other, text, MIN (size, WEIR_TIMESTAMP_LENGTH));
    if (order == 0)
      order = (size < WEIR_TIMESTAMP_LENGTH) - (size > WEIR_TIMESTAMP_LENGTH);
    if (order < 0 || (order == 0 && is_behind))
      low = middle + 1;
    else
      high = middle;
  }
  if (low == FIRST)
    return INT64_MIN;
  return low == LAST + 1 ? INT64_MAX : low;
}

/* --- reading --- */

/* Returns: the rest of @text behind @n digits; NULL when they are not there. */
static const char *
get_digits (const char *text, unsigned n, unsigned *ret_value)
{
  unsigned value = 0;

  for (unsigned i = 0; i < n; i++, text++) {
    if (!g_ascii_isdigit (*text))
      return NULL;
    value = 10 * value + (unsigned)(*text - '0');
  }
  *ret_value = value;
  return text;
}

/* "2026-11-20" */
static const char *
get_date (const char *text, int64_t *ret_usec)
{
  unsigned year, month, day;
  const char *at = get_digits (text, 4, &year);

  if (at == NULL || *at != '-' || (at = get_digits (at + 1, 2, &month)) == NULL || *at != '-' ||
      (at = get_digits (at + 1, 2, &day)) == NULL)
    return NULL;
  if (year < 1 || month < 1 || month > 12 || day < 1 ||
      count_days (year, month) + day - 1 >=
          count_days (month < 12 ? year : year + 1, month % 12 + 1))
    return NULL;
  *ret_usec = (count_days (year, month) + day - 1) * DAY;
  return at;
}

/* "21:03", "21:03:11", "21:03:11.123456" */
static const char *
get_time (const char *text, int64_t *ret_usec)
{
  unsigned hour, minute, second = 0, usec = 0;
  const char *at = get_digits (text, 2, &hour);

  if (at == NULL || *at != ':' || (at = get_digits (at + 1, 2, &minute)) == NULL)
    return NULL;
  if (*at == ':' && (at = get_digits (at + 1, 2, &second)) == NULL)
    return NULL;
  if (*at == '.') {
    unsigned unit = 100000;

    for (at++; g_ascii_isdigit (*at); at++, unit /= 10)
      usec += unit * (unsigned)(*at - '0');
  }
  if (hour > 23 || minute > 59 || second > 60)
    return NULL;
  *ret_usec = hour * HOUR + minute * MINUTE + second * SECOND + usec;
  return at;
}

/* "", "Z", "+02:00", "+0200": what to add to get UTC. */
static const char *
get_zone (const char *text, int64_t *ret_usec)
{
  unsigned hours, minutes = 0;
  const char *at = text;

  *ret_usec = 0;
  if (*at == 'Z' || *at == 'z')
    return at + 1;
  if (*at != '+' && *at != '-')
    return at;
  if ((at = get_digits (at + 1, 2, &hours)) == NULL)
    return NULL;
  if (*at != '\0' && (at = get_digits (*at == ':' ? at + 1 : at, 2, &minutes)) == NULL)
    return NULL;
  *ret_usec = (*text == '+' ? -1 : 1) * (int64_t)(hours * HOUR + minutes * MINUTE);
  return at;
}

static bool
parse_absolute (const char *text, int64_t now, int64_t *ret_usec)
{
  int64_t day = now - now % DAY, time = 0, zone = 0;
  const char *at = get_date (text, &day);

  if (at == NULL)
    at = get_time (text, &time);
  else if (*at == 'T' || *at == 't' || *at == ' ')
    at = get_time (at + 1, &time);
  if (at == NULL || (at = get_zone (at, &zone)) == NULL || *at != '\0')
    return false;
  *ret_usec = day + time + zone;
  return true;
}

/* "2 hours ago", "-2h" */
static bool
parse_ago (const char *text, int64_t now, int64_t *ret_usec)
{
  g_autofree char *duration = NULL;
  int64_t usec;

  if (*text == '-')
    duration = g_strdup (text + 1);
  else if (g_str_has_suffix (text, " ago"))
    duration = g_strndup (text, strlen (text) - strlen (" ago"));
  if (duration == NULL || !weir_units_parse_duration (duration, &usec, NULL))
    return false;
  *ret_usec = usec < now ? now - usec : 0;
  return true;
}

bool
weir_timestamp_parse (const char *text, int64_t now, int64_t *ret_usec, GError **error)
{
  int64_t today = now - now % DAY;
  g_autofree char *quoted = NULL;

  if (g_ascii_strcasecmp (text, "now") == 0)
    *ret_usec = now;
  else if (g_ascii_strcasecmp (text, "today") == 0)
    *ret_usec = today;
  else if (g_ascii_strcasecmp (text, "yesterday") == 0)
    *ret_usec = today - DAY;
  else if (!parse_absolute (text, now, ret_usec) && !parse_ago (text, now, ret_usec)) {
    quoted = weir_error_quote (text);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s is no time; write 2026-11-20, '2026-11-20 21:03:11' (UTC), "
                 "2026-11-20T21:03+02:00, 21:03, today, yesterday, '2 hours ago' or -2h",
                 quoted);
    return false;
  }
  return true;
}
