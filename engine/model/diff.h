/* diff.h: what makes one flow into another: as edits, and as people say it.
 *
 * Components are the same when kind and path are; connections without an id when their ends are,
 * or, of what is left, one end and what they take.
 *
 * Thread: any; the flows must not change meanwhile. */
#pragma once

#include "model/edit.h"

typedef struct {
  char *text;     /* "read: property 'Input Directory' is '/b', was '/a'" */
  bool is_layout; /* only where it stands or is drawn */
} WeirDifference;

typedef struct {
  WeirEditBatch *batch; /* applied to the one it gives the other */
  GPtrArray *lines;     /* WeirDifference, in the order of the operations */
} WeirDiff;

/* Returns: (transfer full). */
WeirDiff *weir_flow_diff (const WeirFlow *from, const WeirFlow *to);
void weir_diff_free (WeirDiff *diff);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirDiff, weir_diff_free)
