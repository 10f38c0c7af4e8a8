/* cron.h: "0 30 6 * * MON-FRI": when a cron schedule runs next.
 *
 * Six fields as in NiFi 2 (Spring): second minute hour day month weekday, weekdays from SUN = 0 = 7
 * to SAT. Each is `*`, or a list of values, ranges `1-5` and steps of either, `5/15`, with month
 * and weekday names. Days also know `?` (as `*`), `L` (last), `L-3` (third before), `15W` (the
 * working day nearest to the 15th), `LW` (last working day), `FRIL` (last Friday) and `MON#2`
 * (second Monday). Day and weekday must both fit. Also @hourly, @daily, @midnight, @weekly,
 * @monthly,
 * @yearly and @annually.
 *
 * Thread: any; a parsed cron does not change. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WeirCron WeirCron;

/* Returns: (transfer full), or NULL with @error: WEIR_ERROR_INVALID. */
WeirCron *weir_cron_parse (const char *text, GError **error);
void weir_cron_free (WeirCron *cron);

/* When it runs first after @after_usec (both wall time since 1970) in the local time zone.
 *
 * Where clocks are put forward, what falls into the hour that is left out runs at its end; where
 * they are put back, it runs in the first of the two hours. A cron for every hour runs by the clock
 * that is shown: not at all in the one, in both of the other.
 *
 * Returns: the time, INT64_MAX for never ("0 0 0 30 2 *"). */
int64_t weir_cron_next (const WeirCron *cron, int64_t after_usec);

/* The same in @zone. */
int64_t weir_cron_next_in (const WeirCron *cron, int64_t after_usec, GTimeZone *zone);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirCron, weir_cron_free)
