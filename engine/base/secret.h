/* secret.h: reads a secret from where its flow says it is, at start.
 *
 * Thread: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* @source: "env:NAME", or "file:PATH", of which one newline at the end is dropped. An empty value
 * is an error: it is what a forgotten secret looks like.
 *
 * Returns: (transfer full): free it with weir_secret_free. Errors name the source. */
char *weir_secret_read (const char *source, GError **error);

/* Overwrites @secret before it is freed. */
void weir_secret_free (char *secret);

/* True when @source has one of the forms above. */
bool weir_secret_source_is_valid (const char *source);
