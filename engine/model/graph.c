/* graph.c: resolves the ends of connections, and tells why one cannot be resolved. */
#include "model/graph.h"
#include "base/suggest.h"
#include <string.h>

struct WeirGraph {
  GHashTable *ends; /* const WeirComponent * to WeirEnds */
};

static void
free_ends (gpointer data)
{
  WeirEnds *ends = data;

  g_ptr_array_unref (ends->incoming);
  g_ptr_array_unref (ends->outgoing);
  g_free (ends);
}

/* True when @component, found as an end of a connection of @group, may be that end. */
static bool
may_be_end (const WeirGroup *group, const WeirComponent *component, bool is_source)
{
  const WeirPort *port = (const WeirPort *)component;
  bool is_own = component->parent == group;

  switch (component->kind) {
  case WEIR_KIND_PROCESSOR:
  case WEIR_KIND_FUNNEL:
    return is_own;
  case WEIR_KIND_PORT:
    /* Within its own group a port is the other way round than seen from outside. */
    return is_own ? port->is_output != is_source : port->is_output == is_source;
  default:
    return false;
  }
}

/* "archive/in" at most: what is deeper has no business with this group. */
static WeirComponent *
find_end (const WeirGroup *group, const char *path)
{
  const char *slash = strchr (path, '/');

  if (slash != NULL && strchr (slash + 1, '/') != NULL)
    return NULL;
  return weir_group_resolve (group, path);
}

static WeirComponent *
get_end (const WeirConnection *connection, bool is_source)
{
  const WeirGroup *group = connection->base.parent;
  WeirComponent *end = find_end (group, is_source ? connection->from : connection->to);

  return end != NULL && may_be_end (group, end, is_source) ? end : NULL;
}

WeirComponent *
weir_connection_get_source (const WeirConnection *connection)
{
  return get_end (connection, true);
}

WeirComponent *
weir_connection_get_destination (const WeirConnection *connection)
{
  return get_end (connection, false);
}

static WeirEnds *
provide_ends (WeirGraph *graph, const WeirComponent *component)
{
  WeirEnds *ends = g_hash_table_lookup (graph->ends, component);

  if (ends == NULL) {
    ends = g_new (WeirEnds, 1);
    ends->incoming = g_ptr_array_new ();
    ends->outgoing = g_ptr_array_new ();
    g_hash_table_insert (graph->ends, (gpointer)component, ends);
  }
  return ends;
}

static void
add_connection (WeirGraph *graph, WeirConnection *connection)
{
  const WeirComponent *source = get_end (connection, true);
  const WeirComponent *destination = get_end (connection, false);

  if (source != NULL)
    g_ptr_array_add (provide_ends (graph, source)->outgoing, connection);
  if (destination != NULL)
    g_ptr_array_add (provide_ends (graph, destination)->incoming, connection);
}

static void
add_group (WeirGraph *graph, const WeirGroup *group)
{
  for (guint i = 0; i < group->children->len; i++) {
    WeirComponent *child = group->children->pdata[i];

    if (child->kind == WEIR_KIND_GROUP)
      add_group (graph, (const WeirGroup *)child);
    else if (child->kind == WEIR_KIND_CONNECTION)
      add_connection (graph, (WeirConnection *)child);
    else
      provide_ends (graph, child);
  }
}

WeirGraph *
weir_graph_new (const WeirFlow *flow)
{
  WeirGraph *graph = g_new0 (WeirGraph, 1);

  graph->ends = g_hash_table_new_full (NULL, NULL, NULL, free_ends);
  add_group (graph, flow->root);
  return graph;
}

void
weir_graph_free (WeirGraph *graph)
{
  if (graph == NULL)
    return;
  g_hash_table_unref (graph->ends);
  g_free (graph);
}

const WeirEnds *
weir_graph_get (const WeirGraph *graph, const WeirComponent *component)
{
  const WeirEnds *ends = g_hash_table_lookup (graph->ends, component);

  g_assert (ends != NULL);
  return ends;
}

/* The nearest of what may be the end, as it would be written. Returns: (transfer full). */
static char *
suggest_end (const WeirGroup *group, const char *path, bool is_source)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];
    const WeirGroup *inner = (const WeirGroup *)child;
    guint position = 0;
    const WeirComponent *port = NULL;

    if (may_be_end (group, child, is_source))
      g_ptr_array_add (paths, g_strdup (child->id));
    while (child->kind == WEIR_KIND_GROUP &&
           (port = weir_group_next (inner, WEIR_KIND_PORT, &position)) != NULL)
      if (may_be_end (group, port, is_source))
        g_ptr_array_add (paths, g_strdup_printf ("%s/%s", child->id, port->id));
  }
  return g_strdup (weir_suggest (path, (const char *const *)paths->pdata, paths->len));
}

static char *
explain_kind (const WeirGroup *group, const WeirComponent *end, const char *path, bool is_source,
              char **ret_advice)
{
  const char *verb = is_source ? "come from" : "lead to";

  if (end->kind == WEIR_KIND_GROUP) {
    *ret_advice =
        g_strdup_printf ("name one of its ports, as in '%s/%s'", path, is_source ? "out" : "in");
    return g_strdup_printf ("a connection cannot %s a group, which '%s' is", verb, path);
  }
  if (end->kind == WEIR_KIND_PORT) {
    *ret_advice = g_strdup_printf (
        end->parent == group ? "within its group an input port is a source, an output port a "
                               "destination"
                             : "around its group an input port is a destination, an output port a "
                               "source");
    return g_strdup_printf ("a connection cannot %s '%s' here, which is an %s port", verb, path,
                            ((const WeirPort *)end)->is_output ? "output" : "input");
  }
  if (end->parent != group) {
    *ret_advice = g_strdup ("connect to a port of the group");
    return g_strdup_printf ("a connection cannot %s '%s', which is inside another group", verb,
                            path);
  }
  *ret_advice = g_strdup ("name a processor, a funnel or a port");
  return g_strdup_printf ("a connection cannot %s a %s, which '%s' is", verb,
                          weir_kind_get_text (end->kind), path);
}

char *
weir_connection_explain (const WeirConnection *connection, bool is_source, char **ret_advice)
{
  const WeirGroup *group = connection->base.parent;
  const char *path = is_source ? connection->from : connection->to;
  const WeirComponent *end = find_end (group, path);
  g_autofree char *nearest = NULL;

  if (end != NULL && may_be_end (group, end, is_source))
    return NULL;
  if (path[0] == '\0') {
    *ret_advice = g_strdup_printf ("add %s=\"...\"", is_source ? "from" : "to");
    return g_strdup_printf ("the connection does not say %s",
                            is_source ? "where it comes from" : "where it leads to");
  }
  if (end != NULL)
    return explain_kind (group, end, path, is_source, ret_advice);
  nearest = suggest_end (group, path, is_source);
  *ret_advice = nearest != NULL ? g_strdup_printf ("did you mean '%s'?", nearest)
                                : g_strdup ("name a processor, funnel or port of this group, or a "
                                            "port of a group in it as 'group/port'");
  return g_strdup_printf ("the connection %s '%s', which does not exist",
                          is_source ? "comes from" : "leads to", path);
}
