/* verify.h: tries a service, for the person who asks whether it works.
 *
 * Thread: any. */
#pragma once

#include "runtime/service.h"

typedef struct {
  char *step;
  char *message;
  bool worked;
} WeirVerifyStep;

/* Tries a copy of @served, enabled for that alone; what it uses is enabled and stays so.
 * Returns: (transfer full): WeirVerifyStep, in order; one that did not work is the last. */
GPtrArray *weir_verify (WeirServices *services, const WeirServed *served);
