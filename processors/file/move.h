/* move.h: a file whose content was taken and that is to go to another directory once nothing can
 * be lost.
 *
 * It goes only if it is still what was taken, and takes the place of another only where that is
 * asked for.
 *
 * Thread: any, for every function here. */
#pragma once

#include "source.h"

/* When the directory has a file of that name. */
typedef enum {
  FILE_MOVE_RENAME, /* it gets another name */
  FILE_MOVE_REPLACE,
  FILE_MOVE_KEEP, /* it is deleted */
  FILE_MOVE_FAIL, /* it stays where it is */
} FileMoveConflict;

/* Where to, and how. */
typedef struct {
  const char *directory;
  FileMoveConflict conflict;
  uint64_t random; /* a number that no other one has, for FILE_MOVE_RENAME */
  bool copies;     /* the directory is on another file system: file_move_copy comes first */
  uint64_t owner;  /* whose copy it is until it has its name, see target.h; the same two if the */
  uint64_t id;     /* same file is to be moved for the same FlowFile once more */
} FileMovePlan;

typedef struct FileMove FileMove;

/* The name of the file in @path. Returns: (transfer none). */
const char *file_move_get_name (const char *path);

/* Makes the directory if it is missing, and says what is wrong with a move of the file @path into
 * it; @status is that of the file. Sets @plan->copies. */
bool file_move_prepare (const char *path, const struct statx *status, FileMovePlan *plan,
                        GError **error);

/* Copies what @fd, which is @path, has in it, with the time and permissions of @status, and makes
 * that durable. It has its name only when the move is run. */
bool file_move_copy (const FileMovePlan *plan, const char *path, int fd, const struct statx *status,
                     GError **error);

/* Removes such a copy. */
void file_move_discard (const FileMovePlan *plan, const char *path);

/* Returns: (transfer full): for file_move_free. */
FileMove *file_move_new (FileSource *source /* (transfer full) */, const FileMovePlan *plan);

/* Returns: (transfer none). */
const FileMovePlan *file_move_get_plan (const FileMove *move);

/* WeirDurableFunc: moves it; when that fails, it stays and people are told why. */
void file_move_run (void *data);

/* GDestroyNotify */
void file_move_free (void *data);
