/* arguments.c: see the header. */
#include "control/arguments.h"

#include <string.h>
#include <weir/error.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/suggest.h"
#include "base/units.h"
#include "control/percent.h"

static size_t
count_params (const WeirMethod *row)
{
  size_t n = 0;

  while (row->params != NULL && row->params[n].name != NULL)
    n++;
  return n;
}

static bool refuse (const WeirParam *param, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static bool
refuse (const WeirParam *param, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "parameter %s: %s", param->name, message);
  return false;
}

static bool
read_int (const WeirParam *param, WeirArgument *value, GError **error)
{
  const bool bounded = param->min != 0 || param->max != 0;

  if (!g_ascii_string_to_signed (value->text, 10, bounded ? param->min : INT64_MIN,
                                 bounded ? param->max : INT64_MAX, &value->number, NULL))
    return bounded ? refuse (param, error,
                             "a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                             " is expected",
                             param->min, param->max)
                   : refuse (param, error, "a whole number is expected");
  return true;
}

static bool
read_bool (const WeirParam *param, WeirArgument *value, GError **error)
{
  value->number = strcmp (value->text, "true") == 0;
  return value->number != 0 || strcmp (value->text, "false") == 0 ||
         refuse (param, error, "true or false is expected");
}

/* With its unit: a bare 0 is no duration that anybody means. */
static bool
parse_duration (const char *text, int64_t *ret_usec)
{
  const size_t length = strlen (text);

  return length > 0 && g_ascii_isalpha (text[length - 1]) &&
         weir_units_parse_duration (text, ret_usec, NULL);
}

static bool
read_duration (const WeirParam *param, WeirArgument *value, GError **error)
{
  return parse_duration (value->text, &value->number) ||
         refuse (param, error, "a duration such as '15 min' is expected");
}

static bool
read_time (const WeirParam *param, WeirArgument *value, int64_t now, GError **error)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (value->text, utc);
  int64_t ago;

  if (time != NULL) {
    value->number = g_date_time_to_unix (time) * 1000000 + g_date_time_get_microsecond (time);
    return true;
  }
  if (!parse_duration (value->text, &ago))
    return refuse (param, error,
                   "a time such as '2026-01-31T12:00:00Z', or a duration ago such as '15 min', is "
                   "expected");
  value->number = weir_time_add (now, -ago);
  return true;
}

static bool
read_text (const WeirParam *param, WeirArgument *value, GError **error)
{
  g_autofree char *list = NULL;

  if (param->choices == NULL || g_strv_contains (param->choices, value->text))
    return true;
  list = g_strjoinv (", ", (GStrv)param->choices);
  return refuse (param, error, "one of %s is expected", list);
}

static bool
read_value (const WeirParam *param, WeirArgument *value, int64_t now, GError **error)
{
  value->is_given = true;
  switch (param->kind) {
  case WEIR_PARAM_INT:
    return read_int (param, value, error);
  case WEIR_PARAM_BOOL:
    return read_bool (param, value, error);
  case WEIR_PARAM_TIME:
    return read_time (param, value, now, error);
  case WEIR_PARAM_DURATION:
    return read_duration (param, value, error);
  case WEIR_PARAM_TEXT:
  case WEIR_PARAM_FLOW:
    break;
  }
  return read_text (param, value, error);
}

static bool
refuse_unknown (const WeirMethod *row, const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *quoted = weir_error_quote (name);
  const char *nearest;

  for (size_t i = 0; i < count_params (row); i++)
    if (!row->params[i].is_in_path)
      g_ptr_array_add (names, (gpointer)row->params[i].name);
  nearest = weir_suggest (name, (const char *const *)names->pdata, names->len);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s has no parameter %s%s%s%s", row->name,
               quoted, nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
               nearest != NULL ? "'?" : "");
  return false;
}

/* One NAME=VALUE of the query. */
static bool
read_pair (WeirArguments *arguments, char *pair, int64_t now, GError **error)
{
  const WeirMethod *row = arguments->row;
  char *value = strchr (pair, '=');

  if (value != NULL)
    *value++ = '\0';
  if (!weir_percent_decode (pair, true) || (value != NULL && !weir_percent_decode (value, true))) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "the query must be percent-encoded UTF-8");
    return false;
  }
  for (size_t i = 0; i < count_params (row); i++) {
    if (row->params[i].is_in_path || strcmp (row->params[i].name, pair) != 0)
      continue;
    if (arguments->values[i].is_given)
      return refuse (&row->params[i], error, "is given twice");
    arguments->values[i].text = value != NULL ? value : "";
    return read_value (&row->params[i], &arguments->values[i], now, error);
  }
  return refuse_unknown (row, pair, error);
}

static bool
read_path (WeirArguments *arguments, const WeirMatch *match, int64_t now, GError **error)
{
  const WeirParam *params = arguments->row->params;

  for (size_t i = 0; i < count_params (arguments->row); i++) {
    for (size_t k = 0; params[i].is_in_path && k < match->n; k++) {
      if (strcmp (match->names[k], params[i].name) != 0)
        continue;
      arguments->values[i].text = match->values[k];
      if (!read_value (&params[i], &arguments->values[i], now, error))
        return false;
    }
  }
  return true;
}

static bool
read_query (WeirArguments *arguments, const char *query, int64_t now, GError **error)
{
  char *next = arguments->buffer = g_strdup (query);

  while (next != NULL && *next != '\0') {
    char *pair = next;

    next = strchr (next, '&');
    if (next != NULL)
      *next++ = '\0';
    if (*pair != '\0' && !read_pair (arguments, pair, now, error))
      return false;
  }
  return true;
}

bool
weir_arguments_parse (const WeirMatch *match, const char *query, int64_t now,
                      WeirArguments *ret_arguments, GError **error)
{
  WeirArguments arguments = { .row = match->row };
  bool good =
      read_path (&arguments, match, now, error) && read_query (&arguments, query, now, error);

  for (size_t i = 0; good && i < count_params (match->row); i++)
    if (match->row->params[i].is_required && !arguments.values[i].is_given)
      good = refuse (&match->row->params[i], error, "is missing: %s", match->row->params[i].doc);
  if (good)
    *ret_arguments = arguments;
  else
    weir_arguments_clear (&arguments);
  return good;
}

void
weir_arguments_clear (WeirArguments *arguments)
{
  g_clear_pointer (&arguments->buffer, g_free);
}

const WeirArgument *
weir_arguments_get (const WeirArguments *arguments, const char *name)
{
  for (size_t i = 0; i < count_params (arguments->row); i++)
    if (strcmp (arguments->row->params[i].name, name) == 0)
      return &arguments->values[i];
  return NULL;
}
