/* pattern.h: a regular expression over names of attributes, as people write it into a property.
 *
 * Thread: any; a pattern may be used by several at once. */
#pragma once

#include <stdbool.h>
#include <weir/error.h>

typedef struct Pattern Pattern;

/* It has to match a whole name. Returns: (transfer full), or NULL with @error set. */
Pattern *pattern_new (const char *text, GError **error);

/* Takes NULL. */
void pattern_free (Pattern *pattern);

/* Returns: false with @error set when the search would take too long. */
bool pattern_match (const Pattern *pattern, const char *name, bool *ret_matches, GError **error);

/* For WeirProperty.validate. */
bool pattern_is_valid (const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pattern, pattern_free)
