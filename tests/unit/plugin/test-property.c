#include "base/limits.h"
#include "plugin/property.h"
#include <string.h>

typedef struct {
  bool boolean;
  int64_t integer;
  double number;
  char *string;
  WeirSize size;
  WeirDuration duration;
  WeirChoice choice;
  const WeirExpr *expr;
} State;

static const WeirAllowed colours[] = {
  { "red", "Like blood." },
  { "green", "Like grass." },
  { NULL },
};

static const WeirProperty boolean = { "Boolean", "", WEIR_FIELD (State, boolean) };
static const WeirProperty integer = { "Integer", "", WEIR_FIELD (State, integer), .minimum = -5,
                                      .maximum = 10 };
static const WeirProperty unlimited = { "Unlimited", "", WEIR_FIELD (State, integer) };
static const WeirProperty number = { "Number", "", WEIR_FIELD (State, number), .minimum = 0.5,
                                     .maximum = 2.5e3 };
static const WeirProperty string = { "String", "", WEIR_FIELD (State, string) };
static const WeirProperty required = { "Required", "", WEIR_FIELD (State, string),
                                       .required = true };
static const WeirProperty colour_text = { "Colour text", "", WEIR_FIELD (State, string),
                                          .allowed = colours };
static const WeirProperty size = { "Size", "", WEIR_FIELD (State, size), .minimum = 1,
                                   .maximum = 1024 * 1024 };
static const WeirProperty duration = { "Duration", "", WEIR_FIELD (State, duration),
                                       .minimum = 1000, .maximum = 60e6 };
static const WeirProperty choice = { "Choice", "", WEIR_FIELD (State, choice), .allowed = colours };

static WeirValue
parse (const WeirProperty *property, const char *text)
{
  g_autoptr (GError) error = NULL;
  WeirValue value = { 0 };

  g_assert_true (weir_property_parse (property, text, false, &value, &error));
  g_assert_no_error (error);
  return value;
}

/* The message must have @what in it, and nothing may have been stored. */
static void
refuse (const WeirProperty *property, const char *text, const char *what)
{
  WeirValue value, untouched;
  g_autoptr (GError) error = NULL;

  memset (&value, 0x55, sizeof value);
  memcpy (&untouched, &value, sizeof value);
  g_assert_false (weir_property_parse (property, text, false, &value, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == WEIR_ERROR);
  g_assert_cmpmem (&value, sizeof value, &untouched, sizeof untouched);
  if (strstr (error->message, what) == NULL)
    g_error ("'%s': no '%s' in \"%s\"", text, what, error->message);
}

static void
test_boolean (void)
{
  g_assert_true (parse (&boolean, "true").boolean);
  g_assert_true (parse (&boolean, "TRUE").boolean);
  g_assert_false (parse (&boolean, "False").boolean);
  refuse (&boolean, "yes", "'yes' is not true or false");
  refuse (&boolean, "1", "true or false");
  refuse (&boolean, "", "true or false");
  refuse (&boolean, " true", "true or false");
}

static void
test_integer (void)
{
  g_assert_cmpint (parse (&integer, "10").integer, ==, 10);
  g_assert_cmpint (parse (&integer, "-5").integer, ==, -5);
  g_assert_cmpint (parse (&unlimited, "-9223372036854775808").integer, ==, G_MININT64);
  g_assert_cmpint (parse (&unlimited, "9223372036854775807").integer, ==, G_MAXINT64);
  refuse (&unlimited, "9223372036854775808", "is not a whole number");
  refuse (&integer, "11", "'11' is too large; the most is 10");
  refuse (&integer, "-6", "too small; the least is -5");
  refuse (&integer, "", "is not a whole number");
  refuse (&integer, "1.0", "is not a whole number");
  refuse (&integer, "0x1", "is not a whole number");
  refuse (&integer, "1 ", "is not a whole number");
  refuse (&integer, " 1", "is not a whole number");
}

static void
test_number (void)
{
  g_assert_cmpfloat (parse (&number, "2.5e3").number, ==, 2500.0);
  g_assert_cmpfloat (parse (&number, "0.5").number, ==, 0.5);
  g_assert_cmpfloat (parse (&number, "1").number, ==, 1.0);
  refuse (&number, "0.49", "the least is 0.5");
  refuse (&number, "1e9999", "is not a number");
  refuse (&number, "nan", "is not a number");
  refuse (&number, "inf", "is not a number");
  refuse (&number, "0x10", "is not a number");
  refuse (&number, " 1", "is not a number");
  refuse (&number, "1,5", "is not a number");
  refuse (&number, "e", "is not a number");
  refuse (&number, "", "is not a number");
}

static void
test_string (void)
{
  WeirValue value = parse (&string, "a\nb ${x}");
  g_autofree char *longest = g_strnfill (WEIR_LIMIT_PROPERTY_BYTES, 'x');
  g_autofree char *longer = g_strnfill (WEIR_LIMIT_PROPERTY_BYTES + 1, 'x');

  g_assert_cmpstr (value.string, ==, "a\nb ${x}");
  weir_value_clear (&value, WEIR_TYPE_STRING);
  g_assert_null (value.string);

  value = parse (&string, "");
  g_assert_cmpstr (value.string, ==, "");
  weir_value_clear (&value, WEIR_TYPE_STRING);

  value = parse (&string, longest);
  weir_value_clear (&value, WEIR_TYPE_STRING);
  refuse (&string, longer, "more than the 1048576");
  refuse (&string, "\xff", "not UTF-8");
  refuse (&required, "", "must not be empty");
}

static void
test_size_and_duration (void)
{
  g_assert_cmpuint (parse (&size, "1 KB").size.bytes, ==, 1024);
  refuse (&size, "2 MB", "the most is 1 MB");
  refuse (&size, "0", "too small");
  refuse (&size, "-1 KB", "");
  refuse (&size, "much", "much");
  g_assert_cmpint (parse (&duration, "1.5 sec").duration.usec, ==, 1500000);
  refuse (&duration, "2 min", "the most is 1 min");
  refuse (&duration, "10", "");
}

static void
test_choice (void)
{
  WeirValue value = parse (&colour_text, "green");

  weir_value_clear (&value, WEIR_TYPE_STRING);
  g_assert_cmpuint (parse (&choice, "red").choice.index, ==, 0);
  g_assert_cmpuint (parse (&choice, "green").choice.index, ==, 1);
  refuse (&choice, "Green", "did you mean 'green'?");
  refuse (&choice, "gren", "did you mean 'green'?");
  refuse (&choice, "blue", "use one of 'red', 'green'");
  refuse (&choice, "", "use one of");
  refuse (&colour_text, "gren", "did you mean 'green'?");
}

static bool
refuse_odd (const char *text, GError **error)
{
  if (strlen (text) % 2 == 0)
    return true;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID, "must have an even length");
  return false;
}

static void
test_validate (void)
{
  static const WeirProperty even = { "Even", "", WEIR_FIELD (State, string),
                                     .validate = refuse_odd };
  static const WeirProperty even_integer = { "Even integer", "", WEIR_FIELD (State, integer),
                                             .validate = refuse_odd };
  WeirValue value = parse (&even, "ab");

  weir_value_clear (&value, WEIR_TYPE_STRING);
  refuse (&even, "abc", "must have an even length");
  g_assert_cmpint (parse (&even_integer, "12").integer, ==, 12);
  refuse (&even_integer, "123", "must have an even length");
}

/* Only what is known before there is a FlowFile can be checked. */
static void
test_expression (void)
{
  static const WeirProperty plain = { "Plain", "", WEIR_FIELD (State, expr) };
  static const WeirProperty needed = { "Needed", "", WEIR_FIELD (State, expr), .required = true };
  static const WeirProperty even = { "Even", "", WEIR_FIELD (State, expr), .validate = refuse_odd };
  static const WeirProperty allowed = { "Allowed", "", WEIR_FIELD (State, expr),
                                        .allowed = colours };
  static const WeirProperty ranged = { "Ranged", "", WEIR_FIELD (State, expr), .minimum = 1,
                                       .maximum = 9 };
  const WeirProperty *const good[] = { &plain, &needed, &even, &allowed, &ranged };
  const char *const texts[] = { "", "red", "ab", "green", "9" };

  for (size_t i = 0; i < G_N_ELEMENTS (good); i++) {
    WeirValue value = parse (good[i], texts[i]);

    g_assert_true (weir_expr_is_constant (value.expr));
    weir_value_clear (&value, WEIR_TYPE_EXPRESSION);
    g_assert_null (value.expr);
  }
  refuse (&needed, "", "must not be empty");
  refuse (&even, "abc", "even length");
  refuse (&allowed, "blu", "'blu' is not allowed");
  refuse (&ranged, "10", "the most is 9");
  refuse (&ranged, "many", "'many' is not a number");
  refuse (&plain, "${}", "");
}

static void
test_stores_into_the_field (void)
{
  State state = { 0 };
  WeirValue value = parse (&duration, "1 sec");

  weir_value_store (&value, duration.type, (char *)&state + duration.offset);
  g_assert_cmpint (state.duration.usec, ==, 1000000);
  value = parse (&boolean, "true");
  weir_value_store (&value, boolean.type, (char *)&state + boolean.offset);
  g_assert_true (state.boolean);
  g_assert_cmpint (state.integer, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/property/boolean", test_boolean);
  g_test_add_func ("/property/integer", test_integer);
  g_test_add_func ("/property/number", test_number);
  g_test_add_func ("/property/string", test_string);
  g_test_add_func ("/property/units", test_size_and_duration);
  g_test_add_func ("/property/choice", test_choice);
  g_test_add_func ("/property/validate", test_validate);
  g_test_add_func ("/property/expression", test_expression);
  g_test_add_func ("/property/store", test_stores_into_the_field);
  return g_test_run ();
}
