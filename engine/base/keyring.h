/* keyring.h: the keys with which secrets are encrypted, and encrypting.
 *
 * A key file is text: a key a line, the newest first; empty lines and those that begin with # do
 * not count. The newest encrypts, all decrypt, so that keys are changed without a moment at which
 * a flow cannot start. An encrypted text belongs to its place (which parameter of which flow):
 * elsewhere it is refused.
 *
 * Invariant: no message holds a key or a secret, and what held one is wiped before it is freed.
 *
 * Thread: any; a keyring does not change. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct WeirKeyring WeirKeyring;

/* @name: what errors call the file. No I/O. Returns: (transfer full), or NULL with @error. */
WeirKeyring *weir_keyring_parse (const char *text, const char *name, GError **error);

/* Reads the key file at @path. @is_guarded: it may be readable for others, because something else
 * keeps them out; else that is an error.
 * Returns: (transfer full), or NULL with @error. */
WeirKeyring *weir_keyring_load (const char *path, bool is_guarded, GError **error);
void weir_keyring_free (WeirKeyring *keyring);

/* Returns: (transfer full): a new key as a line of a key file, with its newline, for
 * weir_secret_free; NULL with @error. */
char *weir_keyring_make_key (GError **error);

/* Encrypts @secret with the newest key, for @place.
 * Returns: (transfer full): "encrypted:...", or NULL with @error. */
char *weir_keyring_seal (const WeirKeyring *keyring, const char *place, const char *secret,
                         GError **error);

/* Returns: (transfer full): the secret of @text, for weir_secret_free; NULL with @error:
 * WEIR_ERROR_NOT_FOUND, its key is not here; WEIR_ERROR_INVALID or WEIR_ERROR_CORRUPT, it is not
 * what was written or was written for another place. */
char *weir_keyring_open (const WeirKeyring *keyring, const char *place, const char *text,
                         GError **error);

/* True when @text, an encrypted one, was encrypted with the newest key. */
bool weir_keyring_is_newest (const WeirKeyring *keyring, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirKeyring, weir_keyring_free)
