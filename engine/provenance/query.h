/* query.h: SQL over a history that can do nothing but read: the tables of table.h and SQLite's
 * functions, one statement, without files, settings or more memory than is good.
 *
 * Thread: one at a time. */
#pragma once

#include "provenance/fields.h"

typedef struct WeirQuery WeirQuery;

/* @history must stay. @sql: one SELECT, WITH, VALUES or EXPLAIN. Returns: (transfer full): NULL
 * with
 * @error: what is wrong with it, and what is refused. */
WeirQuery *weir_query_new (WeirHistory *history, const char *sql, GError **error);
void weir_query_free (WeirQuery *query);

int weir_query_get_n_columns (const WeirQuery *query);

/* Returns: (transfer none). */
const char *weir_query_get_name (const WeirQuery *query, int column);

/* Returns: false at the end, or with @error. */
bool weir_query_next (WeirQuery *query, GError **error);

/* Of the row; until the next one. */
void weir_query_get (WeirQuery *query, int column, WeirValue *ret_value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirQuery, weir_query_free)
