#include "control/token-store.h"

#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

#include "base/secret.h"
#include "support/directory.h"

#define NOW INT64_C (1700000000000000)

typedef struct {
  char *directory;
  char *path;
  WeirClock *clock;
  WeirTokenStore *store;
} Fixture;

static void
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->store = weir_token_store_open (fixture->directory, fixture->clock, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = directory_in_memory ("weir-tokens-XXXXXX");
  fixture->path = g_build_filename (fixture->directory, "tokens.json", NULL);
  fixture->clock = weir_clock_new_fake (NOW);
  open_store (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lock = g_build_filename (fixture->directory, "tokens.lock", NULL);

  weir_token_store_free (fixture->store);
  weir_clock_free_fake (fixture->clock);
  g_unlink (fixture->path);
  g_unlink (lock);
  g_rmdir (fixture->directory);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static void
reopen (Fixture *fixture)
{
  weir_token_store_free (fixture->store);
  open_store (fixture);
}

/* Returns: (transfer full): the text. */
static char *
add (Fixture *fixture, const char *name, int64_t expires, const char *const *flows)
{
  g_autoptr (GError) error = NULL;
  WeirToken token = {
    .name = (char *)name,
    .role = WEIR_ROLE_OPERATOR,
    .flows = (GStrv)flows,
    .created = NOW,
    .expires = expires,
    .creator = (char *)"maria",
  };
  char *text = weir_token_store_add (fixture->store, &token, &error);

  g_assert_no_error (error);
  return text;
}

/* "": it is let in. */
static void
check (Fixture *fixture, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirIdentity) identity = weir_token_store_identify (fixture->store, text, &error);

  g_assert_cmpstr (identity != NULL ? "" : error->message, ==, expected);
}

static void
test_life (Fixture *fixture, gconstpointer data)
{
  static const char *const flows[] = { "orders", NULL };
  g_autofree char *text = add (fixture, "night", 0, flows);
  g_autofree char *other = add (fixture, "day", 0, NULL);
  g_autoptr (WeirIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;

  reopen (fixture);
  identity = weir_token_store_identify (fixture->store, text, NULL);
  g_assert_cmpstr (identity->name, ==, "token night");
  g_assert_cmpint (identity->role, ==, WEIR_ROLE_OPERATOR);
  g_assert_true (g_strv_equal ((const char *const *)identity->flows, flows));
  g_assert_true (weir_token_store_revoke (fixture->store, "night", &error));
  check (fixture, text, "this token is not valid, or not any more");
  check (fixture, other, "");
  reopen (fixture);
  check (fixture, text, "this token is not valid, or not any more");
  check (fixture, other, "");
  check (fixture, "weir_", "this token is not valid, or not any more");
  g_assert_false (weir_token_store_revoke (fixture->store, "night", &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
}

static void
test_expiry (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = add (fixture, "night", NOW + 1000, NULL);

  weir_clock_advance (fixture->clock, 999);
  check (fixture, text, "");
  weir_clock_advance (fixture->clock, 1);
  check (fixture, text, "the token 'night' has expired");
  text[strlen (text) - 1] ^= 1;
  check (fixture, text, "this token is not valid, or not any more");
}

static void
test_used (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = add (fixture, "night", 0, NULL);
  g_autoptr (GPtrArray) before = weir_token_store_list (fixture->store);
  g_autoptr (GPtrArray) after = NULL;
  g_autofree char *other = NULL;

  g_assert_cmpint (((WeirToken *)before->pdata[0])->used, ==, 0);
  weir_clock_advance (fixture->clock, 5);
  check (fixture, text, "");
  other = add (fixture, "day", 0, NULL);
  reopen (fixture);
  after = weir_token_store_list (fixture->store);
  g_assert_cmpuint (after->len, ==, 2);
  g_assert_cmpstr (((WeirToken *)after->pdata[0])->name, ==, "day");
  g_assert_cmpint (((WeirToken *)after->pdata[1])->used, ==, NOW + 5);
}

/* Who reads the file can let nobody in by it; and others cannot read it. */
static void
test_secrecy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = add (fixture, "night", 0, NULL);
  g_autofree char *file = NULL;
  struct stat status;

  g_assert_true (g_file_get_contents (fixture->path, &file, NULL, NULL));
  g_assert_null (strstr (file, text + 14));
  g_assert_cmpint (stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = add (fixture, "night", 0, NULL);
  g_autoptr (GError) error = NULL;
  WeirToken twice = { .name = (char *)"night", .creator = (char *)"maria" };
  WeirToken odd = { .name = (char *)"ni\nght", .creator = (char *)"maria" };

  g_assert_nonnull (text);
  g_assert_null (weir_token_store_add (fixture->store, &twice, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (weir_token_store_add (fixture->store, &odd, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (weir_token_store_open (fixture->directory, fixture->clock, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS);
}

/* A file that is damaged is told, not taken for none. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const char *const files[] = {
    "",
    "{}",
    "{\"tokens\":[1]}",
    "{\"tokens\":[{\"id\":\"01234567\"}]}",
    "{\"tokens\":[{\"id\":\"0123456\",\"name\":\"a\",\"role\":\"admin\",\"hash\":\"00\"}]}",
  };

  weir_token_store_free (g_steal_pointer (&fixture->store));
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (fixture->path, files[i], -1, NULL));
    g_assert_null (weir_token_store_open (fixture->directory, fixture->clock, &error));
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/control/token-store/life", Fixture, NULL, set_up, test_life, tear_down);
  g_test_add ("/control/token-store/expiry", Fixture, NULL, set_up, test_expiry, tear_down);
  g_test_add ("/control/token-store/used", Fixture, NULL, set_up, test_used, tear_down);
  g_test_add ("/control/token-store/secrecy", Fixture, NULL, set_up, test_secrecy, tear_down);
  g_test_add ("/control/token-store/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/control/token-store/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  return g_test_run ();
}
