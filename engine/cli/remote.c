/* remote.c: finds the server, asks it, and tells what it refused. */
#include "cli/remote.h"
#include "base/limits.h"
#include "wire/json.h"
#include <string.h>

/* A token on the command line is one that all users of the machine can read. */
static char *
read_token (const WeirRemote *remote, GError **error)
{
  char *text = NULL;

  if (remote->token_file == NULL)
    return g_strdup (g_getenv ("WEIR_TOKEN"));
  if (!g_file_get_contents (remote->token_file, &text, NULL, error))
    return NULL;
  return g_strstrip (text);
}

bool
weir_remote_open (WeirRemote *remote)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = read_token (remote, &error);

  if (error == NULL)
    remote->client = weir_client_new (remote->server, token, &error);
  if (error != NULL)
    weir_remote_tell (remote, error);
  return error == NULL;
}

void
weir_remote_clear (WeirRemote *remote)
{
  g_clear_pointer (&remote->client, weir_client_free);
  g_clear_pointer (&remote->server, g_free);
  g_clear_pointer (&remote->token_file, g_free);
}

void
weir_remote_tell (const WeirRemote *remote, const GError *error)
{
  fprintf (stderr, "weir %s: %s\n", remote->command->name, error->message);
}

/* Returns: (transfer full): "/v1/flows/a%2Fb". */
static char *
join (const char *const *segments)
{
  g_autoptr (GString) path = g_string_new ("/v1");

  for (; *segments != NULL; segments++) {
    g_autofree char *escaped = g_uri_escape_string (*segments, NULL, FALSE);

    g_string_append_printf (path, "/%s", escaped);
  }
  return g_string_free (g_steal_pointer (&path), FALSE);
}

bool
weir_remote_listen (WeirRemote *remote, const char *const *segments, WeirClientFunc func,
                    void *data, GError **error)
{
  g_autofree char *path = join (segments);

  return weir_client_listen (remote->client, path, func, data, error);
}

bool
weir_remote_follow (WeirRemote *remote, const char *const *segments, WeirHeardFunc func, void *data,
                    GError **error)
{
  g_autofree char *path = join (segments);

  return weir_client_follow (remote->client, path, INT64_MAX, func, data, error);
}

JsonNode *
weir_remote_ask (WeirRemote *remote, const char *verb, const char *const *segments,
                 const char *body)
{
  g_autofree char *path = join (segments);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GError) error = NULL;
  WeirReply reply = { 0 };
  JsonNode *node = NULL;

  if (weir_client_ask (remote->client, verb, path, body != NULL ? "application/json" : NULL, bytes,
                       &reply, &error)) {
    gsize size = 0;
    const char *text = reply.body != NULL ? g_bytes_get_data (reply.body, &size) : NULL;

    node = size > 0 ? weir_json_parse (text, size, &error)
                    : json_node_init_object (json_node_alloc (), NULL);
    weir_reply_clear (&reply);
  }
  if (error != NULL)
    weir_remote_tell (remote, error);
  return node;
}

JsonArray *
weir_remote_get_array (JsonNode *node, const char *name)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *member = object != NULL ? json_object_get_member (object, name) : NULL;

  return member != NULL && JSON_NODE_HOLDS_ARRAY (member) ? json_node_get_array (member) : NULL;
}

char *
weir_remote_pick_flow (WeirRemote *remote, const char *name)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  JsonArray *flows = NULL;
  guint n = 0;

  if (name != NULL)
    return g_strdup (name);
  node = weir_remote_ask (remote, "GET", (const char *const[]){ "flows", NULL }, NULL);
  if (node == NULL)
    return NULL;
  flows = weir_remote_get_array (node, "flows");
  n = flows != NULL ? json_array_get_length (flows) : 0;
  for (guint i = 0; i < n; i++)
    g_string_append_printf (
        names, "%s%s", i > 0 ? ", " : "",
        weir_remote_get_text (json_array_get_object_element (flows, i), "flow"));
  if (n == 1)
    return g_strdup (names->str);
  if (n == 0)
    fprintf (stderr, "weir %s: the server has no flow\n", remote->command->name);
  else
    fprintf (stderr, "weir %s: which flow? There are %s\n", remote->command->name, names->str);
  return NULL;
}

void
weir_remote_print (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  puts (text);
}

void
weir_remote_print_clean (const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);

  weir_rows_append_clean (line, text, strlen (text));
  puts (line->str);
}

const char *
weir_remote_get_text (JsonObject *object, const char *name)
{
  const char *text = "";

  (void)weir_json_get_text (object, "", name, false, &text, NULL);
  return text;
}

int64_t
weir_remote_get_int (JsonObject *object, const char *name)
{
  int64_t value = 0;

  (void)weir_json_get_int (object, "", name, false, (WeirJsonRange){ INT64_MIN, INT64_MAX }, &value,
                           NULL);
  return value;
}

int64_t
weir_remote_get_amount (JsonObject *object, const char *name, const char *part)
{
  JsonObject *amount = NULL;

  (void)weir_json_get_object (object, "", name, false, &amount, NULL);
  return amount != NULL ? weir_remote_get_int (amount, part) : 0;
}

WeirValue
weir_remote_text_cell (const char *text)
{
  return (WeirValue){ .kind = WEIR_VALUE_TEXT, .text = text, .size = strlen (text) };
}

WeirValue
weir_remote_int_cell (int64_t value)
{
  return (WeirValue){ .kind = WEIR_VALUE_INTEGER, .integer = value };
}
