/* sql.h: what all uses of SQLite here have in common: errors as sentences, and statements that are
 * prepared once. Thread: one at a time for each database. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Sets @error to "cannot <doing> '<path>': <reason of the database>; <what to do>".
 * Returns: false. */
bool weir_sql_fail (sqlite3 *db, const char *path, const char *doing, GError **error);

/* Whether @error says that what is in the file is damaged, so that trying again is no use. */
bool weir_sql_is_damage (const GError *error);

/* Runs statements that give nothing back. */
bool weir_sql_run (sqlite3 *db, const char *path, const char *sql, GError **error);

/* Prepares @sql into @statement if that was not done yet, and resets it.
 * Returns: (transfer none): it; NULL with @error. */
sqlite3_stmt *weir_sql_prepare (sqlite3 *db, const char *path, const char *sql,
                                sqlite3_stmt **statement, GError **error);

/* Steps to the end a statement that gives nothing back. */
bool weir_sql_finish (sqlite3_stmt *statement, const char *path, const char *doing, GError **error);
