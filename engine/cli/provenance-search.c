/* provenance-search.c: options as a filter, and the events that pass it, newest first. */
#include "cli/provenance-events.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/suggest.h"
#include "base/units.h"
#include "provenance/timestamp.h"

#define DEFAULT_LIMIT 100

/* --- options --- */

static bool
parse_number (const char *option, const char *text, uint64_t *ret_number, GError **error)
{
  if (g_ascii_string_to_unsigned (text, 10, 0, INT64_MAX, ret_number, NULL))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s %s: write a number", option, text);
  return false;
}

static bool
parse_type (const char *name, uint32_t *types, GError **error)
{
  const char *names[WEIR_EVENT_N - 1];
  g_autofree char *quoted = NULL;
  WeirEventType type = weir_event_type_find (name);
  const char *nearest;

  if (type != 0) {
    *types |= UINT32_C (1) << type;
    return true;
  }
  for (type = WEIR_EVENT_CREATE; type < WEIR_EVENT_N; type++)
    names[type - 1] = weir_event_type_get_name (type);
  nearest = weir_suggest (name, names, G_N_ELEMENTS (names));
  quoted = weir_error_quote (name);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "--type: there is no type %s%s%s%s", quoted,
               nearest != NULL ? ", did you mean " : "", nearest != NULL ? nearest : "",
               nearest != NULL ? "?" : "; docs/provenance.md has them all");
  return false;
}

static bool
parse_types (char **lists, uint32_t *types, GError **error)
{
  for (; lists != NULL && *lists != NULL; lists++) {
    g_auto (GStrv) names = g_strsplit (*lists, ",", -1);

    for (char **name = names; *name != NULL; name++)
      if (!parse_type (g_strstrip (*name), types, error))
        return false;
  }
  return true;
}

static bool
parse_time (const char *option, const char *text, int64_t *usec, GError **error)
{
  if (text == NULL || weir_timestamp_parse (text, g_get_real_time (), usec, error))
    return true;
  g_prefix_error (error, "%s: ", option);
  return false;
}

static bool
parse_size (const char *option, const char *text, uint64_t *bytes, GError **error)
{
  if (text == NULL || weir_units_parse_size (text, bytes, NULL) ||
      g_ascii_string_to_unsigned (text, 10, 0, UINT64_MAX, bytes, NULL))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s %s: write a size such as 1.5 MB", option,
               text);
  return false;
}

/* NAME=VALUE, or NAME for any value; cuts @texts. */
static bool
parse_attributes (WeirProvenanceSearch *search, char **texts, GError **error)
{
  for (; texts != NULL && *texts != NULL; texts++) {
    char *equals = strchr (*texts, '=');
    WeirHistoryAttribute attribute = { .name = *texts };

    if (**texts == '\0' || equals == *texts) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "--attribute '%s': write NAME=VALUE",
                   *texts);
      return false;
    }
    if (equals != NULL) {
      *equals = '\0';
      attribute.value = equals + 1;
    }
    g_array_append_val (search->attributes, attribute);
  }
  search->filter.attributes = (const WeirHistoryAttribute *)(void *)search->attributes->data;
  search->filter.n_attributes = search->attributes->len;
  return true;
}

static bool
parse_columns (WeirProvenanceSearch *search, const char *list, GError **error)
{
  g_auto (GStrv) names = list != NULL ? g_strsplit (list, ",", -1) : NULL;
  const char *all[WEIR_N_FIELDS];

  for (WeirField field = 0; field < WEIR_N_FIELDS; field++)
    all[field] = weir_field_get_name (field);
  for (char **name = names; name != NULL && *name != NULL; name++) {
    WeirField field = 0;

    g_strstrip (*name);
    while (field < WEIR_N_FIELDS && strcmp (all[field], *name) != 0)
      field++;
    if (field == WEIR_N_FIELDS || search->n_fields == WEIR_N_FIELDS) {
      const char *nearest = weir_suggest (*name, all, WEIR_N_FIELDS);

      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "--columns: there is no column '%s'%s%s%s", *name,
                   nearest != NULL ? ", did you mean " : "", nearest != NULL ? nearest : "",
                   nearest != NULL ? "?" : "; docs/provenance.md has them all");
      return false;
    }
    search->fields[search->n_fields++] = field;
  }
  return true;
}

static bool
parse_range (WeirProvenanceSearch *search, const WeirProvenanceOptions *options, GError **error)
{
  uint64_t after = 0, before = INT64_MAX;

  search->limit = DEFAULT_LIMIT;
  if (options->limit != NULL && !parse_number ("--limit", options->limit, &search->limit, error))
    return false;
  if (search->limit == 0)
    search->limit = UINT64_MAX;
  if (options->after != NULL && !parse_number ("--after", options->after, &after, error))
    return false;
  if (options->before != NULL && !parse_number ("--before", options->before, &before, error))
    return false;
  search->filter.from = after + 1;
  search->filter.to = before > 0 ? before - 1 : 0;
  return true;
}

bool
weir_provenance_parse (WeirProvenance *self, GError **error)
{
  const WeirProvenanceOptions *options = &self->options;
  WeirProvenanceSearch *search = &self->search;
  WeirHistoryFilter *filter = &search->filter;

  *filter = (WeirHistoryFilter)WEIR_HISTORY_FILTER_INIT;
  search->attributes = g_array_new (FALSE, FALSE, sizeof (WeirHistoryAttribute));
  filter->component = options->component;
  filter->text = options->text;
  filter->is_descending = !options->reverse;
  if (options->json)
    self->format = WEIR_ROWS_JSON;
  else
    self->format = options->csv ? WEIR_ROWS_CSV : WEIR_ROWS_TABLE;
  if (!parse_range (search, options, error) ||
      !parse_types (options->types, &filter->types, error) ||
      !parse_time ("--since", options->since, &filter->since, error) ||
      !parse_time ("--until", options->until, &filter->until, error) ||
      !parse_size ("--larger", options->larger, &filter->larger, error) ||
      !parse_size ("--smaller", options->smaller, &filter->smaller, error) ||
      !parse_attributes (search, options->attributes, error) ||
      !parse_columns (search, options->columns, error))
    return false;
  if (search->n_fields == 0 && self->format != WEIR_ROWS_TABLE)
    for (WeirField field = 0; field < WEIR_N_FIELDS; field++)
      search->fields[search->n_fields++] = field;
  return true;
}

bool
weir_provenance_find_flowfile (WeirProvenance *self, GError **error)
{
  const char *uuid = self->options.flowfile;
  g_autofree char *quoted = NULL;

  if (uuid == NULL)
    return true;
  self->search.filter.flowfile = weir_history_parse_uuid (self->history, uuid);
  if (self->search.filter.flowfile != 0)
    return true;
  quoted = weir_error_quote (uuid);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "--flowfile %s: this is no UUID of a FlowFile of this data directory", quoted);
  return false;
}

/* --- searching --- */

static void
tell_rest (const WeirProvenanceSearch *search, uint64_t last)
{
  fprintf (stderr,
           "weir provenance: there are more: add %s %" PRIu64
           " for the next ones, or --limit 0 for all\n",
           search->filter.is_descending ? "--before" : "--after", last);
}

bool
weir_provenance_show_events (WeirProvenance *self, GError **error)
{
  WeirProvenanceSearch *search = &self->search;
  g_autoptr (WeirEventRows) rows = weir_event_rows_new (self);
  g_autoptr (WeirHistoryCursor) cursor = weir_history_find (self->history, &search->filter);
  g_autoptr (GError) reason = NULL;
  uint64_t last = 0;

  for (uint64_t n = 0; weir_history_cursor_step (cursor, &reason); n++) {
    if (n == search->limit) {
      weir_provenance_end_progress (self);
      weir_event_rows_flush (rows);
      tell_rest (search, last);
      break;
    }
    last = weir_history_cursor_get_number (cursor);
    weir_provenance_end_progress (self);
    if (!weir_event_rows_put (rows, cursor, &reason))
      break;
  }
  weir_provenance_end_progress (self);
  if (reason == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}
