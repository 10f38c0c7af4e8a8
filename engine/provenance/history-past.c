/* history-past.c: what a FlowFile was before an event: its events back to its birth, of which the
 * latest that says something of an attribute, or of the content, is right. */
#include "provenance/history-parts.h"

#include <string.h>

typedef struct {
  WeirPast past;
  GHashTable *removed; /* char*: known not to be there */
  bool has_content;
} Builder;

/* Returns: (transfer full) (nullable): the name; NULL: later events have said all of it. */
static char *
take_name (const Builder *builder, WeirPartition *partition, const WeirEntryName *entry_name)
{
  size_t size;
  const char *text = weir_history_get_name (partition, entry_name, &size);
  g_autofree char *name = text != NULL ? g_strndup (text, size) : NULL;

  if (name == NULL || g_hash_table_contains (builder->past.attributes, name) ||
      g_hash_table_contains (builder->removed, name))
    return NULL;
  return g_steal_pointer (&name);
}

static void
add_set (Builder *builder, WeirPartition *partition, WeirOpNames names)
{
  WeirEntryName entry_name;
  const uint8_t *value;
  size_t size;

  while (weir_op_next_set (&names, &entry_name, &value, &size)) {
    char *name = take_name (builder, partition, &entry_name);

    if (name != NULL)
      g_hash_table_insert (builder->past.attributes, name, g_strndup ((const char *)value, size));
  }
}

static void
add_removed (Builder *builder, WeirPartition *partition, WeirOpNames names)
{
  WeirEntryName entry_name;

  while (weir_op_next_removed (&names, &entry_name)) {
    char *name = take_name (builder, partition, &entry_name);

    if (name != NULL)
      g_hash_table_add (builder->removed, name);
  }
}

/* Returns: false when it was the birth: nothing was before. */
static bool
add_event (Builder *builder, const WeirHistoryEvent *event, bool is_latest)
{
  WeirPast *past = &builder->past;

  if (is_latest)
    past->size = event->event.size;
  if (event->event.has_attributes) {
    add_set (builder, event->partition, event->event.set);
    add_removed (builder, event->partition, event->event.removed);
  }
  if (event->event.has_content && !builder->has_content) {
    past->content = event->event.content;
    builder->has_content = true;
  }
  if (!event->event.is_birth)
    return true;
  past->entry_time = event->event.entry_time;
  past->lineage_start = event->event.lineage_start;
  past->is_whole = true;
  return false;
}

bool
weir_history_get_past (WeirHistory *history, uint64_t flowfile, uint64_t number, WeirPast *ret_past,
                       GError **error)
{
  const WeirHistoryFilter filter = {
    .to = number - 1,
    .since = INT64_MIN,
    .until = INT64_MAX,
    .smaller = UINT64_MAX,
    .flowfile = flowfile,
    .is_own = true,
    .is_descending = true,
    .columns = WEIR_COLUMN_ATTRIBUTES | WEIR_COLUMN_CONTENT | WEIR_COLUMN_BIRTH | WEIR_COLUMN_SIZE,
  };
  g_autoptr (WeirHistoryCursor) cursor = weir_history_find (history, &filter);
  g_autoptr (GHashTable) removed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) reason = NULL;
  Builder builder = { .past = { .flowfile = flowfile }, .removed = removed };
  bool is_latest = true;
  WeirHistoryEvent event;

  builder.past.attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (weir_history_cursor_next (cursor, &event, &reason) &&
         add_event (&builder, &event, is_latest))
    is_latest = false;
  if (reason != NULL) {
    weir_past_clear (&builder.past);
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  *ret_past = builder.past;
  return true;
}

void
weir_past_clear (WeirPast *past)
{
  g_clear_pointer (&past->attributes, g_hash_table_unref);
}
