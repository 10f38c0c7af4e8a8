/* chunks.c: adds chunks up by sorting: attributes come from outside, and there may be many. */
#include "store/chunks.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  WeirEntryName name;
  const uint8_t *value; /* NULL: removed */
  size_t size;
  guint age; /* the highest is the newest */
} Item;

void
weir_chunks_sum_init (WeirChunksSum *sum)
{
  sum->items = g_array_new (FALSE, FALSE, sizeof (Item));
  sum->bytes = g_byte_array_new ();
}

void
weir_chunks_sum_clear (WeirChunksSum *sum)
{
  g_clear_pointer (&sum->items, g_array_unref);
  g_clear_pointer (&sum->bytes, g_byte_array_unref);
}

void
weir_chunks_sum_begin (WeirChunksSum *sum)
{
  g_array_set_size (sum->items, 0);
}

void
weir_chunks_sum_add (WeirChunksSum *sum, const WeirChunks *chunks)
{
  WeirCursor cursor = { chunks->at, chunks->at + chunks->size, false };

  while (!weir_cursor_is_at_end (&cursor)) {
    WeirOpNames set, removed;
    Item item;

    weir_op_names_read (&cursor, true, &set);
    weir_op_names_read (&cursor, false, &removed);
    while (weir_op_next_set (&set, &item.name, &item.value, &item.size)) {
      item.age = sum->items->len;
      g_array_append_val (sum->items, item);
    }
    item = (Item){ 0 };
    while (weir_op_next_removed (&removed, &item.name)) {
      item.age = sum->items->len;
      g_array_append_val (sum->items, item);
    }
  }
}

static int
compare_names (const WeirEntryName *left, const WeirEntryName *right)
{
  int order;

  if (left->number != right->number)
    return left->number < right->number ? -1 : 1;
  if (left->number != 0)
    return 0;
  order = memcmp (left->text, right->text, MIN (left->size, right->size));
  if (order != 0 || left->size == right->size)
    return order;
  return left->size < right->size ? -1 : 1;
}

static int
compare (const void *a, const void *b)
{
  const Item *left = a, *right = b;
  int order = compare_names (&left->name, &right->name);

  if (order != 0)
    return order;
  return left->age < right->age ? -1 : 1;
}

/* Keeps the newest of each name. Returns: how many of them are set; @ret_size: the most that
 * they take. */
static guint
keep_newest (GArray *items, size_t *ret_size)
{
  Item *all = (Item *)(void *)items->data;
  guint n = 0, n_set = 0;
  size_t size = 2 * WEIR_VARINT_MAX;

  for (guint i = 0; i < items->len; i++) {
    if (i + 1 < items->len && compare_names (&all[i + 1].name, &all[i].name) == 0)
      continue;
    all[n++] = all[i];
    n_set += all[i].value != NULL ? 1 : 0;
    size += WEIR_ENTRY_NAME_MAX + all[i].name.size + weir_varint_size (all[i].size) + all[i].size;
  }
  g_array_set_size (items, n);
  *ret_size = size;
  return n_set;
}

WeirChunks
weir_chunks_sum_end (WeirChunksSum *sum, bool is_whole)
{
  const Item *items;
  size_t size;
  guint n_set;
  uint8_t *at;

  if (sum->items->len > 1)
    qsort (sum->items->data, sum->items->len, sizeof (Item), compare);
  n_set = keep_newest (sum->items, &size);
  items = (const Item *)(void *)sum->items->data;
  g_byte_array_set_size (sum->bytes, 0);
  g_byte_array_set_size (sum->bytes, (guint)size);

  at = weir_varint_put (sum->bytes->data, n_set);
  for (guint i = 0; i < sum->items->len; i++) {
    if (items[i].value == NULL)
      continue;
    at = weir_entry_name_put (at, &items[i].name);
    at = weir_varint_put (at, items[i].size);
    memcpy (at, items[i].value, items[i].size);
    at += items[i].size;
  }
  at = weir_varint_put (at, is_whole ? 0 : sum->items->len - n_set);
  for (guint i = 0; i < sum->items->len && !is_whole; i++) {
    if (items[i].value == NULL)
      at = weir_entry_name_put (at, &items[i].name);
  }
  return (WeirChunks){ sum->bytes->data, (size_t)(at - sum->bytes->data), 1 };
}
