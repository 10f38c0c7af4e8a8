/* walk.h: the wanted files of a directory and what is below it, one after the other.
 *
 * A walk holds one directory a level open and some of its names, so that it costs the same memory
 * for any number of files. Each file is met once, in the order of the names of the first 10,000 of
 * its directory, then of the next. Symbolic links are not followed: what is met lies below the
 * root.
 *
 * Thread: one at a time. */
#pragma once

#include "filter.h"
#include "notices.h"

typedef struct FileWalk FileWalk;

typedef struct {
  int directory;    /* that holds it, open until the next step */
  const char *path; /* of that directory, relative to the root: "" or ending in a slash */
  const char *name;
  struct statx status;
} FileEntry;

typedef struct {
  const char *root; /* for messages */
  const FileFilter *filter;
  FileNotices *notices; /* of what cannot be read, and why */
  bool removing;        /* files are wanted only where they can be deleted */
} FileWalkOptions;

/* @root is the open directory, which a walk reads from its start. Returns: (transfer full). */
FileWalk *file_walk_new (const FileWalkOptions *options, int root);

/* Takes NULL. */
void file_walk_free (FileWalk *walk);

/* The next file, by the filter as of @wall. False at the end. */
bool file_walk_next (FileWalk *walk, int64_t wall, FileEntry *ret_entry);

/* False when a directory or a file could not be looked at. */
bool file_walk_is_complete (const FileWalk *walk);
