/* tail-follow.h: finds the file to read next: the one with that name, or one that had it before.
 *
 * A file that was read from and renamed or copied away is read to its end; then those that were
 * rotated after it, in the order of their last changes; then the one that has the name now.
 *
 * Thread: one at a time. */
#pragma once

#include "notices.h"
#include "tail-passed.h"

typedef struct {
  const char *path;
  const char *pattern; /* (nullable): of the names of rotated files, in the same directory */
  FileNotices *notices;
  TailPassed *passed;
  int64_t wall;   /* now, in microseconds since 1970 */
  int64_t period; /* how long a rotated file must be left alone to be complete */
  int64_t size;   /* of the file when it was last looked at; INT64_MAX: not yet, in this run */
} TailFollow;

/* Opens what is to be read, and moves @position there: it stays in the same file, or goes to the
 * start of another; those passed go along with it. @ret_is_final: nothing more will be written to
 * it. False when there is nothing; @position may have moved all the same. */
bool tail_follow (const TailFollow *follow, TailPosition *position, TailSource *ret_source,
                  bool *ret_is_final);

/* The pattern of one file: `${filename}` in @rolling stands for its name without extension.
 * Returns: (transfer full). */
char *tail_follow_make_pattern (const char *rolling, const char *path);
