/* replay.h: a FlowFile made again from what an earlier one was, for a queue of the flow.
 *
 * Thread: any but in a trigger; before the engine starts or while it runs. */
#pragma once

#include "runtime/engine.h"

typedef struct {
  uint64_t parent;       /* the FlowFile that it was, by its id */
  uint64_t queue_number; /* of the queue in the log, whatever it is called by now; 0: by its name */
  const char *queue;     /* what the log calls the queue: "read:success -> write" */
  GHashTable *attributes; /* char* to char* */
  int64_t lineage_start;
  int fd;              /* its content, from the position to the end; -1: none */
  const char *details; /* for the event REPLAY; NULL: none */
} WeirReplay;

/* @ret_id: of the new FlowFile. Returns: false with @error: the flow has no such queue, or the
 * content cannot be written. */
bool weir_engine_replay (WeirEngine *engine, const WeirReplay *replay, uint64_t *ret_id,
                         GError **error);
