/* flow-text.h: a flow as text that shows every field, so that two flows are equal when their texts
 * are. Not written by the tables that reader and writer share. */
#pragma once

#include "model/flow.h"

/* Places in the file are left out. Returns: (transfer full). */
char *flow_to_text (const WeirFlow *flow);
