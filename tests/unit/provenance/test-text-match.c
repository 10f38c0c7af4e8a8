/* Texts in texts. */
#include "provenance/text-match.h"

#include <string.h>

static bool
has (const char *text, const char *wanted)
{
  WeirTextMatch match;
  bool result;

  weir_text_match_init (&match, wanted);
  result = weir_text_match_has (&match, text, text != NULL ? strlen (text) : 0);
  weir_text_match_clear (&match);
  return result;
}

static void
test_has (void)
{
  g_assert_true (has ("file:///in/Order.CSV", "order.csv"));
  g_assert_true (has ("file:///in/Order.CSV", "FILE:"));
  g_assert_true (has ("x", "x"));
  g_assert_true (has ("", ""));
  g_assert_true (has ("anything", NULL));
  g_assert_true (has ("\303\234BER ALLES", "\303\274ber"));
  g_assert_true (has ("\377\376 Broken", "broken"));
  g_assert_false (has ("\377\376 Broken", "\303\274"));
  g_assert_false (has ("ab", "abc"));
  g_assert_false (has ("", "a"));
  g_assert_false (has (NULL, ""));
  g_assert_false (has ("order", "odrer"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text-match/has", test_has);
  return g_test_run ();
}
