/* provenance-events.h: writes events as rows: with the columns that were asked for, or those that
 * tell people most. Thread: main. */
#pragma once

#include "cli/provenance.h"

typedef struct WeirEventRows WeirEventRows;

/* Says in the filter what has to be unpacked. Returns: (transfer full). */
WeirEventRows *weir_event_rows_new (WeirProvenance *provenance);
void weir_event_rows_free (WeirEventRows *self);

/* The event that @cursor has stepped to. */
bool weir_event_rows_put (WeirEventRows *self, WeirHistoryCursor *cursor, GError **error);
void weir_event_rows_flush (WeirEventRows *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEventRows, weir_event_rows_free)
