/* tail.h: one file that is tailed: what is new in it becomes a FlowFile, and the position behind
 * that is state of the same session.
 *
 * What is remembered here and not in the state only saves work.
 *
 * Thread: one at a time. */
#pragma once

#include "notices.h"
#include "pattern.h"

#include <weir/session.h>

typedef enum {
  TAIL_START_OLDEST, /* with the oldest rotated file */
  TAIL_START_FILE,
  TAIL_START_NOW,
} TailStart;

typedef struct {
  WeirContext *context;
  FileNotices *notices;
  TailStart start;
  const char *rolling; /* (nullable) */
  bool stop_at_nul;
  int64_t period;                /* in microseconds, see tail-follow.h */
  const FilePattern *line_start; /* (nullable) */
  int64_t max_size;              /* of a message, see tail-lines.h */
  unsigned relationship;
} TailOptions;

typedef struct Tail Tail;

/* @path is absolute. Returns: (transfer full). */
Tail *tail_new (const char *path, const TailOptions *options);

/* One that was not there at @since, in microseconds since 1970: if it was made since, it is read
 * from its beginning also where TAIL_START_NOW would not. Returns: (transfer full). */
Tail *tail_new_late (const char *path, const TailOptions *options, int64_t since);

/* GDestroyNotify. Takes NULL. */
void tail_free (void *data);

/* Returns: (transfer none). */
const char *tail_get_path (const Tail *tail);

/* Passes on what is new, a MiB at a time, or one message that is longer.
 * Returns: how many bytes that is, 0 when there is nothing; -1 with @error set. */
int64_t tail_read (Tail *tail, WeirSession *session, const TailOptions *options, GError **error);

/* Forgets the position unless somebody wrote to the file after @since, in microseconds. Returns:
 * true if it did. */
bool tail_forget (const Tail *tail, WeirSession *session, int64_t since);
