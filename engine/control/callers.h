/* callers.h: the threads on which methods are called that may wait.
 *
 * Thread: any, except weir_callers_free. */
#pragma once

#include <stdbool.h>

typedef struct WeirCallers WeirCallers;

/* @max: how many may wait for a thread. Returns: (transfer full). */
WeirCallers *weir_callers_new (unsigned n_threads, unsigned max);

/* Runs what still waits, then ends. */
void weir_callers_free (WeirCallers *callers);

/* Calls @func soon, one after another on each thread. Returns: false when too many wait. */
bool weir_callers_push (WeirCallers *callers, void (*func) (void *data), void *data);
