/* throttle.c: a ring of what was spent, the oldest first. */
#include "throttle.h"

#include <stddef.h>

/* Begins of slots lie at least this part of the period apart, so that the ring never overflows. */
#define PARTS (THROTTLE_SLOTS / 2)

/* Longer than anybody waits, and far from an overflow. */
#define NEVER (INT64_MAX / 4)

void
throttle_init (Throttle *throttle, uint64_t maximum, int64_t period)
{
  *throttle = (Throttle){ .maximum = maximum, .period = period };
}

static ThrottleSlot *
get_slot (Throttle *throttle, unsigned index)
{
  return &throttle->slots[(throttle->first + index) % THROTTLE_SLOTS];
}

static void
forget (Throttle *throttle, int64_t now)
{
  while (throttle->n > 0 && get_slot (throttle, 0)->end + throttle->period <= now) {
    throttle->sum -= get_slot (throttle, 0)->amount;
    throttle->first = (throttle->first + 1) % THROTTLE_SLOTS;
    throttle->n--;
  }
}

static void
add (Throttle *throttle, int64_t now, uint64_t amount)
{
  ThrottleSlot *last = throttle->n > 0 ? get_slot (throttle, throttle->n - 1) : NULL;

  throttle->sum += amount;
  if (last != NULL && now - last->begin < throttle->period / PARTS) {
    last->amount += amount;
    last->end = now;
    return;
  }
  *get_slot (throttle, throttle->n) = (ThrottleSlot){ now, now, amount };
  throttle->n++;
}

/* When enough of what was spent no longer counts, and what was too much is made good. */
static int64_t
find_opening (Throttle *throttle)
{
  uint64_t sum = throttle->sum;
  double excess = (double)(sum - throttle->maximum) / (double)throttle->maximum;
  double delay = excess * (double)throttle->period;
  int64_t end = 0;

  for (unsigned i = 0; i < throttle->n && sum >= throttle->maximum; i++) {
    sum -= get_slot (throttle, i)->amount;
    end = get_slot (throttle, i)->end;
  }
  return end + throttle->period + (delay < (double)NEVER ? (int64_t)delay : NEVER);
}

void
throttle_spend (Throttle *throttle, int64_t now, uint64_t amount)
{
  forget (throttle, now);
  add (throttle, now, amount);
  if (throttle->sum >= throttle->maximum)
    throttle->closed_until = find_opening (throttle);
}

bool
throttle_is_idle (const Throttle *throttle, int64_t now)
{
  const unsigned last = (throttle->first + throttle->n + THROTTLE_SLOTS - 1) % THROTTLE_SLOTS;

  return throttle->closed_until <= now &&
         (throttle->n == 0 || throttle->slots[last].end + throttle->period <= now);
}
