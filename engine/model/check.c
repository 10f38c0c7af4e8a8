/* check.c: walks the groups: ids, names, schedules, settings. */
#include "base/limits.h"
#include "model/check-parts.h"
#include "model/cron.h"
#include <string.h>

static void
check_id (const WeirComponent *component, GPtrArray *problems)
{
  const WeirComponent *first = NULL;

  if (component->id[0] == '\0') {
    if (component->kind != WEIR_KIND_CONNECTION)
      weir_problems_add (problems, component, component->origin, "add id=\"...\"",
                         "the %s has no id", weir_kind_get_text (component->kind));
    return;
  }
  if (!weir_id_is_valid (component->id)) {
    weir_problems_add (problems, component, component->origin,
                       "use letters, digits, '_', '-' and '.', not '-' or '.' first",
                       "'%s' cannot be an id", component->id);
    return;
  }
  first = weir_group_find (component->parent, component->id);
  if (first != component)
    weir_problems_add (problems, component, component->origin, "choose another",
                       "the id '%s' is used twice in this group, first in line %u", component->id,
                       first->origin.line);
}

/* What the parts of a component must have, and only one of them with the same. */
typedef struct {
  const char *element;
  const char *attribute;
} Part;

static void
check_part (const WeirComponent *owner, const Part *part, const char *value, WeirOrigin origin,
            GHashTable *seen, GPtrArray *problems)
{
  if (value[0] == '\0') {
    g_autofree char *advice = g_strdup_printf ("add %s=\"...\"", part->attribute);

    weir_problems_add (problems, owner, origin, advice, "<%s> has no %s", part->element,
                       part->attribute);
  } else if (!g_hash_table_add (seen, (gpointer)value)) {
    weir_problems_add (problems, owner, origin, "keep one of them",
                       "<%s> with %s '%s' is there twice", part->element, part->attribute, value);
  }
}

static void
check_properties (const WeirComponent *owner, const GPtrArray *properties, GPtrArray *problems)
{
  static const Part part = { "property", "name" };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];

    check_part (owner, &part, property->name, property->origin, seen, problems);
  }
}

static void
check_schedule (const WeirProcessorNode *node, GPtrArray *problems)
{
  const WeirSchedule *schedule = &node->schedule;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirCron) cron = NULL;

  if (schedule->tasks == 0)
    weir_problems_add (problems, &node->base, schedule->origin, "write at least 1",
                       "the processor has no task to run in");
  if (schedule->mode != WEIR_SCHEDULE_CRON)
    return;
  cron = weir_cron_parse (schedule->cron, &error);
  if (cron == NULL)
    weir_problems_add (problems, &node->base, schedule->origin,
                       "write six fields: second minute hour day month weekday", "cron '%s': %s",
                       schedule->cron, error->message);
}

/* Tells of each connection that leaves by one of @terminated. */
static void
check_both (const WeirProcessorNode *node, GHashTable *terminated, const WeirEnds *ends,
            GPtrArray *problems)
{
  for (guint i = 0; i < ends->outgoing->len; i++) {
    const WeirConnection *connection = ends->outgoing->pdata[i];

    for (guint k = 0; k < connection->relationships->len; k++) {
      const char *name = connection->relationships->pdata[k];

      if (g_hash_table_contains (terminated, name))
        weir_problems_add (problems, &connection->base, connection->base.origin,
                           "take out the connection or the <auto-terminate>",
                           "relationship '%s' of '%s' is connected and auto-terminated", name,
                           node->base.id);
    }
  }
}

static void
check_relationship_settings (const WeirProcessorNode *node, const WeirEnds *ends,
                             GPtrArray *problems)
{
  static const Part retry_part = { "retry", "relationship" };
  static const Part auto_terminate_part = { "auto-terminate", "relationship" };
  g_autoptr (GHashTable) retried = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) terminated = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < node->retries->len; i++) {
    const WeirRetry *retry = node->retries->pdata[i];

    check_part (&node->base, &retry_part, retry->relationship, retry->origin, retried, problems);
  }
  for (guint i = 0; i < node->auto_terminates->len; i++) {
    const WeirAutoTerminate *auto_terminate = node->auto_terminates->pdata[i];

    check_part (&node->base, &auto_terminate_part, auto_terminate->relationship,
                auto_terminate->origin, terminated, problems);
  }
  check_both (node, terminated, ends, problems);
}

static void
check_type (const WeirComponent *component, const char *type, GPtrArray *problems)
{
  if (type[0] == '\0')
    weir_problems_add (problems, component, component->origin, "add type=\"...\"",
                       "the %s '%s' has no type", weir_kind_get_text (component->kind),
                       component->id);
}

static void
check_port (const WeirPort *port, const WeirGraph *graph, GPtrArray *problems)
{
  const WeirEnds *ends = weir_graph_get (graph, &port->base);
  const char *kind = port->is_output ? "output" : "input";

  if (port->base.parent->base.parent == NULL) {
    weir_problems_add (problems, &port->base, port->base.origin,
                       "put it into a group, or take it out",
                       "the %s port '%s' joins the flow to nothing", kind, port->base.id);
    return;
  }
  if (ends->outgoing->len > 0 || port->disabled)
    return;
  if (ends->incoming->len == 0)
    weir_problems_warn (problems, &port->base, port->base.origin, "connect it or take it out",
                        "the %s port '%s' is not connected", kind, port->base.id);
  else
    weir_problems_add (problems, &port->base, port->base.origin,
                       port->is_output ? "connect it in the group around"
                                       : "connect it within the group",
                       "nothing leaves the %s port '%s'", kind, port->base.id);
}

typedef struct {
  const WeirCheck *check;
  const WeirGraph *graph;
  GHashTable *in_no_loop;
  GHashTable *routes; /* see weir_check_connection */
  GPtrArray *problems;
} Walk;

static void check_group (const Walk *walk, const WeirGroup *group, unsigned depth);

static void
check_processor (const Walk *walk, const WeirProcessorNode *node)
{
  check_type (&node->base, node->type, walk->problems);
  check_properties (&node->base, node->properties, walk->problems);
  check_schedule (node, walk->problems);
  check_relationship_settings (node, weir_graph_get (walk->graph, &node->base), walk->problems);
  weir_check_processor_type (node, walk->check, walk->graph, walk->problems);
}

static void
check_service (const Walk *walk, const WeirServiceNode *node)
{
  check_type (&node->base, node->type, walk->problems);
  check_properties (&node->base, node->properties, walk->problems);
  weir_check_service_type (node, walk->check, walk->problems);
}

static void
check_child (const Walk *walk, const WeirComponent *child, unsigned depth)
{
  check_id (child, walk->problems);
  switch (child->kind) {
  case WEIR_KIND_PROCESSOR:
    check_processor (walk, (const WeirProcessorNode *)child);
    break;
  case WEIR_KIND_SERVICE:
    check_service (walk, (const WeirServiceNode *)child);
    break;
  case WEIR_KIND_PORT:
    check_port ((const WeirPort *)child, walk->graph, walk->problems);
    weir_check_loop (child, walk->graph, walk->in_no_loop, walk->problems);
    break;
  case WEIR_KIND_FUNNEL:
    weir_check_loop (child, walk->graph, walk->in_no_loop, walk->problems);
    break;
  case WEIR_KIND_CONNECTION:
    weir_check_connection ((const WeirConnection *)child, walk->routes, walk->problems);
    break;
  case WEIR_KIND_GROUP:
    check_group (walk, (const WeirGroup *)child, depth + 1);
    break;
  case WEIR_KIND_LABEL:
    break;
  }
}

static void
check_group (const Walk *walk, const WeirGroup *group, unsigned depth)
{
  if (depth > WEIR_LIMIT_GROUP_DEPTH) {
    weir_problems_add (walk->problems, &group->base, group->base.origin, "make it flatter",
                       "groups are nested deeper than %d", WEIR_LIMIT_GROUP_DEPTH);
    return;
  }
  weir_check_parameters (group, walk->check, walk->problems);
  for (guint i = 0; i < group->children->len && !weir_problems_are_full (walk->problems); i++)
    check_child (walk, group->children->pdata[i], depth);
}

void
weir_flow_check (const WeirFlow *flow, const WeirCheck *check, GPtrArray *problems)
{
  g_autoptr (WeirGraph) graph = weir_graph_new (flow);
  g_autoptr (GHashTable) in_no_loop = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) routes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Walk walk = { check, graph, in_no_loop, routes, problems };
  g_autoptr (WeirMask) mask = weir_mask_new ();
  guint n_before = weir_problems_count (problems, WEIR_SEVERITY_ERROR);

  if (flow->root->base.name[0] == '\0')
    weir_problems_warn (problems, &flow->root->base, flow->root->base.origin, "add name=\"...\"",
                        "the flow has no name");
  weir_check_overrides (flow, check, problems);
  check_group (&walk, flow->root, 0);

  /* After an error in a text the references behind it were not seen. */
  if (weir_problems_count (problems, WEIR_SEVERITY_ERROR) == n_before)
    weir_check_unused (flow->root, check, problems);

  /* What modules and parsers say may quote anything. */
  weir_resolver_add_secrets (check->resolver, mask);
  weir_problems_mask (problems, mask);
}
