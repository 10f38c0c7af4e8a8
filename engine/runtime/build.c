/* build.c: groups disappear here: a node knows its queues, a queue its two nodes, and a port is a
 * node between the queues inside and outside its group. */
#include "runtime/build.h"

#include "runtime/passage.h"

typedef struct {
  WeirEngine *engine;
  WeirResolver *resolver;
  GHashTable *nodes; /* const WeirComponent * to WeirNode * */
} Build;

static WeirNode *
node_new (Build *build, const WeirComponent *component, const WeirProcessor *type)
{
  WeirNode *node = weir_slab_take (&build->engine->node_slab);

  node->context.node = node;
  node->engine = build->engine;
  node->component = component;
  node->path = weir_component_get_path (component);
  node->type = type;
  node->tasks_wanted = 1;
  node->penalty_usec = WEIR_DEFAULT_PENALTY_USEC;
  node->yield_usec = WEIR_DEFAULT_YIELD_USEC;
  node->bulletin_level = WEIR_BULLETIN_WARNING;
  node->state = weir_state_new ();
  pthread_mutex_init (&node->lock, NULL);
  pthread_mutex_init (&node->changing, NULL);
  weir_arena_init (&node->evaluated);
  g_ptr_array_add (build->engine->nodes, node);
  g_hash_table_insert (build->nodes, (gpointer)component, node);
  return node;
}

static void
free_ends (WeirNode *node)
{
  if (node->inputs == node->few)
    return;
  g_free (node->inputs);
  g_free (node->outputs);
}

void
weir_node_clear (WeirNode *node)
{
  weir_property_texts_free (node->properties, node->n_properties);
  free_ends (node);
  g_free (node->path);
  g_free (node->retry_attribute);
  weir_cron_free (node->cron);
  weir_state_free (node->state);
  g_clear_pointer (&node->counters, g_hash_table_unref);
  weir_arena_clear (&node->evaluated);
  pthread_mutex_destroy (&node->changing);
  pthread_mutex_destroy (&node->lock);
}

static bool
set_properties (Build *build, WeirNode *node, const GPtrArray *properties, GError **error)
{
  node->properties = weir_services_resolve_properties (
      build->engine->services, build->resolver, node->component, node->type, properties, error);
  node->n_properties = node->properties != NULL ? properties->len : 0;
  return node->properties != NULL;
}

static bool
set_schedule (WeirNode *node, const WeirSchedule *schedule, GError **error)
{
  node->mode = schedule->mode;
  node->every_usec = schedule->every_usec;
  /* As fast as possible is what an event gives. */
  if (node->mode == WEIR_SCHEDULE_EVERY && node->every_usec == 0)
    node->mode = WEIR_SCHEDULE_EVENT;
  if (node->mode == WEIR_SCHEDULE_CRON) {
    node->cron = weir_cron_parse (schedule->cron, error);
    if (node->cron == NULL)
      return false;
  }
  node->tasks_wanted = node->type->threading == WEIR_SERIAL ? 1 : MAX (1, schedule->tasks);
  return true;
}

static bool
add_processor (Build *build, const WeirProcessorNode *processor, GError **error)
{
  const WeirProcessor *type = weir_registry_find (build->engine->registry, processor->type, error);
  WeirNode *node;

  if (type == NULL)
    return false;
  node = node_new (build, &processor->base, type);
  node->penalty_usec = processor->penalty_usec;
  node->yield_usec = processor->yield_usec;
  node->bulletin_level = processor->bulletins;
  node->is_disabled = processor->disabled;
  if (processor->retries->len > 0)
    node->retry_attribute = g_strdup_printf ("retryCount.%s", processor->base.id);
  return set_properties (build, node, processor->properties, error) &&
         set_schedule (node, &processor->schedule, error);
}

static bool
add_nodes (Build *build, const WeirGroup *group, GError **error)
{
  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];

    switch (child->kind) {
    case WEIR_KIND_PROCESSOR:
      if (!add_processor (build, (const WeirProcessorNode *)child, error))
        return false;
      break;
    case WEIR_KIND_PORT:
      node_new (build, child, &weir_passage)->is_disabled = ((const WeirPort *)child)->disabled;
      break;
    case WEIR_KIND_FUNNEL:
      node_new (build, child, &weir_passage);
      break;
    case WEIR_KIND_GROUP:
      if (!add_nodes (build, (const WeirGroup *)child, error))
        return false;
      break;
    case WEIR_KIND_SERVICE:
    case WEIR_KIND_LABEL:
    case WEIR_KIND_CONNECTION:
      break;
    }
  }
  return true;
}

/* Before the nodes, which refer to them. */
static bool
add_services (Build *build, const WeirGroup *group, GError **error)
{
  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];

    if (child->kind == WEIR_KIND_SERVICE && !((const WeirServiceNode *)child)->disabled &&
        !weir_services_add (build->engine->services, (const WeirServiceNode *)child, error))
      return false;
    if (child->kind == WEIR_KIND_GROUP && !add_services (build, (const WeirGroup *)child, error))
      return false;
  }
  return true;
}

static void
append (WeirQueue ***queues, unsigned *n, WeirQueue *queue, unsigned *ret_index)
{
  *queues = g_renew (WeirQueue *, *queues, *n + 1);
  (*queues)[*n] = queue;
  *ret_index = (*n)++;
}

static bool
add_queue (Build *build, const WeirGroup *group, const WeirConnection *connection, GError **error)
{
  WeirNode *source =
      g_hash_table_lookup (build->nodes, weir_group_resolve (group, connection->from));
  WeirNode *target = g_hash_table_lookup (build->nodes, weir_group_resolve (group, connection->to));
  WeirQueue *queue;

  if (source == NULL || target == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "connection from \"%s\" to \"%s\": there "
                 "is no \"%s\" to connect",
                 connection->from, connection->to,
                 source == NULL ? connection->from : connection->to);
    return false;
  }
  queue = weir_slab_take (&build->engine->queue_slab);
  weir_queue_init (queue, connection);
  queue->source = source;
  queue->target = target;
  append (&source->outputs, &source->n_outputs, queue, &queue->source_index);
  append (&target->inputs, &target->n_inputs, queue, &queue->target_index);
  g_ptr_array_add (build->engine->queues, queue);
  return true;
}

static bool
add_queues (Build *build, const WeirGroup *group, GError **error)
{
  const WeirConnection *connection;
  const WeirGroup *child;

  for (guint at = 0; (connection = weir_group_next (group, WEIR_KIND_CONNECTION, &at)) != NULL;)
    if (!add_queue (build, group, connection, error))
      return false;
  for (guint at = 0; (child = weir_group_next (group, WEIR_KIND_GROUP, &at)) != NULL;)
    if (!add_queues (build, child, error))
      return false;
  return true;
}

/* Moves the pointers to the queues into the node, where they fit: one step less to each queue. */
static void
settle_ends (WeirNode *node)
{
  if (node->n_inputs + node->n_outputs > G_N_ELEMENTS (node->few))
    return;
  for (unsigned i = 0; i < node->n_inputs; i++)
    node->few[i] = node->inputs[i];
  for (unsigned i = 0; i < node->n_outputs; i++)
    node->few[node->n_inputs + i] = node->outputs[i];
  g_free (node->inputs);
  g_free (node->outputs);
  node->inputs = node->few;
  node->outputs = node->few + node->n_inputs;
}

/* A node whose only inputs come from itself would never begin. */
static bool
is_source (const WeirNode *node)
{
  if (node->type->input == WEIR_INPUT_REQUIRED)
    return false;
  for (unsigned i = 0; i < node->n_inputs; i++)
    if (node->inputs[i]->source != node)
      return false;
  return true;
}

static void
count_parts (const WeirGroup *group, size_t *ret_nodes, size_t *ret_queues)
{
  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];

    if (child->kind == WEIR_KIND_GROUP)
      count_parts ((const WeirGroup *)child, ret_nodes, ret_queues);
    else if (child->kind == WEIR_KIND_CONNECTION)
      (*ret_queues)++;
    else
      (*ret_nodes)++;
  }
}

bool
weir_build_flow (WeirEngine *engine, const WeirFlow *flow, WeirResolver *resolver, GError **error)
{
  g_autoptr (GHashTable) nodes = g_hash_table_new (NULL, NULL);
  Build build = { engine, resolver, nodes };
  size_t n_nodes = 0;
  size_t n_queues = 0;

  count_parts (flow->root, &n_nodes, &n_queues);
  weir_slab_init (&engine->node_slab, sizeof (WeirNode), n_nodes);
  weir_slab_init (&engine->queue_slab, sizeof (WeirQueue), n_queues);

  if (!add_services (&build, flow->root, error) ||
      !weir_services_resolve (engine->services, resolver, error) ||
      !add_nodes (&build, flow->root, error) || !add_queues (&build, flow->root, error))
    return false;
  for (guint i = 0; i < engine->nodes->len; i++) {
    WeirNode *node = engine->nodes->pdata[i];
    node->is_source = is_source (node);
    settle_ends (node);
  }
  return true;
}
