/* methods-running.c: what runs: starting, stopping, processors and connections with their figures.
 */
#include "control/flow-json.h"
#include "control/methods-flow.h"

#include "base/error.h"
#include "runtime/why.h"
#include "wire/json.h"

#define STOP_USEC (10 * (int64_t)G_USEC_PER_SEC) /* for triggers to return */

/* --- start and stop --- */

/* The paths of the body; without any the whole flow. Returns: (transfer full): NULL with @error. */
static GPtrArray *
read_paths (WeirCall *call, GError **error)
{
  JsonObject *body = weir_call_get_body (call);
  g_autoptr (GPtrArray) paths = NULL;

  if (body != NULL && !weir_json_get_texts (body, "", "paths", false, &paths, error))
    return NULL;
  if (paths == NULL) {
    paths = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (paths, g_strdup (""));
  }
  g_ptr_array_add (paths, NULL);
  return g_steal_pointer (&paths);
}

static void
answer_count (WeirCall *call, const char *name, unsigned n)
{
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_put_uint (out, name, n);
  weir_json_end (out, '}');
}

static bool
on_start (WeirCall *call, void *target, GError **error)
{
  g_autoptr (GPtrArray) paths = read_paths (call, error);
  unsigned n = 0;

  if (paths == NULL ||
      !weir_flow_host_start_parts (target, (const char *const *)paths->pdata, &n, error))
    return false;
  weir_call_note (call, paths->pdata[0], "stopped", "running");
  answer_count (call, "started", n);
  return true;
}

static bool
on_stop (WeirCall *call, void *target, GError **error)
{
  g_autoptr (GPtrArray) paths = read_paths (call, error);
  unsigned n = 0;

  if (paths == NULL ||
      !weir_flow_host_stop_parts (target, (const char *const *)paths->pdata, STOP_USEC, &n, error))
    return false;
  weir_call_note (call, paths->pdata[0], "running", "stopped");
  answer_count (call, "stopped", n);
  return true;
}

static bool
on_run_once (WeirCall *call, void *target, GError **error)
{
  const char *path = weir_call_get_text (call, "processor");

  if (!weir_flow_host_run_once (target, path, error))
    return false;
  weir_call_note (call, path, NULL, "one run");
  answer_count (call, "started", 1);
  return true;
}

/* --- processors and connections --- */

static bool
fail_missing (const char *kind, const char *path, GError **error)
{
  g_autofree char *quoted = weir_error_quote (path);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "the flow has no %s %s", kind, quoted);
  return false;
}

static bool
on_processors (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirFigures) figures = weir_figures_take (weir_flow_host_get_engine (target));
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "processors", '[');
  for (size_t i = 0; i < figures->n_nodes; i++)
    weir_flow_json_put_node (out, document, &figures->nodes[i]);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

static bool
on_processor (WeirCall *call, void *target, GError **error)
{
  const char *path = weir_call_get_text (call, "processor");
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  WeirNodeFigures figures;

  if (!weir_figures_take_node (weir_flow_host_get_engine (target), path, &figures))
    return fail_missing ("processor", path, error);
  weir_flow_json_put_node (weir_call_answer (call), document, &figures);
  weir_node_unref ((WeirNode *)figures.node);
  return true;
}

static void
put_reason (GString *out, const WeirWhy *why)
{
  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "code", why->code);
  weir_json_put_text (out, "text", why->text);
  weir_json_put_text (out, "advice", why->advice);
  weir_json_put_text (out, "about", why->about);
  weir_json_put_time (out, "until", why->until);
  weir_json_end (out, '}');
}

/* What is wrong in the document comes first: the engine only knows that it is disabled then. */
static void
put_problem_as_reason (GString *out, const WeirProblem *problem, const char *path)
{
  if (problem->severity != WEIR_SEVERITY_ERROR || !g_str_equal (problem->path, path))
    return;
  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "code", "invalid");
  weir_json_put_text (out, "text", problem->message);
  weir_json_put_text (out, "advice", problem->advice);
  weir_json_put_text (out, "about", NULL);
  weir_json_put_text (out, "until", NULL);
  weir_json_end (out, '}');
}

static bool
on_why (WeirCall *call, void *target, GError **error)
{
  const char *path = weir_call_get_text (call, "processor");
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  const GPtrArray *problems = weir_document_get_problems (document);
  g_autoptr (GPtrArray) reasons = weir_engine_why (weir_flow_host_get_engine (target), path, error);
  GString *out = weir_call_answer (call);

  if (reasons == NULL)
    return false;
  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "reasons", '[');
  for (guint i = 0; i < problems->len; i++)
    put_problem_as_reason (out, problems->pdata[i], path);
  for (guint i = 0; i < reasons->len; i++)
    put_reason (out, reasons->pdata[i]);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

static void
put_state (void *data, const char *key, const char *value)
{
  weir_json_put_text (data, key, value);
}

static bool
on_state (WeirCall *call, void *target, GError **error)
{
  const char *path = weir_call_get_text (call, "processor");
  GString *out = weir_call_answer (call);
  WeirNodeFigures figures;

  if (!weir_figures_take_node (weir_flow_host_get_engine (target), path, &figures))
    return fail_missing ("processor", path, error);
  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "state", '{');
  weir_state_each (figures.node->state, put_state, out);
  weir_json_end (out, '}');
  weir_json_end (out, '}');
  weir_node_unref ((WeirNode *)figures.node);
  return true;
}

static bool
on_connections (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirFigures) figures = weir_figures_take (weir_flow_host_get_engine (target));
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "connections", '[');
  for (size_t i = 0; i < figures->n_queues; i++)
    weir_flow_json_put_queue (out, &figures->queues[i]);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

/* --- rows --- */

static const WeirParam flow_params[] = { WEIR_FLOW_PARAM, { 0 } };

static const WeirParam processor_params[] = {
  WEIR_FLOW_PARAM,
  { .name = "processor",
    .doc = "Path of a processor, port or funnel, \"archive%2Fread\".",
    .is_in_path = true,
    .is_required = true },
  { 0 },
};

static const WeirSchemaText schemas[] = {
  { "Amount", "{\"type\":\"object\",\"description\":\"How many FlowFiles, of how many bytes.\","
              "\"required\":[\"flowfiles\",\"bytes\"],\"properties\":{"
              "\"flowfiles\":{\"type\":\"integer\"},\"bytes\":{\"type\":\"integer\"}}}" },
  { "Processor",
    "{\"type\":\"object\",\"description\":\"A processor, port or funnel with its figures, counted "
    "from the start of the flow on.\",\"required\":[\"path\",\"kind\",\"state\"],\"properties\":{"
    "\"path\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"},"
    "\"type\":{\"type\":[\"string\",\"null\"]},"
    "\"state\":{\"type\":\"string\",\"enum\":[\"running\",\"stopped\",\"starting\",\"stopping\","
    "\"disabled\",\"invalid\"]},\"active\":{\"type\":\"integer\"},"
    "\"in\":{\"$ref\":\"Amount\"},\"out\":{\"$ref\":\"Amount\"},"
    "\"queued\":{\"$ref\":\"Amount\"},\"tasks\":{\"type\":\"integer\"},"
    "\"task_seconds\":{\"type\":\"number\"},\"bulletins\":{\"type\":\"integer\"}}}" },
  { "Connection",
    "{\"type\":\"object\",\"description\":\"A connection and what is queued in it.\","
    "\"required\":[\"path\",\"from\",\"to\"],\"properties\":{"
    "\"path\":{\"type\":\"string\"},\"from\":{\"type\":\"string\"},\"to\":{\"type\":\"string\"},"
    "\"relationships\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
    "\"queued\":{\"$ref\":\"Amount\"},\"passed\":{\"$ref\":\"Amount\"},"
    "\"expired\":{\"type\":\"integer\"},\"max_flowfiles\":{\"type\":\"integer\"},"
    "\"max_bytes\":{\"type\":\"integer\"},\"full\":{\"type\":\"boolean\"}}}" },
  { 0 },
};

#define PATHS_SCHEMA                                                                   \
  "{\"type\":\"object\",\"properties\":{\"paths\":{\"type\":\"array\",\"minItems\":1," \
  "\"maxItems\":10000,\"items\":{\"type\":\"string\",\"maxLength\":8192}}}}"
#define COUNT_SCHEMA(name) \
  "{\"type\":\"object\",\"properties\":{\"" name "\":{\"type\":\"integer\"}}}"

static const WeirMethod rows[] = {
  { .name = "flow.start",
    .verb = "POST",
    .path = "/v1/flows/{flow}/start",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_AUDIT,
    .doc = "Starts processors, ports, funnels and groups; without `paths` all that is there. What "
           "is disabled or has an error stays as it is; one that is named alone is an error then.",
    .params = flow_params,
    .body = PATHS_SCHEMA,
    .result = COUNT_SCHEMA ("started"),
    .example = "{\"paths\": [\"read\", \"archive\"]}",
    .answer = "{\"started\": 3}",
    .handle = on_start },
  { .name = "flow.stop",
    .verb = "POST",
    .path = "/v1/flows/{flow}/stop",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_AUDIT,
    .doc =
        "Stops processors, ports, funnels and groups; without `paths` all that is there. What is "
        "queued stays. Waits until they have come back from their work.",
    .params = flow_params,
    .body = PATHS_SCHEMA,
    .result = COUNT_SCHEMA ("stopped"),
    .example = "{\"paths\": [\"read\"]}",
    .answer = "{\"stopped\": 1}",
    .handle = on_stop },
  { .name = "processor.run-once",
    .verb = "POST",
    .path = "/v1/flows/{flow}/processors/{processor}/run-once",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_AUDIT,
    .doc = "Triggers one that is stopped once, as soon as it has input and room.",
    .params = processor_params,
    .result = COUNT_SCHEMA ("started"),
    .answer = "{\"started\": 1}",
    .handle = on_run_once },
  { .name = "processor.list",
    .verb = "GET",
    .path = "/v1/flows/{flow}/processors",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_QUICK,
    .doc = "All processors, ports and funnels with their figures.",
    .params = flow_params,
    .result = "{\"type\":\"object\",\"properties\":{\"processors\":{\"type\":\"array\","
              "\"items\":{\"$ref\":\"Processor\"}}}}",
    .answer = "{\"processors\": []}",
    .handle = on_processors },
  { .name = "processor.get",
    .verb = "GET",
    .path = "/v1/flows/{flow}/processors/{processor}",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_QUICK,
    .doc = "One of them.",
    .params = processor_params,
    .result = "{\"$ref\":\"Processor\"}",
    .answer = "{\"path\": \"read\", \"kind\": \"processor\", \"type\": \"GetFile\", "
              "\"state\": \"running\"}",
    .handle = on_processor },
  { .name = "processor.why",
    .verb = "GET",
    .path = "/v1/flows/{flow}/processors/{processor}/why",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "Why it is not running: the first reason is what keeps it from that now.",
    .params = processor_params,
    .result = "{\"type\":\"object\",\"properties\":{\"reasons\":{\"type\":\"array\",\"items\":{"
              "\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},"
              "\"text\":{\"type\":\"string\"},\"advice\":{\"type\":[\"string\",\"null\"]},"
              "\"about\":{\"type\":[\"string\",\"null\"]},"
              "\"until\":{\"type\":[\"string\",\"null\"]}}}}}}",
    .answer = "{\"reasons\": [{\"code\": \"no-input\", \"text\": \"nothing is queued\", "
              "\"advice\": null, \"about\": null, \"until\": null}]}",
    .handle = on_why },
  { .name = "state.get",
    .verb = "GET",
    .path = "/v1/flows/{flow}/processors/{processor}/state",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW,
    .doc = "What a processor remembers from one run to the next.",
    .params = processor_params,
    .result = "{\"type\":\"object\",\"properties\":{\"state\":{\"type\":\"object\","
              "\"additionalProperties\":{\"type\":\"string\"}}}}",
    .answer = "{\"state\": {\"position\": \"4096\"}}",
    .handle = on_state },
  { .name = "connection.list",
    .verb = "GET",
    .path = "/v1/flows/{flow}/connections",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_QUICK,
    .doc = "All connections with what is queued in them.",
    .params = flow_params,
    .result = "{\"type\":\"object\",\"properties\":{\"connections\":{\"type\":\"array\","
              "\"items\":{\"$ref\":\"Connection\"}}}}",
    .answer = "{\"connections\": []}",
    .handle = on_connections },
  { 0 },
};

const WeirMethodTable weir_methods_running = {
  .title = "What runs",
  .doc = "Starting and stopping, and what processors and connections are doing.",
  .rows = rows,
  .schemas = schemas,
};
