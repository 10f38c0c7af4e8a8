/* identity.h: what makes a directory a data directory: the file that says so, and the lock that one
 * engine has on it.
 *
 * Thread: main. */
#pragma once

#include "base/fs.h"

/* Of the formats that this version writes; it reads all up to it. */
#define WEIR_DATA_VERSION 1

typedef struct {
  uint64_t install_id; /* in the UUIDs of FlowFiles */
  uint64_t log_id;
  uint64_t segment_size; /* of the log */
  int lock;
} WeirIdentity;

#define WEIR_IDENTITY_INIT \
  {                        \
    .lock = -1             \
  }

/* Locks @directory, which @owner (a flow's name) is going to use, and reads what it is; an empty
 * one or none becomes a data directory when @create, with the segment size that stands in @identity
 * (0: WEIR_LIMIT_SEGMENT). Returns: false with @error: another engine has it, it is something else,
 * or of a later version. */
bool weir_identity_open (WeirIdentity *identity, const char *directory, const char *owner,
                         bool create, WeirFs *fs, GError **error);

/* Reads what @directory is while somebody may have it. @ret_user: (transfer full) (nullable): whom
 * its lock names, NULL when nobody has it. */
bool weir_identity_look (WeirIdentity *identity, const char *directory, WeirFs *fs, char **ret_user,
                         GError **error);

/* Reads what @directory is without locking it, for those who only look. */
bool weir_identity_read (WeirIdentity *identity, const char *directory, GError **error);

/* Gives up the lock. */
void weir_identity_close (WeirIdentity *identity);
