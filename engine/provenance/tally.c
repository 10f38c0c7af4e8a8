/* tally.c: counts by number in an array, and by text where a partition ends. */
#include "provenance/tally.h"

#include <string.h>

#include "provenance/history-parts.h"

/* Types and components that have a counter of their own; flows have some hundred components. */
#define N_TYPES      32
#define N_COMPONENTS 4096

typedef struct {
  unsigned columns;
  uint64_t *counts;   /* by component, then by type */
  GHashTable *others; /* uint64_t (component * N_TYPES + type) to uint64_t */
  GHashTable *rows;   /* WeirTallyRow, in itself */
} Tally;

static void
free_row (void *data)
{
  WeirTallyRow *row = data;

  g_free (row->component);
  g_free (row->component_type);
  g_free (row);
}

static guint
hash_row (const void *data)
{
  const WeirTallyRow *row = data;

  return (row->component != NULL ? g_str_hash (row->component) : 0) * N_TYPES + row->type;
}

static gboolean
equal_rows (const void *a, const void *b)
{
  const WeirTallyRow *one = a, *other = b;

  return one->type == other->type && g_strcmp0 (one->component, other->component) == 0;
}

static void
add_row (Tally *tally, WeirPartition *partition, uint64_t key, uint64_t n)
{
  uint64_t component = key / N_TYPES;
  const char *name =
      component != 0 ? weir_partition_get_word (partition, WEIR_WORD_COMPONENT, component) : NULL;
  WeirTallyRow wanted = { .type = key % N_TYPES, .component = (char *)name };
  WeirTallyRow *row = g_hash_table_lookup (tally->rows, &wanted);

  if (row == NULL) {
    row = g_new0 (WeirTallyRow, 1);
    row->type = wanted.type;
    row->component = g_strdup (name);
    row->component_type =
        component != 0 ? g_strdup (weir_partition_get_type (partition, component)) : NULL;
    g_hash_table_add (tally->rows, row);
  }
  row->n += n;
}

/* Numbers of components mean something in their partition only. */
static void
end_partition (Tally *tally, WeirPartition *partition)
{
  GHashTableIter iter;
  void *key, *n;

  for (uint64_t i = 0; i < (uint64_t)N_COMPONENTS * N_TYPES; i++) {
    if (tally->counts[i] > 0)
      add_row (tally, partition, i, tally->counts[i]);
    tally->counts[i] = 0;
  }
  g_hash_table_iter_init (&iter, tally->others);
  while (g_hash_table_iter_next (&iter, &key, &n))
    add_row (tally, partition, *(uint64_t *)key, *(uint64_t *)n);
  g_hash_table_remove_all (tally->others);
}

static void
count_other (Tally *tally, uint64_t component, unsigned type)
{
  uint64_t key = component * N_TYPES + type;
  uint64_t *n = g_hash_table_lookup (tally->others, &key);

  if (n == NULL) {
    n = g_new0 (uint64_t, 1);
    g_hash_table_insert (tally->others, g_memdup2 (&key, sizeof key), n);
  }
  ++*n;
}

static void
count_block (Tally *tally, const WeirHistoryBlock *block, uint32_t n)
{
  const uint8_t *types = weir_block_reader_get_types (block->reader);
  const uint64_t *components = weir_block_reader_get_components (block->reader);
  bool by_type = (tally->columns & WEIR_COLUMN_TYPE) != 0;
  bool by_component = (tally->columns & WEIR_COLUMN_COMPONENT) != 0;

  for (uint32_t i = 0; i < n; i++) {
    unsigned type = by_type ? types[i] : 0;
    uint64_t component = by_component ? components[i] : 0;

    if (component < N_COMPONENTS)
      tally->counts[component * N_TYPES + type]++;
    else
      count_other (tally, component, type);
  }
}

static bool
count_all (Tally *tally, WeirHistory *history, GError **error)
{
  const WeirHistoryWish wish = { .wish = {
                                     .to = UINT64_MAX, .since = INT64_MIN, .until = INT64_MAX } };
  WeirHistoryFile *file = NULL, *last = NULL;
  uint64_t at, end;
  WeirBlockRow row;

  if (!weir_history_get_range (history, &at, &end))
    return true;
  for (; at <= end && weir_history_seek (history, &wish, at, &file, &row); at = row.first + row.n) {
    g_autoptr (GError) reason = NULL;
    WeirHistoryBlock *block;

    if (last != NULL && file != last && weir_history_file_open (history, last) != NULL)
      end_partition (tally, weir_history_file_open (history, last));
    last = file;
    block = weir_history_take_block (history, file, &row, &reason);
    if (reason != NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
    if (block != NULL &&
        weir_history_load (history, block, WEIR_COLUMN_TYPE | WEIR_COLUMN_COMPONENT))
      count_block (tally, block, (uint32_t)(MIN (row.first + row.n - 1, end) - row.first) + 1);
    weir_history_give_back (block);
  }
  if (last != NULL && weir_history_file_open (history, last) != NULL)
    end_partition (tally, weir_history_file_open (history, last));
  return true;
}

GPtrArray *
weir_tally_new (WeirHistory *history, unsigned columns, GError **error)
{
  g_autofree uint64_t *counts = g_new0 (uint64_t, (size_t)N_COMPONENTS * N_TYPES);
  g_autoptr (GHashTable) others =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GHashTable) found = g_hash_table_new_full (hash_row, equal_rows, free_row, NULL);
  Tally tally = { columns, counts, others, found };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  GHashTableIter iter;
  void *row;

  if (!count_all (&tally, history, error))
    return NULL;
  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, &row, NULL)) {
    g_hash_table_iter_steal (&iter);
    g_ptr_array_add (rows, row);
  }
  return g_steal_pointer (&rows);
}
