/* fetching.h: FlowFiles for a FetchFile, as ListFile sends them, and where they go.
 *
 * Thread: main. */
#pragma once

#include "scratch.h"

/* One for the file @name in @directory of the scratch directory. */
void fetching_push (const Scratch *scratch, WeirHarness *harness, const char *directory,
                    const char *name);

/* Runs, and fails the test unless the one FlowFile left there with that content. */
void fetching_assert_goes (WeirHarness *harness, const char *relationship, const char *content);
