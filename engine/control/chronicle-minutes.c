/* chronicle-minutes.c: minutes as they come, and hours of sixty of them once they are over. */
#include "control/chronicle-parts.h"

#include "base/limits.h"
#include "base/varint.h"
#include "provenance/stream.h"

static bool
add_blob (WeirChronicle *chronicle, WeirChronicleSql which, int64_t number, const void *bytes,
          size_t size, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, which, error);

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, number);
  sqlite3_bind_blob64 (statement, 2, bytes, size, SQLITE_STATIC);
  return weir_sql_finish (statement, chronicle->path, "write", error);
}

typedef struct {
  WeirMinute *minutes[WEIR_HOUR_MINUTES]; /* NULL: nothing is known of it */
  uint32_t max_key;
} Hour;

static void
hour_clear (Hour *hour)
{
  for (unsigned i = 0; i < WEIR_HOUR_MINUTES; i++)
    weir_minute_free (hour->minutes[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Hour, hour_clear)

static void
note_keys (Hour *hour, const WeirMinute *minute)
{
  for (guint i = 0; i < minute->subjects->len; i++)
    hour->max_key = MAX (hour->max_key, g_array_index (minute->subjects, WeirMinuteSubject, i).key);
}

/* A minute that is damaged is as one that nothing is known of. */
static bool
load_hour (WeirChronicle *chronicle, int64_t number, Hour *hour, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_GET_MINUTES, error);
  int64_t first = number * WEIR_HOUR_MINUTES;
  int code;

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, first);
  sqlite3_bind_int64 (statement, 2, first + WEIR_HOUR_MINUTES);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    int64_t at = sqlite3_column_int64 (statement, 0);
    WeirMinute *minute = weir_minute_decode (sqlite3_column_blob (statement, 1),
                                             (size_t)sqlite3_column_bytes (statement, 1),
                                             at * WEIR_MINUTE_USEC, &chronicle->columns, NULL);

    hour->minutes[at - first] = minute;
    if (minute != NULL)
      note_keys (hour, minute);
  }
  if (code != SQLITE_DONE)
    weir_sql_fail (chronicle->db, chronicle->path, "read", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

static bool
put_hour (WeirChronicle *chronicle, int64_t number, const Hour *hour, GError **error)
{
  uint8_t covered[WEIR_HOUR_MINUTES * WEIR_VARINT_MAX];
  uint8_t *at = covered;

  for (unsigned i = 0; i < WEIR_HOUR_MINUTES; i++)
    at = weir_varint_put (at, hour->minutes[i] != NULL ? (uint64_t)hour->minutes[i]->covered : 0);
  if (!add_blob (chronicle, WEIR_CHRONICLE_ADD_HOUR, number, covered, (size_t)(at - covered),
                 error))
    return false;
  for (uint32_t shard = 0; shard <= hour->max_key / WEIR_SHARD_KEYS; shard++) {
    g_autoptr (GBytes) block = weir_shard_encode (hour->minutes, shard, &chronicle->columns);

    if (block != NULL &&
        !add_blob (chronicle, WEIR_CHRONICLE_ADD_SHARD, number * WEIR_SHARDS + shard,
                   g_bytes_get_data (block, NULL), g_bytes_get_size (block), error))
      return false;
  }
  return true;
}

static bool
pack_hour (WeirChronicle *chronicle, int64_t number, GError **error)
{
  const int64_t range[] = { number * WEIR_HOUR_MINUTES, (number + 1) * WEIR_HOUR_MINUTES };
  g_auto (Hour) hour = { 0 };

  return load_hour (chronicle, number, &hour, error) &&
         put_hour (chronicle, number, &hour, error) &&
         weir_chronicle_run (chronicle, WEIR_CHRONICLE_DROP_MINUTES, range, 2, error);
}

/* Two numbers in one row, those of NULL being INT64_MAX. */
static bool
get_numbers (WeirChronicle *chronicle, WeirChronicleSql which, int64_t *ret_first,
             int64_t *ret_second, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, which, error);
  bool found;

  if (statement == NULL)
    return false;
  found = sqlite3_step (statement) == SQLITE_ROW;
  if (found) {
    *ret_first = sqlite3_column_type (statement, 0) == SQLITE_NULL
                     ? INT64_MAX
                     : sqlite3_column_int64 (statement, 0);
    *ret_second = sqlite3_column_type (statement, 1) == SQLITE_NULL
                      ? INT64_MAX
                      : sqlite3_column_int64 (statement, 1);
  } else {
    weir_sql_fail (chronicle->db, chronicle->path, "read", error);
  }
  sqlite3_reset (statement);
  return found;
}

/* Hours that are over. After a clock that was wrong there may be many. */
static bool
pack_hours (WeirChronicle *chronicle, int64_t now, GError **error)
{
  for (;;) {
    int64_t first;
    int64_t unused;

    if (!get_numbers (chronicle, WEIR_CHRONICLE_FIRST_MINUTE, &first, &unused, error))
      return false;
    if (first == INT64_MAX || first / WEIR_HOUR_MINUTES >= now / WEIR_HOUR_USEC)
      return true;
    if (!pack_hour (chronicle, first / WEIR_HOUR_MINUTES, error))
      return false;
  }
}

static bool
drop_before (WeirChronicle *chronicle, int64_t hour, GError **error)
{
  const int64_t place = hour * WEIR_SHARDS;

  return weir_chronicle_run (chronicle, WEIR_CHRONICLE_DROP_SHARDS, &place, 1, error) &&
         weir_chronicle_run (chronicle, WEIR_CHRONICLE_DROP_HOURS, &hour, 1, error);
}

static bool
drop_old (WeirChronicle *chronicle, int64_t now, GError **error)
{
  int64_t used = 0;
  int64_t first = 0;

  if (!drop_before (chronicle, (now - WEIR_LIMIT_MINUTES_USEC) / WEIR_HOUR_USEC, error))
    return false;
  for (;;) {
    if (!get_numbers (chronicle, WEIR_CHRONICLE_GET_USED, &used, &first, error))
      return false;
    if (used <= (int64_t)WEIR_LIMIT_MINUTES_BYTES || first == INT64_MAX)
      return true;
    if (!drop_before (chronicle, first + 1, error))
      return false;
  }
}

/* A process that ended and one that began in the same minute: both count. */
static bool
join_before (WeirChronicle *chronicle, WeirMinute *minute, GError **error)
{
  g_autoptr (WeirMinute) before = NULL;

  if (!weir_chronicle_get_row (chronicle, minute->start / WEIR_MINUTE_USEC, &before, error))
    return false;
  if (before != NULL)
    weir_minute_join (minute, before);
  return true;
}

bool
weir_chronicle_add_minute (WeirChronicle *chronicle, WeirMinute *minute, GError **error)
{
  g_autoptr (GBytes) row = NULL;
  bool ok;

  WEIR_LOCKED (&chronicle->lock);
  if (!join_before (chronicle, minute, error) || !weir_chronicle_begin (chronicle, error))
    return false;
  row = weir_minute_encode (minute, &chronicle->columns);
  ok = add_blob (chronicle, WEIR_CHRONICLE_ADD_MINUTE, minute->start / WEIR_MINUTE_USEC,
                 g_bytes_get_data (row, NULL), g_bytes_get_size (row), error) &&
       pack_hours (chronicle, minute->start, error) && drop_old (chronicle, minute->start, error);
  return weir_chronicle_end (chronicle, ok, ok ? error : NULL);
}
