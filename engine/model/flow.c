/* flow.c: making, finding and freeing what a flow is made of. */
#include "model/flow.h"
#include <string.h>

static void
free_property (gpointer data)
{
  WeirPropertyNode *property = data;

  g_free (property->name);
  g_free (property->text);
  weir_ghosts_clear (&property->ghosts);
  g_free (property);
}

static void
free_retry (gpointer data)
{
  WeirRetry *retry = data;

  g_free (retry->relationship);
  weir_ghosts_clear (&retry->ghosts);
  g_free (retry);
}

static void
free_auto_terminate (gpointer data)
{
  WeirAutoTerminate *auto_terminate = data;

  g_free (auto_terminate->relationship);
  weir_ghosts_clear (&auto_terminate->ghosts);
  g_free (auto_terminate);
}

void
weir_parameter_free (WeirParameter *parameter)
{
  if (parameter == NULL)
    return;
  g_free (parameter->name);
  g_free (parameter->value);
  g_free (parameter->secret);
  g_free (parameter->description);
  weir_ghosts_clear (&parameter->ghosts);
  g_free (parameter);
}

static void
free_child (gpointer data)
{
  WeirComponent *child = data;

  child->parent = NULL;
  weir_component_free (child);
}

static void
clear_processor (WeirProcessorNode *node)
{
  g_free (node->type);
  g_ptr_array_unref (node->properties);
  g_free (node->schedule.cron);
  weir_ghosts_clear (&node->schedule.ghosts);
  g_ptr_array_unref (node->retries);
  g_ptr_array_unref (node->auto_terminates);
}

static void
clear_connection (WeirConnection *connection)
{
  g_free (connection->from);
  g_ptr_array_unref (connection->relationships);
  g_free (connection->to);
  g_array_unref (connection->bends);
}

static void
clear_group (WeirGroup *group)
{
  g_hash_table_unref (group->by_id);
  g_ptr_array_unref (group->parameters);
  g_ptr_array_unref (group->children);
  weir_ghosts_clear (&group->parameters_ghosts);
  weir_ghosts_clear (&group->layout_ghosts);
}

void
weir_component_free (WeirComponent *component)
{
  if (component == NULL)
    return;
  g_assert (component->parent == NULL);
  switch (component->kind) {
  case WEIR_KIND_PROCESSOR:
    clear_processor ((WeirProcessorNode *)component);
    break;
  case WEIR_KIND_SERVICE:
    g_free (((WeirServiceNode *)component)->type);
    g_ptr_array_unref (((WeirServiceNode *)component)->properties);
    break;
  case WEIR_KIND_LABEL:
    g_free (((WeirLabel *)component)->text);
    break;
  case WEIR_KIND_CONNECTION:
    clear_connection ((WeirConnection *)component);
    break;
  case WEIR_KIND_GROUP:
    clear_group ((WeirGroup *)component);
    break;
  case WEIR_KIND_PORT:
  case WEIR_KIND_FUNNEL:
    break;
  }
  g_free (component->id);
  g_free (component->name);
  g_free (component->comment);
  weir_ghosts_clear (&component->ghosts);
  weir_ghosts_clear (&component->place.ghosts);
  g_free (component);
}

static void *
new_component (WeirKind kind, size_t size, const char *id)
{
  WeirComponent *component = g_malloc0 (size);

  component->kind = kind;
  component->id = g_strdup (id);
  component->name = g_strdup ("");
  component->comment = g_strdup ("");
  return component;
}

WeirGroup *
weir_group_new (const char *id)
{
  WeirGroup *group = new_component (WEIR_KIND_GROUP, sizeof *group, id);

  group->parameters = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_parameter_free);
  group->children = g_ptr_array_new_with_free_func (free_child);
  group->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  return group;
}

WeirProcessorNode *
weir_processor_node_new (const char *id, const char *type)
{
  WeirProcessorNode *node = new_component (WEIR_KIND_PROCESSOR, sizeof *node, id);

  node->type = g_strdup (type);
  node->properties = g_ptr_array_new_with_free_func (free_property);
  node->schedule.tasks = WEIR_DEFAULT_TASKS;
  node->penalty_usec = WEIR_DEFAULT_PENALTY_USEC;
  node->yield_usec = WEIR_DEFAULT_YIELD_USEC;
  node->bulletins = WEIR_BULLETIN_WARNING;
  node->retries = g_ptr_array_new_with_free_func (free_retry);
  node->auto_terminates = g_ptr_array_new_with_free_func (free_auto_terminate);
  return node;
}

WeirServiceNode *
weir_service_node_new (const char *id, const char *type)
{
  WeirServiceNode *node = new_component (WEIR_KIND_SERVICE, sizeof *node, id);

  node->type = g_strdup (type);
  node->properties = g_ptr_array_new_with_free_func (free_property);
  return node;
}

WeirPort *
weir_port_new (const char *id, bool is_output)
{
  WeirPort *port = new_component (WEIR_KIND_PORT, sizeof *port, id);

  port->is_output = is_output;
  return port;
}

WeirFunnel *
weir_funnel_new (const char *id)
{
  return new_component (WEIR_KIND_FUNNEL, sizeof (WeirFunnel), id);
}

WeirLabel *
weir_label_new (const char *id, const char *text)
{
  WeirLabel *label = new_component (WEIR_KIND_LABEL, sizeof *label, id);

  label->text = g_strdup (text);
  return label;
}

WeirConnection *
weir_connection_new (const char *from, const char *relationship, const char *to)
{
  WeirConnection *connection = new_component (WEIR_KIND_CONNECTION, sizeof *connection, "");

  connection->from = g_strdup (from);
  connection->relationships = g_ptr_array_new_with_free_func (g_free);
  if (relationship != NULL)
    g_ptr_array_add (connection->relationships, g_strdup (relationship));
  connection->to = g_strdup (to);
  connection->max_count = WEIR_DEFAULT_MAX_COUNT;
  connection->max_bytes = WEIR_DEFAULT_MAX_BYTES;
  connection->bends = g_array_new (false, false, sizeof (WeirPoint));
  return connection;
}

WeirFlow *
weir_flow_new (const char *name)
{
  WeirFlow *flow = g_new0 (WeirFlow, 1);

  flow->root = weir_group_new ("");
  g_free (flow->root->base.name);
  flow->root->base.name = g_strdup (name);
  return flow;
}

void
weir_flow_free (WeirFlow *flow)
{
  if (flow == NULL)
    return;
  weir_component_free (&flow->root->base);
  g_free (flow);
}

/* Of children with the same id the first one in the document has it. */
static void
take_id (WeirGroup *group, WeirComponent *child)
{
  WeirComponent *other = g_hash_table_lookup (group->by_id, child->id);
  guint index = 0;
  guint index_of_other = 0;

  if (child->id[0] == '\0')
    return;
  if (other != NULL) {
    (void)g_ptr_array_find (group->children, child, &index);
    (void)g_ptr_array_find (group->children, other, &index_of_other);
    if (index_of_other < index)
      return;
  }
  g_hash_table_replace (group->by_id, child->id, child);
}

static void
give_id_back (WeirGroup *group, const WeirComponent *child)
{
  if (g_hash_table_lookup (group->by_id, child->id) != child)
    return;
  g_hash_table_remove (group->by_id, child->id);
  for (guint i = 0; i < group->children->len; i++) {
    WeirComponent *other = group->children->pdata[i];

    if (other != child && strcmp (other->id, child->id) == 0) {
      g_hash_table_insert (group->by_id, other->id, other);
      break;
    }
  }
}

void
weir_group_add (WeirGroup *group, WeirComponent *child, int index)
{
  g_assert (child->parent == NULL);
  child->parent = group;
  g_ptr_array_insert (group->children, index, child);
  take_id (group, child);
}

void
weir_group_set_id (WeirGroup *group, WeirComponent *child, const char *id)
{
  char *copy = g_strdup (id);

  g_assert (child->parent == group);
  give_id_back (group, child);
  g_free (child->id);
  child->id = copy;
  take_id (group, child);
}

WeirComponent *
weir_group_remove (WeirGroup *group, WeirComponent *child)
{
  guint index = 0;

  g_assert (child->parent == group);
  if (!g_ptr_array_find (group->children, child, &index))
    g_assert_not_reached ();
  g_ptr_array_steal_index (group->children, index);
  child->parent = NULL;
  give_id_back (group, child);
  return child;
}

void *
weir_group_next (const WeirGroup *group, WeirKind kind, guint *position)
{
  while (*position < group->children->len) {
    WeirComponent *child = group->children->pdata[(*position)++];

    if (child->kind == kind)
      return child;
  }
  return NULL;
}

WeirComponent *
weir_group_find (const WeirGroup *group, const char *id)
{
  return g_hash_table_lookup (group->by_id, id);
}

WeirComponent *
weir_group_resolve (const WeirGroup *group, const char *path)
{
  g_autofree char *id = NULL;
  const char *slash = NULL;

  while ((slash = strchr (path, '/')) != NULL) {
    WeirComponent *child = NULL;

    g_free (id);
    id = g_strndup (path, (gsize)(slash - path));
    child = weir_group_find (group, id);
    if (child == NULL || child->kind != WEIR_KIND_GROUP)
      return NULL;
    group = (const WeirGroup *)child;
    path = slash + 1;
  }
  return weir_group_find (group, path);
}

WeirServiceNode *
weir_group_find_service (const WeirGroup *group, const char *id)
{
  for (; group != NULL; group = group->base.parent) {
    WeirComponent *child = weir_group_find (group, id);

    if (child != NULL && child->kind == WEIR_KIND_SERVICE)
      return (WeirServiceNode *)child;
  }
  return NULL;
}

WeirComponent *
weir_flow_find (const WeirFlow *flow, const char *path)
{
  return path[0] == '\0' ? &flow->root->base : weir_group_resolve (flow->root, path);
}

WeirPropertyNode *
weir_properties_add (GPtrArray *properties, const char *name, const char *text)
{
  WeirPropertyNode *property = g_new0 (WeirPropertyNode, 1);

  property->name = g_strdup (name);
  property->text = g_strdup (text);
  g_ptr_array_add (properties, property);
  return property;
}

const WeirPropertyNode *
weir_properties_find (const GPtrArray *properties, const char *name)
{
  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];

    if (strcmp (property->name, name) == 0)
      return property;
  }
  return NULL;
}

WeirRetry *
weir_processor_node_add_retry (WeirProcessorNode *node, const char *relationship)
{
  WeirRetry *retry = g_new0 (WeirRetry, 1);

  retry->relationship = g_strdup (relationship);
  retry->attempts = WEIR_DEFAULT_RETRY_ATTEMPTS;
  retry->max_usec = WEIR_DEFAULT_RETRY_MAX_USEC;
  g_ptr_array_add (node->retries, retry);
  return retry;
}

const WeirRetry *
weir_processor_node_find_retry (const WeirProcessorNode *node, const char *relationship)
{
  for (guint i = 0; i < node->retries->len; i++) {
    const WeirRetry *retry = node->retries->pdata[i];

    if (strcmp (retry->relationship, relationship) == 0)
      return retry;
  }
  return NULL;
}

WeirAutoTerminate *
weir_processor_node_add_auto_terminate (WeirProcessorNode *node, const char *relationship)
{
  WeirAutoTerminate *auto_terminate = g_new0 (WeirAutoTerminate, 1);

  auto_terminate->relationship = g_strdup (relationship);
  g_ptr_array_add (node->auto_terminates, auto_terminate);
  return auto_terminate;
}

bool
weir_processor_node_is_auto_terminated (const WeirProcessorNode *node, const char *relationship)
{
  for (guint i = 0; i < node->auto_terminates->len; i++) {
    const WeirAutoTerminate *auto_terminate = node->auto_terminates->pdata[i];

    if (strcmp (auto_terminate->relationship, relationship) == 0)
      return true;
  }
  return false;
}

WeirParameter *
weir_group_add_parameter (WeirGroup *group, const char *name, const char *value)
{
  WeirParameter *parameter = g_new0 (WeirParameter, 1);

  parameter->name = g_strdup (name);
  parameter->value = g_strdup (value);
  parameter->description = g_strdup ("");
  g_ptr_array_add (group->parameters, parameter);
  return parameter;
}

bool
weir_connection_has_relationship (const WeirConnection *connection, const char *relationship)
{
  for (guint i = 0; i < connection->relationships->len; i++)
    if (strcmp (connection->relationships->pdata[i], relationship) == 0)
      return true;
  return false;
}

char *
weir_connection_get_from_text (const WeirConnection *connection)
{
  if (connection->relationships->len == 0)
    return g_strdup (connection->from);
  return g_strdup_printf ("%s:%s", connection->from,
                          (const char *)connection->relationships->pdata[0]);
}
