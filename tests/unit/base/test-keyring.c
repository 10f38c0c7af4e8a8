#include "base/keyring.h"
#include "base/sealed.h"
#include "base/secret.h"
#include <glib/gstdio.h>
#include <string.h>
#include <weir/error.h>

#define KEY_1 "weir-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
#define KEY_2 "weir-key-1:IAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

/* Encrypted with KEY_1 for "place" by another program (Python's cryptography). */
#define KNOWN                                                    \
  "encrypted:ASB5LJ6B32NYDMn/FWRlZmdoaWprbG1ubyN1sREXySLxHhY3jf" \
  "oGBY8yt3UKi2zzcqfRrEj7o6VIVQNpItlO3tk43HrUNbHOOQ=="

static WeirKeyring *
parse (const char *text)
{
  GError *error = NULL;
  WeirKeyring *keyring = weir_keyring_parse (text, "keys", &error);

  g_assert_no_error (error);
  return keyring;
}

static void
assert_refused (const char *text, WeirError code, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_keyring_parse (text, "keys", &error));
  g_assert_error (error, WEIR_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_null (strstr (error->message, "AAECAw"));
}

static void
assert_closed (const WeirKeyring *keyring, const char *place, const char *text, WeirError code,
               const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_keyring_open (keyring, place, text, &error));
  g_assert_error (error, WEIR_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, message));
}

static void
assert_opens (const WeirKeyring *keyring, const char *place, const char *text, const char *expected)
{
  GError *error = NULL;
  char *secret = weir_keyring_open (keyring, place, text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (secret, ==, expected);
  weir_secret_free (secret);
}

static void
test_what_was_encrypted_is_decrypted (void)
{
  g_autoptr (WeirKeyring) keyring = parse (KEY_1);
  const char *const secrets[] = { "", "a", "31 bytes, and with the NUL 32....", "z\xc3\xbcrich\n" };

  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autofree char *sealed = weir_keyring_seal (keyring, "place", secrets[i], NULL);

    g_assert_true (weir_sealed_is (sealed));
    assert_opens (keyring, "place", sealed, secrets[i]);
  }
}

static void
test_it_is_the_cipher_it_says (void)
{
  g_autoptr (WeirKeyring) keyring = parse (KEY_1);

  assert_opens (keyring, "place", KNOWN, "known to the corpus");
}

static void
test_the_longest_fits (void)
{
  g_autoptr (WeirKeyring) keyring = parse (KEY_1);
  g_autofree char *longest = g_strnfill (64 * 1024, 'x');
  g_autofree char *too_long = g_strnfill (64 * 1024 + 1, 'x');
  g_autofree char *sealed = weir_keyring_seal (keyring, "place", longest, NULL);
  g_autoptr (GError) error = NULL;

  assert_opens (keyring, "place", sealed, longest);
  g_assert_null (weir_keyring_seal (keyring, "place", too_long, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);
}

static void
test_no_two_are_alike (void)
{
  g_autoptr (WeirKeyring) keyring = parse (KEY_1);
  g_autofree char *one = weir_keyring_seal (keyring, "place", "hush", NULL);
  g_autofree char *other = weir_keyring_seal (keyring, "place", "hush", NULL);
  g_autofree char *longer = weir_keyring_seal (keyring, "place", "hush, and then some", NULL);

  g_assert_cmpstr (one, !=, other);
  g_assert_cmpuint (strlen (one), ==, strlen (longer));
}

static void
test_every_change_is_noticed (void)
{
  g_autoptr (WeirKeyring) keyring = parse (KEY_1);
  g_autofree char *sealed = weir_keyring_seal (keyring, "place", "hush", NULL);
  gsize size = 0;
  g_autofree uint8_t *bytes = g_base64_decode (sealed + strlen ("encrypted:"), &size);

  for (gsize i = 0; i < size * 8; i++) {
    g_autofree char *data = NULL;
    g_autofree char *text = NULL;

    bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    data = g_base64_encode (bytes, size);
    text = g_strconcat ("encrypted:", data, NULL);
    g_assert_null (weir_keyring_open (keyring, "place", text, NULL));
    bytes[i / 8] ^= (uint8_t)(1u << i % 8);
  }
  bytes[size - 1] ^= 1;
  g_free (sealed);
  sealed = g_base64_encode (bytes, size);
  g_autofree char *text = g_strconcat ("encrypted:", sealed, NULL);
  assert_closed (keyring, "place", text, WEIR_ERROR_CORRUPT, "somebody has changed");
}

static void
test_it_is_told_what_is_wrong (void)
{
  g_autoptr (WeirKeyring) keyring = parse (KEY_1);
  g_autoptr (WeirKeyring) other = parse (KEY_2);
  g_autofree char *sealed = weir_keyring_seal (keyring, "place", "hush", NULL);
  g_autofree char *cut = g_strndup (sealed, strlen (sealed) - 4);
  g_autofree char *spaced = g_strconcat (sealed, " ", NULL);
  g_autofree char *longer = g_strnfill (128 * 1024, 'A');
  g_autofree char *endless = g_strconcat ("encrypted:", longer, NULL);

  assert_closed (other, "place", sealed, WEIR_ERROR_NOT_FOUND, "another key");
  assert_closed (keyring, "places", sealed, WEIR_ERROR_INVALID, "another parameter");
  assert_closed (keyring, "place", cut, WEIR_ERROR_INVALID, "not complete");
  assert_closed (keyring, "place", spaced, WEIR_ERROR_INVALID, "not what was written");
  assert_closed (keyring, "place", "encrypted:", WEIR_ERROR_INVALID, "not complete");
  assert_closed (keyring, "place", "encrypted:CAAA", WEIR_ERROR_UNSUPPORTED, "version 8");
  assert_closed (keyring, "place", endless, WEIR_ERROR_LIMIT, "longer than");
  assert_closed (keyring, "place", "hush", WEIR_ERROR_INVALID, "not complete");
}

static void
test_keys_are_changed (void)
{
  g_autoptr (WeirKeyring) old = parse (KEY_1);
  g_autoptr (WeirKeyring) both = parse ("# of May\r\n" KEY_2 "\n" KEY_1);
  g_autoptr (WeirKeyring) young = parse (KEY_2);
  g_autofree char *sealed = weir_keyring_seal (old, "place", "hush", NULL);
  g_autofree char *again = weir_keyring_seal (both, "place", "hush", NULL);

  assert_opens (both, "place", sealed, "hush");
  assert_opens (young, "place", again, "hush");
  assert_closed (old, "place", again, WEIR_ERROR_NOT_FOUND, "another key");
  g_assert_false (weir_keyring_is_newest (both, sealed));
  g_assert_true (weir_keyring_is_newest (both, again));
  g_assert_false (weir_keyring_is_newest (both, "encrypted:"));
}

static void
test_what_is_no_key_file (void)
{
  g_autoptr (GString) many = g_string_new (NULL);

  assert_refused ("", WEIR_ERROR_INVALID, "keys has no key");
  assert_refused ("# none\n", WEIR_ERROR_INVALID, "keys has no key");
  assert_refused (KEY_1 "hush\n", WEIR_ERROR_INVALID, "line 2 of the key file keys");
  assert_refused ("weir-key-1:AAECAw==\n", WEIR_ERROR_INVALID, "line 1");
  assert_refused ("weir-key-1:\n", WEIR_ERROR_INVALID, "line 1");
  assert_refused (" " KEY_1, WEIR_ERROR_INVALID, "line 1");
  assert_refused ("weir-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n", WEIR_ERROR_INVALID,
                  "line 1");
  for (int i = 0; i < 17; i++)
    g_string_append (many, KEY_1);
  assert_refused (many->str, WEIR_ERROR_LIMIT, "more than 16 keys");
}

static void
test_a_new_key_is_a_line (void)
{
  char *one = weir_keyring_make_key (NULL);
  char *other = weir_keyring_make_key (NULL);
  g_autoptr (WeirKeyring) keyring = parse (one);

  g_assert_nonnull (keyring);
  g_assert_cmpstr (one, !=, other);
  g_assert_true (g_str_has_suffix (one, "\n"));
  weir_secret_free (one);
  weir_secret_free (other);
}

static void
test_others_must_not_read_the_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("weir-keyring-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "key", NULL);
  g_autoptr (WeirKeyring) keyring = NULL;
  g_autoptr (WeirKeyring) guarded = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, KEY_1, -1, NULL);
  g_chmod (path, 0640);
  g_assert_null (weir_keyring_load (path, false, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, path));
  guarded = weir_keyring_load (path, true, NULL);
  g_assert_nonnull (guarded);
  g_chmod (path, 0600);
  keyring = weir_keyring_load (path, false, NULL);
  g_assert_nonnull (keyring);
  g_remove (path);
  g_clear_error (&error);
  g_assert_null (weir_keyring_load (path, false, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/keyring/decrypts", test_what_was_encrypted_is_decrypted);
  g_test_add_func ("/base/keyring/known", test_it_is_the_cipher_it_says);
  g_test_add_func ("/base/keyring/longest", test_the_longest_fits);
  g_test_add_func ("/base/keyring/alike", test_no_two_are_alike);
  g_test_add_func ("/base/keyring/changes", test_every_change_is_noticed);
  g_test_add_func ("/base/keyring/wrong", test_it_is_told_what_is_wrong);
  g_test_add_func ("/base/keyring/keys-change", test_keys_are_changed);
  g_test_add_func ("/base/keyring/no-key-file", test_what_is_no_key_file);
  g_test_add_func ("/base/keyring/new-key", test_a_new_key_is_a_line);
  g_test_add_func ("/base/keyring/permissions", test_others_must_not_read_the_file);
  return g_test_run ();
}
