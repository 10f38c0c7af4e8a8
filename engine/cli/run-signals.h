/* run-signals.h: Ctrl-C and SIGTERM while a flow runs: the first asks for an orderly end, and one
 * more must end the process, whatever it waits for.
 *
 * A thread of its own takes them. While the main thread listens they are its to take; while it does
 * not, because it starts or stops and may wait for a disk that does not answer, the second one ends
 * the process with WEIR_EXIT_HARD. The log is made for that: what was acknowledged is in it.
 *
 * Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WEIR_EXIT_HARD 3 /* see the description of `weir run` */

typedef struct WeirRunSignals WeirRunSignals;

/* Blocks them in this thread and in all that it starts, so there must not be any other yet.
 * Returns: (transfer full): not listening. */
WeirRunSignals *weir_run_signals_new (void);

/* Takes NULL. */
void weir_run_signals_free (WeirRunSignals *signals);

void weir_run_signals_listen (WeirRunSignals *signals, bool listens);

/* Takes one, waiting for it up to @usec; below 0: as long as it takes. Returns: whether one came.
 */
bool weir_run_signals_take (WeirRunSignals *signals, int64_t usec);
