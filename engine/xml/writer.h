/* writer.h: from a model to the canonical text of a flow file.
 *
 * One element a line, attributes in a fixed order, what is the default left out, layout at the end
 * of its group: two flows that mean the same differ in nothing else than what people ordered. What
 * the reader kept as a ghost is written again where it was. weir_flow_read reads an equal model
 * from it, and writing that one gives the same bytes. No I/O.
 *
 * Thread: any. */
#pragma once

#include "model/flow.h"

/* Returns: (transfer full): *@ret_size bytes with a newline at the end and a NUL behind; NULL with
 * @error when a text holds what XML cannot. */
char *weir_flow_write (const WeirFlow *flow, size_t *ret_size, GError **error);
