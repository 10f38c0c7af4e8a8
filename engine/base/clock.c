/* clock.c: the machine's clock, and one that a test holds.
 *
 * A fake clock keeps both times as numbers that only weir_clock_advance and weir_clock_set_wall
 * change, so that a test which waits for nothing takes no time. */
#include "base/clock.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

struct WeirClock {
  bool fake;
  _Atomic int64_t wall;
  _Atomic int64_t monotonic;
};

static int64_t
read_clock (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return (int64_t)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

WeirClock *
weir_clock_system (void)
{
  static const WeirClock machine = { .fake = false };

  return (WeirClock *)&machine; /* never written: only a fake clock is */
}

WeirClock *
weir_clock_new_fake (int64_t wall_usec)
{
  WeirClock *clock = g_new0 (WeirClock, 1);

  clock->fake = true;
  clock->wall = wall_usec;
  clock->monotonic = G_USEC_PER_SEC; /* not 0, which callers may use for "never" */
  return clock;
}

void
weir_clock_free_fake (WeirClock *clock)
{
  g_assert (clock == NULL || clock->fake);
  g_free (clock);
}

void
weir_clock_advance (WeirClock *clock, int64_t usec)
{
  g_assert (clock->fake && usec >= 0);
  atomic_fetch_add (&clock->wall, usec);
  atomic_fetch_add (&clock->monotonic, usec);
}

void
weir_clock_set_wall (WeirClock *clock, int64_t wall_usec)
{
  g_assert (clock->fake);
  atomic_store (&clock->wall, wall_usec);
}

int64_t
weir_clock_get_wall (const WeirClock *clock)
{
  return clock->fake ? atomic_load (&clock->wall) : read_clock (CLOCK_REALTIME);
}

int64_t
weir_clock_get_monotonic (const WeirClock *clock)
{
  return clock->fake ? atomic_load (&clock->monotonic) : read_clock (CLOCK_MONOTONIC);
}

int
weir_clock_is_fake (const WeirClock *clock)
{
  return clock->fake;
}
