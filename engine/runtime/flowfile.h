/* flowfile.h: a FlowFile as the engine holds it, and the pool it comes from.
 *
 * A FlowFile belongs to exactly one owner at a time: a queue (linked by next) or a session (its
 * record). Whoever owns it may change it; nobody else may look at it. */
#pragma once

#include "base/lock.h"
#include "runtime/attributes.h"
#include "store/content.h"

#include <weir/flowfile.h>

typedef struct WeirRecord WeirRecord;

struct WeirFlowFile {
  union {
    WeirFlowFile *next; /* in a queue or a free list */
    WeirRecord *record; /* in a session, or held */
  };
  WeirAttributes *attributes;
  WeirContent content;
  uint64_t id;
  int64_t entry_time;    /* wall */
  int64_t lineage_start; /* wall */
  int64_t queue_time;    /* wall */
  int64_t penalty_until; /* monotonic; 0: not penalized */
};

/* Where all FlowFiles of an engine come from. A worker has two stacks of them and exchanges a whole
 * one with the depot, so that the lock is rarely met and nobody walks through a stack. */
typedef struct WeirDepot WeirDepot;
typedef struct {
  WeirDepot *depot;
  WeirFlowFile *free; /* belongs to one thread, as does the rest */
  unsigned n_free;
  WeirFlowFile *full; /* a full stack, or NULL */
} WeirMagazine;

/* Returns: (transfer full). */
WeirDepot *weir_depot_new (void);

/* All FlowFiles must have been freed. Takes NULL. */
void weir_depot_free (WeirDepot *depot);

void weir_magazine_init (WeirMagazine *magazine, WeirDepot *depot);
void weir_magazine_clear (WeirMagazine *magazine);

/* Returns: (transfer full): every field zero. Thread: the magazine's. */
WeirFlowFile *weir_flowfile_new (WeirMagazine *magazine);

/* Drops attributes and content. Takes NULL. Thread: the magazine's. */
void weir_flowfile_free (WeirMagazine *magazine, WeirFlowFile *flowfile);

/* Returns: (transfer full): a copy that shares attributes and content; the id is the caller's to
 * set. */
WeirFlowFile *weir_flowfile_copy (WeirMagazine *magazine, const WeirFlowFile *flowfile);
