/* tail-lines.h: where in an open file what is passed on may end: behind a line, or before one that
 * begins a message.
 *
 * Thread: one at a time. */
#pragma once

#include "pattern.h"
#include "tail-source.h"

typedef struct {
  const FilePattern *start; /* (nullable): the lines that begin a message; without, all do */
  bool stop_at_nul;
  bool is_final;    /* nothing will follow: a last message needs no end */
  int64_t max_size; /* of a message; what is longer is cut, behind a line if there is one */
} TailLimits;

/* How far it was looked and no end found, so that a message that grows is not read over and over.
 * All zero: nothing is known. */
typedef struct {
  int64_t at;
  int64_t whole;  /* behind the last line that max_size leaves whole */
  bool is_inside; /* a line that begins before @at, and begins no message */
} TailScan;

/* Where to read to from @offset: behind the last whole message of the first MiB, or behind the
 * first one when it is longer. @scan is of an earlier look from there, and set anew. Returns:
 * @offset when there is nothing to read yet; -1 with @error set. */
int64_t tail_lines_find_end (const TailSource *source, int64_t offset, const TailLimits *limits,
                             TailScan *scan, GError **error);
