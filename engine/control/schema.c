/* schema.c: holds a body against its schema. It recurses as deep as the body is, which its reader
 * has bounded. */
#include "control/schema-parts.h"

#include <math.h>
#include <string.h>
#include <weir/error.h>

#include "base/error.h"
#include "base/suggest.h"

/* Beyond it a double is no exact whole number. */
#define EXACT 9007199254740992.0

static bool check (const WeirSchema *schema, JsonNode *node, GString *path, GError **error);

static bool refuse (GString *path, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

static bool
refuse (GString *path, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *place = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  place = weir_error_clean (path->len > 0 ? path->str : "body");
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: %s", place, message);
  return false;
}

/* A text that came with the request is part of a message, bounded. */
static bool
refuse_name (GString *path, GError **error, const char *what, const char *name,
             const GPtrArray *candidates)
{
  g_autofree char *quoted = weir_error_quote (name);
  const size_t n = candidates->len > 0 && candidates->pdata[candidates->len - 1] == NULL
                       ? candidates->len - 1
                       : candidates->len;
  const char *nearest = weir_suggest (name, (const char *const *)candidates->pdata, n);

  if (nearest != NULL)
    return refuse (path, error, "%s %s, did you mean '%s'?", what, quoted, nearest);
  return refuse (path, error, "%s %s", what, quoted);
}

static unsigned
get_type (JsonNode *node)
{
  const GType type = json_node_get_value_type (node);

  if (JSON_NODE_HOLDS_OBJECT (node))
    return WEIR_SCHEMA_OBJECT;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return WEIR_SCHEMA_ARRAY;
  if (type == G_TYPE_STRING)
    return WEIR_SCHEMA_STRING;
  if (type == G_TYPE_BOOLEAN)
    return WEIR_SCHEMA_BOOLEAN;
  if (type == G_TYPE_INT64)
    return WEIR_SCHEMA_INTEGER | WEIR_SCHEMA_NUMBER;
  if (type == G_TYPE_DOUBLE) {
    const double number = json_node_get_double (node);

    return trunc (number) == number && fabs (number) <= EXACT
               ? WEIR_SCHEMA_INTEGER | WEIR_SCHEMA_NUMBER
               : WEIR_SCHEMA_NUMBER;
  }
  return WEIR_SCHEMA_NULL;
}

static bool
refuse_type (const WeirSchema *schema, GString *path, GError **error)
{
  static const struct {
    WeirSchemaType type;
    const char *text;
  } texts[] = {
    { WEIR_SCHEMA_STRING, "text" },     { WEIR_SCHEMA_INTEGER, "a whole number" },
    { WEIR_SCHEMA_NUMBER, "a number" }, { WEIR_SCHEMA_BOOLEAN, "true or false" },
    { WEIR_SCHEMA_ARRAY, "an array" },  { WEIR_SCHEMA_OBJECT, "an object" },
    { WEIR_SCHEMA_NULL, "null" },
  };
  g_autoptr (GString) wanted = g_string_new (NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    if ((schema->types & texts[i].type) != 0)
      g_string_append_printf (wanted, "%s%s", wanted->len > 0 ? " or " : "", texts[i].text);
  return refuse (path, error, "%s is expected", wanted->str);
}

static bool
check_number (const WeirSchema *schema, JsonNode *node, GString *path, GError **error)
{
  const double number = json_node_get_double (node);
  char bound[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    return refuse (path, error, "the number is too large");
  if (number < schema->minimum)
    return refuse (path, error, "must be at least %s",
                   g_ascii_formatd (bound, sizeof bound, "%.15g", schema->minimum));
  if (number > schema->maximum)
    return refuse (path, error, "must be at most %s",
                   g_ascii_formatd (bound, sizeof bound, "%.15g", schema->maximum));
  return true;
}

static bool
check_text (const WeirSchema *schema, JsonNode *node, GString *path, GError **error)
{
  const char *text = json_node_get_string (node);

  if (schema->max_length < INT64_MAX && g_utf8_strlen (text, -1) > schema->max_length)
    return refuse (path, error, "must be at most %" G_GINT64_FORMAT " characters long",
                   schema->max_length);
  if (schema->min_length > 0 && g_utf8_strlen (text, -1) < schema->min_length)
    return schema->min_length == 1
               ? refuse (path, error, "must not be empty")
               : refuse (path, error, "must be at least %" G_GINT64_FORMAT " characters long",
                         schema->min_length);
  if (schema->choices != NULL &&
      !g_strv_contains ((const char *const *)schema->choices->pdata, text))
    return refuse_name (path, error, "must be one of the known values, not", text, schema->choices);
  if (schema->pattern != NULL && !g_regex_match (schema->pattern, text, 0, NULL))
    return refuse (path, error, "must be of the form %s", g_regex_get_pattern (schema->pattern));
  return true;
}

static bool
check_array (const WeirSchema *schema, JsonNode *node, GString *path, GError **error)
{
  JsonArray *array = json_node_get_array (node);
  const guint n = json_array_get_length (array);
  const gsize length = path->len;

  if (n < schema->min_items)
    return refuse (path, error, "must have at least %" G_GINT64_FORMAT " items", schema->min_items);
  if (n > schema->max_items)
    return refuse (path, error, "must have at most %" G_GINT64_FORMAT " items", schema->max_items);
  for (guint i = 0; schema->items != NULL && i < n; i++) {
    g_string_append_printf (path, "[%u]", i);
    if (!check (schema->items, json_array_get_element (array, i), path, error))
      return false;
    g_string_truncate (path, length);
  }
  return true;
}

static bool
check_member (const WeirSchema *schema, const char *name, JsonNode *value, GString *path,
              GError **error)
{
  const WeirSchema *property = g_hash_table_lookup (schema->properties, name);
  const gsize length = path->len;

  if (property == NULL && !schema->is_open)
    return refuse_name (path, error, "there is no property", name, schema->names);
  if (property == NULL)
    property = schema->others;
  if (property == NULL)
    return true;
  g_string_append_printf (path, "%s%.200s", length > 0 ? "." : "", name);
  if (!check (property, value, path, error))
    return false;
  g_string_truncate (path, length);
  return true;
}

static bool
check_object (const WeirSchema *schema, JsonNode *node, GString *path, GError **error)
{
  JsonObject *object = json_node_get_object (node);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  for (guint i = 0; schema->required != NULL && i < schema->required->len; i++)
    if (!json_object_has_member (object, schema->required->pdata[i]))
      return refuse (path, error, "'%s' is missing", (const char *)schema->required->pdata[i]);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (!check_member (schema, name, value, path, error))
      return false;
  return true;
}

static bool
check_alternatives (const WeirSchema *schema, JsonNode *node, GString *path, GError **error)
{
  JsonNode *tag = NULL;
  const WeirSchema *alternative;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (path, error, "an object is expected");
  tag = json_object_get_member (json_node_get_object (node), schema->discriminator);
  if (tag == NULL)
    return refuse (path, error, "'%s' is missing", schema->discriminator);
  if (get_type (tag) != WEIR_SCHEMA_STRING)
    return refuse (path, error, "'%s' must be a text", schema->discriminator);
  alternative = g_hash_table_lookup (schema->by_tag, json_node_get_string (tag));
  if (alternative == NULL) {
    g_string_append_printf (path, "%s%s", path->len > 0 ? "." : "", schema->discriminator);
    return refuse_name (path, error, "must be one of the known values, not",
                        json_node_get_string (tag), schema->tags);
  }
  return check (alternative, node, path, error);
}

static bool
check (const WeirSchema *schema, JsonNode *node, GString *path, GError **error)
{
  const unsigned type = get_type (node);

  if (schema->target != NULL)
    return check (schema->target, node, path, error);
  if (schema->alternatives != NULL)
    return check_alternatives (schema, node, path, error);
  if (schema->types != 0 && (schema->types & type) == 0)
    return refuse_type (schema, path, error);
  if (type == WEIR_SCHEMA_OBJECT)
    return (schema->types == 0 && schema->names->len == 0) ||
           check_object (schema, node, path, error);
  if (type == WEIR_SCHEMA_ARRAY)
    return check_array (schema, node, path, error);
  if (type == WEIR_SCHEMA_STRING)
    return check_text (schema, node, path, error);
  return (type & WEIR_SCHEMA_NUMBER) == 0 || check_number (schema, node, path, error);
}

bool
weir_schema_check (const WeirSchema *schema, JsonNode *node, GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);

  return check (schema, node, path, error);
}
