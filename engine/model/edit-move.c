/* edit-move.c: other ids and other groups. What stays the same is the component. */
#include "model/edit-parts.h"
#include "model/locate.h"
#include <string.h>
#include <weir/error.h>

/* --- ids --- */

bool
weir_editor_rename (WeirEditor *editor, WeirComponent *component, const char *id, bool restores,
                    GError **error)
{
  g_autoptr (GPtrArray) touching = NULL;
  const WeirConnection *waiting = NULL;
  WeirEdit *undo = NULL;
  g_autofree char *old = g_strdup (component->id);
  bool was_odd =
      weir_edit_is_twin (component) ||
      (!weir_id_is_valid (old) && (component->kind != WEIR_KIND_CONNECTION || old[0] != '\0'));

  if (strcmp (old, id) == 0)
    return true;
  if (!restores && !weir_edit_check_id (component->parent, component, id, error))
    return false;
  waiting = restores ? NULL : weir_edit_get_waiting (component, id);
  if (waiting != NULL) {
    g_autofree char *path = weir_component_get_path (&waiting->base);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "'%s' cannot become '%s', which the connection '%s' names already: remove or "
                 "re-route that first",
                 old, id, path);
    return false;
  }
  touching = weir_edit_get_touching (component);
  weir_editor_keep_path (editor, component);
  for (guint i = 0; i < touching->len; i++) {
    weir_editor_keep_path (editor, touching->pdata[i]);
    weir_edit_follow (touching->pdata[i], component, id);
  }
  weir_group_set_id (component->parent, component, id);
  undo = weir_editor_note (editor, WEIR_EDIT_RENAME, component);
  undo->id = g_steal_pointer (&old);
  undo->restores = was_odd;
  return true;
}

/* --- groups --- */

typedef struct {
  WeirComponent *component;
  int from; /* index in the group it comes from */
  int to;   /* wanted index, -1: at the end */
} Item;

static bool
is_within (const WeirGroup *group, const WeirComponent *component)
{
  for (; group != NULL; group = group->base.parent)
    if (&group->base == component)
      return true;
  return false;
}

/* Which ends of @connection lead into @set: bit 0 the source, bit 1 the destination. */
static unsigned
get_ends_in (const WeirConnection *connection, GHashTable *set)
{
  return (weir_edit_leads_into (connection, set, true) ? 1 : 0) |
         (weir_edit_leads_into (connection, set, false) ? 2 : 0);
}

static bool
refuse_crossing (const WeirConnection *connection, GError **error)
{
  g_autofree char *path = weir_component_get_path (&connection->base);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "the connection '%s' leads from what moves to what stays: move both of its ends, "
               "remove it, or make a group",
               path);
  return false;
}

/* True when a connection in @group that is not in @set leads to something there: it was waiting for
 * it. */
static bool
has_waiting (const WeirGroup *group, GHashTable *set)
{
  WeirConnection *connection = NULL;
  guint position = 0;

  while (group != NULL &&
         (connection = weir_group_next (group, WEIR_KIND_CONNECTION, &position)) != NULL)
    if (!g_hash_table_contains (set, connection) && get_ends_in (connection, set) != 0)
      return true;
  return false;
}

/* Adds the connections of @group between those in @set; none may have one end there only. */
static bool
add_connections (const WeirGroup *group, GHashTable *set, GPtrArray *components, GError **error)
{
  g_autoptr (GPtrArray) inner = g_ptr_array_new ();
  WeirConnection *connection = NULL;
  guint position = 0;

  while ((connection = weir_group_next (group, WEIR_KIND_CONNECTION, &position)) != NULL) {
    unsigned ends = get_ends_in (connection, set);
    bool is_named = g_hash_table_contains (set, connection);

    if (ends == 1 || ends == 2 || (ends == 0 && is_named))
      return refuse_crossing (connection, error);
    if (ends == 3 && !is_named)
      g_ptr_array_add (inner, connection);
  }
  position = 0;
  while (group->base.parent != NULL &&
         (connection = weir_group_next (group->base.parent, WEIR_KIND_CONNECTION, &position)) !=
             NULL)
    if (get_ends_in (connection, set) != 0)
      return refuse_crossing (connection, error);
  g_ptr_array_extend (components, inner, NULL, NULL);
  return true;
}

static bool
check_arrival (const WeirComponent *component, const WeirGroup *to, bool restores, GError **error)
{
  if (component->kind == WEIR_KIND_GROUP && is_within (to, component)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the group '%s' cannot be moved into itself", component->id);
    return false;
  }
  return weir_edit_check_depth (to, component, error) &&
         (restores || weir_edit_check_id (to, component, component->id, error));
}

/* Adds to @components what moves with them. */
static bool
check_move (GPtrArray *components, const WeirGroup *to, bool restores, GError **error)
{
  const WeirGroup *from = ((const WeirComponent *)components->pdata[0])->parent;
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < components->len; i++) {
    const WeirComponent *component = components->pdata[i];

    if (component->parent != from) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "'%s' and '%s' are in different groups: move those of one group at once",
                   ((const WeirComponent *)components->pdata[0])->id, component->id);
      return false;
    }
    g_hash_table_add (set, components->pdata[i]);
  }
  if (from == to)
    return true;
  if (!restores && !add_connections (from, set, components, error))
    return false;
  for (guint i = 0; i < components->len; i++)
    if (!check_arrival (components->pdata[i], to, restores, error))
      return false;
  return true;
}

static int
compare_from (gconstpointer a, gconstpointer b)
{
  return ((const Item *)a)->from - ((const Item *)b)->from;
}

/* Ascending, those for the end last and as they stood. */
static int
compare_to (gconstpointer a, gconstpointer b)
{
  const Item *first = a;
  const Item *second = b;

  if (first->to != second->to)
    return (unsigned)first->to < (unsigned)second->to ? -1 : 1;
  return compare_from (a, b);
}

static GArray *
make_items (const GPtrArray *components, const GArray *indexes)
{
  GArray *items = g_array_new (false, false, sizeof (Item));

  for (guint i = 0; i < components->len; i++) {
    Item item = { components->pdata[i], weir_edit_get_index (components->pdata[i]), -1 };

    if (indexes != NULL && i < indexes->len)
      item.to = g_array_index (indexes, int, i);
    g_array_append_val (items, item);
  }
  return items;
}

static bool
awaits (const WeirGroup *to, const GPtrArray *components)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < components->len; i++)
    g_hash_table_add (set, components->pdata[i]);
  return has_waiting (to, set) || has_waiting (to->base.parent, set);
}

static void
note_move (WeirEditor *editor, GArray *items, const WeirGroup *from, bool was_odd)
{
  WeirEdit *undo = weir_editor_note (editor, WEIR_EDIT_MOVE, &from->base);

  undo->restores = was_odd;
  g_array_sort (items, compare_from);
  for (guint i = 0; i < items->len; i++) {
    const Item *item = &g_array_index (items, Item, i);
    g_autofree char *path = weir_flow_get_reference (editor->flow, item->component);

    weir_edit_add_path (undo, path, item->from);
  }
}

bool
weir_editor_move (WeirEditor *editor, const GPtrArray *components, const GArray *indexes,
                  WeirGroup *to, bool restores, GError **error)
{
  WeirGroup *from = ((const WeirComponent *)components->pdata[0])->parent;
  g_autoptr (GPtrArray) all = g_ptr_array_copy ((GPtrArray *)components, NULL, NULL);
  g_autoptr (GArray) items = NULL;
  bool was_odd = false;

  if (!check_move (all, to, restores, error))
    return false;
  items = make_items (all, indexes);
  for (guint i = 0; from != to && i < all->len; i++)
    weir_editor_keep_path (editor, all->pdata[i]);
  for (guint i = 0; i < all->len; i++)
    weir_group_remove (from, all->pdata[i]);
  for (guint i = 0; from != to && i < all->len; i++)
    was_odd = was_odd || !weir_edit_check_id (from, all->pdata[i],
                                              ((const WeirComponent *)all->pdata[i])->id, NULL);
  g_array_sort (items, compare_to);
  for (guint i = 0; i < items->len; i++) {
    const Item *item = &g_array_index (items, Item, i);

    weir_group_add (to, item->component,
                    item->to < 0 ? -1 : (int)MIN ((guint)item->to, to->children->len));
  }
  note_move (editor, items, from, was_odd || (from != to && awaits (to, all)));
  return true;
}
