/* observer.h: what a flow host knows of its engine, now and in the past: takes its figures once a
 * second, ten times while somebody listens, and its bulletins as they come, and gives both to who
 * listens and to the chronicle.
 *
 * Nothing in the flow waits for it: its figures are read from atomics, bulletins are handed over,
 * and what waits for the disk has a thread of its own. Thread: any, unless said otherwise. */
#pragma once

#include "control/chronicle.h"
#include "control/live.h"
#include "control/recent.h"

typedef struct WeirObserver WeirObserver;

typedef struct {
  const char *name;      /* of the flow */
  const char *directory; /* where its past is kept; NULL: in memory */
  WeirClock *clock;      /* NULL: the machine's; a fake one: weir_observer_step does the work */
  /* Something a person should know. Thread: any. */
  void (*on_message) (void *data, const char *message);
  void *data;
} WeirObserverOptions;

/* Before the engine, so that no bulletin is missed. Returns: (transfer full): NULL with @error. */
WeirObserver *weir_observer_new (const WeirObserverOptions *options, GError **error);

/* The engine must not be called any more, or be gone. Takes NULL. */
void weir_observer_free (WeirObserver *observer);

/* For on_bulletin of the engine's options: @data is the observer. Quick. */
void weir_observer_on_bulletin (void *data, const WeirBulletin *bulletin);

/* Between these @engine stays. Thread: one at a time. */
void weir_observer_start (WeirObserver *observer, WeirEngine *engine);
void weir_observer_stop (WeirObserver *observer);

/* One second is over. Only with a fake clock. */
void weir_observer_step (WeirObserver *observer);

/* Each returns: (transfer none): as long as the observer. */
WeirLive *weir_observer_get_live (WeirObserver *observer);
WeirChronicle *weir_observer_get_chronicle (WeirObserver *observer);
const char *weir_observer_get_name (const WeirObserver *observer);

/* Somebody listens now: figures are due at once. */
void weir_observer_wake (WeirObserver *observer);

/* Returns: (transfer full) (nullable): the figures of now; NULL: it has not been started. */
WeirReading *weir_observer_read (WeirObserver *observer);

/* Returns: (transfer full) (nullable): the last second's figures as in weir_reading_new_since, and
 * how long it was. */
WeirReading *weir_observer_read_last (WeirObserver *observer, int64_t *ret_span);

/* What is known of @series' time of what had @path, or has it. Returns: false with @error:
 * WEIR_ERROR_NOT_FOUND when there was never such a thing. */
bool weir_observer_read_series (WeirObserver *observer, const char *path, WeirSeries *series,
                                GError **error);

/* Bulletins that were handed over are in the chronicle when this returns. */
void weir_observer_flush (WeirObserver *observer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirObserver, weir_observer_free)
