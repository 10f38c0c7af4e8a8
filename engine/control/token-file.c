/* token-file.c: see the header. Times are microseconds since 1970, so that nothing is lost. */
#include "control/token-file.h"

#include <string.h>
#include <weir/error.h>

#include "wire/json.h"

static bool
parse_hex (const char *text, uint8_t *bytes, size_t size)
{
  if (strlen (text) != size * 2 || strspn (text, "0123456789abcdef") != size * 2)
    return false;
  for (size_t i = 0; i < size; i++)
    bytes[i] =
        (uint8_t)(g_ascii_xdigit_value (text[2 * i]) * 16 + g_ascii_xdigit_value (text[2 * i + 1]));
  return true;
}

static bool
parse_times (JsonObject *object, const char *where, WeirToken *token, GError **error)
{
  const WeirJsonRange range = { 0, INT64_MAX };

  return weir_json_get_int (object, where, "created", true, range, &token->created, error) &&
         weir_json_get_int (object, where, "expires", false, range, &token->expires, error) &&
         weir_json_get_int (object, where, "used", false, range, &token->used, error);
}

static bool
parse_flows (JsonObject *object, const char *where, WeirToken *token, GError **error)
{
  GPtrArray *flows = NULL;

  if (!weir_json_get_texts (object, where, "flows", false, &flows, error))
    return false;
  if (flows == NULL)
    return true;
  g_ptr_array_add (flows, NULL);
  token->flows = g_strdupv ((GStrv)flows->pdata);
  g_ptr_array_unref (flows);
  return true;
}

static WeirToken *
parse_token (JsonObject *object, const char *where, GError **error)
{
  g_autoptr (WeirToken) token = g_new0 (WeirToken, 1);
  const char *id, *name, *role, *hash, *creator;

  if (!weir_json_get_text (object, where, "id", true, &id, error) ||
      !weir_json_get_text (object, where, "name", true, &name, error) ||
      !weir_json_get_text (object, where, "role", true, &role, error) ||
      !weir_json_get_text (object, where, "hash", true, &hash, error) ||
      !weir_json_get_text (object, where, "creator", true, &creator, error) ||
      !parse_times (object, where, token, error) || !parse_flows (object, where, token, error))
    return NULL;
  token->name = g_strdup (name);
  token->creator = g_strdup (creator);
  if (strlen (id) == WEIR_TOKEN_ID && weir_token_name_is_valid (name) &&
      weir_role_parse (role, &token->role) && parse_hex (hash, token->hash, WEIR_TOKEN_HASH)) {
    memcpy (token->id, id, WEIR_TOKEN_ID);
    return g_steal_pointer (&token);
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "%s: id, name, role or hash is not what `weir token` writes", where);
  return NULL;
}

GPtrArray *
weir_token_file_parse (const char *text, size_t size, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_token_free);
  g_autoptr (JsonObject) root = weir_json_parse_object (text, size, error);
  JsonArray *array = NULL;

  if (root == NULL || !weir_json_get_array (root, "", "tokens", true, &array, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree char *where = g_strdup_printf ("tokens[%u]", i);
    JsonNode *node = json_array_get_element (array, i);
    WeirToken *token = NULL;

    if (JSON_NODE_HOLDS_OBJECT (node))
      token = parse_token (json_node_get_object (node), where, error);
    else
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "%s: an object is expected", where);
    if (token == NULL)
      return NULL;
    g_ptr_array_add (tokens, token);
  }
  return g_steal_pointer (&tokens);
}

void
weir_token_put_json (GString *out, const char *name, const WeirToken *token)
{
  weir_json_begin (out, name, '{');
  weir_json_put_text (out, "id", token->id);
  weir_json_put_text (out, "name", token->name);
  weir_json_put_text (out, "role", weir_role_get_text (token->role));
  if (token->flows != NULL)
    weir_json_put_texts (out, "flows", (const char *const *)token->flows,
                         g_strv_length (token->flows));
  weir_json_put_text (out, "creator", token->creator);
  weir_json_put_time (out, "created", token->created);
  if (token->expires != 0)
    weir_json_put_time (out, "expires", token->expires);
  if (token->used != 0)
    weir_json_put_time (out, "used", token->used);
  weir_json_end (out, '}');
}

static void
put_hash (GString *out, const uint8_t hash[WEIR_TOKEN_HASH])
{
  char text[2 * WEIR_TOKEN_HASH + 1];

  for (size_t i = 0; i < WEIR_TOKEN_HASH; i++)
    g_snprintf (text + 2 * i, 3, "%02x", hash[i]);
  weir_json_put_text (out, "hash", text);
}

char *
weir_token_file_format (const GPtrArray *tokens)
{
  GString *out = g_string_new (NULL);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "tokens", '[');
  for (guint i = 0; i < tokens->len; i++) {
    const WeirToken *token = tokens->pdata[i];

    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "id", token->id);
    weir_json_put_text (out, "name", token->name);
    weir_json_put_text (out, "role", weir_role_get_text (token->role));
    if (token->flows != NULL)
      weir_json_put_texts (out, "flows", (const char *const *)token->flows,
                           g_strv_length (token->flows));
    put_hash (out, token->hash);
    weir_json_put_text (out, "creator", token->creator);
    weir_json_put_int (out, "created", token->created);
    weir_json_put_int (out, "expires", token->expires);
    weir_json_put_int (out, "used", token->used);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}
