/* partition.c: makes and opens partitions, and knows their tables. docs/internals/provenance.md
 * says what is in them. */
#include "provenance/partition-parts.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <weir/error.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/limits.h"

#define APPLICATION 0x57454952 /* "WEIR": in the header of the file */
#define FORMAT      1

#define AS_TEXT_(x) #x
#define AS_TEXT(x)  AS_TEXT_ (x)

/* How long a reader waits while the file is made or closed. */
#define BUSY_MSEC 5000

static const char schema[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE word(kind INTEGER, number INTEGER, text TEXT NOT NULL,"
    "  PRIMARY KEY(kind, number)) WITHOUT ROWID;"
    "CREATE TABLE component(number INTEGER PRIMARY KEY, type TEXT NOT NULL);"
    "CREATE TABLE block(first INTEGER PRIMARY KEY, n INTEGER NOT NULL, earliest INTEGER NOT NULL,"
    "  latest INTEGER NOT NULL, lowest INTEGER NOT NULL, highest INTEGER NOT NULL,"
    "  types INTEGER NOT NULL, components BLOB NOT NULL, place INTEGER NOT NULL,"
    "  sequence INTEGER NOT NULL, skip INTEGER NOT NULL);"
    "CREATE TABLE data(first INTEGER PRIMARY KEY, columns BLOB NOT NULL);"
    "CREATE TABLE bucket(bucket INTEGER, block INTEGER, PRIMARY KEY(bucket, block)) WITHOUT ROWID;"
    "CREATE TABLE filter(first INTEGER PRIMARY KEY, bits BLOB NOT NULL);"
    "PRAGMA application_id = " AS_TEXT (APPLICATION) "; PRAGMA user_version = " AS_TEXT (
        FORMAT) ";";

/* A row of a block that fits, from ?1 on; the rest of the wish is looked at in partition-read.c. */
#define BLOCK_ROW   "b.first, b.n, b.earliest, b.latest, b.lowest, b.highest, b.types, b.components"
#define BLOCK_FITS  "b.latest >= ?3 AND b.earliest <= ?4 AND (?5 = 0 OR b.types & ?5 <> 0) AND "
#define BY_FLOWFILE "FROM bucket JOIN block b ON b.first = block WHERE bucket = ?6 AND "

static const char *const statements[WEIR_N_SQL] = {
  [WEIR_SQL_BEGIN] = "BEGIN IMMEDIATE",
  [WEIR_SQL_COMMIT] = "COMMIT",
  [WEIR_SQL_ROLL_BACK] = "ROLLBACK",
  [WEIR_SQL_PUT_META] = "INSERT OR REPLACE INTO meta VALUES(?, ?)",
  [WEIR_SQL_GET_META] = "SELECT value FROM meta WHERE key = ?",
  [WEIR_SQL_PUT_BLOCK] = "INSERT OR REPLACE INTO block VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  [WEIR_SQL_PUT_DATA] = "INSERT OR REPLACE INTO data VALUES(?, ?)",
  [WEIR_SQL_PUT_BUCKET] = "INSERT OR IGNORE INTO bucket VALUES(?, ?)",
  [WEIR_SQL_PUT_FILTER] = "INSERT OR REPLACE INTO filter VALUES(?, ?)",
  [WEIR_SQL_PUT_WORD] = "INSERT OR REPLACE INTO word VALUES(?, ?, ?)",
  [WEIR_SQL_PUT_TYPE] = "INSERT OR REPLACE INTO component VALUES(?, ?)",
  [WEIR_SQL_PAGES] = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
  [WEIR_SQL_GET_CUT] = "SELECT min(first) FROM block WHERE sequence + (skip > 0) > ?",
  [WEIR_SQL_GET_END] = "SELECT place, sequence, skip, first + n FROM block WHERE first < ?"
                       "  ORDER BY first DESC LIMIT 1",
  [WEIR_SQL_RANGE] = "SELECT min(first), max(first + n), min(earliest), max(latest), min(lowest),"
                     "  max(highest) FROM block",
  [WEIR_SQL_FIND] = "SELECT " BLOCK_ROW " FROM block b WHERE " BLOCK_FITS
                    "b.first BETWEEN ?1 AND ?2 ORDER BY b.first",
  [WEIR_SQL_FIND_BACK] = "SELECT " BLOCK_ROW " FROM block b WHERE " BLOCK_FITS
                         "b.first BETWEEN ?1 AND ?2 ORDER BY b.first DESC",
  [WEIR_SQL_FIND_FLOWFILE] =
      "SELECT " BLOCK_ROW " " BY_FLOWFILE BLOCK_FITS "block BETWEEN ?1 AND ?2 ORDER BY block",
  [WEIR_SQL_FIND_FLOWFILE_BACK] =
      "SELECT " BLOCK_ROW " " BY_FLOWFILE BLOCK_FITS "block BETWEEN ?1 AND ?2 ORDER BY block DESC",
  [WEIR_SQL_GET_FILTER] = "SELECT bits FROM filter WHERE first = ?",
  [WEIR_SQL_GET_DATA] = "SELECT columns FROM data WHERE first = ?",
  [WEIR_SQL_GET_WORD] = "SELECT text FROM word WHERE number = ?1 AND kind = ?2",
  [WEIR_SQL_FIND_WORD] = "SELECT number FROM word WHERE kind = ? AND text = ?",
  [WEIR_SQL_GET_TYPE] = "SELECT type FROM component WHERE number = ?",
  [WEIR_SQL_EACH_TYPE] = "SELECT number, type FROM component",
};

sqlite3_stmt *
weir_partition_prepare (WeirPartition *partition, WeirPartitionSql which, GError **error)
{
  return weir_sql_prepare (partition->db, partition->path, statements[which],
                           &partition->statements[which], error);
}

char *
weir_partition_get_path (const char *directory, uint64_t number)
{
  return g_strdup_printf ("%s/%012" PRIu64 ".db", directory, number);
}

static guint
hash_word (gconstpointer data)
{
  const WeirPartitionWord *word = data;

  return (guint)(weir_hash_mix (word->number + 1, UINT64_C (0x9e3779b97f4a7c15)) + word->kind);
}

static gboolean
is_same_word (gconstpointer a, gconstpointer b)
{
  const WeirPartitionWord *left = a, *right = b;

  return left->number == right->number && left->kind == right->kind;
}

static WeirPartition *
partition_new (const char *directory, uint64_t number)
{
  WeirPartition *partition = g_new0 (WeirPartition, 1);

  partition->path = weir_partition_get_path (directory, number);
  partition->number = number;
  partition->words = g_hash_table_new_full (hash_word, is_same_word, g_free, NULL);
  partition->types = g_hash_table_new_full (hash_word, is_same_word, g_free, NULL);
  return partition;
}

static void
close_database (WeirPartition *partition)
{
  for (unsigned i = 0; i < WEIR_N_SQL; i++)
    g_clear_pointer (&partition->statements[i], sqlite3_finalize);
  sqlite3_close (g_steal_pointer (&partition->db));
}

void
weir_partition_free (WeirPartition *partition)
{
  if (partition == NULL)
    return;
  close_database (partition);
  g_hash_table_unref (partition->words);
  g_hash_table_unref (partition->types);
  g_free (partition->lost);
  g_free (partition->path);
  g_free (partition);
}

/* --- meta --- */

static bool
put_meta (WeirPartition *partition, const char *key, const char *value, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_PUT_META, error);

  if (statement == NULL)
    return false;
  sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, value, -1, SQLITE_TRANSIENT);
  return weir_sql_finish (statement, partition->path, "write", error);
}

/* @ret_value: (transfer full): NULL when there is none. */
static bool
get_meta (WeirPartition *partition, const char *key, char **ret_value, GError **error)
{
  sqlite3_stmt *statement = weir_partition_prepare (partition, WEIR_SQL_GET_META, error);
  int result;

  if (statement == NULL)
    return false;
  sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
  result = sqlite3_step (statement);
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    return weir_sql_fail (partition->db, partition->path, "read", error);
  *ret_value =
      result == SQLITE_ROW ? g_strdup ((const char *)sqlite3_column_text (statement, 0)) : NULL;
  sqlite3_reset (statement);
  return true;
}

static bool
put_position (WeirPartition *partition, const char *key, const WeirPosition *position,
              GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, position->place,
                       position->sequence, position->skip, position->event);

  return put_meta (partition, key, text, error);
}

static bool
refuse (const WeirPartition *partition, const char *reason, GError **error)
{
  g_autofree char *quoted = weir_error_quote (partition->path);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "provenance in %s is damaged: %s", quoted,
               reason);
  return false;
}

static bool
get_position (WeirPartition *partition, const char *key, WeirPosition *ret_position, GError **error)
{
  g_autofree char *text = NULL;
  WeirPosition position;
  char end;

  if (!get_meta (partition, key, &text, error))
    return false;
  /* NOLINTNEXTLINE(cert-err34-c): a number that is too large is none that was written */
  if (text == NULL ||
      sscanf (text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 "%c", &position.place,
              &position.sequence, &position.skip, &position.event, &end) != 4)
    return refuse (partition, "it does not say how far it goes", error);
  if (position.event == 0 || position.event > INT64_MAX)
    return refuse (partition, "it says of a wrong event that it goes up to it", error);
  *ret_position = position;
  return true;
}

bool
weir_partition_get_position (WeirPartition *partition, WeirPosition *ret_position, GError **error)
{
  return get_position (partition, "position", ret_position, error);
}

bool
weir_partition_put_position (WeirPartition *partition, const WeirPosition *position, GError **error)
{
  return put_position (partition, "position", position, error);
}

bool
weir_partition_put_lost (WeirPartition *partition, const char *lost, GError **error)
{
  if (!put_meta (partition, "lost", lost, error))
    return false;
  g_free (partition->lost);
  partition->lost = g_strdup (lost);
  return true;
}

const char *
weir_partition_get_lost (const WeirPartition *partition)
{
  return partition->lost;
}

uint64_t
weir_partition_get_number (const WeirPartition *partition)
{
  return partition->number;
}

uint64_t
weir_partition_get_install (const WeirPartition *partition)
{
  return partition->install;
}

void
weir_partition_get_start (const WeirPartition *partition, WeirPosition *ret_start)
{
  *ret_start = partition->start;
}

/* --- opening --- */

static bool
open_file (WeirPartition *partition, const char *name, int flags, GError **error)
{
  flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  if (sqlite3_open_v2 (name, &partition->db, flags, NULL) != SQLITE_OK)
    return weir_sql_fail (partition->db, partition->path, "open", error);
  sqlite3_extended_result_codes (partition->db, 0);
  sqlite3_busy_timeout (partition->db, BUSY_MSEC);
  sqlite3_limit (partition->db, SQLITE_LIMIT_LENGTH, (int)WEIR_LIMIT_BLOCK);
  sqlite3_db_config (partition->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (partition->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  return true;
}

static bool
read_number (WeirPartition *partition, const char *sql, int64_t *ret_number, GError **error)
{
  sqlite3_stmt *statement = NULL;
  bool done;

  if (weir_sql_prepare (partition->db, partition->path, sql, &statement, error) == NULL)
    return false;
  done = sqlite3_step (statement) == SQLITE_ROW;
  if (done)
    *ret_number = sqlite3_column_int64 (statement, 0);
  else
    weir_sql_fail (partition->db, partition->path, "read", error);
  sqlite3_finalize (statement);
  return done;
}

static bool
check_format (WeirPartition *partition, GError **error)
{
  int64_t application, version, n_tables;
  g_autofree char *quoted = weir_error_quote (partition->path);

  if (!read_number (partition, "PRAGMA application_id", &application, error) ||
      !read_number (partition, "PRAGMA user_version", &version, error) ||
      !read_number (partition, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return false;
  if (application == 0 && version == 0 && n_tables == 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is nothing in %s yet", quoted);
    return false;
  }
  if (application != APPLICATION || version < 1)
    return refuse (partition, "it is another kind of database", error);
  if (version > FORMAT) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                 "%s is of version %" PRId64 ", and this weir reads up to %d; use a newer one",
                 quoted, version, FORMAT);
    return false;
  }
  return true;
}

static bool
read_meta (WeirPartition *partition, GError **error)
{
  g_autofree char *install = NULL;
  WeirPosition position;

  if (!check_format (partition, error) || !get_meta (partition, "install", &install, error) ||
      !get_meta (partition, "lost", &partition->lost, error) ||
      !get_position (partition, "start", &partition->start, error) ||
      !get_position (partition, "position", &position, error))
    return false;
  if (position.event < partition->start.event)
    return refuse (partition, "it ends before it begins", error);
  if (install == NULL || strlen (install) != 16)
    return refuse (partition, "it does not say of which data directory it is", error);
  partition->install = g_ascii_strtoull (install, NULL, 16);
  return true;
}

/* Nobody may have taken anything away from its end or its middle. */
static bool
check_end (WeirPartition *partition, GError **error)
{
  WeirBlockRow range;
  WeirPosition position;

  if (!weir_partition_get_position (partition, &position, error) ||
      !weir_partition_get_range (partition, &range, error))
    return false;
  if (range.n == 0
          ? position.event != partition->start.event
          : range.first != partition->start.event || position.event - range.first != range.n)
    return refuse (partition, "blocks are missing", error);
  return true;
}

static int
on_commit (void *data, sqlite3 *db, const char *name, int n_pages)
{
  WeirPartition *partition = data;

  partition->n_unsettled = (uint64_t)n_pages;
  return SQLITE_OK;
}

static const char settings[] = "PRAGMA page_size = " AS_TEXT (
    WEIR_PARTITION_PAGE) "; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                         "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192; PRAGMA "
                         "temp_store = MEMORY;"
                         "PRAGMA cell_size_check = 1;";

static bool
use_settings (WeirPartition *partition, GError **error)
{
  if (!weir_sql_run (partition->db, partition->path, settings, error))
    return false;
  sqlite3_wal_hook (partition->db, on_commit, partition);
  return true;
}

static void
remove_new (const char *name)
{
  static const char *const endings[] = { "", "-journal", "-wal", "-shm" };

  for (size_t i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *path = g_strconcat (name, endings[i], NULL);

    (void)g_unlink (path);
  }
}

/* All of it is on disk then, in the one file. */
static bool
make_file (WeirPartition *partition, const char *name, GError **error)
{
  g_autofree char *install = g_strdup_printf ("%016" PRIx64, partition->install);
  bool is_all = false;

  if (!open_file (partition, name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error) ||
      !use_settings (partition, error) || !weir_partition_begin (partition, error))
    return false;
  if (!weir_sql_run (partition->db, partition->path, schema, error) ||
      !put_meta (partition, "install", install, error) ||
      !put_position (partition, "start", &partition->start, error) ||
      !weir_partition_commit (partition, &partition->start, error)) {
    weir_partition_roll_back (partition);
    return false;
  }
  if (!weir_partition_checkpoint (partition, &is_all, error))
    return false;
  close_database (partition);
  return true;
}

static bool
give_name (const WeirPartition *partition, const char *directory, const char *name, GError **error)
{
  return weir_fs_rename (NULL, name, partition->path, error) &&
         weir_fs_sync_directory (NULL, directory, error);
}

/* Under another name at first, so that one that is not whole is not there, also after a power cut,
 * nor what SQLite has beside it meanwhile. */
WeirPartition *
weir_partition_create (const char *directory, uint64_t number, uint64_t install,
                       const WeirPosition *start, GError **error)
{
  g_autoptr (WeirPartition) partition = partition_new (directory, number);
  g_autofree char *name = g_strconcat (partition->path, ".new", NULL);

  if (g_file_test (partition->path, G_FILE_TEST_EXISTS)) {
    weir_error_set_errno (error, "make", partition->path, EEXIST);
    return NULL;
  }
  partition->install = install;
  partition->start = *start;
  remove_new (name);
  if (!make_file (partition, name, error) || !give_name (partition, directory, name, error)) {
    close_database (partition);
    remove_new (name);
    return NULL;
  }
  if (!open_file (partition, partition->path, SQLITE_OPEN_READWRITE, error) ||
      !use_settings (partition, error))
    return NULL;
  return g_steal_pointer (&partition);
}

WeirPartition *
weir_partition_open (const char *directory, uint64_t number, GError **error)
{
  g_autoptr (WeirPartition) partition = partition_new (directory, number);

  if (!g_file_test (partition->path, G_FILE_TEST_EXISTS)) {
    weir_error_set_errno (error, "open", partition->path, ENOENT);
    return NULL;
  }
  if (!open_file (partition, partition->path, SQLITE_OPEN_READWRITE, error) ||
      !use_settings (partition, error) || !read_meta (partition, error) ||
      !check_end (partition, error))
    return NULL;
  return g_steal_pointer (&partition);
}

/* Whether all of it is in the one file, as when it was closed in order. */
static bool
is_closed (const WeirPartition *partition)
{
  g_autofree char *log = g_strconcat (partition->path, "-wal", NULL);
  struct stat status;

  return stat (log, &status) < 0 || status.st_size == 0;
}

/* Where nothing may be written beside the file, as the database otherwise would to let readers and
 * writers know of each other. */
static bool
reopen_unchanging (WeirPartition *partition, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (partition->path, "/", FALSE);
  g_autofree char *uri = g_strdup_printf ("file:%s?immutable=1", escaped);

  close_database (partition);
  return open_file (partition, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error) &&
         read_meta (partition, error);
}

WeirPartition *
weir_partition_open_to_read (const char *directory, uint64_t number, GError **error)
{
  g_autoptr (WeirPartition) partition = partition_new (directory, number);
  g_autoptr (GError) reason = NULL;

  if (!g_file_test (partition->path, G_FILE_TEST_EXISTS)) {
    weir_error_set_errno (error, "open", partition->path, ENOENT);
    return NULL;
  }
  if (open_file (partition, partition->path, SQLITE_OPEN_READONLY, &reason) &&
      weir_sql_run (partition->db, partition->path, "PRAGMA cell_size_check = 1", &reason) &&
      read_meta (partition, &reason))
    return g_steal_pointer (&partition);
  if (g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_PERMISSION) && is_closed (partition)) {
    if (reopen_unchanging (partition, error))
      return g_steal_pointer (&partition);
    return NULL;
  }
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}
