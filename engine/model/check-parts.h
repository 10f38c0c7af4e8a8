/* check-parts.h: the parts of weir_flow_check, one file each. For check.c only. */
#pragma once

#include "model/check.h"
#include "model/graph.h"

/* check-connections.c: what holds for @connection by itself and beside those before it. @routes
 * remembers them: text of a route to its connection. */
void weir_check_connection (const WeirConnection *connection, GHashTable *routes,
                            GPtrArray *problems);

/* check-connections.c: data that would go round for ever, from @start, a funnel or port. @done: set
 * of components that are known to be in no loop, or in one that was told. */
void weir_check_loop (const WeirComponent *start, const WeirGraph *graph, GHashTable *done,
                      GPtrArray *problems);

/* check-types.c: what the catalog says of @node, and its relationships and input. */
void weir_check_processor_type (const WeirProcessorNode *node, const WeirCheck *check,
                                const WeirGraph *graph, GPtrArray *problems);
void weir_check_service_type (const WeirServiceNode *node, const WeirCheck *check,
                              GPtrArray *problems);

/* check-parameters.c: the parameters of @group, those that nobody uses, and what is set from
 * outside. */
void weir_check_parameters (const WeirGroup *group, const WeirCheck *check, GPtrArray *problems);
void weir_check_unused (const WeirGroup *group, const WeirCheck *check, GPtrArray *problems);
void weir_check_overrides (const WeirFlow *flow, const WeirCheck *check, GPtrArray *problems);
