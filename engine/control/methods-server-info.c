/* methods-server-info.c: who answers, and whether it is well. */
#include "control/desk.h"

#include <unistd.h>
#include <weir/error.h>

#include "control/call.h"
#include "control/openapi.h"
#include "wire/json.h"

static bool
on_get (WeirCall *call, void *target, GError **error)
{
  const WeirDesk *desk = target;
  const WeirIdentity *identity = weir_call_get_identity (call);
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "name", desk->name);
  weir_json_put_text (out, "version", WEIR_VERSION);
  weir_json_put_text (out, "host", g_get_host_name ());
  weir_json_put_int (out, "pid", getpid ());
  weir_json_put_time (out, "started", desk->started);
  weir_json_put_real (
      out, "uptime_s",
      (double)(weir_clock_get_monotonic (desk->clock) - desk->started_monotonic) / 1e6, 1);
  weir_json_begin (out, "you", '{');
  weir_json_put_text (out, "name", identity->name);
  weir_json_put_text (out, "role", weir_role_get_text (identity->role));
  if (identity->flows != NULL)
    weir_json_put_texts (out, "flows", (const char *const *)identity->flows,
                         g_strv_length (identity->flows));
  weir_json_end (out, '}');
  weir_json_end (out, '}');
  return true;
}

static bool
on_health (WeirCall *call, void *target, GError **error)
{
  g_string_append (weir_call_answer (call), "{\"status\":\"ok\"}");
  return true;
}

/* Names of flows and what is wrong with them are not for who is nobody. */
static bool
on_ready (WeirCall *call, void *target, GError **error)
{
  const WeirDesk *desk = target;
  const WeirIdentity *identity = weir_call_get_identity (call);
  g_autoptr (GString) why = g_string_new (NULL);

  if (desk->check_ready != NULL)
    desk->check_ready (desk->data, why);
  if (why->len == 0)
    return on_health (call, target, error);
  if (identity->role < WEIR_ROLE_VIEWER || identity->flows != NULL)
    g_string_assign (why, "ask with a token for what is missing");
  weir_call_set_status (call, 503);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED, "not ready: %s", why->str);
  return false;
}

static bool
on_openapi (WeirCall *call, void *target, GError **error)
{
  g_autofree char *text = weir_openapi_print (weir_methods);

  g_string_append (weir_call_answer (call), text);
  return true;
}

static const WeirMethod rows[] = {
  {
      .name = "server.get",
      .verb = "GET",
      .path = "/v1/server",
      .role = WEIR_ROLE_VIEWER,
      .flags = WEIR_METHOD_QUICK,
      .doc = "Who answers, and who it takes you for. A first request to see whether a token is "
             "right.",
      .result = "{\"$ref\":\"Server\"}",
      .answer = "{\"name\":\"weir serve\",\"version\":\"0.1.0\",\"host\":\"node-1\",\"pid\":4711,"
                "\"started\":\"2026-11-21T03:00:00.000Z\",\"uptime_s\":86400.5,\"you\":{\"name\":"
                "\"token grafana\",\"role\":\"viewer\",\"flows\":[\"orders\"]}}",
      .handle = on_get,
  },
  {
      .name = "server.openapi",
      .verb = "GET",
      .path = "/openapi.json",
      .role = WEIR_ROLE_VIEWER,
      .doc =
          "This API, for programs: OpenAPI 3.1. It is made of the table that requests are checked "
          "by.",
      .result = "{\"type\":\"object\",\"additionalProperties\":true}",
      .answer = "{\"openapi\":\"3.1.0\"}",
      .handle = on_openapi,
  },
  {
      .name = "server.health",
      .verb = "GET",
      .path = "/healthz",
      .role = WEIR_ROLE_NONE,
      .flags = WEIR_METHOD_QUICK,
      .doc = "Whether the server answers at all. For who restarts it when it does not.",
      .result = "{\"$ref\":\"Health\"}",
      .answer = "{\"status\":\"ok\"}",
      .handle = on_health,
  },
  {
      .name = "server.ready",
      .verb = "GET",
      .path = "/readyz",
      .role = WEIR_ROLE_NONE,
      .flags = WEIR_METHOD_QUICK,
      .doc = "Whether all that is to run does; 503 if not. Why is told to those who may see all "
             "flows.",
      .result = "{\"$ref\":\"Health\"}",
      .answer = "{\"status\":\"ok\"}",
      .handle = on_ready,
  },
  { NULL },
};

static const WeirSchemaText schemas[] = {
  { "Server",
    "{\"type\":\"object\",\"description\":\"Who answers\",\"required\":[\"name\",\"version\","
    "\"host\",\"pid\",\"started\",\"uptime_s\",\"you\"],\"properties\":{"
    "\"name\":{\"type\":\"string\",\"description\":\"What answers: `weir serve` or `weir host`\"},"
    "\"version\":{\"type\":\"string\"},\"host\":{\"type\":\"string\"},"
    "\"pid\":{\"type\":\"integer\"},"
    "\"started\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"uptime_s\":{\"type\":\"number\"},\"you\":{\"$ref\":\"Identity\"}}}" },
  { "Identity",
    "{\"type\":\"object\",\"description\":\"Who asks\",\"required\":[\"name\",\"role\"],"
    "\"properties\":{\"name\":{\"type\":\"string\"},\"role\":{\"$ref\":\"Role\"},"
    "\"flows\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"The only "
    "flows "
    "there are for who asks; not there: all\"}}}" },
  { "Role", "{\"type\":\"string\",\"enum\":[\"viewer\",\"operator\",\"editor\",\"admin\"],"
            "\"description\":\"Each may what those before it may\"}" },
  { "Health", "{\"type\":\"object\",\"description\":\"All is well\",\"required\":[\"status\"],"
              "\"properties\":{\"status\":{\"type\":\"string\",\"enum\":[\"ok\"]}}}" },
  { NULL },
};

const WeirMethodTable weir_methods_server = {
  .title = "The server",
  .doc = "Who answers, and whether it is well.",
  .rows = rows,
  .schemas = schemas,
};
