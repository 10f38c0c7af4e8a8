/* schema.c: the tables of elements; attributes of components are those of model/setting-table.c. A
 * new element is a row here, a line in flow.rng, a section in docs/flow-xml.md, and a function in
 * the reader and in the writer. */
#include "xml/schema.h"
#include <string.h>

#define IN(tag)   (1u << WEIR_XML_##tag)
#define IN_GROUPS (IN (FLOW) | IN (GROUP))
#define IN_COMPONENTS \
  (IN_GROUPS | IN (SERVICE) | IN (PROCESSOR) | IN (PORT) | IN (FUNNEL) | IN (CONNECTION))

static const WeirSetting flow_attributes[] = {
  { "name", WEIR_SETTING_TEXT, offsetof (WeirGroup, base.name) },
  { NULL },
};

static const WeirSetting no_attributes[] = { { NULL } };

static const WeirSetting parameter_attributes[] = {
  { "name", WEIR_SETTING_TEXT, offsetof (WeirParameter, name) },
  { "secret", WEIR_SETTING_NULLABLE, offsetof (WeirParameter, secret) },
  { "description", WEIR_SETTING_TEXT, offsetof (WeirParameter, description) },
  { NULL },
};

static const WeirSetting property_attributes[] = {
  { "name", WEIR_SETTING_TEXT, offsetof (WeirPropertyNode, name) },
  { NULL },
};

static const WeirSetting auto_terminate_attributes[] = {
  { "relationship", WEIR_SETTING_TEXT, offsetof (WeirAutoTerminate, relationship) },
  { NULL },
};

static const WeirSetting at_attributes[] = {
  { "id", WEIR_SETTING_TEXT, offsetof (WeirXmlPlace, id) },
  { "x", WEIR_SETTING_NUMBER, offsetof (WeirXmlPlace, place.x), .always = true },
  { "y", WEIR_SETTING_NUMBER, offsetof (WeirXmlPlace, place.y), .always = true },
  { "width", WEIR_SETTING_NUMBER, offsetof (WeirXmlPlace, place.width) },
  { "height", WEIR_SETTING_NUMBER, offsetof (WeirXmlPlace, place.height) },
  { NULL },
};

static const WeirSetting bend_attributes[] = {
  { "from", WEIR_SETTING_TEXT, offsetof (WeirXmlBend, from) },
  { "to", WEIR_SETTING_TEXT, offsetof (WeirXmlBend, to) },
  { "x", WEIR_SETTING_NUMBER, offsetof (WeirXmlBend, point.x), .always = true },
  { "y", WEIR_SETTING_NUMBER, offsetof (WeirXmlBend, point.y), .always = true },
  { NULL },
};

static const WeirXmlRow rows[WEIR_XML_N_TAGS] = {
  [WEIR_XML_FLOW] = { "flow", .attributes = flow_attributes },
  [WEIR_XML_GROUP] = { "group", IN_GROUPS, .attributes = weir_group_settings },
  [WEIR_XML_COMMENT] = { "comment", IN_COMPONENTS, .has_text = true, .is_plain = true,
                         .is_single = true, .attributes = no_attributes },
  [WEIR_XML_PARAMETERS] = { "parameters", IN_GROUPS, .is_single = true,
                            .attributes = no_attributes },
  [WEIR_XML_PARAMETER] = { "parameter", IN (PARAMETERS), .has_text = true,
                           .attributes = parameter_attributes },
  [WEIR_XML_SERVICE] = { "service", IN_GROUPS, .attributes = weir_service_settings },
  [WEIR_XML_PROCESSOR] = { "processor", IN_GROUPS, .attributes = weir_processor_settings },
  [WEIR_XML_PROPERTY] = { "property", IN (SERVICE) | IN (PROCESSOR), .has_text = true,
                          .attributes = property_attributes },
  [WEIR_XML_SCHEDULE] = { "schedule", IN (PROCESSOR), .is_single = true,
                          .attributes = weir_schedule_settings },
  [WEIR_XML_RETRY] = { "retry", IN (PROCESSOR), .attributes = weir_retry_settings },
  [WEIR_XML_AUTO_TERMINATE] = { "auto-terminate", IN (PROCESSOR),
                                .attributes = auto_terminate_attributes },
  [WEIR_XML_PORT] = { "port", IN_GROUPS, .attributes = weir_port_settings },
  [WEIR_XML_FUNNEL] = { "funnel", IN_GROUPS, .attributes = weir_funnel_settings },
  [WEIR_XML_LABEL] = { "label", IN_GROUPS, .has_text = true, .attributes = weir_label_settings },
  [WEIR_XML_CONNECTION] = { "connection", IN_GROUPS, .attributes = weir_connection_settings },
  [WEIR_XML_RELATIONSHIP] = { "relationship", IN (CONNECTION), .has_text = true, .is_plain = true,
                              .attributes = no_attributes },
  [WEIR_XML_LAYOUT] = { "layout", IN_GROUPS, .is_single = true, .attributes = no_attributes },
  [WEIR_XML_AT] = { "at", IN (LAYOUT), .attributes = at_attributes },
  [WEIR_XML_BEND] = { "bend", IN (LAYOUT), .is_plain = true, .attributes = bend_attributes },
};

const WeirXmlRow *
weir_xml_row (WeirXmlTag tag)
{
  return &rows[tag];
}

bool
weir_xml_find (const char *name, WeirXmlTag parent, WeirXmlTag *ret_tag)
{
  for (unsigned tag = 0; tag < WEIR_XML_N_TAGS; tag++)
    if ((rows[tag].parents & (1u << parent)) != 0 && strcmp (rows[tag].name, name) == 0) {
      *ret_tag = tag;
      return true;
    }
  return false;
}
