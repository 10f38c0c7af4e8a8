/* service-reference.c: from an id to a service, in its group or the nearest one around it. */
#include "plugin/service-reference.h"

#include "base/error.h"
#include "base/suggest.h"

#include <string.h>

static void
set_missing (const WeirComponent *owner, const char *id, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *quoted = weir_error_quote (id);
  const char *nearest;

  for (const WeirGroup *group = owner->parent; group != NULL; group = group->base.parent) {
    const WeirServiceNode *node;

    for (guint at = 0; (node = weir_group_next (group, WEIR_KIND_SERVICE, &at)) != NULL;)
      g_ptr_array_add (ids, node->base.id);
  }
  nearest = weir_suggest (id, (const char *const *)ids->pdata, ids->len);
  if (nearest != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is no service %s in this group or in those around it; did you mean '%s'?",
                 quoted, nearest);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is no service %s in this group or in those around it; add <service "
                 "id=... type=...>",
                 quoted);
}

const WeirServiceNode *
weir_service_reference_find (WeirRegistry *registry, const WeirComponent *owner,
                             const WeirProperty *property, const char *id, GError **error)
{
  const WeirServiceNode *node = weir_group_find_service (owner->parent, id);
  const WeirServiceDescriptor *type;

  if (node == NULL) {
    set_missing (owner, id, error);
    return NULL;
  }
  if (node->disabled) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the service '%s' is disabled; enable it, or disable what uses it", id);
    return NULL;
  }
  /* A type that is unknown is told where the service is. */
  type = weir_registry_find_service (registry, node->type, NULL);
  if (type == NULL || strcmp (type->interface, property->interface) == 0)
    return node;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "the service '%s' is a %s, which offers %s; here a service that offers %s is needed",
               id, node->type, type->interface, property->interface);
  return NULL;
}

/* @seen: those that were looked at, and led nowhere. */
static bool
leads_to (WeirRegistry *registry, const WeirServiceNode *node, const WeirServiceNode *start,
          GHashTable *seen)
{
  const WeirServiceDescriptor *type = weir_registry_find_service (registry, node->type, NULL);

  for (size_t i = 0; type != NULL && i < type->common->n_properties; i++) {
    const WeirProperty *property = &type->common->properties[i];
    const WeirPropertyNode *text = weir_properties_find (node->properties, property->name);
    const WeirServiceNode *next;

    if (property->type != WEIR_TYPE_SERVICE || text == NULL)
      continue;
    next = weir_group_find_service (node->base.parent, text->text);
    if (next == start)
      return true;
    if (next != NULL && g_hash_table_add (seen, (gpointer)next) &&
        leads_to (registry, next, start, seen))
      return true;
  }
  return false;
}

bool
weir_service_reference_is_circular (WeirRegistry *registry, const WeirServiceNode *node)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  return leads_to (registry, node, node, seen);
}
