/* session.h: the transaction that <weir/session.h> shows to modules, from the inside.
 *
 * A session belongs to one worker and is used again for each activation. It keeps a record for
 * each FlowFile that it got or made: where it came from, what it was, where it goes. Undoing walks
 * the records back; commit.c carries them out. Everything that a session allocates is in its arena
 * and is gone after the commit.
 *
 * Thread: the worker's. */
#pragma once

#include "base/arena.h"
#include "base/uuid.h"
#include "runtime/flowfile.h"
#include "runtime/queue.h"

#include <weir/session.h>

typedef struct WeirEngine WeirEngine;
typedef struct WeirWorker WeirWorker;
typedef struct WeirHeld WeirHeld;
typedef struct WeirServed WeirServed;
typedef struct WeirSessionEntry WeirSessionEntry;
typedef struct WeirStory WeirStory;

typedef enum {
  WEIR_PENDING, /* nothing was said yet: a leak, once the trigger has returned */
  WEIR_TRANSFERRED,
  WEIR_REMOVED,
  WEIR_RETURNED,
  WEIR_HELD,
} WeirFate;

struct WeirRecord {
  WeirSession *session; /* NULL for a held FlowFile */
  WeirFlowFile *flowfile;
  WeirRecord *previous;
  WeirQueue *source;              /* NULL: made in this session */
  WeirRecord *origin;             /* the record of the FlowFile it was made from, or NULL */
  WeirAttributes *old_attributes; /* a reference, when attributes_changed */
  WeirContent old_content;        /* a reference, when content_changed */
  uint64_t old_size;              /* what it counts for in its source */
  unsigned relationship;
  WeirFate fate;
  bool attributes_changed;
  bool content_changed;
  bool penalized;
  bool undone;      /* by a retry */
  bool expired;     /* nobody asked for it any more */
  const char *uuid; /* NULL until it is asked for */
  WeirStory *story; /* report.h; NULL: none */
};

/* A new value of the state of the component, or of a service, that waits for the commit. */
typedef struct WeirChange {
  struct WeirChange *next; /* newest first */
  WeirServed *service;     /* NULL: the component itself */
  const char *key;
  const char *value; /* NULL: clear */
  bool is_old;       /* there is a newer one of this key; as of the commit */
} WeirChange;

/* Who wants to know how it ends, while nobody else sees that. */
typedef struct WeirEnding {
  struct WeirEnding *next; /* newest first */
  WeirEndFunc func;
  void *data;
} WeirEnding;

typedef struct WeirEffect {
  struct WeirEffect *next; /* newest first */
  WeirDurableFunc func;
  void *data;
  GDestroyNotify destroy;
} WeirEffect;

typedef struct WeirCount {
  struct WeirCount *next;
  const char *name;
  int64_t delta;
} WeirCount;

/* A reader or writer that the module has not closed yet. */
typedef struct WeirOpen {
  WeirSession *session; /* NULL: its trigger is over, and all that can be done is to close it */
  struct WeirOpen *next;
  struct WeirOpen **place; /* what points to it */
  void (*on_give_up) (struct WeirOpen *open);
} WeirOpen;

/* What can be undone together: all that came after it. */
typedef struct {
  WeirRecord *newest;
  WeirChange *changes;
  WeirEnding *endings;
  WeirEffect *effects;
  WeirCount *counts;
} WeirMark;

struct WeirSession {
  WeirEngine *engine;
  WeirMagazine magazine;
  WeirSessionEntry *entry; /* NULL: there is no log */
  WeirNode *node;          /* set from begin to end */
  int64_t wall;            /* as of the last tick: a look at the clock costs as much as a hop */
  int64_t monotonic;       /* likewise */
  int64_t since;           /* monotonic: when this turn began or was committed last */
  unsigned n_triggers;     /* since then */
  WeirArena arena;
  WeirMark now;  /* what this session holds */
  WeirMark last; /* what it held before the last trigger */
  size_t weight; /* about as much as its entry takes */
  size_t n_records;
  int64_t first_queued; /* wall: since when the first FlowFile of this turn was queued; 0: none */
  WeirOpen *open;       /* readers and writers */
  size_t prefetch;      /* how many FlowFiles to take from a queue at a time */
  WeirList inbox;       /* taken from inbox_queue, not yet asked for */
  WeirQueue *inbox_queue;
  bool found_nothing; /* when it last looked for input, in this activation */
  bool gave_back;     /* to its input, in this activation */
  uint64_t sent;      /* outputs to wake, a bit each */
  bool must_commit;   /* before the next trigger */
  GError *error;      /* the first mistake of the module */
  GPtrArray *retired; /* WeirAttributes that somebody may look at */
  GArray *views;      /* WeirContentView, likewise */
  uint64_t next_id;   /* of the ids that were set aside */
  uint64_t last_id;
  uint64_t bytes_read;
  uint64_t bytes_written;
  uint32_t n_rooms; /* weir_node_count_rooms when this turn was first told of none; 0: it was not */
  /* The FlowFile with which the last trigger failed; "": none, or several. */
  char culprit[WEIR_UUID_SIZE];
  _Atomic (pthread_t) thread; /* the one in a trigger with it; 0: none. Thread: any */
};

void weir_session_init (WeirSession *session, WeirEngine *engine);
void weir_session_clear (WeirSession *session);

/* Has the session's time go on: one look at one clock. */
void weir_session_tick (WeirSession *session);

/* Begins an activation of @node. */
void weir_session_begin (WeirSession *session, WeirNode *node);

/* Ends it: what was taken from a queue and not asked for goes back to its front, and the nodes that
 * got something are woken by @worker, or from outside when that is NULL. */
void weir_session_end (WeirSession *session, WeirWorker *worker);

/* Output @index of the node got something: its target is woken, at the end of the turn where that
 * is near, so that it finds the whole batch and not the beginning of it. */
void weir_session_wake_output (WeirSession *session, unsigned index, WeirWorker *worker);

/* Gives back what was taken and not asked for, so that what goes to the front of the queue after it
 * is in front of it. */
void weir_session_return_inbox (WeirSession *session);

/* Undoes all that came after @mark: FlowFiles go back to their queues as they were, held up by
 * @penalty_usec when that is not 0. */
void weir_session_undo (WeirSession *session, const WeirMark *mark, int64_t penalty_usec);

/* Leaves the FlowFile of @record, which comes from a queue, with the module. */
void weir_session_keep (WeirNode *node, const WeirRecord *record);

/* Leaves what was held since @mark with the module, though the rest is to be undone: it has
 * returned, and will not learn of that. */
void weir_session_keep_held (WeirSession *session, const WeirMark *mark);

/* Gives the FlowFile of @record back the attributes and content that it came with. */
void weir_session_restore (WeirSession *session, WeirRecord *record);

/* What the module did wrong since @mark. Returns: false with @error set. */
bool weir_session_check (WeirSession *session, const WeirMark *mark, GError **error);

/* Forgets everything that was done; what it held is the caller's by now. */
void weir_session_reset (WeirSession *session);

/* Notes a mistake of the module; the first one fails the trigger. */
void weir_session_fail (WeirSession *session, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Returns: (transfer none) (nullable): the record of @flowfile if it is this session's; else the
 * mistake is noted. */
WeirRecord *weir_session_record (WeirSession *session, const WeirFlowFile *flowfile);

/* The same for a FlowFile that is about to change, which one that was passed on must not.
 * Returns: (transfer none) (nullable). */
WeirRecord *weir_session_record_to_change (WeirSession *session, WeirFlowFile *flowfile);

/* A record for @flowfile (transfer full), the newest one. Returns: (transfer none). */
WeirRecord *weir_session_add (WeirSession *session, WeirFlowFile *flowfile, WeirQueue *source);

/* Takes @flowfile (transfer full) from @queue in order to end it. */
void weir_session_expire (WeirSession *session, WeirFlowFile *flowfile, WeirQueue *queue);

/* Takes from readers and writers what they hold; they stay with the module. */
void weir_session_give_up_open (WeirSession *session);

/* Gives @flowfile new content (transfer full), keeping the old one for an undo. */
void weir_session_swap_content (WeirSession *session, WeirRecord *record, WeirContent *content);

/* The next FlowFile id. */
uint64_t weir_session_new_id (WeirSession *session);

/* Returns: (transfer none): its text, in the record. */
const char *weir_record_get_uuid (WeirRecord *record);
