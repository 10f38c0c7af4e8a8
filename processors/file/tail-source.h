/* tail-source.h: an open file that is tailed: which one it is, whether it is the one that was
 * read before, and its bytes.
 *
 * Thread: one at a time, for every function here. */
#pragma once

#include "tail-position.h"

#include <sys/stat.h>
#include <weir/session.h>

typedef struct {
  int fd; /* -1: none is open */
  struct statx status;
} TailSource;

/* Opens a regular file, through symbolic links.
 * Returns: 1; 0 when there is none; -1 with @error set. */
int tail_source_open (TailSource *source, const char *path, GError **error);

/* Takes one that is not open. */
void tail_source_close (TailSource *source);

/* In nanoseconds since 1970. */
int64_t tail_stamp_to_nsec (const struct statx_timestamp *stamp);
int64_t tail_status_get_changed (const struct statx *status);

bool tail_status_is_same_file (const struct statx *status, const TailPosition *position);

/* Whether what lies before the position is what was read there.
 * Returns: 1 or 0; -1 with errno set when it cannot be read. */
int tail_source_check_mark (const TailSource *source, const TailPosition *position);

/* The position @offset in @source. False when it cannot be read. */
bool tail_source_locate (const TailSource *source, int64_t offset, TailPosition *ret_position);

/* What is read at once. */
#define TAIL_CHUNK_SIZE (64 * 1024)

/* Returns: how many bytes, less than @size only at the end; -1 with errno set. */
ssize_t tail_source_read (const TailSource *source, char *buffer, size_t size, int64_t offset);

/* Makes what lies between @offset and @end the content of @flowfile. */
bool tail_source_copy (const TailSource *source, WeirSession *session, WeirFlowFile *flowfile,
                       int64_t offset, int64_t end, GError **error);
