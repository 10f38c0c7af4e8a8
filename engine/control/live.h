/* live.h: those who listen to a flow, and what they are sent: events, and figures as they change.
 *
 * A line of server-sent events each; docs/live-stream.md says which there are. Nobody waits for a
 * listener: one that has not taken the last update gets none until it has, and then one that is all
 * of those that it missed.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "control/reading.h"

typedef struct WeirLive WeirLive;

/* How one who listens is reached. Thread: that of weir_live_send. */
typedef struct {
  bool (*write) (void *data, const void *bytes, size_t size); /* false: nobody listens any more */
  size_t (*get_backlog) (void *data); /* what was written and not yet taken */
  void (*end) (void *data);           /* nothing is called any more */
  void *data;
} WeirLiveSink;

/* @epoch: another one at each start. Returns: (transfer full). */
WeirLive *weir_live_new (uint64_t epoch);

/* Ends all sinks. Nobody may use it any more. Takes NULL. */
void weir_live_free (WeirLive *live);

/* @last_id (nullable): Last-Event-ID, from which on it gets the events that it has missed. */
void weir_live_add (WeirLive *live, const WeirLiveSink *sink, const char *last_id);

/* Ends all sinks, and from now on each that comes. Not from a sink. */
void weir_live_close (WeirLive *live);

unsigned weir_live_count (WeirLive *live);

/* Something happened: @event is one word, @json one object in one line. */
void weir_live_tell (WeirLive *live, const char *event, const char *json);

/* Sends what there is to send. Returns: how many bytes. Thread: one at a time. */
size_t weir_live_send (WeirLive *live, WeirReading *reading);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLive, weir_live_free)
