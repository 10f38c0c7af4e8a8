/* edit-log.c: which edit undo takes back is found by going through kinds only, once, when the log
 * is opened; the stacks are in memory from then on. */
#include "control/edit-log.h"

#include "base/error.h"
#include "provenance/sql.h"

struct WeirEditLog {
  char *path;
  sqlite3 *db;
  sqlite3_stmt *add;
  sqlite3_stmt *get;
  sqlite3_stmt *list;
  sqlite3_stmt *stop;
  sqlite3_stmt *start;
  uint64_t revision;
  GArray *done;   /* uint64_t: revisions that undo can take back, the next one last */
  GArray *undone; /* likewise for redo */
};

static const char schema[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "CREATE TABLE IF NOT EXISTS edits (revision INTEGER PRIMARY KEY, wall INTEGER NOT NULL,"
    " who TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, of INTEGER NOT NULL,"
    " forward TEXT NOT NULL, inverse TEXT NOT NULL, ran TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS stopped (path TEXT PRIMARY KEY) WITHOUT ROWID;";

#define COLUMNS "revision, wall, who, name, kind, of, forward, inverse, ran"

void
weir_edit_entry_free (WeirEditEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->who);
  g_free (entry->name);
  g_free (entry->forward);
  g_free (entry->inverse);
  g_free (entry->ran);
  g_free (entry);
}

/* Takes the last of @stack away if it is @revision: an entry that says otherwise was made by
 * somebody else, and its revision only cannot be undone. */
static void
pop (GArray *stack, uint64_t revision)
{
  if (stack->len > 0 && g_array_index (stack, uint64_t, stack->len - 1) == revision)
    g_array_set_size (stack, stack->len - 1);
}

static void
note (WeirEditLog *log, uint64_t revision, WeirStepKind kind, uint64_t of)
{
  log->revision = revision;
  switch (kind) {
  case WEIR_STEP_DONE:
    g_array_append_val (log->done, revision);
    g_array_set_size (log->undone, 0);
    break;
  case WEIR_STEP_UNDO:
    pop (log->done, of);
    g_array_append_val (log->undone, of);
    break;
  case WEIR_STEP_REDO:
    pop (log->undone, of);
    g_array_append_val (log->done, of);
    break;
  }
}

static bool
read_kinds (WeirEditLog *log, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = SQLITE_ERROR;

  if (weir_sql_prepare (log->db, log->path,
                        "SELECT revision, kind, of FROM edits ORDER BY revision", &statement,
                        error) == NULL)
    return false;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    note (log, (uint64_t)sqlite3_column_int64 (statement, 0),
          (WeirStepKind)sqlite3_column_int (statement, 1),
          (uint64_t)sqlite3_column_int64 (statement, 2));
  sqlite3_finalize (statement);
  return code == SQLITE_DONE || weir_sql_fail (log->db, log->path, "read edits in", error);
}

WeirEditLog *
weir_edit_log_open (const char *path, GError **error)
{
  g_autoptr (WeirEditLog) log = g_new0 (WeirEditLog, 1);

  log->path = g_strdup (path != NULL ? path : ":memory:");
  log->done = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  log->undone = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  if (sqlite3_open_v2 (log->path, &log->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                       NULL) != SQLITE_OK) {
    weir_sql_fail (log->db, log->path, "open", error);
    return NULL;
  }
  sqlite3_busy_timeout (log->db, 5000);
  if (!weir_sql_run (log->db, log->path, schema, error) || !read_kinds (log, error))
    return NULL;
  return g_steal_pointer (&log);
}

void
weir_edit_log_free (WeirEditLog *log)
{
  if (log == NULL)
    return;
  sqlite3_finalize (log->add);
  sqlite3_finalize (log->get);
  sqlite3_finalize (log->list);
  sqlite3_finalize (log->stop);
  sqlite3_finalize (log->start);
  sqlite3_close (log->db);
  g_array_unref (log->done);
  g_array_unref (log->undone);
  g_free (log->path);
  g_free (log);
}

uint64_t
weir_edit_log_get_revision (const WeirEditLog *log)
{
  return log->revision;
}

bool
weir_edit_log_add (WeirEditLog *log, const WeirEditEntry *entry, GError **error)
{
  sqlite3_stmt *add = weir_sql_prepare (
      log->db, log->path, "INSERT INTO edits (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      &log->add, error);

  if (add == NULL)
    return false;
  sqlite3_bind_int64 (add, 1, (sqlite3_int64)entry->revision);
  sqlite3_bind_int64 (add, 2, entry->wall);
  sqlite3_bind_text (add, 3, entry->who, -1, SQLITE_STATIC);
  sqlite3_bind_text (add, 4, entry->name, -1, SQLITE_STATIC);
  sqlite3_bind_int (add, 5, (int)entry->kind);
  sqlite3_bind_int64 (add, 6, (sqlite3_int64)entry->of);
  sqlite3_bind_text (add, 7, entry->forward, -1, SQLITE_STATIC);
  sqlite3_bind_text (add, 8, entry->inverse, -1, SQLITE_STATIC);
  sqlite3_bind_text (add, 9, entry->ran, -1, SQLITE_STATIC);
  if (!weir_sql_finish (add, log->path, "add an edit to", error))
    return false;
  note (log, entry->revision, entry->kind, entry->of);
  return true;
}

static char *
dup_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *)sqlite3_column_text (statement, column));
}

static WeirEditEntry *
entry_new (sqlite3_stmt *statement)
{
  WeirEditEntry *entry = g_new0 (WeirEditEntry, 1);

  entry->revision = (uint64_t)sqlite3_column_int64 (statement, 0);
  entry->wall = sqlite3_column_int64 (statement, 1);
  entry->who = dup_text (statement, 2);
  entry->name = dup_text (statement, 3);
  entry->kind = (WeirStepKind)sqlite3_column_int (statement, 4);
  entry->of = (uint64_t)sqlite3_column_int64 (statement, 5);
  entry->forward = dup_text (statement, 6);
  entry->inverse = dup_text (statement, 7);
  entry->ran = dup_text (statement, 8);
  return entry;
}

static WeirEditEntry *
get_last (WeirEditLog *log, const GArray *stack, GError **error)
{
  WeirEditEntry *entry = NULL;
  sqlite3_stmt *get;

  if (stack->len == 0)
    return NULL;
  get = weir_sql_prepare (log->db, log->path, "SELECT " COLUMNS " FROM edits WHERE revision = ?",
                          &log->get, error);
  if (get == NULL)
    return NULL;
  sqlite3_bind_int64 (get, 1, (sqlite3_int64)g_array_index (stack, uint64_t, stack->len - 1));
  if (sqlite3_step (get) == SQLITE_ROW)
    entry = entry_new (get);
  else
    weir_sql_fail (log->db, log->path, "read an edit in", error);
  sqlite3_reset (get);
  return entry;
}

WeirEditEntry *
weir_edit_log_get_undo (WeirEditLog *log, GError **error)
{
  return get_last (log, log->done, error);
}

WeirEditEntry *
weir_edit_log_get_redo (WeirEditLog *log, GError **error)
{
  return get_last (log, log->undone, error);
}

GPtrArray *
weir_edit_log_list (WeirEditLog *log, uint64_t before, unsigned max, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)weir_edit_entry_free);
  sqlite3_stmt *list = weir_sql_prepare (
      log->db, log->path,
      "SELECT " COLUMNS " FROM edits WHERE revision < ? ORDER BY revision DESC LIMIT ?", &log->list,
      error);
  int code;

  if (list == NULL)
    return NULL;
  sqlite3_bind_int64 (list, 1, (sqlite3_int64)MIN (before, (uint64_t)INT64_MAX));
  sqlite3_bind_int64 (list, 2, max);
  while ((code = sqlite3_step (list)) == SQLITE_ROW)
    g_ptr_array_add (entries, entry_new (list));
  sqlite3_reset (list);
  if (code == SQLITE_DONE)
    return g_steal_pointer (&entries);
  weir_sql_fail (log->db, log->path, "read edits in", error);
  return NULL;
}

GHashTable *
weir_edit_log_get_stopped (WeirEditLog *log, GError **error)
{
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_stmt *statement = NULL;
  int code;

  if (weir_sql_prepare (log->db, log->path, "SELECT path FROM stopped", &statement, error) == NULL)
    return NULL;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    g_hash_table_add (paths, dup_text (statement, 0));
  sqlite3_finalize (statement);
  if (code == SQLITE_DONE)
    return g_steal_pointer (&paths);
  weir_sql_fail (log->db, log->path, "read what is stopped in", error);
  return NULL;
}

bool
weir_edit_log_set_stopped (WeirEditLog *log, const char *path, bool is_stopped, GError **error)
{
  sqlite3_stmt *statement =
      is_stopped ? weir_sql_prepare (log->db, log->path, "INSERT OR IGNORE INTO stopped VALUES (?)",
                                     &log->stop, error)
                 : weir_sql_prepare (log->db, log->path, "DELETE FROM stopped WHERE path = ?",
                                     &log->start, error);

  if (statement == NULL)
    return false;
  sqlite3_bind_text (statement, 1, path, -1, SQLITE_STATIC);
  return weir_sql_finish (statement, log->path, "keep what is stopped in", error);
}
