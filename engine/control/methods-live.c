/* methods-live.c: what a flow does and did, in numbers and in words. */
#include "control/methods-flow.h"
#include "control/metrics.h"
#include "control/observer.h"

#include "base/error.h"
#include "base/limits.h"
#include "wire/json.h"

#define PAGE   100
#define POINTS 300 /* of a history, where nothing else is said */

/* --- bulletins --- */

static bool
on_bulletins (WeirCall *call, void *target, GError **error)
{
  static const char *const levels[] = { "debug", "info", "warning", "error", NULL };
  WeirObserver *observer = weir_flow_host_get_observer (target);
  const char *level = weir_call_get_text (call, "level");
  WeirNoticeQuery query = {
    .before = (uint64_t)weir_call_get_int (call, "before", 0),
    .after = (uint64_t)weir_call_get_int (call, "after", 0),
    .max = (unsigned)weir_call_get_int (call, "limit", PAGE),
    .component = weir_call_get_text (call, "component"),
    .text = weir_call_get_text (call, "text"),
    .flowfile = weir_call_get_text (call, "flowfile"),
    .since = weir_call_get_time (call, "since", 0),
  };
  g_autoptr (GPtrArray) notices = NULL;
  GString *out = weir_call_answer (call);

  for (unsigned i = 0; level != NULL && levels[i] != NULL; i++)
    if (g_str_equal (levels[i], level))
      query.level = (WeirLogLevel)i;
  weir_observer_flush (observer);
  notices = weir_chronicle_list_notices (weir_observer_get_chronicle (observer), &query, error);
  if (notices == NULL)
    return false;
  weir_json_begin (out, NULL, '{');
  weir_json_begin (out, "bulletins", '[');
  for (guint i = 0; i < notices->len; i++)
    weir_notice_put_json (out, notices->pdata[i]);
  weir_json_end (out, ']');
  if (notices->len == query.max)
    weir_json_put_uint (out, "before", ((WeirNotice *)notices->pdata[query.max - 1])->id);
  weir_json_end (out, '}');
  return true;
}

/* --- figures --- */

static void
put_values (GString *out, WeirSubjectKind kind, const uint64_t *values)
{
  unsigned n;
  const WeirMeasure *measures = weir_measures_get (kind, &n);

  for (unsigned i = 0; i < n; i++)
    if (measures[i].nature != WEIR_MEASURE_STATE)
      weir_json_put_uint (out, measures[i].name, values[i]);
}

static void
put_reading (GString *out, const WeirReading *reading, int64_t span)
{
  weir_json_begin (out, NULL, '{');
  weir_json_put_time (out, "time", reading->wall);
  weir_json_put_int (out, "usec", span);
  weir_json_begin (out, "subjects", '[');
  for (uint32_t i = 0; i < reading->roster->n; i++) {
    const WeirSubject *subject = &reading->roster->subjects[i];

    weir_json_begin (out, NULL, '{');
    weir_json_put_text (out, "path", subject->path);
    weir_json_put_text (out, "kind", weir_subject_kind_get_text (subject->kind));
    put_values (out, subject->kind, reading->subjects[i].values);
    weir_json_end (out, '}');
  }
  weir_json_end (out, ']');
  weir_json_end (out, '}');
}

static void
put_subject_then (GString *out, const WeirSubject *subject, const WeirMinute *minute)
{
  static const uint64_t nothing[WEIR_MEASURES_MAX];
  const WeirMinuteSubject *then = minute != NULL ? weir_minute_find (minute, subject->key) : NULL;

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "path", subject->path);
  weir_json_put_text (out, "kind", weir_subject_kind_get_text (subject->kind));
  put_values (out, subject->kind,
              then != NULL && then->kind == subject->kind ? then->values : nothing);
  weir_json_end (out, '}');
}

/* A minute of the past, of what is there now. */
static bool
answer_past (WeirCall *call, WeirObserver *observer, int64_t at, GError **error)
{
  g_autoptr (WeirReading) now = weir_observer_read (observer);
  g_autoptr (WeirMinute) minute = NULL;
  g_autoptr (GError) local = NULL;
  GString *out = weir_call_answer (call);

  weir_observer_flush (observer);
  minute = weir_chronicle_read_minute (weir_observer_get_chronicle (observer), at, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return false;
  }
  weir_json_begin (out, NULL, '{');
  weir_json_put_time (out, "time", at - at % WEIR_MINUTE_USEC + WEIR_MINUTE_USEC);
  weir_json_put_int (out, "usec", minute != NULL ? minute->covered : 0);
  weir_json_begin (out, "subjects", '[');
  for (uint32_t i = 0; now != NULL && i < now->roster->n; i++)
    put_subject_then (out, &now->roster->subjects[i], minute);
  weir_json_end (out, ']');
  weir_json_end (out, '}');
  return true;
}

static bool
fail_not_running (GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_IO, "the flow is not running yet");
  return false;
}

static bool
on_figures (WeirCall *call, void *target, GError **error)
{
  WeirObserver *observer = weir_flow_host_get_observer (target);
  int64_t at = weir_call_get_time (call, "at", -1);
  g_autoptr (WeirReading) last = NULL;
  int64_t span = 0;

  if (at >= 0)
    return answer_past (call, observer, at, error);
  if (weir_call_get_bool (call, "total", false))
    last = weir_observer_read (observer);
  else
    last = weir_observer_read_last (observer, &span);
  if (last == NULL)
    return fail_not_running (error);
  put_reading (weir_call_answer (call), last, span);
  return true;
}

/* --- history --- */

static void
put_measure (GString *out, const WeirSeries *series, unsigned measure, const char *name)
{
  weir_json_begin (out, name, '[');
  for (unsigned i = 0; i < series->n; i++) {
    if (series->covered[i] > 0)
      weir_json_put_uint (out, NULL, series->values[i][measure]);
    else
      weir_json_put_raw (out, NULL, "null");
  }
  weir_json_end (out, ']');
}

static void
put_series (GString *out, const char *path, const WeirSeries *series)
{
  unsigned n;
  const WeirMeasure *measures = weir_measures_get (series->kind, &n);

  weir_json_begin (out, NULL, '{');
  weir_json_put_text (out, "path", path);
  weir_json_put_text (out, "kind", weir_subject_kind_get_text (series->kind));
  weir_json_put_time (out, "from", series->from);
  weir_json_put_int (out, "step_usec", series->step);
  weir_json_begin (out, "covered_usec", '[');
  for (unsigned i = 0; i < series->n; i++)
    weir_json_put_int (out, NULL, series->covered[i]);
  weir_json_end (out, ']');
  weir_json_begin (out, "measures", '{');
  for (unsigned i = 0; i < n; i++)
    if (measures[i].nature != WEIR_MEASURE_STATE)
      put_measure (out, series, i, measures[i].name);
  weir_json_end (out, '}');
  weir_json_end (out, '}');
}

static bool
on_history (WeirCall *call, void *target, GError **error)
{
  WeirObserver *observer = weir_flow_host_get_observer (target);
  const char *kind = weir_call_get_text (call, "kind");
  const char *path = weir_call_get_text (call, "path");
  int64_t now = g_get_real_time ();
  int64_t from = weir_call_get_time (call, "from", now - WEIR_LIMIT_RECENT * G_USEC_PER_SEC);
  int64_t to = weir_call_get_time (call, "to", now);
  int64_t step = weir_call_get_int (call, "step", 0);
  WeirSubjectKind which = WEIR_SUBJECT_FLOW;
  g_autoptr (WeirSeries) series = NULL;

  for (unsigned i = 0; i < WEIR_N_SUBJECT_KINDS; i++)
    if (g_strcmp0 (kind, weir_subject_kind_get_text ((WeirSubjectKind)i)) == 0)
      which = (WeirSubjectKind)i;
  step = step == 0 ? MAX ((to - from) / POINTS, G_USEC_PER_SEC) : step;
  /* Whole seconds or minutes, so that none is in two steps. */
  step -= step % (step >= WEIR_MINUTE_USEC ? WEIR_MINUTE_USEC : G_USEC_PER_SEC);
  series = weir_series_new (which, from, to, MAX (step, G_USEC_PER_SEC));
  if (!weir_observer_read_series (observer, path != NULL ? path : "", series, error))
    return false;
  put_series (weir_call_answer (call), path != NULL ? path : "", series);
  return true;
}

/* --- live --- */

static bool
on_write (void *data, const void *bytes, size_t size)
{
  return weir_stream_write (data, bytes, size);
}

static size_t
on_get_backlog (void *data)
{
  return weir_stream_get_backlog (data);
}

static void
on_end (void *data)
{
  weir_stream_end (data);
}

static bool
on_live (WeirCall *call, void *target, GError **error)
{
  WeirObserver *observer = weir_flow_host_get_observer (target);
  g_autofree char *last = g_strdup (weir_call_get_header (call, "Last-Event-ID"));
  WeirLiveSink sink = { .write = on_write, .get_backlog = on_get_backlog, .end = on_end };

  weir_call_set_header (call, "Cache-Control", "no-store");
  sink.data = weir_call_stream (call, "text/event-stream");
  weir_live_add (weir_observer_get_live (observer), &sink, last);
  weir_observer_wake (observer);
  return true;
}

static bool
on_metrics (WeirCall *call, void *target, GError **error)
{
  WeirObserver *observer = weir_flow_host_get_observer (target);
  g_autoptr (WeirReading) now = weir_observer_read (observer);
  g_autoptr (GBytes) bytes = NULL;
  GString *out;

  if (now == NULL)
    return fail_not_running (error);
  out = g_string_new (NULL);
  weir_metrics_put (out, now, weir_observer_get_name (observer));
  bytes = g_string_free_to_bytes (out);
  weir_call_answer_bytes (call, WEIR_METRICS_TYPE, bytes);
  return true;
}

/* --- rows --- */

static const char *const levels[] = { "debug", "info", "warning", "error", NULL };
static const char *const kinds[] = { "flow", "processor", "connection", NULL };

static const WeirParam flow_params[] = { WEIR_FLOW_PARAM, { 0 } };

static const WeirParam bulletin_params[] = {
  WEIR_FLOW_PARAM,
  { .name = "component", .doc = "Only of this component, or of what is in this group." },
  { .name = "level", .doc = "Only of this level and above.", .choices = levels },
  { .name = "text", .doc = "Only with this in the message, whatever case." },
  { .name = "flowfile", .doc = "Only about this FlowFile: its uuid." },
  { .name = "since", .doc = "Only from this moment on.", .kind = WEIR_PARAM_TIME },
  { .name = "before",
    .doc = "Only before this id: `before` of the last page.",
    .kind = WEIR_PARAM_INT,
    .min = 1,
    .max = INT64_MAX },
  { .name = "after",
    .doc = "Only after this id: the newest that is known.",
    .kind = WEIR_PARAM_INT,
    .min = 0,
    .max = INT64_MAX },
  { .name = "limit",
    .doc = "Bulletins of a page; 100 if not given.",
    .kind = WEIR_PARAM_INT,
    .min = 1,
    .max = 1000 },
  { 0 },
};

static const WeirParam figures_params[] = {
  WEIR_FLOW_PARAM,
  { .name = "at",
    .doc = "The minute of the past that this moment is in.",
    .kind = WEIR_PARAM_TIME },
  { .name = "total",
    .doc = "Counted from the start of the flow on, not those of the last second.",
    .kind = WEIR_PARAM_BOOL },
  { 0 },
};

static const WeirParam history_params[] = {
  WEIR_FLOW_PARAM,
  { .name = "kind", .doc = "Of what; the flow as a whole if not given.", .choices = kinds },
  { .name = "path", .doc = "Path of the processor or connection." },
  { .name = "from", .doc = "Begins there; ten minutes ago if not given.", .kind = WEIR_PARAM_TIME },
  { .name = "to", .doc = "Ends there; now if not given.", .kind = WEIR_PARAM_TIME },
  { .name = "step",
    .doc = "So long is one step; a three-hundredth of the time if not given.",
    .kind = WEIR_PARAM_DURATION,
    .min = 1000000,
    .max = INT64_C (2592000000000) },
  { 0 },
};

static const WeirSchemaText schemas[] = {
  { "Bulletin",
    "{\"type\":\"object\",\"description\":\"Something that a component has to tell people\","
    "\"required\":[\"id\",\"time\",\"level\",\"component\",\"message\"],\"properties\":{"
    "\"id\":{\"type\":\"integer\"},\"time\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"level\":{\"type\":\"string\"},\"component\":{\"type\":\"string\"},"
    "\"name\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"},"
    "\"flowfile\":{\"type\":[\"string\",\"null\"],\"description\":\"uuid of what it is about\"},"
    "\"more\":{\"type\":\"integer\",\"description\":\"So many more like it came at the same "
    "time\"}}}" },
  { "Figures",
    "{\"type\":\"object\",\"description\":\"Measures (docs/monitoring.md) of the flow (its path "
    "is empty) and of each thing in it\",\"required\":[\"usec\",\"subjects\"],\"properties\":{"
    "\"time\":{\"type\":[\"string\",\"null\"]},\"usec\":{\"type\":\"integer\",\"description\":\"So "
    "long they were counted; 0: nothing is known, or from the start on\"},"
    "\"subjects\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"path\","
    "\"kind\"],\"properties\":{\"path\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"}},"
    "\"additionalProperties\":{\"type\":\"integer\"}}}}}" },
  { "History",
    "{\"type\":\"object\",\"description\":\"Measures (docs/monitoring.md) of one thing, step by "
    "step; null where nothing is known\",\"required\":[\"path\",\"step_usec\",\"measures\"],"
    "\"properties\":{\"path\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"},"
    "\"from\":{\"type\":[\"string\",\"null\"]},\"step_usec\":{\"type\":\"integer\"},"
    "\"covered_usec\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},"
    "\"measures\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\",\"items\":"
    "{\"type\":[\"integer\",\"null\"]}}}}}" },
  { 0 },
};

static const WeirMethod rows[] = {
  { .name = "bulletin.list",
    .verb = "GET",
    .path = "/v1/flows/{flow}/bulletins",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "Bulletins, the newest first. They stay 30 days, over restarts, and at most 100,000 of "
           "them.",
    .params = bulletin_params,
    .result = "{\"type\":\"object\",\"required\":[\"bulletins\"],\"properties\":{\"bulletins\":{"
              "\"type\":\"array\",\"items\":{\"$ref\":\"Bulletin\"}},\"before\":{\"type\":"
              "\"integer\",\"description\":\"For the next page; not there: this is the last\"}}}",
    .answer = "{\"bulletins\":[{\"id\":7,\"time\":\"2026-11-21T03:00:00.000Z\",\"level\":\"error\","
              "\"component\":\"archive/read\",\"name\":\"Read\",\"message\":\"no such file\","
              "\"flowfile\":null,\"more\":0}]}",
    .handle = on_bulletins },
  { .name = "figures.get",
    .verb = "GET",
    .path = "/v1/flows/{flow}/figures",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "Figures of the flow and of all that is in it: of the last second, from the start on, "
           "or of a minute of the past.",
    .params = figures_params,
    .result = "{\"$ref\":\"Figures\"}",
    .answer = "{\"time\":\"2026-11-21T03:00:00.000Z\",\"usec\":1000031,\"subjects\":[{\"path\":"
              "\"read\",\"kind\":\"processor\",\"in\":0,\"out\":118}]}",
    .handle = on_figures },
  { .name = "history.get",
    .verb = "GET",
    .path = "/v1/flows/{flow}/history",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "Figures of one thing in the past: each second of ten minutes, each minute of 30 days, "
           "put together in steps.",
    .params = history_params,
    .result = "{\"$ref\":\"History\"}",
    .answer = "{\"path\":\"read\",\"kind\":\"processor\",\"from\":\"2026-11-21T03:00:00.000Z\","
              "\"step_usec\":60000000,\"covered_usec\":[60000000,0],\"measures\":{\"out\":[7080,"
              "null]}}",
    .handle = on_history },
  { .name = "live.listen",
    .verb = "GET",
    .path = "/v1/flows/{flow}/live",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW | WEIR_METHOD_STREAM,
    .doc = "What happens, as it happens: figures up to ten times a second, bulletins, edits "
           "(docs/live-stream.md). It has no end; with the header Last-Event-ID it goes on where "
           "it broke.",
    .params = flow_params,
    .result = "text/event-stream",
    .answer = "event: figures\ndata: {\"time\":\"2026-11-21T03:00:00.100Z\",\"usec\":81190100000,"
              "\"rows\":[[1,68,118,40]]}\n\n",
    .handle = on_live },
  { .name = "metrics.flow",
    .verb = "GET",
    .path = "/v1/flows/{flow}/metrics",
    .role = WEIR_ROLE_VIEWER,
    .flags = WEIR_METHOD_FLOW,
    .doc = "The figures from the start on for Prometheus (docs/monitoring.md).",
    .params = flow_params,
    .result = "text/plain",
    .answer = "weir_flow_queued_flowfiles{flow=\"orders\"} 118\n",
    .handle = on_metrics },
  { 0 },
};

const WeirMethodTable weir_methods_live = {
  .title = "What happens",
  .doc = "Bulletins and figures, now and in the past.",
  .rows = rows,
  .schemas = schemas,
};
