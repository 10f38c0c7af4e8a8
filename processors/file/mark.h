/* mark.h: how far a directory has been listed, by times of modification.
 *
 * Files are added in the order of their times. All older ones are listed; of the newest time it is
 * known which, so that one that comes later in the same instant is neither lost nor listed twice.
 *
 * Thread: one at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <weir/error.h>

typedef struct {
  int64_t time;      /* nanoseconds since 1970; G_MININT64: nothing is listed */
  GHashTable *names; /* paths of that time */
  char *through;     /* more than can be kept: every path up to this one is listed, no other */
} FileMark;

void file_mark_init (FileMark *mark);

/* Takes a zeroed mark. */
void file_mark_clear (FileMark *mark);

bool file_mark_has (const FileMark *mark, int64_t time, const char *path);

/* It is listed; @time is not before that of the mark. Returns: true when names of this time can no
 * longer be kept, once. */
bool file_mark_add (FileMark *mark, int64_t time, const char *path);

/* Returns: (transfer full). */
char *file_mark_to_text (const FileMark *mark);

/* Into an initialised mark, which stays as it is on failure. */
bool file_mark_from_text (FileMark *mark, const char *text, GError **error);
