/* build.c: groups disappear here: a node knows its queues, a queue its two nodes, and a port is a
 * node between the queues inside and outside its group. */
#include "runtime/build.h"

#include "model/clone.h"
#include "runtime/passage.h"

typedef struct {
  WeirEngine *engine;
  WeirResolver *resolver;
  WeirParts *parts;
  GHashTable *nodes; /* const WeirComponent * to Ends */
  GHashTable *paths; /* of queues */
} Build;

/* The queues of a node, as long as there may be more. */
typedef struct {
  WeirNode *node;
  GPtrArray *inputs;
  GPtrArray *outputs;
} Ends;

static void
ends_free (void *data)
{
  Ends *ends = data;

  g_ptr_array_unref (ends->inputs);
  g_ptr_array_unref (ends->outputs);
  g_free (ends);
}

static WeirNode *
node_new (Build *build, const WeirComponent *component, const WeirProcessor *type)
{
  WeirSlab *slab = build->parts->node_slab;
  WeirNode *node = slab != NULL ? weir_slab_take (slab)
                                : g_aligned_alloc0 (1, sizeof (WeirNode), _Alignof(WeirNode));
  Ends *ends = g_new (Ends, 1);

  node->n_refs = 1;
  node->is_in_slab = slab != NULL;
  node->run = WEIR_RUN_BARRED;
  node->context.node = node;
  node->engine = build->engine;
  node->component = weir_component_clone (component);
  node->path = weir_component_get_path (component);
  node->name = g_strdup (weir_component_get_label (component));
  node->type = type;
  node->tasks_wanted = 1;
  node->penalty_usec = WEIR_DEFAULT_PENALTY_USEC;
  node->yield_usec = WEIR_DEFAULT_YIELD_USEC;
  node->bulletin_level = WEIR_BULLETIN_WARNING;
  node->state = weir_state_new ();
  pthread_mutex_init (&node->lock, NULL);
  pthread_mutex_init (&node->changing, NULL);
  weir_arena_init (&node->evaluated);
  g_ptr_array_add (build->parts->nodes, node);
  *ends = (Ends){ node, g_ptr_array_new (), g_ptr_array_new () };
  g_hash_table_insert (build->nodes, (gpointer)component, ends);
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

WeirNode *
weir_node_ref (WeirNode *node)
{
  atomic_fetch_add (&node->n_refs, 1);
  return node;
}

void
weir_node_unref (WeirNode *node)
{
  if (atomic_fetch_sub (&node->n_refs, 1) > 1)
    return;
  weir_property_texts_free (node->properties, node->n_properties);
  free_ends (node);
  weir_component_free ((WeirComponent *)node->component);
  g_free ((char *)node->path);
  g_free ((char *)node->name);
  weir_attic_clear (&node->attic);
  g_free (node->failure);
  g_free (node->latencies);
  g_free (node->retry_attribute);
  weir_cron_free (node->cron);
  weir_state_free (node->state);
  g_clear_pointer (&node->counters, g_hash_table_unref);
  weir_arena_clear (&node->evaluated);
  pthread_mutex_destroy (&node->changing);
  pthread_mutex_destroy (&node->lock);
  if (!node->is_in_slab)
    g_aligned_free (node);
}

static bool
set_properties (Build *build, WeirNode *node, const WeirComponent *component,
                const GPtrArray *properties, GError **error)
{
  node->properties = weir_services_resolve_properties (build->parts->services, build->resolver,
                                                       component, node->type, properties, error);
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

/* What is disabled never runs, so nothing of it has to be known: it keeps its queues. */
static const WeirProcessor absent = {
  WEIR_PROCESSOR_ABI,
  .name = "Absent",
  .summary = "A processor that is disabled and of no known type.",
  .input = WEIR_INPUT_ALLOWED,
};

static bool
add_disabled (Build *build, const WeirProcessorNode *processor)
{
  const WeirProcessor *type = weir_registry_find (build->engine->registry, processor->type, NULL);

  node_new (build, &processor->base, type != NULL ? type : &absent)->is_disabled = true;
  return true;
}

static bool
add_processor (Build *build, const WeirProcessorNode *processor, GError **error)
{
  const WeirProcessor *type;
  WeirNode *node;

  if (processor->disabled)
    return add_disabled (build, processor);
  type = weir_registry_find (build->engine->registry, processor->type, error);
  if (type == NULL)
    return false;
  node = node_new (build, &processor->base, type);
  node->penalty_usec = processor->penalty_usec;
  node->yield_usec = processor->yield_usec;
  node->bulletin_level = processor->bulletins;
  if (processor->retries->len > 0)
    node->retry_attribute = g_strdup_printf ("retryCount.%s", processor->base.id);
  return set_properties (build, node, &processor->base, processor->properties, error) &&
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
        !weir_services_add (build->parts->services, (const WeirServiceNode *)child, error))
      return false;
    if (child->kind == WEIR_KIND_GROUP && !add_services (build, (const WeirGroup *)child, error))
      return false;
  }
  return true;
}

/* Connections with the same ends are told apart by their order in the flow. */
static char *
make_path (Build *build, const WeirConnection *connection)
{
  g_autofree char *path = weir_component_get_path (&connection->base);
  char *numbered = g_strdup (path);

  for (unsigned i = 2; g_hash_table_contains (build->paths, numbered); i++) {
    g_free (numbered);
    numbered = g_strdup_printf ("%s #%u", path, i);
  }
  g_hash_table_add (build->paths, numbered);
  return numbered;
}

static WeirQueue *
queue_new (Build *build, const WeirConnection *connection)
{
  WeirSlab *slab = build->parts->queue_slab;
  WeirQueue *queue = slab != NULL ? weir_slab_take (slab)
                                  : g_aligned_alloc0 (1, sizeof (WeirQueue), _Alignof(WeirQueue));

  weir_queue_init (queue, connection, make_path (build, connection));
  queue->is_in_slab = slab != NULL;
  g_ptr_array_add (build->parts->queues, queue);
  return queue;
}

static bool
add_queue (Build *build, const WeirGroup *group, const WeirConnection *connection, GError **error)
{
  Ends *from = g_hash_table_lookup (build->nodes, weir_group_resolve (group, connection->from));
  Ends *to = g_hash_table_lookup (build->nodes, weir_group_resolve (group, connection->to));
  WeirQueue *queue;

  if (from == NULL || to == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "connection from \"%s\" to \"%s\": there "
                 "is no \"%s\" to connect",
                 connection->from, connection->to,
                 from == NULL ? connection->from : connection->to);
    return false;
  }
  queue = queue_new (build, connection);
  queue->source = from->node;
  queue->target = to->node;
  g_ptr_array_add (from->outputs, queue);
  g_ptr_array_add (to->inputs, queue);
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

/* Pointers to few queues stand in the node: one step less to each queue. */
void
weir_node_set_ends (WeirNode *node, const GPtrArray *inputs, const GPtrArray *outputs)
{
  bool are_few = inputs->len + outputs->len <= G_N_ELEMENTS (node->few);

  free_ends (node);
  node->inputs = are_few ? node->few : g_new (WeirQueue *, inputs->len);
  node->outputs = are_few ? node->few + inputs->len : g_new (WeirQueue *, outputs->len);
  node->n_inputs = inputs->len;
  node->n_outputs = outputs->len;
  for (unsigned i = 0; i < inputs->len; i++) {
    node->inputs[i] = inputs->pdata[i];
    node->inputs[i]->target_index = i;
  }
  for (unsigned i = 0; i < outputs->len; i++) {
    node->outputs[i] = outputs->pdata[i];
    node->outputs[i]->source_index = i;
  }
  node->is_source = is_source (node);
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
weir_build_parts (WeirEngine *engine, const WeirFlow *flow, WeirResolver *resolver,
                  WeirParts *parts, GError **error)
{
  g_autoptr (GHashTable) nodes = g_hash_table_new_full (NULL, NULL, NULL, ends_free);
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  Build build = { engine, resolver, parts, nodes, paths };
  GHashTableIter iter;
  gpointer value;
  size_t n_nodes = 0;
  size_t n_queues = 0;

  count_parts (flow->root, &n_nodes, &n_queues);
  if (parts->node_slab != NULL) {
    weir_slab_init (parts->node_slab, sizeof (WeirNode), n_nodes);
    weir_slab_init (parts->queue_slab, sizeof (WeirQueue), n_queues);
  }
  if (!add_services (&build, flow->root, error) ||
      !weir_services_resolve (parts->services, resolver, error) ||
      !add_nodes (&build, flow->root, error) || !add_queues (&build, flow->root, error))
    return false;
  g_hash_table_iter_init (&iter, nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Ends *ends = value;
    weir_node_set_ends (ends->node, ends->inputs, ends->outputs);
  }
  return true;
}
