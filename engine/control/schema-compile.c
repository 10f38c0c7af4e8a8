/* schema-compile.c: from the text in a row to a WeirSchema. What it does not know it refuses, so
 * that no row says more than is checked. */
#include "control/schema-parts.h"

#include <math.h>
#include <string.h>
#include <weir/error.h>

static WeirSchema *compile (JsonNode *node, GError **error);

static const struct {
  const char *name;
  WeirSchemaType type;
} type_names[] = {
  { "null", WEIR_SCHEMA_NULL },     { "boolean", WEIR_SCHEMA_BOOLEAN },
  { "number", WEIR_SCHEMA_NUMBER }, { "integer", WEIR_SCHEMA_INTEGER },
  { "array", WEIR_SCHEMA_ARRAY },   { "string", WEIR_SCHEMA_STRING },
  { "object", WEIR_SCHEMA_OBJECT },
};

static void
free_schema (WeirSchema *schema)
{
  if (schema == NULL)
    return;
  g_free (schema->reference);
  g_clear_pointer (&schema->names, g_ptr_array_unref);
  g_clear_pointer (&schema->properties, g_hash_table_unref);
  g_clear_pointer (&schema->required, g_ptr_array_unref);
  free_schema (schema->others);
  free_schema (schema->items);
  g_clear_pointer (&schema->choices, g_ptr_array_unref);
  g_clear_pointer (&schema->pattern, g_regex_unref);
  g_clear_pointer (&schema->alternatives, g_ptr_array_unref);
  g_free (schema->discriminator);
  g_clear_pointer (&schema->by_tag, g_hash_table_unref);
  g_clear_pointer (&schema->tags, g_ptr_array_unref);
  g_free (schema);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSchema, free_schema)

static bool
refuse (GError **error, const char *what, const char *which)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "schema: %s '%s'", what, which);
  return false;
}

static bool
add_type (WeirSchema *schema, const char *name, GError **error)
{
  for (size_t i = 0; name != NULL && i < G_N_ELEMENTS (type_names); i++) {
    if (strcmp (name, type_names[i].name) == 0) {
      schema->types |= type_names[i].type;
      return true;
    }
  }
  return refuse (error, "there is no type", name);
}

/* Returns: (transfer full): the texts of an array. */
static GPtrArray *
read_texts (JsonNode *node, const char *keyword, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *text = json_array_get_element (array, i);

    if (json_node_get_value_type (text) != G_TYPE_STRING)
      array = NULL;
    else
      g_ptr_array_add (texts, json_node_dup_string (text));
  }
  if (array != NULL)
    return g_steal_pointer (&texts);
  refuse (error, "texts are expected in", keyword);
  return NULL;
}

static bool
read_types (WeirSchema *schema, JsonNode *node, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (JSON_NODE_HOLDS_VALUE (node))
    return add_type (schema, json_node_get_string (node), error);
  names = read_texts (node, "type", error);
  for (guint i = 0; names != NULL && i < names->len; i++)
    if (!add_type (schema, names->pdata[i], error))
      return false;
  return names != NULL;
}

static bool
read_properties (WeirSchema *schema, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, "an object is expected in", "properties");
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &member)) {
    WeirSchema *property = compile (member, error);

    if (property == NULL)
      return false;
    g_ptr_array_add (schema->names, g_strdup (name));
    g_hash_table_insert (schema->properties, g_strdup (name), property);
  }
  return true;
}

static bool
read_others (WeirSchema *schema, JsonNode *node, GError **error)
{
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN) {
    schema->is_open = json_node_get_boolean (node);
    return true;
  }
  schema->is_open = true;
  schema->others = compile (node, error);
  return schema->others != NULL;
}

static bool
read_alternatives (WeirSchema *schema, JsonNode *node, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL)
    return refuse (error, "an array is expected in", "oneOf");
  schema->alternatives = g_ptr_array_new_with_free_func ((GDestroyNotify)free_schema);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    WeirSchema *alternative = compile (json_array_get_element (array, i), error);

    if (alternative == NULL)
      return false;
    g_ptr_array_add (schema->alternatives, alternative);
  }
  return true;
}

static bool
read_discriminator (WeirSchema *schema, JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *name = object != NULL
                         ? json_object_get_string_member_with_default (object, "propertyName", NULL)
                         : NULL;

  if (name == NULL)
    return refuse (error, "propertyName is missing in", "discriminator");
  schema->discriminator = g_strdup (name);
  return true;
}

static bool
read_choices (WeirSchema *schema, JsonNode *node, GError **error)
{
  schema->choices = read_texts (node, "enum", error);
  if (schema->choices == NULL)
    return false;
  g_ptr_array_add (schema->choices, NULL);
  return true;
}

static bool
read_pattern (WeirSchema *schema, JsonNode *node, GError **error)
{
  const char *pattern = json_node_get_string (node);

  if (pattern == NULL)
    return refuse (error, "text is expected in", "pattern");
  schema->pattern = g_regex_new (pattern, G_REGEX_OPTIMIZE, 0, error);
  return schema->pattern != NULL;
}

static bool
read_count (int64_t *count, JsonNode *node, const char *keyword, GError **error)
{
  if (json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0)
    return refuse (error, "a count is expected in", keyword);
  *count = json_node_get_int (node);
  return true;
}

static bool
read_number (double *number, JsonNode *node, const char *keyword, GError **error)
{
  const GType type = json_node_get_value_type (node);

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return refuse (error, "a number is expected in", keyword);
  *number = json_node_get_double (node);
  return true;
}

/* What bounds a value. */
static bool
read_bound (WeirSchema *schema, const char *keyword, JsonNode *node, GError **error)
{
  static const char *const silent[] = { "description", "format", "default", "examples", NULL };

  if (strcmp (keyword, "minItems") == 0)
    return read_count (&schema->min_items, node, keyword, error);
  if (strcmp (keyword, "maxItems") == 0)
    return read_count (&schema->max_items, node, keyword, error);
  if (strcmp (keyword, "minLength") == 0)
    return read_count (&schema->min_length, node, keyword, error);
  if (strcmp (keyword, "maxLength") == 0)
    return read_count (&schema->max_length, node, keyword, error);
  if (strcmp (keyword, "minimum") == 0)
    return read_number (&schema->minimum, node, keyword, error);
  if (strcmp (keyword, "maximum") == 0)
    return read_number (&schema->maximum, node, keyword, error);
  if (strcmp (keyword, "pattern") == 0)
    return read_pattern (schema, node, error);
  return g_strv_contains (silent, keyword) || refuse (error, "there is no keyword", keyword);
}

static bool
read_keyword (WeirSchema *schema, const char *keyword, JsonNode *node, GError **error)
{
  if (strcmp (keyword, "type") == 0)
    return read_types (schema, node, error);
  if (strcmp (keyword, "properties") == 0)
    return read_properties (schema, node, error);
  if (strcmp (keyword, "required") == 0)
    return (schema->required = read_texts (node, keyword, error)) != NULL;
  if (strcmp (keyword, "additionalProperties") == 0)
    return read_others (schema, node, error);
  if (strcmp (keyword, "items") == 0)
    return (schema->items = compile (node, error)) != NULL;
  if (strcmp (keyword, "enum") == 0)
    return read_choices (schema, node, error);
  if (strcmp (keyword, "oneOf") == 0)
    return read_alternatives (schema, node, error);
  if (strcmp (keyword, "discriminator") == 0)
    return read_discriminator (schema, node, error);
  if (strcmp (keyword, "$ref") == 0) {
    schema->reference = json_node_dup_string (node);
    return schema->reference != NULL || refuse (error, "text is expected in", keyword);
  }
  return read_bound (schema, keyword, node, error);
}

static bool
is_consistent (const WeirSchema *schema, GError **error)
{
  for (guint i = 0; schema->required != NULL && i < schema->required->len; i++)
    if (!schema->is_open && !g_hash_table_contains (schema->properties, schema->required->pdata[i]))
      return refuse (error, "required, but no property:", schema->required->pdata[i]);
  if ((schema->alternatives != NULL) != (schema->discriminator != NULL))
    return refuse (error, "without the other:", schema->alternatives ? "oneOf" : "discriminator");
  return true;
}

static WeirSchema *
compile (JsonNode *node, GError **error)
{
  g_autoptr (WeirSchema) schema = g_new (WeirSchema, 1);
  JsonObjectIter iter;
  const char *keyword;
  JsonNode *value;

  *schema = (WeirSchema){
    .names = g_ptr_array_new_with_free_func (g_free),
    .properties =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)free_schema),
    .max_items = INT64_MAX,
    .max_length = INT64_MAX,
    .minimum = -INFINITY,
    .maximum = INFINITY,
  };
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    refuse (error, "an object is expected, not", json_node_type_name (node));
    return NULL;
  }
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &keyword, &value))
    if (!read_keyword (schema, keyword, value, error))
      return NULL;
  return is_consistent (schema, error) ? g_steal_pointer (&schema) : NULL;
}

WeirSchemas *
weir_schemas_new (void)
{
  WeirSchemas *schemas = g_new (WeirSchemas, 1);

  schemas->all = g_ptr_array_new_with_free_func ((GDestroyNotify)free_schema);
  schemas->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return schemas;
}

void
weir_schemas_free (WeirSchemas *schemas)
{
  if (schemas == NULL)
    return;
  g_hash_table_unref (schemas->by_name);
  g_ptr_array_unref (schemas->all);
  g_free (schemas);
}

const WeirSchema *
weir_schemas_add (WeirSchemas *schemas, const char *name, const char *text, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  WeirSchema *schema = NULL;

  if (node == NULL)
    refuse (error, "this is no JSON:", text);
  else
    schema = compile (node, error);
  if (schema == NULL) {
    g_prefix_error (error, "%s: ", name != NULL ? name : text);
    return NULL;
  }
  g_ptr_array_add (schemas->all, schema);
  if (name != NULL && !g_hash_table_insert (schemas->by_name, g_strdup (name), schema)) {
    refuse (error, "there are two of the name", name);
    return NULL;
  }
  return schema;
}

const WeirSchema *
weir_schemas_find (const WeirSchemas *schemas, const char *name)
{
  return g_hash_table_lookup (schemas->by_name, name);
}
