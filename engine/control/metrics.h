/* metrics.h: figures in the text format of Prometheus. The names are in the table of measures
 * (measure.c), and for people in docs/monitoring.md.
 *
 * Thread: any. */
#pragma once

#include "control/reading.h"

#define WEIR_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Adds @reading of the flow @flow to @out. */
void weir_metrics_put (GString *out, const WeirReading *reading, const char *flow);

/* Several texts of weir_metrics_put as one: what is of one metric stands together.
 * Returns: (transfer full). */
GString *weir_metrics_join (const char *const *texts, size_t n);
