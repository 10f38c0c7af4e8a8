/* writer.c: walks the model in the order of the document. */
#include "xml/writer.h"
#include "xml/markup.h"
#include "xml/schema.h"
#include <string.h>

static void
write_lines (WeirMarkup *markup, const GPtrArray *lines)
{
  for (guint i = 0; lines != NULL && i < lines->len; i++)
    weir_markup_line (markup, lines->pdata[i]);
}

static void
write_attributes (WeirMarkup *markup, WeirXmlTag tag, const void *target, const WeirGhosts *ghosts)
{
  const WeirSetting *attribute = weir_xml_row (tag)->attributes;
  const GPtrArray *pairs = ghosts != NULL ? ghosts->attributes : NULL;

  for (; attribute->name != NULL; attribute++) {
    g_autofree char *value = weir_setting_format (attribute, target);

    if (value != NULL && (ghosts == NULL || !weir_ghosts_has_attribute (ghosts, attribute->name)))
      weir_markup_attribute (markup, attribute->name, value);
  }
  for (guint i = 0; pairs != NULL && i < pairs->len; i += 2)
    weir_markup_attribute (markup, pairs->pdata[i], pairs->pdata[i + 1]);
}

static void
start (WeirMarkup *markup, WeirXmlTag tag, const void *target, const WeirGhosts *ghosts)
{
  if (ghosts != NULL)
    write_lines (markup, ghosts->before);
  weir_markup_start (markup, weir_xml_row (tag)->name);
  if (tag == WEIR_XML_FLOW)
    weir_markup_attribute (markup, "xmlns", WEIR_XML_NAMESPACE);
  write_attributes (markup, tag, target, ghosts);
}

static void
write_after (WeirMarkup *markup, const WeirGhosts *ghosts)
{
  for (guint i = 0; ghosts != NULL && ghosts->after != NULL && i < ghosts->after->len; i++)
    weir_markup_append (markup, ghosts->after->pdata[i]);
}

static void
end (WeirMarkup *markup, WeirXmlTag tag, const WeirGhosts *ghosts)
{
  if (ghosts != NULL)
    write_lines (markup, ghosts->inside);
  weir_markup_end (markup, weir_xml_row (tag)->name);
  write_after (markup, ghosts);
}

static void
write_empty (WeirMarkup *markup, WeirXmlTag tag, const void *target, const WeirGhosts *ghosts)
{
  start (markup, tag, target, ghosts);
  end (markup, tag, ghosts);
}

static void
write_text (WeirMarkup *markup, WeirXmlTag tag, const void *target, const WeirGhosts *ghosts,
            const char *text)
{
  start (markup, tag, target, ghosts);
  weir_markup_end_with_text (markup, weir_xml_row (tag)->name, text);
  write_after (markup, ghosts);
}

static void
write_comment (WeirMarkup *markup, const WeirComponent *component)
{
  if (component->comment[0] != '\0')
    write_text (markup, WEIR_XML_COMMENT, NULL, NULL, component->comment);
}

static void
write_properties (WeirMarkup *markup, const GPtrArray *properties)
{
  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];

    write_text (markup, WEIR_XML_PROPERTY, property, &property->ghosts, property->text);
  }
}

static void
write_processor (WeirMarkup *markup, const WeirProcessorNode *node)
{
  const WeirSchedule *schedule = &node->schedule;

  write_properties (markup, node->properties);
  if (schedule->mode != WEIR_SCHEDULE_EVENT || schedule->tasks != WEIR_DEFAULT_TASKS ||
      !weir_ghosts_is_empty (&schedule->ghosts))
    write_empty (markup, WEIR_XML_SCHEDULE, schedule, &schedule->ghosts);
  for (guint i = 0; i < node->retries->len; i++) {
    const WeirRetry *retry = node->retries->pdata[i];

    write_empty (markup, WEIR_XML_RETRY, retry, &retry->ghosts);
  }
  for (guint i = 0; i < node->auto_terminates->len; i++) {
    const WeirAutoTerminate *auto_terminate = node->auto_terminates->pdata[i];

    write_empty (markup, WEIR_XML_AUTO_TERMINATE, auto_terminate, &auto_terminate->ghosts);
  }
}

static void
write_connection (WeirMarkup *markup, const WeirConnection *connection)
{
  const GPtrArray *relationships = connection->relationships;

  for (guint i = 0; relationships->len > 1 && i < relationships->len; i++)
    write_text (markup, WEIR_XML_RELATIONSHIP, NULL, NULL, relationships->pdata[i]);
}

static void
write_parameters (WeirMarkup *markup, const WeirGroup *group)
{
  if (group->parameters->len == 0 && weir_ghosts_is_empty (&group->parameters_ghosts))
    return;
  start (markup, WEIR_XML_PARAMETERS, NULL, &group->parameters_ghosts);
  for (guint i = 0; i < group->parameters->len; i++) {
    const WeirParameter *parameter = group->parameters->pdata[i];

    write_text (markup, WEIR_XML_PARAMETER, parameter, &parameter->ghosts, parameter->value);
  }
  end (markup, WEIR_XML_PARAMETERS, &group->parameters_ghosts);
}

static void
write_bends (WeirMarkup *markup, const WeirConnection *connection)
{
  g_autofree char *from = weir_connection_get_from_text (connection);

  for (guint i = 0; i < connection->bends->len; i++) {
    WeirXmlBend bend = { from, connection->to, g_array_index (connection->bends, WeirPoint, i) };

    write_empty (markup, WEIR_XML_BEND, &bend, NULL);
  }
}

static bool
has_layout (const WeirGroup *group)
{
  for (guint i = 0; i < group->children->len; i++) {
    const WeirComponent *child = group->children->pdata[i];

    if (child->place.is_set ||
        (child->kind == WEIR_KIND_CONNECTION && ((const WeirConnection *)child)->bends->len > 0))
      return true;
  }
  return !weir_ghosts_is_empty (&group->layout_ghosts);
}

static void
write_layout (WeirMarkup *markup, const WeirGroup *group)
{
  guint position = 0;
  const WeirConnection *connection = NULL;

  if (!has_layout (group))
    return;
  start (markup, WEIR_XML_LAYOUT, NULL, &group->layout_ghosts);
  for (guint i = 0; i < group->children->len; i++) {
    WeirComponent *child = group->children->pdata[i];
    WeirXmlPlace place = { child->id, child->place };

    if (child->place.is_set)
      write_empty (markup, WEIR_XML_AT, &place, &child->place.ghosts);
  }
  while ((connection = weir_group_next (group, WEIR_KIND_CONNECTION, &position)) != NULL)
    write_bends (markup, connection);
  end (markup, WEIR_XML_LAYOUT, &group->layout_ghosts);
}

static void write_child (WeirMarkup *markup, const WeirComponent *child);

static void
write_group (WeirMarkup *markup, const WeirGroup *group)
{
  write_parameters (markup, group);
  for (guint i = 0; i < group->children->len; i++)
    write_child (markup, group->children->pdata[i]);
  markup->owner = group;
  write_layout (markup, group);
}

static WeirXmlTag
get_tag (const WeirComponent *component)
{
  static const WeirXmlTag tags[WEIR_N_KINDS] = {
    [WEIR_KIND_PROCESSOR] = WEIR_XML_PROCESSOR, [WEIR_KIND_SERVICE] = WEIR_XML_SERVICE,
    [WEIR_KIND_PORT] = WEIR_XML_PORT,           [WEIR_KIND_FUNNEL] = WEIR_XML_FUNNEL,
    [WEIR_KIND_LABEL] = WEIR_XML_LABEL,         [WEIR_KIND_CONNECTION] = WEIR_XML_CONNECTION,
    [WEIR_KIND_GROUP] = WEIR_XML_GROUP,
  };

  return tags[component->kind];
}

static void
write_child (WeirMarkup *markup, const WeirComponent *child)
{
  WeirXmlTag tag = get_tag (child);

  markup->owner = child;
  if (tag == WEIR_XML_LABEL) {
    write_text (markup, tag, child, &child->ghosts, ((const WeirLabel *)child)->text);
    return;
  }
  start (markup, tag, child, &child->ghosts);
  write_comment (markup, child);
  if (child->kind == WEIR_KIND_PROCESSOR)
    write_processor (markup, (const WeirProcessorNode *)child);
  else if (child->kind == WEIR_KIND_SERVICE)
    write_properties (markup, ((const WeirServiceNode *)child)->properties);
  else if (child->kind == WEIR_KIND_CONNECTION)
    write_connection (markup, (const WeirConnection *)child);
  else if (child->kind == WEIR_KIND_GROUP)
    write_group (markup, (const WeirGroup *)child);
  end (markup, tag, &child->ghosts);
}

char *
weir_flow_write (const WeirFlow *flow, size_t *ret_size, GError **error)
{
  const WeirGroup *root = flow->root;
  WeirMarkup markup;
  char *text = NULL;

  weir_markup_init (&markup);
  markup.owner = root;
  start (&markup, WEIR_XML_FLOW, root, &root->base.ghosts);
  write_comment (&markup, &root->base);
  write_group (&markup, root);
  write_lines (&markup, root->base.ghosts.inside);
  weir_markup_end (&markup, "flow");
  write_lines (&markup, root->base.ghosts.after);
  text = weir_markup_finish (&markup, ret_size, error);
  if (text == NULL) {
    g_autofree char *path = weir_component_get_path (markup.error_owner);

    g_prefix_error (error, "cannot write '%s': ", path);
  }
  return text;
}
