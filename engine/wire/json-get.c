/* json-get.c: members of objects by their types. A message names the way to the member, so that who
 * sent a hundred operations knows which one is wrong. */
#include "base/suggest.h"
#include "wire/json.h"
#include <weir/error.h>

G_GNUC_PRINTF (4, 5)
static bool
refuse (const char *where, const char *name, GError **error, const char *format, ...)
{
  g_autofree char *problem = NULL;
  va_list args;

  va_start (args, format);
  problem = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s%s%s %s", where,
               where[0] != '\0' ? "." : "", name, problem);
  return false;
}

/* Returns: (transfer none) (nullable): the member, NULL for null, too. */
static JsonNode *
get_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static bool
allow_missing (const char *where, const char *name, bool needed, GError **error)
{
  return !needed || refuse (where, name, error, "is missing");
}

static bool
holds (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

bool
weir_json_get_text (JsonObject *object, const char *where, const char *name, bool needed,
                    const char **ret_text, GError **error)
{
  JsonNode *node = get_member (object, name);

  if (node == NULL)
    return allow_missing (where, name, needed, error);
  if (!holds (node, G_TYPE_STRING))
    return refuse (where, name, error, "is no text: write \"...\"");
  *ret_text = json_node_get_string (node);
  return true;
}

bool
weir_json_get_bool (JsonObject *object, const char *where, const char *name, bool needed,
                    bool *ret_value, GError **error)
{
  JsonNode *node = get_member (object, name);

  if (node == NULL)
    return allow_missing (where, name, needed, error);
  if (!holds (node, G_TYPE_BOOLEAN))
    return refuse (where, name, error, "is neither true nor false");
  *ret_value = json_node_get_boolean (node);
  return true;
}

bool
weir_json_get_array (JsonObject *object, const char *where, const char *name, bool needed,
                     JsonArray **ret_array, GError **error)
{
  JsonNode *node = get_member (object, name);

  if (node == NULL)
    return allow_missing (where, name, needed, error);
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse (where, name, error, "is no array: write [...]");
  *ret_array = json_node_get_array (node);
  return true;
}

bool
weir_json_get_object (JsonObject *object, const char *where, const char *name, bool needed,
                      JsonObject **ret_object, GError **error)
{
  JsonNode *node = get_member (object, name);

  if (node == NULL)
    return allow_missing (where, name, needed, error);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (where, name, error, "is no object: write {...}");
  *ret_object = json_node_get_object (node);
  return true;
}

bool
weir_json_get_int (JsonObject *object, const char *where, const char *name, bool needed,
                   WeirJsonRange range, int64_t *ret_value, GError **error)
{
  JsonNode *node = get_member (object, name);

  if (node == NULL)
    return allow_missing (where, name, needed, error);
  if (!holds (node, G_TYPE_INT64) || json_node_get_int (node) < range.min ||
      json_node_get_int (node) > range.max)
    return refuse (where, name, error,
                   "is no whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, range.min,
                   range.max);
  *ret_value = json_node_get_int (node);
  return true;
}

bool
weir_json_get_texts (JsonObject *object, const char *where, const char *name, bool needed,
                     GPtrArray **ret_texts, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array = NULL;

  if (!weir_json_get_array (object, where, name, needed, &array, error))
    return false;
  if (array == NULL)
    return true;
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (!holds (node, G_TYPE_STRING))
      return refuse (where, name, error, "has an element, number %u, that is no text", i + 1);
    g_ptr_array_add (texts, g_strdup (json_node_get_string (node)));
  }
  *ret_texts = g_steal_pointer (&texts);
  return true;
}

bool
weir_json_check_names (JsonObject *object, const char *where, const char *const *names,
                       GError **error)
{
  JsonObjectIter iter;
  const char *name = NULL;
  const char *nearest = NULL;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, NULL)) {
    if (g_strv_contains (names, name))
      continue;
    nearest = weir_suggest (name, names, g_strv_length ((char **)names));
    return nearest != NULL
               ? refuse (where, name, error, "means nothing here, did you mean '%s'?", nearest)
               : refuse (where, name, error, "means nothing here");
  }
  return true;
}
