/* merge.h: several parts, and what has changed since, read as one: by ascending id, a layer for
 * each FlowFile of which there is something to say.
 *
 * Thread: one at a time. */
#pragma once

#include "store/delta.h"
#include "store/part-reader.h"

typedef struct {
  bool is_bottom;
  WeirPartCursor *parts; /* the newest first */
  guint n_parts;
  WeirDeltaCursor delta;
  bool has_delta;
  WeirLayer *tops;   /* where each source stands; the delta, then the parts */
  WeirLayer *layers; /* of one FlowFile */
  WeirChunksSum sum;
  uint64_t id; /* that was given last; sources that stand there are to go on */
  /* NULL, or what cannot be read is passed over: FlowFile @id (0: a block of them) is lost. */
  void (*on_lost) (void *data, uint64_t id);
  void *data;
} WeirMerge;

/* @parts: the oldest first. @delta: NULL or above them. @is_bottom: nothing is below, so that all
 * that comes is whole. */
void weir_merge_init (WeirMerge *merge, WeirPart *const *parts, guint n_parts,
                      const WeirDelta *delta, bool is_bottom);
void weir_merge_clear (WeirMerge *merge);

/* Its kind is NONE at the end. What it points to lasts until the next call. */
bool weir_merge_next (WeirMerge *merge, WeirLayer *ret_layer, GError **error);
