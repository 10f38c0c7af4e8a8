/* service.c: one lock for all of them while one is enabled, since enabling one enables others. */
#include "runtime/service.h"

#include "base/secret.h"
#include "plugin/service-reference.h"
#include "runtime/engine.h"

#include <string.h>

struct WeirServices {
  WeirEngine *engine;
  GPtrArray *all;      /* WeirServed, in the order of the flow */
  GHashTable *by_node; /* const WeirServiceNode * to WeirServed *, while a flow is built */
  WeirLock lock;
  GPtrArray *enabled; /* guarded by lock: WeirServed, each behind those that it uses */
};

static void
served_free (void *data)
{
  WeirServed *served = data;

  g_assert (served->config == NULL);
  weir_property_texts_free (served->properties, served->n_properties);
  weir_arena_clear (&served->evaluated);
  pthread_mutex_destroy (&served->lock);
  weir_state_free (served->state);
  g_free (served->context);
  g_free ((char *)served->path);
  g_free ((char *)served->name);
  weir_attic_clear (&served->attic);
  g_free (served);
}

WeirServices *
weir_services_new (WeirEngine *engine)
{
  WeirServices *services = g_new0 (WeirServices, 1);

  services->engine = engine;
  services->all = g_ptr_array_new_with_free_func (served_free);
  services->by_node = g_hash_table_new (NULL, NULL);
  services->enabled = g_ptr_array_new ();
  pthread_mutex_init (&services->lock, NULL);
  return services;
}

void
weir_services_free (WeirServices *services)
{
  if (services == NULL)
    return;
  pthread_mutex_destroy (&services->lock);
  g_ptr_array_unref (services->enabled);
  g_hash_table_unref (services->by_node);
  g_ptr_array_unref (services->all);
  g_free (services);
}

const GPtrArray *
weir_services_list (const WeirServices *services)
{
  return services->all;
}

bool
weir_services_add (WeirServices *services, const WeirServiceNode *node, GError **error)
{
  const WeirServiceDescriptor *type =
      weir_registry_find_service (services->engine->registry, node->type, error);
  WeirServed *served;

  if (type == NULL)
    return false;
  served = g_new0 (WeirServed, 1);
  served->type = type;
  served->node = node;
  served->engine = services->engine;
  served->path = weir_component_get_path (&node->base);
  served->name = g_strdup (weir_component_get_label (&node->base));
  served->context = g_new0 (WeirContext, 1);
  served->context->service = served;
  pthread_mutex_init (&served->lock, NULL);
  weir_arena_init (&served->evaluated);
  served->state = weir_state_new ();
  g_ptr_array_add (services->all, served);
  g_hash_table_insert (services->by_node, (gpointer)node, served);
  return true;
}

/* --- properties --- */

void
weir_property_texts_free (WeirPropertyText *properties, size_t n_properties)
{
  for (size_t i = 0; properties != NULL && i < n_properties; i++) {
    g_free ((char *)properties[i].name);
    weir_secret_free ((char *)properties[i].value);
  }
  g_free (properties);
}

/* One that may be unfinished. */
static bool
is_disabled (const WeirComponent *component)
{
  return component->kind == WEIR_KIND_PROCESSOR && ((const WeirProcessorNode *)component)->disabled;
}

/* Sets what @text refers to, if its property refers to anything. */
static bool
refer (WeirServices *services, const WeirComponent *owner, const WeirProcessor *type,
       WeirPropertyText *text, GError **error)
{
  for (size_t i = 0; i < type->n_properties && !is_disabled (owner); i++) {
    const WeirProperty *property = &type->properties[i];
    const WeirServiceNode *node;

    if (property->type != WEIR_TYPE_SERVICE || *text->value == '\0' ||
        strcmp (property->name, text->name) != 0)
      continue;
    node = weir_service_reference_find (services->engine->registry, owner, property, text->value,
                                        error);
    if (node == NULL) {
      g_prefix_error (error, "property \"%s\": ", property->name);
      return false;
    }
    text->service = &((WeirServed *)g_hash_table_lookup (services->by_node, node))->face;
  }
  return true;
}

WeirPropertyText *
weir_services_resolve_properties (WeirServices *services, WeirResolver *resolver,
                                  const WeirComponent *owner, const WeirProcessor *type,
                                  const GPtrArray *properties, GError **error)
{
  g_autoptr (GPtrArray) problems = weir_problems_new ();
  g_autoptr (GPtrArray) values = weir_resolver_resolve_all (resolver, owner, properties, problems);
  WeirPropertyText *texts = g_new0 (WeirPropertyText, MAX (properties->len, 1));

  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];
    const WeirResolved *value = values->pdata[i];

    texts[i].name = g_strdup (property->name);
    texts[i].value = g_strdup (value->text);
    texts[i].is_secret = value->is_secret;
    if (value->text != NULL && !value->is_secret)
      weir_secrecy_add_property (services->engine->secrecy, type, property->name, value->text);
    if (value->text == NULL)
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "property \"%s\" names a parameter that has no value", property->name);
    if (value->text == NULL || !refer (services, owner, type, &texts[i], error)) {
      g_autofree char *path = weir_component_get_path (owner);

      g_prefix_error (error, "%s: ", path);
      weir_property_texts_free (texts, i + 1);
      return NULL;
    }
  }
  return texts;
}

bool
weir_services_resolve (WeirServices *services, WeirResolver *resolver, GError **error)
{
  for (guint i = 0; i < services->all->len; i++) {
    WeirServed *served = services->all->pdata[i];
    const WeirServiceNode *node = served->node;

    served->properties = weir_services_resolve_properties (
        services, resolver, &node->base, served->type->common, node->properties, error);
    if (served->properties == NULL)
      return false;
    served->n_properties = node->properties->len;
  }
  return true;
}

/* --- enabling: the caller holds the lock --- */

static bool enable_all (WeirServices *services, const WeirPropertyText *properties,
                        size_t n_properties, GError **error);

static bool
configure (WeirServed *served, GError **error)
{
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();

  served->config =
      weir_config_new (served->type->common, served->properties, served->n_properties, problems);
  if (served->config == NULL)
    weir_config_problems_to_error (problems, error);
  return served->config != NULL;
}

static bool
enable (WeirServices *services, WeirServed *served, GError **error)
{
  const WeirProcessor *type = served->type->common;
  void *state;

  if (!enable_all (services, served->properties, served->n_properties, error) ||
      !configure (served, error))
    return false;
  state = weir_config_get_state (served->config);
  if (type->on_scheduled != NULL && !type->on_scheduled (state, served->context, error)) {
    if (error != NULL && *error == NULL)
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED, "it failed and gave no reason");
    g_clear_pointer (&served->config, weir_config_free);
    return false;
  }
  served->face = (WeirService){ served->type->methods, state };
  g_ptr_array_add (services->enabled, served);
  return true;
}

static bool
enable_one (WeirServices *services, WeirServed *served, GError **error)
{
  bool worked;

  if (served->config != NULL && !served->is_enabling)
    return true;
  if (served->is_enabling) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "it needs services that need it; let one of them do without");
    worked = false;
  } else {
    served->is_enabling = true;
    worked = enable (services, served, error);
    served->is_enabling = false;
  }
  if (!worked)
    g_prefix_error (error, "service '%s': ", served->path);
  return worked;
}

static bool
enable_all (WeirServices *services, const WeirPropertyText *properties, size_t n_properties,
            GError **error)
{
  for (size_t i = 0; i < n_properties; i++) {
    const WeirService *face = properties[i].service;

    /* It is the first member. */
    if (face != NULL && !enable_one (services, (WeirServed *)face, error))
      return false;
  }
  return true;
}

bool
weir_services_enable (WeirServices *services, const WeirPropertyText *properties,
                      size_t n_properties, GError **error)
{
  WEIR_LOCKED (&services->lock);
  return enable_all (services, properties, n_properties, error);
}

/* Those behind it use it; they are disabled already. */
static void
disable (WeirServices *services, guint index)
{
  WeirServed *served = g_ptr_array_steal_index (services->enabled, index);

  if (served->type->common->on_stopped != NULL)
    served->type->common->on_stopped (served->face.state);
  served->face = (WeirService){ 0 };
  g_clear_pointer (&served->config, weir_config_free);
}

bool
weir_services_is_enabled (WeirServices *services, const WeirServed *served)
{
  WEIR_LOCKED (&services->lock);
  return served->config != NULL && !served->is_enabling;
}

void
weir_services_disable (WeirServices *services)
{
  WEIR_LOCKED (&services->lock);
  while (services->enabled->len > 0)
    disable (services, services->enabled->len - 1);
}

void
weir_services_disable_some (WeirServices *services, GHashTable *some)
{
  WEIR_LOCKED (&services->lock);
  for (guint i = services->enabled->len; i > 0; i--)
    if (g_hash_table_contains (some, services->enabled->pdata[i - 1]))
      disable (services, i - 1);
}

void
weir_services_replace (WeirServices *services, WeirServices *draft, const GPtrArray *now)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (served_free);
  WEIR_LOCKED (&services->lock);

  for (guint i = 0; i < now->len; i++) {
    WeirServed *served = now->pdata[i];
    WeirServices *from = g_ptr_array_find (draft->all, served, NULL) ? draft : services;
    guint index;

    g_ptr_array_find (from->all, served, &index);
    g_ptr_array_add (all, g_ptr_array_steal_index (from->all, index));
  }
  g_ptr_array_unref (services->all);
  services->all = all;
  g_hash_table_remove_all (services->by_node);
}
