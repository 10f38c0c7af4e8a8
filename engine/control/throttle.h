/* throttle.h: who has guessed wrongly too often waits.
 *
 * Thread: one at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WeirThrottle WeirThrottle;

/* Returns: (transfer full). */
WeirThrottle *weir_throttle_new (void);
void weir_throttle_free (WeirThrottle *throttle);

/* @who: an address. Returns: 0, or how many microseconds from @now on it is not listened to. */
int64_t weir_throttle_get_wait (const WeirThrottle *throttle, const char *who, int64_t now);

/* @who guessed wrongly. */
void weir_throttle_count (WeirThrottle *throttle, const char *who, int64_t now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirThrottle, weir_throttle_free)
