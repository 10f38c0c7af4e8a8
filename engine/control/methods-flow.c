/* methods-flow.c: a flow as a whole: how it is, its document, what is wrong with it, its services.
 */
#include "control/methods-flow.h"
#include "control/flow-json.h"

#include "base/error.h"
#include "runtime/verify.h"
#include "wire/json.h"

static unsigned
count_states (const WeirFigures *figures, const WeirDocument *document, const char *state)
{
  unsigned n = 0;

  for (size_t i = 0; i < figures->n_nodes; i++)
    n += g_str_equal (weir_flow_json_get_state (document, figures->nodes[i].node), state);
  return n;
}

static bool
on_get (WeirCall *call, void *target, GError **error)
{
  static const char *const states[] = { "running",  "stopped",  "starting",
                                        "stopping", "disabled", "invalid" };
  g_autoptr (WeirFigures) figures = weir_figures_take (weir_flow_host_get_engine (target));
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  const GPtrArray *problems = weir_document_get_problems (document);
  const WeirFlow *flow = weir_document_get_flow (document);
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "flow", weir_flow_host_get_name (target));
  weir_json_put_text (out, "name", weir_component_get_label (&flow->root->base));
  weir_json_put_uint (out, "revision", weir_document_get_revision (document));
  weir_json_put_real (
      out, "seconds",
      (double)(g_get_monotonic_time () - weir_flow_host_get_start (target)) / G_USEC_PER_SEC, 3);
  weir_json_put_uint (out, "errors", weir_problems_count (problems, WEIR_SEVERITY_ERROR));
  weir_json_put_uint (out, "warnings", weir_problems_count (problems, WEIR_SEVERITY_WARNING));
  weir_json_begin (out, "parts", '{');
  for (size_t i = 0; i < G_N_ELEMENTS (states); i++)
    weir_json_put_uint (out, states[i], count_states (figures, document, states[i]));
  weir_json_end (out, '}');
  weir_flow_json_put_amount (out, "queued", figures->queued);
  weir_json_end (out, '}');
  return true;
}

/* The XML of the file without secrets. */
static bool
on_document (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  g_autoptr (GBytes) bytes = weir_document_write (document, error);
  g_autoptr (GBytes) shown = NULL;
  g_autofree char *tag =
      g_strdup_printf ("\"%" G_GUINT64_FORMAT "\"", weir_document_get_revision (document));
  char *text;

  if (bytes == NULL)
    return false;
  text = weir_mask_apply (weir_document_get_mask (document), g_bytes_get_data (bytes, NULL));
  shown = g_bytes_new_take (text, strlen (text));
  weir_call_set_header (call, "ETag", tag);
  weir_call_answer_bytes (call, "application/xml", shown);
  return true;
}

static bool
on_problems (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  const GPtrArray *problems = weir_document_get_problems (document);
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_put_uint (out, "revision", weir_document_get_revision (document));
  weir_json_begin (out, "problems", '[');
  for (guint i = 0; i < problems->len; i++)
    weir_flow_json_put_problem (out, problems->pdata[i]);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

/* --- services --- */

static void
put_steps (GString *out, const GPtrArray *steps, const WeirMask *mask)
{
  weir_json_begin (out, "steps", '[');
  for (guint i = 0; i < steps->len; i++) {
    const WeirVerifyStep *step = steps->pdata[i];
    g_autofree char *message = weir_mask_apply (mask, step->message);

    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "step", step->step);
    weir_json_put_bool (out, "worked", step->worked);
    weir_json_put_text (out, "message", message);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
}

static bool
on_services (WeirCall *call, void *target, GError **error)
{
  g_autoptr (GPtrArray) services = weir_flow_host_list_services (target);
  GString *out = weir_call_answer (call);

  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "services", '[');
  for (guint i = 0; i < services->len; i++) {
    const WeirHostService *service = services->pdata[i];

    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "path", service->path);
    weir_json_put_text (out, "type", service->type);
    weir_json_put_bool (out, "enabled", service->is_enabled);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

static bool
on_verify (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  g_autoptr (GPtrArray) steps =
      weir_flow_host_verify (target, weir_call_get_text (call, "service"), error);
  GString *out = weir_call_answer (call);
  bool worked = true;

  if (steps == NULL)
    return false;
  for (guint i = 0; i < steps->len; i++)
    worked = worked && ((const WeirVerifyStep *)steps->pdata[i])->worked;
  weir_json_begin (out, NULL, '{');
  weir_json_put_bool (out, "worked", worked);
  put_steps (out, steps, weir_document_get_mask (document));
  weir_json_end (out, '}');
  return true;
}

/* --- rows --- */

static const WeirParam flow_params[] = { WEIR_FLOW_PARAM, { 0 } };

static const WeirParam service_params[] = {
  WEIR_FLOW_PARAM,
  { .name = "service", .doc = "Path of the service.", .is_in_path = true, .is_required = true },
  { 0 },
};

static const WeirSchemaText schemas[] = {
  { "Flow",
    "{\"type\":\"object\",\"description\":\"A flow that runs.\",\"required\":[\"flow\","
    "\"revision\"],\"properties\":{\"flow\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},"
    "\"revision\":{\"type\":\"integer\"},\"seconds\":{\"type\":\"number\"},"
    "\"errors\":{\"type\":\"integer\"},\"warnings\":{\"type\":\"integer\"},"
    "\"parts\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}},"
    "\"queued\":{\"$ref\":\"Amount\"}}}" },
  { "Problem",
    "{\"type\":\"object\",\"description\":\"What is wrong with a flow, and what to do.\","
    "\"required\":[\"path\",\"severity\",\"message\"],\"properties\":{"
    "\"path\":{\"type\":\"string\"},"
    "\"severity\":{\"type\":\"string\",\"enum\":[\"error\",\"warning\"]},"
    "\"message\":{\"type\":\"string\"},\"advice\":{\"type\":[\"string\",\"null\"]},"
    "\"line\":{\"type\":\"integer\"},\"column\":{\"type\":\"integer\"}}}" },
  { 0 },
};

static const WeirMethod rows[] = {
  { .name = "flow.get",
    .verb = "GET",
    .path = "/v1/flows/{flow}",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_QUICK,
    .doc = "How a flow is: its revision, how many of its parts run, and what is queued.",
    .params = flow_params,
    .result = "{\"$ref\":\"Flow\"}",
    .answer = "{\"flow\": \"orders\", \"name\": \"Orders\", \"revision\": 8, \"seconds\": 12.5, "
              "\"errors\": 0, \"warnings\": 0, \"parts\": {\"running\": 5}, "
              "\"queued\": {\"flowfiles\": 0, \"bytes\": 0}}",
    .handle = on_get },
  { .name = "document.get",
    .verb = "GET",
    .path = "/v1/flows/{flow}/document",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "The flow as in its file, with *** for secrets; its revision is the ETag.",
    .params = flow_params,
    .result = "application/xml",
    .answer = "<flow xmlns=\"urn:weir:flow:1\" name=\"Orders\"/>",
    .handle = on_document },
  { .name = "problem.list",
    .verb = "GET",
    .path = "/v1/flows/{flow}/problems",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "What is wrong with the flow. What has an error does not run; all else does.",
    .params = flow_params,
    .result = "{\"type\":\"object\",\"properties\":{\"revision\":{\"type\":\"integer\"},"
              "\"problems\":{\"type\":\"array\",\"items\":{\"$ref\":\"Problem\"}}}}",
    .answer = "{\"revision\": 8, \"problems\": []}",
    .handle = on_problems },
  { .name = "service.list",
    .verb = "GET",
    .path = "/v1/flows/{flow}/services",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "The services of the flow that are not disabled.",
    .params = flow_params,
    .result = "{\"type\":\"object\",\"properties\":{\"services\":{\"type\":\"array\",\"items\":{"
              "\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
              "\"type\":{\"type\":\"string\"},\"enabled\":{\"type\":\"boolean\"}}}}}}",
    .answer =
        "{\"services\": [{\"path\": \"db\", \"type\": \"SqlConnection\", \"enabled\": true}]}",
    .handle = on_services },
  { .name = "service.verify",
    .verb = "POST",
    .path = "/v1/flows/{flow}/services/{service}/verify",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_AUDIT,
    .doc = "Tries a service and tells each step.",
    .params = service_params,
    .result = "{\"type\":\"object\",\"properties\":{\"worked\":{\"type\":\"boolean\"},"
              "\"steps\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
              "\"step\":{\"type\":\"string\"},\"worked\":{\"type\":\"boolean\"},"
              "\"message\":{\"type\":\"string\"}}}}}}",
    .answer = "{\"worked\": true, \"steps\": [{\"step\": \"connect\", \"worked\": true, "
              "\"message\": \"1 ms\"}]}",
    .handle = on_verify },
  { 0 },
};

const WeirMethodTable weir_methods_flow = {
  .title = "Flows",
  .doc = "A flow as a whole.",
  .rows = rows,
  .schemas = schemas,
};
