/* figures.h: all counters of an engine at one moment, for who shows them.
 *
 * Each figure is exact; taken one after the other while the flow runs, they need not add up to the
 * FlowFile.
 *
 * Thread: any. */
#pragma once

#include "runtime/engine.h"

typedef struct {
  uint64_t flowfiles;
  uint64_t bytes;
} WeirAmount;

typedef struct {
  const WeirNode *node;
  WeirAmount in;
  WeirAmount out;
  WeirAmount queued; /* in front of it */
  uint64_t tasks;
  double task_seconds;
  uint64_t bulletins;
  unsigned active; /* tasks that run or are about to */
} WeirNodeFigures;

typedef struct {
  const WeirQueue *queue;
  const WeirNode *source; /* at that moment */
  const WeirNode *target;
  WeirAmount queued;
  WeirAmount passed;
  uint64_t expired;
} WeirQueueFigures;

typedef struct {
  int64_t monotonic;
  size_t n_nodes;
  WeirNodeFigures *nodes; /* processors, ports and funnels, in the order of the flow */
  size_t n_queues;
  WeirQueueFigures *queues;
  WeirAmount queued;  /* in all queues */
  GPtrArray *held[2]; /* what the nodes and queues are of; free it before the engine */
} WeirFigures;

/* Returns: (transfer full). */
WeirFigures *weir_figures_take (WeirEngine *engine);
void weir_figures_free (WeirFigures *figures);

/* Of the node at @path alone, which gets a reference: weir_node_unref. Returns: false when there is
 * none. */
bool weir_figures_take_node (WeirEngine *engine, const char *path, WeirNodeFigures *ret_figures);

/* Returns: (transfer full): the ends of @queue as paths: "archive/read:success", "big". */
char *weir_queue_get_from_path (const WeirQueue *queue);

/* How long FlowFiles waited in front of @node and how long its triggers took, of all that was ever
 * sampled: two of these and histogram.h tell of the time between them. */
void weir_node_get_latencies (const WeirNode *node, WeirHistogramCopy *ret_queued,
                              WeirHistogramCopy *ret_task);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFigures, weir_figures_free)
