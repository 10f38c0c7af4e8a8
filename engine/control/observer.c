/* observer.c: two threads. One takes figures and sends them; it never waits for the disk. The other
 * is the pen: bulletins and minutes into the chronicle, and bulletins to who listens. */
#include "control/observer.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/lock.h"
#include "control/gauge.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#define SECOND_USEC ((int64_t)G_USEC_PER_SEC)
#define LIVE_USEC   (SECOND_USEC / 10)

/* A pen that has not come to write for so long gives up the oldest. */
#define UNWRITTEN_MAX 10000u

struct WeirObserver {
  char *name;
  WeirClock *clock;
  bool by_hand;
  void (*on_message) (void *data, const char *message);
  void *data;
  WeirLive *live;
  WeirChronicle *chronicle;
  WeirRecent *recent;
  WeirNotices *notices;

  pthread_t sampler;
  pthread_t pen;
  pthread_cond_t changed; /* goes with lock */
  WeirLock lock;
  bool is_over;       /* guarded by lock, as is what follows */
  bool is_awake;      /* somebody began to listen */
  WeirEngine *engine; /* NULL: not started */
  WeirGauge *gauge;   /* of it; NULL: none yet */
  WeirReading *last;  /* of the last second */
  WeirReading *since; /* what was in it */
  int64_t span;       /* how long it was */
  WeirMinute *minute; /* NULL: none has begun */
  GPtrArray *minutes; /* WeirMinute: for the pen */
  uint64_t n_flushes; /* asked for */
  uint64_t n_flushed; /* done */
  bool is_pen_over;

  GPtrArray *unwritten; /* WeirNotice: the pen's */
  bool is_failing;      /* likewise: that it cannot write has been told */
};

static void
say (WeirObserver *observer, const char *message)
{
  if (observer->on_message != NULL)
    observer->on_message (observer->data, message);
}

/* --- figures --- */

/* Call with the lock held, as the next ones. Returns: false when there is no engine. */
static bool
update_gauge (WeirObserver *observer)
{
  g_autoptr (WeirGauge) before = NULL;

  if (observer->engine == NULL)
    return false;
  if (observer->gauge != NULL && weir_gauge_is_current (observer->gauge))
    return true;
  before = observer->gauge;
  observer->gauge = weir_gauge_new (observer->engine, observer->name);
  if (before != NULL)
    weir_gauge_carry_keys (observer->gauge, before);
  /* They are given in any case; what fails for long is told by the pen. */
  weir_chronicle_give_keys (observer->chronicle, observer->gauge->roster, NULL);
  return true;
}

static void
free_minute (void *data)
{
  weir_minute_free (data);
}

static void
end_minute (WeirObserver *observer)
{
  if (observer->minute == NULL)
    return;
  g_ptr_array_add (observer->minutes, g_steal_pointer (&observer->minute));
  weir_notices_wake (observer->notices);
}

static void
note_second (WeirObserver *observer, WeirReading *now)
{
  WeirReading *last = observer->last;

  observer->last = weir_reading_ref (now);
  if (last == NULL)
    return;
  observer->span = now->monotonic - last->monotonic;
  weir_reading_unref (observer->since);
  observer->since = weir_reading_new_since (last, now);
  weir_reading_unref (last);
  weir_recent_add (observer->recent, observer->since, observer->span);
  /* A second that ends where a minute ends is of that minute. */
  if (observer->minute != NULL &&
      (now->wall - 1) / WEIR_MINUTE_USEC != observer->minute->start / WEIR_MINUTE_USEC)
    end_minute (observer);
  if (observer->minute == NULL)
    observer->minute = weir_minute_new (now->wall - 1);
  weir_minute_add (observer->minute, observer->since, observer->span);
}

static WeirReading *
take (WeirObserver *observer)
{
  return update_gauge (observer) ? weir_gauge_read (observer->gauge) : NULL;
}

WeirReading *
weir_observer_read (WeirObserver *observer)
{
  WEIR_LOCKED (&observer->lock);
  return take (observer);
}

WeirReading *
weir_observer_read_last (WeirObserver *observer, int64_t *ret_span)
{
  WEIR_LOCKED (&observer->lock);
  *ret_span = observer->span;
  return observer->since != NULL ? weir_reading_ref (observer->since) : NULL;
}

/* Returns: how many bytes were sent. */
static size_t
look (WeirObserver *observer, bool is_second)
{
  g_autoptr (WeirReading) now = NULL;

  {
    WEIR_LOCKED (&observer->lock);
    now = take (observer);
    if (now == NULL)
      return 0;
    if (is_second)
      note_second (observer, now);
  }
  return weir_live_send (observer->live, now);
}

void
weir_observer_step (WeirObserver *observer)
{
  look (observer, true);
}

/* Waits until @until, or until something has changed. Returns: false when it is over. */
static bool
wait_until (WeirObserver *observer, int64_t until)
{
  struct timespec time = { .tv_sec = until / SECOND_USEC, .tv_nsec = until % SECOND_USEC * 1000 };
  int code = 0;

  WEIR_LOCKED (&observer->lock);
  while (!observer->is_over && !observer->is_awake && code == 0)
    code = pthread_cond_timedwait (&observer->changed, &observer->lock, &time);
  observer->is_awake = false;
  return !observer->is_over;
}

/* What was sent to all decides when there may be more. */
static int64_t
next_live (int64_t now, size_t sent)
{
  int64_t pause = (int64_t)((uint64_t)sent * SECOND_USEC / WEIR_LIMIT_LIVE_RATE);

  return now + CLAMP (pause, LIVE_USEC, SECOND_USEC);
}

static void *
run_sampler (void *data)
{
  WeirObserver *observer = data;
  int64_t second = weir_clock_get_monotonic (observer->clock);
  int64_t live = INT64_MAX;

  prctl (PR_SET_NAME, "weir-figures");
  while (wait_until (observer, MIN (second, live))) {
    int64_t now = weir_clock_get_monotonic (observer->clock);
    bool is_second = now >= second;
    size_t sent = look (observer, is_second);

    if (is_second)
      second = second + SECOND_USEC > now ? second + SECOND_USEC : now + SECOND_USEC;
    live = weir_live_count (observer->live) > 0 ? next_live (now, sent) : INT64_MAX;
  }
  return NULL;
}

void
weir_observer_wake (WeirObserver *observer)
{
  WEIR_LOCKED (&observer->lock);
  observer->is_awake = true;
  pthread_cond_broadcast (&observer->changed);
}

/* --- the pen --- */

void
weir_observer_on_bulletin (void *data, const WeirBulletin *bulletin)
{
  WeirObserver *observer = data;

  if (bulletin->is_kept)
    weir_notices_add (observer->notices, bulletin);
}

static void
report (WeirObserver *observer, const GError *error)
{
  g_autofree char *message = NULL;

  if (error == NULL) {
    observer->is_failing = false;
    return;
  }
  if (observer->is_failing)
    return;
  observer->is_failing = true;
  message = g_strdup_printf ("figures and bulletins are not kept: %s", error->message);
  say (observer, message);
}

static void
write_notices (WeirObserver *observer, GPtrArray *taken)
{
  g_autoptr (GError) error = NULL;

  g_ptr_array_extend_and_steal (observer->unwritten, taken);
  if (observer->unwritten->len == 0)
    return;
  if (weir_chronicle_add_notices (observer->chronicle, observer->unwritten, &error))
    g_ptr_array_set_size (observer->unwritten, 0);
  else if (observer->unwritten->len > UNWRITTEN_MAX)
    g_ptr_array_remove_range (observer->unwritten, 0, observer->unwritten->len - UNWRITTEN_MAX);
  report (observer, error);
}

static void
write_minutes (WeirObserver *observer)
{
  g_autoptr (GPtrArray) minutes = NULL;

  {
    WEIR_LOCKED (&observer->lock);
    minutes = observer->minutes;
    observer->minutes = g_ptr_array_new_with_free_func (free_minute);
  }
  for (guint i = 0; i < minutes->len; i++) {
    g_autoptr (GError) error = NULL;
    weir_chronicle_add_minute (observer->chronicle, minutes->pdata[i], &error);
    report (observer, error);
  }
}

static void
tell_listeners (WeirObserver *observer, const GPtrArray *notices)
{
  for (guint i = 0; i < notices->len; i++) {
    g_autoptr (GString) json = g_string_new (NULL);
    weir_notice_put_json (json, notices->pdata[i]);
    weir_live_tell (observer->live, "bulletin", json->str);
  }
}

/* Returns: false when all is written and it is over. */
static bool
write_round (WeirObserver *observer)
{
  bool has_counted = weir_notices_has_counted (observer->notices);
  uint64_t n_flushes;
  GPtrArray *taken;
  bool is_over;

  taken = weir_notices_take (observer->notices, has_counted ? SECOND_USEC : -1);
  {
    WEIR_LOCKED (&observer->lock);
    n_flushes = observer->n_flushes;
    is_over = observer->is_over;
  }
  if (is_over)
    weir_notices_close (observer->notices);
  /* What came before it was asked for. */
  g_ptr_array_extend_and_steal (taken, weir_notices_take (observer->notices, 0));
  tell_listeners (observer, taken);
  write_notices (observer, taken);
  write_minutes (observer);
  WEIR_LOCKED (&observer->lock);
  observer->n_flushed = n_flushes;
  observer->is_pen_over = is_over;
  pthread_cond_broadcast (&observer->changed);
  return !is_over;
}

static void *
run_pen (void *data)
{
  prctl (PR_SET_NAME, "weir-pen");
  while (write_round (data))
    ;
  return NULL;
}

void
weir_observer_flush (WeirObserver *observer)
{
  uint64_t wanted;

  WEIR_LOCKED (&observer->lock);
  wanted = ++observer->n_flushes;
  weir_notices_wake (observer->notices);
  while (observer->n_flushed < wanted && !observer->is_pen_over)
    pthread_cond_wait (&observer->changed, &observer->lock);
}

/* --- life --- */

static void
free_notice (void *data)
{
  weir_notice_free (data);
}

static void
init_condition (WeirObserver *observer)
{
  pthread_condattr_t attributes;

  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&observer->changed, &attributes);
  pthread_condattr_destroy (&attributes);
}

WeirObserver *
weir_observer_new (const WeirObserverOptions *options, GError **error)
{
  g_autofree char *path =
      options->directory != NULL ? g_build_filename (options->directory, "history.db", NULL) : NULL;
  g_autofree char *message = NULL;
  WeirChronicle *chronicle = weir_chronicle_open (path, &message, error);
  WeirObserver *observer;

  if (chronicle == NULL)
    return NULL;
  observer = g_new0 (WeirObserver, 1);
  observer->chronicle = chronicle;
  observer->name = g_strdup (options->name);
  observer->clock = options->clock != NULL ? options->clock : weir_clock_system ();
  observer->by_hand = weir_clock_is_fake (observer->clock);
  observer->on_message = options->on_message;
  observer->data = options->data;
  observer->live = weir_live_new ((uint64_t)weir_clock_get_wall (observer->clock));
  observer->recent = weir_recent_new ();
  observer->notices =
      weir_notices_new (weir_chronicle_get_next_notice (chronicle), observer->clock);
  observer->minutes = g_ptr_array_new_with_free_func (free_minute);
  observer->unwritten = g_ptr_array_new_with_free_func (free_notice);
  pthread_mutex_init (&observer->lock, NULL);
  init_condition (observer);
  if (message != NULL)
    say (observer, message);
  pthread_create (&observer->pen, NULL, run_pen, observer);
  if (!observer->by_hand)
    pthread_create (&observer->sampler, NULL, run_sampler, observer);
  return observer;
}

void
weir_observer_start (WeirObserver *observer, WeirEngine *engine)
{
  WEIR_LOCKED (&observer->lock);
  observer->engine = engine;
  observer->is_awake = true;
  pthread_cond_broadcast (&observer->changed);
}

void
weir_observer_stop (WeirObserver *observer)
{
  WEIR_LOCKED (&observer->lock);
  end_minute (observer);
  observer->engine = NULL;
  g_clear_pointer (&observer->last, weir_reading_unref);
  g_clear_pointer (&observer->since, weir_reading_unref);
  g_clear_pointer (&observer->gauge, weir_gauge_free);
}

void
weir_observer_free (WeirObserver *observer)
{
  if (observer == NULL)
    return;
  weir_observer_stop (observer);
  {
    WEIR_LOCKED (&observer->lock);
    observer->is_over = true;
    pthread_cond_broadcast (&observer->changed);
  }
  weir_notices_wake (observer->notices);
  if (!observer->by_hand)
    pthread_join (observer->sampler, NULL);
  pthread_join (observer->pen, NULL);
  weir_live_free (observer->live);
  weir_recent_free (observer->recent);
  weir_notices_free (observer->notices);
  weir_chronicle_free (observer->chronicle);
  weir_minute_free (observer->minute);
  g_ptr_array_unref (observer->minutes);
  g_ptr_array_unref (observer->unwritten);
  pthread_cond_destroy (&observer->changed);
  pthread_mutex_destroy (&observer->lock);
  g_free (observer->name);
  g_free (observer);
}

WeirLive *
weir_observer_get_live (WeirObserver *observer)
{
  return observer->live;
}

WeirChronicle *
weir_observer_get_chronicle (WeirObserver *observer)
{
  return observer->chronicle;
}

const char *
weir_observer_get_name (const WeirObserver *observer)
{
  return observer->name;
}

/* From when on the seconds are asked, and the chronicle before. Minutes that are over are exact
 * where steps are as long; else it is as far as the seconds go back. */
static int64_t
find_border (WeirObserver *observer, bool by_minute)
{
  int64_t recent = weir_recent_get_start (observer->recent);

  WEIR_LOCKED (&observer->lock);
  return by_minute && observer->minute != NULL ? observer->minute->start : recent;
}

/* The minute that goes on may have begun in the process before: that part is in the chronicle. */
static bool
read_chronicle (WeirObserver *observer, uint32_t key, WeirSeries *series, int64_t *ret_border,
                GError **error)
{
  bool by_minute = series->step >= WEIR_MINUTE_USEC;

  do {
    weir_series_clear (series);
    *ret_border = find_border (observer, by_minute);
    weir_observer_flush (observer);
    if (!weir_chronicle_read (observer->chronicle, key,
                              weir_time_add (*ret_border, by_minute ? WEIR_MINUTE_USEC : 0), series,
                              error))
      return false;
  } while (by_minute && find_border (observer, true) != *ret_border);
  return true;
}

bool
weir_observer_read_series (WeirObserver *observer, const char *path, WeirSeries *series,
                           GError **error)
{
  int64_t border;
  uint32_t key;

  if (!weir_chronicle_find_key (observer->chronicle, series->kind, path, &key)) {
    g_autofree char *quoted = weir_error_quote (path);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no %s %s, nor was there one",
                 weir_subject_kind_get_text (series->kind), quoted);
    return false;
  }
  if (!read_chronicle (observer, key, series, &border, error))
    return false;
  weir_recent_read (observer->recent, key, border, series);
  return true;
}
