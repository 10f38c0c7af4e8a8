/* chronicle-read.c: the past of one thing, and all things at one moment of the past. */
#include "control/chronicle-parts.h"

#include "base/varint.h"

typedef struct {
  uint32_t key;
  WeirSeries *series;
  int64_t end;
  int64_t start; /* of the hour */
  int64_t covered[WEIR_HOUR_MINUTES];
  bool found;
} Reader;

static void
add_minute (Reader *reader, unsigned minute, const uint64_t *values)
{
  int64_t end = reader->start + ((int64_t)minute + 1) * WEIR_MINUTE_USEC;

  if (end <= reader->end)
    weir_series_add (reader->series, end, MIN (reader->covered[minute], WEIR_MINUTE_USEC), values);
}

static void
on_subject (void *data, uint32_t key, WeirSubjectKind kind,
            const uint64_t (*values)[WEIR_MEASURES_MAX])
{
  Reader *reader = data;

  if (key != reader->key || kind != reader->series->kind)
    return;
  reader->found = true;
  for (unsigned i = 0; i < WEIR_HOUR_MINUTES; i++)
    add_minute (reader, i, values[i]);
}

/* One that is damaged is as one that did nothing. */
static bool
read_shard (WeirChronicle *chronicle, int64_t hour, Reader *reader, GError **error)
{
  static const uint64_t nothing[WEIR_MEASURES_MAX];
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_GET_SHARD, error);
  uint32_t shard = reader->key / WEIR_SHARD_KEYS;

  if (statement == NULL)
    return false;
  reader->found = false;
  sqlite3_bind_int64 (statement, 1, hour * WEIR_SHARDS + shard);
  if (sqlite3_step (statement) == SQLITE_ROW)
    weir_shard_decode (sqlite3_column_blob (statement, 0),
                       (size_t)sqlite3_column_bytes (statement, 0), shard, &chronicle->columns,
                       on_subject, reader, NULL);
  sqlite3_reset (statement);
  for (unsigned i = 0; i < WEIR_HOUR_MINUTES && !reader->found; i++)
    add_minute (reader, i, nothing);
  return true;
}

static void
read_covered (sqlite3_stmt *row, int column, int64_t *covered)
{
  const uint8_t *bytes = sqlite3_column_blob (row, column);
  WeirCursor cursor = { bytes, bytes + sqlite3_column_bytes (row, column), false };

  for (unsigned i = 0; i < WEIR_HOUR_MINUTES; i++) {
    uint64_t value = weir_cursor_get (&cursor);
    covered[i] = (int64_t)MIN (value, (uint64_t)WEIR_MINUTE_USEC);
  }
}

static bool
read_hours (WeirChronicle *chronicle, Reader *reader, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_GET_HOURS, error);
  bool ok = true;
  int code = SQLITE_DONE;

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, reader->series->from / WEIR_HOUR_USEC);
  sqlite3_bind_int64 (statement, 2, reader->end / WEIR_HOUR_USEC);
  while (ok && (code = sqlite3_step (statement)) == SQLITE_ROW) {
    int64_t hour = sqlite3_column_int64 (statement, 0);

    reader->start = hour * WEIR_HOUR_USEC;
    read_covered (statement, 1, reader->covered);
    ok = read_shard (chronicle, hour, reader, error);
  }
  if (ok && code != SQLITE_DONE)
    ok = weir_sql_fail (chronicle->db, chronicle->path, "read", error);
  sqlite3_reset (statement);
  return ok;
}

static void
read_row (WeirChronicle *chronicle, sqlite3_stmt *row, Reader *reader)
{
  static const uint64_t nothing[WEIR_MEASURES_MAX];
  int64_t start = sqlite3_column_int64 (row, 0) * WEIR_MINUTE_USEC;
  g_autoptr (WeirMinute) minute =
      weir_minute_decode (sqlite3_column_blob (row, 1), (size_t)sqlite3_column_bytes (row, 1),
                          start, &chronicle->columns, NULL);
  const WeirMinuteSubject *subject;

  if (minute == NULL)
    return;
  subject = weir_minute_find (minute, reader->key);
  if (subject != NULL && subject->kind != reader->series->kind)
    subject = NULL;
  reader->start = start;
  reader->covered[0] = minute->covered;
  add_minute (reader, 0, subject != NULL ? subject->values : nothing);
}

static bool
read_minutes (WeirChronicle *chronicle, Reader *reader, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_GET_MINUTES, error);
  int code;

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, reader->series->from / WEIR_MINUTE_USEC);
  sqlite3_bind_int64 (statement, 2, reader->end / WEIR_MINUTE_USEC);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    read_row (chronicle, statement, reader);
  if (code != SQLITE_DONE)
    weir_sql_fail (chronicle->db, chronicle->path, "read", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

bool
weir_chronicle_read (WeirChronicle *chronicle, uint32_t key, int64_t end, WeirSeries *series,
                     GError **error)
{
  Reader reader = { .key = key, .series = series, .end = MIN (end, weir_series_get_end (series)) };

  WEIR_LOCKED (&chronicle->lock);
  return read_hours (chronicle, &reader, error) && read_minutes (chronicle, &reader, error);
}

/* --- one moment --- */

typedef struct {
  WeirMinute *minute;
  unsigned place; /* in the hour */
} Moment;

static void
on_subject_then (void *data, uint32_t key, WeirSubjectKind kind,
                 const uint64_t (*values)[WEIR_MEASURES_MAX])
{
  Moment *moment = data;

  weir_minute_put (moment->minute, key, kind, values[moment->place]);
}

static bool
read_all_shards (WeirChronicle *chronicle, int64_t hour, Moment *moment, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_GET_SHARDS, error);
  int code;

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, hour * WEIR_SHARDS);
  sqlite3_bind_int64 (statement, 2, (hour + 1) * WEIR_SHARDS);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    weir_shard_decode (sqlite3_column_blob (statement, 1),
                       (size_t)sqlite3_column_bytes (statement, 1),
                       (uint32_t)(sqlite3_column_int64 (statement, 0) % WEIR_SHARDS),
                       &chronicle->columns, on_subject_then, moment, NULL);
  if (code != SQLITE_DONE)
    weir_sql_fail (chronicle->db, chronicle->path, "read", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

bool
weir_chronicle_get_row (WeirChronicle *chronicle, int64_t number, WeirMinute **ret_minute,
                        GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_GET_MINUTES, error);

  if (statement == NULL)
    return false;
  *ret_minute = NULL;
  sqlite3_bind_int64 (statement, 1, number);
  sqlite3_bind_int64 (statement, 2, number + 1);
  if (sqlite3_step (statement) == SQLITE_ROW)
    *ret_minute = weir_minute_decode (sqlite3_column_blob (statement, 1),
                                      (size_t)sqlite3_column_bytes (statement, 1),
                                      number * WEIR_MINUTE_USEC, &chronicle->columns, NULL);
  sqlite3_reset (statement);
  return true;
}

static int64_t
read_covered_at (WeirChronicle *chronicle, int64_t hour, unsigned place, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_GET_HOURS, error);
  int64_t covered[WEIR_HOUR_MINUTES] = { 0 };

  if (statement == NULL)
    return 0;
  sqlite3_bind_int64 (statement, 1, hour);
  sqlite3_bind_int64 (statement, 2, hour);
  if (sqlite3_step (statement) == SQLITE_ROW)
    read_covered (statement, 1, covered);
  sqlite3_reset (statement);
  return covered[place];
}

WeirMinute *
weir_chronicle_read_minute (WeirChronicle *chronicle, int64_t wall, GError **error)
{
  int64_t number = wall / WEIR_MINUTE_USEC;
  int64_t hour = number / WEIR_HOUR_MINUTES;
  g_autoptr (WeirMinute) minute = NULL;
  Moment moment = { .place = (unsigned)(number % WEIR_HOUR_MINUTES) };
  int64_t covered;

  WEIR_LOCKED (&chronicle->lock);
  if (!weir_chronicle_get_row (chronicle, number, &minute, error))
    return NULL;
  if (minute != NULL)
    return g_steal_pointer (&minute);
  covered = read_covered_at (chronicle, hour, moment.place, error);
  if (covered == 0)
    return NULL;
  moment.minute = minute = weir_minute_new (wall);
  minute->covered = covered;
  if (!read_all_shards (chronicle, hour, &moment, error))
    return NULL;
  return g_steal_pointer (&minute);
}
