/* id-set.c: open addressing, at most half full; there are at least as many slots as places for
 * ids. */
#include "provenance/id-set.h"

#define FIRST_BITS 4

/* Where @id would be looked for first: ids that follow each other come to lie far apart. */
static uint32_t
get_slot (const WeirIdSet *set, uint64_t id)
{
  return (uint32_t)(id * UINT64_C (0x9e3779b97f4a7c15) >> (64 - set->bits));
}

/* Returns: the slot that has @id, or the free one where it would be. */
static uint32_t
find_slot (const WeirIdSet *set, uint64_t id)
{
  uint32_t mask = (UINT32_C (1) << set->bits) - 1, slot = get_slot (set, id);

  while (set->slots[slot] != 0 && set->ids[set->slots[slot] - 1] != id)
    slot = (slot + 1) & mask;
  return slot;
}

static void
grow (WeirIdSet *set)
{
  set->bits = MAX (set->bits + 1, FIRST_BITS);
  set->ids = g_renew (uint64_t, set->ids, UINT32_C (1) << (set->bits - 1));
  g_free (set->slots);
  set->slots = g_new0 (uint32_t, UINT32_C (1) << set->bits);
  for (uint32_t i = 0; i < set->n; i++)
    set->slots[find_slot (set, set->ids[i])] = i + 1;
}

void
weir_id_set_clear (WeirIdSet *set)
{
  g_free (set->ids);
  g_free (set->slots);
  *set = (WeirIdSet){ 0 };
}

uint32_t
weir_id_set_add (WeirIdSet *set, uint64_t id)
{
  uint32_t slot;

  if (set->bits == 0 || set->n >= UINT32_C (1) << (set->bits - 1))
    grow (set);
  slot = find_slot (set, id);
  if (set->slots[slot] == 0) {
    set->ids[set->n] = id;
    set->slots[slot] = ++set->n;
  }
  return set->slots[slot] - 1;
}

bool
weir_id_set_find (const WeirIdSet *set, uint64_t id, uint32_t *ret_index)
{
  uint32_t slot = set->n > 0 ? find_slot (set, id) : 0;

  if (set->n == 0 || set->slots[slot] == 0)
    return false;
  if (ret_index != NULL)
    *ret_index = set->slots[slot] - 1;
  return true;
}
