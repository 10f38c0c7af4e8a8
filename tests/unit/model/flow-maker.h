/* flow-maker.h: two seeded generators: models with anything in them, and documents in any order and
 * with much in them that does not belong there. */
#pragma once

#include "base/random.h"
#include "model/flow.h"

/* Returns: (transfer full): a flow of which every component has an id of its own in its group. */
WeirFlow *flow_make (WeirRandom *random);

/* Returns: (transfer full): a flow file, of which the reader may refuse some. */
char *flow_make_document (WeirRandom *random);
