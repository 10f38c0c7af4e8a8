#include "control/token.h"

#include <string.h>

#include "base/secret.h"

static void
test_made (void)
{
  WeirToken token = { .name = (char *)"night" };
  WeirToken other = { .name = (char *)"day" };
  char *text = weir_token_make (&token, NULL);
  char *more = weir_token_make (&other, NULL);
  char id[WEIR_TOKEN_ID + 1];
  uint8_t hash[WEIR_TOKEN_HASH];

  g_assert_cmpstr (text, !=, more);
  g_assert_true (weir_token_parse (text, id, hash));
  g_assert_cmpstr (id, ==, token.id);
  g_assert_true (weir_token_matches (&token, hash));
  g_assert_false (weir_token_matches (&other, hash));
  g_assert_cmpuint (strlen (text), ==, 5 + 8 + 1 + 64);
  g_assert_null (memmem (token.hash, sizeof token.hash, text + 14, 16));
  text[40] = text[40] == 'a' ? 'b' : 'a';
  g_assert_true (weir_token_parse (text, id, hash));
  g_assert_false (weir_token_matches (&token, hash));
  weir_secret_free (text);
  weir_secret_free (more);
}

static void
test_no_tokens (void)
{
  static const char *const texts[] = {
    "",
    "weir_",
    "weir_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abc",
    "Weir_01234567_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "weir_0123456g_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "weir_01234567-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "weir_01234567_0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
    "weir_01234567_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
    "weir_01234567_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
  };
  char id[WEIR_TOKEN_ID + 1];
  uint8_t hash[WEIR_TOKEN_HASH];

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (weir_token_parse (texts[i], id, hash));
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (128, 'a');
  g_autofree char *longer = g_strnfill (129, 'a');

  g_assert_true (weir_token_name_is_valid ("grafana on host-1"));
  g_assert_true (weir_token_name_is_valid (longest));
  g_assert_false (weir_token_name_is_valid (longer));
  g_assert_false (weir_token_name_is_valid (""));
  g_assert_false (weir_token_name_is_valid (" a"));
  g_assert_false (weir_token_name_is_valid ("a "));
  g_assert_false (weir_token_name_is_valid ("a/b"));
  g_assert_false (weir_token_name_is_valid ("a\nb"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/token/made", test_made);
  g_test_add_func ("/control/token/no-tokens", test_no_tokens);
  g_test_add_func ("/control/token/names", test_names);
  return g_test_run ();
}
