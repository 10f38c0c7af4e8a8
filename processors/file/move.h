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

typedef struct FileMove FileMove;

/* The name of the file in @path. Returns: (transfer none). */
const char *file_move_get_name (const char *path);

/* Makes @directory if it is missing, and says what is wrong with a move of the file @path into it;
 * @status is that of the file. */
bool file_move_prepare (const char *path, const struct statx *status, const char *directory,
                        FileMoveConflict conflict, GError **error);

/* @random is a number that no other one has. Returns: (transfer full): for file_move_free. */
FileMove *file_move_new (FileSource *source /* (transfer full) */, const char *directory,
                         FileMoveConflict conflict, uint64_t random);

/* Returns: (transfer none). */
const char *file_move_get_directory (const FileMove *move);
FileMoveConflict file_move_get_conflict (const FileMove *move);
uint64_t file_move_get_random (const FileMove *move);

/* WeirDurableFunc: moves it; when that fails, it stays and people are told why. */
void file_move_run (void *data);

/* GDestroyNotify */
void file_move_free (void *data);
