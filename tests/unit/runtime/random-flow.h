/* random-flow.h: flows of processors that do anything a processor may do, and much that it may not.
 *
 * The counters "made" and "ended" of its processors are committed with what they count. Only one
 * random flow runs at a time. */
#pragma once

#include "kit.h"

/* Gives @kit a flow, which is not started. @drains: nothing goes round in circles or is switched
 * off. Returns: @kit. */
Kit *random_flow (Kit *kit, bool drains);

/* Below @n, by the seed of the test. */
unsigned random_draw (unsigned n);
