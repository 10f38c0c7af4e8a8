/* run-signals.c: counts what comes, for a main thread that looks now and then. */
#include "cli/run-signals.h"

#include <glib.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"

struct WeirRunSignals {
  pthread_t thread;
  WeirLock lock;
  pthread_cond_t came;
  unsigned n_came;  /* guarded by lock, as is the rest */
  unsigned n_taken; /* of them, by main */
  bool listens;
  bool is_ending;
};

static void
fill_set (sigset_t *ret_set)
{
  sigemptyset (ret_set);
  sigaddset (ret_set, SIGINT);
  sigaddset (ret_set, SIGTERM);
}

/* Called with the lock held. */
static void
end_if_forced (const WeirRunSignals *signals)
{
  static const char told[] = "weir: ended at once by a second signal\n";

  if (signals->listens || signals->n_came < 2 || signals->n_came == signals->n_taken)
    return;
  (void)!write (STDERR_FILENO, told, sizeof told - 1);
  _exit (WEIR_EXIT_HARD);
}

static void *
run (void *data)
{
  WeirRunSignals *signals = data;
  sigset_t set;
  int number;

  fill_set (&set);
  pthread_setname_np (pthread_self (), "weir-signals");
  for (;;) {
    if (sigwait (&set, &number) != 0)
      continue;

    WEIR_LOCKED (&signals->lock);
    if (signals->is_ending)
      return NULL;
    signals->n_came++;
    pthread_cond_signal (&signals->came);
    end_if_forced (signals);
  }
}

WeirRunSignals *
weir_run_signals_new (void)
{
  WeirRunSignals *signals = g_new0 (WeirRunSignals, 1);
  pthread_condattr_t monotonic;
  sigset_t set;

  fill_set (&set);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  pthread_mutex_init (&signals->lock, NULL);
  pthread_condattr_init (&monotonic);
  pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init (&signals->came, &monotonic);
  pthread_condattr_destroy (&monotonic);
  if (pthread_create (&signals->thread, NULL, run, signals) != 0)
    g_error ("cannot create the thread of signals: too many threads or too little memory");
  return signals;
}

void
weir_run_signals_free (WeirRunSignals *signals)
{
  if (signals == NULL)
    return;
  {
    WEIR_LOCKED (&signals->lock);
    signals->is_ending = true;
  }
  pthread_kill (signals->thread, SIGTERM); /* NOLINT(bugprone-bad-signal-to-kill-thread) */
  pthread_join (signals->thread, NULL);
  pthread_cond_destroy (&signals->came);
  pthread_mutex_destroy (&signals->lock);
  g_free (signals);
}

void
weir_run_signals_listen (WeirRunSignals *signals, bool listens)
{
  WEIR_LOCKED (&signals->lock);

  signals->listens = listens;
  end_if_forced (signals);
}

bool
weir_run_signals_take (WeirRunSignals *signals, int64_t usec)
{
  int64_t end = usec < 0 ? INT64_MAX : weir_time_add (g_get_monotonic_time (), usec);
  struct timespec deadline = { end / G_USEC_PER_SEC, end % G_USEC_PER_SEC * 1000 };

  WEIR_LOCKED (&signals->lock);

  while (signals->n_came == signals->n_taken)
    if (end == INT64_MAX ? pthread_cond_wait (&signals->came, &signals->lock) != 0
                         : pthread_cond_timedwait (&signals->came, &signals->lock, &deadline) != 0)
      return false;
  signals->n_taken++;
  return true;
}
