/* throttle.h: no more than so much within any stretch of time of a given length.
 *
 * What is spent counts for one period from its moment on. Who spends more than was left is let
 * through, and what it was too much delays the next: the average holds. Moments are kept to a
 * 32nd of the period, so something may wait that much too long, but never goes too early. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_SLOTS 64

typedef struct {
  int64_t begin;
  int64_t end; /* the last moment at which something was added */
  uint64_t amount;
} ThrottleSlot;

typedef struct {
  uint64_t maximum;
  int64_t period;
  int64_t closed_until; /* nothing may be spent before */
  uint64_t sum;
  unsigned first;
  unsigned n;
  ThrottleSlot slots[THROTTLE_SLOTS];
} Throttle;

/* @maximum is at least 1. */
void throttle_init (Throttle *throttle, uint64_t maximum, int64_t period);

/* Spends @amount; not before closed_until. */
void throttle_spend (Throttle *throttle, int64_t now, uint64_t amount);

/* True when it is as good as new. */
bool throttle_is_idle (const Throttle *throttle, int64_t now);
