/* Tests engine/runtime/timers.c: in order, once, no later than asked. */
#include "runtime/timers.h"

#include "base/lock.h"

#include <glib.h>

typedef struct {
  WeirTimer timer;
  GString *log;
  char name;
} Alarm;

static void
on_alarm (void *data)
{
  Alarm *alarm = data;

  g_string_append_c (alarm->log, alarm->name);
}

static void
test_order_with_a_held_clock (void)
{
  WeirClock *clock = weir_clock_new_fake (0);
  WeirTimers *timers = weir_timers_new (clock);
  g_autoptr (GString) log = g_string_new ("");
  int64_t now = weir_clock_get_monotonic (clock);
  Alarm alarms[26];

  for (unsigned i = 0; i < 26; i++) {
    alarms[i] = (Alarm){ { .func = on_alarm, .data = &alarms[i] }, log, (char)('a' + i) };
    weir_timers_arm (timers, &alarms[i].timer, now + 100 + (i * 7) % 26);
  }
  g_assert_cmpint (weir_timers_get_next (timers), ==, now + 100);
  g_assert_cmpuint (weir_timers_run (timers), ==, 0);
  weir_timers_cancel (timers, &alarms[0].timer);
  weir_timers_cancel (timers, &alarms[0].timer);
  weir_timers_arm (timers, &alarms[25].timer, now + 50);  /* earlier counts */
  weir_timers_arm (timers, &alarms[25].timer, now + 900); /* later does not */
  weir_clock_advance (clock, 50);
  g_assert_cmpuint (weir_timers_run (timers), ==, 1);
  weir_clock_advance (clock, 100);
  g_assert_cmpuint (weir_timers_run (timers), ==, 24);
  /* by (i * 7) % 26: the i of 1, 2, 3... is i = k * 15 % 26 */
  g_assert_cmpstr (log->str, ==, "zpetixmbqfujyncrgvkodshwl");
  g_assert_cmpint (weir_timers_get_next (timers), ==, INT64_MAX);
  weir_timers_free (timers);
  weir_clock_free_fake (clock);
}

typedef struct {
  WeirTimer timer;
  WeirLock lock;
  pthread_cond_t cond;
  unsigned n; /* guarded by lock */
} Signal;

static void
on_signal (void *data)
{
  Signal *signal = data;

  WEIR_LOCKED (&signal->lock);
  signal->n++;
  pthread_cond_signal (&signal->cond);
}

static void
test_thread (void)
{
  WeirTimers *timers = weir_timers_new (weir_clock_system ());
  Signal signal = { { .func = on_signal, .data = &signal } };
  Signal later = { { .func = on_signal, .data = &later } };
  int64_t start = weir_clock_get_monotonic (weir_clock_system ());

  pthread_mutex_init (&signal.lock, NULL);
  pthread_cond_init (&signal.cond, NULL);
  weir_timers_start (timers);
  weir_timers_arm (timers, &later.timer, start + 3600 * INT64_C (1000000));
  weir_timers_arm (timers, &signal.timer, start + 5000);
  pthread_mutex_lock (&signal.lock);
  while (signal.n == 0)
    pthread_cond_wait (&signal.cond, &signal.lock);
  pthread_mutex_unlock (&signal.lock);
  g_assert_cmpint (weir_clock_get_monotonic (weir_clock_system ()), >=, start + 5000);
  weir_timers_stop (timers);
  weir_timers_free (timers);
  pthread_mutex_destroy (&signal.lock);
  pthread_cond_destroy (&signal.cond);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timers/order", test_order_with_a_held_clock);
  g_test_add_func ("/timers/thread", test_thread);
  return g_test_run ();
}
