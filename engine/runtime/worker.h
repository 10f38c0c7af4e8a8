/* worker.h: a thread that runs nodes, its deque and its session.
 *
 * Thread: the worker's, unless said otherwise. */
#pragma once

#include "runtime/node.h"

typedef struct WeirScheduler WeirScheduler;

/* Returns: (transfer full). */
WeirWorker *weir_worker_new (WeirEngine *engine, unsigned index);
void weir_worker_free (WeirWorker *worker);

/* Starts its thread; ends it by weir_scheduler_take returning NULL. Returns: 0, or the errno.
 * Thread: main or the timers'. */
int weir_worker_start (WeirWorker *worker);

/* Waits for the end of its thread. Thread: main. */
void weir_worker_join (WeirWorker *worker);

/* Returns: (transfer none). */
WeirSession *weir_worker_get_session (WeirWorker *worker);
unsigned weir_worker_get_index (const WeirWorker *worker);

/* The deque. Returns: how many it has now. Thread: any. */
size_t weir_worker_push (WeirWorker *worker, WeirNode *node, bool last);

/* The newest task, and now and then another, so that none waits for ever.
 * Returns: (transfer none) (nullable). */
WeirNode *weir_worker_take (WeirWorker *worker);

/* The oldest task. Returns: (transfer none) (nullable). Thread: any. */
WeirNode *weir_worker_steal (WeirWorker *worker);

/* Runs @node. */
void weir_worker_run (WeirWorker *worker, WeirNode *node);

/* The node that it runs may be gone in a moment: it counts as doing nothing; or not, after all. */
void weir_worker_rest (WeirWorker *worker);
void weir_worker_work (WeirWorker *worker);

/* For how long it has been in one activation; 0: it is in none. @ret_node: which. Thread: any. */
int64_t weir_worker_get_busy (WeirWorker *worker, WeirNode **ret_node);

/* True, once for each activation. Thread: the timers'. */
bool weir_worker_tell_stall (WeirWorker *worker);
