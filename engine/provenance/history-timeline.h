/* history-timeline.h: events in the order of their times, which is nearly that of their numbers,
 * but clocks are set back at times; inside history*.c only. */
#pragma once

#include "provenance/history-select.h"

#include "base/limits.h"

typedef struct WeirTimeline WeirTimeline;

/* What passes @selection in the blocks that @wish has; both must stay. @most: events that are
 * sorted at once; more are sorted in several turns. Returns: (transfer full). */
WeirTimeline *weir_timeline_new (WeirHistorySelection *selection, const WeirHistoryWish *wish,
                                 size_t most);
void weir_timeline_free (WeirTimeline *timeline);

/* The next event and the block that it is in. Returns: false at the end, or with @error. */
bool weir_timeline_next (WeirTimeline *timeline, uint64_t *ret_number, WeirHistoryFile **ret_file,
                         WeirBlockRow *ret_row, GError **error);
