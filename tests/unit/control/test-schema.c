#include "control/schema.h"

#include <weir/error.h>

/* "": it fits. */
static void
check (const WeirSchema *schema, const char *json, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  const bool fits = weir_schema_check (schema, node, &error);

  g_assert_cmpstr (fits ? "" : error->message, ==, expected);
  g_assert_true (fits || g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID));
}

static const WeirSchema *
add (WeirSchemas *schemas, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  const WeirSchema *schema = weir_schemas_add (schemas, name, text, &error);

  g_assert_no_error (error);
  return schema;
}

static void
link_all (WeirSchemas *schemas)
{
  g_autoptr (GError) error = NULL;

  weir_schemas_link (schemas, &error);
  g_assert_no_error (error);
}

static void
test_types (void)
{
  static const struct {
    const char *schema, *json, *expected;
  } rows[] = {
    { "{\"type\":\"string\"}", "\"a\"", "" },
    { "{\"type\":\"string\"}", "1", "body: text is expected" },
    { "{\"type\":\"string\"}", "null", "body: text is expected" },
    { "{\"type\":\"integer\"}", "3.0", "" },
    { "{\"type\":\"integer\"}", "3.5", "body: a whole number is expected" },
    { "{\"type\":\"integer\"}", "1e300", "body: a whole number is expected" },
    { "{\"type\":\"number\"}", "3.5", "" },
    { "{\"type\":\"number\"}", "true", "body: a number is expected" },
    { "{\"type\":\"number\"}", "1e999", "body: the number is too large" },
    { "{\"type\":\"boolean\"}", "false", "" },
    { "{\"type\":\"boolean\"}", "0", "body: true or false is expected" },
    { "{\"type\":[\"string\",\"null\"]}", "null", "" },
    { "{\"type\":[\"string\",\"null\"]}", "[]", "body: text or null is expected" },
    { "{\"type\":\"array\"}", "{}", "body: an array is expected" },
    { "{\"type\":\"object\"}", "[]", "body: an object is expected" },
    { "{}", "{\"a\":[null]}", "" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (WeirSchemas) schemas = weir_schemas_new ();

    check (add (schemas, NULL, rows[i].schema), rows[i].json, rows[i].expected);
  }
}

static void
test_bounds (void)
{
  static const struct {
    const char *schema, *json, *expected;
  } rows[] = {
    { "{\"type\":\"integer\",\"minimum\":1}", "1", "" },
    { "{\"type\":\"integer\",\"minimum\":1}", "0", "body: must be at least 1" },
    { "{\"type\":\"number\",\"maximum\":0.5}", "0.6", "body: must be at most 0.5" },
    { "{\"type\":\"string\",\"maxLength\":2}", "\"äö\"", "" },
    { "{\"type\":\"string\",\"maxLength\":2}", "\"abc\"",
      "body: must be at most 2 characters long" },
    { "{\"type\":\"string\",\"minLength\":1}", "\"\"", "body: must not be empty" },
    { "{\"type\":\"string\",\"minLength\":2}", "\"ä\"",
      "body: must be at least 2 characters long" },
    { "{\"type\":\"string\",\"enum\":[\"on\",\"off\"]}", "\"off\"", "" },
    { "{\"type\":\"string\",\"enum\":[\"start\",\"stop\"]}", "\"run\"",
      "body: must be one of the known values, not 'run'" },
    { "{\"type\":\"string\",\"enum\":[\"start\",\"stop\"]}", "\"starts\"",
      "body: must be one of the known values, not 'starts', did you mean 'start'?" },
    { "{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"}", "\"A\"",
      "body: must be of the form ^[a-z]+$" },
    { "{\"type\":\"array\",\"minItems\":1}", "[]", "body: must have at least 1 items" },
    { "{\"type\":\"array\",\"maxItems\":1}", "[1,2]", "body: must have at most 1 items" },
    { "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "[\"a\",2]",
      "[1]: text is expected" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (WeirSchemas) schemas = weir_schemas_new ();

    check (add (schemas, NULL, rows[i].schema), rows[i].json, rows[i].expected);
  }
}

static void
test_objects (void)
{
  g_autoptr (WeirSchemas) schemas = weir_schemas_new ();
  const WeirSchema *closed =
      add (schemas, NULL,
           "{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{\"name\":{\"type\":"
           "\"string\"},\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
           "\"properties\":{\"n\":{\"type\":\"integer\"}}}}}}");
  const WeirSchema *map =
      add (schemas, NULL, "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}");
  const WeirSchema *open =
      add (schemas, NULL, "{\"type\":\"object\",\"additionalProperties\":true}");

  link_all (schemas);
  check (closed, "{\"name\":\"a\",\"items\":[{\"n\":1},{}]}", "");
  check (closed, "{}", "body: 'name' is missing");
  check (closed, "{\"name\":1}", "name: text is expected");
  check (closed, "{\"name\":\"a\",\"item\":1}",
         "body: there is no property 'item', did you mean 'items'?");
  check (closed, "{\"name\":\"a\",\"items\":[{},{\"n\":\"1\"}]}",
         "items[1].n: a whole number is expected");
  check (closed, "{\"name\":\"a\",\"\\u001b[2J\":1}", "body: there is no property '\\x1b[2J'");
  check (map, "{\"any\":\"text\"}", "");
  check (map, "{\"any\\u0007\":1}", "any\\x07: text is expected");
  check (open, "{\"any\":{\"thing\":null}}", "");
}

static void
test_alternatives (void)
{
  g_autoptr (WeirSchemas) schemas = weir_schemas_new ();
  const WeirSchema *batch =
      add (schemas, NULL,
           "{\"type\":\"object\",\"properties\":{\"edits\":{\"type\":\"array\",\"items\":{\"$ref\":"
           "\"Edit\"}}}}");

  add (schemas, "Edit",
       "{\"oneOf\":[{\"$ref\":\"Move\"},{\"type\":\"object\",\"properties\":{\"op\":{\"type\":"
       "\"string\",\"enum\":[\"start\",\"stop\"]}}}],\"discriminator\":{\"propertyName\":\"op\"}}");
  add (schemas, "Move",
       "{\"type\":\"object\",\"required\":[\"x\"],\"properties\":{\"op\":{\"type\":\"string\","
       "\"enum\":[\"move\"]},\"x\":{\"type\":\"integer\"}}}");
  link_all (schemas);
  check (batch, "{\"edits\":[{\"op\":\"move\",\"x\":1},{\"op\":\"stop\"}]}", "");
  check (batch, "{\"edits\":[{\"op\":\"stop\",\"x\":1}]}", "edits[0]: there is no property 'x'");
  check (batch, "{\"edits\":[{\"op\":\"move\"}]}", "edits[0]: 'x' is missing");
  check (batch, "{\"edits\":[{\"op\":\"mov\"}]}",
         "edits[0].op: must be one of the known values, not 'mov', did you mean 'move'?");
  check (batch, "{\"edits\":[{\"x\":1}]}", "edits[0]: 'op' is missing");
  check (batch, "{\"edits\":[{\"op\":7}]}", "edits[0]: 'op' must be a text");
  check (batch, "{\"edits\":[7]}", "edits[0]: an object is expected");
}

static void
test_mistakes (void)
{
  static const char *const wrong[] = {
    "",
    "[]",
    "{\"type\":\"text\"}",
    "{\"typ\":\"string\"}",
    "{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{}}",
    "{\"type\":\"object\",\"required\":[1],\"additionalProperties\":true}",
    "{\"oneOf\":[]}",
    "{\"minimum\":\"1\"}",
    "{\"maxLength\":-1}",
    "{\"pattern\":\"(\"}",
    "{\"items\":[]}",
  };
  static const char *const loose[] = {
    "{\"$ref\":\"Nothing\"}",
    "{\"oneOf\":[{\"type\":\"object\"}],\"discriminator\":{\"propertyName\":\"op\"}}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (WeirSchemas) schemas = weir_schemas_new ();
    g_autoptr (GError) error = NULL;

    g_assert_null (weir_schemas_add (schemas, NULL, wrong[i], &error));
    g_assert_nonnull (error);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (loose); i++) {
    g_autoptr (WeirSchemas) schemas = weir_schemas_new ();
    g_autoptr (GError) error = NULL;

    add (schemas, NULL, loose[i]);
    g_assert_false (weir_schemas_link (schemas, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/schema/types", test_types);
  g_test_add_func ("/control/schema/bounds", test_bounds);
  g_test_add_func ("/control/schema/objects", test_objects);
  g_test_add_func ("/control/schema/alternatives", test_alternatives);
  g_test_add_func ("/control/schema/mistakes", test_mistakes);
  return g_test_run ();
}
