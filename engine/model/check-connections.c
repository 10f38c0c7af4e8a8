/* check-connections.c: ends, relationships, and loops through which data would run for ever. */
#include "model/check-parts.h"
#include <string.h>

static bool
check_end (const WeirConnection *connection, bool is_source, GPtrArray *problems)
{
  g_autofree char *advice = NULL;
  g_autofree char *message = weir_connection_explain (connection, is_source, &advice);

  if (message == NULL)
    return true;
  weir_problems_add (problems, &connection->base, connection->base.origin, advice, "%s", message);
  return false;
}

/* Tells when an earlier connection brings the same to the same place. */
static void
check_route (const WeirConnection *connection, const char *relationship, GHashTable *routes,
             GPtrArray *problems)
{
  g_autofree char *route = g_strdup_printf ("%p %s:%s %s", (void *)connection->base.parent,
                                            connection->from, relationship, connection->to);
  const WeirConnection *other = g_hash_table_lookup (routes, route);

  if (other == NULL)
    g_hash_table_insert (routes, g_steal_pointer (&route), (gpointer)connection);
  else if (other == connection)
    weir_problems_add (problems, &connection->base, connection->base.origin, "keep one of them",
                       "the connection names relationship '%s' twice", relationship);
  else
    weir_problems_add (problems, &connection->base, connection->base.origin, "take one of them out",
                       "'%s%s%s' leads to '%s' already, by line %u", connection->from,
                       relationship[0] != '\0' ? ":" : "", relationship, connection->to,
                       other->base.origin.line);
}

void
weir_check_connection (const WeirConnection *connection, GHashTable *routes, GPtrArray *problems)
{
  const GPtrArray *relationships = connection->relationships;
  const WeirComponent *source = weir_connection_get_source (connection);
  bool has_source = check_end (connection, true, problems);
  bool has_destination = check_end (connection, false, problems);

  if (!has_source || !has_destination)
    return;
  if (source->kind == WEIR_KIND_PROCESSOR && relationships->len == 0)
    weir_problems_add (
        problems, &connection->base, connection->base.origin, "add it as in from=\"read:success\"",
        "the connection does not say by which relationship it leaves '%s'", connection->from);
  if (source->kind != WEIR_KIND_PROCESSOR && relationships->len > 0) {
    weir_problems_add (problems, &connection->base, connection->base.origin,
                       "write the id without ':'", "the %s '%s' has no relationships",
                       weir_kind_get_text (source->kind), connection->from);
    return;
  }
  for (guint i = 0; i < relationships->len; i++)
    check_route (connection, relationships->pdata[i], routes, problems);
  if (source->kind != WEIR_KIND_PROCESSOR)
    check_route (connection, "", routes, problems);
}

static bool
passes_through (const WeirComponent *component)
{
  return component != NULL &&
         (component->kind == WEIR_KIND_FUNNEL || component->kind == WEIR_KIND_PORT);
}

/* One step of a walk in depth: @component and the connection to go on with. */
typedef struct {
  const WeirComponent *component;
  guint next;
} Step;

static void
tell_loop (const GArray *way, const WeirComponent *again, GPtrArray *problems)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint i = 0;

  while (g_array_index (way, Step, i).component != again)
    i++;
  for (; i < way->len; i++) {
    g_autofree char *path = weir_component_get_path (g_array_index (way, Step, i).component);

    g_string_append_printf (text, "%s -> ", path);
  }
  weir_problems_add (problems, again, again->origin, "put a processor into the loop, or open it",
                     "data would go round for ever (%s%s)", text->str, again->id);
}

/* Returns: the next component on the way that no processor stands before, NULL at its end. */
static const WeirComponent *
step_on (GArray *way, const WeirGraph *graph)
{
  Step *step = &g_array_index (way, Step, way->len - 1);
  const GPtrArray *outgoing = weir_graph_get (graph, step->component)->outgoing;

  while (step->next < outgoing->len) {
    const WeirConnection *connection = outgoing->pdata[step->next++];
    const WeirComponent *next = weir_connection_get_destination (connection);

    if (passes_through (next))
      return next;
  }
  return NULL;
}

void
weir_check_loop (const WeirComponent *start, const WeirGraph *graph, GHashTable *done,
                 GPtrArray *problems)
{
  g_autoptr (GArray) way = g_array_new (false, false, sizeof (Step));
  g_autoptr (GHashTable) on_way = g_hash_table_new (NULL, NULL);
  const WeirComponent *next = start;

  while (next != NULL || way->len > 0) {
    if (next == NULL) {
      const WeirComponent *left = g_array_index (way, Step, way->len - 1).component;

      g_hash_table_remove (on_way, left);
      g_array_set_size (way, way->len - 1);
    } else if (g_hash_table_contains (on_way, next)) {
      tell_loop (way, next, problems);
    } else if (g_hash_table_add (done, (gpointer)next)) {
      Step step = { next, 0 };

      g_hash_table_add (on_way, (gpointer)next);
      g_array_append_val (way, step);
    }
    next = way->len > 0 ? step_on (way, graph) : NULL;
  }
}
