/* schema.c: the tables. A new element is a row here, a line in flow.rng, a section in
 * docs/flow-xml.md, and a function in the reader and in the writer. */
#include "xml/schema.h"
#include <string.h>

#define IN(tag)   (1u << WEIR_XML_##tag)
#define IN_GROUPS (IN (FLOW) | IN (GROUP))
#define IN_COMPONENTS \
  (IN_GROUPS | IN (SERVICE) | IN (PROCESSOR) | IN (PORT) | IN (FUNNEL) | IN (CONNECTION))

#define ID(Struct)                                  \
  {                                                 \
    "id", WEIR_XML_TEXT, offsetof (Struct, base.id) \
  }
#define NAME(Struct)                                    \
  {                                                     \
    "name", WEIR_XML_TEXT, offsetof (Struct, base.name) \
  }
#define DISABLED(Struct)                                   \
  {                                                        \
    "disabled", WEIR_XML_BOOL, offsetof (Struct, disabled) \
  }

static const char *const bulletin_levels[] = { "debug", "info", "warning", "error", "none", NULL };
static const char *const backoffs[] = { "penalize", "yield", NULL };
static const char *const port_kinds[] = { "input", "output", NULL };
static const char *const orders[] = { "fifo", "newest", "oldest", "priority", NULL };

static const WeirXmlAttribute flow_attributes[] = { NAME (WeirGroup), { NULL } };

static const WeirXmlAttribute group_attributes[] = { ID (WeirGroup), NAME (WeirGroup), { NULL } };

static const WeirXmlAttribute no_attributes[] = { { NULL } };

static const WeirXmlAttribute parameter_attributes[] = {
  { "name", WEIR_XML_TEXT, offsetof (WeirParameter, name) },
  { "secret", WEIR_XML_NULLABLE, offsetof (WeirParameter, secret) },
  { "description", WEIR_XML_TEXT, offsetof (WeirParameter, description) },
  { NULL },
};

static const WeirXmlAttribute service_attributes[] = {
  ID (WeirServiceNode),
  { "type", WEIR_XML_TEXT, offsetof (WeirServiceNode, type) },
  NAME (WeirServiceNode),
  DISABLED (WeirServiceNode),
  { NULL },
};

static const WeirXmlAttribute processor_attributes[] = {
  ID (WeirProcessorNode),
  { "type", WEIR_XML_TEXT, offsetof (WeirProcessorNode, type) },
  NAME (WeirProcessorNode),
  DISABLED (WeirProcessorNode),
  { "penalty", WEIR_XML_DURATION, offsetof (WeirProcessorNode, penalty_usec),
    .by_default = WEIR_DEFAULT_PENALTY_USEC },
  { "yield", WEIR_XML_DURATION, offsetof (WeirProcessorNode, yield_usec),
    .by_default = WEIR_DEFAULT_YIELD_USEC },
  { "bulletins", WEIR_XML_CHOICE, offsetof (WeirProcessorNode, bulletins),
    .by_default = WEIR_BULLETIN_WARNING, .choices = bulletin_levels },
  { NULL },
};

static const WeirXmlAttribute property_attributes[] = {
  { "name", WEIR_XML_TEXT, offsetof (WeirPropertyNode, name) },
  { NULL },
};

static const WeirXmlAttribute schedule_attributes[] = {
  { "every", WEIR_XML_EVERY },
  { "cron", WEIR_XML_CRON },
  { "tasks", WEIR_XML_COUNT, offsetof (WeirSchedule, tasks), .by_default = WEIR_DEFAULT_TASKS,
    .minimum = 1 },
  { NULL },
};

static const WeirXmlAttribute retry_attributes[] = {
  { "relationship", WEIR_XML_TEXT, offsetof (WeirRetry, relationship) },
  { "attempts", WEIR_XML_COUNT, offsetof (WeirRetry, attempts),
    .by_default = WEIR_DEFAULT_RETRY_ATTEMPTS, .minimum = 1 },
  { "backoff", WEIR_XML_CHOICE, offsetof (WeirRetry, backoff), .choices = backoffs },
  { "max", WEIR_XML_DURATION, offsetof (WeirRetry, max_usec),
    .by_default = WEIR_DEFAULT_RETRY_MAX_USEC },
  { NULL },
};

static const WeirXmlAttribute auto_terminate_attributes[] = {
  { "relationship", WEIR_XML_TEXT, offsetof (WeirAutoTerminate, relationship) },
  { NULL },
};

static const WeirXmlAttribute port_attributes[] = {
  ID (WeirPort),
  { "kind", WEIR_XML_BOOL, offsetof (WeirPort, is_output), .always = true, .choices = port_kinds },
  NAME (WeirPort),
  DISABLED (WeirPort),
  { NULL },
};

static const WeirXmlAttribute funnel_attributes[] = { ID (WeirFunnel),
                                                      NAME (WeirFunnel),
                                                      { NULL } };

static const WeirXmlAttribute label_attributes[] = { ID (WeirLabel), { NULL } };

static const WeirXmlAttribute connection_attributes[] = {
  ID (WeirConnection),
  NAME (WeirConnection),
  { "from", WEIR_XML_FROM },
  { "to", WEIR_XML_TEXT, offsetof (WeirConnection, to) },
  { "max-count", WEIR_XML_BIG_COUNT, offsetof (WeirConnection, max_count),
    .by_default = WEIR_DEFAULT_MAX_COUNT },
  { "max-size", WEIR_XML_SIZE, offsetof (WeirConnection, max_bytes),
    .by_default = WEIR_DEFAULT_MAX_BYTES },
  { "expire", WEIR_XML_DURATION, offsetof (WeirConnection, expire_usec) },
  { "order", WEIR_XML_CHOICE, offsetof (WeirConnection, order), .choices = orders },
  { NULL },
};

static const WeirXmlAttribute at_attributes[] = {
  { "id", WEIR_XML_TEXT, offsetof (WeirXmlPlace, id) },
  { "x", WEIR_XML_NUMBER, offsetof (WeirXmlPlace, place.x), .always = true },
  { "y", WEIR_XML_NUMBER, offsetof (WeirXmlPlace, place.y), .always = true },
  { "width", WEIR_XML_NUMBER, offsetof (WeirXmlPlace, place.width) },
  { "height", WEIR_XML_NUMBER, offsetof (WeirXmlPlace, place.height) },
  { NULL },
};

static const WeirXmlAttribute bend_attributes[] = {
  { "from", WEIR_XML_TEXT, offsetof (WeirXmlBend, from) },
  { "to", WEIR_XML_TEXT, offsetof (WeirXmlBend, to) },
  { "x", WEIR_XML_NUMBER, offsetof (WeirXmlBend, point.x), .always = true },
  { "y", WEIR_XML_NUMBER, offsetof (WeirXmlBend, point.y), .always = true },
  { NULL },
};

static const WeirXmlRow rows[WEIR_XML_N_TAGS] = {
  [WEIR_XML_FLOW] = { "flow", .attributes = flow_attributes },
  [WEIR_XML_GROUP] = { "group", IN_GROUPS, .attributes = group_attributes },
  [WEIR_XML_COMMENT] = { "comment", IN_COMPONENTS, .has_text = true, .is_plain = true,
                         .is_single = true, .attributes = no_attributes },
  [WEIR_XML_PARAMETERS] = { "parameters", IN_GROUPS, .is_single = true,
                            .attributes = no_attributes },
  [WEIR_XML_PARAMETER] = { "parameter", IN (PARAMETERS), .has_text = true,
                           .attributes = parameter_attributes },
  [WEIR_XML_SERVICE] = { "service", IN_GROUPS, .attributes = service_attributes },
  [WEIR_XML_PROCESSOR] = { "processor", IN_GROUPS, .attributes = processor_attributes },
  [WEIR_XML_PROPERTY] = { "property", IN (SERVICE) | IN (PROCESSOR), .has_text = true,
                          .attributes = property_attributes },
  [WEIR_XML_SCHEDULE] = { "schedule", IN (PROCESSOR), .is_single = true,
                          .attributes = schedule_attributes },
  [WEIR_XML_RETRY] = { "retry", IN (PROCESSOR), .attributes = retry_attributes },
  [WEIR_XML_AUTO_TERMINATE] = { "auto-terminate", IN (PROCESSOR),
                                .attributes = auto_terminate_attributes },
  [WEIR_XML_PORT] = { "port", IN_GROUPS, .attributes = port_attributes },
  [WEIR_XML_FUNNEL] = { "funnel", IN_GROUPS, .attributes = funnel_attributes },
  [WEIR_XML_LABEL] = { "label", IN_GROUPS, .has_text = true, .attributes = label_attributes },
  [WEIR_XML_CONNECTION] = { "connection", IN_GROUPS, .attributes = connection_attributes },
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
