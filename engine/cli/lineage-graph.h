/* lineage-graph.h: the FlowFiles of a lineage in one direction and how they come from each other.
 * A node takes some thirty bytes, a branch eight; what is shown of a node is looked up when it is
 * shown. Thread: one at a time. */
#pragma once

#include "provenance/lineage.h"

/* Nodes have the numbers that the lineage gives. */
typedef struct {
  WeirLineage *lineage;
  WeirLineageDirection direction;
  GArray *births;   /* uint64_t for each node: its event; 0: not kept any more */
  GArray *lasts;    /* uint32_t for each node: 1 + the last of its branches; 0: it has none */
  GArray *branches; /* those of a node are a ring: the last one is before the first */
} WeirLineageGraph;

/* @has_branches: it will be walked. Returns: (transfer full): NULL with @error. */
WeirLineageGraph *weir_lineage_graph_new (WeirHistory *history, uint64_t flowfile,
                                          WeirLineageDirection direction, bool has_branches,
                                          GError **error);
void weir_lineage_graph_free (WeirLineageGraph *graph);

/* One step for each line of a tree: a node that was there before has no branches again. */
typedef struct {
  uint32_t node;
  unsigned depth;
  bool is_last;   /* of its branch */
  bool was_shown; /* before */
} WeirGraphStep;

/* Goes through the tree of ancestors or descendants, in order, without recursion. @func returns
 * false to end it. */
typedef bool (*WeirGraphFunc) (void *user, const WeirGraphStep *step);
void weir_lineage_graph_walk (const WeirLineageGraph *graph, WeirGraphFunc func, void *user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLineageGraph, weir_lineage_graph_free)
