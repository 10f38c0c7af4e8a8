/* schedule.c: a failure here does not stop a flow: a directory may appear, a server may come back.
 */
#include "runtime/schedule.h"

#include "runtime/bulletin.h"
#include "runtime/engine.h"

#include <weir/error.h>

#define TRY_AGAIN_USEC (INT64_C (10) * G_USEC_PER_SEC)

static bool
leads_to (const WeirNode *node, const char *relationship, unsigned output)
{
  /* Ports and funnels have one relationship, for all that leaves them. */
  return atomic_load (&node->component)->kind != WEIR_KIND_PROCESSOR ||
         weir_connection_has_relationship (node->outputs[output]->connection, relationship);
}

/* The queues of a route. One queue is most often all there is: then its place among the outputs
 * serves as the array. Returns: (transfer full): see free_route. */
static WeirQueue *const *
find_queues (const WeirNode *node, const char *relationship, unsigned *ret_n)
{
  WeirQueue **queues;
  unsigned last = 0;
  unsigned n = 0;

  for (unsigned i = 0; i < node->n_outputs; i++)
    if (leads_to (node, relationship, i)) {
      last = i;
      n++;
    }
  *ret_n = n;
  if (n <= 1)
    return n > 0 ? &node->outputs[last] : NULL;
  queues = g_new (WeirQueue *, n);
  n = 0;
  for (unsigned i = 0; i < node->n_outputs; i++)
    if (leads_to (node, relationship, i))
      queues[n++] = node->outputs[i];
  return queues;
}

static void
free_route (const WeirRoute *route)
{
  if (route->n > 1)
    g_free ((void *)route->queues);
}

static void
bind_routes (WeirNode *node)
{
  WeirRoute *routes;

  node->n_routes = weir_config_get_n_relationships (node->config);
  routes = node->n_routes <= G_N_ELEMENTS (node->few_routes) ? node->few_routes
                                                             : g_new0 (WeirRoute, node->n_routes);
  node->retries = g_new0 (const WeirRetry *, node->n_routes);
  for (unsigned i = 0; i < node->n_routes; i++) {
    const char *relationship = weir_config_get_relationship (node->config, i);

    routes[i].queues = find_queues (node, relationship, &routes[i].n);
    if (node->engine->has_provenance)
      routes[i].word = weir_dictionary_get_number (weir_data_get_dictionary (node->engine->data),
                                                   WEIR_WORD_NAME, relationship);
    if (node->retry_attribute == NULL)
      continue;
    node->retries[i] =
        weir_processor_node_find_retry ((const WeirProcessorNode *)node->component, relationship);
    routes[i].attempts = node->retries[i] != NULL ? node->retries[i]->attempts : 0;
  }
  node->routes = routes;
}

void
weir_node_unschedule (WeirNode *node)
{
  for (unsigned i = 0; i < node->n_routes; i++)
    free_route (&node->routes[i]);
  if (node->routes != node->few_routes)
    g_free ((void *)node->routes);
  node->routes = NULL;
  node->n_routes = 0;
  g_clear_pointer (&node->retries, g_free);
  g_clear_pointer (&node->config, weir_config_free);
  node->module_state = NULL;
}

static bool
schedule (WeirNode *node, GError **error)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();

  if (!weir_services_enable (node->engine->services, node->properties, node->n_properties, error))
    return false;
  node->config = weir_config_new (node->type, node->properties, node->n_properties, problems);
  if (node->config == NULL) {
    weir_config_problems_to_error (problems, error);
    return false;
  }
  node->module_state = weir_config_get_state (node->config);
  bind_routes (node);
  if (node->type->on_scheduled == NULL ||
      node->type->on_scheduled (node->module_state, &node->context, error))
    return true;
  weir_node_unschedule (node);
  return false;
}

/* What is run once is not kept waiting by its schedule. */
static WeirPhase
get_next_phase (WeirNode *node)
{
  WEIR_LOCKED (&node->engine->wishes);

  if (node->wish != WEIR_WISH_ONCE)
    return WEIR_PHASE_RUNNING;
  atomic_store (&node->due, 0);
  atomic_store (&node->is_dry, false);
  return WEIR_PHASE_ONCE;
}

static void
note_failure (WeirNode *node, const GError *error)
{
  WEIR_LOCKED (&node->lock);

  g_free (node->failure);
  node->failure = error != NULL ? g_strdup (error->message) : NULL;
}

void
weir_node_schedule (WeirNode *node)
{
  g_autoptr (GError) error = NULL;
  WeirPhase starting = WEIR_PHASE_STARTING;
  bool worked = schedule (node, &error);

  if (!worked && error == NULL)
    g_set_error_literal (&error, WEIR_ERROR, WEIR_ERROR_FAILED, "the processor gave no reason");
  note_failure (node, error);
  if (!worked) {
    weir_bulletin_raise (node, WEIR_LOG_ERROR, "cannot start: %s; trying again in 10 s",
                         error->message);
    atomic_store (&node->yield_until,
                  weir_clock_get_monotonic (node->engine->clock) + TRY_AGAIN_USEC);
    return;
  }
  /* It may have been stopped meanwhile: then it stays so, and weir_node_finish undoes this. */
  atomic_compare_exchange_strong (&node->phase, &starting, get_next_phase (node));
  /* Only now, or a second task could begin, find the node starting and start it again. */
  if (atomic_load (&node->phase) != WEIR_PHASE_ONCE)
    atomic_store (&node->max_tasks, node->tasks_wanted);
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
    atomic_store (&node->due,
                  weir_time_add (weir_clock_get_monotonic (node->engine->clock), node->every_usec));
  else if (node->mode == WEIR_SCHEDULE_CRON)
    atomic_store (&node->due, weir_node_get_cron_due (node));
}
