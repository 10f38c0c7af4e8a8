/* folder.h: a directory that files are written to.
 *
 * Thread: one at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <weir/error.h>

typedef struct {
  char *path;
  int fd;
  uint64_t device;
  unsigned n_made; /* by file_folder_open: it and those above it that were missing */
  bool is_touched; /* names in it changed: they are not safe before file_folder_sync */
  int64_t n_names; /* -1: not counted yet */
} FileFolder;

/* Opens @path and, with @create, makes it and what is missing above it.
 * Returns: (transfer full): NULL with @error. */
FileFolder *file_folder_open (const char *path, bool create, GError **error);

/* Takes NULL. */
void file_folder_free (FileFolder *folder);

typedef void (*FileFolderFunc) (void *data, const char *name);

/* Calls @func for each name in it. False with errno when it cannot be read to its end. */
bool file_folder_each (FileFolder *folder, FileFolderFunc func, void *data);

/* How many names are in it; those that are being written do not count.
 * Returns: -1 with @error. */
int64_t file_folder_count (FileFolder *folder, GError **error);

/* What was done to its names survives a power failure from here on. */
bool file_folder_sync (FileFolder *folder, GError **error);

/* The same for all of @folders, and for all bytes on their file systems. False when that cannot be
 * done: nothing is known then. */
bool file_folders_sync (const GPtrArray *folders);
