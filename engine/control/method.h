/* method.h: one row of the API. Routing, checks, docs/control-api.md and the OpenAPI file are all
 * made of these rows: what is not in a row is not in the API.
 *
 * Thread: any; rows are const. */
#pragma once

#include "control/identity.h"

#include <stddef.h>
#include <stdint.h>

typedef struct WeirCall WeirCall;

typedef enum {
  WEIR_METHOD_QUICK = 1 << 0,  /* never waits: called on the loop */
  WEIR_METHOD_FLOW = 1 << 1,   /* answered by the host of {flow} */
  WEIR_METHOD_AUDIT = 1 << 2,  /* changes something: an entry of the audit, with its body */
  WEIR_METHOD_STREAM = 1 << 3, /* may go on without end */
  WEIR_METHOD_WHOLE = 1 << 4,  /* of the server as a whole: not for who is bound to some flows */
} WeirMethodFlags;

typedef enum {
  WEIR_PARAM_TEXT,
  WEIR_PARAM_INT,
  WEIR_PARAM_BOOL,
  WEIR_PARAM_TIME,     /* RFC 3339, or "15 min" ago */
  WEIR_PARAM_DURATION, /* "5 s" */
  WEIR_PARAM_FLOW,     /* name of a flow, which who asks must be able to see; {flow} is one */
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
  const char *name;  /* "queue.list": as access tables, audit and docs have it */
  const char *verb;  /* "GET" */
  const char *path;  /* "/v1/flows/{flow}/connections/{connection}/flowfiles" */
  WeirUserRole role; /* the least */
  unsigned flags;
  const char *doc;         /* the first sentence is its summary */
  const WeirParam *params; /* NULL: none; else closed by one without a name */
  const char *body;        /* JSON Schema; NULL: none. "application/xml": flow XML */
  const char *result;      /* JSON Schema; NULL: none; or a type: "text/event-stream" */
  size_t body_max;         /* 0: WEIR_LIMIT_BODY */
  int status;              /* when it was done; 0: 200 */
  const char *example;     /* a body; NULL only when there is none */
  const char *answer;      /* what @example is answered with; NULL only when there is none */
  /* Answers by call.h. Returns: false with @error: that is the answer then. */
  bool (*handle) (WeirCall *call, void *target, GError **error);
} WeirMethod;

/* A schema that others name: {"$ref": "Processor"}. */
typedef struct {
  const char *name;
  const char *schema; /* JSON Schema, with "description" */
} WeirSchemaText;

/* The methods of one noun: one file, control/methods-NOUN.c. */
typedef struct {
  const char *title;             /* "Queues": a chapter of the docs */
  const char *doc;               /* a paragraph */
  const WeirMethod *rows;        /* closed by a row without a name */
  const WeirSchemaText *schemas; /* NULL: none; else closed by one without a name */
} WeirMethodTable;

/* All of them, in the order of the docs (control/methods.c), NULL-terminated. */
extern const WeirMethodTable *const weir_methods[];
