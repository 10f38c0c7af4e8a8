/* extension.c: weir_provenance.so, which makes the tables known to any SQLite: the sqlite3 shell,
 * Python, data browsers.
 *
 *   .load weir_provenance
 *   CREATE VIRTUAL TABLE temp.events USING weir_events('/var/lib/weir/orders');
 */
#include <sqlite3ext.h>

#include <weir/version.h>

SQLITE_EXTENSION_INIT1

#include "provenance/table.h"

#define NEEDED 3038000 /* has sqlite3_vtab_in and sqlite3_vtab_distinct */

WEIR_API int sqlite3_weirprovenance_init (sqlite3 *db, char **message,
                                          const sqlite3_api_routines *api);

int
sqlite3_weirprovenance_init (sqlite3 *db, char **message, const sqlite3_api_routines *api)
{
  int code;

  SQLITE_EXTENSION_INIT2 (api);
  if (sqlite3_libversion_number () < NEEDED) {
    *message = sqlite3_mprintf ("weir_provenance needs SQLite 3.38 or later, not %s",
                                sqlite3_libversion ());
    return SQLITE_ERROR;
  }
  code = weir_tables_register (db, NULL);
  /* GLib keeps pointers to what is here. */
  return code == SQLITE_OK ? SQLITE_OK_LOAD_PERMANENTLY : code;
}
