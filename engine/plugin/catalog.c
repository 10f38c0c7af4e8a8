/* catalog.c: between the nodes of a flow and the configuration of a type. */
#include "plugin/catalog.h"
#include "plugin/config.h"
#include "plugin/service-reference.h"
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

/* A component whose properties are checked. */
typedef struct {
  WeirRegistry *registry;
  const WeirProcessor *type;
  const WeirComponent *component;
  const GPtrArray *properties; /* WeirPropertyNode */
  const GPtrArray *values;     /* WeirResolved, of these */
  GPtrArray *problems;
} Subject;

static void
tell_problem (const Subject *subject, const WeirConfigProblem *problem)
{
  const WeirPropertyNode *property = find_node (subject->properties, problem->property);
  WeirOrigin origin = property != NULL ? property->origin : (WeirOrigin){ 0 };

  if (problem->property != NULL)
    weir_problems_add (subject->problems, subject->component, origin, "", "property '%s': %s",
                       problem->property, problem->message);
  else
    weir_problems_add (subject->problems, subject->component, origin, "", "%s", problem->message);
}

static const WeirProperty *
find_property (const WeirProcessor *type, const char *name)
{
  for (size_t i = 0; i < type->n_properties; i++)
    if (strcmp (type->properties[i].name, name) == 0)
      return &type->properties[i];
  return NULL;
}

/* False for nothing, and for what comes with each FlowFile. */
static bool
is_written_down (const WeirProperty *property, const char *text)
{
  return *text != '\0' && (property->type != WEIR_TYPE_EXPRESSION || strstr (text, "${") == NULL);
}

/* A secret in a property that is not sensitive would be shown, and one that is written down in the
 * flow file is none. */
static void
check_secrecy (const Subject *subject, const WeirPropertyNode *node, const WeirResolved *value)
{
  const WeirProperty *property = find_property (subject->type, node->name);

  const WeirDynamic *dynamic = subject->type->dynamic;
  bool is_sensitive = property != NULL
                          ? property->sensitive
                          : value->is_secret && dynamic != NULL && dynamic->may_be_secret;

  if (value->text == NULL)
    return;
  if (value->is_secret && !is_sensitive)
    weir_problems_add (
        subject->problems, subject->component, node->origin, "use a parameter without secret=",
        "property '%s' is shown to everybody and must not hold a secret", node->name);
  else if (is_sensitive && !value->is_secret && is_written_down (property, value->text))
    weir_problems_warn (subject->problems, subject->component, node->origin,
                        "put it into a parameter by `weir secret set`, or one with "
                        "secret=\"env:NAME\", \"file:PATH\" or \"credential:NAME\"",
                        "property '%s' is a secret that everybody who reads the flow file sees",
                        node->name);
}

static void
check_reference (const Subject *subject, const WeirPropertyNode *node, const WeirResolved *value)
{
  const WeirProperty *property = find_property (subject->type, node->name);
  g_autoptr (GError) error = NULL;

  if (property == NULL || property->type != WEIR_TYPE_SERVICE || value->text == NULL ||
      *value->text == '\0' ||
      weir_service_reference_find (subject->registry, subject->component, property, value->text,
                                   &error) != NULL)
    return;
  weir_problems_add (subject->problems, subject->component, node->origin, "", "property '%s': %s",
                     property->name, error->message);
}

/* Tells all that is wrong with the properties. Returns: (transfer full) (nullable): NULL when there
 * is something, or a property that is not known. */
static WeirConfig *
check_properties (const Subject *subject)
{
  g_autoptr (GArray) texts = g_array_new (FALSE, FALSE, sizeof (WeirPropertyText));
  g_autoptr (GPtrArray) found = weir_config_problems_new ();
  g_autoptr (WeirConfig) config = NULL;

  for (guint i = 0; i < subject->properties->len; i++) {
    const WeirPropertyNode *property = g_ptr_array_index (subject->properties, i);
    const WeirResolved *value = g_ptr_array_index (subject->values, i);
    WeirPropertyText text = { property->name, value->text, value->is_secret };

    check_secrecy (subject, property, value);
    check_reference (subject, property, value);
    if (value->text != NULL)
      g_array_append_val (texts, text);
  }

  config =
      weir_config_new (subject->type, (const WeirPropertyText *)texts->data, texts->len, found);
  for (guint i = 0; i < found->len; i++) {
    const WeirConfigProblem *problem = g_ptr_array_index (found, i);

    if (!is_unresolved (subject->properties, subject->values, problem->property))
      tell_problem (subject, problem);
  }
  return texts->len == subject->properties->len ? g_steal_pointer (&config) : NULL;
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

/* Why it is missing is often the same for all, and then no matter of one component. */
static void
tell_unknown (WeirRegistry *registry, const WeirComponent *component, const char *type,
              GPtrArray *problems)
{
  g_autofree char *message = NULL;
  g_autofree char *gap = NULL;

  weir_registry_describe_unknown (registry, type, component->kind == WEIR_KIND_SERVICE, &message,
                                  &gap);
  weir_problems_add (problems, component, (WeirOrigin){ 0 }, "", "%s", message);
  if (gap == NULL || weir_problems_are_full (problems))
    return;
  weir_problems_add (problems, NULL, (WeirOrigin){ 0 }, "", "%s", gap);
  drop_if_told (problems);
}

static bool
describe (void *data, const WeirProcessorNode *node, const GPtrArray *values, WeirTypeInfo *info,
          GPtrArray *problems)
{
  const WeirProcessor *type = weir_registry_find (data, node->type, NULL);
  Subject subject = { data, type, &node->base, node->properties, values, problems };
  g_autoptr (WeirConfig) config = NULL;

  if (type == NULL) {
    tell_unknown (data, &node->base, node->type, problems);
    return false;
  }
  config = check_properties (&subject);
  info->input = type->input;
  if (config == NULL && type->on_configure != NULL)
    return false;
  add_relationships (type, config, info->relationships);
  return true;
}

static void
describe_service (void *data, const WeirServiceNode *node, const GPtrArray *values,
                  GPtrArray *problems)
{
  const WeirServiceDescriptor *type = weir_registry_find_service (data, node->type, NULL);
  Subject subject = { data, NULL, &node->base, node->properties, values, problems };

  if (type == NULL) {
    tell_unknown (data, &node->base, node->type, problems);
    return;
  }
  subject.type = type->common;
  weir_config_free (check_properties (&subject));
  if (weir_service_reference_is_circular (data, node))
    weir_problems_add (problems, &node->base, (WeirOrigin){ 0 }, "let one of them do without",
                       "the service '%s' needs services that need it", node->base.id);
}

WeirTypeCatalog
weir_catalog_new (WeirRegistry *registry)
{
  return (WeirTypeCatalog){ .data = registry,
                            .describe = describe,
                            .describe_service = describe_service };
}
