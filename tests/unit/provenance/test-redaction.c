/* Names whose values are not kept. */
#include "provenance/redaction.h"

static void
test_usual (void)
{
  g_autoptr (WeirRedaction) redaction = weir_redaction_new (NULL);
  const char *const hidden[] = {
    "password",        "db.Password",        "http.headers.Authorization",
    "authorization",   "X-Api-Key",          "apikey",
    "aws.secret.key",  "refresh_token",      "my credentials",
    "ssh.private.key", "http.headers.cookie"
  };
  const char *const shown[] = { "filename", "path", "key", "kafka.key", "author", "", "passenger" };

  for (size_t i = 0; i < G_N_ELEMENTS (hidden); i++)
    g_assert_true (weir_redaction_has (redaction, hidden[i]));
  for (size_t i = 0; i < G_N_ELEMENTS (shown); i++)
    g_assert_false (weir_redaction_has (redaction, shown[i]));
}

static void
test_own (void)
{
  const char *const patterns[] = { "iban", "Card.*", NULL };
  g_autoptr (WeirRedaction) redaction = weir_redaction_new (patterns);

  g_assert_true (weir_redaction_has (redaction, "IBAN"));
  g_assert_true (weir_redaction_has (redaction, "card.number"));
  g_assert_false (weir_redaction_has (redaction, "my.iban"));
  g_assert_false (weir_redaction_has (redaction, "password"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redaction/usual", test_usual);
  g_test_add_func ("/redaction/own", test_own);
  return g_test_run ();
}
