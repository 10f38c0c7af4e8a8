/* catalog.c: between the nodes of a flow and the configuration of a type. */
#include "plugin/catalog.h"
#include "plugin/config.h"
#include <string.h>

static const WeirPropertyNode *
find_node (const GPtrArray *nodes, const char *name)
{
  for (guint i = 0; name != NULL && i < nodes->len; i++) {
    const WeirPropertyNode *node = g_ptr_array_index (nodes, i);

    if (strcmp (node->name, name) == 0)
      return node;
  }
  return NULL;
}

static bool
is_unresolved (const GPtrArray *nodes, const GPtrArray *values, const char *name)
{
  for (guint i = 0; name != NULL && i < nodes->len; i++) {
    const WeirPropertyNode *node = g_ptr_array_index (nodes, i);
    const WeirResolved *value = g_ptr_array_index (values, i);

    if (value->text == NULL && strcmp (node->name, name) == 0)
      return true;
  }
  return false;
}

static void
tell_problem (const WeirProcessorNode *node, const WeirConfigProblem *problem, GPtrArray *problems)
{
  const WeirPropertyNode *property = find_node (node->properties, problem->property);
  WeirOrigin origin = property != NULL ? property->origin : (WeirOrigin){ 0 };

  if (problem->property != NULL)
    weir_problems_add (problems, &node->base, origin, "", "property '%s': %s", problem->property,
                       problem->message);
  else
    weir_problems_add (problems, &node->base, origin, "", "%s", problem->message);
}

static const WeirProperty *
find_property (const WeirProcessor *type, const char *name)
{
  for (size_t i = 0; i < type->n_properties; i++)
    if (strcmp (type->properties[i].name, name) == 0)
      return &type->properties[i];
  return NULL;
}

/* A secret in a property that is not sensitive would be shown, and one that is written down in the
 * flow file is none. */
static void
check_secrecy (const WeirProcessor *type, const WeirProcessorNode *node,
               const WeirPropertyNode *property_node, const WeirResolved *value,
               GPtrArray *problems)
{
  const WeirProperty *property = find_property (type, property_node->name);

  if (property == NULL || value->text == NULL || property->sensitive == value->is_secret)
    return;
  if (value->is_secret)
    weir_problems_add (
        problems, &node->base, property_node->origin, "use a parameter without secret=",
        "property '%s' is shown to everybody and must not hold a secret", property->name);
  else
    weir_problems_warn (problems, &node->base, property_node->origin,
                        "put it into a parameter with secret=\"env:NAME\" or \"file:PATH\"",
                        "property '%s' is a secret that everybody who reads the flow file sees",
                        property->name);
}

static void
add_relationships (const WeirProcessor *type, const WeirConfig *config, GPtrArray *relationships)
{
  if (config == NULL) {
    for (size_t i = 0; i < type->n_relationships; i++)
      g_ptr_array_add (relationships, g_strdup (type->relationships[i].name));
    return;
  }
  for (unsigned i = 0; i < weir_config_get_n_relationships (config); i++)
    g_ptr_array_add (relationships, g_strdup (weir_config_get_relationship (config, i)));
}

/* The same words once are enough: takes the last problem back when there is one like it. */
static void
drop_if_told (GPtrArray *problems)
{
  const WeirProblem *last = problems->pdata[problems->len - 1];

  for (guint i = 0; i + 1 < problems->len; i++) {
    const WeirProblem *problem = problems->pdata[i];

    if (g_str_equal (problem->path, last->path) && g_str_equal (problem->message, last->message)) {
      g_ptr_array_set_size (problems, (int)problems->len - 1);
      return;
    }
  }
}

/* Why it is missing is often the same for all, and then no matter of one processor. */
static void
tell_unknown (WeirRegistry *registry, const WeirProcessorNode *node, GPtrArray *problems)
{
  g_autofree char *message = NULL;
  g_autofree char *gap = NULL;

  weir_registry_describe_unknown (registry, node->type, &message, &gap);
  weir_problems_add (problems, &node->base, (WeirOrigin){ 0 }, "", "%s", message);
  if (gap == NULL || weir_problems_are_full (problems))
    return;
  weir_problems_add (problems, NULL, (WeirOrigin){ 0 }, "", "%s", gap);
  drop_if_told (problems);
}

static bool
describe (void *data, const WeirProcessorNode *node, const GPtrArray *values, WeirTypeInfo *info,
          GPtrArray *problems)
{
  g_autoptr (GArray) texts = g_array_new (FALSE, FALSE, sizeof (WeirPropertyText));
  g_autoptr (GPtrArray) found = weir_config_problems_new ();
  g_autoptr (WeirConfig) config = NULL;
  const WeirProcessor *type = weir_registry_find (data, node->type, NULL);

  if (type == NULL) {
    tell_unknown (data, node, problems);
    return false;
  }
  for (guint i = 0; i < node->properties->len; i++) {
    const WeirPropertyNode *property = g_ptr_array_index (node->properties, i);
    const WeirResolved *value = g_ptr_array_index (values, i);
    WeirPropertyText text = { property->name, value->text, value->is_secret };

    check_secrecy (type, node, property, value, problems);
    if (value->text != NULL)
      g_array_append_val (texts, text);
  }

  config = weir_config_new (type, (const WeirPropertyText *)texts->data, texts->len, found);
  for (guint i = 0; i < found->len; i++) {
    const WeirConfigProblem *problem = g_ptr_array_index (found, i);

    if (!is_unresolved (node->properties, values, problem->property))
      tell_problem (node, problem, problems);
  }

  info->input = type->input;
  if (texts->len < node->properties->len)
    g_clear_pointer (&config, weir_config_free);
  if (config == NULL && type->on_configure != NULL)
    return false;
  add_relationships (type, config, info->relationships);
  return true;
}

static void
describe_service (void *data, const WeirServiceNode *node, const GPtrArray *values,
                  GPtrArray *problems)
{
  weir_problems_add (problems, &node->base, (WeirOrigin){ 0 }, "remove it",
                     "there is no service type '%s', nor any other in this engine", node->type);
}

WeirTypeCatalog
weir_catalog_new (WeirRegistry *registry)
{
  return (WeirTypeCatalog){ .data = registry,
                            .describe = describe,
                            .describe_service = describe_service };
}
