/* fs.h: files, with errors as sentences and a seam where a test makes a call fail.
 *
 * Every function takes a WeirFs, which is NULL outside of tests. Beside a descriptor, @path is only
 * what an error calls the file; NULL looks its name up. Interrupted and partial calls are continued
 * here.
 *
 * Thread: any, for every function here. */
#pragma once

#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

typedef enum {
  WEIR_FS_OPEN,
  WEIR_FS_READ,
  WEIR_FS_WRITE,
  WEIR_FS_COPY,
  WEIR_FS_SYNC,
  WEIR_FS_RENAME,
  WEIR_FS_UNLINK,
  WEIR_FS_MKDIR,
  WEIR_FS_RESIZE,
  WEIR_FS_MAP,
} WeirFsCall;

/* A test's view of the calls that are about to be made. */
typedef struct WeirFs WeirFs;
struct WeirFs {
  /* Returns 0 to let the call happen, or the errno with which it fails. A write that fails this
   * way has written half of its bytes before. */
  int (*on_call) (WeirFs *fs, WeirFsCall call);
};

static inline void
weir_fd_close (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* Closes at the end of the scope: WEIR_AUTO_FD int fd = -1; */
#define WEIR_AUTO_FD __attribute__ ((cleanup (weir_fd_close)))

static inline int
weir_fd_steal (int *fd)
{
  int stolen = *fd;

  *fd = -1;
  return stolen;
}

/* openat with O_CLOEXEC; @directory may be AT_FDCWD. Returns: the descriptor, -1 with @error. */
int weir_fs_open (WeirFs *fs, int directory, const char *path, int flags, mode_t mode,
                  GError **error);

/* A file in @directory that has no name and vanishes with its descriptor.
 * Returns: the descriptor, -1 with @error. */
int weir_fs_open_unnamed (WeirFs *fs, const char *directory, GError **error);

bool weir_fs_write (WeirFs *fs, int fd, const void *data, size_t size, const char *path,
                    GError **error);
bool weir_fs_pwrite (WeirFs *fs, int fd, const void *data, size_t size, uint64_t offset,
                     const char *path, GError **error);

/* Reads until @size bytes are there or the file ends, from the descriptor's position or @offset.
 * Returns: how many, -1 with @error. */
ssize_t weir_fs_read (WeirFs *fs, int fd, void *buffer, size_t size, const char *path,
                      GError **error);
ssize_t weir_fs_pread (WeirFs *fs, int fd, void *buffer, size_t size, uint64_t offset,
                       const char *path, GError **error);

/* fdatasync, fsync, fsync of the directory at @path, which makes its names durable, and syncfs: all
 * of the file system that @fd is on. */
bool weir_fs_sync_data (WeirFs *fs, int fd, const char *path, GError **error);
bool weir_fs_sync (WeirFs *fs, int fd, const char *path, GError **error);
bool weir_fs_sync_directory (WeirFs *fs, const char *path, GError **error);
bool weir_fs_sync_system (WeirFs *fs, int fd, const char *path, GError **error);

/* Gives a file of weir_fs_open_unnamed the name @name in @directory; one that had a name already
 * gets none. Returns: false with errno. */
bool weir_fs_give_name (WeirFs *fs, int fd, int directory, const char *name);

/* Where data begins at or behind @offset: what is before that is a hole, which reads as zeros.
 * Returns: UINT64_MAX when none begins any more; @offset where the file system cannot tell. */
uint64_t weir_fs_find_data (int fd, uint64_t offset);

bool weir_fs_resize (WeirFs *fs, int fd, uint64_t size, const char *path, GError **error);

/* Gives a file space for at least @size bytes, so that writing there finds no full disk; where the
 * file system cannot do that, only the size. A WEIR_FS_RESIZE. */
bool weir_fs_allocate (WeirFs *fs, int fd, uint64_t size, const char *path, GError **error);

/* Gives back the space of a part of a file, which reads as zeros then. A WEIR_FS_RESIZE. */
bool weir_fs_make_hole (WeirFs *fs, int fd, uint64_t offset, uint64_t size, const char *path,
                        GError **error);
bool weir_fs_rename (WeirFs *fs, const char *from, const char *to, GError **error);
bool weir_fs_unlink (WeirFs *fs, const char *path, GError **error);

/* Makes @path and what is missing above it. */
bool weir_fs_make_directory (WeirFs *fs, const char *path, mode_t mode, GError **error);

/* The whole file at @path, refused above @max bytes; a NUL is added behind it.
 * Returns: (transfer full): NULL with @error. @ret_size may be NULL. */
char *weir_fs_read_file (WeirFs *fs, const char *path, size_t max, size_t *ret_size,
                         GError **error);

/* Puts a file with @data at @path so that a crash at any moment leaves the old one or the new one:
 * aside, fsync, rename, fsync of the directory. */
bool weir_fs_replace_file (WeirFs *fs, const char *path, const void *data, size_t size, mode_t mode,
                           GError **error);
