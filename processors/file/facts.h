/* facts.h: what a file system knows of a file, as attributes.
 *
 * Thread: one at a time. */
#pragma once

#include "walk.h"

#include <weir/session.h>

/* The last user and group that were looked up: most files of a directory have the same. */
typedef struct {
  bool has_user;
  bool has_group;
  uint32_t uid;
  uint32_t gid;
  char user[64];
  char group[64];
} FileFacts;

/* Sets filename, path and absolute.path and, with @all, the file.* attributes. @root is the
 * absolute path of the root of the walk. */
void file_facts_put (FileFacts *facts, WeirSession *session, WeirFlowFile *flowfile,
                     const char *root, const FileEntry *entry, bool all);

/* The documentation of these attributes, for a table. */
#define FILE_FACTS_DOCS                                                                         \
  { "filename", "Name of the file; a byte that is no UTF-8 is written as \\xHH." },             \
      { "path", "Its directory, relative to the Input Directory, with a slash at the end; "     \
                "`./` for the Input Directory itself." },                                       \
      { "absolute.path", "Its directory from the root on, with a slash at the end." },          \
      { "file.size", "Its size in bytes." },                                                    \
      { "file.lastModifiedTime", "When it was last written to, as 2024-05-01T13:00:00+0200." }, \
      { "file.lastAccessTime", "When it was last read." },                                      \
      { "file.creationTime", "When it was made, where the file system knows." },                \
      { "file.owner", "Name of the user it belongs to, or the number without a name." },        \
      { "file.group", "Name of the group, likewise." },                                         \
  {                                                                                             \
    "file.permissions", "Its permissions, as rw-r--r--."                                        \
  }
