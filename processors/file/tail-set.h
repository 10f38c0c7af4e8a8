/* tail-set.h: the files that are tailed at once, found again from time to time.
 *
 * Which ones have a position is state: it tells a file that came later from one that was there at
 * the first look, and lets positions go with the files that are gone.
 *
 * Thread: one at a time. */
#pragma once

#include "tail-lookup.h"
#include "tail.h"

/* Makes @tails what is to be tailed now, in the order of the paths, and keeps those that stay. */
void tail_set_refresh (GPtrArray *tails, const TailLookup *lookup, WeirSession *session,
                       const TailOptions *options);
