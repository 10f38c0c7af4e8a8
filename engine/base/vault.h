/* vault.h: reads secrets from wherever a flow says they are, encrypted ones too.
 *
 * The key file is looked for when the first encrypted secret is read: the one that was named, that
 * of the environment variable WEIR_KEY_FILE, weir.key of the credentials that systemd gives a
 * service, and ~/.config/weir/key.
 *
 * Thread: any, one at a time. */
#pragma once

#include "base/keyring.h"

typedef struct WeirVault WeirVault;

/* @key_file: NULL: as above. Returns: (transfer full). */
WeirVault *weir_vault_new (const char *key_file);

/* Wipes the keys. */
void weir_vault_free (WeirVault *vault);

/* @source: as weir_secret_read takes it, or "encrypted:..." for @place.
 * Returns: (transfer full): for weir_secret_free; NULL with @error. */
char *weir_vault_read (WeirVault *vault, const char *source, const char *place, GError **error);

/* Returns: (transfer none): the keys, or NULL with @error. */
const WeirKeyring *weir_vault_get_keyring (WeirVault *vault, GError **error);

/* Returns: (transfer none): where the key file is, or has to be. */
const char *weir_vault_get_key_file (const WeirVault *vault);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirVault, weir_vault_free)
