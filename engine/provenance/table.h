/* table.h: the virtual tables over a history: events, attributes and lineage. docs/provenance.md
 * has their columns.
 *
 * Conditions that the history can use narrow what is read, and SQLite looks at each row again, so
 * they need not be exact. Thread: that of the connection. */
#pragma once

#include "provenance/sqlite.h"

#include "provenance/fields.h"

/* Makes the modules known to @db. With @history, which must stay, they are tables by themselves:
 * events, attributes, lineage. Without it they are weir_events and so on, for CREATE VIRTUAL TABLE
 * events USING weir_events('/data/directory'). Returns: an SQLite code. */
int weir_tables_register (sqlite3 *db, WeirHistory *history);
