/* backlog.h: files that were met and are not listed yet, the oldest first.
 *
 * It keeps the oldest 20,000 of any number; the others are met again by another look.
 *
 * Thread: one at a time. */
#pragma once

#include "walk.h"

typedef struct FileBacklog FileBacklog;

typedef struct {
  int64_t time; /* of modification, nanoseconds since 1970 */
  struct statx status;
  const char *name; /* in path */
  char path[];      /* relative to the root, with the name */
} FileBacklogItem;

/* As far as it fits. Returns: nanoseconds since 1970. */
int64_t file_backlog_get_time (const struct statx *status);

/* Returns: (transfer full). */
FileBacklog *file_backlog_new (void);

/* Takes NULL. */
void file_backlog_free (FileBacklog *backlog);

void file_backlog_add (FileBacklog *backlog, int64_t time, const FileEntry *entry);

/* All were added: takes the oldest, then the next; of one time, in the order of their paths.
 * Returns: (transfer none) (nullable): NULL when there is none; valid as long as the backlog. */
const FileBacklogItem *file_backlog_next (FileBacklog *backlog);

bool file_backlog_is_empty (const FileBacklog *backlog);

/* True when more were added than it keeps. */
bool file_backlog_is_cut (const FileBacklog *backlog);
