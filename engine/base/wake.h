/* wake.h: a bell that threads sleep on without a lock, by futex.
 *
 * The pattern that loses no call: read the bell with weir_wake_get, look whether what is waited for
 * is there, then weir_wake_wait with what was read. Who rings makes it be there first.
 *
 * Thread: any, for every function here. */
#pragma once

#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
  _Atomic uint32_t n_rings;
  _Atomic uint32_t n_waiters; /* without any, to ring is no system call */
} WeirWake;

static inline uint32_t
weir_wake_get (WeirWake *wake)
{
  return atomic_load (&wake->n_rings);
}

/* Returns when it has been rung since @n_rings was read; sometimes earlier. */
static inline void
weir_wake_wait (WeirWake *wake, uint32_t n_rings)
{
  atomic_fetch_add (&wake->n_waiters, 1);
  syscall (SYS_futex, &wake->n_rings, FUTEX_WAIT_PRIVATE, n_rings, NULL, NULL, 0);
  atomic_fetch_sub (&wake->n_waiters, 1);
}

/* Wakes all who wait. */
static inline void
weir_wake_ring (WeirWake *wake)
{
  atomic_fetch_add (&wake->n_rings, 1);
  if (atomic_load (&wake->n_waiters) > 0)
    syscall (SYS_futex, &wake->n_rings, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}
