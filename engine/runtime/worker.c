/* worker.c: a ring behind a lock, and the loop around it. */
#include "runtime/worker.h"

#include "runtime/engine.h"
#include "runtime/scheduler.h"

#define FAIRNESS_TICKS 61u

struct WeirWorker {
  WeirEngine *engine;
  unsigned index;
  WeirSession session; /* the worker's thread only */
  pthread_t thread;
  bool has_thread;
  unsigned ticks; /* the worker's thread only */

  WeirLock lock;
  WeirNode **ring; /* guarded by lock, as are the next three */
  size_t capacity; /* a power of two */
  size_t oldest;
  size_t n;

  _Atomic int64_t busy_since; /* monotonic; 0: resting */
  _Atomic (WeirNode *) running;
  _Atomic bool stall_told;
};

WeirWorker *
weir_worker_new (WeirEngine *engine, unsigned index)
{
  WeirWorker *worker = g_new0 (WeirWorker, 1);

  worker->engine = engine;
  worker->index = index;
  worker->capacity = 64;
  worker->ring = g_new (WeirNode *, worker->capacity);
  pthread_mutex_init (&worker->lock, NULL);
  weir_session_init (&worker->session, engine);
  return worker;
}

void
weir_worker_free (WeirWorker *worker)
{
  if (worker == NULL)
    return;
  weir_session_clear (&worker->session);
  pthread_mutex_destroy (&worker->lock);
  g_free (worker->ring);
  g_free (worker);
}

static void *
run (void *data)
{
  WeirWorker *worker = data;
  char name[16];

  g_snprintf (name, sizeof name, "weir-worker-%u", worker->index);
  pthread_setname_np (pthread_self (), name);
  for (WeirNode *node; (node = weir_scheduler_take (worker->engine->scheduler, worker)) != NULL;)
    weir_worker_run (worker, node);
  return NULL;
}

int
weir_worker_start (WeirWorker *worker)
{
  int errnum = pthread_create (&worker->thread, NULL, run, worker);

  worker->has_thread = errnum == 0;
  return errnum;
}

void
weir_worker_join (WeirWorker *worker)
{
  if (worker->has_thread)
    pthread_join (worker->thread, NULL);
  worker->has_thread = false;
}

WeirSession *
weir_worker_get_session (WeirWorker *worker)
{
  return &worker->session;
}

unsigned
weir_worker_get_index (const WeirWorker *worker)
{
  return worker->index;
}

static void
grow (WeirWorker *worker)
{
  WeirNode **ring = g_new (WeirNode *, worker->capacity * 2);

  for (size_t i = 0; i < worker->n; i++)
    ring[i] = worker->ring[(worker->oldest + i) & (worker->capacity - 1)];
  g_free (worker->ring);
  worker->ring = ring;
  worker->capacity *= 2;
  worker->oldest = 0;
}

size_t
weir_worker_push (WeirWorker *worker, WeirNode *node, bool last)
{
  WEIR_LOCKED (&worker->lock);
  if (worker->n == worker->capacity)
    grow (worker);
  if (last) {
    worker->oldest = (worker->oldest - 1) & (worker->capacity - 1);
    worker->ring[worker->oldest] = node;
  } else {
    worker->ring[(worker->oldest + worker->n) & (worker->capacity - 1)] = node;
  }
  return ++worker->n;
}

/* One of all, each in its turn: the ends of the deque may belong to those who come back at once.
 * The oldest takes its place. Call with the lock held. */
static WeirNode *
take_any (WeirWorker *worker)
{
  size_t place = worker->oldest + worker->ticks / FAIRNESS_TICKS % worker->n;
  WeirNode **slot = &worker->ring[place & (worker->capacity - 1)];
  WeirNode *node = *slot;

  *slot = worker->ring[worker->oldest];
  worker->oldest = (worker->oldest + 1) & (worker->capacity - 1);
  worker->n--;
  return node;
}

WeirNode *
weir_worker_take (WeirWorker *worker)
{
  WEIR_LOCKED (&worker->lock);
  if (worker->n == 0)
    return NULL;
  if (++worker->ticks % FAIRNESS_TICKS == 0)
    return take_any (worker);
  return worker->ring[(worker->oldest + --worker->n) & (worker->capacity - 1)];
}

WeirNode *
weir_worker_steal (WeirWorker *worker)
{
  WeirNode *node;

  WEIR_LOCKED (&worker->lock);
  if (worker->n == 0)
    return NULL;
  node = worker->ring[worker->oldest];
  worker->oldest = (worker->oldest + 1) & (worker->capacity - 1);
  worker->n--;
  return node;
}

void
weir_worker_run (WeirWorker *worker, WeirNode *node)
{
  atomic_store_explicit (&worker->running, node, memory_order_relaxed);
  atomic_store_explicit (&worker->stall_told, false, memory_order_relaxed);
  weir_worker_work (worker);
  weir_node_run (node, worker);
  weir_worker_rest (worker);
}

void
weir_worker_rest (WeirWorker *worker)
{
  atomic_store_explicit (&worker->busy_since, 0, memory_order_release);
}

void
weir_worker_work (WeirWorker *worker)
{
  atomic_store_explicit (&worker->busy_since, weir_clock_get_monotonic (worker->engine->clock),
                         memory_order_release);
}

int64_t
weir_worker_get_busy (WeirWorker *worker, WeirNode **ret_node)
{
  int64_t since = atomic_load_explicit (&worker->busy_since, memory_order_acquire);

  *ret_node = atomic_load_explicit (&worker->running, memory_order_relaxed);
  return since == 0 ? 0 : weir_clock_get_monotonic (worker->engine->clock) - since;
}

bool
weir_worker_tell_stall (WeirWorker *worker)
{
  return !atomic_exchange (&worker->stall_told, true);
}
