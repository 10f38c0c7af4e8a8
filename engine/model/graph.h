/* graph.h: which connections meet at a component.
 *
 * Ports and groups are followed by the connections on both sides: an input port's incoming ones
 * stand in the group around, its outgoing ones in its own.
 *
 * Thread: any; the flow must not change while the graph is used. */
#pragma once

#include "model/flow.h"

typedef struct {
  GPtrArray *incoming; /* const WeirConnection *, in the order of the document */
  GPtrArray *outgoing;
} WeirEnds;

typedef struct WeirGraph WeirGraph;

/* A connection whose other end does not exist stands at the one that does.
 * Returns: (transfer full). */
WeirGraph *weir_graph_new (const WeirFlow *flow);
void weir_graph_free (WeirGraph *graph);

/* Returns: (transfer none): never NULL. */
const WeirEnds *weir_graph_get (const WeirGraph *graph, const WeirComponent *component);

/* Returns: (transfer none): the component that the end names, NULL when there is none or when it
 * cannot be that end: see weir_connection_explain. */
WeirComponent *weir_connection_get_source (const WeirConnection *connection);
WeirComponent *weir_connection_get_destination (const WeirConnection *connection);

/* Why there is no source, or destination, for a message.
 * Returns: (transfer full): what is wrong; NULL when there is one. *@ret_advice: (transfer full).
 */
char *weir_connection_explain (const WeirConnection *connection, bool is_source, char **ret_advice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirGraph, weir_graph_free)
