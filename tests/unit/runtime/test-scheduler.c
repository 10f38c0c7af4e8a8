/* Tests engine/runtime/scheduler.c and worker.c: nobody starves, what is pushed in the middle of a
 * turn does not wait for its end, and a stop waits for nobody who asks late. Guards invariants 8
 * and 9. */
#include "kit.h"

#include <string.h>

static _Atomic unsigned to_make;
static _Atomic unsigned n_arrived;
static _Atomic bool may_ask;
static struct {
  WeirLock lock;
  pthread_cond_t changed;
  char *message; /* guarded by lock */
  unsigned n;    /* guarded by lock */
} told = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, 0 };

static bool
on_make (void *state, WeirSession *session, GError **error)
{
  if (atomic_load (&to_make) == 0)
    return true;
  atomic_fetch_sub (&to_make, 1);
  weir_session_transfer (session, weir_session_create (session), 0);
  return true;
}

static bool
on_make_for_ever (void *state, WeirSession *session, GError **error)
{
  weir_session_transfer (session, weir_session_create (session), 1);
  return true;
}

static bool
on_pass (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile != NULL)
    weir_session_transfer (session, flowfile, 0);
  return true;
}

static bool
on_end (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  atomic_fetch_add (&n_arrived, 1);
  weir_session_remove (session, flowfile);
  return true;
}

/* Every second time, does not go on before the one that it has just sent off has arrived. */
static bool
on_send_and_look (void *state, WeirSession *session, GError **error)
{
  int64_t end = g_get_monotonic_time () + KIT_LONG;
  WeirFlowFile *flowfile = weir_session_get (session);
  unsigned n;

  if (flowfile == NULL)
    return true;
  n = (unsigned)weir_session_get_queued (session, NULL);
  while (n % 2 == 1 && atomic_load (&n_arrived) + n < 8 && g_get_monotonic_time () < end)
    g_thread_yield ();
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static void *
ask (void *context)
{
  while (atomic_load (&may_ask)) {
    weir_context_wake (context);
    weir_context_wake_after (context, 1);
  }
  return NULL;
}

/* Keeps the only worker until people have been told. */
static bool
on_hang (void *state, WeirSession *session, GError **error)
{
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  WEIR_LOCKED (&told.lock);
  while (told.message == NULL)
    pthread_cond_wait (&told.changed, &told.lock);
  weir_session_remove (session, flowfile);
  return true;
}

static void
on_told (void *data, const WeirBulletin *bulletin)
{
  WEIR_LOCKED (&told.lock);
  g_free (told.message);
  told.message = g_strdup (bulletin->message);
  told.n++;
  pthread_cond_signal (&told.changed);
}

typedef struct {
  pthread_t thread;
} Asker;

static bool
on_asker_scheduled (void *state, WeirContext *context, GError **error)
{
  return pthread_create (&((Asker *)state)->thread, NULL, ask, context) == 0;
}

static void
on_asker_stopped (void *state)
{
  atomic_store (&may_ask, false);
  pthread_join (((Asker *)state)->thread, NULL);
}

static const WeirProcessor make = KIT_PROCESSOR ("Make", on_make, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor make_for_ever =
    KIT_PROCESSOR ("MakeForEver", on_make_for_ever, .input = WEIR_INPUT_FORBIDDEN);
static const WeirProcessor pass = KIT_PROCESSOR ("Pass", on_pass);
static const WeirProcessor end = KIT_PROCESSOR ("End", on_end);
static const WeirProcessor send_and_look =
    KIT_PROCESSOR ("SendAndLook", on_send_and_look, .side_effects = true);
static const WeirProcessor asker =
    KIT_PROCESSOR ("Asker", on_end, .state_size = sizeof (Asker),
                   .on_scheduled = on_asker_scheduled, .on_stopped = on_asker_stopped);

static const WeirProcessor hangs = KIT_PROCESSOR ("Hang", on_hang);

/* One FlowFile that goes round in a loop always makes the newest task, and a source that always has
 * more always has the oldest: what is between them has its turn too. */
static void
test_what_is_between_does_not_starve (void)
{
  g_autoptr (Kit) kit = kit_new_by_hand ();

  atomic_store (&to_make, 1);
  atomic_store (&n_arrived, 0);
  kit_processor (kit, "make", &make);
  kit_processor (kit, "loop", &pass);
  kit_funnel (kit, "back");
  kit_processor (kit, "end", &end);
  kit_connect (kit, "make", "success", "end");
  kit_connect (kit, "make", "success", "loop");
  kit_connect (kit, "loop", "success", "back");
  kit_connect (kit, "back", NULL, "loop");
  kit_processor (kit, "for-ever", &make_for_ever);
  kit_start (kit);
  for (unsigned i = 0; i < 100000 && atomic_load (&n_arrived) == 0; i++)
    weir_engine_step (kit->engine);
  g_assert_cmpuint (atomic_load (&n_arrived), ==, 1);
}

static void
test_what_is_sent_does_not_wait_for_the_turn (void)
{
  g_autoptr (Kit) kit = kit_new_with_threads (3);
  int64_t start = g_get_monotonic_time ();

  atomic_store (&to_make, 8);
  atomic_store (&n_arrived, 0);
  kit_processor (kit, "make", &make)->yield_usec = 10 * KIT_LONG; /* nor does it wake anybody */
  kit_processor (kit, "send", &send_and_look);
  kit_processor (kit, "end", &end);
  kit_connect (kit, "make", "success", "send");
  kit_connect (kit, "send", "success", "end");
  kit_start (kit);
  g_assert_true (weir_engine_wait_idle (kit->engine, 4 * KIT_LONG));
  g_assert_cmpuint (atomic_load (&n_arrived), ==, 8);
  g_assert_cmpint (g_get_monotonic_time (), <, start + KIT_LONG);
}

/* A module's own thread may ask for a trigger until on_stopped is called. */
static void
test_stop_while_somebody_asks (void)
{
  for (unsigned i = 0; i < 30; i++) {
    g_autoptr (Kit) kit = kit_new_with_threads (2);

    atomic_store (&to_make, 1);
    atomic_store (&may_ask, true);
    kit_processor (kit, "make", &make);
    kit_processor (kit, "asker", &asker);
    kit_connect (kit, "make", "success", "asker");
    kit_start (kit);
    weir_engine_wait_idle (kit->engine, 1000);
    g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
  }
}

static void
set_stack_size (size_t size)
{
  pthread_attr_t attributes;

  pthread_attr_init (&attributes);
  g_assert_cmpint (pthread_attr_setstacksize (&attributes, size), ==, 0);
  g_assert_cmpint (pthread_setattr_default_np (&attributes), ==, 0);
  pthread_attr_destroy (&attributes);
}

/* There is no memory for so large a stack. */
static void
test_without_a_spare_worker (void)
{
  g_autoptr (Kit) kit = kit_new_with_threads (1);

  kit->options.on_bulletin = on_told;
  atomic_store (&to_make, 2);
  kit_processor (kit, "make", &make);
  kit_processor (kit, "hang", &hangs);
  kit_connect (kit, "make", "success", "hang");
  kit_start (kit);
  set_stack_size ((size_t)1 << 46);
  g_assert_true (weir_engine_wait_idle (kit->engine, KIT_LONG));
  set_stack_size (8 * 1024 * 1024);
  g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
  g_assert_nonnull (strstr (told.message, "there is no thread to take its place"));
  g_assert_cmpuint (told.n, ==, 1);
  g_free (told.message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scheduler/between", test_what_is_between_does_not_starve);
  g_test_add_func ("/scheduler/sent", test_what_is_sent_does_not_wait_for_the_turn);
  g_test_add_func ("/scheduler/no spare", test_without_a_spare_worker);
  g_test_add_func ("/scheduler/stop", test_stop_while_somebody_asks);
  return g_test_run ();
}
