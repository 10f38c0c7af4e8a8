/* effects.c: a list in the order of commits, and a thread that sleeps until its head is durable. */
#include "runtime/effects.h"

#include "base/clock.h"

#include <glib.h>

typedef struct Waiting {
  struct Waiting *next;
  uint64_t ticket;
  WeirEffect effect;
  _Atomic uint32_t *pending;
} Waiting;

struct WeirEffects {
  void (*on_rest) (void *data);
  void *data;
  pthread_t thread;
  bool has_thread;
  _Atomic uint64_t n;       /* that wait or happen */
  _Atomic uint64_t awaited; /* the ticket of the head; UINT64_MAX: none */
  _Atomic uint64_t durable;

  WeirLock lock;
  pthread_cond_t due;
  Waiting *head;  /* guarded by lock */
  Waiting **tail; /* guarded by lock */
  bool stopping;  /* guarded by lock */
  bool has_ended; /* guarded by lock: the thread, as far as effects go */
  pthread_cond_t ended;
  pthread_cond_t done; /* an effect that somebody may wait for is over */
  bool is_given_up;    /* guarded by lock */
};

WeirEffects *
weir_effects_new (void (*on_rest) (void *data), void *data)
{
  WeirEffects *effects = g_new0 (WeirEffects, 1);
  pthread_condattr_t monotonic;

  effects->on_rest = on_rest;
  effects->data = data;
  effects->tail = &effects->head;
  atomic_init (&effects->awaited, UINT64_MAX);
  pthread_mutex_init (&effects->lock, NULL);
  pthread_cond_init (&effects->due, NULL);
  pthread_condattr_init (&monotonic);
  pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init (&effects->ended, &monotonic);
  pthread_condattr_destroy (&monotonic);
  pthread_cond_init (&effects->done, NULL);
  return effects;
}

static void
end_effect (const WeirEffect *effect)
{
  if (effect->destroy != NULL)
    effect->destroy (effect->data);
}

void
weir_effects_free (WeirEffects *effects)
{
  if (effects == NULL)
    return;
  g_assert (!effects->has_thread && effects->head == NULL);
  pthread_cond_destroy (&effects->done);
  pthread_cond_destroy (&effects->ended);
  pthread_cond_destroy (&effects->due);
  pthread_mutex_destroy (&effects->lock);
  g_free (effects);
}

/* Call with the lock held. */
static bool
is_due (const WeirEffects *effects)
{
  return effects->head != NULL && effects->head->ticket <= atomic_load (&effects->durable);
}

/* Call with the lock held, after each change of the head. Written before the watermark is read,
 * while weir_effects_on_durable does it the other way around: one of the two sees the other. */
static void
publish_head (WeirEffects *effects)
{
  atomic_store (&effects->awaited, effects->head != NULL ? effects->head->ticket : UINT64_MAX);
}

/* Returns: (transfer full) (nullable): NULL at the end. */
static Waiting *
take (WeirEffects *effects)
{
  Waiting *waiting;

  WEIR_LOCKED (&effects->lock);
  while (!is_due (effects)) {
    if (effects->stopping)
      return NULL;
    pthread_cond_wait (&effects->due, &effects->lock);
  }
  waiting = effects->head;
  effects->head = waiting->next;
  if (effects->head == NULL)
    effects->tail = &effects->head;
  publish_head (effects);
  return waiting;
}

/* Takes @waiting. */
static void
end_waiting (WeirEffects *effects, Waiting *waiting)
{
  _Atomic uint32_t *pending = waiting->pending;

  end_effect (&waiting->effect);
  g_free (waiting);
  WEIR_LOCKED (&effects->lock);
  if (atomic_fetch_sub (pending, 1) == 1)
    pthread_cond_broadcast (&effects->done);
}

static void *
run (void *data)
{
  WeirEffects *effects = data;

  pthread_setname_np (pthread_self (), "weir-effects");
  for (Waiting *waiting; (waiting = take (effects)) != NULL;) {
    waiting->effect.func (waiting->effect.data);
    end_waiting (effects, waiting);
    if (atomic_fetch_sub (&effects->n, 1) == 1)
      effects->on_rest (effects->data);
  }
  WEIR_LOCKED (&effects->lock);
  effects->has_ended = true;
  pthread_cond_signal (&effects->ended);
  return NULL;
}

void
weir_effects_start (WeirEffects *effects)
{
  effects->stopping = effects->has_ended = effects->is_given_up = false;
  effects->has_thread = pthread_create (&effects->thread, NULL, run, effects) == 0;
  if (!effects->has_thread)
    g_error ("cannot create the thread of effects: too many threads or too little memory");
}

/* Returns: false when no effect has come to its end for @usec. */
static bool
wait_for_end (WeirEffects *effects, int64_t usec)
{
  WEIR_LOCKED (&effects->lock);
  while (!effects->has_ended) {
    int64_t end = weir_time_add (g_get_monotonic_time (), usec);
    struct timespec deadline = { end / G_USEC_PER_SEC, end % G_USEC_PER_SEC * 1000 };
    uint64_t n = atomic_load (&effects->n);

    if (pthread_cond_timedwait (&effects->ended, &effects->lock, &deadline) != 0 &&
        !effects->has_ended && atomic_load (&effects->n) == n)
      return false;
  }
  return true;
}

static void
drop_rest (WeirEffects *effects)
{
  for (Waiting *waiting = effects->head, *next; waiting != NULL; waiting = next) {
    next = waiting->next;
    end_waiting (effects, waiting);
  }
  effects->head = NULL;
  effects->tail = &effects->head;
  atomic_store (&effects->n, 0);
}

bool
weir_effects_stop (WeirEffects *effects, int64_t usec)
{
  if (!effects->has_thread)
    return true;
  pthread_mutex_lock (&effects->lock);
  effects->stopping = true;
  pthread_cond_signal (&effects->due);
  pthread_mutex_unlock (&effects->lock);
  if (!wait_for_end (effects, usec))
    return false;
  pthread_join (effects->thread, NULL);
  effects->has_thread = false;
  drop_rest (effects);
  return true;
}

/* Returns: the oldest of what @newest leads to. */
static WeirEffect *
reverse (WeirEffect *newest)
{
  WeirEffect *oldest = NULL;

  for (WeirEffect *effect = newest, *older; effect != NULL; effect = older) {
    older = effect->next;
    effect->next = oldest;
    oldest = effect;
  }
  return oldest;
}

void
weir_effects_run (WeirEffect *newest)
{
  for (WeirEffect *effect = reverse (newest); effect != NULL; effect = effect->next) {
    effect->func (effect->data);
    end_effect (effect);
  }
}

void
weir_effects_add (WeirEffects *effects, WeirEffect *newest, uint64_t ticket,
                  _Atomic uint32_t *pending)
{
  if (newest == NULL)
    return;
  WEIR_LOCKED (&effects->lock);
  for (WeirEffect *effect = reverse (newest); effect != NULL; effect = effect->next) {
    Waiting *waiting = g_new (Waiting, 1);

    *waiting = (Waiting){ NULL, ticket, *effect, pending };
    atomic_fetch_add (pending, 1);
    *effects->tail = waiting;
    effects->tail = &waiting->next;
    atomic_fetch_add (&effects->n, 1);
  }
  publish_head (effects);
  if (is_due (effects))
    pthread_cond_signal (&effects->due);
}

bool
weir_effects_wait (WeirEffects *effects, _Atomic uint32_t *pending)
{
  WEIR_LOCKED (&effects->lock);
  while (atomic_load (pending) > 0 && !effects->is_given_up)
    pthread_cond_wait (&effects->done, &effects->lock);
  return atomic_load (pending) == 0;
}

void
weir_effects_give_up (WeirEffects *effects)
{
  WEIR_LOCKED (&effects->lock);
  effects->is_given_up = true;
  pthread_cond_broadcast (&effects->done);
}

void
weir_effects_on_durable (WeirEffects *effects, uint64_t durable)
{
  atomic_store (&effects->durable, durable);
  if (atomic_load (&effects->awaited) > durable)
    return;
  WEIR_LOCKED (&effects->lock);
  pthread_cond_signal (&effects->due);
}

bool
weir_effects_is_busy (WeirEffects *effects)
{
  return atomic_load (&effects->n) > 0;
}
