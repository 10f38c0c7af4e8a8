/* edit-group.c: makes a group, by other steps: what undoes it is made of theirs.
 *
 * Invariant: a connection between inside and outside keeps its outer part, re-routed to a port, so
 * what is queued in it stays. */
#include "model/edit-parts.h"
#include <string.h>
#include <weir/error.h>

/* --- ids and places --- */

char *
weir_edit_make_id (const WeirGroup *group, const WeirGroup *others, const char *wanted)
{
  g_autoptr (GString) id = g_string_new (wanted);
  size_t length = 0;

  for (size_t i = 0; i < id->len; i++)
    if (!g_ascii_isalnum (id->str[i]) && strchr ("_-.", id->str[i]) == NULL)
      id->str[i] = '-';
  while (id->len > 0 && (id->str[0] == '-' || id->str[0] == '.'))
    g_string_erase (id, 0, 1);
  g_string_truncate (id, MIN (id->len, 100));
  if (id->len == 0)
    g_string_append (id, "port");
  length = id->len;
  for (unsigned n = 2; weir_group_find (group, id->str) != NULL ||
                       (others != NULL && weir_group_find (others, id->str) != NULL);
       n++) {
    g_string_truncate (id, length);
    g_string_append_printf (id, "-%u", n);
  }
  return g_strdup (id->str);
}

typedef struct {
  bool is_set;
  double left, top, right;
} Extent;

static Extent
measure (const GPtrArray *components)
{
  Extent extent = { 0 };

  for (guint i = 0; i < components->len; i++) {
    const WeirPlace *place = &((const WeirComponent *)components->pdata[i])->place;

    if (!place->is_set)
      continue;
    extent.left = extent.is_set ? MIN (extent.left, place->x) : place->x;
    extent.top = extent.is_set ? MIN (extent.top, place->y) : place->y;
    extent.right = extent.is_set ? MAX (extent.right, place->x) : place->x;
    extent.is_set = true;
  }
  return extent;
}

static void
put (WeirComponent *component, double x, double y)
{
  component->place.is_set = true;
  component->place.x = x;
  component->place.y = y;
}

/* --- group --- */

typedef struct {
  WeirEditor *editor;
  WeirGroup *outer;
  WeirGroup *inner;
  const WeirGroup *ids; /* holds the ids that will be in inner: outer, which has them now */
  Extent extent;
  GHashTable *set;        /* of what is grouped */
  GHashTable *ports;      /* what is connected inside, "> b" or "a:success >", to the port's id */
  GPtrArray *connections; /* WeirConnection, to be added within when all is there */
  unsigned n_incoming;    /* ends inside that connections from outside lead to */
} Grouping;

/* The distance of a port from what it stands for: that of two cards. */
#define PORT_DISTANCE 320.0

static char *
name_port (const Grouping *self, const WeirConnection *connection, bool is_output)
{
  g_autofree char *wanted = NULL;

  if (!is_output)
    wanted = self->n_incoming > 1 ? g_strconcat ("in-", connection->to, NULL) : g_strdup ("in");
  else if (connection->relationships->len > 0)
    wanted = g_strdup (connection->relationships->pdata[0]);
  else
    wanted = g_strdup ("out");
  return weir_edit_make_id (self->inner, self->ids, wanted);
}

/* The port for @connection, whose inner end is @end: of several to the same end it is one port.
 * Returns: (transfer none): its id. */
static const char *
provide_port (Grouping *self, const WeirConnection *connection, const char *end, bool is_output)
{
  g_autofree char *key = is_output ? g_strconcat (end, " >", NULL) : g_strconcat ("> ", end, NULL);
  char *id = g_hash_table_lookup (self->ports, key);
  WeirPort *port = NULL;
  WeirConnection *inside = NULL;

  if (id != NULL)
    return id;
  id = name_port (self, connection, is_output);
  port = weir_port_new (id, is_output);
  if (self->extent.is_set)
    put (&port->base,
         is_output ? self->extent.right + PORT_DISTANCE : self->extent.left - PORT_DISTANCE,
         self->extent.top + 120.0 * (double)g_hash_table_size (self->ports));
  if (!weir_editor_add (self->editor, self->inner, &port->base, -1, false, NULL))
    g_assert_not_reached ();
  inside = is_output ? weir_connection_new (connection->from, NULL, id)
                     : weir_connection_new (id, NULL, connection->to);
  for (guint i = 0; is_output && i < connection->relationships->len; i++)
    g_ptr_array_add (inside->relationships, g_strdup (connection->relationships->pdata[i]));
  g_ptr_array_add (self->connections, inside);
  g_hash_table_insert (self->ports, g_steal_pointer (&key), id);
  return id;
}

/* Re-routes @connection, which crosses the border, to a port. */
static bool
cross (Grouping *self, WeirConnection *connection, bool is_output, GError **error)
{
  g_autofree char *end = NULL;
  g_autofree char *outer_end = NULL;

  if (!weir_value_get (&connection->base, (WeirValueName){ is_output ? "from" : "to", NULL }, &end,
                       error))
    return false;
  outer_end = g_strconcat (self->inner->base.id, "/",
                           provide_port (self, connection, end, is_output), NULL);
  return weir_editor_set_value (self->editor, &connection->base, is_output ? "from" : "to",
                                outer_end, error) &&
         weir_editor_set_value (self->editor, &connection->base, "bends", NULL, error);
}

static bool
cross_all (Grouping *self, GError **error)
{
  g_autoptr (GPtrArray) incoming = g_ptr_array_new ();
  g_autoptr (GPtrArray) outgoing = g_ptr_array_new ();
  g_autoptr (GHashTable) ends = g_hash_table_new (g_str_hash, g_str_equal);
  WeirConnection *connection = NULL;
  guint position = 0;

  while ((connection = weir_group_next (self->outer, WEIR_KIND_CONNECTION, &position)) != NULL) {
    bool is_from = weir_edit_leads_into (connection, self->set, true);
    bool is_to = weir_edit_leads_into (connection, self->set, false);

    if (is_from != is_to)
      g_ptr_array_add (is_to ? incoming : outgoing, connection);
    if (is_to && !is_from)
      g_hash_table_add (ends, connection->to);
  }
  self->n_incoming = g_hash_table_size (ends);
  g_hash_table_remove_all (ends);
  for (guint i = 0; i < incoming->len; i++)
    if (!cross (self, incoming->pdata[i], false, error))
      return false;
  for (guint i = 0; i < outgoing->len; i++)
    if (!cross (self, outgoing->pdata[i], true, error))
      return false;
  return true;
}

/* Collects what is grouped; connections come by themselves. */
static bool
collect (Grouping *self, const GPtrArray *components, GPtrArray *chosen, GError **error)
{
  for (guint i = 0; i < components->len; i++) {
    WeirComponent *component = components->pdata[i];

    if (component->parent != self->outer) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "'%s' is in another group: what becomes a group must be in one", component->id);
      return false;
    }
    if (component->kind == WEIR_KIND_PORT && self->outer->base.parent != NULL) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "'%s' is a port of the group around it: leave it out", component->id);
      return false;
    }
    if (component->kind == WEIR_KIND_CONNECTION)
      continue;
    g_ptr_array_add (chosen, component);
    g_hash_table_add (self->set, component);
  }
  if (chosen->len == 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "there is nothing but connections to group");
  return chosen->len > 0;
}

static bool
make_group (Grouping *self, const GPtrArray *chosen, const char *id, const char *name,
            GError **error)
{
  WeirGroup *group = weir_group_new (id);

  self->inner = group;
  self->extent = measure (chosen);
  if (self->extent.is_set)
    put (&group->base, self->extent.left, self->extent.top);
  if (name != NULL) {
    g_free (group->base.name);
    group->base.name = g_strdup (name);
  }
  return weir_editor_add (self->editor, self->outer, &group->base,
                          weir_edit_get_index (chosen->pdata[0]), false, error) &&
         cross_all (self, error) &&
         weir_editor_move (self->editor, chosen, NULL, group, false, error);
}

bool
weir_editor_group (WeirEditor *editor, const GPtrArray *components, const char *id,
                   const char *name, GError **error)
{
  WeirGroup *outer = ((const WeirComponent *)components->pdata[0])->parent;
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) ports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) connections =
      g_ptr_array_new_with_free_func ((GDestroyNotify)weir_component_free);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  Grouping self = { .editor = editor,
                    .outer = outer,
                    .ids = outer,
                    .set = set,
                    .ports = ports,
                    .connections = connections };
  bool ok =
      collect (&self, components, chosen, error) && make_group (&self, chosen, id, name, error);

  while (ok && connections->len > 0)
    ok = weir_editor_add (editor, self.inner, g_ptr_array_steal_index (connections, 0), -1, false,
                          error);
  return ok;
}
