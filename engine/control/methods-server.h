/* methods-server.h: the methods of the server as a whole. Their target is a WeirServer.
 *
 * Thread: any. */
#pragma once

#include "control/call.h"
#include "control/server.h"
#include "control/supervisor.h"

/* Returns: (transfer none). */
WeirSupervisor *weir_server_get_supervisor (WeirServer *server);

extern const WeirMethodTable weir_methods_flows;
