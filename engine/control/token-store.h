/* token-store.h: the tokens of a server: a file in its directory that only its user reads.
 *
 * One process at a time has the store: a server as long as it runs, or `weir token` when none runs.
 * What changes is on disk before it counts; when a token was last used is written once in a while.
 *
 * Thread: any. */
#pragma once

#include "base/clock.h"
#include "control/token.h"

typedef struct WeirTokenStore WeirTokenStore;

/* @directory: where it is; made if need be. @clock: NULL: the system's. Returns: (transfer full):
 * NULL with @error; WEIR_ERROR_EXISTS: another process has it. */
WeirTokenStore *weir_token_store_open (const char *directory, const WeirClock *clock,
                                       GError **error);

/* Writes what was not written yet. */
void weir_token_store_free (WeirTokenStore *store);

/* Keeps a new token like @token, which gets its id. Names are each there once.
 * Returns: (transfer full): the text to show, for weir_secret_free; NULL with @error. */
char *weir_token_store_add (WeirTokenStore *store, WeirToken *token, GError **error);

/* By id or name. From when it returns on, nobody is let in by it. */
bool weir_token_store_revoke (WeirTokenStore *store, const char *id_or_name, GError **error);

/* Returns: (transfer full): copies (WeirToken), by name. */
GPtrArray *weir_token_store_list (WeirTokenStore *store);

/* @text: as it was shown. Returns: (transfer full): whom it lets in, NULL with @error, which says
 * nothing that the text does not. */
WeirIdentity *weir_token_store_identify (WeirTokenStore *store, const char *text, GError **error);

/* Writes when tokens were last used, if that has changed. It waits for the disk. */
bool weir_token_store_flush (WeirTokenStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTokenStore, weir_token_store_free)
