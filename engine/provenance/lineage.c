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
#include "provenance/id-set.h"

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

/* Upwards: a bucket, and how many are to be found in it. */
typedef struct {
  uint32_t n_wanted;
  uint64_t before; /* all of them are born before this event */
} Litter;

struct WeirLineage {
  WeirHistory *history;
  uint64_t flowfile;
  WeirLineageDirection direction;
  unsigned columns;
  WeirIdSet found; /* FlowFiles */

  GTree *stops;      /* downwards: first event of a block to Stop */
  WeirIdSet buckets; /* downwards, plus 1: those that have a stop, or have none any more */

  GTree *litters;     /* upwards: bucket to Litter */
  GByteArray *births; /* upwards: for each that was found whether its birth was, too */
  uint64_t bucket;
  uint64_t at;   /* where the search in the bucket goes on; 0: not begun */
  bool has_news; /* a search from its beginning may find more */

  WeirHistoryBlock *block;
  uint32_t n_looked; /* events of the block */
  WeirHistoryEvent event;
};

G_STATIC_ASSERT (sizeof (void *) >= sizeof (uint64_t));

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
  uint32_t n = lineage->buckets.n;

  weir_id_set_add (&lineage->found, flowfile);
  if (weir_id_set_add (&lineage->buckets, bucket + 1) == n)
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
  if (!event->is_birth || weir_id_set_find (&lineage->found, event->flowfile, NULL))
    return false;
  for (size_t i = 0; i < event->n_parents; i++)
    if (weir_id_set_find (&lineage->found, event->parents[i], NULL))
      return true;
  return false;
}

/* --- upwards --- */

static void
add_wanted (WeirLineage *lineage, uint64_t flowfile, uint64_t before)
{
  static const uint8_t no_birth = 0;
  uint64_t bucket = flowfile >> WEIR_BLOCK_BUCKET;
  uint32_t n = lineage->found.n;
  Litter *litter;

  if (flowfile == 0 || weir_id_set_add (&lineage->found, flowfile) < n)
    return;
  g_byte_array_append (lineage->births, &no_birth, 1);
  litter = g_tree_lookup (lineage->litters, (void *)(uintptr_t)bucket);
  if (litter == NULL) {
    litter = g_new0 (Litter, 1);
    g_tree_insert (lineage->litters, (void *)(uintptr_t)bucket, litter);
  }
  litter->n_wanted++;
  litter->before = MAX (litter->before, before);
}

/* The next block of the litter that is searched. Returns: false: it has none any more. */
static bool
enter_litter (WeirLineage *lineage, const Litter *litter, GError **error)
{
  WeirHistoryFile *file;
  WeirBlockRow row;

  if (litter->n_wanted == 0 || !seek (lineage, lineage->bucket, lineage->at, &file, &row) ||
      row.first >= litter->before)
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
    if (!lineage->has_news || litter->n_wanted == 0)
      g_tree_remove (lineage->litters, (void *)(uintptr_t)bucket);
  }
  return false;
}

static bool
is_ancestor (WeirLineage *lineage, const WeirEvent *event)
{
  void *bucket = (void *)(uintptr_t)(event->flowfile >> WEIR_BLOCK_BUCKET);
  Litter *litter = event->is_birth ? g_tree_lookup (lineage->litters, bucket) : NULL;
  uint32_t index;

  if (litter == NULL || litter->n_wanted == 0 ||
      !weir_id_set_find (&lineage->found, event->flowfile, &index) ||
      lineage->births->data[index] != 0)
    return false;
  lineage->births->data[index] = 1;
  litter->n_wanted--;
  return true;
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
  lineage->stops = g_tree_new_full (compare_numbers, NULL, NULL, free_stop);
  lineage->litters = g_tree_new_full (compare_numbers, NULL, NULL, g_free);
  lineage->births = g_byte_array_new ();
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
  weir_id_set_clear (&lineage->found);
  weir_id_set_clear (&lineage->buckets);
  g_byte_array_unref (lineage->births);
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
  if (lineage->found.n > WEIR_LIMIT_LINEAGE) {
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
weir_lineage_find (const WeirLineage *lineage, uint64_t flowfile, uint32_t *ret_index)
{
  return weir_id_set_find (&lineage->found, flowfile, ret_index);
}

uint32_t
weir_lineage_get_n (const WeirLineage *lineage)
{
  return lineage->found.n;
}

uint64_t
weir_lineage_get_flowfile (const WeirLineage *lineage, uint32_t index)
{
  return lineage->found.ids[index];
}
