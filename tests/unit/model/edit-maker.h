/* edit-maker.h: flows that hang together, and batches of edits of any flow, by a seed. */
#pragma once

#include "base/random.h"
#include "model/edit.h"

/* Returns: (transfer full): a flow of processors, funnels, ports, groups and what connects them. */
WeirFlow *edit_make_flow (WeirRandom *random);

/* Returns: (transfer full): of operations on what is in @flow, some of which fail. */
WeirEditBatch *edit_make_batch (WeirRandom *random, const WeirFlow *flow);
