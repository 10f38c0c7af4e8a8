/* component.c: ids, paths and ghosts.
 *
 * What depends on the kind of a component is in flow.c. */
#include "base/limits.h"
#include "model/flow.h"
#include <string.h>

const char *
weir_kind_get_text (WeirKind kind)
{
  static const char *const texts[WEIR_N_KINDS] = {
    "processor", "service", "port", "funnel", "label", "connection", "group",
  };

  return texts[kind];
}

static char *
get_own_text (const WeirComponent *component)
{
  if (component->kind == WEIR_KIND_CONNECTION && component->id[0] == '\0') {
    const WeirConnection *connection = (const WeirConnection *)component;
    g_autofree char *from = weir_connection_get_from_text (connection);

    return g_strdup_printf ("%s -> %s", from, connection->to);
  }
  return g_strdup (component->id);
}

char *
weir_component_get_path (const WeirComponent *component)
{
  g_autofree char *path = get_own_text (component);

  for (const WeirGroup *group = component->parent; group != NULL && group->base.parent != NULL;
       group = group->base.parent) {
    char *longer = g_strconcat (group->base.id, "/", path, NULL);

    g_free (path);
    path = longer;
  }
  return g_steal_pointer (&path);
}

const char *
weir_component_get_label (const WeirComponent *component)
{
  return component->name[0] != '\0' ? component->name : component->id;
}

bool
weir_id_is_valid (const char *id)
{
  size_t length = strlen (id);

  if (length == 0 || length > WEIR_LIMIT_ID || id[0] == '-' || id[0] == '.')
    return false;
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isalnum (id[i]) && strchr ("_-.", id[i]) == NULL)
      return false;
  return true;
}

void
weir_ghosts_add (GPtrArray **array, const char *text)
{
  if (*array == NULL)
    *array = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (*array, g_strdup (text));
}

void
weir_ghosts_add_attribute (WeirGhosts *ghosts, const char *name, const char *value)
{
  weir_ghosts_add (&ghosts->attributes, name);
  weir_ghosts_add (&ghosts->attributes, value);
}

bool
weir_ghosts_has_attribute (const WeirGhosts *ghosts, const char *name)
{
  for (guint i = 0; ghosts->attributes != NULL && i < ghosts->attributes->len; i += 2)
    if (strcmp (ghosts->attributes->pdata[i], name) == 0)
      return true;
  return false;
}

bool
weir_ghosts_is_empty (const WeirGhosts *ghosts)
{
  return ghosts->before == NULL && ghosts->inside == NULL && ghosts->after == NULL &&
         ghosts->attributes == NULL;
}

void
weir_ghosts_clear (WeirGhosts *ghosts)
{
  g_clear_pointer (&ghosts->before, g_ptr_array_unref);
  g_clear_pointer (&ghosts->inside, g_ptr_array_unref);
  g_clear_pointer (&ghosts->after, g_ptr_array_unref);
  g_clear_pointer (&ghosts->attributes, g_ptr_array_unref);
}
