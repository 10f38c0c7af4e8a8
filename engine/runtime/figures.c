/* figures.c: reads atomics; nothing in the flow waits for it. */
#include "runtime/figures.h"

static uint64_t
load (const _Atomic uint64_t *figure)
{
  return atomic_load_explicit (figure, memory_order_relaxed);
}

static void
take_node (WeirNodeFigures *figures, const WeirNode *node)
{
  const WeirNodeStats *stats = &node->stats;

  figures->node = node;
  figures->in = (WeirAmount){ load (&stats->in_count), load (&stats->in_bytes) };
  figures->out = (WeirAmount){ load (&stats->out_count), load (&stats->out_bytes) };
  figures->tasks = load (&stats->tasks);
  figures->task_seconds = (double)load (&stats->task_nsec) / 1e9;
  figures->bulletins = load (&stats->bulletins);
  figures->active =
      atomic_load_explicit (&node->run, memory_order_relaxed) & ~(WEIR_RUN_AGAIN | WEIR_RUN_BARRED);
  for (unsigned i = 0; i < node->n_inputs; i++) {
    figures->queued.flowfiles += load (&node->inputs[i]->count);
    figures->queued.bytes += load (&node->inputs[i]->bytes);
  }
}

WeirFigures *
weir_figures_take (WeirEngine *engine)
{
  WeirFigures *figures = g_new0 (WeirFigures, 1);
  WEIR_LOCKED (&engine->shape);

  figures->held[0] = g_ptr_array_ref (engine->nodes);
  figures->held[1] = g_ptr_array_ref (engine->queues);
  figures->monotonic = weir_clock_get_monotonic (engine->clock);
  figures->n_nodes = engine->nodes->len;
  figures->nodes = g_new0 (WeirNodeFigures, figures->n_nodes);
  for (size_t i = 0; i < figures->n_nodes; i++)
    take_node (&figures->nodes[i], engine->nodes->pdata[i]);

  figures->n_queues = engine->queues->len;
  figures->queues = g_new0 (WeirQueueFigures, figures->n_queues);
  for (size_t i = 0; i < figures->n_queues; i++) {
    const WeirQueue *queue = engine->queues->pdata[i];
    figures->queues[i] = (WeirQueueFigures){
      .queue = queue,
      .source = queue->source,
      .target = queue->target,
      .queued = { load (&queue->count), load (&queue->bytes) },
      .passed = { load (&queue->passed), load (&queue->passed_bytes) },
      .expired = load (&queue->expired),
    };
    figures->queued.flowfiles += figures->queues[i].queued.flowfiles;
    figures->queued.bytes += figures->queues[i].queued.bytes;
  }
  return figures;
}

bool
weir_figures_take_node (WeirEngine *engine, const char *path, WeirNodeFigures *ret_figures)
{
  WEIR_LOCKED (&engine->shape);

  for (guint i = 0; i < engine->nodes->len; i++) {
    WeirNode *node = engine->nodes->pdata[i];
    const char *its = node->path;

    if (!g_str_equal (its, path))
      continue;
    *ret_figures = (WeirNodeFigures){ 0 };
    take_node (ret_figures, weir_node_ref (node));
    return true;
  }
  return false;
}

void
weir_node_get_latencies (const WeirNode *node, WeirHistogramCopy *ret_queued,
                         WeirHistogramCopy *ret_task)
{
  static const WeirLatencies none;
  const WeirLatencies *latencies = atomic_load (&node->latencies);

  weir_histogram_copy (latencies != NULL ? &latencies->queued : &none.queued, ret_queued);
  weir_histogram_copy (latencies != NULL ? &latencies->task : &none.task, ret_task);
}

void
weir_figures_free (WeirFigures *figures)
{
  if (figures == NULL)
    return;
  g_free (figures->nodes);
  g_free (figures->queues);
  g_ptr_array_unref (figures->held[0]);
  g_ptr_array_unref (figures->held[1]);
  g_free (figures);
}

char *
weir_queue_get_from_path (const WeirQueue *queue)
{
  const WeirConnection *connection = queue->connection;

  if (connection->relationships->len == 0)
    return g_strdup (queue->source->path);
  return g_strdup_printf ("%s:%s", queue->source->path,
                          (const char *)connection->relationships->pdata[0]);
}
