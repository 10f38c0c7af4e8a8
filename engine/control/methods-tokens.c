/* methods-tokens.c: what programs show to be let in. */
#include "control/desk.h"

#include <string.h>
#include <weir/error.h>

#include "base/secret.h"
#include "control/call.h"
#include "control/token-file.h"
#include "wire/json.h"

static bool
on_list (WeirCall *call, void *target, GError **error)
{
  const WeirDesk *desk = target;
  g_autoptr (GPtrArray) tokens = weir_token_store_list (desk->tokens);
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "tokens", '[');
  for (guint i = 0; i < tokens->len; i++)
    weir_token_put_json (out, NULL, tokens->pdata[i]);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

/* (transfer full) (nullable). */
static GStrv
read_flows (JsonObject *body)
{
  JsonArray *array =
      json_object_has_member (body, "flows") ? json_object_get_array_member (body, "flows") : NULL;
  GStrv flows = NULL;

  if (array == NULL)
    return NULL;
  flows = g_new0 (char *, json_array_get_length (array) + 1);
  for (guint i = 0; i < json_array_get_length (array); i++)
    flows[i] = g_strdup (json_array_get_string_element (array, i));
  return flows;
}

static bool
on_add (WeirCall *call, void *target, GError **error)
{
  const WeirDesk *desk = target;
  JsonObject *body = weir_call_get_body (call);
  g_auto (GStrv) flows = read_flows (body);
  g_autofree char *object = NULL;
  WeirToken token = {
    .name = (char *)json_object_get_string_member (body, "name"),
    .flows = flows,
    .created = weir_clock_get_wall (desk->clock),
    .creator = weir_call_get_identity (call)->name,
  };
  GString *out = weir_call_answer (call);
  char *text = NULL;

  if (!weir_role_parse (json_object_get_string_member (body, "role"), &token.role) ||
      !weir_token_set_expiry (
          &token, json_object_get_string_member_with_default (body, "expires", NULL), error))
    return false;
  text = weir_token_store_add (desk->tokens, &token, error);
  if (text == NULL)
    return false;
  weir_json_begin (out, NULL, '{');
  weir_token_put_json (out, "token", &token);
  weir_json_put_text (out, "text", text);
  weir_json_end (out, '}');
  weir_secret_free (text);
  weir_call_set_header (call, "Cache-Control", "no-store");
  object = g_strdup_printf ("token %s", token.id);
  weir_call_note (call, object, NULL, NULL);
  return true;
}

static bool
on_revoke (WeirCall *call, void *target, GError **error)
{
  const WeirDesk *desk = target;

  return weir_token_store_revoke (desk->tokens, weir_call_get_text (call, "token"), error);
}

static const WeirParam revoke_params[] = {
  { .name = "token", .doc = "Its id or name.", .is_in_path = true, .is_required = true },
  { NULL },
};

#define EXAMPLE                                                                             \
  "{\"id\":\"1f0c9a2e\",\"name\":\"grafana\",\"role\":\"viewer\",\"creator\":\"maria (uid " \
  "1000)\","                                                                                \
  "\"created\":\"2026-11-21T03:00:00.000Z\",\"expires\":\"2027-02-19T03:00:00.000Z\"}"

static const WeirMethod rows[] = {
  {
      .name = "token.list",
      .verb = "GET",
      .path = "/v1/tokens",
      .role = WEIR_ROLE_ADMIN,
      .flags = WEIR_METHOD_WHOLE,
      .doc = "The tokens there are, and when each was last used. Their secrets are not kept.",
      .result =
          "{\"type\":\"object\",\"required\":[\"tokens\"],\"properties\":{\"tokens\":{\"type\":"
          "\"array\",\"items\":{\"$ref\":\"Token\"}}}}",
      .answer = "{\"tokens\":[" EXAMPLE "]}",
      .handle = on_list,
  },
  {
      .name = "token.add",
      .verb = "POST",
      .path = "/v1/tokens",
      .role = WEIR_ROLE_ADMIN,
      .flags = WEIR_METHOD_WHOLE | WEIR_METHOD_AUDIT,
      .doc = "Makes a token. Its text is in the answer and nowhere else: what is kept is a hash.",
      .body = "{\"type\":\"object\",\"required\":[\"name\",\"role\"],\"properties\":{"
              "\"name\":{\"type\":\"string\",\"maxLength\":128,\"pattern\":"
              "\"^[A-Za-z0-9_.-]([A-Za-z0-9_. -]*[A-Za-z0-9_.-])?$\",\"description\":\"For people "
              "and the audit\"},\"role\":{\"$ref\":\"Role\"},"
              "\"flows\":{\"type\":\"array\",\"maxItems\":1000,\"items\":{\"type\":\"string\","
              "\"minLength\":1,\"maxLength\":128},\"description\":\"The only flows there are for "
              "it; not there: "
              "all\"},\"expires\":{\"type\":\"string\",\"pattern\":\"^[0-9]{1,4} "
              "?(s|sec|min|h|hours?|d|days?|w|weeks?)$\",\"description\":\"From now; not there: "
              "never\"}}}",
      .result = "{\"type\":\"object\",\"required\":[\"token\",\"text\"],\"properties\":{\"token\":{"
                "\"$ref\":\"Token\"},\"text\":{\"type\":\"string\",\"description\":\"To send as "
                "`Authorization: Bearer TEXT`\"}}}",
      .status = 201,
      .example = "{\"name\":\"grafana\",\"role\":\"viewer\",\"expires\":\"90 days\"}",
      .answer = "{\"token\":" EXAMPLE ",\"text\":\"weir_1f0c9a2e_"
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}",
      .handle = on_add,
  },
  {
      .name = "token.revoke",
      .verb = "DELETE",
      .path = "/v1/tokens/{token}",
      .role = WEIR_ROLE_ADMIN,
      .flags = WEIR_METHOD_WHOLE | WEIR_METHOD_AUDIT,
      .doc = "Takes a token away. From the answer on it lets nobody in.",
      .params = revoke_params,
      .status = 204,
      .handle = on_revoke,
  },
  { NULL },
};

static const WeirSchemaText schemas[] = {
  { "Token", "{\"type\":\"object\",\"description\":\"What is known of a "
             "token\",\"required\":[\"id\",\"name\","
             "\"role\",\"creator\",\"created\"],\"properties\":{\"id\":{\"type\":\"string\"},"
             "\"name\":{\"type\":\"string\"},\"role\":{\"$ref\":\"Role\"},"
             "\"flows\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
             "\"creator\":{\"type\":\"string\"},"
             "\"created\":{\"type\":\"string\",\"format\":\"date-time\"},"
             "\"expires\":{\"type\":\"string\",\"format\":\"date-time\"},"
             "\"used\":{\"type\":\"string\",\"format\":\"date-time\"}}}" },
  { NULL },
};

const WeirMethodTable weir_methods_tokens = {
  .title = "Tokens",
  .doc = "What programs, and people who come by network, show to be let in. Who comes by the Unix "
         "socket needs none.",
  .rows = rows,
  .schemas = schemas,
};
