/* why.h: "why is this not running?", in words: all that keeps a node from it, what of it passes by
 * itself, and what a person can do.
 *
 * It is built on weir_node_get_wait, which decides; where that gives one reason, others that would
 * be next are told behind it.
 *
 * Thread: any. */
#pragma once

#include "runtime/engine.h"

typedef enum {
  WEIR_WHY_RUNS, /* nothing: it works, or is about to */
  WEIR_WHY_DISABLED,
  WEIR_WHY_STOPPED,
  WEIR_WHY_STOPPING, /* its work goes on */
  WEIR_WHY_EDITED,
  WEIR_WHY_FAILS_TO_START,
  WEIR_WHY_STARTING,
  WEIR_WHY_INPUT,
  WEIR_WHY_PENALTY,
  WEIR_WHY_ROOM,
  WEIR_WHY_DISK,
  WEIR_WHY_SCHEDULE,
  WEIR_WHY_YIELD,
  WEIR_WHY_WORKERS,
  WEIR_WHY_ENGINE, /* nothing of the flow runs */
} WeirWhyKind;

typedef struct {
  WeirWhyKind kind;
  const char *code; /* "no-input": for programs */
  char *text;       /* what is the matter */
  char *advice;     /* what to do; NULL: nothing need be done */
  char *about;      /* the path of a connection or of another processor; NULL: none */
  int64_t until;    /* wall: when it ends by itself; 0: it does not, or nobody knows */
} WeirWhy;

/* Of the processor, port or funnel at @path: the first one is what keeps it from running now.
 * Returns: (transfer full): WeirWhy, at least one; NULL with @error: there is none at @path. */
GPtrArray *weir_engine_why (WeirEngine *engine, const char *path, GError **error);

/* Its tasks that are in a trigger or about to be at this moment. */
unsigned weir_node_get_active (WeirNode *node);
