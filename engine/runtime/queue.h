/* queue.h: the FlowFiles of one connection.
 *
 * Invariants: count and bytes are exact and include what a session has taken and not yet committed;
 * they fall only by weir_queue_acknowledge. The limits are soft: they are tested before work
 * begins, a push always succeeds, so a worker never waits for a queue.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "base/lock.h"
#include "model/flow.h"
#include "runtime/attic.h"
#include "runtime/heap.h"

#include <stdatomic.h>

typedef struct WeirNode WeirNode;
typedef struct WeirBacklog WeirBacklog;
typedef struct WeirFar WeirFar;

/* FlowFiles linked by next, with their sums. A zeroed struct is an empty list. */
typedef struct {
  WeirFlowFile *head;
  WeirFlowFile *tail;
  size_t n;
  uint64_t bytes;
} WeirList;

void weir_list_append (WeirList *list, WeirFlowFile *flowfile);

/* Returns: (transfer full) (nullable). */
WeirFlowFile *weir_list_pop (WeirList *list);

/* Moves all of @more to the end of @list. */
void weir_list_join (WeirList *list, WeirList *more);

typedef struct WeirQueue {
  /* What each push and pop looks at stands together. */
  _Alignas(64) WeirLock lock;
  WeirList fifo;            /* guarded by lock; unused when there is an order */
  WeirBacklog *backlog;     /* guarded by lock: what comes behind fifo; NULL without a directory */
  _Atomic uint64_t ready;   /* can be taken now */
  _Atomic int64_t next_due; /* monotonic: when the first penalized one is; INT64_MAX: none */
  _Atomic uint64_t count;
  _Atomic uint64_t bytes;
  _Atomic uint64_t passed; /* ever pushed */
  _Atomic uint64_t passed_bytes;
  WeirHeap penalized; /* guarded by lock */
  WeirHeap ordered;   /* guarded by lock */
  WeirFar *far;       /* guarded by lock: what is not in memory of an order (far.h), or NULL */
  uint64_t taken;     /* guarded by lock: ever from the front of fifo, but for those given back */
  uint64_t n_cuts;    /* guarded by lock: how often others were taken out of it */
  uint64_t arrivals;  /* guarded by lock: ever in ordered */
  uint64_t sequence;  /* guarded by lock: of the next that comes */
  uint64_t front;     /* guarded by lock: of the first, counted down by those that come back */
  WeirFlowFile *looked_at;  /* guarded by lock: as of weir_queue_pop_expired */
  _Atomic uint32_t n_rooms; /* how often there was room again for who may have waited */
  _Atomic bool was_full;    /* somebody may wait for room */

  _Atomic uint64_t max_count; /* these three: an edit changes them at any time */
  _Atomic uint64_t max_bytes;
  _Atomic int64_t expire_usec;

  /* Set before the first push, then read only: an edit changes these only while both of its nodes
   * are stopped. */
  WeirOrder order : 8;
  uint64_t long_from; /* more FlowFiles than these are many (backlog.h) */
  WeirNode *source;
  WeirNode *target;
  unsigned source_index; /* among the outputs of source */
  unsigned target_index; /* among the inputs of target */
  uint64_t number;       /* in the log */

  /* Read by anybody who has a reference. */
  _Atomic (const WeirConnection *) connection; /* a copy, in no group */
  _Atomic (const char *) path; /* as the log names it: that of the connection, behind which " #2"
                                  stands for the second with the same ends */
  _Atomic uint32_t n_refs;
  bool is_in_slab;
  WeirAttic attic; /* what these were */

  _Atomic uint64_t expired;
  bool is_in_search; /* guarded by lock, as are the next two */
  size_t end_of_ordered;
  size_t end_of_penalized;
} WeirQueue;

/* @queue: zeroed memory. @connection is copied; @path: (transfer full). */
void weir_queue_init (WeirQueue *queue, const WeirConnection *connection, char *path);

/* With the last reference it goes, and must be empty. Returns: (transfer full): @queue. */
WeirQueue *weir_queue_ref (WeirQueue *queue);
void weir_queue_unref (WeirQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirQueue, weir_queue_unref)

/* Adds @list, which is empty afterwards, to the end of those that can be taken. Call with the lock
 * held. */
void weir_queue_append (WeirQueue *queue, WeirList *list);

/* Takes all of @list, which is empty afterwards. @wall becomes their queue time. */
void weir_queue_push (WeirQueue *queue, WeirList *list, int64_t wall);

/* What its order makes of @flowfile, which came as @sequence. The rank is good as long as the
 * attributes are. Only for queues with an order. */
void weir_queue_rank (const WeirQueue *queue, const WeirFlowFile *flowfile, uint64_t sequence,
                      WeirRank *ret_rank);

/* FlowFiles that were in a queue with an order when the process ended have sequences from here on;
 * what has come back since is before them, what has come since is behind. */
#define WEIR_SEQUENCE_RESTORED (UINT64_MAX / 4)

/* Takes @flowfile, which is counted already, in the place that it had. Call with the lock held. */
void weir_queue_put (WeirQueue *queue, WeirFlowFile *flowfile, uint64_t sequence);

/* @n FlowFiles of @bytes are in it that are not in memory (backlog.h). */
void weir_queue_count (WeirQueue *queue, size_t n, uint64_t bytes);

/* Takes back what weir_queue_pop gave, to the front. */
void weir_queue_return (WeirQueue *queue, WeirList *list);

/* Moves up to @max FlowFiles to the end of @ret_list, and what was found to have expired to the
 * end of @ret_expired. Both still count until they are acknowledged.
 * Returns: true when what comes next has to be read back (backlog.h). */
bool weir_queue_pop (WeirQueue *queue, size_t max, int64_t wall, int64_t monotonic,
                     WeirList *ret_list, WeirList *ret_expired);

/* Looks for expired ones, at no more than so many that nobody waits long for the lock. Goes on
 * where the last call came to. Returns: false when it has come to the end. */
bool weir_queue_pop_expired (WeirQueue *queue, int64_t wall, WeirList *ret_expired);

/* Takes those out of the front, of the order and of those that wait for which @test is true, to the
 * end of @ret_list: as weir_queue_pop does. */
typedef bool (*WeirQueueTest) (void *data, const WeirFlowFile *flowfile);
void weir_queue_pick (WeirQueue *queue, WeirQueueTest test, void *data, WeirList *ret_list);

/* @n FlowFiles of @bytes are no longer here. Returns: true when somebody may wait for that room. */
bool weir_queue_acknowledge (WeirQueue *queue, size_t n, uint64_t bytes);

/* Makes room known to be waited for: the next weir_queue_acknowledge that empties half says so.
 * Returns: true when the queue is full. */
bool weir_queue_is_full (WeirQueue *queue);

/* How many more FlowFiles may come before it is full; 0: full. */
uint64_t weir_queue_get_room (const WeirQueue *queue);

/* True when something can be taken, as far as can be told without the lock. */
bool weir_queue_has_ready (const WeirQueue *queue, int64_t monotonic);

/* True, once, when the source waits for room and there is some, be it less than half: for a target
 * that takes no more, behind which the source would wait for ever. */
bool weir_queue_has_room_again (WeirQueue *queue);
