/* error.h: sentences for GErrors in the WEIR_ERROR domain (<weir/error.h>).
 *
 * Thread: any, for every function here. */
#pragma once

#include <stdbool.h>
#include <weir/error.h>

/* Sets @error to "cannot <doing> '<path>': <reason>; <what to do>", with the code that @errnum
 * stands for. @path may be NULL when @doing says it all.
 * Returns: false, so that a caller can return it. */
bool weir_error_set_errno (GError **error, const char *doing, const char *path, int errnum);

/* Text from outside, fit for a message: valid UTF-8, control characters and quotes escaped, cut
 * after WEIR_LIMIT_QUOTE bytes, in single quotes. NULL gives "''".
 * Returns: (transfer full). */
char *weir_error_quote (const char *text);

/* A message that somebody else wrote, who may have quoted anything, fit for a terminal and for
 * JSON: what is no UTF-8 and what is no visible character is escaped, but ends of lines are kept.
 * Returns: (transfer full). */
char *weir_error_clean (const char *message);
