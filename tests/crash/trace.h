/* trace.h: what a program did to the files below one directory, in the order in which it could
 * have observed it: record.c writes it, replay.c builds from it what a power cut leaves behind.
 *
 * A trace is records, one behind the other: this struct, the path, the data. */
#pragma once

#include <stdint.h>

typedef enum {
  TRACE_CREATE = 1, /* path (that of a directory and a slash: O_TMPFILE), inode */
  TRACE_WRITE,      /* inode, offset, data */
  TRACE_RESIZE,     /* inode, offset: the size */
  TRACE_EXTEND,     /* inode, offset: the least size */
  TRACE_LINK,       /* path, inode */
  TRACE_RENAME,     /* path, NUL, new path */
  TRACE_UNLINK,     /* path */
  TRACE_MKDIR,      /* path */
  TRACE_SYNC,       /* begins: inode; offset: its number */
  TRACE_SYNC_NAMES, /* the same for a directory: path */
  TRACE_SYNC_ALL, /* the same for a file system: path of one that is mounted below the root, or none
                   */
  TRACE_SYNCED,   /* offset: the number; all that was done before it began is on disk */
  TRACE_TIMES,    /* inode, offset: when it was written to; data: when it was changed (ns) */
  TRACE_MARK,     /* inode: 1: from here on the test changes files; 0: it has, and offset: so many
                     inputs are there */
} TraceKind;

typedef struct {
  uint32_t kind;
  uint32_t n_path;
  uint64_t inode;
  uint64_t offset;
  uint64_t n_data;
} TraceRecord;

/* A file that was built from a trace, and what it was known by. */
typedef struct {
  uint64_t inode;
  uint64_t was;
  int64_t modified; /* nanoseconds since 1970; 0: unknown, as is the next */
  int64_t changed;
} TraceIdentity;
