/* suggest.h: finds the name that was probably meant, for "did you mean" in messages.
 *
 * Thread: any. */
#pragma once

#include <stddef.h>

/* Compares without regard to case; two names are near when at most a third of the letters differ.
 *
 * Returns: (transfer none) (nullable): the nearest of @candidates, the first of several equally
 * near; NULL when none is near. */
const char *weir_suggest (const char *name, const char *const *candidates, size_t n_candidates);
