/* activation.h: one turn of a node on a worker: triggers, until its time slice, its input or the
 * room behind it is used up, committed together where the processor allows that.
 *
 * Thread: the worker's. */
#pragma once

#include "runtime/node.h"

typedef enum {
  WEIR_OUTCOME_WORKED,
  WEIR_OUTCOME_IDLE,      /* it did nothing */
  WEIR_OUTCOME_FAILED,    /* all is undone, and there was no input */
  WEIR_OUTCOME_PENALIZED, /* all is undone, and the input waits for its penalty */
} WeirOutcome;

/* One trigger in @session, which has begun; it is left to the caller to commit. @error is set when
 * it failed. */
WeirOutcome weir_activation_trigger (WeirNode *node, WeirSession *session, GError **error);

/* Commits what was triggered. When that is more than the log takes, the last trigger fails by it
 * and is undone. Returns: false with @error then; *@outcome says how it failed. */
bool weir_activation_commit (WeirNode *node, WeirSession *session, WeirWorker *worker,
                             WeirOutcome *outcome, GError **error);

/* A whole turn. */
void weir_activation_run (WeirNode *node, WeirWorker *worker);
