/* build.h: the parts of a running flow, made from the flow as data.
 *
 * Thread: main, before the engine starts. */
#pragma once

#include "runtime/engine.h"

/* Fills engine->nodes and engine->queues. */
bool weir_build_flow (WeirEngine *engine, const WeirFlow *flow, WeirResolver *resolver,
                      GError **error);

/* Frees what belongs to @node. */
void weir_node_clear (WeirNode *node);
