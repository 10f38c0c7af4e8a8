/* schedule.c: a failure here does not stop a flow: a directory may appear, a server may come back.
 */
#include "runtime/schedule.h"

#include "runtime/bulletin.h"
#include "runtime/engine.h"

#define TRY_AGAIN_USEC (INT64_C (10) * G_USEC_PER_SEC)

static void
bind_route (WeirNode *node, unsigned index, const char *relationship)
{
  WeirRoute *route = &node->routes[index];
  bool is_processor = node->component->kind == WEIR_KIND_PROCESSOR;

  for (unsigned i = 0; i < node->n_outputs; i++) {
    WeirQueue *queue = node->outputs[i];
    if (is_processor && !weir_connection_has_relationship (queue->connection, relationship))
      continue;
    route->queues = g_renew (WeirQueue *, route->queues, route->n + 1);
    route->queues[route->n++] = queue;
  }
  if (is_processor) {
    const WeirRetry *retry =
        weir_processor_node_find_retry ((const WeirProcessorNode *)node->component, relationship);
    if (retry != NULL) {
      route->attempts = retry->attempts;
      route->backoff = retry->backoff;
      route->max_usec = retry->max_usec;
    }
  }
}

static bool
schedule (WeirNode *node, GError **error)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  g_autoptr (WeirConfig) config =
      weir_config_new (node->type, node->properties, node->n_properties, problems);

  if (config == NULL) {
    weir_config_problems_to_error (problems, error);
    return false;
  }
  node->config = config;
  node->n_routes = weir_config_get_n_relationships (config);
  node->routes = g_new0 (WeirRoute, node->n_routes);
  for (unsigned i = 0; i < node->n_routes; i++)
    bind_route (node, i, weir_config_get_relationship (config, i));

  if (node->type->on_scheduled != NULL &&
      !node->type->on_scheduled (weir_config_get_state (config), &node->context, error)) {
    for (unsigned i = 0; i < node->n_routes; i++)
      g_free (node->routes[i].queues);
    g_clear_pointer (&node->routes, g_free);
    node->n_routes = 0;
    node->config = NULL;
    return false;
  }
  g_steal_pointer (&config);
  return true;
}

void
weir_node_schedule (WeirNode *node)
{
  g_autoptr (GError) error = NULL;
  WeirPhase starting = WEIR_PHASE_STARTING;

  if (!schedule (node, &error)) {
    weir_bulletin_raise (node, WEIR_LOG_ERROR, "cannot start: %s; trying again in 10 s",
                         error != NULL ? error->message : "the processor gave no reason");
    atomic_store (&node->yield_until,
                  weir_clock_get_monotonic (node->engine->clock) + TRY_AGAIN_USEC);
    return;
  }
  atomic_store (&node->max_tasks, node->tasks_wanted);
  /* It may have been stopped meanwhile: then it stays so, and weir_node_finish undoes this. */
  atomic_compare_exchange_strong (&node->phase, &starting, WEIR_PHASE_RUNNING);
}

int64_t
weir_node_get_cron_due (WeirNode *node)
{
  int64_t wall = weir_clock_get_wall (node->engine->clock);
  int64_t next = weir_cron_next (node->cron, wall);

  if (next == INT64_MAX)
    return INT64_MAX;
  return weir_clock_get_monotonic (node->engine->clock) + next - wall;
}

void
weir_node_set_due (WeirNode *node)
{
  if (node->mode == WEIR_SCHEDULE_EVERY)
    atomic_store (&node->due, weir_clock_get_monotonic (node->engine->clock) + node->every_usec);
  else if (node->mode == WEIR_SCHEDULE_CRON)
    atomic_store (&node->due, weir_node_get_cron_due (node));
}
