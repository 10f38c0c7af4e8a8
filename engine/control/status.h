/* status.h: errors as HTTP has them. Thread: any. */
#pragma once

#include <glib.h>

/* 404 for WEIR_ERROR_NOT_FOUND... */
int weir_status_of_error (const GError *error);

/* "not-found": the code in {"error": {"code", "message"}}, that programs act on.
 * Returns: (transfer none). */
const char *weir_status_get_code (const GError *error);

/* Returns: (transfer full): that JSON. */
GBytes *weir_status_describe (const GError *error);
