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

/* Whom it concerns when the parameter @name of @group gets another value, is added or is taken out:
 * the processors and services with a property that refers to it, be it by other parameters. Groups
 * that define the same name, and what is in them, are not concerned. Who uses one of the services
 * is for the caller to find out: that needs their types.
 *
 * Returns: (transfer container): const WeirComponent, in the order of the flow. */
GPtrArray *weir_parameter_find_users (const WeirFlow *flow, const WeirGroup *group,
                                      const char *name);
