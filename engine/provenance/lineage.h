/* lineage.h: what a FlowFile was made of, and what was made of it, over any number of steps: the
 * births that connect it with others.
 *
 * Nothing recurses, and each birth comes once, also where merges lead to it by many ways or damage
 * has made a circle. Thread: one at a time. */
#pragma once

#include "provenance/history.h"

typedef enum {
  WEIR_LINEAGE_UP = 1 << 0,   /* its own birth, those of its parents, theirs... */
  WEIR_LINEAGE_DOWN = 1 << 1, /* its children, theirs... */
} WeirLineageDirection;

typedef struct WeirLineage WeirLineage;

/* @direction: one of them. @columns (WeirColumn): what the caller looks at beside parents and
 * FlowFile. Returns: (transfer full). */
WeirLineage *weir_lineage_new (WeirHistory *history, uint64_t flowfile,
                               WeirLineageDirection direction, unsigned columns);
void weir_lineage_free (WeirLineage *lineage);

/* The next birth; children come in the order of their numbers, ancestors in none. Returns:
 * (transfer none): until the next call; NULL at the end, or with @error. */
const WeirHistoryEvent *weir_lineage_next (WeirLineage *lineage, GError **error);

/* Whether @flowfile belongs to what was found by now: upwards also ancestors whose birth is not
 * kept any more. They are numbered as they were found, from whose lineage it is on. @ret_index
 * (nullable). */
bool weir_lineage_find (const WeirLineage *lineage, uint64_t flowfile, uint32_t *ret_index);
uint32_t weir_lineage_get_n (const WeirLineage *lineage);
uint64_t weir_lineage_get_flowfile (const WeirLineage *lineage, uint32_t index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLineage, weir_lineage_free)
