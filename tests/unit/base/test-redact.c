/* Passwords do not stay in addresses, and what is no password does. */
#include "base/redact.h"

#include <glib.h>

static void
test_uri (void)
{
  static const struct {
    const char *uri;
    const char *expected;
  } cases[] = {
    { "", "" },
    { "file:///data/a b?c", "file:///data/a b?c" },
    { "http://user:secret@host:80/p", "http://user:***@host:80/p" },
    { "http://user@host/p:q@r", "http://user@host/p:q@r" },
    { "postgres://u:p@ss:w@h/db", "postgres://u:***@h/db" },
    { "https://h/p?a=1&access_token=x&b=2#t", "https://h/p?a=1&access_token=***&b=2#t" },
    { "https://h/p?X-Amz-Signature=abc&X-Amz-Date=7",
      "https://h/p?X-Amz-Signature=***&X-Amz-Date=7" },
    { "https://h/p#access%5Ftoken=x", "https://h/p#access%5Ftoken=***" },
    { "jdbc:db://h/x;user=me;password=y", "jdbc:db://h/x;user=me;password=***" },
    { "https://h/?u=http://a:b@c&sig=%2F", "https://h/?u=http://a:b@c&sig=***" },
    { "https://h/?keyword=x&key=y", "https://h/?keyword=x&key=***" },
    { "://:@", "://:***@" },
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *redacted = weir_redact_uri (cases[i].uri);

    g_assert_cmpstr (redacted, ==, cases[i].expected);
  }
}

static void
test_names (void)
{
  static const char *const secret[] = {
    "password",        "db.Password",    "API_KEY",     "http.headers.Authorization",
    "authorization",   "X-Api-Key",      "apikey",      "http.headers.cookie",
    "aws-secret-id",   "aws.secret.key", "Passwd",      "refresh_token",
    "ssh.private.key", "my credentials", "pass phrase", "HTTP-Session-Id",
  };
  static const char *const open[] = { "filename", "keyboard",  "monkey",    "design", "path",
                                      "uuid",     "passenger", "kafka.key", "key",    "code",
                                      "sig",      "author",    "session",   "" };

  for (unsigned i = 0; i < G_N_ELEMENTS (secret); i++)
    g_assert_true (weir_redact_is_secret (secret[i]));
  for (unsigned i = 0; i < G_N_ELEMENTS (open); i++)
    g_assert_false (weir_redact_is_secret (open[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redact/uri", test_uri);
  g_test_add_func ("/redact/names", test_names);
  return g_test_run ();
}
