/* trail-file.c: see the header. With synchronous=NORMAL a commit is in the system's hands: a
 * process that is killed loses nothing, a power cut perhaps the last seconds, and no caller waits
 * for a disk. */
#include "control/trail-file.h"

#include <weir/error.h>

#include "base/limits.h"
#include "provenance/sql.h"
#include "wire/json.h"

struct WeirTrailFile {
  char *path;
  sqlite3 *db;
  sqlite3_stmt *add;
  sqlite3_stmt *list;
};

static const char schema[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"
    " who TEXT NOT NULL, role TEXT, flow TEXT, method TEXT NOT NULL, object TEXT, \"before\" TEXT,"
    " \"after\" TEXT, outcome TEXT NOT NULL, request TEXT);"
    "CREATE INDEX IF NOT EXISTS entries_at ON entries (at);";

static const char insertion[] = "INSERT INTO entries (at, who, role, flow, method, object, "
                                "\"before\", \"after\", outcome, request)"
                                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char query[] =
    "SELECT id, at, who, role, flow, method, object, \"before\", \"after\", outcome, request"
    " FROM entries WHERE (?1 IS NULL OR who = ?1) AND (?2 IS NULL OR method = ?2)"
    " AND (?3 IS NULL OR flow = ?3)"
    " AND (?4 IS NULL OR flow IN (SELECT value FROM json_each(?4)))"
    " AND at >= ?5 AND at < ?6 AND id < ?7 ORDER BY id DESC LIMIT ?8";

void
weir_trail_entry_free (WeirTrailEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->who);
  g_free (entry->role);
  g_free (entry->flow);
  g_free (entry->method);
  g_free (entry->object);
  g_free (entry->before);
  g_free (entry->after);
  g_free (entry->outcome);
  g_free (entry->request);
  g_free (entry);
}

WeirTrailFile *
weir_trail_file_open (const char *path, bool writes, GError **error)
{
  g_autoptr (WeirTrailFile) file = g_new0 (WeirTrailFile, 1);
  const int flags = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;

  file->path = g_strdup (path);
  if (sqlite3_open_v2 (path, &file->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    weir_sql_fail (file->db, path, "open", error);
    return NULL;
  }
  sqlite3_busy_timeout (file->db, 5000);
  if (writes && !weir_sql_run (file->db, path, schema, error))
    return NULL;
  return g_steal_pointer (&file);
}

void
weir_trail_file_free (WeirTrailFile *file)
{
  if (file == NULL)
    return;
  sqlite3_finalize (file->add);
  sqlite3_finalize (file->list);
  sqlite3_close (file->db);
  g_free (file->path);
  g_free (file);
}

static bool
add_entry (WeirTrailFile *file, const WeirTrailEntry *entry, GError **error)
{
  const char *const texts[] = { entry->who,    entry->role,    entry->flow,
                                entry->method, entry->object,  entry->before,
                                entry->after,  entry->outcome, entry->request };
  sqlite3_stmt *add = weir_sql_prepare (file->db, file->path, insertion, &file->add, error);

  if (add == NULL)
    return false;
  sqlite3_bind_int64 (add, 1, entry->at);
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    sqlite3_bind_text (add, (int)i + 2, texts[i], -1, SQLITE_STATIC);
  return weir_sql_finish (add, file->path, "write to the audit", error);
}

bool
weir_trail_file_add (WeirTrailFile *file, const GPtrArray *entries, GError **error)
{
  if (!weir_sql_run (file->db, file->path, "BEGIN IMMEDIATE", error))
    return false;
  for (guint i = 0; i < entries->len; i++) {
    if (!add_entry (file, entries->pdata[i], error)) {
      (void)weir_sql_run (file->db, file->path, "ROLLBACK", NULL);
      return false;
    }
  }
  if (weir_sql_run (file->db, file->path, "COMMIT", error))
    return true;
  (void)weir_sql_run (file->db, file->path, "ROLLBACK", NULL);
  return false;
}

static int64_t
get_pragma (WeirTrailFile *file, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  int64_t value = 0;

  if (weir_sql_prepare (file->db, file->path, sql, &statement, NULL) != NULL &&
      sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

/* Pages of what was taken away are used again, so the file does not grow for that. */
static int64_t
measure (WeirTrailFile *file)
{
  return (get_pragma (file, "PRAGMA page_count") - get_pragma (file, "PRAGMA freelist_count")) *
         get_pragma (file, "PRAGMA page_size");
}

bool
weir_trail_file_trim (WeirTrailFile *file, int64_t oldest, int64_t max_bytes, GError **error)
{
  g_autofree char *sql =
      g_strdup_printf ("DELETE FROM entries WHERE at < %" G_GINT64_FORMAT, oldest);

  if (!weir_sql_run (file->db, file->path, sql, error))
    return false;
  while (measure (file) > max_bytes)
    if (!weir_sql_run (file->db, file->path,
                       "DELETE FROM entries WHERE id <= (SELECT min(id) + (max(id) - min(id)) / 16"
                       " FROM entries)",
                       error) ||
        sqlite3_changes (file->db) == 0)
      break;
  return true;
}

static char *
copy_text (sqlite3_stmt *row, int column)
{
  return g_strdup ((const char *)sqlite3_column_text (row, column));
}

static WeirTrailEntry *
read_entry (sqlite3_stmt *row)
{
  WeirTrailEntry *entry = g_new (WeirTrailEntry, 1);

  *entry = (WeirTrailEntry){
    .id = (uint64_t)sqlite3_column_int64 (row, 0),
    .at = sqlite3_column_int64 (row, 1),
    .who = copy_text (row, 2),
    .role = copy_text (row, 3),
    .flow = copy_text (row, 4),
    .method = copy_text (row, 5),
    .object = copy_text (row, 6),
    .before = copy_text (row, 7),
    .after = copy_text (row, 8),
    .outcome = copy_text (row, 9),
    .request = copy_text (row, 10),
  };
  return entry;
}

static void
bind_filter (sqlite3_stmt *list, const WeirTrailFilter *filter, unsigned max)
{
  sqlite3_bind_text (list, 1, filter->who, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (list, 2, filter->method, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (list, 3, filter->flow, -1, SQLITE_TRANSIENT);
  sqlite3_bind_null (list, 4);
  if (filter->flows != NULL) {
    g_autoptr (GString) flows = g_string_new (NULL);

    weir_json_put_texts (flows, NULL, filter->flows, g_strv_length ((GStrv)filter->flows));
    sqlite3_bind_text (list, 4, flows->str, -1, SQLITE_TRANSIENT);
  }
  sqlite3_bind_int64 (list, 5, filter->since);
  sqlite3_bind_int64 (list, 6, filter->until != 0 ? filter->until : INT64_MAX);
  sqlite3_bind_int64 (list, 7,
                      filter->before != 0 && filter->before < INT64_MAX ? (int64_t)filter->before
                                                                        : INT64_MAX);
  sqlite3_bind_int64 (list, 8, max);
}

GPtrArray *
weir_trail_file_list (WeirTrailFile *file, const WeirTrailFilter *filter, unsigned max,
                      GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)weir_trail_entry_free);
  sqlite3_stmt *list = weir_sql_prepare (file->db, file->path, query, &file->list, error);
  int code;

  if (list == NULL)
    return NULL;
  bind_filter (list, filter, max);
  while ((code = sqlite3_step (list)) == SQLITE_ROW)
    g_ptr_array_add (entries, read_entry (list));
  sqlite3_reset (list);
  if (code == SQLITE_DONE)
    return g_steal_pointer (&entries);
  weir_sql_fail (file->db, file->path, "read the audit in", error);
  return NULL;
}
