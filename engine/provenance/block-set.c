/* block-set.c: an array, and for each name where it is in there; a place counts only if that name
 * stands there, so none is ever cleared. */
#include "provenance/block-set.h"

void
weir_block_set_clear (WeirBlockSet *set)
{
  g_free (set->items);
  g_free (set->places);
  *set = (WeirBlockSet){ 0 };
}

static inline bool
has_name (const WeirBlockSet *set, uint32_t name)
{
  return name < set->n_places && set->places[name] < set->n &&
         set->items[set->places[name]].name == name;
}

static void
grow_places (WeirBlockSet *set, uint32_t name)
{
  uint32_t n = MAX (2 * set->n_places, name + 1);

  set->places = g_renew (uint32_t, set->places, n);
  for (uint32_t i = set->n_places; i < n; i++)
    set->places[i] = UINT32_MAX;
  set->n_places = n;
}

void
weir_block_set_put (WeirBlockSet *set, uint32_t name, uint32_t pair)
{
  if (has_name (set, name)) {
    set->items[set->places[name]].pair = pair;
    return;
  }
  if (name >= set->n_places)
    grow_places (set, name);
  if (set->n == set->room) {
    set->room = MAX (2 * set->room, 16);
    set->items = g_renew (WeirBlockItem, set->items, set->room);
  }
  set->places[name] = set->n;
  set->items[set->n++] = (WeirBlockItem){ name, pair };
}

void
weir_block_set_remove (WeirBlockSet *set, uint32_t name)
{
  WeirBlockItem last;

  if (!has_name (set, name))
    return;
  last = set->items[--set->n];
  set->items[set->places[name]] = last;
  set->places[last.name] = set->places[name];
}
