/* provenance-event.c: all that is known of one event. */
#include "cli/provenance-events.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <weir/error.h>

static void
print_line (const char *name, const char *text, size_t size)
{
  g_autoptr (GString) line = g_string_new (NULL);

  weir_rows_append_clean (line, text, size);
  printf ("  %-15s %s\n", name, line->str);
}

static bool
print_field (WeirFields *fields, WeirField field, GError **error)
{
  WeirValue value;
  char number[24];

  if (!weir_fields_get (fields, field, &value, error))
    return false;
  if (value.kind == WEIR_VALUE_INTEGER) {
    int size = g_snprintf (number, sizeof number, "%" PRId64, value.integer);

    print_line (weir_field_get_name (field), number, (size_t)size);
  } else if (value.kind != WEIR_VALUE_NULL && strncmp (value.text, "[]", value.size) != 0) {
    print_line (weir_field_get_name (field), value.text, value.size);
  }
  return true;
}

/* --- attributes --- */

typedef struct {
  char *name;
  char *old; /* NULL: it was not there */
  char *new; /* NULL: it is not there any more */
  bool is_changed;
} Attribute;

static void
clear_attribute (void *data)
{
  Attribute *attribute = data;

  g_free (attribute->name);
  g_free (attribute->old);
  g_free (attribute->new);
}

static int
compare_attributes (const void *a, const void *b)
{
  const Attribute *one = a, *other = b;

  if (one->is_changed != other->is_changed)
    return one->is_changed ? -1 : 1;
  return strcmp (one->name, other->name);
}

static void
add_change (GArray *attributes, const WeirHistoryEvent *event, GHashTable *rest,
            const WeirEntryName *entry_name, char *value)
{
  size_t size;
  const char *name = weir_history_get_name (event->partition, entry_name, &size);
  Attribute attribute = { .new = value, .is_changed = true };

  attribute.name = name != NULL ? g_strndup (name, size) : g_strdup ("?");
  if (rest != NULL) {
    attribute.old = g_strdup (g_hash_table_lookup (rest, attribute.name));
    g_hash_table_remove (rest, attribute.name);
  }
  g_array_append_val (attributes, attribute);
}

/* What the event changes, then what stays as it was. @rest: all that was there before. */
static void
add_attributes (GArray *attributes, const WeirHistoryEvent *event, GHashTable *rest)
{
  WeirOpNames set = event->event.set, removed = event->event.removed;
  void *name, *value;
  const uint8_t *text;
  WeirEntryName entry_name;
  GHashTableIter iter;
  size_t size;

  if (event->event.has_attributes) {
    while (weir_op_next_set (&set, &entry_name, &text, &size))
      add_change (attributes, event, rest, &entry_name, g_strndup ((const char *)text, size));
    while (weir_op_next_removed (&removed, &entry_name))
      add_change (attributes, event, rest, &entry_name, NULL);
  }
  if (rest == NULL)
    return;
  g_hash_table_iter_init (&iter, rest);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    Attribute attribute = { .name = g_strdup (name), .new = g_strdup (value) };

    g_array_append_val (attributes, attribute);
  }
}

static void
print_attribute (const Attribute *attribute)
{
  g_autoptr (GString) line = g_string_new ("  ");

  weir_rows_append_clean (line, attribute->name, strlen (attribute->name));
  if (attribute->old != NULL) {
    g_string_append (line, ": ");
    weir_rows_append_clean (line, attribute->old, strlen (attribute->old));
    g_string_append (line, " ->");
  } else {
    g_string_append (line, ":");
  }
  g_string_append_c (line, ' ');
  if (attribute->new != NULL)
    weir_rows_append_clean (line, attribute->new, strlen (attribute->new));
  else
    g_string_append (line, attribute->old != NULL ? "(removed)" : "(removed; unknown before)");
  puts (line->str);
}

static void
print_attributes (GArray *attributes, bool is_birth, bool is_whole)
{
  bool was_changed = false;

  g_array_sort (attributes, compare_attributes);
  for (guint i = 0; i < attributes->len; i++) {
    const Attribute *attribute = &g_array_index (attributes, Attribute, i);

    if (i == 0 || attribute->is_changed != was_changed)
      puts (is_birth                ? "\nattributes"
            : attribute->is_changed ? "\nattributes that changed"
                                    : "\nattributes as before");
    was_changed = attribute->is_changed;
    print_attribute (attribute);
  }
  if (!is_whole)
    puts ("\nIts birth is not kept any more: there may have been more attributes.");
}

static bool
print_all_attributes (WeirFields *fields, WeirHistoryCursor *cursor, GError **error)
{
  g_autoptr (GArray) attributes = g_array_new (FALSE, FALSE, sizeof (Attribute));
  bool is_birth = weir_history_cursor_get_event (cursor)->event.is_birth;
  const WeirPast *past = NULL;

  g_array_set_clear_func (attributes, clear_attribute);
  if (!is_birth) {
    past = weir_fields_get_past (fields, error);
    if (past == NULL)
      return false;
  }
  add_attributes (attributes, weir_history_cursor_get_event (cursor),
                  past != NULL ? past->attributes : NULL);
  print_attributes (attributes, is_birth, past == NULL || past->is_whole);
  return true;
}

static bool
print_event (WeirProvenance *self, WeirHistoryCursor *cursor, GError **error)
{
  WeirFields fields;
  bool ok = true;

  weir_fields_init (&fields, self->history);
  weir_fields_set (&fields, cursor);
  printf ("event %" PRIu64 "\n", weir_history_cursor_get_number (cursor));
  for (WeirField field = WEIR_FIELD_TIME; field < WEIR_N_FIELDS && ok; field++)
    if (field != WEIR_FIELD_ATTRIBUTES && field != WEIR_FIELD_TIME_US)
      ok = print_field (&fields, field, error);
  ok = ok && print_all_attributes (&fields, cursor, error);
  weir_fields_clear (&fields);
  return ok;
}

bool
weir_provenance_show_event (WeirProvenance *self, uint64_t number, GError **error)
{
  WeirHistoryFilter *filter = &self->search.filter;
  g_autoptr (WeirEventRows) rows = NULL;
  g_autoptr (WeirHistoryCursor) cursor = NULL;
  g_autoptr (GError) reason = NULL;
  uint64_t first, last;

  filter->from = filter->to = number;
  filter->columns = WEIR_COLUMN_ALL;
  cursor = weir_history_find (self->history, filter);
  if (weir_history_cursor_step (cursor, &reason)) {
    if (self->format == WEIR_ROWS_TABLE)
      return print_event (self, cursor, error);
    rows = weir_event_rows_new (self);
    return weir_event_rows_put (rows, cursor, error);
  }
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else if (weir_history_get_range (self->history, &first, &last))
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is no event %" PRIu64 " here: those from %" PRIu64 " to %" PRIu64
                 " are kept",
                 number, first, last);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there are no events here yet");
  return false;
}
