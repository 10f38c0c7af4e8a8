/* locate.h: texts that name one component of a flow, whatever is in the flow.
 *
 * A reference is the path of a component ("archive/in", "archive/read:success -> big"). Where
 * several have the same path, as connections without ids may and as in flows that are wrong, "#2"
 * behind it means the second one, in the order of the document; "#1" is only written where the path
 * itself ends like that.
 *
 * Thread: any; the flow must not change meanwhile. */
#pragma once

#include "model/flow.h"

/* Returns: (transfer none) (nullable): "" is the root group. */
WeirComponent *weir_flow_locate (const WeirFlow *flow, const char *reference);

/* Returns: (transfer full). */
char *weir_flow_get_reference (const WeirFlow *flow, const WeirComponent *component);

/* The same, but what is not there is an error with the reference that was probably meant.
 * Returns: (transfer none): NULL with @error: WEIR_ERROR_NOT_FOUND. */
WeirComponent *weir_flow_need (const WeirFlow *flow, const char *reference, GError **error);
WeirGroup *weir_flow_need_group (const WeirFlow *flow, const char *reference, GError **error);
