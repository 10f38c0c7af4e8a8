/* methods-provenance.c: what happened to FlowFiles, as docs/provenance.md tells it, over the API.
 */
#include "control/call.h"
#include "control/flow-host.h"
#include "control/methods-flow.h"

#include "base/error.h"
#include "base/suggest.h"
#include "provenance/fields.h"
#include "provenance/lineage.h"
#include "provenance/query.h"
#include "provenance/timestamp.h"
#include "wire/json.h"

#include <string.h>

#define EVENTS_MAX  1000
#define EVENTS_PAGE 100
#define ROWS_MAX    10000
#define LINEAGE_MAX 10000
#define ANSWER_MAX  (16u * 1024 * 1024) /* bytes; values can be long */

/* Returns: (transfer full): NULL with @error. */
static WeirHistory *
open_history (WeirFlowHost *host, GError **error)
{
  const char *directory = weir_flow_host_get_data_dir (host);

  if (directory != NULL)
    return weir_history_open (directory, error);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "flow '%s' runs with --durability=memory: nothing of it is recorded",
               weir_flow_host_get_name (host));
  return NULL;
}

/* Values are told without secrets, like everything else. */
static void
put_value (GString *out, const char *name, const WeirValue *value, const WeirMask *mask)
{
  g_autofree char *text = NULL;
  g_autofree char *masked = NULL;

  switch (value->kind) {
  case WEIR_VALUE_NULL:
    weir_json_put_text (out, name, NULL);
    break;
  case WEIR_VALUE_INTEGER:
    weir_json_put_int (out, name, value->integer);
    break;
  case WEIR_VALUE_REAL:
    weir_json_put_real (out, name, value->real, 6);
    break;
  case WEIR_VALUE_TEXT:
  case WEIR_VALUE_JSON:
    text = g_strndup (value->text, value->size);
    masked = weir_mask_apply (mask, text);
    if (value->kind == WEIR_VALUE_TEXT)
      weir_json_put_text (out, name, masked);
    else
      weir_json_put_raw (out, name, masked);
    break;
  }
}

static bool
put_event (GString *out, WeirFields *fields, const WeirMask *mask, GError **error)
{
  weir_json_begin (out, NULL, '{');
  for (WeirField field = 0; field < WEIR_N_FIELDS; field++) {
    WeirValue value;

    if (!weir_fields_get (fields, field, &value, error))
      return false;
    put_value (out, weir_field_get_name (field), &value, mask);
  }
  weir_json_end (out, '}');
  return true;
}

static void
put_problems (GString *out, const WeirHistory *history)
{
  const GPtrArray *problems = weir_history_get_problems (history);

  weir_json_put_texts (out, "problems", (const char *const *)problems->pdata, problems->len);
}

static unsigned
all_columns (void)
{
  unsigned columns = 0;

  for (WeirField field = 0; field < WEIR_N_FIELDS; field++)
    columns |= weir_field_get_columns (field);
  return columns;
}

/* --- search --- */

typedef struct {
  WeirHistoryFilter filter;
  GArray *attributes; /* WeirHistoryAttribute */
  int64_t limit;
} Search;

static void
search_clear (Search *search)
{
  g_clear_pointer (&search->attributes, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static bool
fail_type (const char *name, GError **error)
{
  const char *names[WEIR_EVENT_N - 1];
  g_autofree char *quoted = weir_error_quote (name);
  const char *nearest;

  for (WeirEventType type = WEIR_EVENT_CREATE; type < WEIR_EVENT_N; type++)
    names[type - 1] = weir_event_type_get_name (type);
  nearest = weir_suggest (name, names, G_N_ELEMENTS (names));
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "types: there is no type %s%s%s%s", quoted,
               nearest != NULL ? ", did you mean " : "", nearest != NULL ? nearest : "",
               nearest != NULL ? "?" : "");
  return false;
}

static bool
read_types (JsonObject *body, uint32_t *types, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (!weir_json_get_texts (body, "", "types", false, &names, error))
    return false;
  for (guint i = 0; names != NULL && i < names->len; i++) {
    WeirEventType type = weir_event_type_find (names->pdata[i]);

    if (type == 0)
      return fail_type (names->pdata[i], error);
    *types |= UINT32_C (1) << type;
  }
  return true;
}

static bool
read_time (JsonObject *body, const char *name, int64_t *usec, GError **error)
{
  const char *text = NULL;

  if (!weir_json_get_text (body, "", name, false, &text, error))
    return false;
  if (text == NULL || weir_timestamp_parse (text, g_get_real_time (), usec, error))
    return true;
  g_prefix_error (error, "%s: ", name);
  return false;
}

static bool
read_number (JsonObject *body, const char *name, uint64_t *number, GError **error)
{
  int64_t value = -1;

  if (!weir_json_get_int (body, "", name, false, (WeirJsonRange){ 0, INT64_MAX }, &value, error))
    return false;
  if (value >= 0)
    *number = (uint64_t)value;
  return true;
}

/* {"name": "value"}; null: any value. */
static bool
read_attributes (JsonObject *body, Search *search, GError **error)
{
  JsonObject *object = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!weir_json_get_object (body, "", "attributes", false, &object, error))
    return false;
  if (object == NULL)
    return true;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node)) {
    WeirHistoryAttribute attribute = { .name = name };

    if (!JSON_NODE_HOLDS_NULL (node) &&
        !weir_json_get_text (object, "attributes", name, true, &attribute.value, error))
      return false;
    g_array_append_val (search->attributes, attribute);
  }
  search->filter.attributes = (const WeirHistoryAttribute *)(void *)search->attributes->data;
  search->filter.n_attributes = search->attributes->len;
  return true;
}

static bool
read_flowfile (JsonObject *body, const WeirHistory *history, uint64_t *id, GError **error)
{
  const char *uuid = NULL;
  g_autofree char *quoted = NULL;

  if (!weir_json_get_text (body, "", "flowfile", false, &uuid, error))
    return false;
  if (uuid == NULL)
    return true;
  *id = weir_history_parse_uuid (history, uuid);
  if (*id != 0)
    return true;
  quoted = weir_error_quote (uuid);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "flowfile: %s is no UUID of a FlowFile of this flow", quoted);
  return false;
}

static bool
read_search (JsonObject *body, const WeirHistory *history, Search *search, GError **error)
{
  WeirHistoryFilter *filter = &search->filter;
  uint64_t after = 0;
  uint64_t before = INT64_MAX;
  bool is_oldest_first = false;

  *filter = (WeirHistoryFilter)WEIR_HISTORY_FILTER_INIT;
  search->attributes = g_array_new (FALSE, FALSE, sizeof (WeirHistoryAttribute));
  search->limit = EVENTS_PAGE;
  if (!read_flowfile (body, history, &filter->flowfile, error) ||
      !weir_json_get_text (body, "", "component", false, &filter->component, error) ||
      !weir_json_get_text (body, "", "text", false, &filter->text, error) ||
      !read_types (body, &filter->types, error) ||
      !read_time (body, "since", &filter->since, error) ||
      !read_time (body, "until", &filter->until, error) ||
      !read_number (body, "larger", &filter->larger, error) ||
      !read_number (body, "smaller", &filter->smaller, error) ||
      !read_number (body, "after", &after, error) ||
      !read_number (body, "before", &before, error) || !read_attributes (body, search, error) ||
      !weir_json_get_bool (body, "", "oldest_first", false, &is_oldest_first, error) ||
      !weir_json_get_int (body, "", "limit", false, (WeirJsonRange){ 1, EVENTS_MAX },
                          &search->limit, error))
    return false;
  filter->is_descending = !is_oldest_first;
  filter->from = after + 1;
  filter->to = before > 0 ? before - 1 : 0;
  filter->columns = all_columns ();
  return true;
}

static bool
put_events (GString *out, WeirHistory *history, const Search *search, const WeirMask *mask,
            GError **error)
{
  g_autoptr (WeirHistoryCursor) cursor = weir_history_find (history, &search->filter);
  g_autoptr (GError) reason = NULL;
  WeirFields fields;
  bool is_more = false;

  weir_fields_init (&fields, history);
  weir_json_begin (out, "events", '[');
  for (int64_t n = 0; weir_history_cursor_step (cursor, &reason); n++) {
    is_more = n == search->limit || out->len > ANSWER_MAX;
    if (is_more)
      break;
    weir_fields_set (&fields, cursor);
    if (!put_event (out, &fields, mask, &reason))
      break;
  }
  weir_fields_clear (&fields);
  weir_json_end (out, ']');
  weir_json_put_bool (out, "more", is_more);
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

static bool
on_search (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirHistory) history = open_history (target, error);
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  GString *out = weir_call_answer (call);
  g_auto (Search) search = { 0 };

  if (history == NULL || !read_search (weir_call_get_body (call), history, &search, error))
    return false;
  weir_json_begin (out, NULL, '{');
  if (!put_events (out, history, &search, weir_document_get_mask (document), error))
    return false;
  put_problems (out, history);
  weir_json_end (out, '}');
  return true;
}

/* --- one event --- */

static bool
on_get (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirHistory) history = open_history (target, error);
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  uint64_t number = (uint64_t)weir_call_get_int (call, "event", 0);
  WeirHistoryFilter filter = WEIR_HISTORY_FILTER_INIT;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  g_autoptr (GError) reason = NULL;
  WeirFields fields;
  bool ok;

  if (history == NULL)
    return false;
  filter.from = filter.to = number;
  filter.columns = all_columns ();
  cursor = weir_history_find (history, &filter);
  if (!weir_history_cursor_step (cursor, &reason)) {
    if (reason == NULL)
      g_set_error (&reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                   "event %" G_GUINT64_FORMAT " is not kept", number);
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  weir_fields_init (&fields, history);
  weir_fields_set (&fields, cursor);
  ok = put_event (weir_call_answer (call), &fields, weir_document_get_mask (document), error);
  weir_fields_clear (&fields);
  return ok;
}

/* --- SQL --- */

static void
put_names (GString *out, const WeirQuery *query, int n)
{
  weir_json_begin (out, "columns", '[');
  for (int i = 0; i < n; i++)
    weir_json_put_text (out, NULL, weir_query_get_name (query, i));
  weir_json_end (out, ']');
}

static bool
on_sql (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirHistory) history = open_history (target, error);
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (target);
  const WeirMask *mask = weir_document_get_mask (document);
  GString *out = weir_call_answer (call);
  g_autoptr (WeirQuery) query = NULL;
  g_autoptr (GError) reason = NULL;
  const char *sql = NULL;
  int64_t limit = ROWS_MAX;
  bool is_more = false;
  int n;

  if (history == NULL ||
      !weir_json_get_text (weir_call_get_body (call), "", "sql", true, &sql, error) ||
      !weir_json_get_int (weir_call_get_body (call), "", "limit", false,
                          (WeirJsonRange){ 1, ROWS_MAX }, &limit, error))
    return false;
  query = weir_query_new (history, sql, error);
  if (query == NULL)
    return false;
  n = weir_query_get_n_columns (query);
  weir_json_begin (out, NULL, '{');
  put_names (out, query, n);
  weir_json_begin (out, "rows", '[');
  for (int64_t row = 0; weir_query_next (query, &reason); row++) {
    is_more = row == limit || out->len > ANSWER_MAX;
    if (is_more)
      break;
    weir_json_begin (out, NULL, '[');
    for (int i = 0; i < n; i++) {
      WeirValue value;

      weir_query_get (query, i, &value);
      put_value (out, NULL, &value, mask);
    }
    weir_json_end (out, ']');
  }
  weir_json_end (out, ']');
  weir_json_put_bool (out, "more", is_more);
  put_problems (out, history);
  weir_json_end (out, '}');
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

/* --- lineage --- */

static void
put_uuid (GString *out, const char *name, const WeirHistory *history, uint64_t flowfile)
{
  char uuid[WEIR_UUID_LENGTH + 1];

  weir_history_format_uuid (history, flowfile, uuid);
  weir_json_put_text (out, name, uuid);
}

static void
put_birth (GString *out, WeirHistory *history, const WeirHistoryEvent *event, GString *scratch)
{
  static const WeirField shown[] = { WEIR_FIELD_EVENT, WEIR_FIELD_TYPE, WEIR_FIELD_TIME,
                                     WEIR_FIELD_COMPONENT, WEIR_FIELD_SIZE };

  weir_json_begin (out, NULL, '{');
  put_uuid (out, "flowfile", history, event->event.flowfile);
  for (size_t i = 0; i < G_N_ELEMENTS (shown); i++) {
    WeirValue value;

    weir_fields_get_plain (history, event, shown[i], scratch, &value);
    put_value (out, weir_field_get_name (shown[i]), &value, NULL);
  }
  weir_json_begin (out, "parents", '[');
  for (size_t i = 0; i < event->event.n_parents; i++)
    put_uuid (out, NULL, history, event->event.parents[i]);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
}

static bool
put_direction (GString *out, const char *name, WeirHistory *history, uint64_t flowfile,
               WeirLineageDirection direction, GError **error)
{
  unsigned columns = WEIR_COLUMN_TIME | WEIR_COLUMN_TYPE | WEIR_COLUMN_COMPONENT |
                     WEIR_COLUMN_FLOWFILE | WEIR_COLUMN_SIZE | WEIR_COLUMN_BIRTH;
  WeirLineage *lineage = weir_lineage_new (history, flowfile, direction, columns);
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_autoptr (GError) reason = NULL;
  const WeirHistoryEvent *event;
  bool is_more = false;

  weir_json_begin (out, name, '{');
  weir_json_begin (out, "births", '[');
  for (int n = 0; (event = weir_lineage_next (lineage, &reason)) != NULL; n++) {
    is_more = n == LINEAGE_MAX || out->len > ANSWER_MAX;
    if (is_more)
      break;
    put_birth (out, history, event, scratch);
  }
  weir_json_end (out, ']');
  weir_json_put_bool (out, "more", is_more);
  weir_json_end (out, '}');
  weir_lineage_free (lineage);
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

static bool
on_lineage (WeirCall *call, void *target, GError **error)
{
  g_autoptr (WeirHistory) history = open_history (target, error);
  const char *uuid = weir_call_get_text (call, "flowfile");
  GString *out = weir_call_answer (call);
  uint64_t flowfile;

  if (history == NULL)
    return false;
  flowfile = weir_history_parse_uuid (history, uuid);
  if (flowfile == 0) {
    g_autofree char *quoted = weir_error_quote (uuid);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "%s is no UUID of a FlowFile of this flow", quoted);
    return false;
  }
  weir_json_begin (out, NULL, '{');
  if (!put_direction (out, "up", history, flowfile, WEIR_LINEAGE_UP, error) ||
      !put_direction (out, "down", history, flowfile, WEIR_LINEAGE_DOWN, error))
    return false;
  put_problems (out, history);
  weir_json_end (out, '}');
  return true;
}

/* --- rows --- */

static const WeirParam flow_param[] = {
  WEIR_FLOW_PARAM,
  { 0 },
};

static const WeirParam event_params[] = {
  WEIR_FLOW_PARAM,
  { .name = "event",
    .doc = "Number of the event.",
    .kind = WEIR_PARAM_INT,
    .is_in_path = true,
    .is_required = true,
    .min = 1,
    .max = INT64_MAX },
  { 0 },
};

static const WeirParam lineage_params[] = {
  WEIR_FLOW_PARAM,
  { .name = "flowfile", .doc = "UUID of the FlowFile.", .is_in_path = true, .is_required = true },
  { 0 },
};

static const char search_schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"flowfile\":{\"type\":\"string\"},\"component\":{\"type\":\"string\"},"
    "\"types\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"maxItems\":32},"
    "\"since\":{\"type\":\"string\"},\"until\":{\"type\":\"string\"},"
    "\"attributes\":{\"type\":\"object\",\"additionalProperties\":true},"
    "\"text\":{\"type\":\"string\"},"
    "\"larger\":{\"type\":\"integer\",\"minimum\":0},"
    "\"smaller\":{\"type\":\"integer\",\"minimum\":0},"
    "\"after\":{\"type\":\"integer\",\"minimum\":0},"
    "\"before\":{\"type\":\"integer\",\"minimum\":0},"
    "\"oldest_first\":{\"type\":\"boolean\"},"
    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000}}}";

static const char events_schema[] =
    "{\"type\":\"object\",\"additionalProperties\":true,\"properties\":{"
    "\"events\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":true}},"
    "\"more\":{\"type\":\"boolean\"},"
    "\"problems\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}";

static const char any_schema[] = "{\"type\":\"object\",\"additionalProperties\":true}";

static const char sql_schema[] =
    "{\"type\":\"object\",\"required\":[\"sql\"],\"properties\":{"
    "\"sql\":{\"type\":\"string\",\"maxLength\":65536},"
    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10000}}}";

static const WeirMethod rows[] = {
  { .name = "provenance.search",
    .verb = "POST",
    .path = "/v1/flows/{flow}/provenance/search",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW,
    .doc = "Finds events, newest first. What is given narrows it; go on with `before` (or `after`, "
           "with `oldest_first`) and the number of the last event while `more` is true.",
    .params = flow_param,
    .body = search_schema,
    .result = events_schema,
    .example = "{\"types\": [\"DROP\"], \"since\": \"1 h\", \"limit\": 10}",
    .answer = "{\"events\": [], \"more\": false, \"problems\": []}",
    .handle = on_search },
  { .name = "provenance.get",
    .verb = "GET",
    .path = "/v1/flows/{flow}/provenance/events/{event}",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW,
    .doc = "One event with all that is known of it.",
    .params = event_params,
    .result = any_schema,
    .answer = "{\"event\": 1, \"type\": \"CREATE\", \"component\": \"read\"}",
    .handle = on_get },
  { .name = "provenance.sql",
    .verb = "POST",
    .path = "/v1/flows/{flow}/provenance/sql",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW,
    .doc = "Asks the tables events, attributes and lineage in SQL, which can only read.",
    .params = flow_param,
    .body = sql_schema,
    .result = any_schema,
    .example = "{\"sql\": \"SELECT type, count(*) FROM events GROUP BY 1\"}",
    .answer = "{\"columns\": [\"type\", \"count(*)\"], \"rows\": [[\"CREATE\", 3]], "
              "\"more\": false, \"problems\": []}",
    .handle = on_sql },
  { .name = "provenance.lineage",
    .verb = "GET",
    .path = "/v1/flows/{flow}/provenance/lineage/{flowfile}",
    .role = WEIR_ROLE_OPERATOR,
    .flags = WEIR_METHOD_FLOW,
    .doc = "What a FlowFile was made of, and what was made of it, by the births that connect them.",
    .params = lineage_params,
    .result = any_schema,
    .answer = "{\"up\": {\"births\": [], \"more\": false}, "
              "\"down\": {\"births\": [], \"more\": false}, \"problems\": []}",
    .handle = on_lineage },
  { 0 },
};

const WeirMethodTable weir_methods_provenance = {
  .title = "Provenance",
  .doc = "What happened to every FlowFile; docs/provenance.md tells what the fields mean.",
  .rows = rows,
};
