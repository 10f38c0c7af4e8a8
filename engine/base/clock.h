/* clock.h: the only source of time in the engine, so that a test can hold it.
 *
 * Thread: any, for every function here. */
#pragma once

#include <stdint.h>

typedef struct WeirClock WeirClock;

/* Returns: (transfer none): the machine's clock. */
WeirClock *weir_clock_system (void);

/* A clock that stands still until it is advanced; it begins at @wall_usec since 1970.
 * Returns: (transfer full). */
WeirClock *weir_clock_new_fake (int64_t wall_usec);
void weir_clock_free_fake (WeirClock *clock);
void weir_clock_advance (WeirClock *clock, int64_t usec);

/* Sets the wall time of a fake clock back or forth; the monotonic time goes on. */
void weir_clock_set_wall (WeirClock *clock, int64_t wall_usec);

/* Microseconds since 1970; may jump. */
int64_t weir_clock_get_wall (const WeirClock *clock);

/* Microseconds since some moment; never goes back. */
int64_t weir_clock_get_monotonic (const WeirClock *clock);

/* @time and @usec after it, but never beyond INT64_MAX, which is "never" wherever a time is. */
static inline int64_t
weir_time_add (int64_t time, int64_t usec)
{
  int64_t sum;

  if (!__builtin_add_overflow (time, usec, &sum))
    return sum;
  return usec > 0 ? INT64_MAX : INT64_MIN;
}

/* True for a clock of weir_clock_new_fake: nobody may sleep on it. */
int weir_clock_is_fake (const WeirClock *clock);
