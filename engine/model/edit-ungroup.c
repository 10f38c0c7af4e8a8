/* edit-ungroup.c: takes a group apart, by other steps: what undoes it is made of theirs.
 *
 * Each port becomes a funnel at first, so that nothing is queued nowhere. Where several connections
 * meet one there, they are joined, and the one that goes is that within, or the one that all the
 * others meet. */
#include "model/edit-parts.h"
#include <string.h>
#include <weir/error.h>

/* A port and the funnel that takes its place. */
typedef struct {
  WeirPort *port;
  bool is_output;
  WeirComponent *funnel;
} Passage;

/* Returns: (transfer container). */
static GPtrArray *
list_children (const WeirGroup *group)
{
  GPtrArray *children = g_ptr_array_new ();

  g_ptr_array_extend (children, group->children, NULL, NULL);
  return children;
}

static void
free_passage (gpointer data)
{
  g_free (data);
}

/* --- what comes before --- */

static bool
free_ids (WeirEditor *editor, WeirGroup *group, GError **error)
{
  const WeirGroup *outer = group->base.parent;
  g_autoptr (GPtrArray) children = list_children (group);

  for (guint i = 0; i < children->len; i++) {
    WeirComponent *child = children->pdata[i];
    g_autofree char *wanted = NULL;
    g_autofree char *id = NULL;

    if (child->id[0] == '\0' || weir_group_find (outer, child->id) == NULL)
      continue;
    wanted = g_strconcat (group->base.id, "-", child->id, NULL);
    id = weir_edit_make_id (outer, group, wanted);
    if (!weir_editor_rename (editor, child, id, false, error))
      return false;
  }
  return true;
}

/* True when a group around @group defines @name. */
static bool
is_defined_around (const WeirGroup *group, const char *name)
{
  while ((group = group->base.parent) != NULL)
    for (guint i = 0; i < group->parameters->len; i++)
      if (strcmp (((const WeirParameter *)group->parameters->pdata[i])->name, name) == 0)
        return true;
  return false;
}

/* Those of @group move out, where others might see them instead of their own. */
static bool
free_parameters (WeirEditor *editor, WeirGroup *group, GError **error)
{
  while (group->parameters->len > 0) {
    const WeirParameter *parameter = group->parameters->pdata[0];
    g_autofree char *name = g_strdup (parameter->name);
    WeirEdit edit = { .kind = WEIR_EDIT_PARAMETER, .key = name, .index = -1 };

    if (is_defined_around (group, name)) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                   "the group '%s' has a parameter '%s' as a group around it has: rename it first",
                   group->base.id, name);
      return false;
    }
    edit.parameter = (WeirParameter *)parameter;
    if (!weir_editor_parameter (editor, group->base.parent, &edit, error))
      return false;
    edit.parameter = NULL;
    if (!weir_editor_parameter (editor, group, &edit, error))
      return false;
  }
  return true;
}

/* --- ports --- */

/* Lets the ends of @connections that lead to @from lead to @funnel. */
static bool
reroute (WeirEditor *editor, const GPtrArray *connections, const WeirComponent *from,
         const WeirComponent *funnel, GError **error)
{
  for (guint i = 0; i < connections->len; i++) {
    WeirConnection *connection = connections->pdata[i];

    if (weir_edit_touches (connection, from, true) &&
        !weir_editor_set_value (editor, &connection->base, "from", funnel->id, error))
      return false;
    if (weir_edit_touches (connection, from, false) &&
        !weir_editor_set_value (editor, &connection->base, "to", funnel->id, error))
      return false;
  }
  return true;
}

static bool
open_passage (WeirEditor *editor, WeirGroup *group, WeirPort *port, GPtrArray *passages,
              GError **error)
{
  WeirGroup *outer = group->base.parent;
  g_autofree char *wanted = g_strconcat (group->base.id, "-", port->base.id, NULL);
  g_autofree char *id = weir_edit_make_id (outer, group, wanted);
  WeirComponent *funnel = &weir_funnel_new (id)->base;
  g_autoptr (GPtrArray) touching = weir_edit_get_touching (&port->base);
  Passage *passage = g_new0 (Passage, 1);

  passage->port = port;
  passage->is_output = port->is_output;
  passage->funnel = funnel;
  g_ptr_array_add (passages, passage);
  funnel->place = port->base.place;
  funnel->place.ghosts = (WeirGhosts){ 0 };
  if (!weir_editor_add (editor, outer, funnel, -1, false, error))
    return false;
  for (guint i = touching->len; i > 0; i--)
    if (((const WeirComponent *)touching->pdata[i - 1])->parent == group)
      g_ptr_array_remove_index (touching, i - 1);
  return reroute (editor, touching, &port->base, funnel, error);
}

/* --- what comes after --- */

static bool
is_between (const WeirConnection *connection, const WeirComponent *funnel)
{
  return weir_edit_touches (connection, funnel, true) &&
         weir_edit_touches (connection, funnel, false);
}

/* Lets each of @connections do without the funnel: its end there becomes that of @other, which
 * goes. */
static bool
join (WeirEditor *editor, const GPtrArray *connections, WeirConnection *other, bool is_source,
      GError **error)
{
  const char *setting = is_source ? "from" : "to";
  g_autofree char *end = NULL;

  if (!weir_value_get (&other->base, (WeirValueName){ setting, NULL }, &end, error))
    return false;
  for (guint i = 0; i < connections->len; i++) {
    WeirConnection *connection = connections->pdata[i];

    if (!weir_editor_set_value (editor, &connection->base, setting, end, error) ||
        !weir_editor_set_value (editor, &connection->base, "bends", NULL, error))
      return false;
  }
  return weir_editor_remove (editor, &other->base, WEIR_EDIT_CONNECTIONS_KEEP, error);
}

static bool
close_passage (WeirEditor *editor, const Passage *passage, GError **error)
{
  g_autoptr (GPtrArray) touching = weir_edit_get_touching (passage->funnel);
  g_autoptr (GPtrArray) in = g_ptr_array_new ();
  g_autoptr (GPtrArray) out = g_ptr_array_new ();

  for (guint i = 0; i < touching->len; i++) {
    if (is_between (touching->pdata[i], passage->funnel))
      return true;
    g_ptr_array_add (weir_edit_touches (touching->pdata[i], passage->funnel, true) ? out : in,
                     touching->pdata[i]);
  }
  if (in->len > 1 && out->len > 1)
    return true;
  if (in->len == 0 || out->len == 0)
    return weir_editor_remove (editor, passage->funnel, WEIR_EDIT_CONNECTIONS_REMOVE, error);

  /* One to one, what was outside stays. */
  if (out->len > 1 || (in->len == 1 && passage->is_output)) {
    if (!join (editor, out, in->pdata[0], true, error))
      return false;
  } else if (!join (editor, in, out->pdata[0], false, error)) {
    return false;
  }
  return weir_editor_remove (editor, passage->funnel, WEIR_EDIT_CONNECTIONS_REFUSE, error);
}

static bool
shift (WeirEditor *editor, WeirComponent *component, double x, double y, GError **error)
{
  WeirComponent *probe = &weir_funnel_new ("")->base;
  g_autofree char *text = NULL;

  probe->place =
      (WeirPlace){ component->place.is_set, component->place.x + x, component->place.y + y,
                   component->place.width, component->place.height };
  (void)weir_value_get (probe, (WeirValueName){ "place", NULL }, &text, NULL);
  weir_component_free (probe);
  return weir_editor_set_value (editor, component, "place", text, error);
}

/* What was in the group is drawn where the group was; funnels where the ports were beside it. */
static bool
place_all (WeirEditor *editor, const GPtrArray *children, const GPtrArray *passages,
           const WeirPlace *of_group, GError **error)
{
  double left = G_MAXDOUBLE;
  double top = G_MAXDOUBLE;

  for (guint i = 0; i < children->len; i++) {
    const WeirPlace *place = &((const WeirComponent *)children->pdata[i])->place;

    left = place->is_set ? MIN (left, place->x) : left;
    top = place->is_set ? MIN (top, place->y) : top;
  }
  if (!of_group->is_set || left == G_MAXDOUBLE)
    return true;
  for (guint i = 0; i < children->len; i++)
    if (!shift (editor, children->pdata[i], of_group->x - left, of_group->y - top, error))
      return false;
  for (guint i = 0; i < passages->len; i++)
    if (!shift (editor, ((const Passage *)passages->pdata[i])->funnel, of_group->x - left,
                of_group->y - top, error))
      return false;
  return true;
}

/* Moves all out, and lets what led to ports lead to funnels within, too. */
static bool
move_out (WeirEditor *editor, WeirGroup *group, const GPtrArray *passages, GError **error)
{
  g_autoptr (GPtrArray) children = list_children (group);
  g_autoptr (GPtrArray) seen = g_ptr_array_new ();

  for (guint i = 0; i < children->len; i++) {
    const WeirComponent *child = children->pdata[i];

    if (child->kind != WEIR_KIND_CONNECTION && child->kind != WEIR_KIND_PORT)
      g_ptr_array_add (seen, children->pdata[i]);
  }
  if (children->len > 0 &&
      !weir_editor_move (editor, children, NULL, group->base.parent, false, error))
    return false;
  for (guint i = 0; i < passages->len; i++) {
    const Passage *passage = passages->pdata[i];
    g_autoptr (GPtrArray) touching = weir_edit_get_touching (&passage->port->base);

    if (!reroute (editor, touching, &passage->port->base, passage->funnel, error) ||
        !weir_editor_remove (editor, &passage->port->base, WEIR_EDIT_CONNECTIONS_REFUSE, error))
      return false;
  }
  return place_all (editor, seen, passages, &group->base.place, error);
}

bool
weir_editor_ungroup (WeirEditor *editor, WeirGroup *group, GError **error)
{
  g_autoptr (GPtrArray) passages = g_ptr_array_new_with_free_func (free_passage);
  g_autoptr (GPtrArray) ports = g_ptr_array_new ();
  WeirPort *port = NULL;
  guint position = 0;

  if (!free_ids (editor, group, error) || !free_parameters (editor, group, error))
    return false;
  while ((port = weir_group_next (group, WEIR_KIND_PORT, &position)) != NULL)
    g_ptr_array_add (ports, port);
  for (guint i = 0; i < ports->len; i++)
    if (!open_passage (editor, group, ports->pdata[i], passages, error))
      return false;
  if (!move_out (editor, group, passages, error) ||
      !weir_editor_remove (editor, &group->base, WEIR_EDIT_CONNECTIONS_REFUSE, error))
    return false;
  for (guint i = 0; i < passages->len; i++)
    if (!close_passage (editor, passages->pdata[i], error))
      return false;
  return true;
}
