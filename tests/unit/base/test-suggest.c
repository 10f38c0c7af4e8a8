#include "base/suggest.h"
#include <glib.h>
#include <string.h>

static const char *const types[] = { "GetFile", "PutFile", "ListFile", "UpdateAttribute",
                                     "RouteOnAttribute" };

static const char *
suggest (const char *name)
{
  return weir_suggest (name, types, G_N_ELEMENTS (types));
}

static void
test_finds_the_nearest (void)
{
  g_assert_cmpstr (suggest ("UpdateAtribute"), ==, "UpdateAttribute");
  g_assert_cmpstr (suggest ("updateattribute"), ==, "UpdateAttribute");
  g_assert_cmpstr (suggest ("RouteOnAttribtue"), ==, "RouteOnAttribute");
  g_assert_cmpstr (suggest ("GteFile"), ==, "GetFile");
  g_assert_cmpstr (suggest ("PutFiles"), ==, "PutFile");
  g_assert_cmpstr (suggest ("ListFile"), ==, "ListFile");
}

static void
test_finds_nothing_far_away (void)
{
  g_assert_null (suggest ("ExecuteSQL"));
  g_assert_null (suggest (""));
  g_assert_null (weir_suggest ("GetFile", NULL, 0));
}

static void
test_takes_names_of_any_length (void)
{
  g_autofree char *longest = g_strnfill (100000, 'x');
  const char *const candidates[] = { "", longest };

  g_assert_null (suggest (longest));
  g_assert_true (weir_suggest (longest, candidates, 2) == longest);
}

/* One swap is one mistake, not two: of two names one letter away the first is taken. */
static void
test_swapped_letters_are_one_mistake (void)
{
  const char *const candidates[] = { "abcd", "bacd" };

  g_assert_cmpstr (weir_suggest ("bacde", candidates, 2), ==, "bacd");
  g_assert_cmpstr (weir_suggest ("acbd", candidates, 2), ==, "abcd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/suggest/nearest", test_finds_the_nearest);
  g_test_add_func ("/suggest/far", test_finds_nothing_far_away);
  g_test_add_func ("/suggest/long", test_takes_names_of_any_length);
  g_test_add_func ("/suggest/swap", test_swapped_letters_are_one_mistake);
  return g_test_run ();
}
