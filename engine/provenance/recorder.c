/* recorder.c: takes frames as they become durable, flushes after a moment, and tries again later
 * what cannot be written. What waits meanwhile waits in the log. */
#include "provenance/recorder.h"

#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>
#include <weir/error.h>

#include "base/limits.h"
#include "base/lock.h"
#include "provenance/scribe.h"
#include "store/follower.h"

/* Between two tries to write; twice as long after each. */
#define FIRST_PAUSE G_USEC_PER_SEC
#define LAST_PAUSE  (60 * G_USEC_PER_SEC)

/* The workers go first, as long as little waits here. */
#define NICE            10
#define MUCH_THAT_WAITS (WEIR_LIMIT_FOLLOWER / 16)

struct WeirRecorder {
  WeirData *data;
  WeirClock *clock;
  WeirBinder *binder;
  WeirScribe *scribe;
  WeirFollower *follower; /* NULL: the log cannot be read */
  pthread_t thread;
  uint64_t lag_bytes;
  int64_t wait_usec; /* from an event until it is written */
  bool is_nice;
  int64_t flush_at; /* monotonic; 0: nothing waits */

  WeirFrame frame; /* that could not be taken yet */
  bool has_frame;
  int64_t pause;    /* before the next try; 0: nothing has failed */
  int64_t retry_at; /* monotonic */
  char *reason;     /* why it has failed */

  uint64_t wish;       /* the last flush that was wanted and seen */
  uint64_t wish_place; /* up to which it goes */

  WeirLock lock;
  pthread_cond_t changed;
  pthread_cond_t flushed_more;
  int64_t ends_at;   /* guarded by lock; monotonic; 0: it goes on */
  uint64_t n_wanted; /* guarded by lock: flushes */
  uint64_t n_done;   /* guarded by lock */
  bool has_ended;    /* main thread only: there is no thread any more */
  bool is_over;      /* guarded by lock: the thread does no more */

  _Atomic uint64_t n_events;
  _Atomic uint64_t bytes;
  _Atomic uint64_t n_lost;
};

/* --- the thread --- */

static void
set_priority (WeirRecorder *recorder, bool is_nice)
{
  if (is_nice == recorder->is_nice)
    return;
  /* Not everybody may go back; then the sources wait for it if it comes to that. */
  (void)setpriority (PRIO_PROCESS, (id_t)gettid (), is_nice ? NICE : 0);
  recorder->is_nice = is_nice;
}

static void
set_figures (WeirRecorder *recorder)
{
  atomic_store (&recorder->n_events, weir_scribe_get_n_events (recorder->scribe));
  atomic_store (&recorder->n_lost, weir_scribe_get_n_lost (recorder->scribe));
  atomic_store (&recorder->bytes, weir_binder_get_bytes (recorder->binder));
}

static bool
is_ending (WeirRecorder *recorder)
{
  WEIR_LOCKED (&recorder->lock);

  return recorder->ends_at != 0;
}

static bool
is_late (WeirRecorder *recorder)
{
  WEIR_LOCKED (&recorder->lock);

  return recorder->ends_at != 0 && g_get_monotonic_time () >= recorder->ends_at;
}

/* --- who waits for a flush --- */

/* Returns: whether somebody does. */
static bool
look_for_wish (WeirRecorder *recorder)
{
  WEIR_LOCKED (&recorder->lock);

  if (recorder->n_wanted > recorder->wish) {
    recorder->wish = recorder->n_wanted;
    recorder->wish_place =
        weir_follower_get_place (recorder->follower) + weir_follower_get_lag (recorder->follower);
  }
  return recorder->wish > recorder->n_done;
}

/* Also when it cannot be done now: nobody waits for a disk to be repaired. */
static void
grant_wish (WeirRecorder *recorder, bool is_over)
{
  set_figures (recorder);

  WEIR_LOCKED (&recorder->lock);

  recorder->n_done = recorder->wish;
  recorder->is_over |= is_over;
  pthread_cond_broadcast (&recorder->flushed_more);
}

/* --- what fails --- */

static void
note_failure (WeirRecorder *recorder, GError *error)
{
  if (recorder->pause == 0)
    weir_binder_tell (recorder->binder,
                      "provenance cannot be written: %s; it is tried again, and the log keeps what "
                      "happens meanwhile",
                      error->message);
  recorder->pause = recorder->pause == 0 ? FIRST_PAUSE : MIN (2 * recorder->pause, LAST_PAUSE);
  recorder->retry_at = g_get_monotonic_time () + recorder->pause;
  g_free (recorder->reason);
  recorder->reason = g_strdup (error->message);
  g_error_free (error);
}

static void
note_recovery (WeirRecorder *recorder)
{
  if (recorder->pause != 0)
    weir_binder_tell (recorder->binder, "provenance can be written again");
  recorder->pause = 0;
}

/* What the log has below the place that is on disk can go. */
static void
sync_now (WeirRecorder *recorder)
{
  GError *error = NULL;
  uint64_t place;

  if (weir_scribe_sync (recorder->scribe, &place, &error))
    weir_follower_release (recorder->follower, place);
  else
    note_failure (recorder, error);
}

static bool
flush (WeirRecorder *recorder)
{
  GError *error = NULL;

  if (!weir_scribe_flush (recorder->scribe, recorder->pause != 0, &error)) {
    note_failure (recorder, error);
    return false;
  }
  recorder->flush_at = 0;
  note_recovery (recorder);
  weir_binder_trim (recorder->binder);
  if (weir_scribe_is_sync_due (recorder->scribe))
    sync_now (recorder);
  return true;
}

/* Or a little while, for what waits may become too much. */
static void
wait_for_retry (WeirRecorder *recorder)
{
  int64_t end = MIN (recorder->retry_at, g_get_monotonic_time () + FIRST_PAUSE);
  struct timespec time = { .tv_sec = end / G_USEC_PER_SEC, .tv_nsec = end % G_USEC_PER_SEC * 1000 };
  int status = 0;

  WEIR_LOCKED (&recorder->lock);
  while (recorder->ends_at == 0 && recorder->n_wanted == recorder->wish && status == 0)
    status = pthread_cond_timedwait (&recorder->changed, &recorder->lock, &time);
}

/* As long as something fails: the log keeps the frames, until they are too many. Returns: false
 * when it is over. */
static bool
endure (WeirRecorder *recorder)
{
  bool is_wanted = look_for_wish (recorder);

  if (is_wanted || g_get_monotonic_time () >= recorder->retry_at) {
    (void)flush (recorder);
    if (recorder->pause == 0)
      return true;
    if (is_wanted)
      grant_wish (recorder, false);
  }
  if (is_ending (recorder))
    return false;
  if (weir_follower_get_lag (recorder->follower) < recorder->lag_bytes) {
    wait_for_retry (recorder);
    return true;
  }
  if (recorder->has_frame ||
      weir_follower_next (recorder->follower, 0, &recorder->frame, NULL) == WEIR_LOG_FRAME)
    weir_scribe_give_up (recorder->scribe, &recorder->frame, recorder->reason);
  recorder->has_frame = false;
  sync_now (recorder);
  return true;
}

/* --- what goes well --- */

static void
take (WeirRecorder *recorder)
{
  GError *error = NULL;

  recorder->has_frame = !weir_scribe_take (recorder->scribe, &recorder->frame, &error);
  if (recorder->has_frame)
    note_failure (recorder, error);
  else if (recorder->flush_at == 0 && weir_scribe_has_more (recorder->scribe))
    recorder->flush_at = g_get_monotonic_time () + recorder->wait_usec;
}

/* For the next frame; -1: as long as it takes. What is due, and cannot go yet, is not looked at all
 * the time. */
static int64_t
get_patience (WeirRecorder *recorder)
{
  int64_t due = weir_binder_get_due (recorder->binder);
  int64_t patience = INT64_MAX;

  if (recorder->flush_at != 0)
    patience = MAX (recorder->flush_at - g_get_monotonic_time (), 0);
  if (due != INT64_MAX)
    patience = MIN (patience, MAX (due - weir_clock_get_wall (recorder->clock), FIRST_PAUSE));
  return patience == INT64_MAX ? -1 : patience;
}

/* Returns: whether the log can be read. */
static bool
next (WeirRecorder *recorder, bool is_wanted, bool *ret_is_end)
{
  int64_t patience = is_wanted ? 0 : get_patience (recorder);
  g_autoptr (GError) error = NULL;
  WeirLogRead read = weir_follower_next (recorder->follower, patience, &recorder->frame, &error);

  recorder->has_frame = read == WEIR_LOG_FRAME;
  *ret_is_end = read == WEIR_LOG_END;
  if (recorder->has_frame || *ret_is_end)
    return true;
  weir_binder_tell (recorder->binder, "there is no provenance from here on: %s", error->message);
  weir_follower_release (recorder->follower, UINT64_MAX);
  return false;
}

/* Returns: false when it is over. */
static bool
step (WeirRecorder *recorder)
{
  bool is_last = is_ending (recorder);
  bool is_wanted = look_for_wish (recorder);
  bool is_end = false;

  if (recorder->pause != 0)
    return endure (recorder);
  if (!recorder->has_frame && !next (recorder, is_wanted, &is_end))
    return false;
  if (recorder->has_frame)
    take (recorder);
  is_wanted &= is_end || (!recorder->has_frame &&
                          weir_follower_get_place (recorder->follower) >= recorder->wish_place);
  if (recorder->pause == 0 &&
      (is_end || is_wanted ||
       (recorder->flush_at != 0 && g_get_monotonic_time () >= recorder->flush_at)))
    (void)flush (recorder);
  if (is_wanted)
    grant_wish (recorder, false);
  return is_end ? !is_last : !is_late (recorder);
}

static void *
run (void *data)
{
  WeirRecorder *recorder = data;

  pthread_setname_np (pthread_self (), "weir-provenance");
  set_priority (recorder, true);
  weir_binder_trim (recorder->binder);
  while (step (recorder)) {
    set_priority (recorder, weir_follower_get_lag (recorder->follower) < MUCH_THAT_WAITS);
    set_figures (recorder);
  }
  if (weir_scribe_flush (recorder->scribe, false, NULL))
    sync_now (recorder);
  grant_wish (recorder, true);
  return NULL;
}

/* --- main --- */

static void
follow (WeirRecorder *recorder)
{
  WeirPosition from = { 0 };
  g_autoptr (GError) error = NULL;

  if (!weir_scribe_open (recorder->scribe, weir_data_get_next_sequence (recorder->data), &from,
                         &error))
    note_failure (recorder, g_steal_pointer (&error));
  do
    recorder->follower = weir_data_follow (recorder->data, from.place, from.sequence, NULL);
  while (recorder->follower == NULL && weir_scribe_do_without (recorder->scribe, &from));
  g_clear_error (&error);
  if (recorder->follower == NULL)
    recorder->follower = weir_data_follow (recorder->data, 0, 0, &error);
  if (recorder->follower == NULL)
    weir_binder_tell (recorder->binder, "there is no provenance of this run: %s", error->message);
  else
    weir_follower_set_batch (recorder->follower, WEIR_LIMIT_BATCH, recorder->wait_usec / 4);
}

static void
make_binder (WeirRecorder *recorder, const WeirRecorderOptions *options)
{
  WeirBinderOptions binder = {
    .directory = options->directory,
    .install = weir_data_get_install_id (options->data),
    .dictionary = weir_data_get_dictionary (options->data),
    .clock = recorder->clock,
    .fs = options->fs,
    .retention_bytes = options->retention_bytes,
    .retention_usec = options->retention_usec,
    .partition_bytes = options->partition_bytes,
    .on_message = options->on_message,
    .user = options->user,
  };

  if (binder.retention_bytes == 0)
    binder.retention_bytes = WEIR_LIMIT_PROVENANCE;
  if (binder.retention_usec == 0)
    binder.retention_usec = WEIR_LIMIT_PROVENANCE_USEC;
  if (binder.partition_bytes == 0)
    binder.partition_bytes =
        MIN (WEIR_LIMIT_PARTITION, binder.retention_bytes / WEIR_LIMIT_PARTITION_PART);
  recorder->binder = weir_binder_new (&binder);
}

static void
start_thread (WeirRecorder *recorder)
{
  int errnum = pthread_create (&recorder->thread, NULL, run, recorder);

  if (errnum != 0)
    g_error ("cannot start a thread: %s", g_strerror (errnum));
}

WeirRecorder *
weir_recorder_new (const WeirRecorderOptions *options)
{
  WeirRecorder *recorder = g_new0 (WeirRecorder, 1);
  pthread_condattr_t attributes;

  recorder->data = options->data;
  recorder->clock = options->clock != NULL ? options->clock : weir_clock_system ();
  recorder->lag_bytes = options->lag_bytes != 0 ? options->lag_bytes : WEIR_LIMIT_PROVENANCE_LAG;
  recorder->wait_usec = options->wait_usec != 0 ? options->wait_usec : WEIR_LIMIT_PROVENANCE_WAIT;
  make_binder (recorder, options);
  recorder->scribe =
      weir_scribe_new (recorder->binder, weir_data_get_dictionary (options->data), options->mask);
  pthread_mutex_init (&recorder->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&recorder->changed, &attributes);
  pthread_cond_init (&recorder->flushed_more, NULL);
  pthread_condattr_destroy (&attributes);
  follow (recorder);
  set_figures (recorder);
  if (recorder->follower == NULL)
    recorder->is_over = true;
  else
    start_thread (recorder);
  return recorder;
}

void
weir_recorder_end (WeirRecorder *recorder)
{
  if (recorder->follower == NULL || recorder->has_ended)
    return;
  recorder->has_ended = true;
  {
    WEIR_LOCKED (&recorder->lock);

    recorder->ends_at = g_get_monotonic_time () + WEIR_LIMIT_PROVENANCE_END;
    pthread_cond_broadcast (&recorder->changed);
  }
  weir_follower_interrupt (recorder->follower);
  pthread_join (recorder->thread, NULL);
}

void
weir_recorder_free (WeirRecorder *recorder)
{
  if (recorder == NULL)
    return;
  weir_recorder_end (recorder);
  weir_follower_free (recorder->follower);
  weir_scribe_free (recorder->scribe);
  weir_binder_free (recorder->binder);
  pthread_cond_destroy (&recorder->changed);
  pthread_cond_destroy (&recorder->flushed_more);
  pthread_mutex_destroy (&recorder->lock);
  g_free (recorder->reason);
  g_free (recorder);
}

void
weir_recorder_get_figures (WeirRecorder *recorder, WeirRecorderFigures *ret_figures)
{
  *ret_figures = (WeirRecorderFigures){
    .n_events = atomic_load (&recorder->n_events),
    .lag_bytes = recorder->follower != NULL ? weir_follower_get_lag (recorder->follower) : 0,
    .bytes = atomic_load (&recorder->bytes),
    .n_lost = atomic_load (&recorder->n_lost),
  };
}

void
weir_recorder_flush (WeirRecorder *recorder)
{
  uint64_t n_wanted;

  {
    WEIR_LOCKED (&recorder->lock);

    n_wanted = ++recorder->n_wanted;
    pthread_cond_broadcast (&recorder->changed);
  }
  if (recorder->follower != NULL)
    weir_follower_wake (recorder->follower);

  WEIR_LOCKED (&recorder->lock);
  while (recorder->n_done < n_wanted && !recorder->is_over)
    pthread_cond_wait (&recorder->flushed_more, &recorder->lock);
}
