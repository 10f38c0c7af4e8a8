/* run-status.h: the live view of a run on a terminal: rates, queues and the slowest step, drawn
 * over itself a few times a second.
 *
 * Thread: main; messages from others go through weir_run_status_say. */
#pragma once

#include "runtime/figures.h"

#include <stdio.h>

typedef struct WeirRunStatus WeirRunStatus;

/* @stream: where messages and, when @live, the view go.
 * Returns: (transfer full). */
WeirRunStatus *weir_run_status_new (FILE *stream, bool live);

/* Takes the view away. Takes NULL. */
void weir_run_status_free (WeirRunStatus *status);

/* Draws the view as of now, when there is one. @doing: "running". */
void weir_run_status_draw (WeirRunStatus *status, WeirEngine *engine, const WeirFlow *flow,
                           const char *doing);

/* Prints a line above the view. Thread: any. */
void weir_run_status_say (WeirRunStatus *status, const char *format, ...) G_GNUC_PRINTF (2, 3);
