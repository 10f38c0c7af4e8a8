/* commit.h: where what a session did becomes true.
 *
 * Thread: the worker's. */
#pragma once

#include "runtime/session.h"

/* Carries out everything that @session did since it began and empties it. Each of its FlowFiles
 * must have a fate (weir_session_check). @worker: who runs the nodes that are woken, or NULL.
 * Returns: false with @error when it is more than the log takes: then nothing of it has happened,
 * and all that is left to do with it is weir_session_undo. */
bool weir_session_commit (WeirSession *session, WeirWorker *worker, GError **error);

/* Turns transfers to a relationship that is retried back into what was there before, as long as
 * attempts are left. */
void weir_session_apply_retries (WeirSession *session);
