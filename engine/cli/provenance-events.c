/* provenance-events.c: one event as one row. */
#include "cli/provenance-events.h"

#include <string.h>

#define SHOWN 80 /* bytes of what an event did, then it is cut */

/* For people: these, and what it did. */
static const WeirField usual[] = { WEIR_FIELD_EVENT,     WEIR_FIELD_TIME,     WEIR_FIELD_TYPE,
                                   WEIR_FIELD_COMPONENT, WEIR_FIELD_FLOWFILE, WEIR_FIELD_SIZE };

struct WeirEventRows {
  const WeirProvenanceSearch *search;
  WeirRows *rows;
  WeirFields fields;
  GString *texts[WEIR_N_FIELDS]; /* of values, which live until the next one is got */
  GString *what;
};

WeirEventRows *
weir_event_rows_new (WeirProvenance *provenance)
{
  WeirProvenanceSearch *search = &provenance->search;
  WeirEventRows *self = g_new0 (WeirEventRows, 1);
  const char *names[WEIR_N_FIELDS + 1];
  unsigned n = 0;

  self->search = search;
  search->filter.columns |= WEIR_COLUMN_TEXT | WEIR_COLUMN_ROUTE | WEIR_COLUMN_ATTRIBUTES;
  for (; n < search->n_fields; n++) {
    names[n] = weir_field_get_name (search->fields[n]);
    search->filter.columns |= weir_field_get_columns (search->fields[n]);
  }
  if (search->n_fields == 0) {
    for (; n < G_N_ELEMENTS (usual); n++) {
      names[n] = weir_field_get_name (usual[n]);
      search->filter.columns |= weir_field_get_columns (usual[n]);
    }
    names[n++] = "what";
  }
  for (unsigned i = 0; i < WEIR_N_FIELDS; i++)
    self->texts[i] = g_string_new (NULL);
  self->what = g_string_new (NULL);
  weir_fields_init (&self->fields, provenance->history);
  self->rows = weir_rows_new (provenance->format, stdout, names, n);
  return self;
}

void
weir_event_rows_free (WeirEventRows *self)
{
  if (self == NULL)
    return;
  weir_rows_free (self->rows);
  weir_fields_clear (&self->fields);
  for (unsigned i = 0; i < WEIR_N_FIELDS; i++)
    g_string_free (self->texts[i], TRUE);
  g_string_free (self->what, TRUE);
  g_free (self);
}

void
weir_event_rows_flush (WeirEventRows *self)
{
  weir_rows_flush (self->rows);
}

static void
append (GString *what, const char *before, const char *text, size_t size)
{
  if (text == NULL || size == 0 || what->len > SHOWN)
    return;
  if (what->len > 0)
    g_string_append_c (what, ' ');
  g_string_append (what, before);
  g_string_append_len (what, text, (gssize)MIN (size, SHOWN));
  if (size > SHOWN)
    g_string_append (what, "...");
}

/* Where it went or came from, why, and what it set. */
static void
describe (GString *what, const WeirHistoryEvent *self)
{
  const WeirEvent *event = &self->event;
  WeirOpNames set = event->set;
  const char *relationship =
      event->relationship != 0
          ? weir_partition_get_word (self->partition, WEIR_WORD_NAME, event->relationship)
          : NULL;
  const uint8_t *value;
  WeirEntryName entry_name;
  size_t size;

  g_string_truncate (what, 0);
  append (what, "", event->uri, event->uri_size);
  append (what, "", event->details, event->details_size);
  if (relationship != NULL)
    append (what, "-> ", relationship, strlen (relationship));
  while (what->len <= SHOWN && event->has_attributes &&
         weir_op_next_set (&set, &entry_name, &value, &size)) {
    size_t name_size;
    const char *name = weir_history_get_name (self->partition, &entry_name, &name_size);
    g_autofree char *before = g_strdup_printf ("%.*s=", (int)MIN (name_size, SHOWN), name);

    append (what, before, size > 0 ? (const char *)value : " ", MAX (size, 1));
  }
  if (what->len > SHOWN)
    g_string_append (what, " ...");
}

bool
weir_event_rows_put (WeirEventRows *self, WeirHistoryCursor *cursor, GError **error)
{
  const WeirField *fields = self->search->n_fields > 0 ? self->search->fields : usual;
  unsigned n = self->search->n_fields > 0 ? self->search->n_fields : G_N_ELEMENTS (usual);
  WeirValue values[WEIR_N_FIELDS + 1];

  weir_fields_set (&self->fields, cursor);
  for (unsigned i = 0; i < n; i++) {
    if (!weir_fields_get (&self->fields, fields[i], &values[i], error))
      return false;
    if (values[i].text == NULL)
      continue;
    g_string_truncate (self->texts[i], 0);
    g_string_append_len (self->texts[i], values[i].text, (gssize)values[i].size);
    values[i].text = self->texts[i]->str;
  }
  if (self->search->n_fields == 0) {
    describe (self->what, weir_history_cursor_get_event (cursor));
    values[n] =
        (WeirValue){ .kind = WEIR_VALUE_TEXT, .text = self->what->str, .size = self->what->len };
  }
  weir_rows_put (self->rows, values);
  return true;
}
