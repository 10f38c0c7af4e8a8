/* fs-copy.h: bytes from file to file. */
#pragma once

#include "base/fs.h"

/* One end of a copy. */
typedef struct {
  int fd;
  int64_t offset;   /* moves on with each byte; -1: the descriptor's own position does */
  const char *path; /* what errors call it; NULL looks its name up */
} WeirFsEnd;

/* Copies @size bytes, or up to the end of @from when that comes first. Where the file system can,
 * both files share the blocks and nothing is copied. For pipes and sockets an offset must be -1.
 * Returns: true with the number of bytes in @ret_copied. Thread: any. */
bool weir_fs_copy (WeirFs *fs, WeirFsEnd *from, WeirFsEnd *to, uint64_t size, uint64_t *ret_copied,
                   GError **error);
