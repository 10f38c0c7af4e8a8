/* methods-flow.h: what the methods of one flow have in common. Their target is a WeirFlowHost.
 *
 * Thread: any. */
#pragma once

#include "control/call.h"
#include "control/flow-host-edit.h"

#define WEIR_FLOW_PARAM                                                                      \
  {                                                                                          \
    .name = "flow", .doc = "Name of the flow.", .kind = WEIR_PARAM_FLOW, .is_in_path = true, \
    .is_required = true                                                                      \
  }

extern const WeirMethodTable weir_methods_flow;
extern const WeirMethodTable weir_methods_edit;
extern const WeirMethodTable weir_methods_running;
extern const WeirMethodTable weir_methods_queue;
extern const WeirMethodTable weir_methods_service;
extern const WeirMethodTable weir_methods_provenance;
extern const WeirMethodTable weir_methods_live;

/* What clients are told of @edit, also in the live stream. Returns: (transfer full): JSON. */
char *weir_host_edit_to_json (const WeirHostEdit *edit, const WeirMask *mask);

/* Those of flows, NULL-terminated: what a flow host answers. */
extern const WeirMethodTable *const weir_flow_methods[];
