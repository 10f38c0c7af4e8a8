/* Whatever the bytes are: no crash, and what is taken is the same after it was written. */
#include "wire/json.h"
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void write_value (GString *out, const char *name, JsonNode *node);

static void
on_member (JsonObject *object, const char *name, JsonNode *node, void *data)
{
  write_value (data, name, node);
}

static void
on_element (JsonArray *array, guint index, JsonNode *node, void *data)
{
  write_value (data, NULL, node);
}

static void
write_value (GString *out, const char *name, JsonNode *node)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    weir_json_begin (out, name, '{');
    json_object_foreach_member (json_node_get_object (node), on_member, out);
    weir_json_end (out, '}');
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    weir_json_begin (out, name, '[');
    json_array_foreach_element (json_node_get_array (node), on_element, out);
    weir_json_end (out, ']');
  } else if (JSON_NODE_HOLDS_NULL (node)) {
    weir_json_put_text (out, name, NULL);
  } else if (json_node_get_value_type (node) == G_TYPE_STRING) {
    weir_json_put_text (out, name, json_node_get_string (node));
  } else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN) {
    weir_json_put_bool (out, name, json_node_get_boolean (node));
  } else if (json_node_get_value_type (node) == G_TYPE_INT64) {
    weir_json_put_int (out, name, json_node_get_int (node));
  } else {
    g_ascii_dtostr (digits, sizeof digits, json_node_get_double (node));
    if (strpbrk (digits, ".e") == NULL)
      strcat (digits, ".0");
    weir_json_put_raw (out, name, digits);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = weir_json_parse ((const char *)data, size, &error);
  g_autoptr (JsonNode) again = NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  if (root == NULL) {
    g_assert_nonnull (error);
    return 0;
  }
  write_value (out, NULL, root);
  again = weir_json_parse (out->str, out->len, &error);
  g_assert_no_error (error);
  g_assert_true (json_node_equal (root, again));
  return 0;
}
