/* lineage-graph.h: the FlowFiles of a lineage and how they come from each other. A node takes some
 * thirty bytes; what is shown of it is looked up when it is shown. Thread: one at a time. */
#pragma once

#include "provenance/lineage.h"

typedef struct {
  uint64_t flowfile;
  uint64_t event; /* its birth; 0: not kept any more */
} WeirGraphNode;

/* From parent to child; indexes of nodes. */
typedef struct {
  uint32_t parent;
  uint32_t child;
} WeirGraphEdge;

typedef struct {
  GArray *nodes; /* WeirGraphNode; the first one is whose lineage it is */
  GArray *edges; /* WeirGraphEdge */
  GHashTable *indexes;
  size_t n_up; /* edges that lead to ancestors; those to descendants follow */
} WeirLineageGraph;

/* @directions: WeirLineageDirection. Returns: (transfer full): NULL with @error. */
WeirLineageGraph *weir_lineage_graph_new (WeirHistory *history, uint64_t flowfile,
                                          unsigned directions, GError **error);
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
void weir_lineage_graph_walk (const WeirLineageGraph *graph, WeirLineageDirection direction,
                              WeirGraphFunc func, void *user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLineageGraph, weir_lineage_graph_free)
