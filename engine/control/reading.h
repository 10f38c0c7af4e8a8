/* reading.h: all measures of a flow at one moment.
 *
 * Immutable once taken, shared by references. Thread: any. */
#pragma once

#include "control/roster.h"

typedef struct {
  uint64_t values[WEIR_MEASURES_MAX]; /* as the measures of its kind (measure.h) */
} WeirValues;

typedef struct {
  _Atomic int n_refs;
  WeirRoster *roster;
  int64_t wall;
  int64_t monotonic;
  WeirValues subjects[]; /* as in the roster */
} WeirReading;

/* Returns: (transfer full): nothing but zeros, to be filled in. */
WeirReading *weir_reading_new_empty (WeirRoster *roster, int64_t wall, int64_t monotonic);

WeirReading *weir_reading_ref (WeirReading *reading); /* (transfer full) */

/* Takes NULL. */
void weir_reading_unref (WeirReading *reading);

/* What there was between two readings: counts are what was added, all else is as in @now.
 * Returns: (transfer full). */
WeirReading *weir_reading_new_since (const WeirReading *before, const WeirReading *now);

/* What was added to a count that was @before; one that begins anew has been added to from 0. */
static inline uint64_t
weir_reading_get_added (uint64_t before, uint64_t now)
{
  return now >= before ? now - before : now;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirReading, weir_reading_unref)
