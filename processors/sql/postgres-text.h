/* postgres-text.h: a statement with "?" for each parameter, as PostgreSQL wants it: "$1", "$2".
 *
 * Thread: any. */
#pragma once

#include <glib.h>
#include <weir/error.h>

/* "??" becomes "?", which some operators are; what stands in quotes and comments stays as it is.
 * Returns: (transfer full): NULL with @error when there is no statement in @sql, or it has
 * parameters of another kind. */
char *postgres_text_translate (const char *sql, unsigned *ret_n_parameters, GError **error);
