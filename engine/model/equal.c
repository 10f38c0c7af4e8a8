/* equal.c: compares by the values that components have, and their ghosts. */
#include "model/equal.h"
#include "model/value-parts.h"
#include <string.h>

static bool
texts_equal (const GPtrArray *a, const GPtrArray *b)
{
  guint n = a != NULL ? a->len : 0;

  if (n != (b != NULL ? b->len : 0))
    return false;
  for (guint i = 0; i < n; i++)
    if (strcmp (a->pdata[i], b->pdata[i]) != 0)
      return false;
  return true;
}

bool
weir_ghosts_equal (const WeirGhosts *a, const WeirGhosts *b)
{
  return texts_equal (a->before, b->before) && texts_equal (a->inside, b->inside) &&
         texts_equal (a->after, b->after) && texts_equal (a->attributes, b->attributes);
}

bool
weir_parameter_equal (const WeirParameter *a, const WeirParameter *b)
{
  return strcmp (a->name, b->name) == 0 && strcmp (a->value, b->value) == 0 &&
         g_strcmp0 (a->secret, b->secret) == 0 && strcmp (a->description, b->description) == 0 &&
         weir_ghosts_equal (&a->ghosts, &b->ghosts);
}

static bool
value_equal (const WeirComponent *a, WeirValueName name_a, const WeirComponent *b,
             WeirValueName name_b)
{
  g_autofree char *text_a = NULL;
  g_autofree char *text_b = NULL;

  if (strcmp (name_a.setting, name_b.setting) != 0 || g_strcmp0 (name_a.key, name_b.key) != 0)
    return false;
  return weir_value_get (a, name_a, &text_a, NULL) && weir_value_get (b, name_b, &text_b, NULL) &&
         g_strcmp0 (text_a, text_b) == 0;
}

static bool
values_equal (const WeirComponent *a, const WeirComponent *b)
{
  g_autoptr (GArray) names_a = weir_value_list (a);
  g_autoptr (GArray) names_b = weir_value_list (b);

  if (names_a->len != names_b->len)
    return false;
  for (guint i = 0; i < names_a->len; i++) {
    WeirValueName name = g_array_index (names_a, WeirValueName, i);

    if (!value_equal (a, name, b, g_array_index (names_b, WeirValueName, i)))
      return false;
    if (name.key != NULL &&
        !weir_ghosts_equal (weir_keyed_get_ghosts (a, name), weir_keyed_get_ghosts (b, name)))
      return false;
  }
  return true;
}

static bool
groups_equal (const WeirGroup *a, const WeirGroup *b)
{
  if (a->parameters->len != b->parameters->len || a->children->len != b->children->len ||
      !weir_ghosts_equal (&a->parameters_ghosts, &b->parameters_ghosts) ||
      !weir_ghosts_equal (&a->layout_ghosts, &b->layout_ghosts))
    return false;
  for (guint i = 0; i < a->parameters->len; i++)
    if (!weir_parameter_equal (a->parameters->pdata[i], b->parameters->pdata[i]))
      return false;
  for (guint i = 0; i < a->children->len; i++)
    if (!weir_component_equal (a->children->pdata[i], b->children->pdata[i]))
      return false;
  return true;
}

bool
weir_component_equal (const WeirComponent *a, const WeirComponent *b)
{
  if (a->kind != b->kind || strcmp (a->id, b->id) != 0 || !values_equal (a, b) ||
      !weir_ghosts_equal (&a->ghosts, &b->ghosts) ||
      !weir_ghosts_equal (&a->place.ghosts, &b->place.ghosts))
    return false;
  if (a->kind == WEIR_KIND_PROCESSOR)
    return weir_ghosts_equal (&((const WeirProcessorNode *)a)->schedule.ghosts,
                              &((const WeirProcessorNode *)b)->schedule.ghosts);
  return a->kind != WEIR_KIND_GROUP || groups_equal ((const WeirGroup *)a, (const WeirGroup *)b);
}
