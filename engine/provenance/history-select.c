/* history-select.c: the cheap conditions first; each narrows the list of what is left, column by
 * column, so that little is unpacked for what does not pass. */
#include "provenance/history-select.h"

#include <string.h>

/* Keeps those rows for which @condition, about @i, holds. */
#define NARROW(self, condition)                     \
  do {                                              \
    uint32_t n_kept = 0;                            \
    for (uint32_t k = 0; k < (self)->n_rows; k++) { \
      uint32_t i = (self)->rows[k];                 \
      (self)->rows[n_kept] = (uint16_t)i;           \
      n_kept += (condition) ? 1 : 0;                \
    }                                               \
    (self)->n_rows = n_kept;                        \
  } while (false)

/* By FlowFile: its own events, and births that have it as a parent. */
static void
narrow_by_flowfile (WeirHistorySelection *self)
{
  const WeirHistoryFilter *filter = self->filter;
  const uint64_t *flowfiles = weir_block_reader_get_flowfiles (self->block->reader);
  uint32_t kept = 0;

  if (filter->is_own) {
    NARROW (self, flowfiles[i] == filter->flowfile);
    return;
  }
  if (!weir_history_load (self->history, self->block, WEIR_COLUMN_BIRTH)) {
    self->n_rows = 0;
    return;
  }
  for (uint32_t k = 0; k < self->n_rows; k++) {
    uint32_t i = self->rows[k];
    bool passes = flowfiles[i] == filter->flowfile;
    WeirEvent event;

    if (!passes) {
      weir_history_get (self->block, i, NULL, &event);
      for (size_t n = 0; n < event.n_parents && !passes; n++)
        passes = event.parents[n] == filter->flowfile;
    }
    self->rows[kept] = (uint16_t)i;
    kept += passes;
  }
  self->n_rows = kept;
}

/* Whether a pair of name and value is looked for. */
typedef bool (*PairFunc) (const WeirHistorySelection *self, WeirPartition *partition,
                          const WeirBlockAttribute *pair, const void *data);

static bool
is_attribute (const WeirHistorySelection *self, WeirPartition *partition,
              const WeirBlockAttribute *pair, const void *data)
{
  const WeirHistoryAttribute *wanted = data;
  const char *name;
  size_t size;

  if (wanted->value != NULL && (pair->size != strlen (wanted->value) ||
                                memcmp (pair->value, wanted->value, pair->size) != 0))
    return false;
  name = weir_history_get_name (partition, &pair->name, &size);
  return name != NULL && size == strlen (wanted->name) && memcmp (name, wanted->name, size) == 0;
}

static bool
has_text (const WeirHistorySelection *self, WeirPartition *partition,
          const WeirBlockAttribute *pair, const void *data)
{
  size_t size;
  const char *name = weir_history_get_name (partition, &pair->name, &size);

  return weir_text_match_has (&self->match, (const char *)pair->value, pair->size) ||
         weir_text_match_has (&self->match, name, size);
}

/* Each pair of the block is looked at once, however many events set it. Returns: (transfer full): a
 * byte for each pair: 1: it is looked for; NULL: none is. */
static uint8_t *
mark_pairs (const WeirHistorySelection *self, WeirPartition *partition, PairFunc func,
            const void *data)
{
  WeirBlockReader *reader = self->block->reader;
  uint32_t n = weir_block_reader_get_n_attributes (reader);
  uint8_t *marks = NULL;

  for (uint32_t i = 0; i < n; i++) {
    WeirBlockAttribute pair;

    weir_block_reader_get_attribute (reader, i, &pair);
    if (!func (self, partition, &pair, data))
      continue;
    if (marks == NULL)
      marks = g_malloc0 (n);
    marks[i] = 1;
  }
  return marks;
}

static bool
sets_marked (WeirBlockReader *reader, uint32_t index, const uint8_t *marks)
{
  uint32_t n;
  const uint32_t *set = weir_block_reader_get_set (reader, index, &n);

  for (uint32_t i = 0; i < n && marks != NULL; i++)
    if (marks[set[i]])
      return true;
  return false;
}

static void
narrow_by_attribute (WeirHistorySelection *self, WeirPartition *partition,
                     const WeirHistoryAttribute *wanted)
{
  g_autofree uint8_t *marks = NULL;

  if (weir_history_load (self->history, self->block, WEIR_COLUMN_ATTRIBUTES))
    marks = mark_pairs (self, partition, is_attribute, wanted);
  if (marks == NULL)
    self->n_rows = 0;
  NARROW (self, sets_marked (self->block->reader, i, marks));
}

static bool
says_text (const WeirHistorySelection *self, uint32_t index)
{
  WeirEvent event;

  weir_history_get (self->block, index, NULL, &event);
  return weir_text_match_has (&self->match, event.uri, event.uri_size) ||
         weir_text_match_has (&self->match, event.details, event.details_size);
}

static void
narrow_by_text (WeirHistorySelection *self, WeirPartition *partition)
{
  g_autofree uint8_t *marks = NULL;

  if (!weir_history_load (self->history, self->block, WEIR_COLUMN_TEXT | WEIR_COLUMN_ATTRIBUTES)) {
    self->n_rows = 0;
    return;
  }
  marks = mark_pairs (self, partition, has_text, NULL);
  NARROW (self, sets_marked (self->block->reader, i, marks) || says_text (self, i));
}

static bool
has_size (WeirHistorySelection *self, uint32_t index)
{
  WeirEvent event;

  weir_history_get (self->block, index, NULL, &event);
  return event.size >= self->filter->larger && event.size <= self->filter->smaller;
}

static uint64_t
get_component (WeirHistorySelection *self, WeirPartition *partition)
{
  if (self->numbered != self->block->file) {
    self->numbered = self->block->file;
    self->component =
        weir_partition_find_word (partition, WEIR_WORD_COMPONENT, self->filter->component);
  }
  return self->component;
}

static void
narrow_all (WeirHistorySelection *self, WeirPartition *partition)
{
  const WeirHistoryFilter *filter = self->filter;
  WeirBlockReader *reader = self->block->reader;
  const int64_t *times = weir_block_reader_get_times (reader);
  const uint8_t *types = weir_block_reader_get_types (reader);
  const uint64_t *components = weir_block_reader_get_components (reader);

  if (filter->since > INT64_MIN || filter->until < INT64_MAX)
    NARROW (self, times[i] >= filter->since && times[i] <= filter->until);
  if (filter->types != 0)
    NARROW (self, (filter->types >> types[i] & 1) != 0);
  if (filter->component != NULL) {
    uint64_t component = get_component (self, partition);

    NARROW (self, components[i] == component);
  }
  if (filter->flowfile != 0)
    narrow_by_flowfile (self);
  if (filter->larger > 0 || filter->smaller < UINT64_MAX)
    NARROW (self, has_size (self, i));
  for (size_t i = 0; i < filter->n_attributes && self->n_rows > 0; i++)
    narrow_by_attribute (self, partition, &filter->attributes[i]);
  if (filter->text != NULL && self->n_rows > 0)
    narrow_by_text (self, partition);
}

/* --- all of them --- */

static unsigned
get_columns (const WeirHistoryFilter *filter, unsigned columns)
{
  if (filter->since > INT64_MIN || filter->until < INT64_MAX)
    columns |= WEIR_COLUMN_TIME;
  if (filter->types != 0)
    columns |= WEIR_COLUMN_TYPE;
  if (filter->component != NULL)
    columns |= WEIR_COLUMN_COMPONENT;
  if (filter->flowfile != 0)
    columns |= WEIR_COLUMN_FLOWFILE;
  if (filter->larger > 0 || filter->smaller < UINT64_MAX)
    columns |= WEIR_COLUMN_SIZE;
  return columns;
}

void
weir_history_selection_init (WeirHistorySelection *self, WeirHistory *history,
                             const WeirHistoryFilter *filter, unsigned columns)
{
  self->history = history;
  self->filter = filter;
  self->columns = get_columns (filter, columns);
  self->numbered = NULL;
  self->n_rows = 0;
  weir_text_match_init (&self->match, filter->text);
}

void
weir_history_selection_clear (WeirHistorySelection *self)
{
  weir_text_match_clear (&self->match);
}

WeirPartition *
weir_history_select (WeirHistorySelection *self, WeirHistoryBlock *block, uint64_t from,
                     uint64_t to)
{
  WeirPartition *partition = weir_history_file_open (self->history, block->file);
  uint64_t last = MIN (to, block->first + block->n - 1);

  self->block = block;
  self->n_rows = 0;
  if (partition == NULL || !weir_history_load (self->history, block, self->columns))
    return NULL;
  for (uint64_t number = MAX (from, block->first); number <= last; number++)
    self->rows[self->n_rows++] = (uint16_t)(number - block->first);
  narrow_all (self, partition);
  return partition;
}
