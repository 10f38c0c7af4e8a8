/* mask.h: texts that nobody may see, and taking them out of what people read.
 *
 * A secret is found as it is, line by line when it has several, and as an address has it
 * (percent-encoded). One that is shorter than WEIR_LIMIT_MASK_LEAST bytes is not looked for: it
 * would be found where it is not meant.
 *
 * Thread: one at a time while secrets are added; then any. Once it is shared, more can be added by
 * one at a time while others read. NULL is a mask without secrets. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct WeirMask WeirMask;

/* Returns: (transfer full). */
WeirMask *weir_mask_new (void);

/* Wipes the secrets. */
void weir_mask_free (WeirMask *mask);

void weir_mask_add (WeirMask *mask, const char *secret);

/* Others read it from now on: what they may be looking at is replaced, and kept. */
void weir_mask_share (WeirMask *mask);

bool weir_mask_is_empty (const WeirMask *mask);

/* True when a secret is in the @size bytes of @text. */
bool weir_mask_hits (const WeirMask *mask, const char *text, size_t size);

/* Returns: (transfer full): @text with "***" for each secret. */
char *weir_mask_apply (const WeirMask *mask, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirMask, weir_mask_free)
