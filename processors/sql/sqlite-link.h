/* sqlite-link.h: one connection to an SQLite database, closed to what SQL could do beside the
 * database.
 *
 * Thread: one at a time. */
#pragma once

#include <sqlite3.h>
#include <weir/sql.h>

typedef struct {
  WeirSqlConnection base;
  sqlite3 *db;
  void *owner;         /* of whom opened it */
  const char *refused; /* what a statement was not allowed to do; NULL: nothing */
} SqliteLink;

typedef struct {
  const char *path;
  bool read_only;
  bool create;       /* a database that does not exist */
  int64_t wait_usec; /* for others that write */
} SqliteOptions;

/* Returns: (transfer full): NULL with @error set. */
SqliteLink *sqlite_link_open (const SqliteOptions *options, const WeirSqlMethods *methods,
                              GError **error);

/* Takes NULL. */
void sqlite_link_close (SqliteLink *link);

/* Rolls back what is open. Returns: false when the connection cannot be used any more. */
bool sqlite_link_clean (SqliteLink *link);

/* Sets what the database said last. Returns: false. */
bool sqlite_link_fail (SqliteLink *link, const char *doing, GError **error);
