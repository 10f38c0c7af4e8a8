/* method.h: one row of the API. Routing, checks, docs/control-api.md and the OpenAPI file are all
 * made of these rows: what is not in a row is not in the API.
 *
 * Thread: any; rows are const. */
#pragma once

#include "control/identity.h"

#include <stddef.h>

typedef struct WeirCall WeirCall;

typedef enum {
  WEIR_METHOD_QUICK = 1 << 0,  /* never waits: called on the loop */
  WEIR_METHOD_FLOW = 1 << 1,   /* answered by the host of {flow} */
  WEIR_METHOD_AUDIT = 1 << 2,  /* changes something: an entry of the audit, with its body */
  WEIR_METHOD_STREAM = 1 << 3, /* may go on without end */
} WeirMethodFlags;

typedef enum {
  WEIR_PARAM_TEXT,
  WEIR_PARAM_INT,
  WEIR_PARAM_BOOL,
  WEIR_PARAM_TIME,     /* RFC 3339, or "15 min" ago */
  WEIR_PARAM_DURATION, /* "5 s" */
} WeirParamKind;

/* In the path, or in the query. */
typedef struct {
  const char *name;
  const char *doc; /* one sentence */
  WeirParamKind kind;
  bool is_in_path;
  bool is_required;
  int64_t min, max; /* of numbers; both 0: none */
  const char *const *choices;
} WeirParam;

typedef struct {
  const char *name; /* "queue.list": as access tables, audit and docs have it */
  const char *verb; /* "GET" */
  const char *path; /* "/v1/flows/{flow}/connections/{connection}/flowfiles" */
  WeirRole role;    /* the least */
  unsigned flags;
  const char *doc;         /* the first sentence is its summary */
  const WeirParam *params; /* NULL: none; else closed by one without a name */
  const char *body;        /* JSON Schema; NULL: none. "application/xml": flow XML */
  const char *result;      /* JSON Schema; or a content type: "text/event-stream" */
  size_t body_max;         /* 0: WEIR_LIMIT_BODY */
  /* Answers by call.h. Returns: false with @error: that is the answer then. */
  bool (*handle) (WeirCall *call, void *target, GError **error);
} WeirMethod;

/* Closed by a row without a name. */
typedef struct {
  const WeirMethod *const *tables; /* NULL-terminated */
} WeirMethods;
