/* setting.c: one setting between its text and the field of a struct.
 *
 * Invariant: what weir_setting_format writes, weir_setting_parse reads as the same. */
#include "model/setting.h"
#include "base/units.h"
#include <math.h>
#include <string.h>
#include <weir/error.h>

/* Far beyond what a canvas shows, and exact in hundredths. */
#define MAX_COORDINATE 1e7

static const char *const bools[] = { "false", "true", NULL };

G_GNUC_PRINTF (3, 4)
static bool
refuse (const WeirSetting *setting, GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s=%s", setting->name, reason);
  return false;
}

static bool
parse_count (const WeirSetting *setting, const char *text, uint64_t maximum, uint64_t *ret_value,
             GError **error)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (text, 10, setting->minimum, maximum, &value, NULL))
    return refuse (setting, error,
                   "\"%s\" is not a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                   text, setting->minimum, maximum);
  *ret_value = value;
  return true;
}

static bool
parse_choice (const WeirSetting *setting, const char *text, unsigned *ret_value, GError **error)
{
  const char *const *choices = setting->choices != NULL ? setting->choices : bools;
  g_autofree char *all = NULL;

  for (unsigned i = 0; choices[i] != NULL; i++)
    if (strcmp (choices[i], text) == 0) {
      *ret_value = i;
      return true;
    }
  all = g_strjoinv (", ", (char **)choices);
  return refuse (setting, error, "\"%s\" is not one of %s", text, all);
}

static bool
parse_number (const WeirSetting *setting, const char *text, double *ret_value, GError **error)
{
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !(fabs (value) <= MAX_COORDINATE))
    return refuse (setting, error, "\"%s\" is not a number from -1e7 to 1e7", text);
  *ret_value = round (value * 100) / 100 + 0.0; /* no -0 */
  return true;
}

static bool
parse_duration (const WeirSetting *setting, const char *text, int64_t *ret_usec, GError **error)
{
  if (weir_units_parse_duration (text, ret_usec, error))
    return true;
  g_prefix_error (error, "%s: ", setting->name);
  return false;
}

static bool
parse_size (const WeirSetting *setting, const char *text, uint64_t *ret_bytes, GError **error)
{
  if (weir_units_parse_size (text, ret_bytes, error))
    return true;
  g_prefix_error (error, "%s: ", setting->name);
  return false;
}

static bool
parse_schedule (const WeirSetting *setting, WeirSchedule *schedule, const char *text,
                GError **error)
{
  if (schedule->mode != WEIR_SCHEDULE_EVENT)
    return refuse (setting, error, "\"%s\" is a second schedule", text);
  if (setting->type == WEIR_SETTING_EVERY) {
    if (!parse_duration (setting, text, &schedule->every_usec, error))
      return false;
    schedule->mode = WEIR_SCHEDULE_EVERY;
  } else {
    schedule->cron = g_strdup (text);
    schedule->mode = WEIR_SCHEDULE_CRON;
  }
  return true;
}

static void
parse_from (WeirConnection *connection, const char *text)
{
  const char *colon = strchr (text, ':');

  g_free (connection->from);
  connection->from = colon != NULL ? g_strndup (text, (gsize)(colon - text)) : g_strdup (text);
  if (colon != NULL)
    g_ptr_array_add (connection->relationships, g_strdup (colon + 1));
}

bool
weir_setting_parse (const WeirSetting *setting, void *target, const char *text, GError **error)
{
  void *field = (char *)target + setting->offset;
  uint64_t count = 0;
  unsigned choice = 0;

  switch (setting->type) {
  case WEIR_SETTING_TEXT:
  case WEIR_SETTING_NULLABLE:
    g_free (*(char **)field);
    *(char **)field = g_strdup (text);
    return true;
  case WEIR_SETTING_BOOL:
    if (!parse_choice (setting, text, &choice, error))
      return false;
    *(bool *)field = choice != 0;
    return true;
  case WEIR_SETTING_COUNT:
    if (!parse_count (setting, text, G_MAXINT32, &count, error))
      return false;
    *(unsigned *)field = (unsigned)count;
    return true;
  case WEIR_SETTING_BIG_COUNT:
    return parse_count (setting, text, G_MAXINT64, field, error);
  case WEIR_SETTING_SIZE:
    return parse_size (setting, text, field, error);
  case WEIR_SETTING_DURATION:
    return parse_duration (setting, text, field, error);
  case WEIR_SETTING_CHOICE:
    return parse_choice (setting, text, field, error);
  case WEIR_SETTING_NUMBER:
    return parse_number (setting, text, field, error);
  case WEIR_SETTING_EVERY:
  case WEIR_SETTING_CRON:
    return parse_schedule (setting, target, text, error);
  case WEIR_SETTING_FROM:
    parse_from (target, text);
    return true;
  }
  g_assert_not_reached ();
}

static char *
format_number (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  size_t length = 0;

  g_ascii_formatd (buffer, sizeof buffer, "%.2f", value + 0.0); /* no -0 */
  length = strlen (buffer);
  while (buffer[length - 1] == '0')
    length--;
  if (buffer[length - 1] == '.')
    length--;
  return g_strndup (buffer, length);
}

static char *
format_special (const WeirSetting *setting, const void *target)
{
  const WeirSchedule *schedule = target;
  const WeirConnection *connection = target;

  if (setting->type == WEIR_SETTING_EVERY)
    return schedule->mode == WEIR_SCHEDULE_EVERY ? weir_units_format_duration (schedule->every_usec)
                                                 : NULL;
  if (setting->type == WEIR_SETTING_CRON)
    return schedule->mode == WEIR_SCHEDULE_CRON ? g_strdup (schedule->cron) : NULL;
  if (connection->relationships->len == 1)
    return weir_connection_get_from_text (connection);
  return connection->from[0] != '\0' ? g_strdup (connection->from) : NULL;
}

static char *
format_value (const WeirSetting *setting, uint64_t value)
{
  const char *const *choices = setting->choices != NULL ? setting->choices : bools;

  if (value == setting->by_default && !setting->always)
    return NULL;
  if (setting->type == WEIR_SETTING_SIZE)
    return weir_units_format_size (value);
  if (setting->type == WEIR_SETTING_DURATION)
    return weir_units_format_duration ((int64_t)value);
  if (setting->type == WEIR_SETTING_BOOL || setting->type == WEIR_SETTING_CHOICE)
    return g_strdup (choices[value]);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
}

char *
weir_setting_format (const WeirSetting *setting, const void *target)
{
  const void *field = (const char *)target + setting->offset;
  const char *text = NULL;

  switch (setting->type) {
  case WEIR_SETTING_TEXT:
    text = *(char *const *)field;
    return text[0] != '\0' ? g_strdup (text) : NULL;
  case WEIR_SETTING_NULLABLE:
    return g_strdup (*(char *const *)field);
  case WEIR_SETTING_BOOL:
    return format_value (setting, *(const bool *)field);
  case WEIR_SETTING_COUNT:
  case WEIR_SETTING_CHOICE:
    return format_value (setting, *(const unsigned *)field);
  case WEIR_SETTING_BIG_COUNT:
  case WEIR_SETTING_SIZE:
  case WEIR_SETTING_DURATION:
    return format_value (setting, *(const uint64_t *)field);
  case WEIR_SETTING_NUMBER:
    return *(const double *)field != 0 || setting->always ? format_number (*(const double *)field)
                                                          : NULL;
  case WEIR_SETTING_EVERY:
  case WEIR_SETTING_CRON:
  case WEIR_SETTING_FROM:
    return format_special (setting, target);
  }
  g_assert_not_reached ();
}
