/* far.h: what a long queue with an order holds behind the FlowFiles that come next: in a data
 * directory, all but their ranks and ids leave the memory (backlog.h has those without an order).
 *
 * When the heap of the queue holds two fronts, the lower one stays and what is behind leaves, as
 * far as it has been applied to the book; it waits in a second heap. What is lowest of both comes
 * next: when that is not in memory, a tenth of a front is read back at once.
 *
 * Thread: any; what has to be called with the queue's lock held says so. */
#pragma once

#include "runtime/queue.h"
#include "runtime/session.h"

/* Returns: (transfer full). */
WeirFar *weir_far_new (size_t front);

/* Takes NULL. It must be empty. */
void weir_far_free (WeirFar *far);

/* Forgets all. Nothing runs any more. */
void weir_far_drop (WeirFar *far);

/* FlowFiles in it. Call with the queue's lock held, as the next two. */
size_t weir_far_get_n (const WeirFar *far);

/* Whether what comes before all of @ordered is here. */
bool weir_far_is_next (const WeirFar *far, const WeirHeap *ordered);

/* Whether somebody reads some of it back, who wakes the target then. */
bool weir_far_is_thawing (const WeirFar *far);

/* Calls @func for each. Call with the queue's lock held. */
void weir_far_look (const WeirFar *far, void (*func) (void *data, const WeirHeapItem *item),
                    void *data);

/* Lets go what may leave the memory. @ret_too_many: whether more are in memory than should be.
 * Returns: the ticket that must be in the book before more can; 0: no more need. */
uint64_t weir_far_freeze (WeirQueue *queue, WeirSession *session, bool *ret_too_many);

/* Reads back what comes next, if it is here. What cannot be read stays where it is, and people are
 * told. Returns: whether any was read. */
bool weir_far_thaw (WeirQueue *queue, WeirSession *session);

/* Reads back what has expired, some at a time. Returns: whether there may be more. */
bool weir_far_thaw_expired (WeirQueue *queue, WeirSession *session, int64_t wall);

/* Takes @flowfile, which was in @queue when the process ended: in memory, as long as there is room
 * in the front. @order: among the others. Before the engine starts. */
void weir_far_restore (WeirQueue *queue, WeirFlowFile *flowfile, uint64_t order,
                       WeirMagazine *magazine);
