/* fuzz-sealed.c: any text as an encrypted secret and as a key file: refused, or read; what was read
 * is written as it was. What somebody else encrypted never opens. */
#include <string.h>

#include "base/keyring.h"
#include "base/sealed.h"
#include "base/secret.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char own_key[] = "weir-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

static void
try_sealed (const char *text)
{
  g_autoptr (WeirKeyring) keyring = weir_keyring_parse (own_key, "keys", NULL);
  g_autoptr (WeirSealed) sealed = weir_sealed_parse (text, NULL);
  char *secret = weir_keyring_open (keyring, "place", text, NULL);

  if (sealed != NULL) {
    g_autofree char *again = weir_sealed_format (sealed);

    g_assert_cmpstr (again, ==, text);
  }
  g_assert_true (secret == NULL || strcmp (secret, "known to the corpus") == 0);
  weir_secret_free (secret);
}

static void
try_keys (const char *text)
{
  g_autoptr (WeirKeyring) keyring = weir_keyring_parse (text, "keys", NULL);
  g_autofree char *sealed = NULL;
  char *secret = NULL;

  if (keyring == NULL)
    return;
  sealed = weir_keyring_seal (keyring, "place", text, NULL);
  if (sealed == NULL)
    return;
  secret = weir_keyring_open (keyring, "place", sealed, NULL);
  g_assert_true (secret == NULL ? !g_utf8_validate (text, -1, NULL) : strcmp (secret, text) == 0);
  weir_secret_free (secret);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = size > 0 ? g_strndup ((const char *)data, size) : g_strdup ("");
  g_autofree char *sealed = g_strconcat ("encrypted:", text, NULL);

  try_sealed (text);
  try_sealed (sealed);
  try_keys (text);
  return 0;
}
