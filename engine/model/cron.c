/* cron.c: from text to bits. */
#include "model/cron-fields.h"
#include <string.h>
#include <weir/error.h>

typedef struct {
  const char *name;
  unsigned minimum;
  unsigned maximum;
  const char *const *names; /* of the values from the minimum on, closed by NULL */
} Field;

static const char *const month_names[] = { "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                           "AUG", "SEP", "OCT", "NOV", "DEC", NULL };
static const char *const weekday_names[] = {
  "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL
};

enum { SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY, N_FIELDS };

static const Field fields[N_FIELDS] = {
  [SECOND] = { "second", 0, 59 },
  [MINUTE] = { "minute", 0, 59 },
  [HOUR] = { "hour", 0, 23 },
  [DAY] = { "day", 1, 31 },
  [MONTH] = { "month", 1, 12, month_names },
  [WEEKDAY] = { "weekday", 0, 7, weekday_names },
};

static const char *const macros[][2] = {
  { "@hourly", "0 0 * * * *" },   { "@daily", "0 0 0 * * *" },   { "@midnight", "0 0 0 * * *" },
  { "@weekly", "0 0 0 * * SUN" }, { "@monthly", "0 0 0 1 * *" }, { "@yearly", "0 0 0 1 1 *" },
  { "@annually", "0 0 0 1 1 *" },
};

/* Reads a number or a name of @field and moves *@at behind it. */
static bool
read_value (const Field *field, const char **at, unsigned *ret_value)
{
  const char *text = *at;
  unsigned value = 0;

  for (unsigned i = 0; field->names != NULL && field->names[i] != NULL; i++)
    if (g_ascii_strncasecmp (text, field->names[i], 3) == 0) {
      *ret_value = field->minimum + i;
      *at = text + 3;
      return true;
    }
  for (; g_ascii_isdigit (*text) && text - *at < 4; text++)
    value = value * 10 + (unsigned)g_ascii_digit_value (*text);
  if (text == *at || value < field->minimum || value > field->maximum)
    return false;
  *ret_value = value;
  *at = text;
  return true;
}

/* "*", "5", "1-5", "5/15", "1-5/2". */
static bool
parse_range (const Field *field, const char *text, uint64_t *bits)
{
  unsigned first = field->minimum;
  unsigned last = field->maximum;
  unsigned step = 1;
  bool is_open = *text == '*';

  if (is_open)
    text++;
  else if (!read_value (field, &text, &first))
    return false;
  if (*text == '-' && !is_open) {
    text++;
    if (!read_value (field, &text, &last))
      return false;
  } else if (*text != '/' && !is_open) {
    last = first;
  }
  if (*text == '/') {
    static const Field steps = { "step", 1, 9999 };

    text++;
    if (!read_value (&steps, &text, &step))
      return false;
  }
  if (*text != '\0' || first > last)
    return false;
  for (unsigned value = first; value <= last; value += step)
    *bits |= UINT64_C (1) << value;
  return true;
}

/* "L", "L-3", "LW", "15W". Returns: false when it is none of them. */
static bool
parse_special_day (const char *text, WeirCron *cron)
{
  static const Field distances = { "distance", 1, 30 };
  unsigned value = 0;

  if (g_ascii_strcasecmp (text, "L") == 0) {
    cron->days_from_end |= 1;
  } else if (g_ascii_strcasecmp (text, "LW") == 0) {
    cron->last_working_day = true;
  } else if (g_ascii_strncasecmp (text, "L-", 2) == 0) {
    text += 2;
    if (!read_value (&distances, &text, &value) || *text != '\0')
      return false;
    cron->days_from_end |= UINT64_C (1) << value;
  } else {
    if (!read_value (&fields[DAY], &text, &value) || g_ascii_strcasecmp (text, "W") != 0)
      return false;
    cron->working_days |= UINT64_C (1) << value;
  }
  return true;
}

/* "5L", "FRIL", "MON#2". */
static bool
parse_special_weekday (const char *text, WeirCron *cron)
{
  unsigned weekday = 0;

  if (!read_value (&fields[WEEKDAY], &text, &weekday))
    return false;
  if (g_ascii_strcasecmp (text, "L") == 0) {
    cron->last_weekdays |= UINT64_C (1) << weekday % 7;
    return true;
  }
  if (text[0] != '#' || text[1] < '1' || text[1] > '5' || text[2] != '\0')
    return false;
  cron->nth_weekdays[text[1] - '0'] |= UINT64_C (1) << weekday % 7;
  return true;
}

static bool
parse_item (unsigned index, const char *text, WeirCron *cron, uint64_t *bits)
{
  if ((index == DAY || index == WEEKDAY) && strcmp (text, "?") == 0)
    text = "*";
  return parse_range (&fields[index], text, bits) ||
         (index == DAY && parse_special_day (text, cron)) ||
         (index == WEEKDAY && parse_special_weekday (text, cron));
}

static bool
parse_field (unsigned index, const char *text, WeirCron *cron, uint64_t *bits, GError **error)
{
  g_auto (GStrv) items = g_strsplit (text, ",", -1);

  for (guint i = 0; items[i] != NULL; i++)
    if (!parse_item (index, items[i], cron, bits)) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "'%s' is no %s", items[i],
                   fields[index].name);
      return false;
    }
  return true;
}

static void
set_count_error (guint n_parts, GError **error)
{
  const char *hint = "there must be six";

  if (n_parts == 5)
    hint = "the seconds are missing: begin with '0 '";
  else if (n_parts == 7)
    hint = "leave out the year at the end";
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "it has %u fields; %s", n_parts, hint);
}

/* Returns: (transfer full): the parts of @text between blanks. */
static char **
split (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, " \t", -1);
  g_autoptr (GStrvBuilder) filled = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      g_strv_builder_add (filled, parts[i]);
  return g_strv_builder_end (filled);
}

WeirCron *
weir_cron_parse (const char *text, GError **error)
{
  g_autoptr (WeirCron) cron = g_new0 (WeirCron, 1);
  uint64_t *bits[N_FIELDS] = { &cron->seconds, &cron->minutes, &cron->hours,
                               &cron->days,    &cron->months,  &cron->weekdays };
  g_auto (GStrv) parts = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (macros); i++)
    if (strcmp (text, macros[i][0]) == 0)
      text = macros[i][1];
  parts = split (text);
  if (g_strv_length (parts) != N_FIELDS) {
    set_count_error (g_strv_length (parts), error);
    return NULL;
  }
  for (unsigned i = 0; i < N_FIELDS; i++)
    if (!parse_field (i, parts[i], cron, bits[i], error))
      return NULL;
  if ((cron->weekdays & (1u << 7)) != 0)
    cron->weekdays |= 1;
  return g_steal_pointer (&cron);
}

void
weir_cron_free (WeirCron *cron)
{
  g_free (cron);
}
