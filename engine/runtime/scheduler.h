/* scheduler.h: which node runs next, and on which worker.
 *
 * One worker a core, each with its own deque: it takes the newest of its own, so that a FlowFile is
 * followed while it is in the cache, and the oldest of others when it has none. A worker that does
 * not come back from a trigger is replaced by a spare one. Nobody polls: without tasks, all sleep.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "runtime/node.h"

typedef struct WeirScheduler WeirScheduler;

typedef enum {
  WEIR_PUSH_NEXT, /* before what this worker has */
  WEIR_PUSH_LAST, /* behind it */
} WeirPush;

/* @n_workers 0: none; then whoever calls weir_scheduler_step does the work.
 * Returns: (transfer full). */
WeirScheduler *weir_scheduler_new (WeirEngine *engine, unsigned n_workers);
void weir_scheduler_free (WeirScheduler *scheduler);

void weir_scheduler_start (WeirScheduler *scheduler);

/* Ends the workers. Returns: false when some did not come back from a trigger within @usec: they,
 * and all they use, must be left alone. Thread: main. */
bool weir_scheduler_stop (WeirScheduler *scheduler, int64_t usec);

/* A task for @node: pushed by @worker, or from outside when NULL. */
void weir_scheduler_push (WeirScheduler *scheduler, WeirWorker *worker, WeirNode *node,
                          WeirPush where);

/* A task is over. */
void weir_scheduler_done (WeirScheduler *scheduler);

/* Tasks that are queued or running. */
size_t weir_scheduler_get_tasks (WeirScheduler *scheduler);

/* How often there was a task after there was none: where that is the same before and after, and
 * there was none both times, there was none in between. */
uint64_t weir_scheduler_get_begun (WeirScheduler *scheduler);

/* How often the last task has ended. */
uint64_t weir_scheduler_get_rests (WeirScheduler *scheduler);

/* Has it count as one more: something else than a task has ended that somebody may wait for. */
void weir_scheduler_tell_rest (WeirScheduler *scheduler);

/* Waits, for @usec at most, until that is no longer @rests. */
void weir_scheduler_wait_rest (WeirScheduler *scheduler, uint64_t rests, int64_t usec);

/* Runs one task on the calling thread. Returns: false when there is none. */
bool weir_scheduler_step (WeirScheduler *scheduler);

/* The worker of weir_scheduler_step. Returns: (transfer none). */
WeirWorker *weir_scheduler_get_first_worker (WeirScheduler *scheduler);

/* What workers are in at this moment, and for how long. Call with the engine's shape held: then the
 * nodes stay. Returns: how many, at most WEIR_BUSY_MAX. */
#define WEIR_BUSY_MAX 64u
typedef struct {
  WeirNode *node;
  int64_t usec;
} WeirBusy;
unsigned weir_scheduler_list_busy (WeirScheduler *scheduler, WeirBusy *ret_busy);

/* The session of the trigger that this thread is in.
 * Returns: (transfer none) (nullable): NULL when it is in none. */
WeirSession *weir_scheduler_find_session (WeirScheduler *scheduler);

/* For workers: the next task, waiting for one.
 * Returns: (transfer none) (nullable): NULL at the end. */
WeirNode *weir_scheduler_take (WeirScheduler *scheduler, WeirWorker *worker);
