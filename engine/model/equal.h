/* equal.h: whether components say the same.
 *
 * Thread: any; they must not change meanwhile. */
#pragma once

#include "model/flow.h"

/* True when all of it is the same, with what is in it, its place and its ghosts; not where in a
 * file it stood. */
bool weir_component_equal (const WeirComponent *a, const WeirComponent *b);

bool weir_ghosts_equal (const WeirGhosts *a, const WeirGhosts *b);
bool weir_parameter_equal (const WeirParameter *a, const WeirParameter *b);
