#include <glib.h>

#include "store/durability.h"

static void
test_words (void)
{
  WeirDurability durability = WEIR_DURABILITY_PROCESS;

  for (int i = WEIR_DURABILITY_POWER; i <= WEIR_DURABILITY_MEMORY; i++) {
    g_assert_true (
        weir_durability_parse (weir_durability_get_text ((WeirDurability)i), &durability));
    g_assert_cmpint (durability, ==, i);
  }
  g_assert_cmpstr (weir_durability_get_text (WEIR_DURABILITY_POWER), ==, "power");
  g_assert_false (weir_durability_parse ("Power", &durability));
  g_assert_false (weir_durability_parse ("", &durability));
  g_assert_cmpint (durability, ==, WEIR_DURABILITY_MEMORY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/durability/words", test_words);
  return g_test_run ();
}
