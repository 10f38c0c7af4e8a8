/* callers.c: see the header. Threads begin when they are needed first: a flow host that nobody asks
 * has none. */
#include "control/callers.h"

#include <glib.h>

#include "base/lock.h"

typedef struct {
  void (*func) (void *data);
  void *data;
} Job;

struct WeirCallers {
  WeirLock lock;
  pthread_cond_t changed;
  GQueue waiting; /* guarded by lock: Job */
  unsigned max;
  unsigned max_threads;
  unsigned n_threads; /* guarded by lock */
  unsigned n_idle;    /* guarded by lock */
  bool is_ending;     /* guarded by lock */
  pthread_t *threads; /* guarded by lock */
};

WeirCallers *
weir_callers_new (unsigned n_threads, unsigned max)
{
  WeirCallers *callers = g_new0 (WeirCallers, 1);

  pthread_mutex_init (&callers->lock, NULL);
  pthread_cond_init (&callers->changed, NULL);
  g_queue_init (&callers->waiting);
  callers->max = max;
  callers->max_threads = n_threads;
  callers->threads = g_new0 (pthread_t, n_threads);
  return callers;
}

/* Returns: (transfer full) (nullable): NULL when it is over. */
static Job *
take (WeirCallers *callers)
{
  WEIR_LOCKED (&callers->lock);
  callers->n_idle++;
  while (g_queue_is_empty (&callers->waiting) && !callers->is_ending)
    pthread_cond_wait (&callers->changed, &callers->lock);
  callers->n_idle--;
  return g_queue_pop_head (&callers->waiting);
}

static void *
run (void *data)
{
  WeirCallers *callers = data;
  Job *job;

  pthread_setname_np (pthread_self (), "weir-caller");
  while ((job = take (callers)) != NULL) {
    job->func (job->data);
    g_free (job);
  }
  return NULL;
}

void
weir_callers_free (WeirCallers *callers)
{
  if (callers == NULL)
    return;
  {
    WEIR_LOCKED (&callers->lock);
    callers->is_ending = true;
    pthread_cond_broadcast (&callers->changed);
  }
  for (unsigned i = 0; i < callers->n_threads; i++)
    pthread_join (callers->threads[i], NULL);
  pthread_cond_destroy (&callers->changed);
  pthread_mutex_destroy (&callers->lock);
  g_free (callers->threads);
  g_free (callers);
}

bool
weir_callers_push (WeirCallers *callers, void (*func) (void *data), void *data)
{
  Job *job = NULL;

  WEIR_LOCKED (&callers->lock);
  if (callers->waiting.length >= callers->max)
    return false;
  if (callers->waiting.length >= callers->n_idle && callers->n_threads < callers->max_threads &&
      pthread_create (&callers->threads[callers->n_threads], NULL, run, callers) == 0)
    callers->n_threads++;
  if (callers->n_threads == 0)
    return false;
  job = g_new (Job, 1);
  *job = (Job){ func, data };
  g_queue_push_tail (&callers->waiting, job);
  pthread_cond_signal (&callers->changed);
  return true;
}
