/* check.h: everything that is wrong with a flow, at once.
 *
 * Structure is judged here; types and properties by the catalog. A flow without errors can be
 * started as far as anybody can tell without starting it.
 *
 * Thread: any. */
#pragma once

#include "model/resolver.h"

typedef struct {
  WeirResolver *resolver;         /* of the flow */
  GHashTable *overrides;          /* (nullable): those of the resolver */
  const WeirTypeCatalog *catalog; /* (nullable): types and properties are not checked */
  bool secrets_later;             /* a secret that cannot be read now is a warning */
} WeirCheck;

/* Adds what is wrong with @flow to @problems. They are in no order: weir_problems_sort. */
void weir_flow_check (const WeirFlow *flow, const WeirCheck *check, GPtrArray *problems);
