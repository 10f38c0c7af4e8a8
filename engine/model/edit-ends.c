/* edit-ends.c: ends are texts; which component they mean is asked in each step anew. */
#include "base/limits.h"
#include "model/edit-parts.h"
#include "model/graph.h"
#include <string.h>
#include <weir/error.h>

/* True when @text, an end in the group of @component or, with @group_id, in the one around that,
 * names what has @id. */
static bool
end_names (const char *text, const char *group_id, const char *id, bool is_group)
{
  size_t length = group_id != NULL ? strlen (group_id) : 0;

  if (group_id != NULL) {
    if (strncmp (text, group_id, length) != 0 || text[length] != '/')
      return false;
    text += length + 1;
  }
  length = strlen (id);
  return strncmp (text, id, length) == 0 && text[length] == (is_group ? '/' : '\0');
}

static const char *
get_end (const WeirConnection *connection, bool is_source)
{
  return is_source ? connection->from : connection->to;
}

/* Ends name the first of those with one id. */
static bool
is_found (const WeirComponent *component)
{
  return component->parent != NULL &&
         weir_group_find (component->parent, component->id) == component;
}

static bool
names (const WeirConnection *connection, const WeirComponent *component, const char *id,
       bool is_source)
{
  const char *text = get_end (connection, is_source);
  const WeirGroup *group = component->parent;
  bool is_group = component->kind == WEIR_KIND_GROUP;

  if (connection->base.parent == group)
    return end_names (text, NULL, id, is_group);
  return component->kind == WEIR_KIND_PORT && connection->base.parent == group->base.parent &&
         is_found (&group->base) && end_names (text, group->base.id, id, false);
}

bool
weir_edit_touches (const WeirConnection *connection, const WeirComponent *component, bool is_source)
{
  return names (connection, component, component->id, is_source) && is_found (component);
}

static bool
touches (const WeirConnection *connection, const WeirComponent *component)
{
  return weir_edit_touches (connection, component, true) ||
         weir_edit_touches (connection, component, false);
}

/* The groups whose connections may lead to @component; the second may be NULL. */
static void
get_groups (const WeirComponent *component, const WeirGroup *groups[2])
{
  groups[0] = component->parent;
  groups[1] = component->kind == WEIR_KIND_PORT ? component->parent->base.parent : NULL;
}

GPtrArray *
weir_edit_get_touching (const WeirComponent *component)
{
  GPtrArray *found = g_ptr_array_new ();
  const WeirGroup *groups[2] = { NULL };

  if (component->kind == WEIR_KIND_CONNECTION)
    return found;
  get_groups (component, groups);
  for (unsigned i = 0; i < 2 && groups[i] != NULL; i++) {
    WeirConnection *connection = NULL;
    guint position = 0;

    while ((connection = weir_group_next (groups[i], WEIR_KIND_CONNECTION, &position)) != NULL)
      if (touches (connection, component))
        g_ptr_array_add (found, connection);
  }
  return found;
}

const WeirConnection *
weir_edit_get_waiting (const WeirComponent *component, const char *id)
{
  const WeirGroup *groups[2] = { NULL };

  if (component->kind == WEIR_KIND_CONNECTION || id[0] == '\0')
    return NULL;
  get_groups (component, groups);
  for (unsigned i = 0; i < 2 && groups[i] != NULL; i++) {
    const WeirConnection *connection = NULL;
    guint position = 0;

    while ((connection = weir_group_next (groups[i], WEIR_KIND_CONNECTION, &position)) != NULL)
      if (names (connection, component, id, true) || names (connection, component, id, false))
        return connection;
  }
  return NULL;
}

bool
weir_edit_leads_into (const WeirConnection *connection, GHashTable *set, bool is_source)
{
  const char *end = get_end (connection, is_source);
  const char *slash = strchr (end, '/');
  g_autofree char *id = slash != NULL ? g_strndup (end, (gsize)(slash - end)) : g_strdup (end);
  const WeirComponent *found = weir_group_find (connection->base.parent, id);

  if (found == NULL || found->kind == WEIR_KIND_CONNECTION ||
      (found->kind == WEIR_KIND_GROUP) != (slash != NULL))
    return false;
  if (g_hash_table_contains (set, found))
    return true;
  if (slash != NULL)
    found = weir_group_find ((const WeirGroup *)found, slash + 1);
  return found != NULL && found->kind == WEIR_KIND_PORT && g_hash_table_contains (set, found);
}

static char *
rename_end (const char *text, const WeirConnection *connection, const WeirComponent *component,
            const char *id)
{
  if (component->kind == WEIR_KIND_GROUP)
    return g_strconcat (id, text + strlen (component->id), NULL);
  if (connection->base.parent == component->parent)
    return g_strdup (id);
  return g_strconcat (component->parent->base.id, "/", id, NULL);
}

void
weir_edit_follow (WeirConnection *connection, const WeirComponent *component, const char *id)
{
  if (weir_edit_touches (connection, component, true)) {
    char *from = rename_end (connection->from, connection, component, id);

    g_free (connection->from);
    connection->from = from;
  }
  if (weir_edit_touches (connection, component, false)) {
    char *to = rename_end (connection->to, connection, component, id);

    g_free (connection->to);
    connection->to = to;
  }
}

bool
weir_edit_check_end (const WeirGroup *group, const char *text, bool is_source, GError **error)
{
  g_autofree char *end = is_source ? g_strndup (text, strcspn (text, ":")) : g_strdup (text);
  WeirConnection *probe = weir_connection_new (end, NULL, end);
  g_autofree char *problem = NULL;
  g_autofree char *advice = NULL;

  probe->base.parent = (WeirGroup *)group;
  problem = weir_connection_explain (probe, is_source, &advice);
  probe->base.parent = NULL;
  weir_component_free (&probe->base);
  if (problem != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "%s: %s", problem, advice);
  return problem == NULL;
}

int
weir_edit_get_index (const WeirComponent *component)
{
  guint index = 0;

  (void)g_ptr_array_find (component->parent->children, component, &index);
  return (int)index;
}

bool
weir_edit_is_twin (const WeirComponent *component)
{
  const GPtrArray *children = component->parent->children;

  if (component->id[0] == '\0')
    return false;
  if (!is_found (component))
    return true;
  for (guint i = (guint)weir_edit_get_index (component) + 1; i < children->len; i++)
    if (strcmp (((const WeirComponent *)children->pdata[i])->id, component->id) == 0)
      return true;
  return false;
}

bool
weir_edit_check_id (const WeirGroup *group, const WeirComponent *component, const char *id,
                    GError **error)
{
  const WeirComponent *other = weir_group_find (group, id);

  if (component->kind == WEIR_KIND_CONNECTION && id[0] == '\0')
    return true;
  if (!weir_id_is_valid (id)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "'%s' cannot be an id: use letters, digits, '_', '-' and '.', at most %d", id,
                 WEIR_LIMIT_ID);
    return false;
  }
  if (other != NULL) {
    g_autofree char *path = weir_component_get_path (&group->base);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "the %s%s%s already has a %s '%s': choose another id",
                 path[0] != '\0' ? "group '" : "flow", path, path[0] != '\0' ? "'" : "",
                 weir_kind_get_text (other->kind), id);
    return false;
  }
  return true;
}

static unsigned
get_height (const WeirComponent *component)
{
  const WeirGroup *group = (const WeirGroup *)component;
  unsigned height = 0;

  if (component->kind != WEIR_KIND_GROUP)
    return 0;
  for (guint i = 0; i < group->children->len; i++)
    height = MAX (height, get_height (group->children->pdata[i]));
  return height + 1;
}

bool
weir_edit_check_depth (const WeirGroup *group, const WeirComponent *component, GError **error)
{
  unsigned depth = get_height (component);

  if (depth == 0)
    return true;
  for (; group->base.parent != NULL; group = group->base.parent)
    depth++;
  if (depth > WEIR_LIMIT_GROUP_DEPTH)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "groups would be nested deeper than %d: make it flatter", WEIR_LIMIT_GROUP_DEPTH);
  return depth <= WEIR_LIMIT_GROUP_DEPTH;
}
