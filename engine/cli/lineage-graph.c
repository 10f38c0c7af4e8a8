/* lineage-graph.c: edges, sorted by where they start, serve as lists of branches. */
#include "cli/lineage-graph.h"

#include <stdlib.h>

static uint32_t
get_node (WeirLineageGraph *graph, uint64_t flowfile)
{
  void *key = (void *)(uintptr_t)flowfile, *index;
  WeirGraphNode node = { .flowfile = flowfile };

  if (g_hash_table_lookup_extended (graph->indexes, key, NULL, &index))
    return (uint32_t)(uintptr_t)index;
  g_hash_table_insert (graph->indexes, key, (void *)(uintptr_t)graph->nodes->len);
  g_array_append_val (graph->nodes, node);
  return graph->nodes->len - 1;
}

static bool
add (WeirLineageGraph *graph, WeirHistory *history, uint64_t flowfile,
     WeirLineageDirection direction, GError **error)
{
  g_autoptr (WeirLineage) lineage = weir_lineage_new (history, flowfile, direction, 0);
  g_autoptr (GError) reason = NULL;
  const WeirHistoryEvent *event;

  while ((event = weir_lineage_next (lineage, &reason)) != NULL) {
    uint32_t child = get_node (graph, event->event.flowfile);

    g_array_index (graph->nodes, WeirGraphNode, child).event = event->number;
    for (size_t i = 0; i < event->event.n_parents; i++) {
      WeirGraphEdge edge = { .child = child };

      /* Who else made the child is not asked for downwards. */
      if (direction == WEIR_LINEAGE_DOWN && !weir_lineage_has (lineage, event->event.parents[i]))
        continue;
      edge.parent = get_node (graph, event->event.parents[i]);
      g_array_append_val (graph->edges, edge);
    }
  }
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

/* Its own birth, when only what came of it is asked for. */
static bool
add_birth (WeirLineageGraph *graph, WeirHistory *history, GError **error)
{
  WeirGraphNode *node = &g_array_index (graph->nodes, WeirGraphNode, 0);
  g_autoptr (WeirLineage) lineage = weir_lineage_new (history, node->flowfile, WEIR_LINEAGE_UP, 0);
  g_autoptr (GError) reason = NULL;
  const WeirHistoryEvent *event = weir_lineage_next (lineage, &reason);

  if (event != NULL)
    node->event = event->number;
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

WeirLineageGraph *
weir_lineage_graph_new (WeirHistory *history, uint64_t flowfile, unsigned directions,
                        GError **error)
{
  g_autoptr (WeirLineageGraph) graph = g_new0 (WeirLineageGraph, 1);

  graph->nodes = g_array_new (FALSE, FALSE, sizeof (WeirGraphNode));
  graph->edges = g_array_new (FALSE, FALSE, sizeof (WeirGraphEdge));
  graph->indexes = g_hash_table_new (NULL, NULL);
  get_node (graph, flowfile);
  if ((directions & WEIR_LINEAGE_UP) != 0 ? !add (graph, history, flowfile, WEIR_LINEAGE_UP, error)
                                          : !add_birth (graph, history, error))
    return NULL;
  graph->n_up = graph->edges->len;
  if ((directions & WEIR_LINEAGE_DOWN) != 0 &&
      !add (graph, history, flowfile, WEIR_LINEAGE_DOWN, error))
    return NULL;
  return g_steal_pointer (&graph);
}

void
weir_lineage_graph_free (WeirLineageGraph *graph)
{
  if (graph == NULL)
    return;
  g_array_unref (graph->nodes);
  g_array_unref (graph->edges);
  g_hash_table_unref (graph->indexes);
  g_free (graph);
}

/* --- walking --- */

/* A branch from one node to another, away from where the walk begins. */
typedef struct {
  uint32_t from;
  uint32_t to;
} Branch;

static int
compare_branches (const void *a, const void *b)
{
  const Branch *one = a, *other = b;

  if (one->from != other->from)
    return one->from < other->from ? -1 : 1;
  return (one->to > other->to) - (one->to < other->to);
}

/* Returns: (transfer full): sorted. */
static Branch *
list_branches (const WeirLineageGraph *graph, WeirLineageDirection direction, size_t *ret_n)
{
  bool is_up = direction == WEIR_LINEAGE_UP;
  size_t first = is_up ? 0 : graph->n_up;
  size_t n = (is_up ? graph->n_up : graph->edges->len) - first;
  Branch *branches = g_new (Branch, n + 1);

  for (size_t i = 0; i < n; i++) {
    const WeirGraphEdge *edge = &g_array_index (graph->edges, WeirGraphEdge, first + i);

    branches[i] =
        is_up ? (Branch){ edge->child, edge->parent } : (Branch){ edge->parent, edge->child };
  }
  qsort (branches, n, sizeof (Branch), compare_branches);
  *ret_n = n;
  return branches;
}

/* The branches of one node that are still to be shown. */
typedef struct {
  size_t next;
  size_t end;
} Range;

static void
push (GArray *stack, const Branch *branches, size_t n, uint32_t node)
{
  Range range = { 0, n };

  while (range.next < range.end) {
    size_t middle = range.next + (range.end - range.next) / 2;

    if (branches[middle].from < node)
      range.next = middle + 1;
    else
      range.end = middle;
  }
  while (range.end < n && branches[range.end].from == node)
    range.end++;
  g_array_append_val (stack, range);
}

void
weir_lineage_graph_walk (const WeirLineageGraph *graph, WeirLineageDirection direction,
                         WeirGraphFunc func, void *user)
{
  size_t n;
  g_autofree Branch *branches = list_branches (graph, direction, &n);
  g_autofree uint8_t *shown = g_new0 (uint8_t, graph->nodes->len);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Range));
  WeirGraphStep step = { .is_last = true };

  shown[0] = 1;
  if (!func (user, &step))
    return;
  push (stack, branches, n, 0);
  while (stack->len > 0) {
    Range *range = &g_array_index (stack, Range, stack->len - 1);

    if (range->next == range->end) {
      g_array_set_size (stack, stack->len - 1);
      continue;
    }
    step.depth = stack->len;
    step.node = branches[range->next++].to;
    step.is_last = range->next == range->end;
    step.was_shown = shown[step.node] != 0;
    if (!func (user, &step))
      return;
    if (step.was_shown)
      continue;
    shown[step.node] = 1;
    push (stack, branches, n, step.node);
  }
}
