/* restore.h: what a data directory holds, back into the queues and components of a flow.
 *
 * What belongs to a queue or a component that the flow does not have any more is kept: it stays in
 * the directory as it was, counts as stranded, and is back when the flow has the place again.
 *
 * Thread: main, before the engine starts. */
#pragma once

#include "runtime/engine.h"

/* Fills the queues and states of @engine's flow, gives its parts their numbers and begins the log.
 */
bool weir_restore (WeirEngine *engine, GError **error);

/* Puts @queue (transfer full, in use no more) aside under its name. */
void weir_restore_strand (WeirEngine *engine, WeirQueue *queue);

/* Tells the log what the components @nodes (WeirNode) are. */
void weir_restore_describe (WeirEngine *engine, const GPtrArray *nodes);

/* Lets go of what is stranded, in memory only. */
void weir_restore_clear (WeirEngine *engine);
