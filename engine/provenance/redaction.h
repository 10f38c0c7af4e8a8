/* redaction.h: attributes whose values are not kept in provenance, by their names. Thread: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What stands in their place. */
#define WEIR_REDACTED "(redacted)"

/* The same for values that are larger than a block may be. */
#define WEIR_TOO_LARGE "(too large)"

typedef struct WeirRedaction WeirRedaction;

/* @patterns: with * for any characters, in upper or lower case, NULL-terminated; NULL: the usual
 * ones. Returns: (transfer full). */
WeirRedaction *weir_redaction_new (const char *const *patterns);
void weir_redaction_free (WeirRedaction *redaction);

bool weir_redaction_has (const WeirRedaction *redaction, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRedaction, weir_redaction_free)
