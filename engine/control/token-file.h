/* token-file.h: the file of the tokens: JSON, with hashes in the place of the secrets. No I/O.
 *
 * Thread: any. */
#pragma once

#include "control/token.h"

/* Returns: (transfer full): WeirToken; NULL with @error. */
GPtrArray *weir_token_file_parse (const char *text, size_t size, GError **error);

/* As people and programs see it, without its hash: an object, a member @name or, NULL, none. */
void weir_token_put_json (GString *out, const char *name, const WeirToken *token);

/* Returns: (transfer full). */
char *weir_token_file_format (const GPtrArray *tokens);
