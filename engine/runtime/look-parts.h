/* look-parts.h: what the files of looking at a queue have in common.
 *
 * Thread: that of who looks. */
#pragma once

#include "runtime/look.h"

#define WEIR_WALK_STRETCH 5000u /* FlowFiles for one time that the lock is held */

/* Where a walk along the front was, as long as nothing was cut out of it and it is still there. */
typedef struct {
  const WeirFlowFile *next;
  uint64_t place;
  uint64_t n_cuts;
} WeirWalk;

typedef struct {
  WeirEngine *engine;
  WeirQueue *queue;
  GPtrArray *rows; /* WeirQueued */
  guint max;
  bool with_attributes;
  int64_t wall;
  int64_t monotonic;
  /* Where it goes on: 'f' in the line, from the FlowFile at @place of all that ever were in it; 'o'
   * in the order and 'w' among those that wait, behind @rank. */
  char part;
  uint64_t place;
  bool has_rank;
  WeirRank rank;
  char *rank_text;
  WeirContent *content; /* NULL: nobody asked; else that of the one row */
} WeirLook;

/* Returns: (transfer full). */
char *weir_look_format_key (const WeirLook *look);

/* @key may be NULL. */
bool weir_look_parse_key (WeirLook *look, const char *key, GError **error);

/* Fills rows of what is on the disk, and takes those out that are not there any more. */
bool weir_look_read_rows (WeirLook *look, GError **error);

/* --- the lowest of many --- */

typedef struct {
  WeirRank rank;
  const WeirFlowFile *flowfile; /* NULL: it is on the disk */
  uint64_t id;
  int64_t queue_time;
} WeirPicked;

typedef struct {
  guint max;
  const WeirRank *after; /* NULL: from the first */
  GArray *picked;        /* WeirPicked, lowest first; texts belong to the queue */
  uint64_t n_before;     /* up to @after */
} WeirPick;

void weir_pick_init (WeirPick *pick, guint max, const WeirRank *after);
void weir_pick_clear (WeirPick *pick);
void weir_pick_heap (WeirPick *pick, const WeirHeap *heap);

/* One that is on the disk; @data: the pick. */
void weir_pick_cold (void *data, const WeirHeapItem *item);
