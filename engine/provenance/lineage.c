/* lineage.c: blocks are found by buckets of FlowFiles, so a whole litter costs one search.
 *
 * A child is born behind its parents. Downwards one sweep forward is enough: it visits the blocks
 * that mention the bucket of anybody found so far, each once. Upwards the births of a bucket are
 * where it is mentioned first, so it is read from its beginning, the highest bucket first, because
 * parents mostly have lower numbers. */
#include "provenance/lineage.h"

#include <weir/error.h>

#include "base/limits.h"
#include "provenance/history-parts.h"

#define BIRTHS                                                                  \
  (1u << WEIR_EVENT_CREATE | 1u << WEIR_EVENT_RECEIVE | 1u << WEIR_EVENT_FORK | \
   1u << WEIR_EVENT_JOIN | 1u << WEIR_EVENT_CLONE | 1u << WEIR_EVENT_REPLAY)

#define COLUMNS (WEIR_COLUMN_TYPE | WEIR_COLUMN_FLOWFILE | WEIR_COLUMN_BIRTH)

/* Where a bucket goes on. */
typedef struct {
  WeirHistoryFile *file;
  WeirBlockRow row;
  GArray *buckets; /* uint64_t: that are mentioned there */
} Stop;

/* Upwards: a bucket and whom to find in it. */
typedef struct {
  GHashTable *wanted; /* FlowFiles */
  uint64_t before;    /* all of them are born before this event */
} Litter;

struct WeirLineage {
  WeirHistory *history;
  uint64_t flowfile;
  WeirLineageDirection direction;
  unsigned columns;
  GHashTable *found; /* FlowFiles, in their pointers */

  GTree *stops;        /* downwards: first event of a block to Stop */
  GHashTable *buckets; /* downwards: those that have a stop, or have none any more */

  GTree *litters; /* upwards: bucket to Litter */
  uint64_t bucket;
  uint64_t at;   /* where the search in the bucket goes on; 0: not begun */
  bool has_news; /* a search from its beginning may find more */

  WeirHistoryBlock *block;
  uint32_t n_looked; /* events of the block */
  WeirHistoryEvent event;
};

G_STATIC_ASSERT (sizeof (void *) >= sizeof (uint64_t));

static bool
contains (GHashTable *set, uint64_t number)
{
  return g_hash_table_contains (set, (void *)(uintptr_t)number);
}

static void
add (GHashTable *set, uint64_t number)
{
  g_hash_table_add (set, (void *)(uintptr_t)number);
}

static int
compare_numbers (const void *a, const void *b, void *data)
{
  uintptr_t one = (uintptr_t)a, other = (uintptr_t)b;

  return (one > other) - (one < other);
}

static void
free_stop (void *data)
{
  Stop *stop = data;

  weir_history_file_unref (stop->file);
  g_array_unref (stop->buckets);
  g_free (stop);
}

static void
free_litter (void *data)
{
  Litter *litter = data;

  g_hash_table_unref (litter->wanted);
  g_free (litter);
}

static bool
seek (WeirLineage *lineage, uint64_t bucket, uint64_t at, WeirHistoryFile **ret_file,
      WeirBlockRow *ret_row)
{
  const WeirHistoryWish wish = {
    .wish = { .from = at,
              .to = UINT64_MAX,
              .since = INT64_MIN,
              .until = INT64_MAX,
              .flowfile = MAX (bucket << WEIR_BLOCK_BUCKET, 1),
              .types = BIRTHS },
  };

  return weir_history_seek (lineage->history, &wish, at, ret_file, ret_row);
}

/* Enters a block. Returns: false with @error; a damaged block is left out. */
static bool
enter (WeirLineage *lineage, WeirHistoryFile *file, const WeirBlockRow *row, GError **error)
{
  g_autoptr (GError) reason = NULL;

  weir_history_give_back (lineage->block);
  lineage->n_looked = 0;
  lineage->block = weir_history_take_block (lineage->history, file, row, &reason);
  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  if (lineage->block == NULL)
    return true;
  lineage->event.partition = weir_history_file_open (lineage->history, file);
  if (lineage->event.partition == NULL ||
      !weir_history_load (lineage->history, lineage->block, COLUMNS | lineage->columns))
    weir_history_give_back (g_steal_pointer (&lineage->block));
  return true;
}

/* --- downwards --- */

/* Notes the next block behind @at that mentions @bucket. */
static void
add_stop (WeirLineage *lineage, uint64_t bucket, uint64_t at)
{
  WeirHistoryFile *file;
  WeirBlockRow row;
  Stop *stop;

  if (!seek (lineage, bucket, at, &file, &row))
    return;
  stop = g_tree_lookup (lineage->stops, (void *)(uintptr_t)row.first);
  if (stop == NULL) {
    stop = g_new0 (Stop, 1);
    stop->file = g_rc_box_acquire (file);
    stop->row = row;
    stop->buckets = g_array_new (FALSE, FALSE, sizeof (uint64_t));
    g_tree_insert (lineage->stops, (void *)(uintptr_t)row.first, stop);
  }
  g_array_append_val (stop->buckets, bucket);
}

/* @at: the number of the birth, behind which there may be children. */
static void
add_found (WeirLineage *lineage, uint64_t flowfile, uint64_t behind)
{
  uint64_t bucket = flowfile >> WEIR_BLOCK_BUCKET;

  add (lineage->found, flowfile);
  if (contains (lineage->buckets, bucket))
    return;
  add (lineage->buckets, bucket);
  add_stop (lineage, bucket, behind);
}

/* Returns: false at the end, or with @error. */
static bool
enter_below (WeirLineage *lineage, GError **error)
{
  GTreeNode *node = g_tree_node_first (lineage->stops);
  uint64_t behind;
  Stop *stop;
  bool ok;

  if (node == NULL)
    return false;
  stop = g_tree_node_value (node);
  g_tree_steal (lineage->stops, g_tree_node_key (node));
  ok = enter (lineage, stop->file, &stop->row, error);
  behind = stop->row.first + stop->row.n;
  for (guint i = 0; i < stop->buckets->len && ok; i++)
    add_stop (lineage, g_array_index (stop->buckets, uint64_t, i), behind);
  free_stop (stop);
  return ok;
}

static bool
is_child (WeirLineage *lineage, const WeirEvent *event)
{
  if (!event->is_birth || contains (lineage->found, event->flowfile))
    return false;
  for (size_t i = 0; i < event->n_parents; i++)
    if (contains (lineage->found, event->parents[i]))
      return true;
  return false;
}

/* --- upwards --- */

static void
add_wanted (WeirLineage *lineage, uint64_t flowfile, uint64_t before)
{
  uint64_t bucket = flowfile >> WEIR_BLOCK_BUCKET;
  Litter *litter;

  if (flowfile == 0 || contains (lineage->found, flowfile))
    return;
  add (lineage->found, flowfile);
  litter = g_tree_lookup (lineage->litters, (void *)(uintptr_t)bucket);
  if (litter == NULL) {
    litter = g_new0 (Litter, 1);
    litter->wanted = g_hash_table_new (NULL, NULL);
    g_tree_insert (lineage->litters, (void *)(uintptr_t)bucket, litter);
  }
  add (litter->wanted, flowfile);
  litter->before = MAX (litter->before, before);
}

/* The next block of the litter that is searched. Returns: false: it has none any more. */
static bool
enter_litter (WeirLineage *lineage, const Litter *litter, GError **error)
{
  WeirHistoryFile *file;
  WeirBlockRow row;

  if (g_hash_table_size (litter->wanted) == 0 ||
      !seek (lineage, lineage->bucket, lineage->at, &file, &row) || row.first >= litter->before)
    return false;
  lineage->at = row.first + row.n;
  return enter (lineage, file, &row, error);
}

static bool
enter_above (WeirLineage *lineage, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GTreeNode *node;

  while ((node = g_tree_node_last (lineage->litters)) != NULL) {
    uint64_t bucket = (uintptr_t)g_tree_node_key (node);
    const Litter *litter = g_tree_node_value (node);

    if (lineage->at == 0 || bucket != lineage->bucket) {
      lineage->bucket = bucket;
      lineage->at = 1;
      lineage->has_news = false;
    }
    if (enter_litter (lineage, litter, &reason))
      return true;
    if (reason != NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
    lineage->at = 0;
    if (!lineage->has_news || g_hash_table_size (litter->wanted) == 0)
      g_tree_remove (lineage->litters, (void *)(uintptr_t)bucket);
  }
  return false;
}

static bool
is_ancestor (WeirLineage *lineage, const WeirEvent *event)
{
  const Litter *litter =
      event->is_birth ? g_tree_lookup (lineage->litters,
                                       (void *)(uintptr_t)(event->flowfile >> WEIR_BLOCK_BUCKET))
                      : NULL;

  return litter != NULL && g_hash_table_remove (litter->wanted, (void *)(uintptr_t)event->flowfile);
}

/* --- both --- */

WeirLineage *
weir_lineage_new (WeirHistory *history, uint64_t flowfile, WeirLineageDirection direction,
                  unsigned columns)
{
  WeirLineage *lineage = g_new0 (WeirLineage, 1);

  lineage->history = history;
  lineage->flowfile = flowfile;
  lineage->direction = direction;
  lineage->columns = columns;
  lineage->found = g_hash_table_new (NULL, NULL);
  lineage->buckets = g_hash_table_new (NULL, NULL);
  lineage->stops = g_tree_new_full (compare_numbers, NULL, NULL, free_stop);
  lineage->litters = g_tree_new_full (compare_numbers, NULL, NULL, free_litter);
  if (direction == WEIR_LINEAGE_UP)
    add_wanted (lineage, flowfile, UINT64_MAX);
  else if (flowfile != 0)
    add_found (lineage, flowfile, 1);
  return lineage;
}

void
weir_lineage_free (WeirLineage *lineage)
{
  if (lineage == NULL)
    return;
  weir_history_give_back (lineage->block);
  g_hash_table_unref (lineage->found);
  g_hash_table_unref (lineage->buckets);
  g_tree_unref (lineage->stops);
  g_tree_unref (lineage->litters);
  g_free (lineage);
}

/* The parent behind the child upwards, so that both are found in one pass. */
static uint32_t
get_index (const WeirLineage *lineage)
{
  if (lineage->direction == WEIR_LINEAGE_UP)
    return lineage->block->n - 1 - lineage->n_looked;
  return lineage->n_looked;
}

static bool
take_birth (WeirLineage *lineage)
{
  const WeirEvent *event = &lineage->event.event;

  if (lineage->direction == WEIR_LINEAGE_DOWN) {
    if (!is_child (lineage, event))
      return false;
    add_found (lineage, event->flowfile, lineage->block->first + lineage->block->n);
    return true;
  }
  if (!is_ancestor (lineage, event))
    return false;
  lineage->has_news = true;
  for (size_t i = 0; i < event->n_parents; i++)
    add_wanted (lineage, event->parents[i], lineage->event.number);
  return true;
}

/* Returns: whether there was one more in the block. */
static bool
find_in_block (WeirLineage *lineage)
{
  WeirHistoryBlock *block = lineage->block;
  const uint8_t *types = weir_block_reader_get_types (block->reader);

  for (; lineage->n_looked < block->n; lineage->n_looked++) {
    uint32_t i = get_index (lineage);

    if ((BIRTHS >> types[i] & 1) == 0)
      continue;
    weir_history_get (block, i, lineage, &lineage->event.event);
    lineage->event.number = block->first + i;
    if (take_birth (lineage)) {
      lineage->n_looked++;
      return true;
    }
  }
  return false;
}

const WeirHistoryEvent *
weir_lineage_next (WeirLineage *lineage, GError **error)
{
  while (lineage->block == NULL || !find_in_block (lineage)) {
    g_clear_pointer (&lineage->block, weir_history_give_back);
    if (!(lineage->direction == WEIR_LINEAGE_UP ? enter_above (lineage, error)
                                                : enter_below (lineage, error)))
      return NULL;
  }
  if (g_hash_table_size (lineage->found) > WEIR_LIMIT_LINEAGE) {
    g_set_error (
        error, WEIR_ERROR, WEIR_ERROR_LIMIT,
        "this lineage has more than %d FlowFiles; ask for that of one of its parts, or for "
        "steps of it in SQL: SELECT child FROM lineage WHERE parent = ...",
        WEIR_LIMIT_LINEAGE);
    return NULL;
  }
  return &lineage->event;
}

bool
weir_lineage_has (const WeirLineage *lineage, uint64_t flowfile)
{
  return contains (lineage->found, flowfile);
}
