#include "base/mask.h"
#include <string.h>

typedef struct {
  const char *secrets[4];
  const char *text;
  const char *expected; /* NULL: the text */
} Case;

static const Case cases[] = {
  { { NULL }, "nothing is hidden", NULL },
  { { "hushhush" }, "nothing to hide", NULL },
  { { "hushhush" }, "hushhush", "***" },
  { { "hushhush" }, "a hushhush, hushhushhush.", "a ***, ***hush." },
  { { "short" }, "short ones are not", NULL },
  { { "inside", "it is inside of this" }, "it is inside of this, inside", "***, ***" },
  { { "it is inside of this", "inside" }, "it is inside of this, inside", "***, ***" },
  { { "a b/c&d=e" }, "https://h/?x=a%20b%2Fc%26d%3De&y=1", "https://h/?x=***&y=1" },
  { { "z\xc3\xbcrich-8000" }, "z%C3%BCrich-8000 z\xc3\xbcrich-8000", "*** ***" },
  { { "-----\nMIIEvgIBADANBgkqhk\r\nMIIEvgIBADANBgkqhl\n-----\n" },
    "----- line 'MIIEvgIBADANBgkqhl'",
    "----- line '***'" },
};

static WeirMask *
make_mask (const Case *test)
{
  WeirMask *mask = weir_mask_new ();

  for (size_t i = 0; test->secrets[i] != NULL; i++)
    weir_mask_add (mask, test->secrets[i]);
  return mask;
}

static void
test_secrets_are_taken_out (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (WeirMask) mask = make_mask (&cases[i]);
    g_autofree char *masked = weir_mask_apply (mask, cases[i].text);

    g_assert_cmpstr (masked, ==, cases[i].expected != NULL ? cases[i].expected : cases[i].text);
    g_assert_cmpint (weir_mask_hits (mask, cases[i].text, strlen (cases[i].text)), ==,
                     cases[i].expected != NULL);
  }
}

static void
test_no_mask_hides_nothing (void)
{
  g_autoptr (WeirMask) mask = weir_mask_new ();
  g_autofree char *same = weir_mask_apply (NULL, "text");

  g_assert_cmpstr (same, ==, "text");
  g_assert_false (weir_mask_hits (NULL, "text", 4));
  g_assert_true (weir_mask_is_empty (NULL));
  g_assert_true (weir_mask_is_empty (mask));
  weir_mask_add (mask, "short");
  g_assert_true (weir_mask_is_empty (mask));
  weir_mask_add (mask, "hushhush");
  weir_mask_add (mask, "hushhush");
  g_assert_false (weir_mask_is_empty (mask));
}

static void
test_bytes_end_where_they_end (void)
{
  g_autoptr (WeirMask) mask = weir_mask_new ();

  weir_mask_add (mask, "hushhush");
  g_assert_false (weir_mask_hits (mask, "hushhush", 7));
  g_assert_true (weir_mask_hits (mask, "\0hushhush", 9));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/mask/apply", test_secrets_are_taken_out);
  g_test_add_func ("/base/mask/none", test_no_mask_hides_nothing);
  g_test_add_func ("/base/mask/bytes", test_bytes_end_where_they_end);
  return g_test_run ();
}
