/* failing-fs.h: a WeirFs whose nth call fails, and stays as it was otherwise.
 *
 * A test runs what it tests with n = 1, 2, 3... until nothing fails any more (all_passed): then
 * every call has failed once. */
#pragma once

#include "base/fs.h"
#include <errno.h>
#include <stdatomic.h>

typedef struct {
  WeirFs fs; /* first: what the code under test is given */
  _Atomic int n_calls;
  int nth; /* counted from 1; 0: none fails */
  int errnum;
  bool once; /* later calls work again */
} FailingFs;

static inline int
failing_fs_on_call (WeirFs *fs, WeirFsCall call)
{
  FailingFs *self = (FailingFs *)fs;
  int n = atomic_fetch_add (&self->n_calls, 1) + 1;

  if (self->nth == 0 || n < self->nth || (self->once && n > self->nth))
    return 0;
  return self->errnum;
}

static inline void
failing_fs_init (FailingFs *self, int nth, int errnum, bool once)
{
  self->fs.on_call = failing_fs_on_call;
  self->n_calls = 0;
  self->nth = nth;
  self->errnum = errnum;
  self->once = once;
}

/* True when the code under test made fewer calls than @nth: there is nothing left to fail. */
static inline bool
failing_fs_all_passed (FailingFs *self)
{
  return self->n_calls < self->nth;
}
