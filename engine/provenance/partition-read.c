/* partition-read.c: what queries ask a partition for. Each call is a transaction of its own, which
 * ends with it, so a reader that takes its time holds nothing up. */
#include "provenance/partition-parts.h"

#include <string.h>
#include <weir/error.h>

#include "base/limits.h"
#include "provenance/filter.h"

static bool
fail (WeirPartition *partition, sqlite3_stmt *statement, GError **error)
{
  weir_sql_fail (partition->db, partition->path, "read", error);
  sqlite3_reset (statement);
  return false;
}

bool
weir_partition_get_range (WeirPartition *partition, WeirBlockRow *ret_range, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_RANGE, error);
  WeirBlockRow range = { 0 };
  uint64_t end;

  if (statement == NULL)
    return false;
  if (sqlite3_step (statement) != SQLITE_ROW)
    return fail (partition, statement, error);
  if (sqlite3_column_type (statement, 0) != SQLITE_NULL) {
    range.first = (uint64_t)sqlite3_column_int64 (statement, 0);
    end = (uint64_t)sqlite3_column_int64 (statement, 1);
    range.n = end - range.first;
    range.earliest = sqlite3_column_int64 (statement, 2);
    range.latest = sqlite3_column_int64 (statement, 3);
    range.lowest = (uint64_t)sqlite3_column_int64 (statement, 4);
    range.highest = (uint64_t)sqlite3_column_int64 (statement, 5);
  }
  sqlite3_reset (statement);
  *ret_range = range;
  return true;
}

static void
read_row (sqlite3_stmt *statement, WeirBlockRow *row)
{
  row->first = (uint64_t)sqlite3_column_int64 (statement, 0);
  row->n = (uint64_t)sqlite3_column_int64 (statement, 1);
  row->earliest = sqlite3_column_int64 (statement, 2);
  row->latest = sqlite3_column_int64 (statement, 3);
  row->lowest = (uint64_t)sqlite3_column_int64 (statement, 4);
  row->highest = (uint64_t)sqlite3_column_int64 (statement, 5);
  row->types = (uint32_t)sqlite3_column_int64 (statement, 6);
}

static bool
has_component (sqlite3_stmt *statement, uint64_t component)
{
  const uint8_t *bytes = sqlite3_column_blob (statement, 7);
  size_t size = (size_t)sqlite3_column_bytes (statement, 7);
  WeirCursor cursor = { bytes, bytes + size, false };
  uint64_t number = 0;

  while (size > 0 && number < component && !weir_cursor_is_at_end (&cursor))
    number += weir_cursor_get (&cursor);
  return number == component;
}

/* What has no filter may have it. */
static bool
may_have_value (WeirPartition *partition, uint64_t first, uint64_t key, bool *ret_may_have,
                GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_GET_FILTER, error);
  int result;

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, (int64_t)first);
  result = sqlite3_step (statement);
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    return fail (partition, statement, error);
  *ret_may_have = true;
  if (result == SQLITE_ROW)
    *ret_may_have = weir_filter_has (sqlite3_column_blob (statement, 0),
                                     (size_t)sqlite3_column_bytes (statement, 0), key);
  sqlite3_reset (statement);
  return true;
}

/* Of events. */
typedef struct {
  uint64_t from;
  uint64_t to;
} Range;

static sqlite3_stmt *
prepare_wish (WeirPartition *partition, const WeirBlockWish *wish, const Range *range,
              GError **error)
{
  WeirPartitionSql which =
      wish->flowfile != 0
          ? (wish->is_descending ? WEIR_SQL_FIND_FLOWFILE_BACK : WEIR_SQL_FIND_FLOWFILE)
          : (wish->is_descending ? WEIR_SQL_FIND_BACK : WEIR_SQL_FIND);
  sqlite3_stmt *statement = weir_partition_prepare (partition, which, error);

  if (statement == NULL)
    return NULL;
  /* A block may begin before the first event that is wanted. */
  sqlite3_bind_int64 (
      statement, 1,
      (int64_t)MIN (range->from - MIN (range->from, WEIR_BLOCK_EVENTS - 1), INT64_MAX));
  sqlite3_bind_int64 (statement, 2, (int64_t)MIN (range->to, INT64_MAX));
  sqlite3_bind_int64 (statement, 3, wish->since);
  sqlite3_bind_int64 (statement, 4, wish->until);
  sqlite3_bind_int64 (statement, 5, wish->types);
  if (wish->flowfile != 0)
    sqlite3_bind_int64 (statement, 6, (int64_t)(wish->flowfile >> WEIR_BLOCK_BUCKET));
  return statement;
}

/* Whether the row at which @statement stands is one, apart from what the statement asks for. */
static bool
fits (WeirPartition *partition, sqlite3_stmt *statement, const WeirBlockWish *wish,
      const Range *range, uint64_t key, bool *ret_fits, GError **error)
{
  WeirBlockRow row;

  read_row (statement, &row);
  *ret_fits = row.first + row.n > range->from &&
              (wish->component == 0 || has_component (statement, wish->component));
  if (*ret_fits && wish->name != NULL)
    return may_have_value (partition, row.first, key, ret_fits, error);
  return true;
}

bool
weir_partition_find_block (WeirPartition *partition, const WeirBlockWish *wish, uint64_t at,
                           WeirBlockRow *ret_row, GError **error)
{
  Range range = { wish->is_descending ? wish->from : MAX (wish->from, at),
                  wish->is_descending ? MIN (wish->to, at - 1) : wish->to };
  sqlite3_stmt *statement;
  uint64_t key = 0;
  bool is_found = false;
  int result = SQLITE_DONE;

  if (wish->is_descending && at == 0)
    return false;
  statement = prepare_wish (partition, wish, &range, error);
  if (statement == NULL)
    return false;
  if (wish->name != NULL)
    key = weir_filter_get_key (weir_filter_hash_name (wish->name, strlen (wish->name)), wish->value,
                               strlen (wish->value));
  while (!is_found && (result = sqlite3_step (statement)) == SQLITE_ROW) {
    if (!fits (partition, statement, wish, &range, key, &is_found, error)) {
      sqlite3_reset (statement);
      return false;
    }
  }
  if (is_found)
    read_row (statement, ret_row);
  else if (result != SQLITE_DONE)
    return fail (partition, statement, error);
  sqlite3_reset (statement);
  return is_found;
}

GBytes *
weir_partition_read_block (WeirPartition *partition, uint64_t first, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_GET_DATA, error);
  const void *bytes;
  GBytes *block;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, (int64_t)first);
  if (sqlite3_step (statement) != SQLITE_ROW) {
    /* The block's own row says that it is there. */
    if (sqlite3_errcode (partition->db) == SQLITE_DONE)
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                   "provenance in '%s' is damaged: the block of event %" G_GUINT64_FORMAT
                   " is missing",
                   partition->path, first);
    else
      weir_sql_fail (partition->db, partition->path, "read", error);
    sqlite3_reset (statement);
    return NULL;
  }
  bytes = sqlite3_column_blob (statement, 0);
  block = g_bytes_new (bytes, (gsize)sqlite3_column_bytes (statement, 0));
  sqlite3_reset (statement);
  return block;
}

/* --- words --- */

/* @kind 0: the type of a component, which has no kind. */
static const char *
get_text (WeirPartition *partition, GHashTable *texts, WeirPartitionSql which,
          const WeirPartitionWord *wanted)
{
  WeirPartitionWord *word = g_hash_table_lookup (texts, wanted);
  sqlite3_stmt *statement;
  const char *text;

  if (word != NULL)
    return word->text;
  statement = weir_partition_prepare (partition, which, NULL);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, (int64_t)wanted->number);
  if (which == WEIR_SQL_GET_WORD)
    sqlite3_bind_int64 (statement, 2, wanted->kind);
  text = sqlite3_step (statement) == SQLITE_ROW ? (const char *)sqlite3_column_text (statement, 0)
                                                : NULL;
  if (text != NULL) {
    word = g_malloc (sizeof *word + strlen (text) + 1);
    *word = *wanted;
    memcpy (word->text, text, strlen (text) + 1);
    g_hash_table_add (texts, word);
  }
  sqlite3_reset (statement);
  return word != NULL ? word->text : NULL;
}

const char *
weir_partition_get_word (WeirPartition *partition, unsigned kind, uint64_t number)
{
  const WeirPartitionWord wanted = { number, kind };

  return get_text (partition, partition->words, WEIR_SQL_GET_WORD, &wanted);
}

const char *
weir_partition_get_type (WeirPartition *partition, uint64_t component)
{
  const WeirPartitionWord wanted = { component, 0 };

  return get_text (partition, partition->types, WEIR_SQL_GET_TYPE, &wanted);
}

uint64_t
weir_partition_find_word (WeirPartition *partition, unsigned kind, const char *text)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_FIND_WORD, NULL);
  uint64_t number = 0;

  if (statement == NULL)
    return 0;
  sqlite3_bind_int64 (statement, 1, kind);
  sqlite3_bind_text (statement, 2, text, -1, SQLITE_STATIC);
  if (sqlite3_step (statement) == SQLITE_ROW)
    number = (uint64_t)sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return number;
}
