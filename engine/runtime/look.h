/* look.h: what is in a queue, for people, while it is in use: page by page, and one FlowFile with
 * its content.
 *
 * Nothing is stopped or taken. The lock of the queue is held for some thousand FlowFiles at a time,
 * so what moves meanwhile may be missing in a page, or be in none. What is on the disk only is read
 * from the book, for those rows alone. A page of a queue without an order costs what it shows, and
 * a step over each FlowFile in memory before it; with an order, a look at each that is queued.
 *
 * Thread: any but in a trigger. */
#pragma once

#include "base/uuid.h"
#include "runtime/engine.h"

typedef struct {
  uint64_t position; /* from the front, 0 is next; those that wait for a penalty are behind */
  uint64_t id;
  char uuid[WEIR_UUID_SIZE];
  uint64_t size;
  int64_t entry_time; /* wall, as are all */
  int64_t lineage_start;
  int64_t queue_time;
  int64_t penalty_until;      /* 0: it does not wait */
  bool is_on_disk;            /* it is not in memory */
  WeirAttributes *attributes; /* NULL: there are none, or nobody asked */
} WeirQueued;

/* @path: of a queue (its `path`). @after: as a page before gave it, or NULL. @max: at most
 * WEIR_LOOK_MAX. @ret_next: (transfer full) (nullable): for the next page; NULL: there is none.
 * Returns: (transfer full): WeirQueued; NULL with @error. */
GPtrArray *weir_engine_look (WeirEngine *engine, const char *path, const char *after, unsigned max,
                             bool with_attributes, char **ret_next, GError **error);

#define WEIR_LOOK_MAX 1000u

/* One that was found; it may have gone on since. */
typedef struct {
  WeirQueued row; /* with attributes */
  WeirContent content;
} WeirPeek;

/* The FlowFile @id in the queue at @path. Returns: (transfer full): NULL with @error: it is not
 * there (any more). */
WeirPeek *weir_engine_peek (WeirEngine *engine, const char *path, uint64_t id, GError **error);
void weir_peek_free (WeirPeek *peek);

/* Reads bytes of it from @offset on. Returns: how many; 0 at the end; -1 with @error. */
ssize_t weir_peek_read (const WeirPeek *peek, uint64_t offset, void *buffer, size_t size,
                        GError **error);

/* Returns: (transfer full): the queue with that path, until weir_queue_unref; NULL with @error. */
WeirQueue *weir_engine_hold_queue (WeirEngine *engine, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPeek, weir_peek_free)
