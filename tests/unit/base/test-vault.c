#include "base/secret.h"
#include "base/vault.h"
#include <glib/gstdio.h>
#include <string.h>
#include <weir/error.h>

#define KEY_1 "weir-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

typedef struct {
  char *folder;
  char *credential; /* folder/weir.key */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("weir-vault-XXXXXX", NULL);
  fixture->credential = g_build_filename (fixture->folder, "weir.key", NULL);
  g_file_set_contents (fixture->credential, KEY_1, -1, NULL);
  g_chmod (fixture->credential, 0440);
  g_unsetenv ("WEIR_KEY_FILE");
  g_unsetenv ("CREDENTIALS_DIRECTORY");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_remove (fixture->credential);
  g_rmdir (fixture->folder);
  g_free (fixture->credential);
  g_free (fixture->folder);
}

static void
assert_looks_at (const char *key_file, const char *expected)
{
  g_autoptr (WeirVault) vault = weir_vault_new (key_file);

  g_assert_cmpstr (weir_vault_get_key_file (vault), ==, expected);
}

static void
test_where_the_key_file_is (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *usual = g_build_filename (g_get_user_config_dir (), "weir", "key", NULL);

  assert_looks_at (NULL, usual);
  g_setenv ("CREDENTIALS_DIRECTORY", "/nowhere", TRUE);
  assert_looks_at (NULL, usual);
  g_setenv ("CREDENTIALS_DIRECTORY", fixture->folder, TRUE);
  assert_looks_at (NULL, fixture->credential);
  g_setenv ("WEIR_KEY_FILE", "by-name", TRUE);
  assert_looks_at (NULL, "by-name");
  assert_looks_at ("named", "named");
}

static void
test_reads_every_source (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (WeirVault) vault = NULL;
  g_autofree char *sealed = NULL;
  char *secret = NULL;

  g_setenv ("CREDENTIALS_DIRECTORY", fixture->folder, TRUE);
  g_setenv ("WEIR_TEST_SECRET", "hush", TRUE);
  vault = weir_vault_new (NULL);
  secret = weir_vault_read (vault, "env:WEIR_TEST_SECRET", "place", NULL);
  g_assert_cmpstr (secret, ==, "hush");
  weir_secret_free (secret);

  sealed = weir_keyring_seal (weir_vault_get_keyring (vault, NULL), "place", "hush", NULL);
  secret = weir_vault_read (vault, sealed, "place", NULL);
  g_assert_cmpstr (secret, ==, "hush");
  weir_secret_free (secret);
  g_assert_null (weir_vault_read (vault, sealed, "elsewhere", NULL));
}

static void
test_says_what_to_do_without_a_key_file (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->folder, "none", NULL);
  g_autoptr (WeirVault) vault = weir_vault_new (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_vault_read (vault, "encrypted:", "place", &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, "weir secret keygen"));
}

static void
test_a_named_file_must_be_ours_alone (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (WeirVault) vault = weir_vault_new (fixture->credential);
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_vault_get_keyring (vault, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/base/vault/key-file", test_where_the_key_file_is);
  ADD ("/base/vault/sources", test_reads_every_source);
  ADD ("/base/vault/no-key-file", test_says_what_to_do_without_a_key_file);
  ADD ("/base/vault/permissions", test_a_named_file_must_be_ours_alone);
  return g_test_run ();
}
