/* test-number.c: numbers that are read and written back. */
#include "expr/number.h"
#include <glib.h>
#include <math.h>
#include <string.h>

static void
assert_decimal (double decimal, const char *expected)
{
  char buffer[WEIR_EXPR_NUMBER_SIZE];
  size_t length = weir_expr_number_format_decimal (decimal, buffer);

  g_assert_cmpstr (buffer, ==, expected);
  g_assert_cmpuint (length, ==, strlen (expected));
}

static void
test_format_decimal (void)
{
  assert_decimal (0.0, "0.0");
  assert_decimal (-0.0, "-0.0");
  assert_decimal (1, "1.0");
  assert_decimal (0.001, "0.001");
  assert_decimal (9.999e-4, "9.999E-4");
  assert_decimal (1e7, "1.0E7");
  assert_decimal (-1.5e-300, "-1.5E-300");
  assert_decimal (9007199254740993.0, "9.007199254740992E15");
  assert_decimal (5e-324, "4.9E-324");
  assert_decimal (NAN, "NaN");
  assert_decimal (-INFINITY, "-Infinity");
}

/* Whatever is written reads back as the same double. */
static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (int i = 0; i < 20000; i++) {
    uint64_t bits = (uint64_t)g_rand_int (rand) << 32 | g_rand_int (rand);
    char buffer[WEIR_EXPR_NUMBER_SIZE];
    double decimal, back;
    int64_t whole;
    size_t length;

    memcpy (&decimal, &bits, sizeof decimal);
    if (isnan (decimal))
      continue;
    length = weir_expr_number_format_decimal (decimal, buffer);
    g_assert_cmpint (weir_expr_number_parse (buffer, length, &whole, &back), ==,
                     WEIR_EXPR_NUMBER_DECIMAL);
    g_assert_cmpint (memcmp (&decimal, &back, sizeof back), ==, 0);
  }
}

static void
test_whole (void)
{
  static const int64_t numbers[] = { 0, 1, -1, 10, INT64_MAX, INT64_MIN };
  char buffer[WEIR_EXPR_NUMBER_SIZE];
  double decimal;

  for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++) {
    size_t length = weir_expr_number_format_whole (numbers[i], buffer);
    int64_t back = 7;

    g_assert_cmpint (weir_expr_number_parse (buffer, length, &back, &decimal), ==,
                     WEIR_EXPR_NUMBER_WHOLE);
    g_assert_cmpint (back, ==, numbers[i]);
  }
}

static void
test_no_number (void)
{
  static const char *const texts[] = { "",    " ",  "-",   "+",   ".",  "e5",  "1e",   "1e+", "0x",
                                       "0xg", "1.", "--1", "1 2", "1f", "0x.", "0x1.", "١" };
  int64_t whole;
  double decimal;

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (weir_expr_number_parse (texts[i], strlen (texts[i]), &whole, &decimal), ==,
                     WEIR_EXPR_NO_NUMBER);
}

/* A very long number must not be slow nor overrun anything. */
static void
test_too_large (void)
{
  g_autofree char *digits = g_strnfill (100000, '9');
  int64_t whole;
  double decimal;

  g_assert_cmpint (weir_expr_number_parse (digits, 100000, &whole, &decimal), ==,
                   WEIR_EXPR_NUMBER_TOO_LARGE);
  digits[1] = '.';
  g_assert_cmpint (weir_expr_number_parse (digits, 100000, &whole, &decimal), ==,
                   WEIR_EXPR_NUMBER_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expr/number/format-decimal", test_format_decimal);
  g_test_add_func ("/expr/number/round-trip", test_round_trip);
  g_test_add_func ("/expr/number/whole", test_whole);
  g_test_add_func ("/expr/number/no-number", test_no_number);
  g_test_add_func ("/expr/number/too-large", test_too_large);
  return g_test_run ();
}
