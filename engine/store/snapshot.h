/* snapshot.h: the files of snapshot/ and which of them are joined.
 *
 * Thread: one at a time for each directory. */
#pragma once

#include "base/fs.h"

#define WEIR_SNAPSHOT_PART     "part"
#define WEIR_SNAPSHOT_MANIFEST "manifest"

/* Returns: (transfer full): where the file @number is. */
char *weir_snapshot_get_path (const char *directory, uint64_t number, const char *suffix);

/* The numbers of all manifests, the highest first, and the highest number of any file (0: none).
 * Returns: (transfer full): NULL with @error. */
GArray *weir_snapshot_list (const char *directory, uint64_t *ret_highest, GError **error);

/* Deletes all files but those numbers. What cannot be deleted stays for the next time. */
void weir_snapshot_clean (const char *directory, const GArray *manifests, const GArray *parts,
                          WeirFs *fs);

/* Of parts with @sizes, the oldest first, and one of @n_new that is to be written: from which on
 * they are to be one with it; @n: none. A part is left alone while it is more than twice as large
 * as all that is above it: so there are few of them, and each FlowFile is written few times. */
guint weir_snapshot_choose (const uint64_t *sizes, guint n, uint64_t n_new);
