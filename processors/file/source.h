/* source.h: a file whose content was taken and that is to go once nothing can be lost.
 *
 * From the moment it was taken until it is gone or has stayed, it is not taken again; and it only
 * goes if it is still what was taken. FileSources knows all of them. It outlives its processor
 * while one of them waits.
 *
 * Thread: any, for every function here. */
#pragma once

#include <sys/stat.h>
#include <weir/context.h>

/* Which file, and in which state: what is written to it makes it another one. */
typedef struct {
  uint64_t device;
  uint64_t inode;
  uint64_t size;
  int64_t mtime_sec;
  int64_t mtime_nsec;
} FileIdentity;

FileIdentity file_identity (const struct statx *status);
bool file_identity_equal (const FileIdentity *a, const FileIdentity *b);

typedef struct FileSources FileSources;
typedef struct FileSource FileSource;

/* An open directory that sources are found below. */
typedef struct FileRoot FileRoot;

/* Opens the directory @path. Returns: (transfer full): NULL with @error. */
FileRoot *file_root_new (const char *path, GError **error);

int file_root_get_fd (const FileRoot *root);

/* Returns: (transfer none). */
const char *file_root_get_path (const FileRoot *root);

/* Returns: (transfer full): @root. */
FileRoot *file_root_ref (FileRoot *root);

/* Takes NULL. */
void file_root_unref (FileRoot *root);

/* Returns: (transfer full). */
FileSources *file_sources_new (WeirContext *context);

/* The processor has stopped: nothing is told any more, and nobody woken. Takes NULL. */
void file_sources_close (FileSources *sources);

/* For who outlives the processor, too. Returns: (transfer full): @sources. */
FileSources *file_sources_ref (FileSources *sources);
void file_sources_unref (FileSources *sources);

/* Has the processor triggered, if it still runs. */
void file_sources_wake (FileSources *sources);

/* True while the file at @path, in that state, is a source; another name of it may not be one. */
bool file_sources_has (FileSources *sources, const char *path, const FileIdentity *identity);

/* Says @error (transfer full), if the processor still runs. */
void file_sources_tell (FileSources *sources, GError *error);

/* @path is relative to @root, or absolute when @root is NULL. Returns: (transfer full): for
 * file_source_free. */
FileSource *file_source_new (FileSources *sources, FileRoot *root, const char *path,
                             const FileIdentity *identity);

/* The same for a file that an earlier run took, of which that knew all but the device: numbers of
 * devices change when a machine starts. Returns: (transfer full) (nullable): NULL when there is no
 * such file any more. */
FileSource *file_source_new_left (FileSources *sources, FileRoot *root, const char *path,
                                  const FileIdentity *identity);

/* WeirDurableFunc: deletes the file if it is as it was; else, and when that fails, it stays and
 * people are told why. */
void file_source_delete (void *data);

/* True if the file is as it was; else people are told that it stays. */
bool file_source_is_unchanged (const FileSource *source);

/* It cannot go now: the note of it stays. */
void file_source_stay (FileSource *source);

/* True when it could not be deleted, or moved. */
bool file_source_stays (const FileSource *source);

/* True when an earlier run took it. */
bool file_source_is_left (const FileSource *source);

/* Returns: (transfer full): the path of the directory that the file is in. */
char *file_source_get_directory (const FileSource *source);

/* Returns: (transfer none). */
const FileIdentity *file_source_get_identity (const FileSource *source);
const char *file_source_get_path (const FileSource *source);

/* Returns: (transfer none) (nullable): NULL when it has no root. */
const char *file_source_get_root_path (const FileSource *source);
FileSources *file_source_get_sources (const FileSource *source);

/* GDestroyNotify: it is no source any more. */
void file_source_free (void *data);
