/* calendar.h: seconds since 1970 as days and times of the Gregorian calendar, and back, for any
 * year.
 *
 * Thread: any, for every function here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WEIR_EXPR_DAY_SECONDS 86400

/* A time of some place, without saying which. */
typedef struct {
  int64_t year;   /* 0 is 1 BC */
  unsigned month; /* from 1 */
  unsigned day;   /* from 1 */
  unsigned hour;
  unsigned minute;
  unsigned second;
  unsigned nano;
  unsigned weekday;     /* 1 is Monday, 7 Sunday */
  unsigned day_of_year; /* from 1 */
} WeirExprCivil;

bool weir_expr_is_leap_year (int64_t year);
unsigned weir_expr_days_in_month (int64_t year, unsigned month);

/* Days since 1970. */
int64_t weir_expr_days_from_date (int64_t year, unsigned month, unsigned day);

void weir_expr_civil_set (WeirExprCivil *civil, int64_t seconds, unsigned nano);

/* Seconds since 1970; weekday and day of year are not looked at. */
int64_t weir_expr_civil_get_seconds (const WeirExprCivil *civil);

/* Adds months, which may be negative; the day is cut to the end of the month. */
void weir_expr_civil_add_months (WeirExprCivil *civil, int64_t months);

/* Weeks begin on Sunday and the first has January 1, as in the USA: the week of the year and the
 * year that it belongs to. */
unsigned weir_expr_civil_get_week (const WeirExprCivil *civil, int64_t *ret_year);

/* The same for the weeks of a month. */
unsigned weir_expr_civil_get_week_of_month (const WeirExprCivil *civil);

static inline int64_t
weir_expr_floor_divide (int64_t a, int64_t b)
{
  return a / b - (a % b < 0 ? 1 : 0);
}
