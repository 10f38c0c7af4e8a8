/* setting-table.c: the rows. A new setting is a row here, a line in flow.rng and in
 * docs/flow-xml.md; reader, writer, edits and comparisons go by the rows. */
#include "model/setting.h"
#include <string.h>

#define ID(Struct)                                      \
  {                                                     \
    "id", WEIR_SETTING_TEXT, offsetof (Struct, base.id) \
  }
#define NAME(Struct)                                        \
  {                                                         \
    "name", WEIR_SETTING_TEXT, offsetof (Struct, base.name) \
  }
#define DISABLED(Struct)                                       \
  {                                                            \
    "disabled", WEIR_SETTING_BOOL, offsetof (Struct, disabled) \
  }

static const char *const bulletin_levels[] = { "debug", "info", "warning", "error", "none", NULL };
static const char *const backoffs[] = { "penalize", "yield", NULL };
static const char *const port_kinds[] = { "input", "output", NULL };
static const char *const orders[] = { "fifo", "newest", "oldest", "priority", NULL };

const WeirSetting weir_group_settings[] = { ID (WeirGroup), NAME (WeirGroup), { NULL } };

const WeirSetting weir_service_settings[] = {
  ID (WeirServiceNode),
  { "type", WEIR_SETTING_TEXT, offsetof (WeirServiceNode, type) },
  NAME (WeirServiceNode),
  DISABLED (WeirServiceNode),
  { NULL },
};

const WeirSetting weir_processor_settings[] = {
  ID (WeirProcessorNode),
  { "type", WEIR_SETTING_TEXT, offsetof (WeirProcessorNode, type) },
  NAME (WeirProcessorNode),
  DISABLED (WeirProcessorNode),
  { "penalty", WEIR_SETTING_DURATION, offsetof (WeirProcessorNode, penalty_usec),
    .by_default = WEIR_DEFAULT_PENALTY_USEC },
  { "yield", WEIR_SETTING_DURATION, offsetof (WeirProcessorNode, yield_usec),
    .by_default = WEIR_DEFAULT_YIELD_USEC },
  { "bulletins", WEIR_SETTING_CHOICE, offsetof (WeirProcessorNode, bulletins),
    .by_default = WEIR_BULLETIN_WARNING, .choices = bulletin_levels },
  { NULL },
};

const WeirSetting weir_port_settings[] = {
  ID (WeirPort),
  { "kind", WEIR_SETTING_BOOL, offsetof (WeirPort, is_output), .always = true,
    .choices = port_kinds },
  NAME (WeirPort),
  DISABLED (WeirPort),
  { NULL },
};

const WeirSetting weir_funnel_settings[] = { ID (WeirFunnel), NAME (WeirFunnel), { NULL } };

const WeirSetting weir_label_settings[] = { ID (WeirLabel), { NULL } };

const WeirSetting weir_connection_settings[] = {
  ID (WeirConnection),
  NAME (WeirConnection),
  { "from", WEIR_SETTING_FROM },
  { "to", WEIR_SETTING_TEXT, offsetof (WeirConnection, to) },
  { "max-count", WEIR_SETTING_BIG_COUNT, offsetof (WeirConnection, max_count),
    .by_default = WEIR_DEFAULT_MAX_COUNT },
  { "max-size", WEIR_SETTING_SIZE, offsetof (WeirConnection, max_bytes),
    .by_default = WEIR_DEFAULT_MAX_BYTES },
  { "expire", WEIR_SETTING_DURATION, offsetof (WeirConnection, expire_usec) },
  { "order", WEIR_SETTING_CHOICE, offsetof (WeirConnection, order), .choices = orders },
  { NULL },
};

const WeirSetting weir_schedule_settings[] = {
  { "every", WEIR_SETTING_EVERY },
  { "cron", WEIR_SETTING_CRON },
  { "tasks", WEIR_SETTING_COUNT, offsetof (WeirSchedule, tasks), .by_default = WEIR_DEFAULT_TASKS,
    .minimum = 1 },
  { NULL },
};

const WeirSetting weir_retry_settings[] = {
  { "relationship", WEIR_SETTING_TEXT, offsetof (WeirRetry, relationship) },
  { "attempts", WEIR_SETTING_COUNT, offsetof (WeirRetry, attempts),
    .by_default = WEIR_DEFAULT_RETRY_ATTEMPTS, .minimum = 1 },
  { "backoff", WEIR_SETTING_CHOICE, offsetof (WeirRetry, backoff), .choices = backoffs },
  { "max", WEIR_SETTING_DURATION, offsetof (WeirRetry, max_usec),
    .by_default = WEIR_DEFAULT_RETRY_MAX_USEC },
  { NULL },
};

const WeirSetting *
weir_kind_get_settings (WeirKind kind)
{
  static const WeirSetting *const tables[WEIR_N_KINDS] = {
    [WEIR_KIND_PROCESSOR] = weir_processor_settings,
    [WEIR_KIND_SERVICE] = weir_service_settings,
    [WEIR_KIND_PORT] = weir_port_settings,
    [WEIR_KIND_FUNNEL] = weir_funnel_settings,
    [WEIR_KIND_LABEL] = weir_label_settings,
    [WEIR_KIND_CONNECTION] = weir_connection_settings,
    [WEIR_KIND_GROUP] = weir_group_settings,
  };

  return tables[kind];
}

const WeirSetting *
weir_setting_find (const WeirSetting *settings, const char *name)
{
  for (; settings->name != NULL; settings++)
    if (strcmp (settings->name, name) == 0)
      return settings;
  return NULL;
}

void
weir_setting_reset (const WeirSetting *setting, void *target)
{
  void *field = (char *)target + setting->offset;

  switch (setting->type) {
  case WEIR_SETTING_TEXT:
    g_free (*(char **)field);
    *(char **)field = g_strdup ("");
    break;
  case WEIR_SETTING_NULLABLE:
    g_clear_pointer ((char **)field, g_free);
    break;
  case WEIR_SETTING_BOOL:
    *(bool *)field = setting->by_default != 0;
    break;
  case WEIR_SETTING_COUNT:
  case WEIR_SETTING_CHOICE:
    *(unsigned *)field = (unsigned)setting->by_default;
    break;
  case WEIR_SETTING_BIG_COUNT:
  case WEIR_SETTING_SIZE:
  case WEIR_SETTING_DURATION:
    *(uint64_t *)field = setting->by_default;
    break;
  case WEIR_SETTING_NUMBER:
    *(double *)field = 0;
    break;
  case WEIR_SETTING_EVERY:
  case WEIR_SETTING_CRON:
  case WEIR_SETTING_FROM:
    g_assert_not_reached ();
  }
}
