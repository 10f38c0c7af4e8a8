/* Tests engine/control/live-encoder.c: a client that follows the events has the figures. */
#include "control/live-encoder.h"

#include "wire/json.h"

#include <string.h>

static WeirRoster *
make_roster (void)
{
  WeirRoster *roster = weir_roster_new_empty (4);

  for (uint32_t i = 0; i < roster->n; i++) {
    WeirSubject *subject = &roster->subjects[i];
    subject->kind = i == 0   ? WEIR_SUBJECT_FLOW
                    : i == 3 ? WEIR_SUBJECT_CONNECTION
                             : WEIR_SUBJECT_NODE;
    subject->path = i == 0 ? g_strdup ("") : g_strdup_printf ("s%u", i);
    subject->name = g_strdup ("say \"hi\"");
    subject->part = "processor";
  }
  roster->subjects[3].from = g_strdup ("s1:success");
  roster->subjects[3].to = g_strdup ("s2");
  return roster;
}

/* What is behind "data: " in an event. */
static JsonObject *
parse (const GString *text, const char *event)
{
  g_autofree char *head = g_strdup_printf ("event: %s\ndata: ", event);
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  g_assert_nonnull (text);
  g_assert_true (g_str_has_prefix (text->str, head));
  g_assert_true (g_str_has_suffix (text->str, "}\n\n"));
  object = weir_json_parse_object (text->str + strlen (head), text->len - strlen (head), &error);
  g_assert_no_error (error);
  return object;
}

/* As a client does it: the values of each subject. */
static void
follow (WeirValues *client, JsonObject *object)
{
  JsonArray *rows = json_object_get_array_member (object, "rows");

  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonArray *row = json_array_get_array_element (rows, i);
    uint64_t *values = client[json_array_get_int_element (row, 0)].values;
    gint64 mask = json_array_get_int_element (row, 1);
    guint next = 2;

    for (unsigned bit = 0; bit < WEIR_MEASURES_MAX; bit++)
      if ((mask & (gint64)1 << bit) != 0)
        values[bit] = (uint64_t)json_array_get_int_element (row, next++);
    g_assert_cmpuint (next, ==, json_array_get_length (row));
  }
}

static void
test_snapshot (void)
{
  g_autoptr (WeirLiveEncoder) encoder = weir_live_encoder_new ();
  g_autoptr (WeirRoster) roster = make_roster ();
  g_autoptr (WeirReading) reading = weir_reading_new_empty (roster, 1000000, 77);
  g_autoptr (JsonObject) object = NULL;
  const GString *text;
  JsonObject *subject;
  bool is_snapshot;

  reading->subjects[2].values[WEIR_NODE_IN] = UINT64_C (1) << 62;
  weir_live_encoder_update (encoder, reading);
  text = weir_live_encoder_get (encoder, 0, &is_snapshot);
  g_assert_true (is_snapshot);
  g_assert_true (weir_live_encoder_get (encoder, 0, &is_snapshot) == text); /* for the next one */
  object = parse (text, "snapshot");
  g_assert_cmpstr (json_object_get_string_member (object, "time"), ==, "1970-01-01T00:00:01.000Z");
  g_assert_cmpint (json_object_get_int_member (object, "usec"), ==, 77);
  subject = json_array_get_object_element (json_object_get_array_member (object, "subjects"), 2);
  g_assert_cmpstr (json_object_get_string_member (subject, "path"), ==, "s2");
  g_assert_cmpstr (json_object_get_string_member (subject, "kind"), ==, "processor");
  g_assert_cmpstr (json_object_get_string_member (subject, "name"), ==, "say \"hi\"");
  g_assert_cmpint (
      json_array_get_int_element (json_object_get_array_member (subject, "values"), WEIR_NODE_IN),
      ==, INT64_C (1) << 62);
  subject = json_object_get_object_member (object, "measures");
  g_assert_cmpstr (json_array_get_string_element (
                       json_object_get_array_member (subject, "processor"), WEIR_NODE_QUEUED),
                   ==, "queued");
}

static void
test_only_changes (void)
{
  g_autoptr (WeirLiveEncoder) encoder = weir_live_encoder_new ();
  g_autoptr (WeirRoster) roster = make_roster ();
  g_autoptr (WeirReading) before = weir_reading_new_empty (roster, 0, 0);
  g_autoptr (WeirReading) after = weir_reading_new_empty (roster, 0, 100000);
  uint64_t tick;
  const GString *text;
  bool is_snapshot;

  after->subjects[1].values[WEIR_NODE_OUT] = 5;
  after->subjects[1].values[WEIR_NODE_TASKS] = 3;
  after->subjects[3].values[WEIR_CONNECTION_QUEUED] = 5;
  tick = weir_live_encoder_update (encoder, before);
  weir_live_encoder_update (encoder, after);
  text = weir_live_encoder_get (encoder, tick, &is_snapshot);
  g_assert_false (is_snapshot);
  g_assert_nonnull (strstr (text->str, "\"rows\":[[1,68,5,3],[3,4,5]]}\n\n"));

  /* Nothing more happens. */
  tick = weir_live_encoder_update (encoder, after);
  weir_live_encoder_update (encoder, after);
  g_assert_null (weir_live_encoder_get (encoder, tick, &is_snapshot));
}

/* CPU time and memory change always: that alone is told of once a second. */
static void
test_drift (void)
{
  g_autoptr (WeirLiveEncoder) encoder = weir_live_encoder_new ();
  g_autoptr (WeirRoster) roster = make_roster ();
  unsigned n = 0;

  for (int64_t i = 0; i <= 20; i++) {
    g_autoptr (WeirReading) reading = weir_reading_new_empty (roster, 0, i * 100000);
    uint64_t tick;
    bool is_snapshot;

    reading->subjects[0].values[WEIR_FLOW_CPU_USEC] = (uint64_t)i;
    tick = weir_live_encoder_update (encoder, reading);
    if (i > 0 && weir_live_encoder_get (encoder, tick - 1, &is_snapshot) != NULL)
      n++;
  }
  g_assert_cmpuint (n, ==, 2);
}

/* However many updates a client has not taken, what it gets then is right. */
static void
test_any_client (void)
{
  g_autoptr (WeirLiveEncoder) encoder = weir_live_encoder_new ();
  g_autoptr (WeirRoster) roster = make_roster ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  WeirValues clients[3][4] = { 0 };
  uint64_t ticks[3] = { 0 };
  WeirValues truth[4] = { 0 };

  for (unsigned round = 0; round < 300; round++) {
    g_autoptr (WeirReading) reading = weir_reading_new_empty (roster, 0, round * 1000000);
    uint64_t tick;

    for (unsigned i = 0; i < 4; i++)
      truth[g_rand_int_range (rand, 0, 4)].values[g_rand_int_range (rand, 0, 5)] += 1;
    memcpy (reading->subjects, truth, sizeof truth);
    tick = weir_live_encoder_update (encoder, reading);
    for (unsigned i = 0; i < 3; i++) {
      bool is_snapshot;
      const GString *text;

      if (g_rand_int_range (rand, 0, (gint32)(1 + 3 * i)) != 0)
        continue; /* it is slow */
      text = weir_live_encoder_get (encoder, ticks[i], &is_snapshot);
      if (is_snapshot) {
        memcpy (clients[i], truth, sizeof truth);
      } else if (text != NULL) {
        g_autoptr (JsonObject) object = parse (text, "figures");
        follow (clients[i], object);
      }
      ticks[i] = tick;
      g_assert_cmpmem (clients[i], sizeof truth, truth, sizeof truth);
    }
  }
}

/* After an edit, places mean something else. */
static void
test_edit (void)
{
  g_autoptr (WeirLiveEncoder) encoder = weir_live_encoder_new ();
  g_autoptr (WeirRoster) old = make_roster ();
  g_autoptr (WeirRoster) new = make_roster ();
  g_autoptr (WeirReading) before = weir_reading_new_empty (old, 0, 0);
  g_autoptr (WeirReading) after = weir_reading_new_empty (new, 0, 0);
  uint64_t tick = weir_live_encoder_update (encoder, before);
  bool is_snapshot;

  tick = weir_live_encoder_update (encoder, after);
  weir_live_encoder_get (encoder, tick - 1, &is_snapshot);
  g_assert_true (is_snapshot);
  weir_live_encoder_update (encoder, after);
  weir_live_encoder_get (encoder, tick, &is_snapshot);
  g_assert_false (is_snapshot);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-encoder/snapshot", test_snapshot);
  g_test_add_func ("/live-encoder/only-changes", test_only_changes);
  g_test_add_func ("/live-encoder/drift", test_drift);
  g_test_add_func ("/live-encoder/any-client", test_any_client);
  g_test_add_func ("/live-encoder/edit", test_edit);
  return g_test_run ();
}
