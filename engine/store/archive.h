/* archive.h: content files that nothing in the flow needs any more, kept for a while so that what
 * happened can be looked at and played again. The oldest go first.
 *
 * Thread: one at a time, but for weir_archive_open. */
#pragma once

#include "base/clock.h"
#include "base/fs.h"
#include "store/reserve.h"

typedef struct WeirArchive WeirArchive;

typedef struct {
  const char *directory;
  uint64_t bytes;       /* of files, at most */
  int64_t usec;         /* the longest that one is kept; 0: no matter how long */
  WeirReserve *reserve; /* (nullable): while it is low, nothing is kept */
  WeirClock *clock;     /* NULL: the machine's */
  WeirFs *fs;           /* NULL outside of tests */
} WeirArchiveOptions;

/* Looks at what is there. Returns: (transfer full): NULL with @error. */
WeirArchive *weir_archive_new (const WeirArchiveOptions *options, GError **error);

/* Leaves the files. Takes NULL. */
void weir_archive_free (WeirArchive *archive);

/* Moves the file at @path here, under the name that it has. */
bool weir_archive_add (WeirArchive *archive, const char *path, GError **error);

/* Deletes what is too old or too much. */
bool weir_archive_trim (WeirArchive *archive, GError **error);

uint64_t weir_archive_get_bytes (WeirArchive *archive);

/* The highest number in the name of a file here; 0: none. */
uint64_t weir_archive_get_last_number (WeirArchive *archive);

/* Opens what has @name. Returns: its descriptor, -1 with @error. Thread: any. */
int weir_archive_open (WeirArchive *archive, const char *name, GError **error);
