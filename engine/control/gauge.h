/* gauge.h: where the figures of an engine are read: atomics, so that nothing in the flow waits for
 * it.
 *
 * Thread: one at a time. */
#pragma once

#include "control/reading.h"
#include "runtime/engine.h"

typedef struct {
  WeirEngine *engine; /* must outlive it */
  WeirRoster *roster;
  GPtrArray *nodes;  /* WeirNode, and next WeirQueue: those of the roster, also when an edit has */
  GPtrArray *queues; /* taken them out */
} WeirGauge;

/* Returns: (transfer full): for @engine, whose flow is called @name. Its roster has no keys. */
WeirGauge *weir_gauge_new (WeirEngine *engine, const char *name);

/* Takes NULL. */
void weir_gauge_free (WeirGauge *gauge);

/* False when the flow has been edited since. */
bool weir_gauge_is_current (const WeirGauge *gauge);

/* What is the same as in @before, whatever it is called now, has the same key. */
void weir_gauge_carry_keys (WeirGauge *gauge, const WeirGauge *before);

/* Returns: (transfer full). */
WeirReading *weir_gauge_read (WeirGauge *gauge);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirGauge, weir_gauge_free)
