/* cron-next.c: from bits to the next moment.
 *
 * The search runs over the dates and times that a calendar knows, without zone; what it finds is
 * then placed on the line of time, where a zone may leave an hour out or repeat one. */
#include "model/cron-fields.h"

/* The same weekday on 29 February comes back after 40 years at most, around 2100. */
#define MAX_DAYS (41 * 366)

#define DAY_SECONDS    (24 * 60 * 60)
#define MAX_SECONDS    (INT64_C (250000000000)) /* year 9892: GDate ends with 65535 */
#define MAX_SHIFT      (3 * 60 * 60)            /* no zone puts its clocks back by more */
#define EVERY_HOUR     ((UINT64_C (1) << 24) - 1)
#define JULIAN_OF_1970 719163u

/* Seconds since 1970 as the calendar shows them, whatever the zone. */
typedef int64_t LocalTime;

static bool
has_bit (uint64_t bits, unsigned bit)
{
  return (bits >> bit & 1) != 0;
}

/* Returns: the first bit set from @from on, 64 for none. */
static unsigned
find_bit (uint64_t bits, unsigned from)
{
  bits = from < 64 ? bits >> from << from : 0;
  return bits != 0 ? (unsigned)__builtin_ctzll (bits) : 64;
}

/* @weekday: of @day. Returns: the working day of the month that is nearest to @day. */
static unsigned
get_working_day (unsigned day, unsigned weekday, unsigned n_days)
{
  if (weekday == 6)
    return day > 1 ? day - 1 : day + 2;
  if (weekday == 0)
    return day < n_days ? day + 1 : day - 2;
  return day;
}

static bool
is_working_day_of (const WeirCron *cron, unsigned day, unsigned weekday, unsigned n_days)
{
  for (unsigned wanted = day > 2 ? day - 2 : 1; wanted <= day + 2 && wanted <= n_days; wanted++)
    if (has_bit (cron->working_days, wanted) &&
        get_working_day (wanted, (weekday + 7 + wanted - day) % 7, n_days) == day)
      return true;
  return cron->last_working_day &&
         get_working_day (n_days, (weekday + n_days - day) % 7, n_days) == day;
}

static bool
fits_date (const WeirCron *cron, const GDate *date)
{
  unsigned day = g_date_get_day (date);
  unsigned month = (unsigned)g_date_get_month (date);
  unsigned n_days = g_date_get_days_in_month (month, g_date_get_year (date));
  unsigned weekday = (unsigned)g_date_get_weekday (date) % 7;

  if (!has_bit (cron->months, month))
    return false;
  if (!has_bit (cron->days, day) && !has_bit (cron->days_from_end, n_days - day) &&
      !is_working_day_of (cron, day, weekday, n_days))
    return false;
  return has_bit (cron->weekdays, weekday) ||
         (has_bit (cron->last_weekdays, weekday) && day + 7 > n_days) ||
         has_bit (cron->nth_weekdays[(day + 6) / 7], weekday);
}

/* Returns: the first second of the day, from @from on, that fits; -1 for none. */
static int
find_time (const WeirCron *cron, int from)
{
  unsigned second = find_bit (cron->seconds, (unsigned)from % 60);
  unsigned minute = (unsigned)from / 60 % 60;
  unsigned hour = (unsigned)from / 3600;

  if (second == 64)
    minute++;
  if (second == 64 || !has_bit (cron->minutes, minute)) {
    second = find_bit (cron->seconds, 0);
    minute = find_bit (cron->minutes, minute);
  }
  if (minute == 64)
    hour++;
  if (minute == 64 || !has_bit (cron->hours, hour)) {
    second = find_bit (cron->seconds, 0);
    minute = find_bit (cron->minutes, 0);
    hour = find_bit (cron->hours, hour);
  }
  return hour == 64 ? -1 : (int)(hour * 3600 + minute * 60 + second);
}

/* Finds the first fit from @from on. */
static bool
find_local (const WeirCron *cron, LocalTime from, LocalTime *ret_found)
{
  /* West of Greenwich 1970 began in 1969. */
  LocalTime day = (from + DAY_SECONDS) / DAY_SECONDS - 1;
  int time = (int)(from - day * DAY_SECONDS);

  for (LocalTime last = day + MAX_DAYS; day < last; day++, time = 0) {
    GDate date;
    int found = find_time (cron, time);

    if (found < 0)
      continue;
    g_date_clear (&date, 1);
    g_date_set_julian (&date, (guint32)(day + JULIAN_OF_1970));
    if (fits_date (cron, &date)) {
      *ret_found = day * DAY_SECONDS + found;
      return true;
    }
  }
  return false;
}

static int64_t
get_offset (GTimeZone *zone, int64_t seconds)
{
  return g_time_zone_get_offset (zone,
                                 g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds));
}

/* Returns: the first second after @before, up to @after, whose offset is not that of @before. */
static int64_t
find_change (GTimeZone *zone, int64_t before, int64_t after)
{
  int64_t offset = get_offset (zone, before);

  while (before + 1 < after) {
    int64_t middle = before + (after - before) / 2;

    if (get_offset (zone, middle) == offset)
      before = middle;
    else
      after = middle;
  }
  return after;
}

/* True when the clock showed the time that it shows at @seconds not long before. */
static bool
is_repeated (GTimeZone *zone, int64_t seconds)
{
  int64_t earlier_offset = get_offset (zone, seconds - MAX_SHIFT);
  int64_t earlier = seconds + get_offset (zone, seconds) - earlier_offset;

  return earlier < seconds && get_offset (zone, earlier) == earlier_offset;
}

/* One step of the search, from @from on. Returns: true with the moment in *@ret_found (-1: never);
 * false with a later moment to go on from. */
static bool
find_moment (const WeirCron *cron, GTimeZone *zone, int64_t from, int64_t *ret_found)
{
  bool by_the_clock = (cron->hours & EVERY_HOUR) == EVERY_HOUR;
  int64_t offset = get_offset (zone, from);
  LocalTime local = 0;
  int64_t moment = 0;
  int64_t other_offset = 0;

  if (!find_local (cron, from + offset, &local)) {
    *ret_found = -1;
    return true;
  }
  moment = local - offset;
  other_offset = get_offset (zone, moment);
  if (other_offset < offset && by_the_clock) {
    /* What is repeated from the change on comes before what was found. */
    *ret_found = find_change (zone, from, moment);
    return false;
  }
  if (other_offset != offset) {
    int64_t shifted = local - other_offset;

    if (get_offset (zone, shifted) != other_offset) {
      /* The clock never shows it. */
      *ret_found = find_change (zone, shifted, moment);
      return !by_the_clock;
    }
    moment = shifted;
  }
  *ret_found = moment;
  if (!by_the_clock && is_repeated (zone, moment)) {
    *ret_found = moment + 1;
    return false;
  }
  return true;
}

int64_t
weir_cron_next_in (const WeirCron *cron, int64_t after_usec, GTimeZone *zone)
{
  int64_t seconds = MAX (after_usec, 0) / G_USEC_PER_SEC + 1;

  if (seconds > MAX_SECONDS)
    return INT64_MAX;
  while (!find_moment (cron, zone, seconds, &seconds))
    ;
  return seconds < 0 ? INT64_MAX : seconds * G_USEC_PER_SEC;
}

int64_t
weir_cron_next (const WeirCron *cron, int64_t after_usec)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();

  return weir_cron_next_in (cron, after_usec, zone);
}
