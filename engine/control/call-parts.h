/* call-parts.h: a call, for call.c and api*.c. It belongs to its exchange, and goes with it. */
#pragma once

#include "control/api.h"
#include "control/arguments.h"
#include "control/call.h"
#include "control/schema.h"

#include <stdatomic.h>

/* A row that can be called. */
typedef struct {
  const WeirMethod *row;
  const WeirSchema *body; /* NULL: it is not JSON, or there is none */
  void *target;           /* NULL for those of flows: the flow's */
} WeirRoute;

struct WeirStream {
  WeirExchange *exchange;
};

struct WeirCall {
  WeirApi *api;
  WeirExchange *exchange; /* not owned: it owns the call */
  WeirIdentity *identity;
  const WeirRoute *route;
  WeirMatch match;
  WeirArguments arguments;
  char id[17]; /* of the request, for the audit and the logs */
  bool has_expected;
  void *target;
  void (*release) (void *target);
  WeirTrail *trail; /* NULL: none */

  JsonNode *body; /* NULL: none, or not JSON */
  int status;     /* 0: as the row says */
  GString *answer;
  GBytes *bytes;
  const char *type;
  GString *headers;
  char *object, *before, *after; /* for the audit */
  bool has_begun;                /* a stream */
  atomic_bool is_gone;           /* nobody listens any more */
};

/* Returns: (transfer none): kept by @exchange until it goes. */
WeirCall *weir_call_new (WeirApi *api, WeirExchange *exchange);

/* The method has ended: its target may go. */
void weir_call_release (WeirCall *call);

/* Answers with what the method left, or with @error if it is not NULL. */
void weir_call_finish (WeirCall *call, const GError *error);
