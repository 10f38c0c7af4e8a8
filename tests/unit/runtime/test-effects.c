/* Tests engine/runtime/effects.c: what acts outside waits for its ticket, happens once and in
 * order, and never when the engine ends before. Guards invariant 10 (ARCHITECTURE.md). */
#include "kit.h"

typedef struct {
  WeirLock lock;
  GString *done; /* guarded by lock */
  _Atomic unsigned n_done;
  _Atomic unsigned n_ended;
  _Atomic unsigned n_rests;
  _Atomic uint32_t pending; /* that are not over */
  pthread_cond_t rest;
} Log;

typedef struct {
  Log *log;
  char letter;
} Note;

static void
on_effect (void *data)
{
  Note *note = data;

  WEIR_LOCKED (&note->log->lock);
  g_string_append_c (note->log->done, note->letter);
  note->log->n_done++;
}

static void
on_end (void *data)
{
  Note *note = data;

  note->log->n_ended++;
  g_free (note);
}

static void
on_rest (void *data)
{
  Log *log = data;

  WEIR_LOCKED (&log->lock);
  log->n_rests++;
  pthread_cond_broadcast (&log->rest);
}

static void
log_init (Log *log)
{
  *log = (Log){ .lock = PTHREAD_MUTEX_INITIALIZER, .rest = PTHREAD_COND_INITIALIZER };
  log->done = g_string_new ("");
}

static void
wait_for_rests (Log *log, unsigned n)
{
  WEIR_LOCKED (&log->lock);
  while (log->n_rests < n)
    pthread_cond_wait (&log->rest, &log->lock);
}

/* As a session keeps them: the newest first. */
static void
add (WeirEffects *effects, Log *log, const char *letters, uint64_t ticket)
{
  WeirEffect list[8];
  WeirEffect *newest = NULL;

  for (unsigned i = 0; letters[i] != '\0'; i++) {
    Note *note = g_new (Note, 1);

    *note = (Note){ log, letters[i] };
    list[i] = (WeirEffect){ newest, on_effect, note, on_end };
    newest = &list[i];
  }
  if (effects != NULL)
    weir_effects_add (effects, newest, ticket, &log->pending);
  else
    weir_effects_run (newest);
}

static void
test_now (void)
{
  Log log;

  log_init (&log);
  add (NULL, &log, "abc", 0);
  g_assert_cmpstr (log.done->str, ==, "abc");
  g_assert_cmpuint (log.n_ended, ==, 3);
  g_string_free (log.done, TRUE);
}

static void
test_wait (void)
{
  WeirEffects *effects;
  Log log;

  log_init (&log);
  effects = weir_effects_new (on_rest, &log);
  weir_effects_start (effects);
  add (effects, &log, "ab", 10);
  add (effects, &log, "c", 20);
  add (effects, &log, "", 30);
  g_assert_true (weir_effects_is_busy (effects));
  weir_effects_on_durable (effects, 9);
  g_assert_cmpuint (log.n_done, ==, 0);
  weir_effects_on_durable (effects, 20);
  wait_for_rests (&log, 1);
  g_assert_cmpstr (log.done->str, ==, "abc");
  g_assert_false (weir_effects_is_busy (effects));

  /* One that is durable already. */
  add (effects, &log, "d", 15);
  wait_for_rests (&log, 2);
  g_assert_cmpstr (log.done->str, ==, "abcd");

  /* At the end what is durable happens, and the rest does not. */
  add (effects, &log, "e", 21);
  add (effects, &log, "f", 22);
  weir_effects_on_durable (effects, 21);
  g_assert_true (weir_effects_stop (effects, KIT_LONG));
  g_assert_cmpstr (log.done->str, ==, "abcde");
  g_assert_cmpuint (log.n_ended, ==, 6);
  weir_effects_free (effects);
  g_string_free (log.done, TRUE);
}

#define MANY 20000u

static void *
add_many (void *data)
{
  void **both = data;

  for (unsigned i = 1; i <= MANY; i++)
    add (both[0], both[1], "x", i);
  return NULL;
}

/* No effect is left behind, whoever is first. */
static void
test_race (void)
{
  WeirEffects *effects;
  pthread_t threads[2];
  void *both[2];
  Log log;

  log_init (&log);
  effects = weir_effects_new (on_rest, &log);
  both[0] = effects;
  both[1] = &log;
  weir_effects_start (effects);
  for (unsigned i = 0; i < 2; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, add_many, both), ==, 0);
  for (unsigned i = 1; i <= MANY; i++)
    weir_effects_on_durable (effects, i);
  for (unsigned i = 0; i < 2; i++)
    pthread_join (threads[i], NULL);
  pthread_mutex_lock (&log.lock);
  while (log.n_done < 2 * MANY)
    pthread_cond_wait (&log.rest, &log.lock);
  pthread_mutex_unlock (&log.lock);
  g_assert_true (weir_effects_stop (effects, KIT_LONG));
  weir_effects_free (effects);
  g_assert_cmpuint (log.n_ended, ==, 2 * MANY);
  g_string_free (log.done, TRUE);
}

static void
on_stuck (void *data)
{
  WEIR_LOCKED ((WeirLock *)data);
}

/* One that does not return is not waited for without end; many that are slow are. */
static void
test_stuck (void)
{
  WeirLock lock = PTHREAD_MUTEX_INITIALIZER;
  WeirEffect effect = { NULL, on_stuck, &lock, NULL };
  WeirEffects *effects;
  Log log;

  log_init (&log);
  effects = weir_effects_new (on_rest, &log);
  weir_effects_start (effects);
  pthread_mutex_lock (&lock);
  weir_effects_add (effects, &effect, 0, &log.pending);
  g_assert_false (weir_effects_stop (effects, 1000));
  pthread_mutex_unlock (&lock);
  g_assert_true (weir_effects_stop (effects, KIT_LONG));
  weir_effects_free (effects);
  g_string_free (log.done, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/effects/now", test_now);
  g_test_add_func ("/effects/wait", test_wait);
  g_test_add_func ("/effects/race", test_race);
  g_test_add_func ("/effects/stuck", test_stuck);
  return g_test_run ();
}
