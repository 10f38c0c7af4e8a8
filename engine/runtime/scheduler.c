/* scheduler.c: the run word of a node (node.c) says whether it has a task; here tasks find workers.
 *
 * A worker sleeps only after it has announced that and has seen, under the lock, that nothing is
 * queued; who queues something looks for sleepers after. So one of the two sees the other. */
#include "runtime/scheduler.h"

#include "base/limits.h"
#include "runtime/bulletin.h"
#include "runtime/engine.h"
#include "runtime/worker.h"

#include <time.h>

#define SPARE_MAX  32u                             /* workers beside the wanted ones */
#define STALL_USEC (INT64_C (1) * G_USEC_PER_SEC)  /* then a spare one takes its place */
#define TELL_USEC  (INT64_C (30) * G_USEC_PER_SEC) /* then people are told */

struct WeirScheduler {
  WeirEngine *engine;
  unsigned n_wanted;
  WeirWorker *workers[SPARE_MAX + WEIR_LIMIT_WORKERS];
  _Atomic unsigned n_workers; /* never falls */
  _Atomic unsigned next;      /* who gets what comes from outside */
  _Atomic size_t n_queued;
  _Atomic size_t n_tasks;
  _Atomic uint64_t begun; /* how often the first task has come */
  _Atomic unsigned n_sleeping;

  WeirLock lock;
  pthread_cond_t work;
  pthread_cond_t idle;
  uint64_t rests;        /* guarded by lock */
  unsigned n_threads;    /* guarded by lock */
  _Atomic bool stopping; /* set with the lock held */
  WeirTimer stall_timer;
  bool lacks_told; /* the timers' thread only: that a spare worker cannot be had */
};

static void on_stall_timer (void *data);

static void
cond_init (pthread_cond_t *cond)
{
  pthread_condattr_t monotonic;

  pthread_condattr_init (&monotonic);
  pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init (cond, &monotonic);
  pthread_condattr_destroy (&monotonic);
}

WeirScheduler *
weir_scheduler_new (WeirEngine *engine, unsigned n_workers)
{
  WeirScheduler *scheduler = g_new0 (WeirScheduler, 1);

  scheduler->engine = engine;
  scheduler->n_wanted = MIN (n_workers, G_N_ELEMENTS (scheduler->workers) - SPARE_MAX);
  scheduler->n_workers = MAX (1, scheduler->n_wanted);
  for (unsigned i = 0; i < scheduler->n_workers; i++)
    scheduler->workers[i] = weir_worker_new (engine, i);
  pthread_mutex_init (&scheduler->lock, NULL);
  cond_init (&scheduler->work);
  cond_init (&scheduler->idle);
  scheduler->stall_timer.func = on_stall_timer;
  scheduler->stall_timer.data = scheduler;
  return scheduler;
}

void
weir_scheduler_free (WeirScheduler *scheduler)
{
  if (scheduler == NULL)
    return;
  for (unsigned i = 0; i < scheduler->n_workers; i++)
    weir_worker_free (scheduler->workers[i]);
  pthread_cond_destroy (&scheduler->work);
  pthread_cond_destroy (&scheduler->idle);
  pthread_mutex_destroy (&scheduler->lock);
  g_free (scheduler);
}

static struct timespec
deadline_in (int64_t usec)
{
  int64_t until = weir_time_add (g_get_monotonic_time (), usec);

  return (struct timespec){ .tv_sec = until / G_USEC_PER_SEC,
                            .tv_nsec = until % G_USEC_PER_SEC * 1000 };
}

/* The worker counts from now on until weir_scheduler_take has told it to end. Returns: 0 or the
 * errno. */
static int
start_worker (WeirScheduler *scheduler, WeirWorker *worker)
{
  int errnum;

  pthread_mutex_lock (&scheduler->lock);
  scheduler->n_threads++;
  pthread_mutex_unlock (&scheduler->lock);
  errnum = weir_worker_start (worker);
  if (errnum != 0) {
    WEIR_LOCKED (&scheduler->lock);
    scheduler->n_threads--;
    pthread_cond_broadcast (&scheduler->idle);
  }
  return errnum;
}

void
weir_scheduler_start (WeirScheduler *scheduler)
{
  scheduler->stopping = false;
  for (unsigned i = 0; i < scheduler->n_wanted; i++) {
    int errnum = start_worker (scheduler, scheduler->workers[i]);
    if (errnum != 0)
      g_error ("cannot start a worker thread: %s", g_strerror (errnum));
  }
}

bool
weir_scheduler_stop (WeirScheduler *scheduler, int64_t usec)
{
  struct timespec deadline = deadline_in (usec);
  bool all;

  pthread_mutex_lock (&scheduler->lock);
  scheduler->stopping = true;
  pthread_cond_broadcast (&scheduler->work);
  while (scheduler->n_threads > 0 &&
         pthread_cond_timedwait (&scheduler->idle, &scheduler->lock, &deadline) == 0)
    continue;
  all = scheduler->n_threads == 0;
  pthread_mutex_unlock (&scheduler->lock);
  for (unsigned i = 0; all && i < scheduler->n_workers; i++)
    weir_worker_join (scheduler->workers[i]);
  return all;
}

static void
wake_one (WeirScheduler *scheduler)
{
  WEIR_LOCKED (&scheduler->lock);
  pthread_cond_signal (&scheduler->work);
}

/* While there are tasks, somebody looks now and then whether they get on. */
static void
watch (WeirScheduler *scheduler)
{
  if (scheduler->n_wanted > 0)
    weir_timers_arm (scheduler->engine->timers, &scheduler->stall_timer,
                     weir_clock_get_monotonic (scheduler->engine->clock) + STALL_USEC);
}

void
weir_scheduler_push (WeirScheduler *scheduler, WeirWorker *worker, WeirNode *node, WeirPush where)
{
  bool from_outside = worker == NULL;
  size_t n;

  if (from_outside)
    worker =
        scheduler->workers[atomic_fetch_add_explicit (&scheduler->next, 1, memory_order_relaxed) %
                           MAX (1, scheduler->n_wanted)];
  if (atomic_fetch_add (&scheduler->n_tasks, 1) == 0) {
    atomic_fetch_add (&scheduler->begun, 1); /* before anybody can take it */
    watch (scheduler);
  }
  n = weir_worker_push (worker, node, where == WEIR_PUSH_LAST);
  atomic_fetch_add (&scheduler->n_queued, 1);
  /* The one that a worker has just pushed it will take itself in a moment. */
  if ((from_outside || n > 1) && atomic_load (&scheduler->n_sleeping) > 0)
    wake_one (scheduler);
}

void
weir_scheduler_done (WeirScheduler *scheduler)
{
  if (atomic_fetch_sub (&scheduler->n_tasks, 1) == 1)
    weir_scheduler_tell_rest (scheduler);
}

void
weir_scheduler_tell_rest (WeirScheduler *scheduler)
{
  WEIR_LOCKED (&scheduler->lock);
  scheduler->rests++;
  pthread_cond_broadcast (&scheduler->idle);
}

size_t
weir_scheduler_get_tasks (WeirScheduler *scheduler)
{
  return atomic_load (&scheduler->n_tasks);
}

uint64_t
weir_scheduler_get_begun (WeirScheduler *scheduler)
{
  return atomic_load (&scheduler->begun);
}

uint64_t
weir_scheduler_get_rests (WeirScheduler *scheduler)
{
  WEIR_LOCKED (&scheduler->lock);
  return scheduler->rests;
}

void
weir_scheduler_wait_rest (WeirScheduler *scheduler, uint64_t rests, int64_t usec)
{
  struct timespec deadline = deadline_in (usec);

  WEIR_LOCKED (&scheduler->lock);
  while (scheduler->rests == rests &&
         pthread_cond_timedwait (&scheduler->idle, &scheduler->lock, &deadline) == 0)
    continue;
}

static WeirNode *
try_take (WeirScheduler *scheduler, WeirWorker *worker)
{
  unsigned n_workers = atomic_load_explicit (&scheduler->n_workers, memory_order_acquire);
  unsigned index = weir_worker_get_index (worker);
  WeirNode *node = weir_worker_take (worker);

  for (unsigned i = 1; node == NULL && i < n_workers; i++)
    node = weir_worker_steal (scheduler->workers[(index + i) % n_workers]);
  if (node != NULL)
    atomic_fetch_sub (&scheduler->n_queued, 1);
  return node;
}

static void
sleep_until_work (WeirScheduler *scheduler)
{
  WEIR_LOCKED (&scheduler->lock);
  atomic_fetch_add (&scheduler->n_sleeping, 1);
  while (!scheduler->stopping && atomic_load (&scheduler->n_queued) == 0)
    pthread_cond_wait (&scheduler->work, &scheduler->lock);
  atomic_fetch_sub (&scheduler->n_sleeping, 1);
}

WeirNode *
weir_scheduler_take (WeirScheduler *scheduler, WeirWorker *worker)
{
  WeirNode *node;

  while (!atomic_load (&scheduler->stopping)) {
    if ((node = try_take (scheduler, worker)) != NULL)
      return node;
    sleep_until_work (scheduler);
  }
  WEIR_LOCKED (&scheduler->lock);
  scheduler->n_threads--;
  pthread_cond_broadcast (&scheduler->idle);
  return NULL;
}

bool
weir_scheduler_step (WeirScheduler *scheduler)
{
  WeirNode *node = try_take (scheduler, scheduler->workers[0]);

  if (node != NULL)
    weir_worker_run (scheduler->workers[0], node);
  return node != NULL;
}

WeirWorker *
weir_scheduler_get_first_worker (WeirScheduler *scheduler)
{
  return scheduler->workers[0];
}

unsigned
weir_scheduler_list_busy (WeirScheduler *scheduler, WeirBusy *ret_busy)
{
  unsigned n_workers = atomic_load_explicit (&scheduler->n_workers, memory_order_acquire);
  unsigned n = 0;

  for (unsigned i = 0; i < n_workers && n < WEIR_BUSY_MAX; i++) {
    WeirNode *node;
    int64_t usec = weir_worker_get_busy (scheduler->workers[i], &node);

    if (usec > 0)
      ret_busy[n++] = (WeirBusy){ node, usec };
  }
  return n;
}

/* What another thread has written there is never this one: its own it has written itself. */
WeirSession *
weir_scheduler_find_session (WeirScheduler *scheduler)
{
  unsigned n_workers = atomic_load_explicit (&scheduler->n_workers, memory_order_acquire);
  pthread_t self = pthread_self ();

  for (unsigned i = 0; i < n_workers; i++) {
    WeirSession *session = weir_worker_get_session (scheduler->workers[i]);

    if (atomic_load_explicit (&session->thread, memory_order_relaxed) == self)
      return session;
  }
  return NULL;
}

/* @stalled: whose trigger makes it needed. Without a thread for it the flow goes on with those
 * there are, and it is tried again as long as it is needed. */
static void
add_spare (WeirScheduler *scheduler, WeirNode *stalled)
{
  unsigned index = atomic_load (&scheduler->n_workers);
  int errnum;

  if (index >= scheduler->n_wanted + SPARE_MAX)
    return;
  scheduler->workers[index] = weir_worker_new (scheduler->engine, index);
  errnum = start_worker (scheduler, scheduler->workers[index]);
  if (errnum == 0) {
    atomic_store_explicit (&scheduler->n_workers, index + 1, memory_order_release);
    scheduler->lacks_told = false;
    return;
  }
  g_clear_pointer (&scheduler->workers[index], weir_worker_free);
  if (!scheduler->lacks_told)
    weir_bulletin_raise (stalled, WEIR_LOG_WARNING,
                         "does not come back from a trigger, and there is no thread to take its "
                         "place: %s; the flow goes on with fewer workers",
                         g_strerror (errnum));
  scheduler->lacks_told = true;
}

/* What a node has sent so far in this turn should not wait for the end of a trigger that hangs. */
static void
wake_targets (WeirNode *node)
{
  for (unsigned i = 0; i < node->n_outputs; i++)
    if (weir_queue_has_ready (node->outputs[i], 0))
      weir_node_wake (node->outputs[i]->target, NULL);
}

/* Once a second while there are tasks: is somebody stuck? */
static void
on_stall_timer (void *data)
{
  WeirScheduler *scheduler = data;
  unsigned n_workers = atomic_load (&scheduler->n_workers);
  unsigned n_stalled = 0;
  WeirNode *stalled = NULL;

  for (unsigned i = 0; i < n_workers; i++) {
    WeirNode *node;
    int64_t busy = weir_worker_get_busy (scheduler->workers[i], &node);

    if (busy > STALL_USEC) {
      n_stalled++;
      stalled = node;
      wake_targets (node);
    }
    if (busy > TELL_USEC && weir_worker_tell_stall (scheduler->workers[i]))
      weir_bulletin_raise (node, WEIR_LOG_WARNING,
                           "has been working on one trigger for more than 30 s");
  }
  if (n_workers - n_stalled < scheduler->n_wanted && !atomic_load (&scheduler->stopping))
    add_spare (scheduler, stalled);
  /* What a worker has pushed for itself before it got stuck, nobody was told of. */
  if (n_stalled > 0 && atomic_load (&scheduler->n_queued) > 0)
    wake_one (scheduler);
  if (atomic_load (&scheduler->n_tasks) > 0)
    watch (scheduler);
}
