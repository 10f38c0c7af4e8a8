/* layer.h: what one part, or what has changed since, says of one FlowFile: all of it, some of it,
 * or that it is gone. Layers of the same FlowFile, one over the other, add up to its image.
 *
 * Thread: one at a time. */
#pragma once

#include "store/chunks.h"
#include "store/data.h"

/* Ids are from 1 to below this: base/uuid.h has no room for more. */
#define WEIR_FLOWFILE_ID_END (UINT64_C (1) << 62)

typedef enum {
  WEIR_LAYER_NONE, /* no FlowFile: the end of a list */
  WEIR_LAYER_WHOLE,
  WEIR_LAYER_CHANGE,
  WEIR_LAYER_GONE,
} WeirLayerKind;

typedef struct {
  uint64_t id;
  WeirLayerKind kind;
  /* Of a change; it has a penalty only beside, or after, a queue that it has. */
  bool has_queue, has_attributes, has_content, has_penalty;
  WeirChunks attributes;
  uint64_t queue;
  uint64_t order;
  int64_t entry_time; /* WHOLE only, as is the next */
  int64_t lineage_start;
  int64_t penalty_until;
  WeirContentRef content;
} WeirLayer;

/* Adds up @layers, the newest first, which must reach down to the one that is whole if @is_bottom.
 * What @ret_layer points to lasts until @sum or a layer is used again; its kind is NONE when
 * nothing is to be said of the FlowFile any more.
 * Returns: false with @error when they contradict each other. */
bool weir_layers_join (const WeirLayer *layers, guint n, bool is_bottom, WeirChunksSum *sum,
                       WeirLayer *ret_layer, GError **error);

/* As it stands in a part, behind that of @last_id. The attributes must be one chunk. */
void weir_layer_write (const WeirLayer *layer, uint64_t last_id, GByteArray *bytes);

/* Returns: false when it is malformed. @ret_layer points into the bytes. */
bool weir_layer_read (WeirCursor *cursor, uint64_t last_id, WeirLayer *ret_layer);

/* @layer must be whole, and its attributes be one chunk. */
void weir_layer_get_image (const WeirLayer *layer, WeirImage *ret_image);
