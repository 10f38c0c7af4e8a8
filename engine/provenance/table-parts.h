/* table-parts.h: what the virtual tables have in common; inside table*.c only. */
#pragma once

#include "provenance/table.h"

typedef struct {
  sqlite3_vtab base;
  sqlite3 *db;
  WeirHistory *history;
  bool is_owner;           /* of the history, and so of its progress */
  sqlite3_stmt *heartbeat; /* with which an owner finds out that it is interrupted */
  guint n_told;            /* problems of the history that are in the log of SQLite */
} WeirTable;

/* What the modules connect and disconnect with. @data: of sqlite3_create_module. */
int weir_table_connect (sqlite3 *db, void *data, int argc, const char *const *argv,
                        const char *columns, sqlite3_vtab **ret_table, char **ret_message);
int weir_table_disconnect (sqlite3_vtab *base);

/* At the beginning of each statement. */
int weir_table_begin (WeirTable *table);

/* Has SQLite tell it; takes over @error. Returns: SQLITE_ERROR. */
int weir_table_fail (sqlite3_vtab *base, GError *error);

/* Tells SQLite's log which problems the history has met. */
void weir_table_tell_problems (WeirTable *table);

/* Of the row @index of an event: SQLite knows by it which rows it has seen. There are no more than
 * WEIR_LIMIT_EVENT_PARENTS. */
static inline sqlite3_int64
weir_table_make_rowid (uint64_t event, size_t index)
{
  return (sqlite3_int64)(event << 20 | (index & 0xfffff));
}

void weir_value_to_sqlite (const WeirValue *value, sqlite3_context *context);

extern const sqlite3_module weir_table_events;
extern const sqlite3_module weir_table_attributes;
extern const sqlite3_module weir_table_lineage;

/* --- plans --- */

/* What conditions on a column narrow: a letter for each column in the roles of a table. */
typedef enum {
  WEIR_ROLE_NONE = '-',
  WEIR_ROLE_EVENT = 'e',
  WEIR_ROLE_TIME = 't',
  WEIR_ROLE_TIME_US = 'u',
  WEIR_ROLE_TYPE = 'y',
  WEIR_ROLE_COMPONENT = 'c',
  WEIR_ROLE_FLOWFILE = 'f', /* its own events */
  WEIR_ROLE_PARENT = 'p',   /* what was made of it */
  WEIR_ROLE_NAME = 'n',
  WEIR_ROLE_VALUE = 'v',
} WeirRole;

/* An order that a history has by itself: perhaps type by type, in these by time or by number. */
typedef enum {
  WEIR_ORDER_TYPE = 1 << 0,
  WEIR_ORDER_TYPE_DESCENDING = 1 << 1,
  WEIR_ORDER_TIME = 1 << 2,
  WEIR_ORDER_DESCENDING = 1 << 3,
} WeirOrder;

/* What xBestIndex leaves for xFilter: in idxNum, and in idxStr two letters for each argument: role
 * and comparison. */
typedef struct {
  GString *terms;
  double rows; /* that are looked at, as a guess */
  bool is_one; /* at most one event */
} WeirPlan;

void weir_plan_init (WeirPlan *plan, WeirHistory *history);
void weir_plan_clear (WeirPlan *plan);

/* Takes what it can of the conditions. @roles: of each column. */
void weir_plan_add (WeirPlan *plan, sqlite3_index_info *info, const char *roles);

/* The order that was asked for. @is_unique: no two rows have the same event. Returns: WeirOrder; -1
 * when it is none that a history has. */
int weir_plan_get_order (const sqlite3_index_info *info, const char *roles, bool is_unique);

/* Returns: SQLITE_OK or SQLITE_NOMEM. */
int weir_plan_finish (WeirPlan *plan, sqlite3_index_info *info, int number);

/* --- scans --- */

/* A filter made of a plan and the values that belong to it. */
typedef struct {
  WeirHistoryFilter filter;
  bool is_empty; /* nothing can pass */
  WeirHistoryAttribute attribute;
  char *component;
  char *name;
  char *value;
} WeirScan;

void weir_scan_init (WeirScan *scan, WeirHistory *history, const char *terms, int argc,
                     sqlite3_value **argv);
void weir_scan_clear (WeirScan *scan);
