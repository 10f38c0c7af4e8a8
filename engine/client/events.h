/* events.h: server-sent events: what /live and others answer with, without end.
 *
 * Thread: one at a time. */
#pragma once

#include "client/client.h"

#include <stddef.h>

typedef struct {
  const char *id;   /* the last that was said; "": none */
  const char *name; /* "message" when none was said */
  const char *data; /* lines are joined with LF */
  size_t size;
} WeirHeard;

/* Returns: false to hear no more; with @error when that is a failure. */
typedef bool (*WeirHeardFunc) (void *data, const WeirHeard *event, GError **error);

/* --- the format, without I/O --- */

typedef struct WeirEvents WeirEvents;

/* Returns: (transfer full). */
WeirEvents *weir_events_new (WeirHeardFunc func, void *data);
void weir_events_free (WeirEvents *events);

/* Bytes as they come: a WeirClientFunc. */
bool weir_events_feed (void *events, const char *bytes, size_t size, GError **error);

/* Forgets the event that has begun: its end will not come. */
void weir_events_cut (WeirEvents *events);

/* Returns: (transfer none): "": none. */
const char *weir_events_get_last_id (const WeirEvents *events);

/* --- heard from a server --- */

/* Hears the events of @path until @func wants no more. A connection that is lost is opened again,
 * and events go on where they were, for as long as @patience_usec passes without success.
 * Returns: false with @error when the server refuses, or is gone for good. */
bool weir_client_follow (WeirClient *client, const char *path, int64_t patience_usec,
                         WeirHeardFunc func, void *data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEvents, weir_events_free)
