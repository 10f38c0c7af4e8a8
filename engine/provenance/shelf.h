/* shelf.h: the files of a directory of partitions (provenance/). Thread: any. */
#pragma once

#include "base/fs.h"

typedef struct {
  uint64_t number;
  uint64_t bytes; /* with those that SQLite keeps beside it */
} WeirShelfFile;

/* Returns: (transfer full): WeirShelfFile, ascending, none when there is no such directory; NULL
 * with
 * @error. */
GArray *weir_shelf_list (const char *directory, WeirFs *fs, GError **error);

/* Returns: the highest number that was ever used, for files that are put aside, too. */
uint64_t weir_shelf_get_last_number (const char *directory, WeirFs *fs);

/* Takes a file away, with those beside it. One that is not there is no error. */
bool weir_shelf_remove (const char *directory, uint64_t number, WeirFs *fs, GError **error);

/* Renames a file that cannot be used, so that a person can look at it.
 * Returns: (transfer full): its name from now on; NULL with @error. */
char *weir_shelf_put_aside (const char *directory, uint64_t number, WeirFs *fs, GError **error);

/* Says of a file that is about to be made in the middle that it is not complete yet; without
 * @is_partial that it is. */
bool weir_shelf_mark (const char *directory, uint64_t number, bool is_partial, WeirFs *fs,
                      GError **error);

/* Brings to disk what a run that did not end in order may have left in memory only: the log is let
 * go of below the place that the files name. While none of them is open. */
bool weir_shelf_settle (const char *directory, WeirFs *fs, GError **error);

/* Removes what a crash left of a file that was marked. */
bool weir_shelf_sweep (const char *directory, WeirFs *fs, GError **error);
