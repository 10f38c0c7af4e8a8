/* desk.h: what the methods that are of no flow work with: who the server is, the types it knows,
 * its tokens. A flow host has them, too, for who asks it without a server.
 *
 * Thread: any; nothing in it changes. */
#pragma once

#include "base/clock.h"
#include "control/api.h"
#include "control/token-store.h"
#include "plugin/registry.h"

typedef struct {
  const char *name;          /* "weir serve": what answers */
  WeirRegistry *registry;    /* NULL: it answers nothing about types */
  WeirTokenStore *tokens;    /* NULL: there are none to manage */
  const WeirClock *clock;    /* NULL: the system's */
  int64_t started;           /* wall time */
  int64_t started_monotonic; /* both of its clock */

  /* Says in @why what keeps the server from being ready; nothing: it is. NULL: always. Thread:
   * loop; it never waits. */
  void (*check_ready) (void *data, GString *why);
  void *data;
} WeirDesk;

/* Sets the moments of @desk to now. */
void weir_desk_start (WeirDesk *desk);

/* Adds to @api the methods that @desk can answer. It stays the caller's. */
bool weir_desk_add_methods (WeirDesk *desk, WeirApi *api, GError **error);

extern const WeirMethodTable weir_methods_server;
extern const WeirMethodTable weir_methods_types;
extern const WeirMethodTable weir_methods_expressions;
extern const WeirMethodTable weir_methods_tokens;
extern const WeirMethodTable weir_methods_audit;

/* Of one flow: its part of the audit. */
extern const WeirMethodTable weir_methods_flow_audit;
