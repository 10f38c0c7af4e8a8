/* block-set.h: what a FlowFile has, as pairs of a block (block-values.h), while one birth after the
 * other is made from the one before. Each name is there once. Thread: one at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint32_t name;
  uint32_t pair;
} WeirBlockItem;

typedef struct {
  WeirBlockItem *items;
  uint32_t n;
  uint32_t room;
  uint32_t *places; /* of a name in items, if that name is there */
  uint32_t n_places;
} WeirBlockSet;

void weir_block_set_clear (WeirBlockSet *set);
void weir_block_set_put (WeirBlockSet *set, uint32_t name, uint32_t pair);
void weir_block_set_remove (WeirBlockSet *set, uint32_t name);
