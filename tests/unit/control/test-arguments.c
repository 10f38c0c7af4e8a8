#include "control/arguments.h"

#include <weir/error.h>

static const char *const orders[] = { "time", "size", NULL };

static const WeirParam params[] = {
  { .name = "flow", .kind = WEIR_PARAM_FLOW, .is_in_path = true, .is_required = true },
  { .name = "queue", .kind = WEIR_PARAM_INT, .is_in_path = true, .is_required = true },
  { .name = "after", .kind = WEIR_PARAM_TEXT },
  { .name = "limit", .kind = WEIR_PARAM_INT, .min = 1, .max = 1000 },
  { .name = "any", .kind = WEIR_PARAM_INT },
  { .name = "all", .kind = WEIR_PARAM_BOOL },
  { .name = "since", .kind = WEIR_PARAM_TIME },
  { .name = "for", .kind = WEIR_PARAM_DURATION },
  { .name = "order", .kind = WEIR_PARAM_TEXT, .choices = orders },
  { NULL },
};
static const WeirMethod row = { .name = "queue.list", .params = params };

#define NOW INT64_C (1000000000)

static bool
parse (const char *queue, const char *query, WeirArguments *ret_arguments, GError **error)
{
  const WeirMatch match = {
    .row = &row,
    .names = { "flow", "queue" },
    .values = { "orders", queue },
    .n = 2,
  };

  return weir_arguments_parse (&match, query, NOW, ret_arguments, error);
}

static void
test_values (void)
{
  static const struct {
    const char *query, *name, *text;
    int64_t number;
  } rows[] = {
    { "", "flow", "orders", 0 },
    { "", "queue", "7", 7 },
    { "", "after", NULL, 0 },
    { "after=a%26b+c%2Bd", "after", "a&b c+d", 0 },
    { "after=", "after", "", 0 },
    { "after", "after", "", 0 },
    { "%61fter=x=y", "after", "x=y", 0 },
    { "&limit=1000&", "limit", "1000", 1000 },
    { "any=-9223372036854775808", "any", "-9223372036854775808", INT64_MIN },
    { "all=true", "all", "true", 1 },
    { "all=false", "all", "false", 0 },
    { "since=1970-01-01T00:00:01.5Z", "since", "1970-01-01T00:00:01.5Z", 1500000 },
    { "since=1970-01-01T01:00:01%2B01:00", "since", "1970-01-01T01:00:01+01:00", 1000000 },
    { "since=15+min", "since", "15 min", NOW - INT64_C (900000000) },
    { "for=5+s", "for", "5 s", 5000000 },
    { "order=size", "order", "size", 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    WeirArguments arguments;
    const WeirArgument *argument;

    parse ("7", rows[i].query, &arguments, &error);
    g_assert_no_error (error);
    argument = weir_arguments_get (&arguments, rows[i].name);
    g_assert_cmpstr (argument->text, ==, rows[i].text);
    g_assert_cmpint (argument->number, ==, rows[i].number);
    g_assert_true (argument->is_given == (rows[i].text != NULL));
    weir_arguments_clear (&arguments);
  }
}

static void
test_refused (void)
{
  static const struct {
    const char *queue, *query, *expected;
  } rows[] = {
    { "x", "", "parameter queue: a whole number is expected" },
    { "1", "limits=1", "queue.list has no parameter 'limits', did you mean 'limit'?" },
    { "1", "queue=2", "queue.list has no parameter 'queue'" },
    { "1", "=1", "queue.list has no parameter ''" },
    { "1", "limit=1&limit=2", "parameter limit: is given twice" },
    { "1", "limit=0", "parameter limit: a whole number from 1 to 1000 is expected" },
    { "1", "limit=", "parameter limit: a whole number from 1 to 1000 is expected" },
    { "1", "limit=+1", "parameter limit: a whole number from 1 to 1000 is expected" },
    { "1", "any=9223372036854775808", "parameter any: a whole number is expected" },
    { "1", "any=1.0", "parameter any: a whole number is expected" },
    { "1", "all=1", "parameter all: true or false is expected" },
    { "1", "for=0", "parameter for: a duration such as '15 min' is expected" },
    { "1", "for=5", "parameter for: a duration such as '15 min' is expected" },
    { "1", "order=name", "parameter order: one of time, size is expected" },
    { "1", "after=%zz", "the query must be percent-encoded UTF-8" },
    { "1", "after=%ff", "the query must be percent-encoded UTF-8" },
    { "1", "after=%00", "the query must be percent-encoded UTF-8" },
    { "1", "since=yesterday",
      "parameter since: a time such as '2026-01-31T12:00:00Z', or a duration ago such as '15 min', "
      "is expected" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    WeirArguments arguments;

    g_assert_false (parse (rows[i].queue, rows[i].query, &arguments, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, rows[i].expected);
  }
}

static void
test_missing (void)
{
  static const WeirParam needed[] = {
    { .name = "to", .doc = "Where it ends.", .is_required = true },
    { NULL },
  };
  static const WeirMethod other = { .name = "queue.move", .params = needed };
  const WeirMatch match = { .row = &other };
  g_autoptr (GError) error = NULL;
  WeirArguments arguments;

  g_assert_false (weir_arguments_parse (&match, "", NOW, &arguments, &error));
  g_assert_cmpstr (error->message, ==, "parameter to: is missing: Where it ends.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/arguments/values", test_values);
  g_test_add_func ("/control/arguments/refused", test_refused);
  g_test_add_func ("/control/arguments/missing", test_missing);
  return g_test_run ();
}
