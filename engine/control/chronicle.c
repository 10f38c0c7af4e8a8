/* chronicle.c: the file, and who is who in it. One connection behind one lock: who writes does so a
 * few times a second at most, and who reads is quick. */
#include "control/chronicle-parts.h"

#include "base/error.h"
#include "base/limits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Another one is another format, and is put aside. */
#define VERSION 1

static const char schema[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=4194304;"
    "BEGIN;"
    "CREATE TABLE IF NOT EXISTS subject (key INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " path TEXT NOT NULL, UNIQUE (kind, path));"
    "CREATE TABLE IF NOT EXISTS column (kind INTEGER NOT NULL, name TEXT NOT NULL,"
    " number INTEGER NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS minute (number INTEGER PRIMARY KEY, row BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS hour (number INTEGER PRIMARY KEY, covered BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS shard (place INTEGER PRIMARY KEY, block BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS notice (id INTEGER PRIMARY KEY, wall INTEGER NOT NULL,"
    " level INTEGER NOT NULL, component TEXT NOT NULL, name TEXT NOT NULL, message TEXT NOT NULL,"
    " flowfile TEXT, more INTEGER NOT NULL);"
    "PRAGMA user_version=1;"
    "COMMIT;";

static const char *const sql[WEIR_CHRONICLE_N_SQL] = {
  [WEIR_CHRONICLE_ADD_SUBJECT] = "INSERT INTO subject (key, kind, path) VALUES (?, ?, ?)",
  [WEIR_CHRONICLE_RENAME] = "UPDATE subject SET path = ? WHERE key = ?",
  [WEIR_CHRONICLE_FORGET] = "DELETE FROM subject WHERE key = ?",
  [WEIR_CHRONICLE_ADD_COLUMN] = "INSERT INTO column (kind, name, number) VALUES (?, ?, ?)",
  [WEIR_CHRONICLE_ADD_MINUTE] = "INSERT OR REPLACE INTO minute (number, row) VALUES (?, ?)",
  [WEIR_CHRONICLE_GET_MINUTES] =
      "SELECT number, row FROM minute WHERE number >= ? AND number < ? ORDER BY number",
  [WEIR_CHRONICLE_FIRST_MINUTE] = "SELECT min (number) FROM minute",
  [WEIR_CHRONICLE_DROP_MINUTES] = "DELETE FROM minute WHERE number >= ? AND number < ?",
  [WEIR_CHRONICLE_ADD_HOUR] = "INSERT OR REPLACE INTO hour (number, covered) VALUES (?, ?)",
  [WEIR_CHRONICLE_GET_HOURS] =
      "SELECT number, covered FROM hour WHERE number >= ? AND number <= ? ORDER BY number",
  [WEIR_CHRONICLE_ADD_SHARD] = "INSERT OR REPLACE INTO shard (place, block) VALUES (?, ?)",
  [WEIR_CHRONICLE_GET_SHARD] = "SELECT block FROM shard WHERE place = ?",
  [WEIR_CHRONICLE_GET_SHARDS] = "SELECT place, block FROM shard WHERE place >= ? AND place < ?",
  [WEIR_CHRONICLE_DROP_SHARDS] = "DELETE FROM shard WHERE place < ?",
  [WEIR_CHRONICLE_DROP_HOURS] = "DELETE FROM hour WHERE number < ?",
  [WEIR_CHRONICLE_GET_USED] =
      ("SELECT (SELECT page_size FROM pragma_page_size) * ((SELECT page_count FROM "
       "pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)), (SELECT min "
       "(number) FROM hour)"),
  [WEIR_CHRONICLE_ADD_NOTICE] =
      ("INSERT OR REPLACE INTO notice (id, wall, level, component, name, message, flowfile, more)"
       " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
  [WEIR_CHRONICLE_DROP_NOTICES] = "DELETE FROM notice WHERE id <= ? OR wall < ?",
};

sqlite3_stmt *
weir_chronicle_prepare (WeirChronicle *chronicle, WeirChronicleSql which, GError **error)
{
  return weir_sql_prepare (chronicle->db, chronicle->path, sql[which],
                           &chronicle->statements[which], error);
}

bool
weir_chronicle_run (WeirChronicle *chronicle, WeirChronicleSql which, const int64_t *numbers,
                    unsigned n, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, which, error);

  if (statement == NULL)
    return false;
  for (unsigned i = 0; i < n; i++)
    sqlite3_bind_int64 (statement, (int)i + 1, numbers[i]);
  return weir_sql_finish (statement, chronicle->path, "write", error);
}

bool
weir_chronicle_begin (WeirChronicle *chronicle, GError **error)
{
  return weir_sql_run (chronicle->db, chronicle->path, "BEGIN IMMEDIATE", error);
}

bool
weir_chronicle_end (WeirChronicle *chronicle, bool ok, GError **error)
{
  if (ok && weir_sql_run (chronicle->db, chronicle->path, "COMMIT", error))
    return true;
  /* After some failures the database has done it already. */
  if (sqlite3_get_autocommit (chronicle->db) == 0)
    weir_sql_run (chronicle->db, chronicle->path, "ROLLBACK", NULL);
  return false;
}

/* --- opening --- */

typedef void (*RowFunc) (WeirChronicle *chronicle, sqlite3_stmt *row);

static bool
each_row (WeirChronicle *chronicle, const char *text, RowFunc func, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code;

  if (weir_sql_prepare (chronicle->db, chronicle->path, text, &statement, error) == NULL)
    return false;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    func (chronicle, statement);
  if (code != SQLITE_DONE)
    weir_sql_fail (chronicle->db, chronicle->path, "read", error);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE;
}

static void
on_subject (WeirChronicle *chronicle, sqlite3_stmt *row)
{
  int64_t key = sqlite3_column_int64 (row, 0);
  int kind = sqlite3_column_int (row, 1);
  const char *path = (const char *)sqlite3_column_text (row, 2);

  if (key < 0 || key >= UINT32_MAX || kind < 0 || kind >= WEIR_N_SUBJECT_KINDS || path == NULL)
    return;
  g_hash_table_insert (chronicle->keys[kind], g_strdup (path), GUINT_TO_POINTER ((guint)key));
  chronicle->next_key = MAX (chronicle->next_key, (uint32_t)key + 1);
}

static void
on_column (WeirChronicle *chronicle, sqlite3_stmt *row)
{
  int kind = sqlite3_column_int (row, 0);
  const char *name = (const char *)sqlite3_column_text (row, 1);
  int number = sqlite3_column_int (row, 2);
  unsigned measure;

  if (kind < 0 || kind >= WEIR_N_SUBJECT_KINDS || number < 0 || number >= (int)WEIR_COLUMNS_MAX ||
      name == NULL)
    return;
  chronicle->columns.measures[kind][number] = -1;
  if (!weir_measure_find ((WeirSubjectKind)kind, name, &measure))
    return;
  chronicle->columns.measures[kind][number] = (int8_t)measure;
  chronicle->columns.numbers[kind][measure] = (uint8_t)number;
}

static void
on_last_notice (WeirChronicle *chronicle, sqlite3_stmt *row)
{
  chronicle->next_notice = (uint64_t)sqlite3_column_int64 (row, 0) + 1;
}

static bool
add_column (WeirChronicle *chronicle, unsigned kind, unsigned measure, unsigned number,
            const char *name, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_ADD_COLUMN, error);

  if (statement == NULL)
    return false;
  if (number >= WEIR_COLUMNS_MAX) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT, "%s has no place for the measure %s",
                 chronicle->path, name);
    return false;
  }
  sqlite3_bind_int64 (statement, 1, kind);
  sqlite3_bind_text (statement, 2, name, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 3, number);
  chronicle->columns.numbers[kind][measure] = (uint8_t)number;
  chronicle->columns.measures[kind][number] = (int8_t)measure;
  return weir_sql_finish (statement, chronicle->path, "write", error);
}

/* Those that an earlier version did not have get the next numbers. */
static bool
add_columns (WeirChronicle *chronicle, unsigned kind, unsigned first, GError **error)
{
  unsigned n;
  const WeirMeasure *measures = weir_measures_get ((WeirSubjectKind)kind, &n);

  for (unsigned i = 0; i < n; i++) {
    uint8_t number = chronicle->columns.numbers[kind][i];

    if (measures[i].nature == WEIR_MEASURE_STATE ||
        (number < WEIR_COLUMNS_MAX && chronicle->columns.measures[kind][number] == (int8_t)i))
      continue;
    if (!add_column (chronicle, kind, i, first++, measures[i].name, error))
      return false;
  }
  return true;
}

static bool
read_columns (WeirChronicle *chronicle, GError **error)
{
  memset (chronicle->columns.numbers, 0xff, sizeof chronicle->columns.numbers);
  memset (chronicle->columns.measures, -1, sizeof chronicle->columns.measures);
  if (!each_row (chronicle, "SELECT kind, name, number FROM column", on_column, error) ||
      !weir_chronicle_begin (chronicle, error))
    return false;
  for (unsigned kind = 0; kind < WEIR_N_SUBJECT_KINDS; kind++) {
    g_autofree char *text =
        g_strdup_printf ("SELECT coalesce (max (number), -1) FROM column WHERE kind = %u", kind);
    sqlite3_stmt *statement = NULL;
    unsigned first = 0;

    if (weir_sql_prepare (chronicle->db, chronicle->path, text, &statement, error) == NULL)
      return weir_chronicle_end (chronicle, false, NULL);
    if (sqlite3_step (statement) == SQLITE_ROW)
      first = (unsigned)(sqlite3_column_int (statement, 0) + 1);
    sqlite3_finalize (statement);
    if (!add_columns (chronicle, kind, first, error))
      return weir_chronicle_end (chronicle, false, NULL);
  }
  return weir_chronicle_end (chronicle, true, error);
}

static bool
is_other_version (WeirChronicle *chronicle)
{
  sqlite3_stmt *statement = NULL;
  int version = 0;

  if (sqlite3_prepare_v2 (chronicle->db, "PRAGMA user_version", -1, &statement, NULL) ==
          SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    version = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return version != 0 && version != VERSION;
}

static bool
open_file (WeirChronicle *chronicle, const char *path, GError **error)
{
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

  if (sqlite3_open_v2 (path != NULL ? path : ":memory:", &chronicle->db, flags, NULL) != SQLITE_OK)
    return weir_sql_fail (chronicle->db, chronicle->path, "open", error);
  sqlite3_busy_timeout (chronicle->db, 1000);
  if (is_other_version (chronicle)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "%s is of another version",
                 chronicle->path);
    return false;
  }
  return weir_sql_run (chronicle->db, chronicle->path, schema, error) &&
         each_row (chronicle, "SELECT key, kind, path FROM subject", on_subject, error) &&
         each_row (chronicle, "SELECT coalesce (max (id), 0) FROM notice", on_last_notice, error) &&
         read_columns (chronicle, error);
}

static void
close_file (WeirChronicle *chronicle)
{
  for (unsigned i = 0; i < WEIR_CHRONICLE_N_SQL; i++)
    g_clear_pointer (&chronicle->statements[i], sqlite3_finalize);
  g_clear_pointer (&chronicle->db, sqlite3_close);
  for (unsigned i = 0; i < WEIR_N_SUBJECT_KINDS; i++)
    g_hash_table_remove_all (chronicle->keys[i]);
}

/* Out of the way of a new one, beside it, for who wants to look at it. */
static bool
put_aside (WeirChronicle *chronicle, const char *path, const GError *why, char **ret_message,
           GError **error)
{
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *index = g_strconcat (path, "-shm", NULL);

  close_file (chronicle);
  if (rename (path, aside) != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "cannot put %s aside: %s; %s", path,
                 g_strerror (errno), why->message);
    return false;
  }
  unlink (log);
  unlink (index);
  *ret_message = g_strdup_printf ("the figures and bulletins of the past cannot be read (%s); they "
                                  "are now in %s, and a new history begins",
                                  why->message, aside);
  return true;
}

WeirChronicle *
weir_chronicle_open (const char *path, char **ret_message, GError **error)
{
  g_autoptr (WeirChronicle) chronicle = g_new0 (WeirChronicle, 1);
  g_autofree char *message = NULL;
  GError *local = NULL;

  pthread_mutex_init (&chronicle->lock, NULL);
  chronicle->path = g_strdup (path != NULL ? path : "the history in memory");
  for (unsigned i = 0; i < WEIR_N_SUBJECT_KINDS; i++)
    chronicle->keys[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  chronicle->next_key = 1;
  chronicle->next_notice = 1;
  if (!open_file (chronicle, path, &local)) {
    bool ok = path != NULL && weir_sql_is_damage (local) &&
              put_aside (chronicle, path, local, &message, error);

    if (!ok && (error == NULL || *error == NULL))
      g_propagate_error (error, g_steal_pointer (&local));
    g_clear_error (&local);
    if (!ok || !open_file (chronicle, path, error))
      return NULL;
  }
  *ret_message = g_steal_pointer (&message);
  return g_steal_pointer (&chronicle);
}

void
weir_chronicle_free (WeirChronicle *chronicle)
{
  if (chronicle == NULL)
    return;
  close_file (chronicle);
  for (unsigned i = 0; i < WEIR_N_SUBJECT_KINDS; i++)
    g_hash_table_unref (chronicle->keys[i]);
  pthread_mutex_destroy (&chronicle->lock);
  g_free (chronicle->path);
  g_free (chronicle);
}
