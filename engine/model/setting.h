/* setting.h: the settings of components that are one text each, as tables: in a flow file they are
 * attributes, in an edit what is set, in a comparison what differs.
 *
 * Thread: any. */
#pragma once

#include "model/flow.h"

typedef enum {
  WEIR_SETTING_TEXT,      /* char *, "" by default */
  WEIR_SETTING_NULLABLE,  /* char *, NULL by default */
  WEIR_SETTING_BOOL,      /* "false" and "true", or `choices` */
  WEIR_SETTING_COUNT,     /* unsigned */
  WEIR_SETTING_BIG_COUNT, /* uint64_t */
  WEIR_SETTING_SIZE,      /* uint64_t */
  WEIR_SETTING_DURATION,  /* int64_t, microseconds */
  WEIR_SETTING_CHOICE,    /* unsigned, into `choices` */
  WEIR_SETTING_NUMBER,    /* double, in hundredths */
  WEIR_SETTING_EVERY,     /* WeirSchedule: makes it a timer */
  WEIR_SETTING_CRON,      /* WeirSchedule: makes it a cron */
  WEIR_SETTING_FROM,      /* WeirConnection: the source, with its relationship when there is one */
} WeirSettingType;

typedef struct {
  const char *name;
  WeirSettingType type;
  size_t offset;              /* in the struct that it belongs to */
  bool always;                /* written even when it is the default */
  uint64_t by_default;        /* of the numeric types */
  uint64_t minimum;           /* of WEIR_SETTING_COUNT */
  const char *const *choices; /* closed by NULL */
} WeirSetting;

/* Sets the field of @target, the struct that it belongs to.
 * Returns: true, or false with @error and nothing changed. */
bool weir_setting_parse (const WeirSetting *setting, void *target, const char *text,
                         GError **error);

/* Returns: (transfer full) (nullable): the text, NULL when it is not written. */
char *weir_setting_format (const WeirSetting *setting, const void *target);

/* Sets it to its default; none of EVERY, CRON and FROM. */
void weir_setting_reset (const WeirSetting *setting, void *target);

/* Of each kind, in the order they are written, closed by a NULL name. */
extern const WeirSetting weir_group_settings[];
extern const WeirSetting weir_service_settings[];
extern const WeirSetting weir_processor_settings[];
extern const WeirSetting weir_port_settings[];
extern const WeirSetting weir_funnel_settings[];
extern const WeirSetting weir_label_settings[];
extern const WeirSetting weir_connection_settings[];
extern const WeirSetting weir_schedule_settings[];
extern const WeirSetting weir_retry_settings[];

/* Returns: (transfer none): one of the tables above. */
const WeirSetting *weir_kind_get_settings (WeirKind kind);

/* Returns: (transfer none) (nullable): the row @name of @settings. */
const WeirSetting *weir_setting_find (const WeirSetting *settings, const char *name);
