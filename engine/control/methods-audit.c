/* methods-audit.c: who did what, and who was refused; of the server and of each flow. */
#include "control/call-parts.h"
#include "control/desk.h"

#include "base/limits.h"
#include "wire/json.h"

#define PAGE 100

static void
put_entry (GString *out, const WeirTrailEntry *entry)
{
  const struct {
    const char *name, *text;
  } texts[] = {
    { "who", entry->who },       { "role", entry->role },       { "flow", entry->flow },
    { "method", entry->method }, { "object", entry->object },   { "before", entry->before },
    { "after", entry->after },   { "outcome", entry->outcome }, { "request", entry->request },
  };

  weir_json_begin (out, NULL, '{');
  weir_json_put_uint (out, "id", entry->id);
  weir_json_put_time (out, "at", entry->at);
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].text != NULL)
      weir_json_put_text (out, texts[i].name, texts[i].text);
  weir_json_end (out, '}');
}

static bool
answer (WeirCall *call, const WeirTrailFilter *filter, GError **error)
{
  const unsigned max = (unsigned)weir_call_get_int (call, "limit", PAGE);
  g_autoptr (GPtrArray) entries = NULL;
  GString *out = weir_call_answer (call);

  if (call->trail != NULL) {
    entries = weir_trail_list (call->trail, filter, max, error);
    if (entries == NULL)
      return false;
  }
  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "entries", '[');
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    put_entry (out, entries->pdata[i]);
  weir_json_end (out, ']');
  if (entries != NULL && entries->len == max)
    weir_json_put_uint (out, "before", ((WeirTrailEntry *)entries->pdata[max - 1])->id);
  weir_json_end (out, '}');
  return true;
}

static bool
on_list (WeirCall *call, void *target, GError **error)
{
  const WeirTrailFilter filter = {
    .who = weir_call_get_text (call, "who"),
    .method = weir_call_get_text (call, "method"),
    .flow = weir_call_get_text (call, "of"),
    .flows = (const char *const *)weir_call_get_identity (call)->flows,
    .since = weir_call_get_time (call, "since", 0),
    .until = weir_call_get_time (call, "until", 0),
    .before = (uint64_t)weir_call_get_int (call, "before", 0),
  };

  return answer (call, &filter, error);
}

static bool
on_list_flow (WeirCall *call, void *target, GError **error)
{
  const WeirTrailFilter filter = {
    .who = weir_call_get_text (call, "who"),
    .method = weir_call_get_text (call, "method"),
    .since = weir_call_get_time (call, "since", 0),
    .until = weir_call_get_time (call, "until", 0),
    .before = (uint64_t)weir_call_get_int (call, "before", 0),
  };

  return answer (call, &filter, error);
}

#define FILTER_PARAMS                                                                       \
  { .name = "who", .doc = "Only of this name, such as 'maria (uid 1000)'." },               \
      { .name = "method", .doc = "Only of this method, such as 'token.add'." },             \
      { .name = "since", .doc = "Only from this moment on.", .kind = WEIR_PARAM_TIME },     \
      { .name = "until", .doc = "Only before this moment.", .kind = WEIR_PARAM_TIME },      \
      { .name = "before",                                                                   \
        .doc = "Only entries before this id: `before` of the last page.",                   \
        .kind = WEIR_PARAM_INT,                                                             \
        .min = 1,                                                                           \
        .max = INT64_MAX },                                                                 \
  {                                                                                         \
    .name = "limit", .doc = "Entries of a page; 100 if not given.", .kind = WEIR_PARAM_INT, \
    .min = 1, .max = 1000                                                                   \
  }

static const WeirParam params[] = {
  { .name = "of", .doc = "Only of this flow.", .kind = WEIR_PARAM_FLOW },
  FILTER_PARAMS,
  { NULL },
};

static const WeirParam flow_params[] = {
  { .name = "flow",
    .doc = "Name of the flow.",
    .kind = WEIR_PARAM_FLOW,
    .is_in_path = true,
    .is_required = true },
  FILTER_PARAMS,
  { NULL },
};

#define PAGE_SCHEMA                                                                              \
  "{\"type\":\"object\",\"required\":[\"entries\"],\"properties\":{\"entries\":{\"type\":"       \
  "\"array\","                                                                                   \
  "\"items\":{\"$ref\":\"AuditEntry\"}},\"before\":{\"type\":\"integer\",\"description\":\"For " \
  "the "                                                                                         \
  "next page; not there: this is the last\"}}}"

static const WeirMethod rows[] = {
  {
      .name = "audit.list",
      .verb = "GET",
      .path = "/v1/audit",
      .role = WEIR_ROLE_ADMIN,
      .doc =
          "Who did what to the server, and who was refused, the newest first. What was done to a "
          "flow is in that flow's.",
      .params = params,
      .result = PAGE_SCHEMA,
      .answer = "{\"entries\":[{\"id\":7,\"at\":\"2026-11-21T03:00:00.000Z\",\"who\":\"maria (uid "
                "1000)\",\"role\":\"admin\",\"method\":\"token.add\",\"object\":\"token "
                "1f0c9a2e\",\"after\":\"{\\\"name\\\":\\\"grafana\\\"}\",\"outcome\":\"done\","
                "\"request\":\"9f3b0c11d2a4e5f6\"}]}",
      .handle = on_list,
  },
  { NULL },
};

static const WeirMethod flow_rows[] = {
  {
      .name = "audit.flow",
      .verb = "GET",
      .path = "/v1/flows/{flow}/audit",
      .role = WEIR_ROLE_VIEWER,
      .flags = WEIR_METHOD_FLOW,
      .doc = "Who did what to the flow, the newest first, with what was there before and what is "
             "after it.",
      .params = flow_params,
      .result = PAGE_SCHEMA,
      .answer = "{\"entries\":[{\"id\":9,\"at\":\"2026-11-21T03:00:00.000Z\",\"who\":\"token "
                "night\",\"role\":\"operator\",\"flow\":\"orders\",\"method\":\"processor.stop\","
                "\"object\":\"processor archive/read\",\"outcome\":\"done\",\"request\":"
                "\"9f3b0c11d2a4e5f6\"}],\"before\":9}",
      .handle = on_list_flow,
  },
  { NULL },
};

static const WeirSchemaText schemas[] = {
  { "AuditEntry",
    "{\"type\":\"object\",\"description\":\"Something that somebody did or wanted "
    "to\",\"required\":["
    "\"id\",\"at\",\"who\",\"method\",\"outcome\"],\"properties\":{\"id\":{\"type\":\"integer\"},"
    "\"at\":{\"type\":\"string\",\"format\":\"date-time\"},\"who\":{\"type\":\"string\"},"
    "\"role\":{\"type\":\"string\"},\"flow\":{\"type\":\"string\"},"
    "\"method\":{\"type\":\"string\"},\"object\":{\"type\":\"string\"},"
    "\"before\":{\"type\":\"string\",\"description\":\"What was there\"},"
    "\"after\":{\"type\":\"string\",\"description\":\"What is there now, or what was asked for; "
    "secrets are ***\"},\"outcome\":{\"type\":\"string\",\"description\":\"done, failed: why, or "
    "refused: why\"},\"request\":{\"type\":\"string\",\"description\":\"As in the answer's header "
    "Weir-Request\"}}}" },
  { NULL },
};

const WeirMethodTable weir_methods_audit = {
  .title = "Audit",
  .doc = "Who did what. Entries stay a year, and at most 1 GiB of them.",
  .rows = rows,
  .schemas = schemas,
};

const WeirMethodTable weir_methods_flow_audit = {
  .title = "Audit of a flow",
  .doc = "Who did what to one flow.",
  .rows = flow_rows,
};
