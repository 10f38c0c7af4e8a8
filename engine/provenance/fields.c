/* fields.c: a table of fields, and a function for each kind of them. */
#include "provenance/fields.h"

#include <string.h>

#include "provenance/timestamp.h"

#define PAST (WEIR_COLUMN_BIRTH | WEIR_COLUMN_FLOWFILE)

typedef struct {
  const char *name;
  const char *type;
  unsigned columns;
} Field;

static const Field table[WEIR_N_FIELDS] = {
  [WEIR_FIELD_EVENT] = { "event", "INTEGER", 0 },
  [WEIR_FIELD_TIME] = { "time", "TEXT", WEIR_COLUMN_TIME },
  [WEIR_FIELD_TYPE] = { "type", "TEXT", WEIR_COLUMN_TYPE },
  [WEIR_FIELD_COMPONENT] = { "component", "TEXT", WEIR_COLUMN_COMPONENT },
  [WEIR_FIELD_COMPONENT_TYPE] = { "component_type", "TEXT", WEIR_COLUMN_COMPONENT },
  [WEIR_FIELD_RELATIONSHIP] = { "relationship", "TEXT", WEIR_COLUMN_ROUTE },
  [WEIR_FIELD_FLOWFILE] = { "flowfile", "TEXT", WEIR_COLUMN_FLOWFILE },
  [WEIR_FIELD_SOURCE] = { "source", "TEXT", WEIR_COLUMN_ROUTE },
  [WEIR_FIELD_QUEUE] = { "queue", "TEXT", WEIR_COLUMN_ROUTE },
  [WEIR_FIELD_SIZE] = { "size", "INTEGER", WEIR_COLUMN_SIZE },
  [WEIR_FIELD_OLD_SIZE] = { "old_size", "INTEGER", WEIR_COLUMN_SIZE | WEIR_COLUMN_TYPE },
  [WEIR_FIELD_DURATION_US] = { "duration_us", "INTEGER", WEIR_COLUMN_TIME },
  [WEIR_FIELD_TIME_US] = { "time_us", "INTEGER", WEIR_COLUMN_TIME },
  [WEIR_FIELD_ENTRY_TIME] = { "entry_time", "TEXT", PAST },
  [WEIR_FIELD_LINEAGE_START] = { "lineage_start", "TEXT", PAST },
  [WEIR_FIELD_URI] = { "uri", "TEXT", WEIR_COLUMN_TEXT },
  [WEIR_FIELD_DETAILS] = { "details", "TEXT", WEIR_COLUMN_TEXT },
  [WEIR_FIELD_PARENTS] = { "parents", "TEXT", WEIR_COLUMN_BIRTH },
  [WEIR_FIELD_CHILDREN] = { "children", "TEXT", WEIR_COLUMN_BIRTH | WEIR_COLUMN_FLOWFILE },
  [WEIR_FIELD_ATTRIBUTES] = { "attributes", "TEXT", WEIR_COLUMN_ATTRIBUTES | PAST },
  [WEIR_FIELD_CONTENT_BEFORE] = { "content_before", "TEXT", WEIR_COLUMN_CONTENT | PAST },
  [WEIR_FIELD_CONTENT_AFTER] = { "content_after", "TEXT", WEIR_COLUMN_CONTENT | PAST },
};

const char *
weir_field_get_name (WeirField field)
{
  return table[field].name;
}

const char *
weir_field_get_type (WeirField field)
{
  return table[field].type;
}

unsigned
weir_field_get_columns (WeirField field)
{
  return table[field].columns;
}

/* --- ids --- */

void
weir_history_format_uuid (const WeirHistory *history, uint64_t flowfile, char *ret_text)
{
  /* Damaged provenance may have any number. */
  weir_uuid_format (weir_history_get_install (history), flowfile & (UINT64_MAX >> 2), ret_text);
}

uint64_t
weir_history_parse_uuid (const WeirHistory *history, const char *text)
{
  uint64_t install, id;

  if (weir_uuid_parse (text, &install, &id) &&
      install == weir_uuid_install (weir_history_get_install (history)))
    return id;
  return 0;
}

/* --- JSON --- */

static void
append_escaped (GString *json, gunichar c)
{
  static const char shorts[] = "\"\\\b\f\n\r\t";
  static const char letters[] = "\"\\bfnrt";
  const char *found = c != 0 && c < 128 ? strchr (shorts, (int)c) : NULL;

  if (found != NULL)
    g_string_append_printf (json, "\\%c", letters[found - shorts]);
  else
    g_string_append_printf (json, "\\u%04x", c);
}

/* Whether a JSON string may have it as it is. Controls beyond ASCII may not be there either: a
 * terminal would obey them. */
static bool
is_plain (gunichar c)
{
  return c >= ' ' && c != '"' && c != '\\' && (c < 127 || c > 159);
}

void
weir_json_append_part (GString *json, const char *text, size_t size)
{
  const char *at = text, *end = text + size;

  while (at < end) {
    gunichar c =
        (unsigned char)*at < 128 ? (unsigned char)*at : g_utf8_get_char_validated (at, end - at);
    bool is_valid = c != (gunichar)-1 && c != (gunichar)-2;
    const char *next = is_valid && c >= 128 ? g_utf8_next_char (at) : at + 1;

    if (!is_valid)
      g_string_append (json, "\357\277\275");
    else if (is_plain (c))
      g_string_append_len (json, at, next - at);
    else
      append_escaped (json, c);
    at = next;
  }
}

void
weir_json_append (GString *json, const char *text, size_t size)
{
  g_string_append_c (json, '"');
  weir_json_append_part (json, text, size);
  g_string_append_c (json, '"');
}

/* --- values --- */

static void
set_integer (WeirValue *value, uint64_t number)
{
  *value = (WeirValue){ .kind = WEIR_VALUE_INTEGER, .integer = (int64_t)number };
}

static void
set_text (WeirValue *value, const char *text, size_t size)
{
  *value = (WeirValue){ .kind = text != NULL ? WEIR_VALUE_TEXT : WEIR_VALUE_NULL,
                        .text = text,
                        .size = size };
}

static void
set_word (WeirValue *value, const char *word)
{
  set_text (value, word, word != NULL ? strlen (word) : 0);
}

static void
set_result (WeirFields *fields, WeirValue *value, WeirValueKind kind)
{
  *value = (WeirValue){ .kind = kind, .text = fields->text->str, .size = fields->text->len };
}

static void
set_time (WeirFields *fields, WeirValue *value, int64_t usec)
{
  g_string_set_size (fields->text, WEIR_TIMESTAMP_LENGTH);
  weir_timestamp_format (usec, fields->text->str);
  set_result (fields, value, WEIR_VALUE_TEXT);
}

/* Of the dictionary. */
static void
set_number (WeirFields *fields, WeirValue *value, unsigned kind, uint64_t number)
{
  set_word (value,
            number != 0 ? weir_partition_get_word (fields->event->partition, kind, number) : NULL);
}

static void
set_uuid (WeirFields *fields, WeirValue *value)
{
  g_string_set_size (fields->text, WEIR_UUID_LENGTH);
  weir_history_format_uuid (fields->history, fields->event->event.flowfile, fields->text->str);
  set_result (fields, value, WEIR_VALUE_TEXT);
}

static void
set_uuids (WeirFields *fields, WeirValue *value, const uint64_t *flowfiles, size_t n)
{
  char uuid[WEIR_UUID_LENGTH + 1];

  g_string_assign (fields->text, "[");
  for (size_t i = 0; i < n; i++) {
    weir_history_format_uuid (fields->history, flowfiles[i], uuid);
    g_string_append_printf (fields->text, "%s\"%s\"", i > 0 ? "," : "", uuid);
  }
  g_string_append_c (fields->text, ']');
  set_result (fields, value, WEIR_VALUE_JSON);
}

static void
set_content (WeirFields *fields, WeirValue *value, const WeirContentRef *content)
{
  uint64_t start = content->start + content->offset;

  if (content->length == 0 || content->where == WEIR_WHERE_NONE)
    g_string_assign (fields->text, "empty");
  else if (content->where == WEIR_WHERE_LOG)
    g_string_printf (fields->text, "log at %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " bytes",
                     start, content->length);
  else
    g_string_printf (fields->text,
                     "file %" G_GUINT64_FORMAT " at %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
                     " bytes",
                     content->file, start, content->length);
  set_result (fields, value, WEIR_VALUE_TEXT);
}

/* --- what was before --- */

void
weir_fields_init (WeirFields *fields, WeirHistory *history)
{
  *fields = (WeirFields){ .history = history, .text = g_string_new (NULL) };
}

static void
forget_past (WeirFields *fields)
{
  if (fields->has_past)
    weir_past_clear (&fields->past);
  fields->has_past = false;
}

void
weir_fields_clear (WeirFields *fields)
{
  forget_past (fields);
  g_string_free (fields->text, TRUE);
}

void
weir_fields_set (WeirFields *fields, WeirHistoryCursor *cursor)
{
  forget_past (fields);
  fields->cursor = cursor;
  fields->event = NULL;
}

const WeirPast *
weir_fields_get_past (WeirFields *fields, GError **error)
{
  fields->event = weir_history_cursor_get_event (fields->cursor);
  if (!fields->has_past)
    fields->has_past = weir_history_get_past (fields->history, fields->event->event.flowfile,
                                              fields->event->number, &fields->past, error);
  fields->event = weir_history_cursor_get_event (fields->cursor);
  return fields->has_past ? &fields->past : NULL;
}

static bool
set_beginning (WeirFields *fields, WeirField field, WeirValue *value, GError **error)
{
  const WeirEvent *event = &fields->event->event;
  bool is_entry = field == WEIR_FIELD_ENTRY_TIME;
  const WeirPast *past;

  if (event->is_birth) {
    set_time (fields, value, is_entry ? event->entry_time : event->lineage_start);
    return true;
  }
  past = weir_fields_get_past (fields, error);
  if (past != NULL && past->is_whole)
    set_time (fields, value, is_entry ? past->entry_time : past->lineage_start);
  return past != NULL;
}

/* The content that the FlowFile had before, of which nothing is known if it is not whole. */
static bool
set_old_content (WeirFields *fields, WeirValue *value, GError **error)
{
  const WeirPast *past = NULL;

  if (fields->event->event.is_birth)
    return true;
  past = weir_fields_get_past (fields, error);
  if (past != NULL && (past->is_whole || past->content.where != WEIR_WHERE_NONE))
    set_content (fields, value, &past->content);
  return past != NULL;
}

static bool
set_new_content (WeirFields *fields, WeirValue *value, GError **error)
{
  const WeirEvent *event = &fields->event->event;

  if (!event->has_content && !event->is_birth)
    return set_old_content (fields, value, error);
  set_content (fields, value, &event->content);
  return true;
}

/* "name":[old,new], where NULL is not there. */
static void
append_change (WeirFields *fields, const WeirEntryName *name, const WeirPast *past,
               const char *value, size_t size)
{
  size_t name_size;
  const char *text = weir_history_get_name (fields->event->partition, name, &name_size);
  g_autofree char *word = text != NULL ? g_strndup (text, name_size) : NULL;
  const char *old =
      past != NULL && word != NULL ? g_hash_table_lookup (past->attributes, word) : NULL;
  GString *json = fields->text;

  if (word == NULL)
    return;
  if (json->len > 1)
    g_string_append_c (json, ',');
  weir_json_append (json, word, strlen (word));
  g_string_append (json, ":[");
  if (old != NULL)
    weir_json_append (json, old, strlen (old));
  else
    g_string_append (json, "null");
  g_string_append_c (json, ',');
  if (value != NULL)
    weir_json_append (json, value, size);
  else
    g_string_append (json, "null");
  g_string_append_c (json, ']');
}

static bool
set_attributes (WeirFields *fields, WeirValue *value, GError **error)
{
  const WeirEvent *event = &fields->event->event;
  const WeirPast *past = NULL;
  WeirOpNames set, removed;
  const uint8_t *text;
  WeirEntryName name;
  size_t size;

  if (event->has_attributes && !event->is_birth) {
    past = weir_fields_get_past (fields, error);
    if (past == NULL)
      return false;
  }
  g_string_assign (fields->text, "{");
  if (event->has_attributes) {
    set = event->set;
    removed = event->removed;
    while (weir_op_next_set (&set, &name, &text, &size))
      append_change (fields, &name, past, (const char *)text, size);
    while (weir_op_next_removed (&removed, &name))
      append_change (fields, &name, past, NULL, 0);
  }
  g_string_append_c (fields->text, '}');
  set_result (fields, value, WEIR_VALUE_JSON);
  return true;
}

/* What is in the event as a number or as the number of a word. Returns: false for all others. */
static bool
set_plain (WeirFields *fields, WeirField field, WeirValue *value)
{
  const WeirEvent *event = &fields->event->event;

  switch (field) {
  case WEIR_FIELD_EVENT:
    set_integer (value, fields->event->number);
    return true;
  case WEIR_FIELD_TIME_US:
    set_integer (value, (uint64_t)event->time);
    return true;
  case WEIR_FIELD_SIZE:
    set_integer (value, event->size);
    return true;
  case WEIR_FIELD_OLD_SIZE:
    if (!event->is_birth)
      set_integer (value, event->old_size);
    return true;
  case WEIR_FIELD_DURATION_US:
    set_integer (value, event->usec);
    return true;
  case WEIR_FIELD_COMPONENT:
    set_number (fields, value, WEIR_WORD_COMPONENT, event->component);
    return true;
  case WEIR_FIELD_RELATIONSHIP:
    set_number (fields, value, WEIR_WORD_NAME, event->relationship);
    return true;
  case WEIR_FIELD_SOURCE:
    set_number (fields, value, WEIR_WORD_QUEUE, event->source);
    return true;
  case WEIR_FIELD_QUEUE:
    set_number (fields, value, WEIR_WORD_QUEUE, event->queue);
    return true;
  default:
    return false;
  }
}

/* The same, of texts. */
static bool
set_texts (WeirFields *fields, WeirField field, WeirValue *value)
{
  const WeirEvent *event = &fields->event->event;

  switch (field) {
  case WEIR_FIELD_TIME:
    set_time (fields, value, event->time);
    return true;
  case WEIR_FIELD_TYPE:
    set_word (value, weir_event_type_get_name (event->type));
    return true;
  case WEIR_FIELD_COMPONENT_TYPE:
    if (event->component != 0)
      set_word (value, weir_partition_get_type (fields->event->partition, event->component));
    return true;
  case WEIR_FIELD_FLOWFILE:
    set_uuid (fields, value);
    return true;
  case WEIR_FIELD_URI:
    set_text (value, event->uri, event->uri_size);
    return true;
  case WEIR_FIELD_DETAILS:
    set_text (value, event->details, event->details_size);
    return true;
  case WEIR_FIELD_PARENTS:
    set_uuids (fields, value, event->parents, event->n_parents);
    return true;
  case WEIR_FIELD_CHILDREN:
    set_uuids (fields, value, &event->flowfile, event->n_parents > 0 ? 1 : 0);
    return true;
  default:
    return false;
  }
}

void
weir_fields_get_plain (WeirHistory *history, const WeirHistoryEvent *event, WeirField field,
                       GString *text, WeirValue *ret_value)
{
  WeirFields fields = { .history = history, .event = event, .text = text };

  *ret_value = (WeirValue){ 0 };
  if (!set_plain (&fields, field, ret_value))
    set_texts (&fields, field, ret_value);
}

bool
weir_fields_get (WeirFields *fields, WeirField field, WeirValue *ret_value, GError **error)
{
  *ret_value = (WeirValue){ 0 };
  fields->event = weir_history_cursor_get_event (fields->cursor);
  if (set_plain (fields, field, ret_value) || set_texts (fields, field, ret_value))
    return true;
  switch (field) {
  case WEIR_FIELD_ATTRIBUTES:
    return set_attributes (fields, ret_value, error);
  case WEIR_FIELD_CONTENT_BEFORE:
    return set_old_content (fields, ret_value, error);
  case WEIR_FIELD_CONTENT_AFTER:
    return set_new_content (fields, ret_value, error);
  default:
    return set_beginning (fields, field, ret_value, error);
  }
}
