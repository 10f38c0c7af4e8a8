/* backlog.h: what a long queue holds behind the FlowFiles that come next: in a data directory, all
 * but their ids may leave the memory, and they are read back before their turn.
 *
 * The front of the queue is its list; behind it come chunks of a thousand. A chunk that is full and
 * has been applied to the book (store/book.h) is cold from then on, unless it is soon to be needed.
 * What a queue with an order has behind its front is in far.h; both are asked for here.
 *
 * Thread: any; what has to be called with the queue's lock held says so. */
#pragma once

#include "runtime/queue.h"
#include "runtime/session.h"

/* FlowFiles in the front of a queue, from which on the others make chunks of a tenth of that. Ten
 * times as many may wait for the book before they can leave the memory, some 30 MB with ten
 * attributes; who adds more waits, too. */
#define WEIR_BACKLOG_FRONT 10000u

/* Gives @queue one. @front: 0: WEIR_BACKLOG_FRONT; less is for tests. Before the first push. */
void weir_backlog_add (WeirQueue *queue, size_t front);

/* Takes NULL. Its FlowFiles must have been dropped. */
void weir_backlog_free (WeirBacklog *backlog);

/* Whether what comes next has to go in here, behind @n_front that are before it. Call with the
 * queue's lock held. */
bool weir_backlog_is_next (const WeirBacklog *backlog, size_t n_front);

/* FlowFiles in it. Call with the queue's lock held. */
size_t weir_backlog_get_n (const WeirBacklog *backlog);

/* Adds @list, which is empty afterwards, to its end. Call with the queue's lock held. */
void weir_backlog_append (WeirBacklog *backlog, WeirList *list);

/* Moves chunks that are in memory to the end of @list until that has half a front.
 * Returns: true when the next one is cold. Call with the queue's lock held. */
bool weir_backlog_refill (WeirBacklog *backlog, WeirList *list);

/* Calls @func for at most @max FlowFiles of it, from the one at @index on: with a NULL @flowfile
 * for one that is cold. Call with the queue's lock held. */
typedef void (*WeirBacklogFunc) (void *data, const WeirFlowFile *flowfile, uint64_t id,
                                 int64_t queue_time);
void weir_backlog_look (const WeirBacklog *backlog, size_t index, size_t max, WeirBacklogFunc func,
                        void *data);

/* FlowFiles that were cold when the process ended, in their order, with the @files that their
 * contents are in (transfer full). Before the engine starts. */
void weir_backlog_append_cold (WeirQueue *queue, const uint64_t *ids, size_t n, int64_t wall,
                               uint64_t bytes, GPtrArray *files);

static inline bool
weir_backlog_is_long (const WeirQueue *queue)
{
  return queue->long_from > 0 &&
         atomic_load_explicit (&queue->count, memory_order_relaxed) > queue->long_from;
}

/* Takes cold what may be, of a queue that has just got more. It may wait for the book (which waits
 * for nobody), so that the queue does not grow faster than it can leave the memory. */
void weir_backlog_keep_small (WeirQueue *queue, WeirSession *session);

/* The book has caught up: all long queues of the engine @data are looked at. As weir_data_open
 * calls it. Thread: any. */
void weir_backlog_on_applied (void *data);
void weir_backlog_init (WeirEngine *engine);

/* Reads the next ones back when they are cold and the front is short. What cannot be read stays
 * where it is, and people are told. Returns: whether one was read. */
bool weir_backlog_thaw (WeirQueue *queue, WeirSession *session);

/* Brings more of what may have expired to where weir_queue_pop_expired finds it: what comes next
 * into a front that is short, or, of a queue with an order, what has expired. Returns: whether
 * there was more. */
bool weir_backlog_bring_expired (WeirQueue *queue, WeirSession *session, int64_t wall);

/* Takes all of it out, in memory only. */
void weir_backlog_drop (WeirQueue *queue, WeirMagazine *magazine);
