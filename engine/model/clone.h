/* clone.h: copies of flows and of what is in them, which share nothing with what they were made of.
 *
 * All is copied: ghosts and origins, too, so a copy writes the same bytes.
 *
 * Thread: any; what is copied must not change meanwhile. */
#pragma once

#include "model/flow.h"

/* Returns: (transfer full). */
WeirFlow *weir_flow_clone (const WeirFlow *flow);

/* Returns: (transfer full): a copy of @component, of whatever kind, and of all that is in it; in no
 * group. */
WeirComponent *weir_component_clone (const WeirComponent *component);

/* Returns: (transfer full). */
WeirParameter *weir_parameter_clone (const WeirParameter *parameter);
