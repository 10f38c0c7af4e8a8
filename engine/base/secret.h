/* secret.h: reads a secret from where its flow says it is, at start. Encrypted ones: vault.h.
 *
 * Thread: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* @source: "env:NAME"; "file:PATH", of which one newline at the end is dropped; or
 * "credential:NAME", such a file in the directory that systemd gives a service. An empty value is
 * an error: it is what a forgotten secret looks like.
 *
 * Returns: (transfer full): free it with weir_secret_free. Errors name the source. */
char *weir_secret_read (const char *source, GError **error);

/* Overwrites @secret before it is freed. */
void weir_secret_free (char *secret);

/* The process leaves no core dump any more, in which secrets would be; `prlimit --core` lets it
 * again for who wants to see one. */
void weir_secret_keep_from_disk (void);

/* True when @source has one of the forms above or begins with "encrypted:". */
bool weir_secret_source_is_valid (const char *source);
