/* build.c: from elements to structs.
 *
 * Layout may stand before what it places, so it is kept until its group is closed. Places of what
 * does not exist become ghosts: the component may be back tomorrow. */
#include "xml/build.h"

typedef struct {
  WeirXmlPlace base;
  char *xml;
} Place;

typedef struct {
  WeirXmlBend base;
  char *xml;
} Bend;

static void
free_place (gpointer data)
{
  Place *place = data;

  g_free (place->base.id);
  weir_ghosts_clear (&place->base.place.ghosts);
  g_free (place->xml);
  g_free (place);
}

static void
free_bend (gpointer data)
{
  Bend *bend = data;

  g_free (bend->base.from);
  g_free (bend->base.to);
  g_free (bend->xml);
  g_free (bend);
}

static void
open_group (WeirGroup *group, WeirXmlNode *node)
{
  node->group = group;
  node->places = g_ptr_array_new_with_free_func (free_place);
  node->bends = g_ptr_array_new_with_free_func (free_bend);
}

static void
open_component (WeirComponent *component, WeirXmlNode *node)
{
  node->target = component;
  node->component = component;
  node->origin = &component->origin;
  node->ghosts = &component->ghosts;
  if (component->kind == WEIR_KIND_GROUP)
    open_group ((WeirGroup *)component, node);
}

void
weir_xml_open_flow (WeirFlow *flow, WeirXmlNode *ret_node)
{
  *ret_node = (WeirXmlNode){ .tag = WEIR_XML_FLOW };
  open_component (&flow->root->base, ret_node);
}

static WeirComponent *
make_component (WeirXmlTag tag, const char *id)
{
  switch (tag) {
  case WEIR_XML_GROUP:
    return &weir_group_new (id)->base;
  case WEIR_XML_SERVICE:
    return &weir_service_node_new (id, "")->base;
  case WEIR_XML_PROCESSOR:
    return &weir_processor_node_new (id, "")->base;
  case WEIR_XML_PORT:
    return &weir_port_new (id, false)->base;
  case WEIR_XML_FUNNEL:
    return &weir_funnel_new (id)->base;
  case WEIR_XML_LABEL:
    return &weir_label_new (id, "")->base;
  case WEIR_XML_CONNECTION: {
    WeirConnection *connection = weir_connection_new ("", NULL, "");

    g_free (connection->base.id);
    connection->base.id = g_strdup (id);
    return &connection->base;
  }
  default:
    return NULL;
  }
}

static void
set_part (WeirXmlNode *node, void *target, WeirOrigin *origin, WeirGhosts *ghosts)
{
  node->target = target;
  node->origin = origin;
  node->ghosts = ghosts;
}

static void
open_property (WeirXmlNode *node)
{
  bool is_processor = node->component->kind == WEIR_KIND_PROCESSOR;
  WeirPropertyNode *property =
      weir_properties_add (is_processor ? ((WeirProcessorNode *)node->component)->properties
                                        : ((WeirServiceNode *)node->component)->properties,
                           "", "");

  set_part (node, property, &property->origin, &property->ghosts);
}

static void
open_parameter (WeirXmlNode *node)
{
  WeirParameter *parameter = weir_group_add_parameter (node->group, "", "");

  set_part (node, parameter, &parameter->origin, &parameter->ghosts);
}

static void
open_setting (WeirXmlTag tag, WeirXmlNode *node)
{
  WeirProcessorNode *processor = (WeirProcessorNode *)node->component;

  if (tag == WEIR_XML_SCHEDULE) {
    WeirSchedule *schedule = &processor->schedule;

    set_part (node, schedule, &schedule->origin, &schedule->ghosts);
  } else if (tag == WEIR_XML_RETRY) {
    WeirRetry *retry = weir_processor_node_add_retry (processor, "");

    set_part (node, retry, &retry->origin, &retry->ghosts);
  } else {
    WeirAutoTerminate *auto_terminate = weir_processor_node_add_auto_terminate (processor, "");

    set_part (node, auto_terminate, &auto_terminate->origin, &auto_terminate->ghosts);
  }
}

static void
open_layout (WeirXmlTag tag, const WeirXmlNode *parent, WeirXmlNode *node)
{
  if (tag == WEIR_XML_AT) {
    Place *place = g_new0 (Place, 1);

    place->base.id = g_strdup ("");
    place->base.place.is_set = true;
    g_ptr_array_add (parent->places, place);
    node->target = &place->base;
    node->ghosts = &place->base.place.ghosts;
  } else {
    Bend *bend = g_new0 (Bend, 1);

    bend->base.from = g_strdup ("");
    bend->base.to = g_strdup ("");
    g_ptr_array_add (parent->bends, bend);
    node->target = &bend->base;
  }
}

void
weir_xml_open (WeirXmlTag tag, const WeirXmlNode *parent, const char *id, WeirXmlNode *ret_node)
{
  WeirComponent *component = make_component (tag, id);
  WeirXmlNode node = { .tag = tag, .component = parent->component, .group = parent->group };

  if (component != NULL) {
    weir_group_add (parent->group, component, -1);
    open_component (component, &node);
  } else if (tag == WEIR_XML_PARAMETERS) {
    node.ghosts = &parent->group->parameters_ghosts;
  } else if (tag == WEIR_XML_PARAMETER) {
    open_parameter (&node);
  } else if (tag == WEIR_XML_LAYOUT) {
    node.ghosts = &parent->group->layout_ghosts;
    node.places = g_ptr_array_ref (parent->places);
    node.bends = g_ptr_array_ref (parent->bends);
  } else if (tag == WEIR_XML_AT || tag == WEIR_XML_BEND) {
    open_layout (tag, parent, &node);
  } else if (tag == WEIR_XML_PROPERTY) {
    open_property (&node);
  } else if (tag != WEIR_XML_COMMENT && tag != WEIR_XML_RELATIONSHIP) {
    open_setting (tag, &node);
  }
  *ret_node = node;
}

static void
keep_place (GPtrArray **inside, const Place *place)
{
  const GPtrArray *before = place->base.place.ghosts.before;
  const GPtrArray *after = place->base.place.ghosts.after;
  g_autoptr (GString) xml = g_string_new (place->xml);

  for (guint i = 0; before != NULL && i < before->len; i++)
    weir_ghosts_add (inside, before->pdata[i]);
  for (guint i = 0; after != NULL && i < after->len; i++)
    g_string_append_printf (xml, " %s", (const char *)after->pdata[i]);
  weir_ghosts_add (inside, xml->str);
}

static void
settle_places (WeirGroup *group, GPtrArray *places)
{
  for (guint i = 0; i < places->len; i++) {
    Place *place = places->pdata[i];
    WeirComponent *component = weir_group_find (group, place->base.id);

    if (component == NULL || component->place.is_set) {
      keep_place (&group->layout_ghosts.inside, place);
      continue;
    }
    component->place = place->base.place;
    place->base.place.ghosts = (WeirGhosts){ 0 };
  }
}

static char *
make_key (const char *from, const char *to)
{
  return g_strdup_printf ("%s\n%s", from, to);
}

static void
settle_bends (WeirGroup *group, GPtrArray *bends)
{
  g_autoptr (GHashTable) by_ends = NULL;
  WeirConnection *connection = NULL;
  guint position = 0;

  if (bends->len == 0)
    return;
  by_ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while ((connection = weir_group_next (group, WEIR_KIND_CONNECTION, &position)) != NULL) {
    g_autofree char *from = weir_connection_get_from_text (connection);
    g_autofree char *key = make_key (from, connection->to);

    if (!g_hash_table_contains (by_ends, key))
      g_hash_table_insert (by_ends, g_steal_pointer (&key), connection);
  }
  for (guint i = 0; i < bends->len; i++) {
    const Bend *bend = bends->pdata[i];
    g_autofree char *key = make_key (bend->base.from, bend->base.to);

    connection = g_hash_table_lookup (by_ends, key);
    if (connection != NULL)
      g_array_append_val (connection->bends, bend->base.point);
    else
      weir_ghosts_add (&group->layout_ghosts.inside, bend->xml);
  }
}

static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

void
weir_xml_close (WeirXmlNode *node, const char *text, const char *xml)
{
  switch (node->tag) {
  case WEIR_XML_FLOW:
  case WEIR_XML_GROUP:
    settle_places (node->group, node->places);
    settle_bends (node->group, node->bends);
    break;
  case WEIR_XML_COMMENT:
    set_text (&node->component->comment, text);
    break;
  case WEIR_XML_PARAMETER:
    set_text (&((WeirParameter *)node->target)->value, text);
    break;
  case WEIR_XML_PROPERTY:
    set_text (&((WeirPropertyNode *)node->target)->text, text);
    break;
  case WEIR_XML_LABEL:
    set_text (&((WeirLabel *)node->target)->text, text);
    break;
  case WEIR_XML_RELATIONSHIP:
    g_ptr_array_add (((WeirConnection *)node->component)->relationships, g_strdup (text));
    break;
  case WEIR_XML_AT:
    ((Place *)node->target)->xml = g_strdup (xml);
    break;
  case WEIR_XML_BEND:
    ((Bend *)node->target)->xml = g_strdup (xml);
    break;
  default:
    break;
  }
  weir_xml_node_clear (node);
}

void
weir_xml_node_clear (WeirXmlNode *node)
{
  g_clear_pointer (&node->places, g_ptr_array_unref);
  g_clear_pointer (&node->bends, g_ptr_array_unref);
}
