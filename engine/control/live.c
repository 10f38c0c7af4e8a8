/* live.c: events are numbered and the last ones are kept, so that who comes again gets those that
 * it missed; figures need no such thing: the newest are enough.
 *
 * What is sent is encoded once. While a sink is written to, only `sending` is held. */
#include "control/live.h"

#include "base/limits.h"
#include "base/lock.h"
#include "control/live-encoder.h"
#include "wire/json.h"

#include <inttypes.h>
#include <string.h>

/* After it something is said, so that both ends see whether the other is still there. */
#define SILENCE_USEC (10 * (int64_t)G_USEC_PER_SEC)

typedef struct {
  WeirLiveSink sink;
  uint64_t tick;  /* of the figures that it has; 0: none */
  uint64_t event; /* the next that it gets */
  bool is_behind; /* events were dropped before it got them */
  int64_t spoken; /* monotonic: when something was last said */
} Listener;

struct WeirLive {
  uint64_t epoch;
  WeirLock sending;
  WeirLiveEncoder *encoder; /* guarded by sending, as is the next */
  GPtrArray *listeners;     /* Listener */

  WeirLock lock;
  GPtrArray *arrived; /* guarded by lock: Listener, not yet among listeners; so is what follows */
  unsigned n;         /* of both */
  GQueue events;      /* GBytes: the last ones */
  size_t bytes;       /* of them */
  uint64_t next;      /* number of the next event */
  bool is_closed;
};

static void
listener_free (void *data)
{
  Listener *listener = data;

  listener->sink.end (listener->sink.data);
  g_free (listener);
}

WeirLive *
weir_live_new (uint64_t epoch)
{
  WeirLive *live = g_new0 (WeirLive, 1);

  pthread_mutex_init (&live->sending, NULL);
  pthread_mutex_init (&live->lock, NULL);
  live->epoch = epoch;
  live->encoder = weir_live_encoder_new ();
  live->listeners = g_ptr_array_new_with_free_func (listener_free);
  live->arrived = g_ptr_array_new_with_free_func (listener_free);
  g_queue_init (&live->events);
  live->next = 1;
  return live;
}

void
weir_live_free (WeirLive *live)
{
  if (live == NULL)
    return;
  g_ptr_array_unref (live->listeners);
  g_ptr_array_unref (live->arrived);
  weir_live_encoder_free (live->encoder);
  g_queue_clear_full (&live->events, (GDestroyNotify)g_bytes_unref);
  pthread_mutex_destroy (&live->sending);
  pthread_mutex_destroy (&live->lock);
  g_free (live);
}

/* The event after @id; 0: it says nothing that is known here. */
static uint64_t
parse_id (const WeirLive *live, const char *id)
{
  g_auto (GStrv) parts = g_strsplit (id != NULL ? id : "", "-", 3);
  guint64 epoch;
  guint64 event;

  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, live->epoch, live->epoch, &epoch, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, UINT64_MAX, &event, NULL))
    return 0;
  return event + 1;
}

/* Returns: (transfer full): those who have not been served yet. */
static GPtrArray *
close_door (WeirLive *live)
{
  GPtrArray *arrived;

  WEIR_LOCKED (&live->lock);
  live->is_closed = true;
  live->n = 0;
  arrived = live->arrived;
  live->arrived = g_ptr_array_new_with_free_func (listener_free);
  return arrived;
}

void
weir_live_close (WeirLive *live)
{
  WEIR_LOCKED (&live->sending);
  g_ptr_array_unref (close_door (live));
  g_ptr_array_set_size (live->listeners, 0);
}

void
weir_live_add (WeirLive *live, const WeirLiveSink *sink, const char *last_id)
{
  Listener *listener = g_new0 (Listener, 1);
  uint64_t next = parse_id (live, last_id);

  WEIR_LOCKED (&live->lock);
  listener->sink = *sink;
  /* Who comes from another run of the engine may have missed something. */
  listener->is_behind = last_id != NULL && (next == 0 || next > live->next);
  listener->event = next == 0 || next > live->next ? live->next : next;
  if (live->is_closed) {
    listener_free (listener);
    return;
  }
  g_ptr_array_add (live->arrived, listener);
  live->n++;
}

unsigned
weir_live_count (WeirLive *live)
{
  WEIR_LOCKED (&live->lock);
  return live->n;
}

void
weir_live_tell (WeirLive *live, const char *event, const char *json)
{
  WEIR_LOCKED (&live->lock);
  g_autofree char *text = g_strdup_printf ("id: %" PRIu64 "-%" PRIu64 "\nevent: %s\ndata: %s\n\n",
                                           live->epoch, live->next++, event, json);
  size_t size = strlen (text);

  g_queue_push_tail (&live->events, g_bytes_new_take (g_steal_pointer (&text), size));
  live->bytes += size;
  while (live->events.length > WEIR_LIMIT_LIVE_EVENTS || live->bytes > WEIR_LIMIT_LIVE_BYTES) {
    GBytes *oldest = g_queue_pop_head (&live->events);
    live->bytes -= g_bytes_get_size (oldest);
    g_bytes_unref (oldest);
  }
}

/* Returns: (transfer full): GBytes, those from @event on. */
static GPtrArray *
get_events (WeirLive *live, uint64_t event, bool *ret_missed, uint64_t *ret_next)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  uint64_t first;

  WEIR_LOCKED (&live->lock);
  first = live->next - live->events.length;
  *ret_missed = event < first;
  *ret_next = live->next;
  for (GList *link = g_queue_peek_nth_link (&live->events, (guint)(MAX (event, first) - first));
       link != NULL; link = link->next)
    g_ptr_array_add (events, g_bytes_ref (link->data));
  return events;
}

static bool
write_text (Listener *listener, const char *text, size_t size, size_t *total)
{
  *total += size;
  return listener->sink.write (listener->sink.data, text, size);
}

/* Where it stands among the events, for who comes again. */
static bool
write_place (const WeirLive *live, Listener *listener, size_t *total)
{
  g_autofree char *text =
      g_strdup_printf ("id: %" PRIu64 "-%" PRIu64 "\nevent: place\ndata: {\"missed\":%s}\n\n",
                       live->epoch, listener->event - 1, listener->is_behind ? "true" : "false");

  listener->is_behind = false;
  return write_text (listener, text, strlen (text), total);
}

static bool
write_events (WeirLive *live, Listener *listener, bool is_first, size_t *total)
{
  bool missed;
  uint64_t next;
  g_autoptr (GPtrArray) events = get_events (live, listener->event, &missed, &next);

  if (missed) {
    listener->is_behind = true;
    listener->event = next - events->len;
  }
  if ((is_first || listener->is_behind) && !write_place (live, listener, total))
    return false;
  for (guint i = 0; i < events->len; i++) {
    size_t size;
    const char *text = g_bytes_get_data (events->pdata[i], &size);
    if (!write_text (listener, text, size, total))
      return false;
  }
  listener->event = next;
  return true;
}

/* Returns: false when it listens no more. */
static bool
serve (WeirLive *live, Listener *listener, uint64_t tick, int64_t monotonic, size_t *total)
{
  bool is_first = listener->tick == 0;
  size_t before = *total;
  const GString *figures;
  bool is_snapshot;

  if (listener->sink.get_backlog (listener->sink.data) > 0)
    return true;
  figures = weir_live_encoder_get (live->encoder, listener->tick, &is_snapshot);
  if (figures != NULL && !write_text (listener, figures->str, figures->len, total))
    return false;
  listener->tick = tick;
  if (!write_events (live, listener, is_first, total))
    return false;
  if (*total > before)
    listener->spoken = monotonic;
  if (monotonic - listener->spoken < SILENCE_USEC)
    return true;
  listener->spoken = monotonic;
  return write_text (listener, ":\n\n", 3, total);
}

static void
welcome (WeirLive *live)
{
  WEIR_LOCKED (&live->lock);
  while (live->arrived->len > 0)
    g_ptr_array_add (live->listeners,
                     g_ptr_array_steal_index (live->arrived, live->arrived->len - 1));
}

static void
leave (WeirLive *live, unsigned n)
{
  WEIR_LOCKED (&live->lock);
  live->n -= n;
}

size_t
weir_live_send (WeirLive *live, WeirReading *reading)
{
  size_t total = 0;
  unsigned n_left = 0;
  uint64_t tick;

  WEIR_LOCKED (&live->sending);
  welcome (live);
  if (live->listeners->len == 0)
    return 0;
  tick = weir_live_encoder_update (live->encoder, reading);
  for (guint i = live->listeners->len; i-- > 0;) {
    if (serve (live, live->listeners->pdata[i], tick, reading->monotonic, &total))
      continue;
    g_ptr_array_remove_index_fast (live->listeners, i);
    n_left++;
  }
  leave (live, n_left);
  return total;
}
