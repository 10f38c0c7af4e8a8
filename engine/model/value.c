/* value.c: what is no row of a table of settings has two functions here, and a row. */
#include "base/suggest.h"
#include "model/setting.h"
#include "model/value-parts.h"
#include <string.h>
#include <weir/error.h>

bool
weir_value_refuse (GError **error, const char *name, const char *text, const char *advice)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s=\"%s\": %s", name, text, advice);
  return false;
}

static void
replace (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static char *
get_nonempty (const char *text)
{
  return text[0] != '\0' ? g_strdup (text) : NULL;
}

/* --- ghosts --- */

void
weir_ghosts_drop_attribute (WeirGhosts *ghosts, const char *name)
{
  for (guint i = 0; ghosts->attributes != NULL && i < ghosts->attributes->len; i += 2)
    if (strcmp (ghosts->attributes->pdata[i], name) == 0) {
      g_ptr_array_remove_range (ghosts->attributes, i, 2);
      break;
    }
  if (ghosts->attributes != NULL && ghosts->attributes->len == 0)
    g_clear_pointer (&ghosts->attributes, g_ptr_array_unref);
}

/* --- text of the component itself --- */

static char *
get_comment (const WeirComponent *component, const char *key)
{
  return get_nonempty (component->comment);
}

static bool
set_comment (WeirComponent *component, const char *key, const char *text, int index, GError **error)
{
  replace (&component->comment, text != NULL ? text : "");
  return true;
}

static char *
get_text (const WeirComponent *component, const char *key)
{
  return get_nonempty (((const WeirLabel *)component)->text);
}

static bool
set_text (WeirComponent *component, const char *key, const char *text, int index, GError **error)
{
  replace (&((WeirLabel *)component)->text, text != NULL ? text : "");
  return true;
}

/* --- places and bends --- */

static const WeirSetting coordinate = { "coordinate", WEIR_SETTING_NUMBER, 0, .always = true };

static void
append_number (GString *text, double number)
{
  g_autofree char *digits = weir_setting_format (&coordinate, &number);

  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", digits);
}

/* Reads the numbers of @text, which blanks part. Returns: their count, 0 with @error. */
static unsigned
parse_numbers (const char *text, double *numbers, unsigned max, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, " ", -1);
  unsigned n = 0;

  for (unsigned i = 0; words[i] != NULL; i++) {
    if (words[i][0] == '\0')
      continue;
    if (n == max || !weir_setting_parse (&coordinate, &numbers[n], words[i], error)) {
      if (n == max)
        g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "more than %u numbers", max);
      return 0;
    }
    n++;
  }
  if (n == 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "no number");
  return n;
}

static char *
get_place (const WeirComponent *component, const char *key)
{
  const WeirPlace *place = &component->place;
  GString *text = NULL;

  if (!place->is_set)
    return NULL;
  text = g_string_new (NULL);
  append_number (text, place->x);
  append_number (text, place->y);
  if (place->width != 0 || place->height != 0) {
    append_number (text, place->width);
    append_number (text, place->height);
  }
  return g_string_free (text, FALSE);
}

/* Without a place, the ghosts of the one before stay with the component: they may come back. */
static bool
set_place (WeirComponent *component, const char *key, const char *text, int index, GError **error)
{
  WeirPlace *place = &component->place;
  double numbers[4] = { 0 };
  unsigned n = 0;

  if (text != NULL) {
    n = parse_numbers (text, numbers, 4, NULL);
    if (n != 2 && n != 4)
      return weir_value_refuse (error, "place", text, "write \"X Y\" or \"X Y WIDTH HEIGHT\"");
  }
  place->is_set = text != NULL;
  place->x = numbers[0];
  place->y = numbers[1];
  place->width = numbers[2];
  place->height = numbers[3];
  return true;
}

static char *
get_bends (const WeirComponent *component, const char *key)
{
  const GArray *bends = ((const WeirConnection *)component)->bends;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < bends->len; i++) {
    WeirPoint point = g_array_index (bends, WeirPoint, i);

    if (i > 0)
      g_string_append_c (text, ',');
    append_number (text, point.x);
    append_number (text, point.y);
  }
  return get_nonempty (text->str);
}

static bool
set_bends (WeirComponent *component, const char *key, const char *text, int index, GError **error)
{
  WeirConnection *connection = (WeirConnection *)component;
  g_autoptr (GArray) bends = g_array_new (false, false, sizeof (WeirPoint));
  g_auto (GStrv) points = g_strsplit (text != NULL ? text : "", ",", -1);

  for (unsigned i = 0; points[i] != NULL; i++) {
    double numbers[2] = { 0 };

    if (parse_numbers (points[i], numbers, 2, NULL) != 2)
      return weir_value_refuse (error, "bends", text, "write \"X Y, X Y\"");
    g_array_append_val (bends, ((WeirPoint){ numbers[0], numbers[1] }));
  }
  g_array_unref (connection->bends);
  connection->bends = g_steal_pointer (&bends);
  return true;
}

/* --- where a connection comes from --- */

static char *
get_from (const WeirComponent *component, const char *key)
{
  const WeirConnection *connection = (const WeirConnection *)component;
  GString *text = g_string_new (connection->from);

  for (guint i = 0; i < connection->relationships->len; i++)
    g_string_append_printf (text, "%c%s", i == 0 ? ':' : '\n',
                            (const char *)connection->relationships->pdata[i]);
  return g_string_free (text, FALSE);
}

static bool
set_from (WeirComponent *component, const char *key, const char *text, int index, GError **error)
{
  WeirConnection *connection = (WeirConnection *)component;
  const char *from = text != NULL ? text : "";
  const char *colon = strchr (from, ':');
  g_auto (GStrv) relationships = colon != NULL ? g_strsplit (colon + 1, "\n", -1) : NULL;
  char *copy = colon != NULL ? g_strndup (from, (gsize)(colon - from)) : g_strdup (from);

  g_free (connection->from);
  connection->from = copy;
  g_ptr_array_set_size (connection->relationships, 0);
  if (colon != NULL && relationships[0] == NULL)
    g_ptr_array_add (connection->relationships, g_strdup (""));
  for (unsigned i = 0; relationships != NULL && relationships[i] != NULL; i++)
    g_ptr_array_add (connection->relationships, g_strdup (relationships[i]));
  return true;
}

/* --- schedules --- */

static char *
get_schedule (const WeirComponent *component, const char *key)
{
  const WeirSchedule *schedule = &((const WeirProcessorNode *)component)->schedule;
  g_autofree char *every = NULL;

  if (schedule->mode == WEIR_SCHEDULE_CRON)
    return g_strconcat ("cron ", schedule->cron, NULL);
  if (schedule->mode == WEIR_SCHEDULE_EVENT)
    return NULL;
  every = weir_setting_format (weir_setting_find (weir_schedule_settings, "every"), schedule);
  return g_strconcat ("every ", every, NULL);
}

static bool
set_schedule (WeirComponent *component, const char *key, const char *text, int index,
              GError **error)
{
  WeirSchedule *schedule = &((WeirProcessorNode *)component)->schedule;
  const WeirSetting *setting = NULL;
  WeirSchedule next = { 0 };

  if (text != NULL && g_str_has_prefix (text, "every "))
    setting = weir_setting_find (weir_schedule_settings, "every");
  else if (text != NULL && g_str_has_prefix (text, "cron "))
    setting = weir_setting_find (weir_schedule_settings, "cron");
  else if (text != NULL)
    return weir_value_refuse (error, "schedule", text,
                              "write \"every 1 s\" or \"cron 0 30 6 * * *\"");
  if (setting != NULL &&
      !weir_setting_parse (setting, &next, text + strlen (setting->name) + 1, error))
    return false;

  g_free (schedule->cron);
  schedule->mode = next.mode;
  schedule->every_usec = next.every_usec;
  schedule->cron = next.cron;
  weir_ghosts_drop_attribute (&schedule->ghosts, "every");
  weir_ghosts_drop_attribute (&schedule->ghosts, "cron");
  return true;
}

static char *
get_tasks (const WeirComponent *component, const char *key)
{
  return weir_setting_format (weir_setting_find (weir_schedule_settings, "tasks"),
                              &((const WeirProcessorNode *)component)->schedule);
}

static bool
set_tasks (WeirComponent *component, const char *key, const char *text, int index, GError **error)
{
  WeirSchedule *schedule = &((WeirProcessorNode *)component)->schedule;
  const WeirSetting *setting = weir_setting_find (weir_schedule_settings, "tasks");

  if (text == NULL)
    weir_setting_reset (setting, schedule);
  else if (!weir_setting_parse (setting, schedule, text, error))
    return false;
  weir_ghosts_drop_attribute (&schedule->ghosts, "tasks");
  return true;
}

/* --- all of them --- */

static const WeirSpecialValue specials[] = {
  { "comment", WEIR_VALUE_ALL_KINDS & ~WEIR_VALUE_KIND (LABEL), get_comment, set_comment },
  { "text", WEIR_VALUE_KIND (LABEL), get_text, set_text },
  { "from", WEIR_VALUE_KIND (CONNECTION), get_from, set_from },
  { "schedule", WEIR_VALUE_KIND (PROCESSOR), get_schedule, set_schedule },
  { "tasks", WEIR_VALUE_KIND (PROCESSOR), get_tasks, set_tasks },
  { "place", WEIR_VALUE_ALL_KINDS & ~WEIR_VALUE_KIND (CONNECTION), get_place, set_place },
  { "bends", WEIR_VALUE_KIND (CONNECTION), get_bends, set_bends },
  { NULL },
};

static const WeirSpecialValue *
find_special (const WeirSpecialValue *values, WeirKind kind, const char *name)
{
  for (; values->name != NULL; values++)
    if ((values->kinds & (1u << kind)) != 0 && strcmp (values->name, name) == 0)
      return values;
  return NULL;
}

/* The row of a table of settings that may be set: an id is changed by what changes those who name
 * it, and the rest by what is above. */
static const WeirSetting *
find_row (WeirKind kind, const char *name)
{
  if (strcmp (name, "id") == 0 || strcmp (name, "from") == 0)
    return NULL;
  return weir_setting_find (weir_kind_get_settings (kind), name);
}

static void
add_names (GPtrArray *names, WeirKind kind)
{
  const WeirSpecialValue *const tables[] = { specials, weir_keyed_values };

  for (const WeirSetting *row = weir_kind_get_settings (kind); row->name != NULL; row++)
    if (find_row (kind, row->name) != NULL)
      g_ptr_array_add (names, (char *)row->name);
  for (size_t i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const WeirSpecialValue *value = tables[i]; value->name != NULL; value++)
      if ((value->kinds & (1u << kind)) != 0)
        g_ptr_array_add (names, (char *)value->name);
}

static bool
tell_unknown (WeirKind kind, const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest = NULL;

  add_names (names, kind);
  nearest = weir_suggest (name, (const char *const *)names->pdata, names->len);
  g_ptr_array_add (names, NULL);
  if (nearest != NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "a %s has no setting '%s', did you mean '%s'?", weir_kind_get_text (kind), name,
                 nearest);
  } else {
    g_autofree char *all = g_strjoinv (", ", (char **)names->pdata);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "a %s has no setting '%s': it has %s",
                 weir_kind_get_text (kind), name, all);
  }
  return false;
}

/* Finds what stands for @name: *@ret_row or *@ret_special. */
static bool
resolve (WeirKind kind, WeirValueName name, const WeirSetting **ret_row,
         const WeirSpecialValue **ret_special, GError **error)
{
  const WeirSpecialValue *keyed = find_special (weir_keyed_values, kind, name.setting);

  if (keyed != NULL && name.key == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "which %s? Name it", name.setting);
    return false;
  }
  *ret_special = keyed != NULL ? keyed : find_special (specials, kind, name.setting);
  *ret_row = *ret_special == NULL ? find_row (kind, name.setting) : NULL;
  return *ret_special != NULL || *ret_row != NULL || tell_unknown (kind, name.setting, error);
}

bool
weir_value_get (const WeirComponent *component, WeirValueName name, char **ret_text, GError **error)
{
  const WeirSetting *row = NULL;
  const WeirSpecialValue *special = NULL;

  if (!resolve (component->kind, name, &row, &special, error))
    return false;
  *ret_text =
      row != NULL ? weir_setting_format (row, component) : special->get (component, name.key);
  return true;
}

bool
weir_value_set (WeirComponent *component, WeirValueName name, const char *text, int index,
                GError **error)
{
  const WeirSetting *row = NULL;
  const WeirSpecialValue *special = NULL;

  if (!resolve (component->kind, name, &row, &special, error))
    return false;
  if (special != NULL)
    return special->set (component, name.key, text, index, error);
  if (text == NULL)
    weir_setting_reset (row, component);
  else if (!weir_setting_parse (row, component, text, error))
    return false;
  weir_ghosts_drop_attribute (&component->ghosts, row->name);
  return true;
}

static bool
has_any_attribute (const WeirGhosts *ghosts, const char *const *names)
{
  for (; *names != NULL; names++)
    if (weir_ghosts_has_attribute (ghosts, *names))
      return true;
  return false;
}

bool
weir_value_is_whole (const WeirComponent *component, WeirValueName name, const char *next)
{
  static const char *const schedule_names[] = { "every", "cron", NULL };
  static const char *const tasks_names[] = { "tasks", NULL };
  static const char *const retry_names[] = { "attempts", "backoff", "max", NULL };
  const char *const row_names[] = { name.setting, NULL };
  const WeirConnection *connection = (const WeirConnection *)component;

  if (find_special (weir_keyed_values, component->kind, name.setting) != NULL) {
    const WeirGhosts *ghosts = weir_keyed_get_ghosts (component, name);
    bool stays = next != NULL && strcmp (name.setting, "auto-terminate") != 0;

    return ghosts == NULL ||
           (stays ? !has_any_attribute (ghosts, retry_names) : weir_ghosts_is_empty (ghosts));
  }
  if (strcmp (name.setting, "schedule") == 0)
    return !has_any_attribute (&((const WeirProcessorNode *)component)->schedule.ghosts,
                               schedule_names);
  if (strcmp (name.setting, "tasks") == 0)
    return !has_any_attribute (&((const WeirProcessorNode *)component)->schedule.ghosts,
                               tasks_names);
  if (strcmp (name.setting, "from") != 0)
    return !has_any_attribute (&component->ghosts, row_names);
  for (guint i = 0; i < connection->relationships->len; i++)
    if (strchr (connection->relationships->pdata[i], '\n') != NULL)
      return false;
  return strchr (connection->from, ':') == NULL;
}

int
weir_value_get_index (const WeirComponent *component, WeirValueName name)
{
  if (find_special (weir_keyed_values, component->kind, name.setting) == NULL)
    return -1;
  return weir_keyed_find (weir_keyed_get_items (component, name.setting), name.key);
}

GArray *
weir_value_list (const WeirComponent *component)
{
  GArray *list = g_array_new (false, false, sizeof (WeirValueName));
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  add_names (names, component->kind);
  for (guint i = 0; i < names->len; i++) {
    WeirValueName name = { names->pdata[i], NULL };
    const GPtrArray *items = NULL;

    if (find_special (weir_keyed_values, component->kind, name.setting) == NULL) {
      g_array_append_val (list, name);
      continue;
    }
    items = weir_keyed_get_items (component, name.setting);
    for (guint k = 0; k < items->len; k++) {
      name.key = *(char *const *)items->pdata[k];
      g_array_append_val (list, name);
    }
  }
  return list;
}
