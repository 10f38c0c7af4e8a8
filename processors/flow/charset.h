/* charset.h: character sets by the names that people write into properties. Thread: any. */
#pragma once

#include <stdbool.h>
#include <weir/error.h>

/* Returns: (transfer full): @size bytes of @text in another set, with a NUL behind them; NULL with
 * @error set when the name is unknown or @text cannot be written in it. */
char *charset_convert (const char *text, size_t size, const char *to, const char *from,
                       size_t *ret_size, GError **error);

/* For WeirProperty.validate. */
bool charset_is_valid (const char *name, GError **error);
