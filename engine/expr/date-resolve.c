/* date-resolve.c: fields put together to a moment.
 *
 * As in java.time's smart resolving a day that the month lacks is its last, 24:00 is the next day,
 * and two fields that say different things are a mistake. */
#include "expr/calendar.h"
#include "expr/date-fields.h"

typedef struct {
  const WeirExprDateFields *fields;
  WeirExprDateMode mode;
  const char *problem;
  int64_t days; /* that the time adds to the date */
} Resolver;

static bool
has (const Resolver *resolver, char letter)
{
  return resolver->fields->there[(unsigned char)letter];
}

static int64_t
get (const Resolver *resolver, char letter, int64_t otherwise)
{
  return has (resolver, letter) ? resolver->fields->values[(unsigned char)letter] : otherwise;
}

static bool
fail (Resolver *resolver, const char *problem)
{
  resolver->problem = problem;
  return false;
}

static bool
has_year (const Resolver *resolver)
{
  return has (resolver, 'y') || has (resolver, 'u');
}

/* Whether the text says which day it is, so that 24:00 is the next. */
static bool
has_date (const Resolver *resolver)
{
  return (has_year (resolver) &&
          (has (resolver, 'D') || (has (resolver, 'M') && has (resolver, 'd')))) ||
         has (resolver, 'g') || has (resolver, 'w');
}

static bool
check_ranges (Resolver *resolver)
{
  static const struct {
    char letter;
    int64_t least;
    int64_t most;
    const char *problem;
  } ranges[] = {
    { 'M', 1, 12, "there is no such month" },
    { 'd', 1, 31, "there is no such day" },
    { 'D', 1, 366, "there is no such day of the year" },
    { 'H', 0, 24, "there is no such hour" },
    { 'k', 0, 24, "there is no such hour" },
    { 'K', 0, 11, "there is no such hour" },
    { 'h', 0, 12, "there is no such hour" },
    { 'm', 0, 59, "there is no such minute" },
    { 's', 0, 59, "there is no such second" },
    { 'n', 0, 999999999, "a second has no such nanosecond" },
    { 'A', 0, INT64_C (86399999), "a day has no such millisecond" },
    { 'N', 0, INT64_C (86399999999999), "a day has no such nanosecond" },
    { 'y', 1, INT64_C (999999999), "there is no such year" },
    { 'u', -INT64_C (999999999), INT64_C (999999999), "there is no such year" },
    { 'E', 1, 7, "there is no such day of the week" },
    { 'e', 1, 7, "there is no such day of the week" },
    { 'Q', 1, 4, "there is no such quarter" },
    { 'w', 1, 53, "there is no such week" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (ranges); i++) {
    int64_t value = get (resolver, ranges[i].letter, ranges[i].least);

    if (value < ranges[i].least || value > ranges[i].most)
      return fail (resolver, ranges[i].problem);
  }
  return true;
}

static bool
resolve_year (Resolver *resolver, int64_t *ret_year)
{
  int64_t year = get (resolver, 'u', 1970);

  if (has (resolver, 'y')) {
    year = get (resolver, 'y', 0);
    if (has (resolver, 'G') && get (resolver, 'G', 1) == 0)
      year = 1 - year;
    if (has (resolver, 'u') && get (resolver, 'u', 0) != year)
      return fail (resolver, "the text has two years");
  }
  *ret_year = year;
  return true;
}

/* Year, week and day of the week, which begins on Sunday. */
static bool
resolve_week (Resolver *resolver, int64_t *ret_days)
{
  int64_t weekday = get (resolver, 'e', get (resolver, 'E', 7) % 7 + 1);
  int64_t first = weir_expr_days_from_date (get (resolver, 'Y', 1970), 1, 1);

  if (!has (resolver, 'w') || (!has (resolver, 'e') && !has (resolver, 'E')))
    return fail (resolver, "Y is the year of a week; for the year of a date write y");
  /* Day 0 was a Thursday. */
  first -= ((first + 4) % 7 + 7) % 7;
  *ret_days = first + (get (resolver, 'w', 1) - 1) * 7 + weekday - 1;
  return true;
}

static bool
resolve_month_and_day (Resolver *resolver, int64_t year, int64_t *ret_days)
{
  const unsigned month = (unsigned)get (resolver, 'M', 1);
  unsigned day = (unsigned)get (resolver, 'd', 1);
  const unsigned last = weir_expr_days_in_month (year, month);

  /* Only a date with its year is moved to the end of the month. */
  if (day > last && (resolver->mode == WEIR_EXPR_DATE_CHECKED || !has_year (resolver)))
    return fail (resolver, "the month has no such day");
  day = MIN (day, last);
  *ret_days = weir_expr_days_from_date (year, month, day);
  return true;
}

static bool
resolve_date (Resolver *resolver, int64_t *ret_days)
{
  int64_t year, weekday;

  if (has (resolver, 'g')) {
    *ret_days = get (resolver, 'g', 0) - 40587;
    return true;
  }
  if (has (resolver, 'Y') && !has (resolver, 'y') && !has (resolver, 'u'))
    return resolve_week (resolver, ret_days);
  if (!resolve_year (resolver, &year))
    return false;
  if (has (resolver, 'D') && !has (resolver, 'M')) {
    if (get (resolver, 'D', 1) == 366 && !weir_expr_is_leap_year (year))
      return fail (resolver, "the year has no 366th day");
    *ret_days = weir_expr_days_from_date (year, 1, 1) + get (resolver, 'D', 1) - 1;
  } else if (!resolve_month_and_day (resolver, year, ret_days)) {
    return false;
  }
  weekday = ((*ret_days + 3) % 7 + 7) % 7 + 1;
  /* Only a whole date has a day of the week that can be wrong. */
  if (has_date (resolver) && ((has (resolver, 'E') && get (resolver, 'E', 0) != weekday) ||
                              (has (resolver, 'e') && get (resolver, 'e', 0) != weekday % 7 + 1)))
    return fail (resolver, "the date is another day of the week");
  return true;
}

/* The hour of the day: H or k, or K or h with a. */
static bool
resolve_hour (Resolver *resolver, int64_t *ret_hour)
{
  const int64_t half = get (resolver, 'a', 0) * 12;
  int64_t hour = 0;

  if (has (resolver, 'a') && has (resolver, 'h'))
    hour = half + get (resolver, 'h', 0) % 12;
  else if (has (resolver, 'a') && has (resolver, 'K'))
    hour = half + get (resolver, 'K', 0);
  if (has (resolver, 'k'))
    hour = get (resolver, 'k', 0) % 24;
  if (has (resolver, 'H')) {
    const bool twelve = has (resolver, 'a') && (has (resolver, 'h') || has (resolver, 'K'));

    if ((twelve && hour != get (resolver, 'H', 0)) ||
        (has (resolver, 'a') && get (resolver, 'H', 0) / 12 != half / 12))
      return fail (resolver, "the text has two hours");
    hour = get (resolver, 'H', 0);
  }
  *ret_hour = hour;
  return true;
}

static bool
resolve_time (Resolver *resolver, int64_t *ret_seconds, unsigned *ret_nano)
{
  const int64_t minute = get (resolver, 'm', 0);
  const int64_t second = get (resolver, 's', 0);
  int64_t nano = get (resolver, 'S', get (resolver, 'n', 0));
  int64_t hour;

  if (!resolve_hour (resolver, &hour))
    return false;
  if (has (resolver, 'N') || has (resolver, 'A')) {
    int64_t sum = get (resolver, 'N', get (resolver, 'A', 0) * 1000000);

    *ret_seconds = sum / 1000000000;
    *ret_nano = (unsigned)(sum % 1000000000);
    return true;
  }
  if (hour == 24) {
    if (minute != 0 || second != 0 || nano != 0 || resolver->mode == WEIR_EXPR_DATE_CHECKED)
      return fail (resolver, "there is no such hour");
    hour = 0;
    resolver->days = has_date (resolver) ? 1 : 0;
  }
  *ret_seconds = hour * 3600 + minute * 60 + second;
  *ret_nano = (unsigned)nano;
  return true;
}

bool
weir_expr_date_resolve (const WeirExprDateFields *fields, const WeirExprZone *zone,
                        WeirExprDateMode mode, int64_t *ret_seconds, unsigned *ret_nano,
                        const char **ret_problem)
{
  Resolver resolver = { .fields = fields, .mode = mode };
  int64_t days = 0;
  int64_t local = 0;
  unsigned nano = 0;
  bool exists;

  if (!check_ranges (&resolver) || !resolve_date (&resolver, &days) ||
      !resolve_time (&resolver, &local, &nano)) {
    *ret_problem = resolver.problem;
    return false;
  }
  local += (days + resolver.days) * WEIR_EXPR_DAY_SECONDS;
  *ret_nano = nano;
  if (fields->has_offset) {
    *ret_seconds = local - fields->offset;
    return true;
  }
  *ret_seconds = weir_expr_zone_to_utc (fields->zone != NULL ? fields->zone : zone, local, &exists);
  if (!exists && mode == WEIR_EXPR_DATE_CHECKED) {
    *ret_problem = "the clocks skip this time";
    return false;
  }
  return true;
}
