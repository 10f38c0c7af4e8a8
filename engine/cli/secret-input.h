/* secret-input.h: gets a secret from who types it, or from standard input. Thread: main. */
#pragma once

#include <glib.h>

/* On a terminal it is asked for twice, as @name, and not shown; else all of standard input is it,
 * without one newline at its end.
 * Returns: (transfer full): for weir_secret_free; NULL with @error. */
char *weir_secret_input_read (const char *name, GError **error);
