/* timers.h: everything that waits for a moment, on one thread that sleeps until the first of them.
 *
 * Without anything armed, nothing wakes up. With a fake clock there is no thread: whoever moves the
 * clock calls weir_timers_run.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct WeirTimers WeirTimers;

/* Embedded in who waits. A zeroed struct with func and data set is a timer that is not armed. */
typedef struct {
  void (*func) (void *data); /* must be quick; on the thread of the timers, without its lock */
  void *data;
  int64_t when;    /* guarded by the timers' lock */
  size_t position; /* in the heap, from 1; 0: not armed; guarded by the timers' lock */
} WeirTimer;

/* Returns: (transfer full). */
WeirTimers *weir_timers_new (WeirClock *clock);

/* Starts the thread; does nothing with a fake clock. */
void weir_timers_start (WeirTimers *timers);

/* Ends the thread; no func is running any more when this returns. */
void weir_timers_stop (WeirTimers *timers);
void weir_timers_free (WeirTimers *timers);

/* Fires at @when, monotonic, or when it was armed for, whichever is earlier. */
void weir_timers_arm (WeirTimers *timers, WeirTimer *timer, int64_t when);
void weir_timers_cancel (WeirTimers *timers, WeirTimer *timer);

/* No func runs from now on, until they go on; what is cancelled meanwhile does not run any more.
 * Not to be called from a func. */
void weir_timers_pause (WeirTimers *timers);
void weir_timers_go_on (WeirTimers *timers);

/* Fires what is due. Returns: how many. */
unsigned weir_timers_run (WeirTimers *timers);

/* When the first one is due; INT64_MAX: nothing is armed. */
int64_t weir_timers_get_next (WeirTimers *timers);
