/* lock.h: pthread mutexes with scope guards.
 *
 * Not GMutex: ThreadSanitizer cannot see into an uninstrumented GLib and reports races in correct
 * code, and what it reports must be worth reading. */
#pragma once

#include <pthread.h>

typedef pthread_mutex_t WeirLock;

static inline pthread_mutex_t *
weir_lock_acquire (WeirLock *lock)
{
  pthread_mutex_lock (lock);
  return lock;
}

static inline void
weir_lock_release (pthread_mutex_t **lock)
{
  if (*lock != NULL)
    pthread_mutex_unlock (*lock);
}

/* Holds @lock to the end of the enclosing scope. */
#define WEIR_LOCKED(lock)                                                                   \
  __attribute__ ((cleanup (weir_lock_release), unused)) pthread_mutex_t *weir_locked_here = \
      weir_lock_acquire (lock)
