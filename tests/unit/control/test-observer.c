/* Tests engine/control/observer.c: an engine that runs is seen as it is, now and later. */
#include "control/observer.h"

#include "base/limits.h"
#include "unit/runtime/kit.h"

#include <glib/gstdio.h>
#include <string.h>

#define SECOND ((int64_t)G_USEC_PER_SEC)

/* Makes one FlowFile whenever it is called, and says so. */
static bool
on_make (void *state, WeirSession *session, GError **error)
{
  weir_session_transfer (session, weir_session_create (session), 0);
  weir_context_log (weir_session_get_context (session), WEIR_LOG_INFO, "not to be kept");
  weir_context_log (weir_session_get_context (session), WEIR_LOG_WARNING, "made one");
  return true;
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);

static void
on_message (void *data, const char *message)
{
  g_error ("%s", message);
}

typedef struct {
  Kit *kit;
  WeirObserver *observer;
} Setup;

/* One source that runs once a second. */
static void
setup_init (Setup *setup, const char *directory)
{
  g_autoptr (GError) error = NULL;
  WeirObserverOptions options = { .name = "flow",
                                  .directory = directory,
                                  .on_message = on_message };
  WeirProcessorNode *source;

  setup->kit = kit_new_by_hand ();
  options.clock = setup->kit->clock;
  setup->observer = weir_observer_new (&options, &error);
  g_assert_no_error (error);
  setup->kit->options.on_bulletin = weir_observer_on_bulletin;
  setup->kit->options.data = setup->observer;
  source = kit_processor (setup->kit, "make", &make);
  source->schedule.mode = WEIR_SCHEDULE_EVERY;
  source->schedule.every_usec = SECOND;
  kit_funnel (setup->kit, "end");
  kit_connect (setup->kit, "make", "success", "end")->max_count = 0;
  kit_start (setup->kit);
  weir_observer_start (setup->observer, setup->kit->engine);
  weir_observer_step (setup->observer);
}

static void
setup_clear (Setup *setup)
{
  weir_observer_stop (setup->observer);
  kit_stop (setup->kit);
  weir_observer_free (setup->observer);
  kit_free (setup->kit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, setup_clear)

static void
pass (Setup *setup, unsigned n_seconds)
{
  for (unsigned i = 0; i < n_seconds; i++) {
    kit_advance (setup->kit, SECOND);
    kit_run (setup->kit);
    weir_observer_step (setup->observer);
  }
}

static WeirSeries *
read_series (Setup *setup, WeirSubjectKind kind, const char *path, int64_t ago, int64_t step)
{
  int64_t now = weir_clock_get_wall (setup->kit->clock);
  WeirSeries *series = weir_series_new (kind, now - ago, now, step);
  g_autoptr (GError) error = NULL;

  g_assert_true (weir_observer_read_series (setup->observer, path, series, &error));
  g_assert_no_error (error);
  return series;
}

static uint64_t
sum (const WeirSeries *series, unsigned measure)
{
  uint64_t all = 0;

  for (unsigned i = 0; i < series->n; i++)
    all += series->values[i][measure];
  return all;
}

static void
test_past (void)
{
  g_auto (Setup) setup = { 0 };
  g_autoptr (WeirSeries) seconds = NULL;
  g_autoptr (WeirSeries) minutes = NULL;
  g_autoptr (WeirSeries) queue = NULL;
  g_autoptr (WeirSeries) none = weir_series_new (WEIR_SUBJECT_NODE, 0, 1, 1);
  g_autoptr (GError) error = NULL;

  setup_init (&setup, NULL);
  pass (&setup, 200);
  seconds = read_series (&setup, WEIR_SUBJECT_NODE, "make", 100 * SECOND, SECOND);
  g_assert_cmpuint (sum (seconds, WEIR_NODE_OUT), ==, 100);
  g_assert_cmpuint (seconds->values[50][WEIR_NODE_OUT], ==, 1);

  /* From the chronicle and from memory, each second once. */
  minutes = read_series (&setup, WEIR_SUBJECT_NODE, "make", 1000 * SECOND, 60 * SECOND);
  g_assert_cmpuint (sum (minutes, WEIR_NODE_OUT), ==, 200);
  queue = read_series (&setup, WEIR_SUBJECT_CONNECTION, "make:success -> end", SECOND, SECOND);
  g_assert_cmpuint (queue->values[0][WEIR_CONNECTION_QUEUED], ==, 200);

  g_assert_false (weir_observer_read_series (setup.observer, "nobody", none, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);
}

static void
test_now (void)
{
  g_auto (Setup) setup = { 0 };
  g_autoptr (WeirReading) now = NULL;
  g_autoptr (WeirReading) last = NULL;
  int64_t span;

  setup_init (&setup, NULL);
  pass (&setup, 5);
  now = weir_observer_read (setup.observer);
  g_assert_cmpuint (now->subjects[1].values[WEIR_NODE_OUT], ==, 5);
  last = weir_observer_read_last (setup.observer, &span);
  g_assert_cmpuint (last->subjects[1].values[WEIR_NODE_OUT], ==, 1);
  g_assert_cmpint (span, ==, SECOND);
}

static void
test_restart (void)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-XXXXXX", NULL);
  WeirNoticeQuery query = { .max = 10 };

  for (unsigned round = 0; round < 2; round++) {
    g_auto (Setup) setup = { 0 };
    g_autoptr (GPtrArray) notices = NULL;
    g_autoptr (WeirSeries) minutes = NULL;
    g_autoptr (GError) error = NULL;
    const WeirNotice *newest;

    setup_init (&setup, dir);
    pass (&setup, 65);
    weir_observer_flush (setup.observer);
    notices =
        weir_chronicle_list_notices (weir_observer_get_chronicle (setup.observer), &query, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (notices->len, ==, 10);
    newest = notices->pdata[0];
    g_assert_cmpstr (newest->message, ==, "made one");
    g_assert_cmpstr (newest->component, ==, "make");
    g_assert_cmpuint (newest->id, ==, (round + 1) * 65);
    minutes = read_series (&setup, WEIR_SUBJECT_NODE, "make", 600 * SECOND, 60 * SECOND);
    g_assert_cmpuint (sum (minutes, WEIR_NODE_OUT), ==, (round + 1) * 65);
  }
  kit_remove_all (dir);
}

/* --- who listens --- */

typedef struct {
  WeirLock lock;
  pthread_cond_t changed;
  GString *got; /* guarded by lock */
  bool is_over; /* likewise */
} Client;

static bool
on_write (void *data, const void *bytes, size_t size)
{
  Client *client = data;

  WEIR_LOCKED (&client->lock);
  g_string_append_len (client->got, bytes, (gssize)size);
  pthread_cond_signal (&client->changed);
  return true;
}

static size_t
on_get_backlog (void *data)
{
  return 0;
}

static void
on_end (void *data)
{
  Client *client = data;

  client->is_over = true;
}

static void
wait_for (Client *client, const char *text)
{
  WEIR_LOCKED (&client->lock);
  while (strstr (client->got->str, text) == NULL)
    pthread_cond_wait (&client->changed, &client->lock);
}

/* With the threads of the real thing: what happens comes by itself. */
static void
test_listen (void)
{
  Client client = { .lock = PTHREAD_MUTEX_INITIALIZER,
                    .changed = PTHREAD_COND_INITIALIZER,
                    .got = g_string_new (NULL) };
  const WeirLiveSink sink = { on_write, on_get_backlog, on_end, &client };
  const WeirObserverOptions options = { .name = "flow", .on_message = on_message };
  g_autoptr (GError) error = NULL;
  WeirObserver *observer = weir_observer_new (&options, &error);
  Kit *kit = kit_new_with_threads (1);
  WeirProcessorNode *source;

  kit->options.on_bulletin = weir_observer_on_bulletin;
  kit->options.data = observer;
  source = kit_processor (kit, "make", &make);
  source->schedule.mode = WEIR_SCHEDULE_EVERY;
  source->schedule.every_usec = SECOND / 20;
  kit_funnel (kit, "end");
  kit_connect (kit, "make", "success", "end");
  kit_start (kit);
  weir_observer_start (observer, kit->engine);
  weir_live_add (weir_observer_get_live (observer), &sink, NULL);
  weir_observer_wake (observer);
  wait_for (&client, "event: snapshot");
  wait_for (&client, "event: figures");
  wait_for (&client, "event: bulletin");
  wait_for (&client, "\"message\":\"made one\"");
  weir_observer_stop (observer);
  kit_stop (kit);
  weir_observer_free (observer);
  g_assert_true (client.is_over);
  g_assert_null (strstr (client.got->str, "not to be kept"));
  kit_free (kit);
  g_string_free (client.got, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observer/past", test_past);
  g_test_add_func ("/observer/now", test_now);
  g_test_add_func ("/observer/restart", test_restart);
  g_test_add_func ("/observer/listen", test_listen);
  return g_test_run ();
}
