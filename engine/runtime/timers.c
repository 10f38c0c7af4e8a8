/* timers.c: a binary heap of pointers; each timer knows its place in it, so that arming again for
 * an earlier moment moves it instead of adding it twice. */
#include "runtime/timers.h"

#include "base/lock.h"

#include <glib.h>
#include <time.h>

struct WeirTimers {
  WeirClock *clock;
  WeirLock firing; /* held while a timer is taken out and its func runs, before lock */
  WeirLock lock;
  pthread_cond_t changed;
  WeirTimer **heap; /* guarded by lock; index 0 is unused */
  size_t n;         /* guarded by lock */
  size_t capacity;  /* guarded by lock */
  bool stopping;    /* guarded by lock */
  bool has_thread;
  pthread_t thread;
};

WeirTimers *
weir_timers_new (WeirClock *clock)
{
  WeirTimers *timers = g_new0 (WeirTimers, 1);
  pthread_condattr_t monotonic;

  timers->clock = clock;
  pthread_mutex_init (&timers->firing, NULL);
  pthread_mutex_init (&timers->lock, NULL);
  pthread_condattr_init (&monotonic);
  pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init (&timers->changed, &monotonic);
  pthread_condattr_destroy (&monotonic);
  return timers;
}

void
weir_timers_free (WeirTimers *timers)
{
  if (timers == NULL)
    return;
  weir_timers_stop (timers);
  g_free (timers->heap);
  pthread_cond_destroy (&timers->changed);
  pthread_mutex_destroy (&timers->lock);
  pthread_mutex_destroy (&timers->firing);
  g_free (timers);
}

static void
place (WeirTimers *timers, size_t position, WeirTimer *timer)
{
  timers->heap[position] = timer;
  timer->position = position;
}

static void
sift_up (WeirTimers *timers, size_t position, WeirTimer *timer)
{
  for (; position > 1 && timer->when < timers->heap[position / 2]->when; position /= 2)
    place (timers, position, timers->heap[position / 2]);
  place (timers, position, timer);
}

static void
sift_down (WeirTimers *timers, size_t position, WeirTimer *timer)
{
  for (size_t child; (child = position * 2) <= timers->n; position = child) {
    if (child < timers->n && timers->heap[child + 1]->when < timers->heap[child]->when)
      child++;
    if (timer->when <= timers->heap[child]->when)
      break;
    place (timers, position, timers->heap[child]);
  }
  place (timers, position, timer);
}

static void
take_out (WeirTimers *timers, WeirTimer *timer)
{
  size_t position = timer->position;
  WeirTimer *last = timers->heap[timers->n--];

  timer->position = 0;
  if (last == timer)
    return;
  sift_down (timers, position, last);
  sift_up (timers, last->position, last);
}

void
weir_timers_arm (WeirTimers *timers, WeirTimer *timer, int64_t when)
{
  WEIR_LOCKED (&timers->lock);
  if (timer->position == 0) {
    if (timers->n + 2 > timers->capacity) {
      timers->capacity = MAX (64, timers->capacity * 2);
      timers->heap = g_renew (WeirTimer *, timers->heap, timers->capacity);
    }
    timer->when = when;
    sift_up (timers, ++timers->n, timer);
  } else if (when < timer->when) {
    timer->when = when;
    sift_up (timers, timer->position, timer);
  } else {
    return;
  }
  if (timer->position == 1)
    pthread_cond_signal (&timers->changed);
}

void
weir_timers_cancel (WeirTimers *timers, WeirTimer *timer)
{
  WEIR_LOCKED (&timers->lock);
  if (timer->position != 0)
    take_out (timers, timer);
}

/* Returns: (nullable): the first timer if it is due. Call with the lock held. */
static WeirTimer *
first_due (WeirTimers *timers)
{
  WeirTimer *timer = timers->n > 0 ? timers->heap[1] : NULL;

  return timer != NULL && timer->when <= weir_clock_get_monotonic (timers->clock) ? timer : NULL;
}

/* Fires the first timer if it is due. Call with the lock held; it is let go meanwhile. */
static bool
fire_first (WeirTimers *timers)
{
  WeirTimer *timer;

  if (first_due (timers) == NULL)
    return false;
  pthread_mutex_unlock (&timers->lock);
  pthread_mutex_lock (&timers->firing);
  pthread_mutex_lock (&timers->lock);
  timer = first_due (timers);
  if (timer != NULL)
    take_out (timers, timer);
  pthread_mutex_unlock (&timers->lock);
  if (timer != NULL)
    timer->func (timer->data);
  pthread_mutex_unlock (&timers->firing);
  pthread_mutex_lock (&timers->lock);
  return timer != NULL;
}

void
weir_timers_pause (WeirTimers *timers)
{
  pthread_mutex_lock (&timers->firing);
}

void
weir_timers_go_on (WeirTimers *timers)
{
  pthread_mutex_unlock (&timers->firing);
}

unsigned
weir_timers_run (WeirTimers *timers)
{
  unsigned n = 0;

  WEIR_LOCKED (&timers->lock);
  while (fire_first (timers))
    n++;
  return n;
}

int64_t
weir_timers_get_next (WeirTimers *timers)
{
  WEIR_LOCKED (&timers->lock);
  return timers->n > 0 ? timers->heap[1]->when : INT64_MAX;
}

static void *
run (void *data)
{
  WeirTimers *timers = data;

  pthread_setname_np (pthread_self (), "weir-timers");
  WEIR_LOCKED (&timers->lock);
  while (!timers->stopping) {
    if (fire_first (timers))
      continue;
    if (timers->n == 0) {
      pthread_cond_wait (&timers->changed, &timers->lock);
    } else {
      int64_t when = timers->heap[1]->when;
      struct timespec until = { .tv_sec = when / G_USEC_PER_SEC,
                                .tv_nsec = when % G_USEC_PER_SEC * 1000 };
      pthread_cond_timedwait (&timers->changed, &timers->lock, &until);
    }
  }
  return NULL;
}

void
weir_timers_start (WeirTimers *timers)
{
  if (timers->has_thread || weir_clock_is_fake (timers->clock))
    return;
  timers->stopping = false;
  timers->has_thread = true;
  if (pthread_create (&timers->thread, NULL, run, timers) != 0)
    g_error ("cannot start the thread of the timers");
}

void
weir_timers_stop (WeirTimers *timers)
{
  if (!timers->has_thread)
    return;
  pthread_mutex_lock (&timers->lock);
  timers->stopping = true;
  pthread_cond_signal (&timers->changed);
  pthread_mutex_unlock (&timers->lock);
  pthread_join (timers->thread, NULL);
  timers->has_thread = false;
}
