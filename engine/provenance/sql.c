/* sql.c: see the header. */
#include "provenance/sql.h"

#include <weir/error.h>

#include "base/error.h"

typedef struct {
  int code; /* of SQLite, without its details */
  WeirError error;
  const char *remedy; /* NULL where the reason says enough */
} Reason;

static const Reason reasons[] = {
  { SQLITE_CORRUPT, WEIR_ERROR_CORRUPT, NULL },
  { SQLITE_NOTADB, WEIR_ERROR_CORRUPT, NULL },
  { SQLITE_FULL, WEIR_ERROR_IO, "free space there or use another disk" },
  { SQLITE_IOERR, WEIR_ERROR_IO, "look whether the disk is full or broken" },
  { SQLITE_CANTOPEN, WEIR_ERROR_PERMISSION, "give the user that runs weir access to it" },
  { SQLITE_READONLY, WEIR_ERROR_PERMISSION, "give the user that runs weir access to it" },
  { SQLITE_PERM, WEIR_ERROR_PERMISSION, "give the user that runs weir access to it" },
  { SQLITE_BUSY, WEIR_ERROR_FAILED, "end what holds it open and try again" },
  { SQLITE_LOCKED, WEIR_ERROR_FAILED, "end what holds it open and try again" },
  { SQLITE_NOMEM, WEIR_ERROR_LIMIT, "free memory or give the machine more" },
};

bool
weir_sql_fail (sqlite3 *db, const char *path, const char *doing, GError **error)
{
  int code = sqlite3_errcode (db) & 0xff;
  g_autofree char *quoted = weir_error_quote (path);
  Reason reason = { code, WEIR_ERROR_FAILED, NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].code == code)
      reason = reasons[i];
  g_set_error (error, WEIR_ERROR, (int)reason.error, "cannot %s %s: %s%s%s", doing, quoted,
               sqlite3_errmsg (db), reason.remedy != NULL ? "; " : "",
               reason.remedy != NULL ? reason.remedy : "");
  return false;
}

bool
weir_sql_is_damage (const GError *error)
{
  return g_error_matches (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
}

bool
weir_sql_run (sqlite3 *db, const char *path, const char *sql, GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return weir_sql_fail (db, path, "use", error);
  return true;
}

sqlite3_stmt *
weir_sql_prepare (sqlite3 *db, const char *path, const char *sql, sqlite3_stmt **statement,
                  GError **error)
{
  if (*statement == NULL &&
      sqlite3_prepare_v3 (db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK) {
    weir_sql_fail (db, path, "read", error);
    return NULL;
  }
  sqlite3_reset (*statement);
  return *statement;
}

bool
weir_sql_finish (sqlite3_stmt *statement, const char *path, const char *doing, GError **error)
{
  int result;

  do
    result = sqlite3_step (statement);
  while (result == SQLITE_ROW);
  if (result != SQLITE_DONE)
    weir_sql_fail (sqlite3_db_handle (statement), path, doing, error);
  sqlite3_reset (statement);
  return result == SQLITE_DONE;
}
