/* sqlite.h: SQLite as the virtual tables see it: the library that is linked, or, in the loadable
 * extension, the one that loads it, which may be another copy. */
#pragma once

#ifdef WEIR_EXTENSION
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
#else
#include <sqlite3.h>
#endif
