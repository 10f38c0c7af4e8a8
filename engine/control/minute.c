/* minute.c: a minute as it goes on, and as one row. */
#include "control/minute.h"

#include "base/error.h"
#include "base/varint.h"
#include "control/figure-code.h"
#include "provenance/stream.h"

#include <string.h>

#define VERSION 1u

WeirMinute *
weir_minute_new (int64_t wall)
{
  WeirMinute *minute = g_new0 (WeirMinute, 1);

  minute->start = wall - wall % WEIR_MINUTE_USEC;
  minute->subjects = g_array_new (FALSE, FALSE, sizeof (WeirMinuteSubject));
  minute->places = g_hash_table_new (NULL, NULL);
  return minute;
}

void
weir_minute_free (WeirMinute *minute)
{
  if (minute == NULL)
    return;
  g_array_unref (minute->subjects);
  g_hash_table_unref (minute->places);
  g_free (minute);
}

WeirMinuteSubject *
weir_minute_find (const WeirMinute *minute, uint32_t key)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (minute->places, GUINT_TO_POINTER (key)));

  return place == 0 ? NULL : &g_array_index (minute->subjects, WeirMinuteSubject, place - 1);
}

static WeirMinuteSubject *
add (WeirMinute *minute, uint32_t key, WeirSubjectKind kind)
{
  WeirMinuteSubject subject = { .key = key, .kind = kind };

  g_array_append_val (minute->subjects, subject);
  g_hash_table_insert (minute->places, GUINT_TO_POINTER (key),
                       GUINT_TO_POINTER (minute->subjects->len));
  return &g_array_index (minute->subjects, WeirMinuteSubject, minute->subjects->len - 1);
}

void
weir_minute_put (WeirMinute *minute, uint32_t key, WeirSubjectKind kind, const uint64_t *values)
{
  memcpy (add (minute, key, kind)->values, values, sizeof (uint64_t) * WEIR_MEASURES_MAX);
}

static void
join (WeirMinute *minute, uint32_t key, WeirSubjectKind kind, const uint64_t *values)
{
  WeirMinuteSubject *subject = weir_minute_find (minute, key);
  bool is_first = subject == NULL;

  if (is_first)
    subject = add (minute, key, kind);
  if (subject->kind == kind)
    weir_values_join (kind, subject->values, values, is_first);
}

void
weir_minute_join (WeirMinute *minute, const WeirMinute *more)
{
  minute->covered += more->covered;
  for (guint i = 0; i < more->subjects->len; i++) {
    const WeirMinuteSubject *subject = &g_array_index (more->subjects, WeirMinuteSubject, i);
    join (minute, subject->key, subject->kind, subject->values);
  }
}

void
weir_minute_add (WeirMinute *minute, const WeirReading *since, int64_t span)
{
  minute->covered += span;
  for (uint32_t i = 0; i < since->roster->n; i++) {
    const WeirSubject *from = &since->roster->subjects[i];

    join (minute, from->key, from->kind, since->subjects[i].values);
  }
}

static uint64_t
get_mask (const WeirMinuteSubject *subject, const WeirColumns *columns)
{
  uint64_t mask = 0;
  unsigned n;
  const WeirMeasure *measures = weir_measures_get (subject->kind, &n);

  for (unsigned i = 0; i < n; i++)
    if (subject->values[i] != 0 && measures[i].nature != WEIR_MEASURE_STATE)
      mask |= UINT64_C (1) << columns->numbers[subject->kind][i];
  return mask;
}

static void
put_subject (WeirStream *stream, const WeirMinuteSubject *subject, const WeirColumns *columns)
{
  uint64_t mask = get_mask (subject, columns);

  if (mask == 0)
    return;
  weir_stream_put (stream, subject->key);
  weir_stream_put (stream, subject->kind);
  weir_stream_put (stream, mask);
  for (unsigned number = 0; number < WEIR_COLUMNS_MAX; number++)
    if ((mask >> number & 1) != 0)
      weir_stream_put (
          stream,
          weir_figure_code (subject->values[(uint8_t)columns->measures[subject->kind][number]]));
}

GBytes *
weir_minute_encode (WeirMinute *minute, const WeirColumns *columns)
{
  WeirStream stream = { 0 };
  size_t size;

  weir_stream_put (&stream, VERSION);
  weir_stream_put (&stream, (uint64_t)MAX (minute->covered, 0));
  for (guint i = 0; i < minute->subjects->len; i++)
    put_subject (&stream, &g_array_index (minute->subjects, WeirMinuteSubject, i), columns);
  size = weir_stream_get_size (&stream);
  return g_bytes_new_take (stream.start, size);
}

static void
get_subject (WeirCursor *cursor, WeirMinute *minute, const WeirColumns *columns)
{
  uint64_t key = weir_cursor_get (cursor);
  uint64_t kind = weir_cursor_get (cursor);
  uint64_t mask = weir_cursor_get (cursor);
  WeirMinuteSubject *subject;

  if (key >= UINT32_MAX || kind >= WEIR_N_SUBJECT_KINDS ||
      weir_minute_find (minute, (uint32_t)key) != NULL) {
    weir_cursor_fail (cursor);
    return;
  }
  subject = add (minute, (uint32_t)key, (WeirSubjectKind)kind);
  for (unsigned number = 0; number < WEIR_COLUMNS_MAX; number++) {
    uint64_t code;

    if ((mask >> number & 1) == 0)
      continue;
    code = weir_cursor_get (cursor);
    if (columns->measures[kind][number] >= 0)
      subject->values[columns->measures[kind][number]] =
          weir_figure_decode ((uint16_t)MIN (code, WEIR_FIGURE_CODE_MAX));
  }
}

WeirMinute *
weir_minute_decode (const void *bytes, size_t size, int64_t start, const WeirColumns *columns,
                    GError **error)
{
  g_autoptr (WeirMinute) minute = weir_minute_new (start);
  WeirCursor cursor = { bytes, (const uint8_t *)bytes + size, false };
  uint64_t covered;

  if (weir_cursor_get (&cursor) != VERSION)
    weir_cursor_fail (&cursor);
  covered = weir_cursor_get (&cursor);
  minute->covered = (int64_t)MIN (covered, (uint64_t)WEIR_MINUTE_USEC * 2);
  while (!weir_cursor_is_at_end (&cursor))
    get_subject (&cursor, minute, columns);
  if (!cursor.failed)
    return g_steal_pointer (&minute);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                       "the figures of a minute are damaged");
  return NULL;
}
