/* chronicle-notices.c: bulletins, found by their id backwards; a hundred thousand are looked
 * through in some milliseconds, so there is no other index to be written with each. */
#include "control/chronicle-parts.h"

#include "base/limits.h"

#include <string.h>

uint64_t
weir_chronicle_get_next_notice (WeirChronicle *chronicle)
{
  WEIR_LOCKED (&chronicle->lock);
  return chronicle->next_notice;
}

static bool
add (WeirChronicle *chronicle, const WeirNotice *notice, GError **error)
{
  sqlite3_stmt *statement = weir_chronicle_prepare (chronicle, WEIR_CHRONICLE_ADD_NOTICE, error);

  if (statement == NULL)
    return false;
  sqlite3_bind_int64 (statement, 1, (int64_t)notice->id);
  sqlite3_bind_int64 (statement, 2, notice->wall);
  sqlite3_bind_int64 (statement, 3, notice->level);
  sqlite3_bind_text (statement, 4, notice->component, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 5, notice->name, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 6, notice->message, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 7, notice->flowfile, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 8, (int64_t)notice->more);
  return weir_sql_finish (statement, chronicle->path, "write", error);
}

/* With each batch, so that there is never much to do at once. */
static bool
drop_old (WeirChronicle *chronicle, const WeirNotice *newest, GError **error)
{
  const int64_t numbers[] = { (int64_t)newest->id - WEIR_LIMIT_NOTICES_KEPT,
                              newest->wall - WEIR_LIMIT_NOTICES_USEC };

  return newest->id % 100 != 0 ||
         weir_chronicle_run (chronicle, WEIR_CHRONICLE_DROP_NOTICES, numbers, 2, error);
}

bool
weir_chronicle_add_notices (WeirChronicle *chronicle, const GPtrArray *notices, GError **error)
{
  bool ok = true;

  WEIR_LOCKED (&chronicle->lock);
  if (!weir_chronicle_begin (chronicle, error))
    return false;
  for (guint i = 0; i < notices->len && ok; i++)
    ok =
        add (chronicle, notices->pdata[i], error) && drop_old (chronicle, notices->pdata[i], error);
  if (!weir_chronicle_end (chronicle, ok, ok ? error : NULL))
    return false;
  if (notices->len > 0)
    chronicle->next_notice = ((const WeirNotice *)notices->pdata[notices->len - 1])->id + 1;
  return true;
}

static const char list[] =
    "SELECT id, wall, level, component, name, message, flowfile, more FROM notice"
    " WHERE id < ?1 AND id > ?2 AND level >= ?3 AND wall >= ?4"
    " AND (?5 IS NULL OR ?5 = '' OR component = ?5 OR substr (component, 1, length (?5) + 1) ="
    "  ?5 || '/')"
    " AND (?6 IS NULL OR instr (lower (message), lower (?6)) > 0)"
    " AND (?7 IS NULL OR flowfile = ?7)"
    " ORDER BY id DESC LIMIT ?8";

static WeirNotice *
read_notice (sqlite3_stmt *row)
{
  WeirNotice *notice = g_new0 (WeirNotice, 1);

  notice->id = (uint64_t)sqlite3_column_int64 (row, 0);
  notice->wall = sqlite3_column_int64 (row, 1);
  notice->level = (WeirLogLevel)CLAMP (sqlite3_column_int (row, 2), WEIR_LOG_DEBUG, WEIR_LOG_ERROR);
  notice->component = g_strdup ((const char *)sqlite3_column_text (row, 3));
  notice->name = g_strdup ((const char *)sqlite3_column_text (row, 4));
  notice->message = g_strdup ((const char *)sqlite3_column_text (row, 5));
  notice->flowfile = g_strdup ((const char *)sqlite3_column_text (row, 6));
  notice->more = (uint64_t)sqlite3_column_int64 (row, 7);
  return notice;
}

static void
free_notice (void *data)
{
  weir_notice_free (data);
}

GPtrArray *
weir_chronicle_list_notices (WeirChronicle *chronicle, const WeirNoticeQuery *query, GError **error)
{
  g_autoptr (GPtrArray) notices = g_ptr_array_new_with_free_func (free_notice);
  sqlite3_stmt *statement = NULL;
  int code;

  WEIR_LOCKED (&chronicle->lock);
  if (weir_sql_prepare (chronicle->db, chronicle->path, list, &statement, error) == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1,
                      query->before > 0 ? (int64_t)MIN (query->before, INT64_MAX) : INT64_MAX);
  sqlite3_bind_int64 (statement, 2, (int64_t)MIN (query->after, INT64_MAX));
  sqlite3_bind_int64 (statement, 3, query->level);
  sqlite3_bind_int64 (statement, 4, query->since);
  sqlite3_bind_text (statement, 5, query->component, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 6, query->text, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 7, query->flowfile, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 8, query->max);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    g_ptr_array_add (notices, read_notice (statement));
  if (code != SQLITE_DONE)
    weir_sql_fail (chronicle->db, chronicle->path, "read", error);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE ? g_steal_pointer (&notices) : NULL;
}
