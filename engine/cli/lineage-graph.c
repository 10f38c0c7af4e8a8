/* lineage-graph.c: rings of branches grow at their ends, so nothing has to be sorted. */
#include "cli/lineage-graph.h"

#include <weir/error.h>

#include "base/limits.h"

typedef struct {
  uint32_t to;
  uint32_t next; /* branch of the same node */
} Branch;

static Branch *
get_branch (const WeirLineageGraph *graph, uint32_t index)
{
  return &g_array_index (graph->branches, Branch, index);
}

/* --- building --- */

static void
add_branch (WeirLineageGraph *graph, uint32_t from, uint32_t to)
{
  Branch branch = { .to = to, .next = graph->branches->len };
  uint32_t *last;

  if (from >= graph->lasts->len)
    g_array_set_size (graph->lasts, from + 1);
  last = &g_array_index (graph->lasts, uint32_t, from);
  if (*last != 0) {
    branch.next = get_branch (graph, *last - 1)->next;
    get_branch (graph, *last - 1)->next = graph->branches->len;
  }
  g_array_append_val (graph->branches, branch);
  *last = graph->branches->len;
}

static bool
add_branches (WeirLineageGraph *graph, uint32_t child, const WeirEvent *event, GError **error)
{
  uint32_t parent;

  /* Who else made the child is not asked for downwards. */
  for (size_t i = 0; i < event->n_parents; i++) {
    if (!weir_lineage_find (graph->lineage, event->parents[i], &parent))
      continue;
    if (graph->direction == WEIR_LINEAGE_UP)
      add_branch (graph, child, parent);
    else
      add_branch (graph, parent, child);
  }
  if (graph->branches->len <= WEIR_LIMIT_LINEAGE_BRANCHES)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
               "this lineage has more than %d branches; have it as rows, with --json or --csv",
               WEIR_LIMIT_LINEAGE_BRANCHES);
  return false;
}

static void
set_birth (WeirLineageGraph *graph, uint32_t node, uint64_t event)
{
  if (node >= graph->births->len)
    g_array_set_size (graph->births, node + 1);
  g_array_index (graph->births, uint64_t, node) = event;
}

/* Of whose lineage it is, which is not among those that were made of it. */
static bool
add_birth (WeirLineageGraph *graph, WeirHistory *history, uint64_t flowfile, GError **error)
{
  g_autoptr (WeirLineage) lineage = weir_lineage_new (history, flowfile, WEIR_LINEAGE_UP, 0);
  g_autoptr (GError) reason = NULL;
  const WeirHistoryEvent *event = weir_lineage_next (lineage, &reason);

  if (event != NULL)
    set_birth (graph, 0, event->number);
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

static bool
add_all (WeirLineageGraph *graph, bool has_branches, GError **error)
{
  g_autoptr (GError) reason = NULL;
  const WeirHistoryEvent *event;

  while ((event = weir_lineage_next (graph->lineage, &reason)) != NULL) {
    uint32_t node;

    if (!weir_lineage_find (graph->lineage, event->event.flowfile, &node))
      continue;
    set_birth (graph, node, event->number);
    if (has_branches && !add_branches (graph, node, &event->event, error))
      return false;
  }
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

WeirLineageGraph *
weir_lineage_graph_new (WeirHistory *history, uint64_t flowfile, WeirLineageDirection direction,
                        bool has_branches, GError **error)
{
  g_autoptr (WeirLineageGraph) graph = g_new0 (WeirLineageGraph, 1);

  graph->lineage = weir_lineage_new (history, flowfile, direction, 0);
  graph->direction = direction;
  graph->births = g_array_new (FALSE, TRUE, sizeof (uint64_t));
  graph->lasts = g_array_new (FALSE, TRUE, sizeof (uint32_t));
  graph->branches = g_array_new (FALSE, FALSE, sizeof (Branch));
  if ((direction == WEIR_LINEAGE_DOWN && !add_birth (graph, history, flowfile, error)) ||
      !add_all (graph, has_branches, error))
    return NULL;
  g_array_set_size (graph->births, weir_lineage_get_n (graph->lineage));
  g_array_set_size (graph->lasts, weir_lineage_get_n (graph->lineage));
  return g_steal_pointer (&graph);
}

void
weir_lineage_graph_free (WeirLineageGraph *graph)
{
  if (graph == NULL)
    return;
  weir_lineage_free (graph->lineage);
  g_array_unref (graph->births);
  g_array_unref (graph->lasts);
  g_array_unref (graph->branches);
  g_free (graph);
}

/* --- walking --- */

/* The branches of one node that are still to be shown. */
typedef struct {
  uint32_t next;
  uint32_t last; /* 1 + its index; 0: none is left */
} Rest;

static void
push (GArray *stack, const WeirLineageGraph *graph, uint32_t node)
{
  uint32_t last = g_array_index (graph->lasts, uint32_t, node);
  Rest rest = { .last = last };

  if (last != 0)
    rest.next = get_branch (graph, last - 1)->next;
  g_array_append_val (stack, rest);
}

void
weir_lineage_graph_walk (const WeirLineageGraph *graph, WeirGraphFunc func, void *user)
{
  g_autofree uint8_t *shown = g_new0 (uint8_t, graph->births->len);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Rest));
  WeirGraphStep step = { .is_last = true };

  shown[0] = 1;
  if (!func (user, &step))
    return;
  push (stack, graph, 0);
  while (stack->len > 0) {
    Rest *rest = &g_array_index (stack, Rest, stack->len - 1);
    const Branch *branch;

    if (rest->last == 0) {
      g_array_set_size (stack, stack->len - 1);
      continue;
    }
    branch = get_branch (graph, rest->next);
    step.depth = stack->len;
    step.node = branch->to;
    step.is_last = rest->next == rest->last - 1;
    step.was_shown = shown[step.node] != 0;
    *rest = (Rest){ branch->next, step.is_last ? 0 : rest->last };
    if (!func (user, &step))
      return;
    if (step.was_shown)
      continue;
    shown[step.node] = 1;
    push (stack, graph, step.node);
  }
}
