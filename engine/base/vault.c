/* vault.c: one place that knows all sources of secrets. */
#include "base/vault.h"
#include "base/sealed.h"
#include "base/secret.h"

#include <weir/error.h>

struct WeirVault {
  char *key_file;
  bool is_guarded; /* systemd keeps others from it, by its own means */
  WeirKeyring *keyring;
};

static char *
find_credential (void)
{
  const char *directory = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = directory != NULL ? g_build_filename (directory, "weir.key", NULL) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

WeirVault *
weir_vault_new (const char *key_file)
{
  WeirVault *vault = g_new0 (WeirVault, 1);

  if (key_file == NULL)
    key_file = g_getenv ("WEIR_KEY_FILE");
  if (key_file != NULL) {
    vault->key_file = g_strdup (key_file);
    return vault;
  }
  vault->key_file = find_credential ();
  vault->is_guarded = vault->key_file != NULL;
  if (vault->key_file == NULL)
    vault->key_file = g_build_filename (g_get_user_config_dir (), "weir", "key", NULL);
  return vault;
}

void
weir_vault_free (WeirVault *vault)
{
  if (vault == NULL)
    return;
  weir_keyring_free (vault->keyring);
  g_free (vault->key_file);
  g_free (vault);
}

const char *
weir_vault_get_key_file (const WeirVault *vault)
{
  return vault->key_file;
}

const WeirKeyring *
weir_vault_get_keyring (WeirVault *vault, GError **error)
{
  g_autoptr (GError) failed = NULL;

  if (vault->keyring == NULL)
    vault->keyring = weir_keyring_load (vault->key_file, vault->is_guarded, &failed);
  if (g_error_matches (failed, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is no key file %s; `weir secret keygen` makes one, or name the one with "
                 "which it was encrypted by --key or WEIR_KEY_FILE",
                 vault->key_file);
  else if (failed != NULL)
    g_propagate_error (error, g_steal_pointer (&failed));
  return vault->keyring;
}

char *
weir_vault_read (WeirVault *vault, const char *source, const char *place, GError **error)
{
  const WeirKeyring *keyring = NULL;

  if (!weir_sealed_is (source))
    return weir_secret_read (source, error);
  keyring = weir_vault_get_keyring (vault, error);
  return keyring != NULL ? weir_keyring_open (keyring, place, source, error) : NULL;
}
