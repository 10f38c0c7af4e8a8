/* postgres-statement.h: the methods of a connection that concern statements (<weir/sql.h>).
 *
 * Thread: that of the connection, for every function here. */
#pragma once

#include "postgres-link.h"

bool postgres_statement_execute (WeirSqlConnection *connection, const char *sql, GError **error);

/* Returns: (transfer full). */
WeirSqlStatement *postgres_statement_prepare (WeirSqlConnection *connection, const char *sql,
                                              GError **error);
void postgres_statement_finish (WeirSqlStatement *statement);
bool postgres_statement_bind (WeirSqlStatement *statement, unsigned index,
                              const WeirSqlValue *value, GError **error);
int postgres_statement_step (WeirSqlStatement *statement, GError **error);
void postgres_statement_reset (WeirSqlStatement *statement);
unsigned postgres_statement_get_n_columns (WeirSqlStatement *statement);

/* Both return: (transfer none). */
const char *postgres_statement_get_column_name (WeirSqlStatement *statement, unsigned index);
const char *postgres_statement_get_column_type (WeirSqlStatement *statement, unsigned index);

void postgres_statement_get_value (WeirSqlStatement *statement, unsigned index,
                                   WeirSqlValue *ret_value);
int64_t postgres_statement_get_n_changed (WeirSqlStatement *statement);
