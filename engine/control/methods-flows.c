/* methods-flows.c: which flows a server has: list, create, take out, start anew. */
#include "control/methods-server.h"

#include "base/error.h"
#include "base/limits.h"
#include "wire/json.h"
#include "xml/reader.h"

#include <string.h>

static void
put_flow (GString *out, const WeirHosted *hosted)
{
  static const char *const states[] = {
    [WEIR_CHILD_STOPPED] = "stopped",   [WEIR_CHILD_STARTING] = "starting",
    [WEIR_CHILD_READY] = "running",     [WEIR_CHILD_WAITING] = "waiting",
    [WEIR_CHILD_STOPPING] = "stopping",
  };

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "flow", hosted->name);
  weir_json_put_text (out, "file", hosted->path);
  weir_json_put_text (out, "data", hosted->data_dir);
  weir_json_put_text (out, "state", states[hosted->state]);
  weir_json_put_text (out, "trouble", hosted->trouble);
  weir_json_put_uint (out, "restarts", hosted->restarts);
  weir_json_put_int (out, "pid", hosted->pid);
  weir_json_end (out, '}');
}

static bool
on_list (WeirCall *call, void *target, GError **error)
{
  const WeirIdentity *who = weir_call_get_identity (call);
  g_autoptr (GPtrArray) flows = weir_supervisor_list (weir_server_get_supervisor (target));
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "flows", '[');
  for (guint i = 0; i < flows->len; i++) {
    const WeirHosted *hosted = flows->pdata[i];

    if (weir_identity_may (who, WEIR_ROLE_VIEWER, hosted->name))
      put_flow (out, hosted);
  }
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

/* What cannot be read would only end its host again and again. */
static bool
check_xml (const char *text, size_t size, GError **error)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  WeirFlow *flow = weir_flow_read (text, size, problems);
  g_autofree char *line = NULL;

  if (flow != NULL) {
    weir_flow_free (flow);
    return true;
  }
  weir_problems_sort (problems);
  line = weir_problem_format (problems->pdata[0], "document");
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s", line);
  return false;
}

static bool
on_create (WeirCall *call, void *target, GError **error)
{
  const char *name = weir_call_get_text (call, "flow");
  size_t size = 0;
  const char *text = weir_call_get_body_text (call, &size);
  g_autoptr (GBytes) bytes = NULL;
  GString *out;

  if (!check_xml (text, size, error))
    return false;
  bytes = g_bytes_new (text, size);
  if (!weir_supervisor_create (weir_server_get_supervisor (target), name, bytes, error))
    return false;
  weir_call_note (call, name, NULL, "created");
  out = weir_call_answer (call);
  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "flow", name);
  weir_json_end (out, '}');
  return true;
}

static bool
answer_name (WeirCall *call, const char *name, const char *what)
{
  GString *out = weir_call_answer (call);

  weir_call_note (call, name, NULL, what);
  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "flow", name);
  weir_json_end (out, '}');
  return true;
}

static bool
on_remove (WeirCall *call, void *target, GError **error)
{
  const char *name = weir_call_get_text (call, "flow");

  return weir_supervisor_remove (weir_server_get_supervisor (target), name, error) &&
         answer_name (call, name, "removed");
}

static bool
on_restart (WeirCall *call, void *target, GError **error)
{
  const char *name = weir_call_get_text (call, "flow");

  return weir_supervisor_restart (weir_server_get_supervisor (target), name, error) &&
         answer_name (call, name, "restarted");
}

static bool
on_rescan (WeirCall *call, void *target, GError **error)
{
  if (!weir_supervisor_rescan (weir_server_get_supervisor (target), error))
    return false;
  weir_call_note (call, "", NULL, "looked for flow files");
  g_string_append (weir_call_answer (call), "{}");
  return true;
}

/* --- rows --- */

static const WeirParam flow_params[] = {
  { .name = "flow",
    .doc = "Name of the flow.",
    .kind = WEIR_PARAM_FLOW,
    .is_in_path = true,
    .is_required = true },
  { 0 },
};

static const WeirSchemaText schemas[] = {
  { "HostedFlow",
    "{\"type\":\"object\",\"description\":\"A flow of a server. `waiting`: it ended and is started "
    "again soon; `trouble` says why.\",\"required\":[\"flow\",\"state\"],\"properties\":{"
    "\"flow\":{\"type\":\"string\"},\"file\":{\"type\":\"string\"},\"data\":{\"type\":\"string\"},"
    "\"state\":{\"type\":\"string\",\"enum\":[\"stopped\",\"starting\",\"running\",\"waiting\","
    "\"stopping\"]},\"trouble\":{\"type\":\"string\"},\"restarts\":{\"type\":\"integer\"},"
    "\"pid\":{\"type\":\"integer\"}}}" },
  { "FlowName", "{\"type\":\"object\",\"description\":\"The flow that was meant.\","
                "\"required\":[\"flow\"],\"properties\":{\"flow\":{\"type\":\"string\"}}}" },
  { 0 },
};

#define NAME_ANSWER "{\"flow\": \"orders\"}"

static const WeirMethod rows[] = {
  { .name = "flow.list",
    .verb = "GET",
    .path = "/v1/flows",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_QUICK,
    .doc = "The flows of the server, as far as who asks may see them.",
    .result = "{\"type\":\"object\",\"properties\":{\"flows\":{\"type\":\"array\","
              "\"items\":{\"$ref\":\"HostedFlow\"}}}}",
    .answer = "{\"flows\": [{\"flow\": \"orders\", \"file\": \"/var/lib/weir/flows/orders.xml\", "
              "\"data\": \"/var/lib/weir/orders\", \"state\": \"running\", \"trouble\": \"\", "
              "\"restarts\": 0, \"pid\": 812}]}",
    .handle = on_list },
  { .name = "flow.create",
    .verb = "PUT",
    .path = "/v1/flows/{flow}",
    .role = WEIR_ROLE_ADMIN,
    .flags = WEIR_METHOD_AUDIT,
    .doc = "Makes a flow of that name from its XML, and runs it.",
    .params = flow_params,
    .body = "application/xml",
    .result = "{\"$ref\":\"FlowName\"}",
    .body_max = WEIR_LIMIT_FLOW_BYTES,
    .status = 201,
    .example = "<flow xmlns=\"urn:weir:flow:1\" name=\"Orders\"/>",
    .answer = NAME_ANSWER,
    .handle = on_create },
  { .name = "flow.remove",
    .verb = "DELETE",
    .path = "/v1/flows/{flow}",
    .role = WEIR_ROLE_ADMIN,
    .flags = WEIR_METHOD_AUDIT,
    .doc = "Ends a flow and removes its file. Its data directory stays: a flow of that name goes "
           "on from there.",
    .params = flow_params,
    .result = "{\"$ref\":\"FlowName\"}",
    .answer = NAME_ANSWER,
    .handle = on_remove },
  { .name = "flow.restart",
    .verb = "POST",
    .path = "/v1/flows/{flow}/restart",
    .role = WEIR_ROLE_ADMIN,
    .flags = WEIR_METHOD_AUDIT,
    .doc = "Ends the process of a flow in good order and starts it again.",
    .params = flow_params,
    .result = "{\"$ref\":\"FlowName\"}",
    .answer = NAME_ANSWER,
    .handle = on_restart },
  { .name = "flow.rescan",
    .verb = "POST",
    .path = "/v1/rescan",
    .role = WEIR_ROLE_ADMIN,
    .flags = WEIR_METHOD_AUDIT | WEIR_METHOD_WHOLE,
    .doc = "Looks which flow files there are: new ones are run, those that are gone are ended.",
    .result = "{\"type\":\"object\"}",
    .answer = "{}",
    .handle = on_rescan },
  { 0 },
};

const WeirMethodTable weir_methods_flows = {
  .title = "Flows of a server",
  .doc = "Which flows there are. `weir run` and a host of one flow have none of these methods.",
  .rows = rows,
  .schemas = schemas,
};
