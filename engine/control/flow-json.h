/* flow-json.h: parts of a running flow as JSON, the same in every method.
 *
 * Thread: any. */
#pragma once

#include "control/flow-host.h"
#include "runtime/figures.h"

/* "running", "stopped", "starting", "stopping", "disabled" or "invalid".
 * Returns: (transfer none). */
const char *weir_flow_json_get_state (const WeirDocument *document, const WeirNode *node);

/* Each adds an object. */
void weir_flow_json_put_node (GString *out, const WeirDocument *document,
                              const WeirNodeFigures *figures);
void weir_flow_json_put_queue (GString *out, const WeirQueueFigures *figures);
void weir_flow_json_put_problem (GString *out, const WeirProblem *problem);
void weir_flow_json_put_amount (GString *out, const char *name, WeirAmount amount);
