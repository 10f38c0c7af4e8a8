/* sqlite-statement.h: the methods of a connection that concern statements (<weir/sql.h>).
 *
 * Thread: that of the connection, for every function here. */
#pragma once

#include "sqlite-link.h"

bool sqlite_statement_execute (WeirSqlConnection *connection, const char *sql, GError **error);

/* Returns: (transfer full). */
WeirSqlStatement *sqlite_statement_prepare (WeirSqlConnection *connection, const char *sql,
                                            GError **error);
void sqlite_statement_finish (WeirSqlStatement *statement);
bool sqlite_statement_bind (WeirSqlStatement *statement, unsigned index, const WeirSqlValue *value,
                            GError **error);
int sqlite_statement_step (WeirSqlStatement *statement, GError **error);
void sqlite_statement_reset (WeirSqlStatement *statement);
unsigned sqlite_statement_get_n_columns (WeirSqlStatement *statement);

/* Both return: (transfer none). */
const char *sqlite_statement_get_column_name (WeirSqlStatement *statement, unsigned index);
const char *sqlite_statement_get_column_type (WeirSqlStatement *statement, unsigned index);

void sqlite_statement_get_value (WeirSqlStatement *statement, unsigned index,
                                 WeirSqlValue *ret_value);
int64_t sqlite_statement_get_n_changed (WeirSqlStatement *statement);
