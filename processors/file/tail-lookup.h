/* tail-lookup.h: the files below a directory whose paths match a pattern.
 *
 * Thread: one at a time. */
#pragma once

#include "notices.h"
#include "pattern.h"

typedef struct {
  const char *base;          /* absolute */
  const FilePattern *wanted; /* of paths relative to it */
  bool recursive;
  int64_t oldest; /* what was not written to since is left out; microseconds since 1970 */
  FileNotices *notices;
} TailLookup;

/* Returns: (transfer full): absolute paths, sorted; links to files count, those to directories do
 * not. */
GPtrArray *tail_lookup (const TailLookup *lookup);
