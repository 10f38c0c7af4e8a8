/* clone.c: one function a struct, which copies every field of it.
 *
 * Invariant: a copy is freed like any other: its arrays are those that flow.c makes. */
#include "model/clone.h"

static void
set (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static GPtrArray *
clone_texts (const GPtrArray *texts)
{
  GPtrArray *clone = NULL;

  for (guint i = 0; texts != NULL && i < texts->len; i++)
    weir_ghosts_add (&clone, texts->pdata[i]);
  return clone;
}

static void
clone_ghosts (const WeirGhosts *ghosts, WeirGhosts *clone)
{
  clone->before = clone_texts (ghosts->before);
  clone->inside = clone_texts (ghosts->inside);
  clone->after = clone_texts (ghosts->after);
  clone->attributes = clone_texts (ghosts->attributes);
}

static void
clone_properties (const GPtrArray *properties, GPtrArray *clones)
{
  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];
    WeirPropertyNode *clone = weir_properties_add (clones, property->name, property->text);

    clone->origin = property->origin;
    clone_ghosts (&property->ghosts, &clone->ghosts);
  }
}

static void
clone_schedule (const WeirSchedule *schedule, WeirSchedule *clone)
{
  *clone = *schedule;
  clone->cron = g_strdup (schedule->cron);
  clone_ghosts (&schedule->ghosts, &clone->ghosts);
}

static void
clone_relationships (const WeirProcessorNode *node, WeirProcessorNode *clone)
{
  for (guint i = 0; i < node->retries->len; i++) {
    const WeirRetry *retry = node->retries->pdata[i];
    WeirRetry *added = weir_processor_node_add_retry (clone, retry->relationship);

    added->attempts = retry->attempts;
    added->backoff = retry->backoff;
    added->max_usec = retry->max_usec;
    added->origin = retry->origin;
    clone_ghosts (&retry->ghosts, &added->ghosts);
  }
  for (guint i = 0; i < node->auto_terminates->len; i++) {
    const WeirAutoTerminate *auto_terminate = node->auto_terminates->pdata[i];
    WeirAutoTerminate *added =
        weir_processor_node_add_auto_terminate (clone, auto_terminate->relationship);

    added->origin = auto_terminate->origin;
    clone_ghosts (&auto_terminate->ghosts, &added->ghosts);
  }
}

static WeirComponent *
clone_processor (const WeirProcessorNode *node)
{
  WeirProcessorNode *clone = weir_processor_node_new (node->base.id, node->type);

  clone_properties (node->properties, clone->properties);
  clone->disabled = node->disabled;
  clone_schedule (&node->schedule, &clone->schedule);
  clone->penalty_usec = node->penalty_usec;
  clone->yield_usec = node->yield_usec;
  clone->bulletins = node->bulletins;
  clone_relationships (node, clone);
  return &clone->base;
}

static WeirComponent *
clone_service (const WeirServiceNode *node)
{
  WeirServiceNode *clone = weir_service_node_new (node->base.id, node->type);

  clone_properties (node->properties, clone->properties);
  clone->disabled = node->disabled;
  return &clone->base;
}

static WeirComponent *
clone_port (const WeirPort *port)
{
  WeirPort *clone = weir_port_new (port->base.id, port->is_output);

  clone->disabled = port->disabled;
  return &clone->base;
}

static WeirComponent *
clone_connection (const WeirConnection *connection)
{
  WeirConnection *clone = weir_connection_new (connection->from, NULL, connection->to);

  set (&clone->base.id, connection->base.id);
  for (guint i = 0; i < connection->relationships->len; i++)
    g_ptr_array_add (clone->relationships, g_strdup (connection->relationships->pdata[i]));
  clone->max_count = connection->max_count;
  clone->max_bytes = connection->max_bytes;
  clone->expire_usec = connection->expire_usec;
  clone->order = connection->order;
  g_array_append_vals (clone->bends, connection->bends->data, connection->bends->len);
  return &clone->base;
}

WeirParameter *
weir_parameter_clone (const WeirParameter *parameter)
{
  WeirParameter *clone = g_new0 (WeirParameter, 1);

  clone->name = g_strdup (parameter->name);
  clone->value = g_strdup (parameter->value);
  clone->secret = g_strdup (parameter->secret);
  clone->description = g_strdup (parameter->description);
  clone->origin = parameter->origin;
  clone_ghosts (&parameter->ghosts, &clone->ghosts);
  return clone;
}

static WeirComponent *
clone_group (const WeirGroup *group)
{
  WeirGroup *clone = weir_group_new (group->base.id);

  for (guint i = 0; i < group->parameters->len; i++)
    g_ptr_array_add (clone->parameters, weir_parameter_clone (group->parameters->pdata[i]));
  for (guint i = 0; i < group->children->len; i++)
    weir_group_add (clone, weir_component_clone (group->children->pdata[i]), -1);
  clone_ghosts (&group->parameters_ghosts, &clone->parameters_ghosts);
  clone_ghosts (&group->layout_ghosts, &clone->layout_ghosts);
  return &clone->base;
}

static WeirComponent *
clone_kind (const WeirComponent *component)
{
  switch (component->kind) {
  case WEIR_KIND_PROCESSOR:
    return clone_processor ((const WeirProcessorNode *)component);
  case WEIR_KIND_SERVICE:
    return clone_service ((const WeirServiceNode *)component);
  case WEIR_KIND_PORT:
    return clone_port ((const WeirPort *)component);
  case WEIR_KIND_FUNNEL:
    return &weir_funnel_new (component->id)->base;
  case WEIR_KIND_LABEL:
    return &weir_label_new (component->id, ((const WeirLabel *)component)->text)->base;
  case WEIR_KIND_CONNECTION:
    return clone_connection ((const WeirConnection *)component);
  case WEIR_KIND_GROUP:
    return clone_group ((const WeirGroup *)component);
  }
  g_assert_not_reached ();
}

WeirComponent *
weir_component_clone (const WeirComponent *component)
{
  WeirComponent *clone = clone_kind (component);

  set (&clone->name, component->name);
  set (&clone->comment, component->comment);
  clone->origin = component->origin;
  clone_ghosts (&component->ghosts, &clone->ghosts);
  clone->place = component->place;
  clone_ghosts (&component->place.ghosts, &clone->place.ghosts);
  return clone;
}

WeirFlow *
weir_flow_clone (const WeirFlow *flow)
{
  WeirFlow *clone = weir_flow_new ("");

  weir_component_free (&clone->root->base);
  clone->root = (WeirGroup *)weir_component_clone (&flow->root->base);
  return clone;
}
