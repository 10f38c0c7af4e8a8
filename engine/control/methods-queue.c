/* methods-queue.c: what is queued, page by page, and one FlowFile with its content. */
#include "control/methods-flow.h"

#include "runtime/look.h"
#include "runtime/purge.h"
#include "wire/json.h"

#define PAGE        100
#define PIECE       (64u * 1024)
#define BACKLOG_MAX (1024u * 1024) /* of a content that is read faster than it is taken */

static void
put_attributes (GString *out, const WeirAttributes *attributes, const WeirMask *mask)
{
  weir_json_begin (out, "attributes", '{');
  for (size_t i = 0; attributes != NULL && i < weir_attributes_get_n (attributes); i++) {
    g_autofree char *shown = NULL;
    const char *name;
    const char *value;

    weir_attributes_get_nth (attributes, i, &name, &value);
    shown = weir_mask_apply (mask, value);
    weir_json_put_text (out, name, shown);
  }
  weir_json_end (out, '}');
}

static void
put_row (GString *out, const WeirQueued *row, bool with_attributes, const WeirMask *mask)
{
  weir_json_begin (out, NULL, '{');
  weir_json_put_uint (out, "position", row->position);
  weir_json_put_uint (out, "id", row->id);
  weir_json_put_text (out, "uuid", row->uuid);
  weir_json_put_uint (out, "size", row->size);
  weir_json_put_time (out, "entered", row->entry_time);
  weir_json_put_time (out, "lineage_start", row->lineage_start);
  weir_json_put_time (out, "queued", row->queue_time);
  weir_json_put_time (out, "penalty_until", row->penalty_until);
  weir_json_put_bool (out, "on_disk", row->is_on_disk);
  if (with_attributes)
    put_attributes (out, row->attributes, mask);
  weir_json_end (out, '}');
}

static bool
on_list (WeirCall *call, void *target, GError **error)
{
  bool with_attributes = weir_call_get_bool (call, "attributes", false);
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  g_autofree char *next = NULL;
  g_autoptr (GPtrArray) rows = weir_engine_look (
      weir_flow_host_get_engine (target), weir_call_get_text (call, "connection"),
      weir_call_get_text (call, "after"), (unsigned)weir_call_get_int (call, "limit", PAGE),
      with_attributes, &next, error);
  GString *out = weir_call_answer (call);

  if (rows == NULL)
    return false;
  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "flowfiles", '[');
  for (guint i = 0; i < rows->len; i++)
    put_row (out, rows->pdata[i], with_attributes, weir_document_get_mask (document));
  weir_json_end (out, ']');
  weir_json_put_text (out, "next", next);
  weir_json_end (out, '}');
  return true;
}

static WeirPeek *
peek (WeirCall *call, WeirFlowHost *host, GError **error)
{
  return weir_engine_peek (weir_flow_host_get_engine (host),
                           weir_call_get_text (call, "connection"),
                           (uint64_t)weir_call_get_int (call, "id", 0), error);
}

static bool
on_get (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  g_autoptr (WeirPeek) found = peek (call, target, error);

  if (found == NULL)
    return false;
  put_row (weir_call_answer (call), &found->row, true, weir_document_get_mask (document));
  return true;
}

/* Once bytes have gone out an error can only end the stream early: then it is shorter than the
 * FlowFile says. */
static bool
on_content (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirPeek) found = peek (call, target, error);
  uint64_t offset = (uint64_t)weir_call_get_int (call, "offset", 0);
  g_autofree char *piece = g_malloc (PIECE);
  WeirStream *stream;
  ssize_t n;

  if (found == NULL)
    return false;
  n = weir_peek_read (found, offset, piece, PIECE, error);
  if (n < 0)
    return false;
  stream = weir_call_stream (call, "application/octet-stream");
  while (n > 0 && weir_stream_wait (stream, BACKLOG_MAX) &&
         weir_stream_write (stream, piece, (size_t)n)) {
    offset += (uint64_t)n;
    n = weir_peek_read (found, offset, piece, PIECE, NULL);
  }
  weir_stream_end (stream);
  return true;
}

/* Returns: (transfer full): uint64_t, NULL for all, or with @error. */
static GArray *
read_ids (JsonObject *body, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  JsonArray *array = NULL;

  if (body == NULL || !weir_json_get_array (body, "", "ids", false, &array, error) || array == NULL)
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  for (guint i = 0; i < json_array_get_length (array); i++) {
    uint64_t id = (uint64_t)json_array_get_int_element (array, i);

    g_array_append_val (ids, id);
  }
  return g_steal_pointer (&ids);
}

static bool
on_empty (WeirCall *call, void *target, GError **error)
{
  const char *path = weir_call_get_text (call, "connection");
  g_autofree char *details = g_strdup_printf ("emptied by %s", weir_call_get_identity (call)->name);
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GArray) ids = read_ids (weir_call_get_body (call), &wrong);
  g_autofree char *after = NULL;
  WeirPurged purged;
  GString *out;

  if (wrong != NULL) {
    g_propagate_error (error, g_steal_pointer (&wrong));
    return false;
  }
  if (!weir_engine_purge (weir_flow_host_get_engine (target), path,
                          ids != NULL ? (const uint64_t *)(void *)ids->data : NULL,
                          ids != NULL ? ids->len : 0, details, &purged, error))
    return false;
  after = g_strdup_printf ("%" G_GUINT64_FORMAT " FlowFiles dropped", purged.n);
  weir_call_note (call, path, NULL, after);
  out = weir_call_answer (call);
  weir_json_begin (out, NULL, '{');
  weir_json_put_uint (out, "flowfiles", purged.n);
  weir_json_put_uint (out, "bytes", purged.bytes);
  weir_json_put_bool (out, "partial", purged.is_partial);
  weir_json_end (out, '}');
  return true;
}

/* --- rows --- */

#define CONNECTION_PARAM                                        \
  {                                                             \
    .name = "connection",                                       \
    .doc = "Path of the connection: its id, or its ends as in " \
           "connection.list.",                                  \
    .is_in_path = true, .is_required = true                     \
  }
#define ID_PARAM                                                                                \
  {                                                                                             \
    .name = "id", .doc = "Number of the FlowFile.", .kind = WEIR_PARAM_INT, .is_in_path = true, \
    .is_required = true, .min = 1, .max = INT64_MAX                                             \
  }

static const WeirParam list_params[] = {
  WEIR_FLOW_PARAM,
  CONNECTION_PARAM,
  { .name = "after", .doc = "Goes on where a page before ended: its `next`." },
  { .name = "limit",
    .doc = "How many at most (100).",
    .kind = WEIR_PARAM_INT,
    .min = 1,
    .max = WEIR_LOOK_MAX },
  { .name = "attributes", .doc = "Whether they are told, too (false).", .kind = WEIR_PARAM_BOOL },
  { 0 },
};

static const WeirParam empty_params[] = { WEIR_FLOW_PARAM, CONNECTION_PARAM, { 0 } };

static const WeirParam get_params[] = { WEIR_FLOW_PARAM, CONNECTION_PARAM, ID_PARAM, { 0 } };

static const WeirParam content_params[] = {
  WEIR_FLOW_PARAM,
  CONNECTION_PARAM,
  ID_PARAM,
  { .name = "offset",
    .doc = "Leaves out so many bytes at its beginning (0).",
    .kind = WEIR_PARAM_INT,
    .min = 0,
    .max = INT64_MAX },
  { 0 },
};

static const WeirSchemaText schemas[] = {
  { "QueuedFlowFile",
    "{\"type\":\"object\",\"description\":\"A FlowFile in a queue. Position 0 is next.\","
    "\"required\":[\"id\",\"uuid\",\"size\"],\"properties\":{"
    "\"position\":{\"type\":\"integer\"},\"id\":{\"type\":\"integer\"},"
    "\"uuid\":{\"type\":\"string\"},\"size\":{\"type\":\"integer\"},"
    "\"entered\":{\"type\":[\"string\",\"null\"]},"
    "\"lineage_start\":{\"type\":[\"string\",\"null\"]},"
    "\"queued\":{\"type\":[\"string\",\"null\"]},"
    "\"penalty_until\":{\"type\":[\"string\",\"null\"]},"
    "\"on_disk\":{\"type\":\"boolean\"},"
    "\"attributes\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}}" },
  { 0 },
};

#define ROW_ANSWER                                                                     \
  "{\"position\": 0, \"id\": 17, \"uuid\": \"5f3a9a3e-8b1c-4c7e-9d0e-000000000011\", " \
  "\"size\": 4096, \"on_disk\": false, \"attributes\": {\"filename\": \"a.csv\"}}"

static const WeirMethod rows[] = {
  { .name = "queue.list",
    .verb = "GET",
    .path = "/v1/flows/{flow}/connections/{connection}/flowfiles",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW,
    .doc = "What is queued in a connection, the next first, page by page, while it is in use.",
    .params = list_params,
    .result = "{\"type\":\"object\",\"properties\":{\"flowfiles\":{\"type\":\"array\","
              "\"items\":{\"$ref\":\"QueuedFlowFile\"}},"
              "\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .answer = "{\"flowfiles\": [], \"next\": null}",
    .handle = on_list },
  { .name = "queue.get",
    .verb = "GET",
    .path = "/v1/flows/{flow}/connections/{connection}/flowfiles/{id}",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW,
    .doc = "One FlowFile in a queue, with its attributes.",
    .params = get_params,
    .result = "{\"$ref\":\"QueuedFlowFile\"}",
    .answer = ROW_ANSWER,
    .handle = on_get },
  { .name = "queue.content",
    .verb = "GET",
    .path = "/v1/flows/{flow}/connections/{connection}/flowfiles/{id}/content",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_STREAM,
    .doc = "The content of a FlowFile in a queue.",
    .params = content_params,
    .result = "application/octet-stream",
    .answer = "id;name",
    .handle = on_content },
  { .name = "queue.empty",
    .verb = "POST",
    .path = "/v1/flows/{flow}/connections/{connection}/empty",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_AUDIT,
    .doc =
        "Drops what is queued in a connection now, or only `ids` of it. It is in the provenance, "
        "with who asked. `partial`: some of it went on meanwhile, or could not be reached.",
    .params = empty_params,
    .body = "{\"type\":\"object\",\"properties\":{\"ids\":{\"type\":\"array\",\"minItems\":1,"
            "\"maxItems\":10000,\"items\":{\"type\":\"integer\",\"minimum\":1}}}}",
    .result = "{\"type\":\"object\",\"properties\":{\"flowfiles\":{\"type\":\"integer\"},"
              "\"bytes\":{\"type\":\"integer\"},\"partial\":{\"type\":\"boolean\"}}}",
    .example = "{\"ids\": [17, 18]}",
    .answer = "{\"flowfiles\": 2, \"bytes\": 8192, \"partial\": false}",
    .handle = on_empty },
  { 0 },
};

const WeirMethodTable weir_methods_queue = {
  .title = "Queues",
  .doc = "What waits in connections.",
  .rows = rows,
  .schemas = schemas,
};
