/* live-encoder.c: remembers for each value at which tick it changed last, so that whoever has not
 * taken some updates gets one that is all of them. */
#include "control/live-encoder.h"

#include "wire/json.h"

/* What drifts is looked at again after it. */
#define DRIFT_USEC G_USEC_PER_SEC

typedef struct {
  uint64_t newest;
  uint64_t values[WEIR_MEASURES_MAX];
} Ticks;

typedef struct {
  uint64_t since;
  bool is_snapshot;
  GString *text; /* empty: nothing has changed */
} Frame;

struct WeirLiveEncoder {
  uint64_t tick;
  uint64_t base; /* the tick at which the roster was new */
  WeirReading *now;
  WeirValues *told; /* of each subject */
  Ticks *changed;   /* likewise */
  int64_t drifted;  /* when what drifts was looked at */
  GArray *frames;   /* Frame: of this tick */
};

static void
frame_clear (void *data)
{
  Frame *frame = data;

  g_string_free (frame->text, TRUE);
}

WeirLiveEncoder *
weir_live_encoder_new (void)
{
  WeirLiveEncoder *encoder = g_new0 (WeirLiveEncoder, 1);

  encoder->frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_array_set_clear_func (encoder->frames, frame_clear);
  return encoder;
}

void
weir_live_encoder_free (WeirLiveEncoder *encoder)
{
  if (encoder == NULL)
    return;
  weir_reading_unref (encoder->now);
  g_free (encoder->told);
  g_free (encoder->changed);
  g_array_unref (encoder->frames);
  g_free (encoder);
}

static void
begin_roster (WeirLiveEncoder *encoder, const WeirRoster *roster)
{
  g_free (encoder->told);
  g_free (encoder->changed);
  encoder->told = g_new0 (WeirValues, roster->n);
  encoder->changed = g_new0 (Ticks, roster->n);
  encoder->base = encoder->tick;
  encoder->drifted = INT64_MIN;
}

static void
compare (WeirLiveEncoder *encoder, uint32_t place, const WeirValues *now, bool with_drift)
{
  uint64_t *told = encoder->told[place].values;
  Ticks *changed = &encoder->changed[place];
  unsigned n;
  const WeirMeasure *measures = weir_measures_get (encoder->now->roster->subjects[place].kind, &n);

  for (unsigned i = 0; i < n; i++) {
    if (now->values[i] == told[i] || (measures[i].drifts && !with_drift))
      continue;
    told[i] = now->values[i];
    changed->values[i] = encoder->tick;
    changed->newest = encoder->tick;
  }
}

uint64_t
weir_live_encoder_update (WeirLiveEncoder *encoder, WeirReading *reading)
{
  bool is_new = encoder->now == NULL || encoder->now->roster != reading->roster;
  bool with_drift;

  g_array_set_size (encoder->frames, 0);
  encoder->tick++;
  weir_reading_ref (reading);
  weir_reading_unref (encoder->now);
  encoder->now = reading;
  if (is_new)
    begin_roster (encoder, reading->roster);
  with_drift = is_new || reading->monotonic - encoder->drifted >= DRIFT_USEC;
  if (with_drift)
    encoder->drifted = reading->monotonic;
  for (uint32_t i = 0; i < reading->roster->n; i++)
    compare (encoder, i, &reading->subjects[i], with_drift);
  return encoder->tick;
}

/* Hundreds of thousands a second: no printf. */
static void
put_number (GString *text, uint64_t value)
{
  char digits[20];
  unsigned n = sizeof digits;

  do
    digits[--n] = (char)('0' + value % 10);
  while ((value /= 10) > 0);
  g_string_append_len (text, digits + n, (gssize)(sizeof digits - n));
}

/* [place, mask, value...]: the bits of the mask say which values follow. */
static void
put_row (GString *text, const WeirLiveEncoder *encoder, uint32_t place, uint64_t since)
{
  const Ticks *changed = &encoder->changed[place];
  uint32_t mask = 0;

  for (unsigned i = 0; i < WEIR_MEASURES_MAX; i++)
    if (changed->values[i] > since)
      mask |= UINT32_C (1) << i;
  if (text->str[text->len - 1] != '[')
    g_string_append_c (text, ',');
  g_string_append_c (text, '[');
  put_number (text, place);
  g_string_append_c (text, ',');
  put_number (text, mask);
  for (unsigned i = 0; i < WEIR_MEASURES_MAX; i++) {
    if ((mask & UINT32_C (1) << i) == 0)
      continue;
    g_string_append_c (text, ',');
    put_number (text, encoder->told[place].values[i]);
  }
  g_string_append_c (text, ']');
}

static void
begin_event (GString *text, const char *event, const WeirReading *reading)
{
  g_string_append_printf (text, "event: %s\ndata: ", event);
  weir_json_begin (text, NULL, '{');
  weir_json_put_time (text, "time", reading->wall);
  weir_json_put_int (text, "usec", reading->monotonic);
}

static void
end_event (GString *text)
{
  weir_json_end (text, '}');
  g_string_append (text, "\n\n");
}

static void
put_changes (GString *text, const WeirLiveEncoder *encoder, uint64_t since)
{
  bool is_empty = true;

  for (uint32_t i = 0; i < encoder->now->roster->n; i++) {
    if (encoder->changed[i].newest <= since)
      continue;
    if (is_empty) {
      begin_event (text, "figures", encoder->now);
      weir_json_begin (text, "rows", '[');
      is_empty = false;
    }
    put_row (text, encoder, i, since);
  }
  if (is_empty)
    return;
  weir_json_end (text, ']');
  end_event (text);
}

static void
put_measures (GString *text)
{
  weir_json_begin (text, "measures", '{');
  for (unsigned kind = 0; kind < WEIR_N_SUBJECT_KINDS; kind++) {
    unsigned n;
    const WeirMeasure *measures = weir_measures_get ((WeirSubjectKind)kind, &n);

    weir_json_begin (text, weir_subject_kind_get_text ((WeirSubjectKind)kind), '[');
    for (unsigned i = 0; i < n; i++)
      weir_json_put_text (text, NULL, measures[i].name);
    weir_json_end (text, ']');
  }
  weir_json_end (text, '}');
}

static void
put_subject (GString *text, const WeirSubject *subject, const uint64_t *values)
{
  unsigned n;

  weir_measures_get (subject->kind, &n);
  weir_json_begin (text, NULL, '{');
  weir_json_put_text (text, "path", subject->path);
  weir_json_put_text (text, "kind", weir_subject_kind_get_text (subject->kind));
  weir_json_put_text (text, "part", subject->part);
  weir_json_put_text (text, "name", subject->name);
  if (subject->type != NULL)
    weir_json_put_text (text, "type", subject->type);
  if (subject->kind == WEIR_SUBJECT_CONNECTION) {
    weir_json_put_text (text, "from", subject->from);
    weir_json_put_text (text, "to", subject->to);
    weir_json_put_uint (text, "max_count", subject->max_count);
    weir_json_put_uint (text, "max_bytes", subject->max_bytes);
  }
  weir_json_begin (text, "values", '[');
  for (unsigned i = 0; i < n; i++)
    weir_json_put_uint (text, NULL, values[i]);
  weir_json_end (text, ']');
  weir_json_end (text, '}');
}

static void
put_all (GString *text, const WeirLiveEncoder *encoder)
{
  const WeirRoster *roster = encoder->now->roster;

  begin_event (text, "snapshot", encoder->now);
  put_measures (text);
  weir_json_begin (text, "subjects", '[');
  for (uint32_t i = 0; i < roster->n; i++)
    put_subject (text, &roster->subjects[i], encoder->told[i].values);
  weir_json_end (text, ']');
  end_event (text);
}

const GString *
weir_live_encoder_get (WeirLiveEncoder *encoder, uint64_t tick, bool *ret_is_snapshot)
{
  uint64_t since = tick < encoder->base ? 0 : tick;
  Frame frame = { .since = since, .is_snapshot = since == 0 };

  *ret_is_snapshot = frame.is_snapshot;
  for (guint i = 0; i < encoder->frames->len; i++) {
    const Frame *made = &g_array_index (encoder->frames, Frame, i);
    if (made->since == since)
      return made->text->len > 0 ? made->text : NULL;
  }
  frame.text = g_string_new (NULL);
  if (frame.is_snapshot)
    put_all (frame.text, encoder);
  else
    put_changes (frame.text, encoder, since);
  g_array_append_val (encoder->frames, frame);
  return frame.text->len > 0 ? frame.text : NULL;
}
