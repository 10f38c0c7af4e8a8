/* calendar.c: the Gregorian calendar, proleptic as in java.time.
 *
 * Years are counted from March here, so that the leap day is the last of its year. */
#include "expr/calendar.h"

#define ERA_YEARS 400
#define ERA_DAYS  146097
/* From 0000-03-01 to 1970-01-01. */
#define EPOCH_DAYS 719468

bool
weir_expr_is_leap_year (int64_t year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned
weir_expr_days_in_month (int64_t year, unsigned month)
{
  static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  return month == 2 && weir_expr_is_leap_year (year) ? 29 : days[month - 1];
}

int64_t
weir_expr_days_from_date (int64_t year, unsigned month, unsigned day)
{
  const int64_t from_march = month > 2 ? year : year - 1;
  const int64_t era = weir_expr_floor_divide (from_march, ERA_YEARS);
  const int64_t year_of_era = from_march - era * ERA_YEARS;
  const int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

  return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         EPOCH_DAYS;
}

static void
set_date (WeirExprCivil *civil, int64_t days)
{
  const int64_t shifted = days + EPOCH_DAYS;
  const int64_t era = weir_expr_floor_divide (shifted, ERA_DAYS);
  const int64_t day_of_era = shifted - era * ERA_DAYS;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;

  civil->day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1);
  civil->month = (unsigned)(month < 10 ? month + 3 : month - 9);
  civil->year = year_of_era + era * ERA_YEARS + (civil->month <= 2 ? 1 : 0);
  civil->day_of_year = (unsigned)(days - weir_expr_days_from_date (civil->year, 1, 1) + 1);
  civil->weekday = (unsigned)((days % 7 + 7 + 3) % 7 + 1);
}

void
weir_expr_civil_set (WeirExprCivil *civil, int64_t seconds, unsigned nano)
{
  const int64_t days = weir_expr_floor_divide (seconds, WEIR_EXPR_DAY_SECONDS);
  const unsigned rest = (unsigned)(seconds - days * WEIR_EXPR_DAY_SECONDS);

  set_date (civil, days);
  civil->hour = rest / 3600;
  civil->minute = rest / 60 % 60;
  civil->second = rest % 60;
  civil->nano = nano;
}

int64_t
weir_expr_civil_get_seconds (const WeirExprCivil *civil)
{
  return weir_expr_days_from_date (civil->year, civil->month, civil->day) * WEIR_EXPR_DAY_SECONDS +
         civil->hour * 3600 + civil->minute * 60 + civil->second;
}

void
weir_expr_civil_add_months (WeirExprCivil *civil, int64_t months)
{
  const int64_t sum = civil->year * 12 + (int64_t)civil->month - 1 + months;
  unsigned last;

  civil->year = weir_expr_floor_divide (sum, 12);
  civil->month = (unsigned)(sum - civil->year * 12) + 1;
  last = weir_expr_days_in_month (civil->year, civil->month);
  if (civil->day > last)
    civil->day = last;
}

/* Which week it is when @day is that number, from 1, of a range whose first has @weekday. */
static unsigned
week_of (unsigned day, unsigned weekday_of_first)
{
  return (day + weekday_of_first % 7 - 1) / 7 + 1;
}

static unsigned
weekday_of (int64_t days)
{
  return (unsigned)((days % 7 + 7 + 3) % 7 + 1);
}

unsigned
weir_expr_civil_get_week (const WeirExprCivil *civil, int64_t *ret_year)
{
  const unsigned days_in_year = weir_expr_is_leap_year (civil->year) ? 366 : 365;
  const unsigned first = weekday_of (weir_expr_days_from_date (civil->year, 1, 1));
  /* Days that are left of the year: a week that the next year begins in belongs to that. */
  const unsigned left = days_in_year - civil->day_of_year;

  if (civil->weekday % 7 + left < 6) {
    *ret_year = civil->year + 1;
    return 1;
  }
  *ret_year = civil->year;
  return week_of (civil->day_of_year, first);
}

unsigned
weir_expr_civil_get_week_of_month (const WeirExprCivil *civil)
{
  return week_of (civil->day, weekday_of (weir_expr_days_from_date (civil->year, civil->month, 1)));
}
