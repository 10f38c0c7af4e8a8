/* redact.h: what must not be kept where many may read it: passwords in addresses, and names of
 * attributes whose values are secrets.
 *
 * Thread: any. */
#pragma once

#include <stdbool.h>

/* @uri without passwords: the one before an @, and values of a query or a fragment whose names say
 * that they are secret (password, token, signature...), are "***". Returns: (transfer full). */
char *weir_redact_uri (const char *uri);

/* Whether the value of an attribute @name is most likely a secret. */
bool weir_redact_is_secret (const char *name);
