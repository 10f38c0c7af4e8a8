/* cron-fields.h: a parsed cron, as bits. For cron.c and cron-next.c only. */
#pragma once

#include "model/cron.h"

struct WeirCron {
  uint64_t seconds; /* bit n: at n */
  uint64_t minutes;
  uint64_t hours;
  uint64_t months; /* from bit 1 */

  /* A day fits when one of these says so ... */
  uint64_t days;          /* from bit 1 */
  uint64_t days_from_end; /* bit 0: the last */
  uint64_t working_days;  /* the working day nearest to it, from bit 1 */
  bool last_working_day;

  /* ... and one of these. */
  uint64_t weekdays;        /* bit 0: Sunday */
  uint64_t last_weekdays;   /* the last in the month */
  uint64_t nth_weekdays[6]; /* the nth in the month, n from 1 */
};
