/* partition-write.c: what the recorder does to a partition. */
#include "provenance/partition-parts.h"

#include <inttypes.h>

#include "provenance/stream.h"

static bool
run (WeirPartition *partition, WeirPartitionSql which, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, which, error);

  return statement != NULL && weir_sql_finish (statement, partition->path, "write", error);
}

bool
weir_partition_begin (WeirPartition *partition, GError **error)
{
  return run (partition, WEIR_SQL_BEGIN, error);
}

bool
weir_partition_commit (WeirPartition *partition, const WeirPosition *position, GError **error)
{
  return weir_partition_put_position (partition, position, error) &&
         run (partition, WEIR_SQL_COMMIT, error);
}

void
weir_partition_roll_back (WeirPartition *partition)
{
  /* After some failures the database has done it already. */
  if (sqlite3_get_autocommit (partition->db) == 0)
    run (partition, WEIR_SQL_ROLL_BACK, NULL);
}

static bool
put_row (WeirPartition *partition, const WeirBlock *block, const WeirPosition *end, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_PUT_BLOCK, error);
  WeirStream components = { 0 };
  uint64_t last = 0;

  if (statement == NULL)
    return false;
  weir_stream_reserve (&components, 1);
  for (size_t i = 0; i < block->n_components; i++) {
    weir_stream_put (&components, block->components[i] - last);
    last = block->components[i];
  }
  sqlite3_bind_int64 (statement, 1, (int64_t)block->first);
  sqlite3_bind_int64 (statement, 2, block->n);
  sqlite3_bind_int64 (statement, 3, block->earliest);
  sqlite3_bind_int64 (statement, 4, block->latest);
  sqlite3_bind_int64 (statement, 5, (int64_t)block->lowest);
  sqlite3_bind_int64 (statement, 6, (int64_t)block->highest);
  sqlite3_bind_int64 (statement, 7, block->types);
  sqlite3_bind_blob64 (statement, 8, components.start, weir_stream_get_size (&components),
                       SQLITE_TRANSIENT);
  sqlite3_bind_int64 (statement, 9, (int64_t)end->place);
  sqlite3_bind_int64 (statement, 10, (int64_t)end->sequence);
  sqlite3_bind_int64 (statement, 11, (int64_t)end->skip);
  weir_stream_clear (&components);
  return weir_sql_finish (statement, partition->path, "write", error);
}

static bool
put_bytes (WeirPartition *partition, WeirPartitionSql which, uint64_t first, const uint8_t *bytes,
           size_t size, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, which, error);

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, (int64_t)first);
  sqlite3_bind_blob64 (statement, 2, bytes, size, SQLITE_STATIC);
  return weir_sql_finish (statement, partition->path, "write", error);
}

bool
weir_partition_put_block (WeirPartition *partition, const WeirBlock *block, const WeirPosition *end,
                          GError **error)
{
  if (!put_row (partition, block, end, error) ||
      !put_bytes (partition, WEIR_SQL_PUT_DATA, block->first, block->bytes, block->size, error) ||
      !put_bytes (partition, WEIR_SQL_PUT_FILTER, block->first, block->filter, block->filter_size,
                  error))
    return false;
  /* Those of the block as it was before are among them, for a block only grows. */
  for (size_t i = 0; i < block->n_buckets; i++) {
    sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_PUT_BUCKET, error);

    if (statement == NULL)
      return false;
    sqlite3_bind_int64 (statement, 1, (int64_t)block->buckets[i]);
    sqlite3_bind_int64 (statement, 2, (int64_t)block->first);
    if (!weir_sql_finish (statement, partition->path, "write", error))
      return false;
  }
  return true;
}

/* --- what the log does not have --- */

static bool
delete_from (WeirPartition *partition, uint64_t first, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "DELETE FROM block WHERE first >= %" PRIu64 "; DELETE FROM data WHERE first >= %" PRIu64
      "; DELETE FROM filter WHERE first >= %" PRIu64 "; DELETE FROM bucket WHERE block >= %" PRIu64,
      first, first, first, first);

  return weir_sql_run (partition->db, partition->path, sql, error);
}

/* Where the events go on behind the last block before @first. */
static bool
get_end (WeirPartition *partition, uint64_t first, WeirPosition *ret_end, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_GET_END, error);
  int result;

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, (int64_t)first);
  result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    *ret_end = (WeirPosition){ (uint64_t)sqlite3_column_int64 (statement, 0),
                               (uint64_t)sqlite3_column_int64 (statement, 1),
                               (uint64_t)sqlite3_column_int64 (statement, 2),
                               (uint64_t)sqlite3_column_int64 (statement, 3) };
  else if (result == SQLITE_DONE)
    *ret_end = partition->start;
  else
    weir_sql_fail (partition->db, partition->path, "read", error);
  sqlite3_reset (statement);
  return result == SQLITE_ROW || result == SQLITE_DONE;
}

/* @ret_first: the first event that is not to be there any more; INT64_MAX: all may stay. */
static bool
get_cut (WeirPartition *partition, uint64_t sequence, uint64_t *ret_first, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_GET_CUT, error);
  bool done;

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, (int64_t)sequence);
  done = sqlite3_step (statement) == SQLITE_ROW;
  if (!done)
    weir_sql_fail (partition->db, partition->path, "read", error);
  else if (sqlite3_column_type (statement, 0) == SQLITE_NULL)
    *ret_first = INT64_MAX;
  else
    *ret_first = (uint64_t)sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return done;
}

static bool
cut (WeirPartition *partition, uint64_t sequence, GError **error)
{
  WeirPosition end;
  uint64_t first;

  if (!weir_partition_begin (partition, error))
    return false;
  if (get_cut (partition, sequence, &first, error) && delete_from (partition, first, error) &&
      get_end (partition, first, &end, error) && weir_partition_commit (partition, &end, error))
    return true;
  weir_partition_roll_back (partition);
  return false;
}

/* It is on disk before the log has other frames with these numbers. */
bool
weir_partition_cut (WeirPartition *partition, uint64_t sequence, bool *ret_is_cut, GError **error)
{
  WeirPosition position;
  bool is_done;

  if (!weir_partition_get_position (partition, &position, error))
    return false;
  *ret_is_cut = position.sequence + (position.skip > 0) > sequence;
  if (!*ret_is_cut)
    return true;
  if (!weir_sql_run (partition->db, partition->path, "PRAGMA synchronous = FULL", error))
    return false;
  is_done = cut (partition, sequence, error);
  return weir_sql_run (partition->db, partition->path, "PRAGMA synchronous = NORMAL",
                       is_done ? error : NULL) &&
         is_done;
}

bool
weir_partition_put_word (WeirPartition *partition, unsigned kind, uint64_t number, const char *text,
                         GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_PUT_WORD, error);

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, kind);
  sqlite3_bind_int64 (statement, 2, (int64_t)number);
  sqlite3_bind_text (statement, 3, text, -1, SQLITE_STATIC);
  return weir_sql_finish (statement, partition->path, "write", error);
}

bool
weir_partition_put_type (WeirPartition *partition, uint64_t component, const char *type,
                         GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_PUT_TYPE, error);

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, (int64_t)component);
  sqlite3_bind_text (statement, 2, type, -1, SQLITE_STATIC);
  return weir_sql_finish (statement, partition->path, "write", error);
}

bool
weir_partition_each_type (WeirPartition *partition, WeirPartitionTypeFunc func, void *data,
                          GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_EACH_TYPE, error);
  int result = SQLITE_ERROR;

  while (statement != NULL && (result = sqlite3_step (statement)) == SQLITE_ROW)
    if (sqlite3_column_text (statement, 1) != NULL)
      func (data, (uint64_t)sqlite3_column_int64 (statement, 0),
            (const char *)sqlite3_column_text (statement, 1));
  if (statement != NULL && result != SQLITE_DONE)
    weir_sql_fail (partition->db, partition->path, "read", error);
  sqlite3_reset (statement);
  return result == SQLITE_DONE;
}

bool
weir_partition_checkpoint (WeirPartition *partition, bool *ret_is_all, GError **error)
{
  int n_pages, n_done;
  int result =
      sqlite3_wal_checkpoint_v2 (partition->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &n_pages, &n_done);

  if (result != SQLITE_OK && result != SQLITE_BUSY)
    return weir_sql_fail (partition->db, partition->path, "write", error);
  *ret_is_all = result == SQLITE_OK && n_pages == n_done;
  if (*ret_is_all)
    partition->n_unsettled = 0;
  return true;
}

uint64_t
weir_partition_get_unsettled (const WeirPartition *partition)
{
  return partition->n_unsettled * WEIR_PARTITION_PAGE;
}

bool
weir_partition_is_moved (WeirPartition *partition)
{
  int is_moved = 0;

  return sqlite3_file_control (partition->db, "main", SQLITE_FCNTL_HAS_MOVED, &is_moved) ==
             SQLITE_OK &&
         is_moved != 0;
}

uint64_t
weir_partition_get_size (WeirPartition *partition)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_PAGES, NULL);
  uint64_t size = 0;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    size = (uint64_t)sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return size;
}
