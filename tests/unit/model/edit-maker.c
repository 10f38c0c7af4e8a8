/* edit-maker.c: all kinds of operations, mostly on what is there. */
#include "edit-maker.h"
#include "model/clone.h"
#include "model/locate.h"
#include "model/value.h"
#include <string.h>

#define PICK(random, array) (array)[weir_random_below ((random), G_N_ELEMENTS (array))]

static bool
flip (WeirRandom *random)
{
  return weir_random_below (random, 2) == 0;
}

/* --- flows --- */

/* Two connections between the same ends are one and its mistake. */
static bool
has_like (const WeirGroup *group, const WeirConnection *connection)
{
  g_autofree char *path = weir_component_get_path (&connection->base);
  const WeirConnection *other = NULL;
  guint position = 0;

  while ((other = weir_group_next (group, WEIR_KIND_CONNECTION, &position)) != NULL) {
    g_autofree char *from = weir_connection_get_from_text (other);
    g_autofree char *text = g_strdup_printf ("%s -> %s", from, other->to);

    if (strcmp (text, path) == 0)
      return true;
  }
  return false;
}

static void
connect (WeirRandom *random, WeirGroup *group, GPtrArray *sources, GPtrArray *destinations)
{
  for (unsigned i = 0; sources->len > 0 && destinations->len > 0 && i < 8; i++) {
    const char *from = sources->pdata[weir_random_below (random, sources->len)];
    const char *to = destinations->pdata[weir_random_below (random, destinations->len)];
    WeirConnection *connection = weir_connection_new (from, flip (random) ? "success" : NULL, to);

    if (flip (random))
      g_ptr_array_add (connection->relationships, g_strdup ("failure"));
    if (has_like (group, connection)) {
      weir_component_free (&connection->base);
      continue;
    }
    if (flip (random))
      g_array_append_val (connection->bends, ((WeirPoint){ i, 2.5 }));
    weir_group_add (group, &connection->base, (int)weir_random_below (random, 3) - 1);
  }
}

static WeirComponent *
make_node (WeirRandom *random, unsigned number, unsigned depth, GPtrArray *sources,
           GPtrArray *destinations)
{
  g_autofree char *id = g_strdup_printf ("n%u", number);
  WeirProcessorNode *processor = NULL;
  WeirPort *port = NULL;

  switch (weir_random_below (random, depth > 0 ? 5 : 4)) {
  case 0:
    port = weir_port_new (id, flip (random));
    g_ptr_array_add (port->is_output ? destinations : sources, g_strdup (id));
    return &port->base;
  case 1:
    g_ptr_array_add (sources, g_strdup (id));
    g_ptr_array_add (destinations, g_strdup (id));
    return &weir_funnel_new (id)->base;
  case 2:
    return &weir_label_new (id, "Text")->base;
  default:
    processor = weir_processor_node_new (id, "Type");
    weir_properties_add (processor->properties, "A", "#{p}");
    weir_properties_add (processor->properties, "B", "b");
    weir_processor_node_add_retry (processor, "failure");
    weir_processor_node_add_auto_terminate (processor, "done");
    g_ptr_array_add (sources, g_strdup (id));
    g_ptr_array_add (destinations, g_strdup (id));
    return &processor->base;
  }
}

static WeirGroup *
make_group (WeirRandom *random, const char *id, unsigned depth)
{
  WeirGroup *group = weir_group_new (id);
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) destinations = g_ptr_array_new_with_free_func (g_free);

  weir_group_add_parameter (group, flip (random) ? "p" : "q", "value");
  for (unsigned i = 0; i < 5; i++) {
    WeirComponent *node = make_node (random, i, depth, sources, destinations);

    if (flip (random))
      node->place = (WeirPlace){ .is_set = true, .x = i * 10, .y = 5.25 };
    weir_group_add (group, node, -1);
  }
  for (unsigned i = 0; i < 2 && depth < 2; i++) {
    g_autofree char *inner_id = g_strdup_printf ("g%u", i);
    WeirGroup *inner = make_group (random, inner_id, depth + 1);
    WeirPort *port = NULL;
    guint position = 0;

    while ((port = weir_group_next (inner, WEIR_KIND_PORT, &position)) != NULL)
      g_ptr_array_add (port->is_output ? sources : destinations,
                       g_strconcat (inner_id, "/", port->base.id, NULL));
    weir_group_add (group, &inner->base, -1);
  }
  connect (random, group, sources, destinations);
  return group;
}

WeirFlow *
edit_make_flow (WeirRandom *random)
{
  WeirFlow *flow = weir_flow_new ("");

  weir_component_free (&flow->root->base);
  flow->root = make_group (random, "", 0);
  return flow;
}

/* --- edits --- */

static void
collect (const WeirGroup *group, GPtrArray *components)
{
  g_ptr_array_add (components, (gpointer)group);
  for (guint i = 0; i < group->children->len; i++) {
    WeirComponent *child = group->children->pdata[i];

    if (child->kind == WEIR_KIND_GROUP)
      collect ((const WeirGroup *)child, components);
    else
      g_ptr_array_add (components, child);
  }
}

static const WeirComponent *
pick (WeirRandom *random, const GPtrArray *components)
{
  return components->pdata[weir_random_below (random, components->len)];
}

static const WeirGroup *
pick_group (WeirRandom *random, const GPtrArray *components)
{
  const WeirComponent *component = pick (random, components);

  return component->kind == WEIR_KIND_GROUP ? (const WeirGroup *)component : component->parent;
}

static char *
refer (const WeirFlow *flow, const void *component)
{
  return weir_flow_get_reference (flow, component);
}

static const char *
pick_id (WeirRandom *random)
{
  static const char *const ids[] = { "n0", "n1", "n2", "new", "other", "g0", "id-1", "a b", "" };

  return PICK (random, ids);
}

static void
make_set (WeirRandom *random, const WeirFlow *flow, const WeirComponent *component,
          WeirEditBatch *batch)
{
  static const char *const settings[] = {
    "name",     "comment",  "place",  "penalty", "property", "property", "auto-terminate",
    "retry",    "schedule", "tasks",  "from",    "to",       "bends",    "order",
    "disabled", "kind",     "expire", "text",    "type"
  };
  static const char *const keys[] = { "A", "B", "C", "failure", "done", "p", "" };
  static const char *const values[] = { NULL,      "x",        "",           "true",
                                        "5 s",     "10 20",    "every 3 s",  "cron x",
                                        "3",       "n0",       "n1:success", "n2:a\nb",
                                        "1 2,3 4", "priority", "output",     "3 yield 1 h" };
  g_autofree char *path = refer (flow, component);
  WeirEdit *edit = weir_edit_batch_set (batch, path, PICK (random, settings), PICK (random, keys),
                                        PICK (random, values));

  edit->index = (int)weir_random_below (random, 4) - 1;
}

static void
make_many (WeirRandom *random, const WeirFlow *flow, const WeirGroup *group, WeirEdit *edit)
{
  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];

    if (weir_random_below (random, 3) == 0) {
      g_autofree char *path = refer (flow, child);

      weir_edit_add_path (edit, path, (int)weir_random_below (random, 6) - 1);
    }
  }
}

static void
make_parameter (WeirRandom *random, const char *path, WeirEditBatch *batch)
{
  static const char *const names[] = { "p", "q", "r" };
  WeirEdit *edit = weir_edit_batch_add (batch, WEIR_EDIT_PARAMETER, path);

  edit->key = g_strdup (PICK (random, names));
  edit->index = (int)weir_random_below (random, 3) - 1;
  if (flip (random)) {
    g_autoptr (WeirFlow) flow = weir_flow_new ("");
    WeirParameter *parameter = weir_group_add_parameter (flow->root, edit->key, "new");

    if (flip (random))
      parameter->secret = g_strdup ("env:X");
    edit->parameter = weir_parameter_clone (parameter);
  }
}

static WeirComponent *
make_component (WeirRandom *random, const WeirComponent *like)
{
  WeirComponent *copy = weir_component_clone (like);

  if (flip (random)) {
    g_free (copy->id);
    copy->id = g_strdup (pick_id (random));
  }
  g_free (copy->comment);
  copy->comment = g_strdup ("made");
  return copy;
}

static void
make_edit (WeirRandom *random, const WeirFlow *flow, const GPtrArray *all, WeirEditBatch *batch)
{
  const WeirComponent *component = pick (random, all);
  const WeirGroup *group = pick_group (random, all);
  g_autofree char *path = refer (flow, component);
  g_autofree char *group_path = refer (flow, group);
  WeirEdit *edit = NULL;

  switch (weir_random_below (random, 12)) {
  case 0:
    weir_edit_batch_add_component (batch, group_path, make_component (random, component),
                                   (int)weir_random_below (random, 9) - 1);
    break;
  case 1:
    edit = weir_edit_batch_remove (batch, path);
    edit->connections = weir_random_below (random, 3);
    break;
  case 2:
    edit = weir_edit_batch_add (batch, WEIR_EDIT_REPLACE, path);
    edit->component = make_component (random, flip (random) ? component : pick (random, all));
    break;
  case 3:
    edit = weir_edit_batch_add (batch, WEIR_EDIT_RENAME, path);
    edit->id = g_strdup (pick_id (random));
    break;
  case 4:
    make_parameter (random, group_path, batch);
    break;
  case 5:
    edit = weir_edit_batch_add (batch, WEIR_EDIT_MOVE, group_path);
    make_many (random, flow, pick_group (random, all), edit);
    break;
  case 6:
    edit = weir_edit_batch_add (batch, WEIR_EDIT_MOVE, group_path);
    make_many (random, flow, group, edit);
    break;
  case 7:
  case 8:
    edit = weir_edit_batch_add (batch, WEIR_EDIT_GROUP, NULL);
    edit->id = g_strdup (pick_id (random));
    make_many (random, flow, group, edit);
    break;
  case 9:
    weir_edit_batch_add (batch, WEIR_EDIT_UNGROUP, group_path);
    break;
  default:
    make_set (random, flow, component, batch);
  }
}

WeirEditBatch *
edit_make_batch (WeirRandom *random, const WeirFlow *flow)
{
  WeirEditBatch *batch = weir_edit_batch_new (NULL);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  collect (flow->root, all);
  for (uint64_t i = flip (random) ? 1 : 1 + weir_random_below (random, 4); i > 0; i--)
    make_edit (random, flow, all, batch);
  return batch;
}
