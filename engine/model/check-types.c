/* check-types.c: what can be told only with knowledge of the types. */
#include "base/suggest.h"
#include "model/check-parts.h"

typedef struct {
  const WeirProcessorNode *node;
  const GPtrArray *known; /* char *, its relationships */
  GHashTable *names;      /* the same */
  GHashTable *used;       /* names of those that lead somewhere */
  GPtrArray *problems;
} Judge;

/* @name was used: it must be known. */
static void
check_exists (const Judge *judge, const char *name, const WeirComponent *owner, WeirOrigin origin)
{
  const GPtrArray *known = judge->known;
  const char *nearest = NULL;
  g_autofree char *advice = NULL;

  g_hash_table_add (judge->used, (gpointer)name);
  if (name[0] == '\0' || g_hash_table_contains (judge->names, name))
    return;
  nearest = weir_suggest (name, (const char *const *)known->pdata, known->len);
  if (nearest != NULL) {
    advice = g_strdup_printf ("did you mean '%s'?", nearest);
  } else {
    g_autoptr (GString) all = g_string_new (known->len > 0 ? "it has " : "it has none");

    for (guint i = 0; i < known->len; i++)
      g_string_append_printf (all, "%s'%s'", i > 0 ? ", " : "", (const char *)known->pdata[i]);
    advice = g_string_free (g_steal_pointer (&all), FALSE);
  }
  weir_problems_add (judge->problems, owner, origin, advice, "%s '%s' has no relationship '%s'",
                     judge->node->type, judge->node->base.id, name);
}

static void
check_named_relationships (const Judge *judge, const GPtrArray *outgoing)
{
  const WeirProcessorNode *node = judge->node;

  for (guint i = 0; i < outgoing->len; i++) {
    const WeirConnection *connection = outgoing->pdata[i];

    for (guint k = 0; k < connection->relationships->len; k++)
      check_exists (judge, connection->relationships->pdata[k], &connection->base,
                    connection->base.origin);
  }
  for (guint i = 0; i < node->auto_terminates->len; i++) {
    const WeirAutoTerminate *auto_terminate = node->auto_terminates->pdata[i];

    check_exists (judge, auto_terminate->relationship, &node->base, auto_terminate->origin);
  }
}

static void
check_all_lead_somewhere (const Judge *judge)
{
  const WeirProcessorNode *node = judge->node;

  for (guint i = 0; i < judge->known->len; i++) {
    const char *name = judge->known->pdata[i];
    g_autofree char *advice = NULL;

    if (g_hash_table_contains (judge->used, name))
      continue;
    advice = g_strdup_printf ("connect it or add <auto-terminate relationship=\"%s\"/>", name);
    weir_problems_add (judge->problems, &node->base, node->base.origin, advice,
                       "relationship '%s' of '%s' leads nowhere", name, node->base.id);
  }
}

static void
check_input (const WeirProcessorNode *node, WeirInput input, const GPtrArray *incoming,
             GPtrArray *problems)
{
  bool has_input = false;

  /* What a processor sends to itself must have come from elsewhere first. */
  for (guint i = 0; i < incoming->len; i++)
    has_input = has_input || weir_connection_get_source (incoming->pdata[i]) != &node->base;
  if (input == WEIR_INPUT_REQUIRED && !has_input)
    weir_problems_add (problems, &node->base, node->base.origin, "lead a connection to it",
                       "%s '%s' needs input", node->type, node->base.id);
  if (input == WEIR_INPUT_FORBIDDEN && incoming->len > 0)
    weir_problems_add (problems, &node->base, node->base.origin,
                       "take out the connections that lead to it", "%s '%s' takes no input",
                       node->type, node->base.id);
}

void
weir_check_processor_type (const WeirProcessorNode *node, const WeirCheck *check,
                           const WeirGraph *graph, GPtrArray *problems)
{
  const WeirTypeCatalog *catalog = check->catalog;
  const WeirEnds *ends = weir_graph_get (graph, &node->base);
  g_autoptr (GPtrArray) values =
      weir_resolver_resolve_all (check->resolver, &node->base, node->properties, problems);
  g_autoptr (GPtrArray) relationships = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);
  WeirTypeInfo info = { .relationships = relationships };
  Judge judge = { node, relationships, names, used, problems };

  /* A disabled one may be unfinished. */
  if (catalog == NULL || node->disabled || node->type[0] == '\0' ||
      !catalog->describe (catalog->data, node, values, &info, problems))
    return;
  for (guint i = 0; i < relationships->len; i++)
    g_hash_table_add (names, relationships->pdata[i]);
  check_named_relationships (&judge, ends->outgoing);
  check_all_lead_somewhere (&judge);
  for (guint i = 0; i < node->retries->len; i++) {
    const WeirRetry *retry = node->retries->pdata[i];

    check_exists (&judge, retry->relationship, &node->base, retry->origin);
  }
  check_input (node, info.input, ends->incoming, problems);
}

void
weir_check_service_type (const WeirServiceNode *node, const WeirCheck *check, GPtrArray *problems)
{
  const WeirTypeCatalog *catalog = check->catalog;
  g_autoptr (GPtrArray) values =
      weir_resolver_resolve_all (check->resolver, &node->base, node->properties, problems);

  if (catalog != NULL && !node->disabled && node->type[0] != '\0')
    catalog->describe_service (catalog->data, node, values, problems);
}
