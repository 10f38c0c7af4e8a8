/* reader.h: from the bytes of a flow file to a model.
 *
 * What is not known, or not as it should be, is a problem and is kept as a ghost: weir_flow_write
 * writes it again. Only what cannot be kept (text where none belongs, XML that is none) ends
 * without a flow. No I/O. A fuzz target: tests/fuzz/fuzz-flow-xml.c.
 *
 * Thread: any. */
#pragma once

#include "model/flow.h"
#include "model/problem.h"

/* Returns: (transfer full) (nullable): the flow; NULL when @problems (of which some are added
 * either way) say why there is none. */
WeirFlow *weir_flow_read (const char *text, size_t size, GPtrArray *problems);
