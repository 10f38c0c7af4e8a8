#include "base/secret.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <weir/error.h>

static void
assert_fails (const char *source, WeirError code, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_secret_read (source, &error));
  g_assert_error (error, WEIR_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_reads_the_environment (void)
{
  char *secret = NULL;

  g_setenv ("WEIR_TEST_SECRET", " hush\n", TRUE);
  secret = weir_secret_read ("env:WEIR_TEST_SECRET", NULL);
  g_assert_cmpstr (secret, ==, " hush\n");
  weir_secret_free (secret);

  g_setenv ("WEIR_TEST_SECRET", "", TRUE);
  assert_fails ("env:WEIR_TEST_SECRET", WEIR_ERROR_NOT_FOUND, "WEIR_TEST_SECRET");
  g_setenv ("WEIR_TEST_SECRET", "\xff", TRUE);
  assert_fails ("env:WEIR_TEST_SECRET", WEIR_ERROR_INVALID, "UTF-8");
  g_unsetenv ("WEIR_TEST_SECRET");
  assert_fails ("env:WEIR_TEST_SECRET", WEIR_ERROR_NOT_FOUND, "WEIR_TEST_SECRET");
}

static void
test_reads_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("weir-secret-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "token", NULL);
  g_autofree char *source = g_strconcat ("file:", path, NULL);
  g_autofree char *folder_source = g_strconcat ("file:", folder, NULL);
  g_autofree char *longest = g_strnfill (64 * 1024, 'x');
  g_autofree char *too_long = g_strnfill (64 * 1024 + 1, 'x');
  char *secret = NULL;

  g_file_set_contents (path, "hush\n\n", -1, NULL);
  secret = weir_secret_read (source, NULL);
  g_assert_cmpstr (secret, ==, "hush\n");
  weir_secret_free (secret);

  g_file_set_contents (path, longest, -1, NULL);
  secret = weir_secret_read (source, NULL);
  g_assert_cmpstr (secret, ==, longest);
  weir_secret_free (secret);

  g_file_set_contents (path, too_long, -1, NULL);
  assert_fails (source, WEIR_ERROR_LIMIT, path);
  g_file_set_contents (path, "\n", -1, NULL);
  assert_fails (source, WEIR_ERROR_NOT_FOUND, "empty");
  g_file_set_contents (path, "a\0b", 3, NULL);
  assert_fails (source, WEIR_ERROR_INVALID, "UTF-8");
  g_remove (path);
  assert_fails (source, WEIR_ERROR_NOT_FOUND, path);
  assert_fails (folder_source, WEIR_ERROR_IO, folder);
  g_rmdir (folder);
}

static void
test_reads_credentials (void)
{
  g_autofree char *folder = g_dir_make_tmp ("weir-secret-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "token", NULL);
  char *secret = NULL;

  g_unsetenv ("CREDENTIALS_DIRECTORY");
  assert_fails ("credential:token", WEIR_ERROR_NOT_FOUND, "LoadCredential=token:");
  g_setenv ("CREDENTIALS_DIRECTORY", folder, TRUE);
  assert_fails ("credential:token", WEIR_ERROR_NOT_FOUND, path);
  assert_fails ("credential:../token", WEIR_ERROR_INVALID, "'../token' cannot be the name");
  assert_fails ("credential:..", WEIR_ERROR_INVALID, "cannot be the name");
  g_file_set_contents (path, "hush\n", -1, NULL);
  secret = weir_secret_read ("credential:token", NULL);
  g_assert_cmpstr (secret, ==, "hush");
  weir_secret_free (secret);
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  g_remove (path);
  g_rmdir (folder);
}

static void
test_knows_its_sources (void)
{
  assert_fails ("hush", WEIR_ERROR_INVALID, "env:");
  g_assert_true (weir_secret_source_is_valid ("env:A"));
  g_assert_true (weir_secret_source_is_valid ("file:a"));
  g_assert_true (weir_secret_source_is_valid ("credential:a"));
  g_assert_true (weir_secret_source_is_valid ("encrypted:"));
  g_assert_false (weir_secret_source_is_valid ("env:"));
  g_assert_false (weir_secret_source_is_valid ("credential:"));
  g_assert_false (weir_secret_source_is_valid ("file:"));
  g_assert_false (weir_secret_source_is_valid ("ENV:A"));
}

static void
test_leaves_no_core_dump (void)
{
  struct rlimit limit = { 0 };
  struct rlimit now = { .rlim_cur = 1 };

  getrlimit (RLIMIT_CORE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_CORE, &limit);
  weir_secret_keep_from_disk ();
  getrlimit (RLIMIT_CORE, &now);
  g_assert_cmpuint (now.rlim_cur, ==, 0);
  g_assert_true (now.rlim_max == limit.rlim_max);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/secret/environment", test_reads_the_environment);
  g_test_add_func ("/base/secret/files", test_reads_files);
  g_test_add_func ("/base/secret/credentials", test_reads_credentials);
  g_test_add_func ("/base/secret/sources", test_knows_its_sources);
  g_test_add_func ("/base/secret/core", test_leaves_no_core_dump);
  return g_test_run ();
}
