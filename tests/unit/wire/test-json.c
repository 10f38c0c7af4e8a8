#include "base/limits.h"
#include "wire/json.h"
#include <string.h>
#include <weir/error.h>

/* What is read is printed by json-glib. */
static const char *const good[][2] = {
  { "{}", "{}" },
  { " [ ] \r\n\t", "[]" },
  { "null", "null" },
  { "[true,false,null]", "[true,false,null]" },
  { "[0,-0,-1,9223372036854775807,-9223372036854775808]",
    "[0,0,-1,9223372036854775807,-9223372036854775808]" },
  { "[0.5,-1.5e2,2E+1]", "[0.5,-150.0,20.0]" },
  { "{\"a\":{\"b\":[1,{\"c\":\"d\"}]},\"\":2}", "{\"a\":{\"b\":[1,{\"c\":\"d\"}]},\"\":2}" },
  { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\"",
    "\"\\\"\\\\/\\b\\f\\n\\r\\t\xc3\xa4\xf0\x9f\x98\x80\"" },
};

static void
test_good (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) root = weir_json_parse (good[i][0], strlen (good[i][0]), &error);
    g_autofree char *text = NULL;

    g_assert_no_error (error);
    text = json_to_string (root, FALSE);
    g_assert_cmpstr (text, ==, good[i][1]);
  }
}

static const char *const bad[][2] = {
  { "", "line 1, column 1: this is no value" },
  { "{", "a name in quotes" },
  { "[1", "a comma or the end" },
  { "[1,]", "column 4: this is no value" },
  { "[,1]", "this is no value" },
  { "{\"a\":1,}", "a name in quotes" },
  { "{a:1}", "a name in quotes" },
  { "{\"a\" 1}", "a colon" },
  { "{\"a\":1,\n \"a\":2}", "line 2, column 5: a name stands here for the second time" },
  { "{\"a\":1,\"\\u0061\":2}", "for the second time" },
  { "[1] 2", "behind the end" },
  { "// no\n1", "this is no value" },
  { "'a'", "this is no value" },
  { "\"a", "not closed" },
  { "\"a\nb\"", "control character" },
  { "\"\\x\"", "escape" },
  { "\"\\u12\"", "escape" },
  { "\"\\u0000\"", "escape" },
  { "\"\\ud800\"", "escape" },
  { "\"\\ud800\\u0041\"", "escape" },
  { "\"\\udc00\"", "escape" },
  { "\"\xff\"", "not UTF-8" },
  { "[01]", "a comma" },
  { "[.5]", "no value" },
  { "[5.]", "no number" },
  { "[1e]", "no number" },
  { "[-]", "no number" },
  { "[1e999]", "cannot be held" },
  { "nul", "no value" },
  { "NaN", "no value" },
};

static void
test_bad (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    JsonNode *root = weir_json_parse (bad[i][0], strlen (bad[i][0]), &error);

    g_test_message ("case %zu", i);
    g_assert_null (root);
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, bad[i][1]));
  }
  g_assert_null (weir_json_parse ("\"a\0b\"", 5, NULL));
}

static char *
nest (unsigned depth)
{
  GString *text = g_string_new (NULL);

  for (unsigned i = 0; i < depth; i++)
    g_string_append (text, i % 2 == 0 ? "[" : "{\"a\":");
  g_string_append_c (text, '1');
  for (unsigned i = depth; i > 0; i--)
    g_string_append_c (text, i % 2 == 1 ? ']' : '}');
  return g_string_free (text, FALSE);
}

static void
test_limits (void)
{
  g_autofree char *deep = nest (WEIR_LIMIT_JSON_DEPTH);
  g_autofree char *too_deep = nest (WEIR_LIMIT_JSON_DEPTH + 1);
  g_autofree char *bomb = g_strnfill (5000000, '[');
  g_autofree char *many = g_strnfill (2 * WEIR_LIMIT_JSON_VALUES + 1, '1');
  g_autoptr (JsonNode) root = weir_json_parse (deep, strlen (deep), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (root);
  g_assert_null (weir_json_parse (too_deep, strlen (too_deep), &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (weir_json_parse (bomb, strlen (bomb), &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);
  g_clear_error (&error);

  many[0] = '[';
  for (size_t i = 2; i < 2 * WEIR_LIMIT_JSON_VALUES; i += 2)
    many[i] = ',';
  many[2 * WEIR_LIMIT_JSON_VALUES] = ']';
  g_assert_null (weir_json_parse (many, strlen (many), &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT);
}

static JsonObject *
read_object (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = weir_json_parse_object (text, strlen (text), &error);

  g_assert_no_error (error);
  return object;
}

static void
test_get (void)
{
  g_autoptr (JsonObject) object =
      read_object ("{\"t\":\"x\",\"i\":5,\"b\":true,\"o\":{},\"a\":[\"p\",\"q\"],\"n\":null}");
  g_autoptr (GPtrArray) texts = NULL;
  const char *text = "before";
  int64_t integer = 0;
  bool is_set = false;
  JsonObject *inner = NULL;
  JsonArray *array = NULL;

  g_assert_true (weir_json_get_text (object, "", "n", false, &text, NULL));
  g_assert_true (weir_json_get_text (object, "", "missing", false, &text, NULL));
  g_assert_cmpstr (text, ==, "before");
  g_assert_true (weir_json_get_text (object, "", "t", true, &text, NULL));
  g_assert_cmpstr (text, ==, "x");
  g_assert_true (
      weir_json_get_int (object, "", "i", true, (WeirJsonRange){ 5, 5 }, &integer, NULL));
  g_assert_cmpint (integer, ==, 5);
  g_assert_true (weir_json_get_bool (object, "", "b", true, &is_set, NULL));
  g_assert_true (is_set);
  g_assert_true (weir_json_get_object (object, "", "o", true, &inner, NULL));
  g_assert_nonnull (inner);
  g_assert_true (weir_json_get_array (object, "", "a", true, &array, NULL));
  g_assert_cmpuint (json_array_get_length (array), ==, 2);
  g_assert_true (weir_json_get_texts (object, "", "a", true, &texts, NULL));
  g_assert_cmpstr (texts->pdata[1], ==, "q");
}

static void
assert_says (GError **error, const char *message)
{
  g_assert_error (*error, WEIR_ERROR, WEIR_ERROR_INVALID);
  g_assert_cmpstr ((*error)->message, ==, message);
  g_clear_error (error);
}

static void
test_get_wrong (void)
{
  g_autoptr (JsonObject) object = read_object ("{\"t\":1,\"i\":1.5,\"n\":null,\"a\":[1]}");
  static const char *const names[] = { "text", "i", "n", "a", NULL };
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GError) error = NULL;
  const char *text = NULL;
  int64_t integer = 0;
  bool is_set = false;
  JsonObject *inner = NULL;
  JsonArray *array = NULL;
  WeirJsonRange range = { -1, 2 };

  g_assert_false (weir_json_get_text (object, "operations[3]", "n", true, &text, &error));
  assert_says (&error, "operations[3].n is missing");
  g_assert_false (weir_json_get_text (object, "", "t", false, &text, &error));
  assert_says (&error, "t is no text: write \"...\"");
  g_assert_false (weir_json_get_int (object, "", "i", false, range, &integer, &error));
  assert_says (&error, "i is no whole number from -1 to 2");
  range.max = 0;
  g_assert_false (weir_json_get_int (object, "", "t", false, range, &integer, &error));
  assert_says (&error, "t is no whole number from -1 to 0");
  g_assert_false (weir_json_get_bool (object, "", "t", false, &is_set, &error));
  assert_says (&error, "t is neither true nor false");
  g_assert_false (weir_json_get_object (object, "", "a", false, &inner, &error));
  assert_says (&error, "a is no object: write {...}");
  g_assert_false (weir_json_get_array (object, "", "t", false, &array, &error));
  assert_says (&error, "t is no array: write [...]");
  g_assert_false (weir_json_get_texts (object, "x", "a", false, &texts, &error));
  assert_says (&error, "x.a has an element, number 1, that is no text");
  g_assert_false (weir_json_check_names (object, "x", names, &error));
  assert_says (&error, "x.t means nothing here");
}

static void
test_names (void)
{
  g_autoptr (JsonObject) object = read_object ("{\"prperty\":1}");
  static const char *const names[] = { "path", "property", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (weir_json_check_names (object, "", names, &error));
  assert_says (&error, "prperty means nothing here, did you mean 'property'?");
}

static void
test_write (void)
{
  static const char *const texts[] = { "a", "b" };
  g_autoptr (GString) out = g_string_new ("data: ");

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "text", "\"\\\b\f\n\r\t\x01/\xc3\xa4");
  weir_json_put_text (out, "bytes", "a\xff");
  weir_json_put_text (out, "none", NULL);
  weir_json_put_texts (out, "texts", texts, 2);
  weir_json_put_texts (out, "no texts", NULL, 0);
  weir_json_begin (out, "numbers", '[');
  weir_json_put_int (out, NULL, G_MININT64);
  weir_json_put_int (out, NULL, 0);
  weir_json_put_uint (out, NULL, G_MAXUINT64);
  weir_json_put_real (out, NULL, 1.5, 3);
  weir_json_put_real (out, NULL, 100, 3);
  weir_json_put_real (out, NULL, -0.0001, 3);
  weir_json_put_real (out, NULL, 1e300 * 1e300, 3);
  weir_json_end (out, ']');
  weir_json_begin (out, "inner", '{');
  weir_json_put_bool (out, "yes", true);
  weir_json_put_raw (out, "raw", "[1]");
  weir_json_end (out, '}');
  weir_json_put_time (out, "never", 0);
  weir_json_put_time (out, "time", INT64_C (1795057200250999));
  weir_json_end (out, '}');
  g_assert_cmpstr (out->str, ==,
                   "data: {\"text\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001/\xc3\xa4\","
                   "\"bytes\":\"a\xef\xbf\xbd\",\"none\":null,\"texts\":[\"a\",\"b\"],"
                   "\"no texts\":[],\"numbers\":[-9223372036854775808,0,18446744073709551615,"
                   "1.5,100,0,null],\"inner\":{\"yes\":true,\"raw\":[1]},\"never\":null,"
                   "\"time\":\"2026-11-19T03:00:00.250Z\"}");
}

/* Each text is read as it was written. */
static void
test_round_trip (void)
{
  for (gunichar c = 1; c < 0x11000; c++) {
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (JsonNode) root = NULL;
    char text[8] = { 0 };

    if (!g_unichar_validate (c))
      continue;
    g_unichar_to_utf8 (c, text);
    weir_json_put_text (out, NULL, text);
    root = weir_json_parse (out->str, out->len, NULL);
    g_assert_nonnull (root);
    g_assert_cmpstr (json_node_get_string (root), ==, text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/json/good", test_good);
  g_test_add_func ("/wire/json/bad", test_bad);
  g_test_add_func ("/wire/json/limits", test_limits);
  g_test_add_func ("/wire/json/get", test_get);
  g_test_add_func ("/wire/json/get-wrong", test_get_wrong);
  g_test_add_func ("/wire/json/names", test_names);
  g_test_add_func ("/wire/json/write", test_write);
  g_test_add_func ("/wire/json/round-trip", test_round_trip);
  return g_test_run ();
}
