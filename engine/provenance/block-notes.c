/* block-notes.c: see the header. */
#include "provenance/block-notes.h"

void
weir_block_notes_init (WeirBlockNotes *notes)
{
  *notes = (WeirBlockNotes){
    .buckets = g_array_new (FALSE, FALSE, sizeof (uint64_t)),
    .components = g_array_new (FALSE, FALSE, sizeof (uint64_t)),
    .queues = g_array_new (FALSE, FALSE, sizeof (uint64_t)),
    .names = g_array_new (FALSE, FALSE, sizeof (uint64_t)),
    .filter = g_byte_array_new (),
  };
}

void
weir_block_notes_clear (WeirBlockNotes *notes)
{
  g_array_unref (notes->buckets);
  g_array_unref (notes->components);
  g_array_unref (notes->queues);
  g_array_unref (notes->names);
  g_byte_array_unref (notes->filter);
}

void
weir_block_notes_reset (WeirBlockNotes *notes)
{
  notes->earliest = INT64_MAX;
  notes->latest = INT64_MIN;
  notes->lowest = UINT64_MAX;
  notes->highest = 0;
  memset (notes->seen, 0, sizeof notes->seen);
  g_array_set_size (notes->buckets, 0);
}

void
weir_block_notes_add_bucket (WeirBlockNotes *notes, uint64_t bucket)
{
  notes->seen[bucket % WEIR_BLOCK_SEEN] = bucket + 1;
  g_array_append_val (notes->buckets, bucket);
}

static int
compare (const void *a, const void *b)
{
  uint64_t left, right;

  memcpy (&left, a, sizeof left);
  memcpy (&right, b, sizeof right);
  return left < right ? -1 : left > right;
}

/* Ascending, each once, without 0 unless @has_zero. */
static const uint64_t *
sort_numbers (GArray *numbers, bool has_zero, size_t *ret_n)
{
  guint n = 0;

  g_array_sort (numbers, compare);
  for (guint i = 0; i < numbers->len; i++) {
    uint64_t number = g_array_index (numbers, uint64_t, i);

    if ((number > 0 || has_zero) && (n == 0 || number != g_array_index (numbers, uint64_t, n - 1)))
      g_array_index (numbers, uint64_t, n++) = number;
  }
  g_array_set_size (numbers, n);
  *ret_n = n;
  return (const uint64_t *)(void *)numbers->data;
}

static void
make_filter (WeirBlockNotes *notes, const GArray *pairs)
{
  size_t size = weir_filter_measure (pairs->len);

  g_byte_array_set_size (notes->filter, (guint)size);
  memset (notes->filter->data, 0, size);
  for (guint i = 0; i < pairs->len; i++)
    weir_filter_add (notes->filter->data, size, g_array_index (pairs, WeirBlockPair, i).key);
}

static uint32_t
list_numbers (WeirBlockNotes *notes, const WeirKind *kinds, uint32_t n_kinds,
              const WeirBlockValues *values)
{
  uint32_t types = 0;

  g_array_set_size (notes->components, 0);
  g_array_set_size (notes->queues, 0);
  g_array_set_size (notes->names, 0);
  for (uint32_t i = 0; i < n_kinds; i++) {
    types |= 1u << (kinds[i].flags & WEIR_KIND_TYPE);
    g_array_append_val (notes->components, kinds[i].component);
    g_array_append_val (notes->queues, kinds[i].source);
    g_array_append_val (notes->queues, kinds[i].queue);
    g_array_append_val (notes->names, kinds[i].relationship);
  }
  for (guint i = 0; i < values->names->len; i++)
    g_array_append_val (notes->names, g_array_index (values->names, WeirBlockName, i).number);
  return types;
}

void
weir_block_notes_list (WeirBlockNotes *notes, const WeirKind *kinds, uint32_t n_kinds,
                       const WeirBlockValues *values, WeirBlock *block)
{
  block->earliest = notes->earliest;
  block->latest = notes->latest;
  block->lowest = notes->lowest;
  block->highest = notes->highest;
  block->types = list_numbers (notes, kinds, n_kinds, values);
  block->components = sort_numbers (notes->components, false, &block->n_components);
  block->queues = sort_numbers (notes->queues, false, &block->n_queues);
  block->names = sort_numbers (notes->names, false, &block->n_names);
  block->buckets = sort_numbers (notes->buckets, true, &block->n_buckets);
  make_filter (notes, values->pairs);
  block->filter = notes->filter->data;
  block->filter_size = notes->filter->len;
}
