/* tail-passed.h: the rotated files that were read to their ends although their times do not tell
 * that.
 *
 * A rotated file that was written to before the one that is read now was read before. Of those with
 * the same time, which are many where the clock of the file system is coarse, it is known which, so
 * that none is lost and none read twice.
 *
 * Thread: one at a time, for every function here. */
#pragma once

#include "tail-source.h"

/* So many rotations within one tick; when there are more, those before in the order count as read.
 */
#define TAIL_PASSED_MAX 16

typedef struct {
  bool is_known; /* false: there is nothing but the order */
  unsigned n;
  TailPosition files[TAIL_PASSED_MAX]; /* their ends */
} TailPassed;

/* Adds a file as it is now. */
void tail_passed_add (TailPassed *passed, const TailSource *source);

/* Where a file ended when it was passed: if what is before that still is the same, this is the
 * file. Who wrote more to it within the tick was late. Returns: (transfer none) (nullable). */
const TailPosition *tail_passed_find (const TailPassed *passed, const struct statx *status);

/* Returns: (transfer full) (nullable): NULL when nothing is known. */
char *tail_passed_format (const TailPassed *passed);

/* Nothing is known by NULL, and by what tail_passed_format did not write. */
TailPassed tail_passed_parse (const char *text);
