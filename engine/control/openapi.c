/* openapi.c: see the header. What rows say about schemas is nearly what OpenAPI 3.1 does; the two
 * differences are in convert. Rows are ours, so what is wrong in them ends the program: a test
 * prints them all. */
#include "control/openapi.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "wire/json.h"

#define JSON "application/json"

/* More spellings are understood; these are enough for a program. */
#define DURATION "^[0-9]{1,6} (ms|s|min|h|d)$"

static void convert (JsonNode *node);

static void
convert_member (JsonObject *schema, const char *name)
{
  JsonNode *member = json_object_get_member (schema, name);

  if (member != NULL && JSON_NODE_HOLDS_OBJECT (member))
    convert (member);
}

static void
convert_properties (JsonObject *properties)
{
  g_autoptr (GList) names = json_object_get_members (properties);

  for (GList *at = names; at != NULL; at = at->next)
    convert (json_object_get_member (properties, at->data));
}

static bool
is_object (JsonObject *schema)
{
  JsonNode *type = json_object_get_member (schema, "type");

  return type != NULL && json_node_get_value_type (type) == G_TYPE_STRING &&
         strcmp (json_node_get_string (type), "object") == 0;
}

static void
convert (JsonNode *node)
{
  JsonObject *schema = json_node_get_object (node);
  const char *reference = json_object_get_string_member_with_default (schema, "$ref", NULL);
  JsonArray *alternatives = json_object_has_member (schema, "oneOf")
                                ? json_object_get_array_member (schema, "oneOf")
                                : NULL;

  if (reference != NULL) {
    g_autofree char *path = g_strconcat ("#/components/schemas/", reference, NULL);

    json_object_set_string_member (schema, "$ref", path);
  }
  if (is_object (schema) && !json_object_has_member (schema, "additionalProperties"))
    json_object_set_boolean_member (schema, "additionalProperties", FALSE);
  if (json_object_has_member (schema, "properties"))
    convert_properties (json_object_get_object_member (schema, "properties"));
  convert_member (schema, "items");
  convert_member (schema, "additionalProperties");
  for (guint i = 0; alternatives != NULL && i < json_array_get_length (alternatives); i++)
    convert (json_array_get_element (alternatives, i));
}

char *
weir_openapi_convert (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  if (node == NULL)
    g_error ("a schema is no JSON: %s: %s", error != NULL ? error->message : "empty", text);
  convert (node);
  return json_to_string (node, FALSE);
}

static void
put_schema (GString *out, const char *name, const char *text)
{
  g_autofree char *schema = weir_openapi_convert (text);

  weir_json_put_raw (out, name, schema);
}

/* --- parameters --- */

static void
put_param_schema (GString *out, const WeirParam *param)
{
  static const char *const types[] = {
    [WEIR_PARAM_TEXT] = "string", [WEIR_PARAM_INT] = "integer", [WEIR_PARAM_BOOL] = "boolean",
    [WEIR_PARAM_TIME] = "string", [WEIR_PARAM_FLOW] = "string", [WEIR_PARAM_DURATION] = "string",
  };
  size_t n = 0;

  weir_json_begin (out, "schema", '{');
  weir_json_put_text (out, "type", types[param->kind]);
  while (param->choices != NULL && param->choices[n] != NULL)
    n++;
  if (n > 0)
    weir_json_put_texts (out, "enum", param->choices, n);
  if (param->kind == WEIR_PARAM_INT && (param->min != 0 || param->max != 0)) {
    weir_json_put_int (out, "minimum", param->min);
    weir_json_put_int (out, "maximum", param->max);
  }
  if (param->kind == WEIR_PARAM_INT)
    weir_json_put_text (out, "format", "int64");
  if (param->kind == WEIR_PARAM_TIME)
    weir_json_put_raw (out, "anyOf", "[{\"format\":\"date-time\"},{\"pattern\":\"" DURATION "\"}]");
  if (param->kind == WEIR_PARAM_DURATION)
    weir_json_put_text (out, "pattern", DURATION);
  if (param->is_in_path && param->kind != WEIR_PARAM_INT)
    weir_json_put_int (out, "minLength", 1);
  weir_json_end (out, '}');
}

static void
put_params (GString *out, const WeirMethod *row)
{
  if (row->params == NULL)
    return;
  weir_json_begin (out, "parameters", '[');
  for (const WeirParam *param = row->params; param->name != NULL; param++) {
    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "name", param->name);
    weir_json_put_text (out, "in", param->is_in_path ? "path" : "query");
    weir_json_put_bool (out, "required", param->is_required);
    weir_json_put_text (out, "description", param->doc);
    put_param_schema (out, param);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
}

/* --- bodies --- */

/* @schema: JSON Schema, or a content type. */
static void
put_content (GString *out, const char *schema, const char *example)
{
  const bool is_json = *schema == '{';

  weir_json_begin (out, "content", '{');
  weir_json_begin (out, is_json ? JSON : schema, '{');
  if (is_json) {
    put_schema (out, "schema", schema);
    if (example != NULL)
      weir_json_put_raw (out, "example", example);
  } else {
    weir_json_put_raw (out, "schema", "{\"type\":\"string\"}");
    if (example != NULL)
      weir_json_put_text (out, "example", example);
  }
  weir_json_end (out, '}');
  weir_json_end (out, '}');
}

static void
put_body (GString *out, const WeirMethod *row)
{
  if (row->body == NULL)
    return;
  weir_json_begin (out, "requestBody", '{');
  weir_json_put_bool (out, "required", true);
  put_content (out, row->body, row->example);
  weir_json_end (out, '}');
}

static void
put_responses (GString *out, const WeirMethod *row)
{
  char status[16];

  g_snprintf (status, sizeof status, "%d", row->status != 0 ? row->status : 200);
  weir_json_begin (out, "responses", '{');
  weir_json_begin (out, status, '{');
  weir_json_put_text (out, "description", row->status == 204 ? "It is done." : "It was done.");
  if (row->result != NULL)
    put_content (out, row->result, row->answer);
  weir_json_end (out, '}');
  weir_json_put_raw (out, "default", "{\"$ref\":\"#/components/responses/Error\"}");
  weir_json_end (out, '}');
}

/* --- the whole --- */

static void
put_method (GString *out, const WeirMethodTable *table, const WeirMethod *row)
{
  g_autofree char *verb = g_ascii_strdown (row->verb, -1);
  const char *end = strstr (row->doc, ". ");
  g_autofree char *summary =
      end != NULL ? g_strndup (row->doc, (gsize)(end - row->doc)) : g_strdup (row->doc);

  if (g_str_has_suffix (summary, "."))
    summary[strlen (summary) - 1] = '\0';
  weir_json_begin (out, verb, '{');
  weir_json_put_text (out, "operationId", row->name);
  weir_json_put_texts (out, "tags", &table->title, 1);
  weir_json_put_text (out, "summary", summary);
  weir_json_put_text (out, "description", row->doc);
  weir_json_put_text (out, "x-weir-role", weir_role_get_text (row->role));
  weir_json_put_bool (out, "x-weir-audited", (row->flags & WEIR_METHOD_AUDIT) != 0);
  if (row->role == WEIR_ROLE_NONE)
    weir_json_put_raw (out, "security", "[]");
  put_params (out, row);
  put_body (out, row);
  put_responses (out, row);
  weir_json_end (out, '}');
}

/* All rows of a path are together, wherever they stand. */
static void
put_path (GString *out, const WeirMethodTable *const *tables, const char *path)
{
  weir_json_begin (out, path, '{');
  for (size_t i = 0; tables[i] != NULL; i++)
    for (const WeirMethod *row = tables[i]->rows; row->name != NULL; row++)
      if (strcmp (row->path, path) == 0)
        put_method (out, tables[i], row);
  weir_json_end (out, '}');
}

static void
put_paths (GString *out, const WeirMethodTable *const *tables)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  weir_json_begin (out, "paths", '{');
  for (size_t i = 0; tables[i] != NULL; i++)
    for (const WeirMethod *row = tables[i]->rows; row->name != NULL; row++)
      if (g_hash_table_add (seen, (gpointer)row->path))
        put_path (out, tables, row->path);
  weir_json_end (out, '}');
}

static void
put_components (GString *out, const WeirMethodTable *const *tables)
{
  weir_json_begin (out, "components", '{');
  weir_json_put_raw (
      out, "securitySchemes",
      "{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"Made by "
      "`weir token add`. Over the Unix socket the user at the other end is asked "
      "instead.\"}}");
  weir_json_put_raw (out, "responses",
                     "{\"Error\":{\"description\":\"It was not done.\",\"content\":{\"" JSON
                     "\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}}}}}");
  weir_json_begin (out, "schemas", '{');
  put_schema (out, "Error",
              "{\"type\":\"object\",\"description\":\"Why something was not done\",\"required\":["
              "\"error\"],\"properties\":{\"error\":{\"type\":\"object\",\"required\":[\"code\","
              "\"message\"],\"properties\":{\"code\":{\"type\":\"string\",\"description\":\"For "
              "programs\"},\"message\":{\"type\":\"string\",\"description\":\"For people: where, "
              "what, and what to do\"}}}}}");
  for (size_t i = 0; tables[i] != NULL; i++)
    for (const WeirSchemaText *text = tables[i]->schemas; text != NULL && text->name != NULL;
         text++)
      put_schema (out, text->name, text->schema);
  weir_json_end (out, '}');
  weir_json_end (out, '}');
}

char *
weir_openapi_print (const WeirMethodTable *const *tables)
{
  GString *out = g_string_new (NULL);

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "openapi", "3.1.0");
  weir_json_begin (out, "info", '{');
  weir_json_put_text (out, "title", "Weir");
  weir_json_put_text (out, "version", WEIR_VERSION);
  weir_json_put_text (out, "description", "Flows that run on a server: seen, steered and edited.");
  weir_json_end (out, '}');
  weir_json_put_raw (out, "security", "[{\"token\":[]}]");
  weir_json_begin (out, "tags", '[');
  for (size_t i = 0; tables[i] != NULL; i++) {
    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "name", tables[i]->title);
    weir_json_put_text (out, "description", tables[i]->doc);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
  put_paths (out, tables);
  put_components (out, tables);
  weir_json_end (out, '}');
  return g_string_free (out, FALSE);
}
