/* stamp.h: what a written file gets beside its bytes: permissions, owner, group and time.
 *
 * Thread: any. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <weir/error.h>

/* Each "" or NULL: left as it is. */
typedef struct {
  const char *permissions; /* rw-r----- or 640 */
  const char *owner;       /* a name or a number, as group */
  const char *group;
  const char *modified; /* 2024-05-01T13:00:00+0200 */
} FileStamp;

/* The mode to create the file with: no more than what it is to have. */
mode_t file_stamp_get_mode (const FileStamp *stamp);

bool file_stamp_apply (const FileStamp *stamp, int fd, GError **error);

/* For WeirProperty.validate. */
bool file_stamp_is_permissions (const char *text, GError **error);
