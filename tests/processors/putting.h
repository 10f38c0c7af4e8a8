/* putting.h: a PutFile to the directory "out" of a scratch directory, and FlowFiles for it.
 *
 * Thread: main. */
#pragma once

#include "scratch.h"

/* Returns: (transfer full). */
WeirHarness *putting_new (const Scratch *scratch);

void putting_push (WeirHarness *harness, const char *filename, const char *content);

/* Runs, and fails the test unless so many came out at each end; what came out is forgotten. */
void putting_run (WeirHarness *harness, unsigned n_success, unsigned n_failure);
