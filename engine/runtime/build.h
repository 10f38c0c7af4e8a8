/* build.h: the parts of a running flow, made from the flow as data.
 *
 * Thread: main before the engine starts; then that of an edit, which builds all of the flow that is
 * to be beside the one that runs (reshape.h). */
#pragma once

#include "runtime/engine.h"

typedef struct {
  GPtrArray *nodes;       /* WeirNode */
  GPtrArray *queues;      /* WeirQueue */
  WeirServices *services; /* none is enabled */
  WeirSlab *node_slab;    /* NULL: each stands alone, as do the queues then */
  WeirSlab *queue_slab;
} WeirParts;

/* Fills @parts, which are empty. @flow is not needed any more afterwards. */
bool weir_build_parts (WeirEngine *engine, const WeirFlow *flow, WeirResolver *resolver,
                       WeirParts *parts, GError **error);

/* Sets the ends of @node: (transfer none) WeirQueue. It must be stopped. */
void weir_node_set_ends (WeirNode *node, const GPtrArray *inputs, const GPtrArray *outputs);
