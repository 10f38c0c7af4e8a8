/* archive.h: FlowFiles as the entries of a TAR or ZIP, written as they are read, in constant
 * memory.
 *
 * Thread: trigger. */
#pragma once

#include <weir/content.h>

typedef enum {
  ARCHIVE_TAR,
  ARCHIVE_ZIP,
} ArchiveFormat;

typedef struct {
  const WeirFlowFile *flowfile;
  char *name;   /* of the entry, in UTF-8 */
  int64_t time; /* wall, seconds */
  unsigned permissions;
} ArchiveEntry;

/* Writes all of @entries to @writer; @level is that of ZIP, from 0 to 9. */
bool archive_write_entries (WeirSession *session, WeirWriter *writer, ArchiveFormat format,
                            unsigned level, const ArchiveEntry *entries, size_t n, GError **error);
