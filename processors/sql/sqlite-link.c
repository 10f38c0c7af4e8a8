/* sqlite-link.c: a statement comes from a flow, and a flow may come from anybody: it reads and
 * writes tables of this one database, and nothing else of the machine. */
#include "sqlite-link.h"

#include <string.h>

static const struct {
  int limit;
  int value;
} limits[] = {
  { SQLITE_LIMIT_LENGTH, 256 * 1024 * 1024 }, /* a value or a row */
  { SQLITE_LIMIT_SQL_LENGTH, 4 * 1024 * 1024 },
  { SQLITE_LIMIT_EXPR_DEPTH, 500 },
  { SQLITE_LIMIT_COMPOUND_SELECT, 200 },
  { SQLITE_LIMIT_ATTACHED, 0 }, /* another database may be another person's */
  { SQLITE_LIMIT_TRIGGER_DEPTH, 100 },
};

static const struct {
  int code; /* of SQLite, without its details */
  WeirError error;
  const char *remedy; /* NULL where the reason says enough */
} reasons[] = {
  { SQLITE_CORRUPT, WEIR_ERROR_CORRUPT, "restore it from a copy" },
  { SQLITE_NOTADB, WEIR_ERROR_CORRUPT, "it is another kind of file: correct URL" },
  { SQLITE_FULL, WEIR_ERROR_IO, "free space on its disk" },
  { SQLITE_IOERR, WEIR_ERROR_IO, "look whether its disk is full or broken" },
  { SQLITE_CANTOPEN, WEIR_ERROR_PERMISSION,
    "see that its folder exists and that the user who runs weir may use it" },
  { SQLITE_READONLY, WEIR_ERROR_PERMISSION, "give the user who runs weir the right to write" },
  { SQLITE_PERM, WEIR_ERROR_PERMISSION, "give the user who runs weir access to it" },
  { SQLITE_BUSY, WEIR_ERROR_IO, "another program writes for longer than Busy Timeout" },
  { SQLITE_LOCKED, WEIR_ERROR_IO, "another program writes for longer than Busy Timeout" },
  { SQLITE_CONSTRAINT, WEIR_ERROR_INVALID, NULL },
  { SQLITE_MISMATCH, WEIR_ERROR_INVALID, NULL },
  { SQLITE_TOOBIG, WEIR_ERROR_LIMIT, NULL },
  { SQLITE_NOMEM, WEIR_ERROR_LIMIT, "give the machine more memory" },
  { SQLITE_ERROR, WEIR_ERROR_INVALID, NULL }, /* mostly wrong SQL */
};

bool
sqlite_link_fail (SqliteLink *link, const char *doing, GError **error)
{
  int code = sqlite3_errcode (link->db) & 0xff;
  WeirError kind = WEIR_ERROR_FAILED;
  const char *remedy = NULL;

  if (link->refused != NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "cannot %s: %s is not allowed here; a statement works on this database only",
                 doing, link->refused);
    return false;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].code == code) {
      kind = reasons[i].error;
      remedy = reasons[i].remedy;
    }
  g_set_error (error, WEIR_ERROR, (int)kind, "cannot %s: %s%s%s", doing, sqlite3_errmsg (link->db),
               remedy != NULL ? "; " : "", remedy != NULL ? remedy : "");
  return false;
}

static bool
is_among (const char *name, const char *const *names)
{
  return name != NULL && g_strv_contains (names, name);
}

/* What tells something of the tables, and changes nothing. */
static bool
is_harmless_pragma (const char *name, const char *value)
{
  static const char *const any[] = { "table_info", "table_xinfo", "table_list",       "index_list",
                                     "index_info", "index_xinfo", "foreign_key_list", NULL };
  static const char *const reading[] = { "user_version", "application_id", "schema_version",
                                         "data_version", "foreign_keys",   NULL };

  return is_among (name, any) || (value == NULL && is_among (name, reading));
}

static int
on_authorize (void *user, int action, const char *first, const char *second, const char *database,
              const char *trigger)
{
  static const char *const functions[] = { "load_extension", "writefile",      "readfile",
                                           "edit",           "fts3_tokenizer", NULL };
  SqliteLink *link = user;

  if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
    link->refused = "another database (ATTACH, DETACH, VACUUM INTO)";
  else if (action == SQLITE_PRAGMA && !is_harmless_pragma (first, second))
    link->refused = "this PRAGMA";
  else if (action == SQLITE_FUNCTION && is_among (second, functions))
    link->refused = "a function that leaves the database";
  else
    return SQLITE_OK;
  return SQLITE_DENY;
}

static bool
set_up (SqliteLink *link, const SqliteOptions *options, GError **error)
{
  sqlite3_extended_result_codes (link->db, 1);
  sqlite3_busy_timeout (link->db, (int)MIN (options->wait_usec / 1000, G_MAXINT));
  for (size_t i = 0; i < G_N_ELEMENTS (limits); i++)
    sqlite3_limit (link->db, limits[i].limit, limits[i].value);
  sqlite3_db_config (link->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (link->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (link->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  /* Who reads does not wait for who writes, and what was committed outlives a power cut. */
  if ((!options->read_only &&
       sqlite3_exec (link->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) != SQLITE_OK) ||
      sqlite3_exec (link->db, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON", NULL, NULL,
                    NULL) != SQLITE_OK)
    return sqlite_link_fail (link, "open it", error);
  return sqlite3_set_authorizer (link->db, on_authorize, link) == SQLITE_OK;
}

SqliteLink *
sqlite_link_open (const SqliteOptions *options, const WeirSqlMethods *methods, GError **error)
{
  SqliteLink *link = g_new0 (SqliteLink, 1);
  int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

  if (options->create && !options->read_only)
    flags |= SQLITE_OPEN_CREATE;
  link->base.methods = methods;
  if (sqlite3_open_v2 (options->path, &link->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    sqlite_link_fail (link, "open it", error);
  else if (set_up (link, options, error))
    return link;
  g_prefix_error (error, "%s: ", options->path);
  sqlite_link_close (link);
  return NULL;
}

void
sqlite_link_close (SqliteLink *link)
{
  if (link == NULL)
    return;
  sqlite3_close_v2 (link->db);
  g_free (link);
}

bool
sqlite_link_clean (SqliteLink *link)
{
  link->refused = NULL;
  return sqlite3_get_autocommit (link->db) != 0 ||
         sqlite3_exec (link->db, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
}
