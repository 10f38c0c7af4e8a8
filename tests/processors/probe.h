/* probe.h: stands between the engine and a processor and sees what it does with FlowFiles.
 *
 * It counts what the processor got, made, sent on and ended, from the records of its session, which
 * the engine's own figures must then agree with; and it notes what no processor may do: forget a
 * FlowFile, fail without a reason, be entered twice when it is serial. */
#pragma once

#include "base/lock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <weir/processor.h>

typedef struct {
  const WeirProcessor *type; /* as its module has it */
  WeirProcessor probed;      /* the same, with the probe's trigger */
  _Atomic uint64_t n_got;    /* all four: in triggers that succeeded */
  _Atomic uint64_t n_made;
  _Atomic uint64_t n_sent;
  _Atomic uint64_t n_ended;
  _Atomic unsigned n_inside;
  WeirLock lock;
  pthread_cond_t triggered;
  uint64_t n_triggers; /* guarded by lock */
  char *offence;       /* guarded by lock: the first one; NULL: none */
} Probe;

/* One at a time in a process: a trigger has nowhere to keep whose it is. Returns: (transfer full).
 */
Probe *probe_new (const WeirProcessor *type);

/* The processor must have stopped. Takes NULL. */
void probe_free (Probe *probe);

/* Waits until it was triggered @n times with something to do, or for @usec. */
void probe_wait (Probe *probe, uint64_t n, int64_t usec);

/* Fails the test when the processor did something wrong. Thread: any. */
void probe_assert_innocent (Probe *probe);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Probe, probe_free)
