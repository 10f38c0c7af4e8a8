/* known.h: servers whose certificate was compared once, a line each: "https://box:8443 sha256:...".
 *
 * In the user's configuration (known-servers of weir). Thread: one at a time. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* Returns: (transfer full) (nullable): the fingerprint of @server; NULL without @error: it is not
 * known. */
char *weir_known_find (const char *server, GError **error);

/* Adds @server, or changes what is there. */
bool weir_known_remember (const char *server, const char *fingerprint, GError **error);

/* Returns: (transfer full): the path of the file, for messages. */
char *weir_known_get_path (void);
