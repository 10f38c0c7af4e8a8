/* fields.h: what is shown of an event, by the names that the columns of the tables have, the same
 * in SQL, on the command line and in JSON. docs/provenance.md has them all.
 *
 * What an event does not say itself (the value an attribute had before, the content before) is
 * looked up when it is asked for. Thread: one at a time for each. */
#pragma once

#include "provenance/history.h"
#include "store/dictionary.h"

#include "base/uuid.h"

typedef enum {
  WEIR_FIELD_EVENT,
  WEIR_FIELD_TIME,
  WEIR_FIELD_TYPE,
  WEIR_FIELD_COMPONENT,
  WEIR_FIELD_COMPONENT_TYPE,
  WEIR_FIELD_RELATIONSHIP,
  WEIR_FIELD_FLOWFILE,
  WEIR_FIELD_SOURCE,
  WEIR_FIELD_QUEUE,
  WEIR_FIELD_SIZE,
  WEIR_FIELD_OLD_SIZE,
  WEIR_FIELD_DURATION_US,
  WEIR_FIELD_TIME_US,
  WEIR_FIELD_ENTRY_TIME,
  WEIR_FIELD_LINEAGE_START,
  WEIR_FIELD_URI,
  WEIR_FIELD_DETAILS,
  WEIR_FIELD_PARENTS,
  WEIR_FIELD_CHILDREN,
  WEIR_FIELD_ATTRIBUTES,
  WEIR_FIELD_CONTENT_BEFORE,
  WEIR_FIELD_CONTENT_AFTER,
  WEIR_N_FIELDS,
} WeirField;

/* Returns: (transfer none): "event". */
const char *weir_field_get_name (WeirField field);

/* Returns: (transfer none): "INTEGER" or "TEXT". */
const char *weir_field_get_type (WeirField field);

/* What has to be unpacked for it (WeirColumn). */
unsigned weir_field_get_columns (WeirField field);

typedef enum {
  WEIR_VALUE_NULL,
  WEIR_VALUE_INTEGER,
  WEIR_VALUE_REAL,
  WEIR_VALUE_TEXT, /* perhaps no UTF-8 */
  WEIR_VALUE_JSON, /* text that is a JSON value */
} WeirValueKind;

typedef struct {
  WeirValueKind kind;
  int64_t integer;
  double real;
  const char *text; /* of @size bytes */
  size_t size;
} WeirValue;

typedef struct {
  WeirHistory *history;
  WeirHistoryCursor *cursor;
  const WeirHistoryEvent *event; /* NULL: not got yet */
  GString *text;                 /* of the last value */
  bool has_past;
  WeirPast past;
} WeirFields;

void weir_fields_init (WeirFields *fields, WeirHistory *history);
void weir_fields_clear (WeirFields *fields);

/* Turns to the event that @cursor has stepped to; its filter asks for weir_field_get_columns. */
void weir_fields_set (WeirFields *fields, WeirHistoryCursor *cursor);

/* @ret_value: until the next call of any of these. Returns: false with @error: the history could
 * not be asked. */
bool weir_fields_get (WeirFields *fields, WeirField field, WeirValue *ret_value, GError **error);

/* The same for an event that comes from elsewhere, and for what it says itself. @text: gets what is
 * made. */
void weir_fields_get_plain (WeirHistory *history, const WeirHistoryEvent *event, WeirField field,
                            GString *text, WeirValue *ret_value);

/* The FlowFile before the event. Returns: (transfer none): until the next event; NULL with @error.
 */
const WeirPast *weir_fields_get_past (WeirFields *fields, GError **error);

/* The UUID of a FlowFile here. @ret_text: WEIR_UUID_LENGTH + 1 bytes. */
void weir_history_format_uuid (const WeirHistory *history, uint64_t flowfile, char *ret_text);

/* Returns: the FlowFile's id; 0 when the UUID is none of this installation. */
uint64_t weir_history_parse_uuid (const WeirHistory *history, const char *text);

/* Adds @text as a JSON string. What is no UTF-8 becomes U+FFFD. */
void weir_json_append (GString *json, const char *text, size_t size);

/* The same without quotes: of a part that does not end within a character. */
void weir_json_append_part (GString *json, const char *text, size_t size);
