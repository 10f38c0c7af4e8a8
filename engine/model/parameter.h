/* parameter.h: where a parameter is, and who uses it.
 *
 * Thread: any, one at a time for a flow that is changed. */
#pragma once

#include "model/flow.h"

/* What an encrypted secret is bound to: the name of the parameter, the path of @group, which
 * defines it, and the name of the flow: @flow_name, or that of @flow when it is NULL.
 * Returns: (transfer full). */
char *weir_parameter_get_place (const WeirFlow *flow, const char *flow_name, const WeirGroup *group,
                                const char *name);
