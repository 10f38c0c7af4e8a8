/* api-audit.c: what the audit says of a call. What was refused is told without what it came with: a
 * body and a token may hold secrets. */
#include "control/api-parts.h"

#include <string.h>

#include "base/redact.h"

#define SECRET "***"

/* Values of members whose names say that they are secret, and those of a property or parameter of
 * such a name. */
static void
mask (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      mask (json_array_get_element (array, i));
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr (GList) names = json_object_get_members (object);
    bool is_secret = false;

    for (GList *at = names; at != NULL; at = at->next) {
      JsonNode *member = json_object_get_member (object, at->data);

      if (json_node_get_value_type (member) == G_TYPE_STRING)
        is_secret = is_secret || weir_redact_is_secret (json_node_get_string (member));
    }
    for (GList *at = names; at != NULL; at = at->next) {
      const bool is_value = strcmp (at->data, "value") == 0 || strcmp (at->data, "was") == 0;

      if (weir_redact_is_secret (at->data) || (is_secret && is_value))
        json_object_set_string_member (object, at->data, SECRET);
      else
        mask (json_object_get_member (object, at->data));
    }
  }
}

/* Returns: (transfer full) (nullable): the body, without what it should not show. */
static char *
describe_body (const WeirCall *call)
{
  g_autoptr (JsonNode) copy = NULL;

  if (call->body == NULL)
    return NULL;
  copy = json_node_copy (call->body); /* of objects and arrays only the reference */
  {
    g_autofree char *text = json_to_string (copy, FALSE);
    g_autoptr (JsonNode) own = json_from_string (text, NULL);

    if (own == NULL)
      return NULL;
    mask (own);
    return json_to_string (own, FALSE);
  }
}

/* Returns: (transfer none) (nullable): what {flow} stands for. */
static const char *
get_flow (const WeirCall *call)
{
  for (size_t i = 0; i < call->match.n; i++)
    if (strcmp (call->match.names[i], "flow") == 0)
      return call->match.values[i];
  return NULL;
}

/* Returns: (transfer full) (nullable): "processor archive/read", of what is in the path below the
 * flow. */
static char *
describe_object (const WeirCall *call)
{
  GString *text = g_string_new (NULL);

  for (size_t i = 0; i < call->match.n; i++)
    if (strcmp (call->match.names[i], "flow") != 0)
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", call->match.names[i],
                              call->match.values[i]);
  return g_string_free (text, text->len == 0);
}

static const char *
get_role (const WeirCall *call)
{
  return call->identity != NULL ? weir_role_get_text (call->identity->role) : NULL;
}

bool
weir_api_note_done (WeirCall *call, const GError *outcome, GError **error)
{
  g_autofree char *object = call->object != NULL ? g_strdup (call->object) : describe_object (call);
  g_autofree char *after = call->after != NULL ? g_strdup (call->after) : describe_body (call);
  g_autofree char *text =
      outcome != NULL ? g_strdup_printf ("failed: %s", outcome->message) : g_strdup ("done");
  const WeirTrailEntry entry = {
    .who = call->identity->name,
    .role = (char *)get_role (call),
    .flow = (char *)get_flow (call),
    .method = (char *)call->route->row->name,
    .object = object,
    .before = call->before,
    .after = after,
    .outcome = text,
    .request = call->id,
  };

  return weir_trail_wait (call->trail, weir_trail_add (call->trail, &entry), error);
}

void
weir_api_note_refused (WeirCall *call, int status, const GError *reason)
{
  const WeirApiOptions *options = &call->api->options;
  const WeirPeer *peer = weir_exchange_get_peer (call->exchange);
  g_autofree char *user = g_strdup_printf ("uid %u", (unsigned)peer->uid);
  const char *who = call->identity != NULL ? call->identity->name
                    : peer->is_unix        ? user
                                           : peer->address;
  const char *method = call->route != NULL ? call->route->row->name : "unknown";
  g_autofree char *object = describe_object (call);
  g_autofree char *outcome = g_strdup_printf ("refused: %d: %s", status, reason->message);
  const WeirTrailEntry entry = {
    .who = (char *)who,
    .role = (char *)get_role (call),
    .flow = (char *)get_flow (call),
    .method = (char *)method,
    .object = object,
    .outcome = outcome,
    .request = call->id,
  };

  if (options->trail != NULL)
    weir_trail_refuse (options->trail, &entry);
  if (options->on_refused != NULL) {
    g_autofree char *line =
        g_strdup_printf ("%s: %s: %s (request %s)", who, method, outcome, call->id);

    options->on_refused (options->data, line);
  }
}
