/* value-keyed.c: properties, retries and relationships that end here. */
#include "model/setting.h"
#include "model/value-parts.h"
#include <string.h>

static void
replace (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

GPtrArray *
weir_keyed_get_items (const WeirComponent *component, const char *name)
{
  const WeirProcessorNode *node = (const WeirProcessorNode *)component;

  if (component->kind == WEIR_KIND_SERVICE)
    return ((const WeirServiceNode *)component)->properties;
  if (strcmp (name, "property") == 0)
    return node->properties;
  return strcmp (name, "retry") == 0 ? node->retries : node->auto_terminates;
}

/* Each of them begins with its key. */
static const char *
get_item_key (const void *item)
{
  return *(char *const *)item;
}

int
weir_keyed_find (const GPtrArray *items, const char *key)
{
  for (guint i = 0; i < items->len; i++)
    if (strcmp (get_item_key (items->pdata[i]), key) == 0)
      return (int)i;
  return -1;
}

/* Puts the last of @items at @index. */
static void
place_item (GPtrArray *items, int index)
{
  void *item = items->pdata[items->len - 1];

  if (index < 0 || (guint)index >= items->len - 1)
    return;
  memmove (&items->pdata[index + 1], &items->pdata[index],
           (items->len - 1 - (guint)index) * sizeof items->pdata[0]);
  items->pdata[index] = item;
}

static char *
get_property (const WeirComponent *component, const char *key)
{
  const WeirPropertyNode *property =
      weir_properties_find (weir_keyed_get_items (component, "property"), key);

  return property != NULL ? g_strdup (property->text) : NULL;
}

static bool
set_property (WeirComponent *component, const char *key, const char *text, int index,
              GError **error)
{
  GPtrArray *properties = weir_keyed_get_items (component, "property");
  int found = weir_keyed_find (properties, key);

  if (text == NULL) {
    if (found >= 0)
      g_ptr_array_remove_index (properties, (guint)found);
    return true;
  }
  if (found >= 0) {
    replace (&((WeirPropertyNode *)properties->pdata[found])->text, text);
    return true;
  }
  weir_properties_add (properties, key, text);
  place_item (properties, index);
  return true;
}

static char *
get_retry (const WeirComponent *component, const char *key)
{
  const WeirRetry *retry =
      weir_processor_node_find_retry ((const WeirProcessorNode *)component, key);
  WeirSetting backoff = *weir_setting_find (weir_retry_settings, "backoff");
  WeirSetting max = *weir_setting_find (weir_retry_settings, "max");
  g_autofree char *backoff_text = NULL;
  g_autofree char *max_text = NULL;

  if (retry == NULL)
    return NULL;
  backoff.always = true;
  max.always = true;
  backoff_text = weir_setting_format (&backoff, retry);
  max_text = weir_setting_format (&max, retry);
  return g_strdup_printf ("%u %s %s", retry->attempts, backoff_text, max_text);
}

/* "10 penalize 10 min" */
static bool
parse_retry (const char *text, WeirRetry *retry, GError **error)
{
  static const char *const names[] = { "attempts", "backoff", "max" };
  g_auto (GStrv) words = g_strsplit (text, " ", 3);

  if (g_strv_length (words) != 3)
    return weir_value_refuse (error, "retry", text, "write \"ATTEMPTS penalize|yield LONGEST\"");
  for (unsigned i = 0; i < 3; i++)
    if (!weir_setting_parse (weir_setting_find (weir_retry_settings, names[i]), retry, words[i],
                             error))
      return false;
  return true;
}

static bool
set_retry (WeirComponent *component, const char *key, const char *text, int index, GError **error)
{
  WeirProcessorNode *node = (WeirProcessorNode *)component;
  int found = weir_keyed_find (node->retries, key);
  WeirRetry *retry = found >= 0 ? node->retries->pdata[found] : NULL;
  WeirRetry next = { 0 };

  if (text == NULL) {
    if (retry != NULL)
      g_ptr_array_remove_index (node->retries, (guint)found);
    return true;
  }
  if (!parse_retry (text, &next, error))
    return false;
  if (retry == NULL) {
    retry = weir_processor_node_add_retry (node, key);
    place_item (node->retries, index);
  }
  retry->attempts = next.attempts;
  retry->backoff = next.backoff;
  retry->max_usec = next.max_usec;
  for (const WeirSetting *row = weir_retry_settings; row->name != NULL; row++)
    weir_ghosts_drop_attribute (&retry->ghosts, row->name);
  return true;
}

static char *
get_auto_terminate (const WeirComponent *component, const char *key)
{
  return weir_processor_node_is_auto_terminated ((const WeirProcessorNode *)component, key)
             ? g_strdup ("true")
             : NULL;
}

static bool
set_auto_terminate (WeirComponent *component, const char *key, const char *text, int index,
                    GError **error)
{
  WeirProcessorNode *node = (WeirProcessorNode *)component;
  int found = weir_keyed_find (node->auto_terminates, key);
  bool wanted = g_strcmp0 (text, "true") == 0;

  if (text != NULL && !wanted && strcmp (text, "false") != 0)
    return weir_value_refuse (error, "auto-terminate", text, "write \"true\" or \"false\"");
  if (!wanted && found >= 0) {
    g_ptr_array_remove_index (node->auto_terminates, (guint)found);
  } else if (wanted && found < 0) {
    weir_processor_node_add_auto_terminate (node, key);
    place_item (node->auto_terminates, index);
  }
  return true;
}

const WeirGhosts *
weir_keyed_get_ghosts (const WeirComponent *component, WeirValueName name)
{
  const GPtrArray *items = weir_keyed_get_items (component, name.setting);
  int found = weir_keyed_find (items, name.key);

  if (found < 0)
    return NULL;
  if (strcmp (name.setting, "property") == 0)
    return &((const WeirPropertyNode *)items->pdata[found])->ghosts;
  if (strcmp (name.setting, "retry") == 0)
    return &((const WeirRetry *)items->pdata[found])->ghosts;
  return &((const WeirAutoTerminate *)items->pdata[found])->ghosts;
}

const WeirSpecialValue weir_keyed_values[] = {
  { "property", WEIR_VALUE_KIND (PROCESSOR) | WEIR_VALUE_KIND (SERVICE), get_property,
    set_property },
  { "retry", WEIR_VALUE_KIND (PROCESSOR), get_retry, set_retry },
  { "auto-terminate", WEIR_VALUE_KIND (PROCESSOR), get_auto_terminate, set_auto_terminate },
  { NULL },
};
