/* refusal.h: that a processor refuses how it was set, and says why.
 *
 * Thread: main. */
#pragma once

#include <weir/harness.h>

/* Fails the test unless it does, with words that match the pattern with * and ?. */
void refusal_assert (WeirHarness *harness, const char *pattern);
