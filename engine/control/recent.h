/* recent.h: the figures of each of the last seconds, in memory.
 *
 * What does nothing takes no memory. Thread: any. */
#pragma once

#include "control/reading.h"
#include "control/series.h"

typedef struct WeirRecent WeirRecent;

/* Returns: (transfer full). */
WeirRecent *weir_recent_new (void);
void weir_recent_free (WeirRecent *recent);

/* @since: of weir_reading_new_since, over the last @span microseconds. */
void weir_recent_add (WeirRecent *recent, const WeirReading *since, int64_t span);

/* When the first second that is known begins, wall; INT64_MAX: there is none. */
int64_t weir_recent_get_start (WeirRecent *recent);

/* Adds what is known of the subject with @key after @from. */
void weir_recent_read (WeirRecent *recent, uint32_t key, int64_t from, WeirSeries *series);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRecent, weir_recent_free)
