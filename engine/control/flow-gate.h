/* flow-gate.h: the door of one flow: a socket in its data directory, behind which its methods are.
 *
 * Thread: main. */
#pragma once

#include "control/flow-host.h"

typedef struct WeirFlowGate WeirFlowGate;

/* Listens at @socket, on a thread of its own, until it is freed. Only the user of this process gets
 * in, and whom that user's server says is asking. Returns: (transfer full): NULL with @error. */
WeirFlowGate *weir_flow_gate_new (WeirFlowHost *host, const char *socket, GError **error);

/* Waits for the calls that run. Takes NULL. */
void weir_flow_gate_free (WeirFlowGate *gate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFlowGate, weir_flow_gate_free)
