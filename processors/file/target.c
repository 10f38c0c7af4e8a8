/* target.c: a file with a temporary name, and the step to its own. */
#include "target.h"

#include "name.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PREFIX ".weir-"
#define SUFFIX ".tmp"
#define DIGITS 16

#define NAME_SIZE sizeof (PREFIX "0123456789abcdef-0123456789abcdef" SUFFIX)

/* Smaller files are written in one go anyway. */
#define RESERVE_MIN (1024 * 1024)

static void
make_name (const FileTarget *target, char name[static NAME_SIZE])
{
  g_snprintf (name, NAME_SIZE,
              PREFIX "%016" G_GINT64_MODIFIER "x-%016" G_GINT64_MODIFIER "x" SUFFIX, target->owner,
              target->id);
}

static bool
parse_number (const char *text, uint64_t *ret_number)
{
  *ret_number = 0;
  for (int i = 0; i < DIGITS; i++) {
    int digit = g_ascii_xdigit_value (text[i]);

    if (digit < 0 || g_ascii_isupper (text[i]))
      return false;
    *ret_number = *ret_number << 4 | (uint64_t)digit;
  }
  return true;
}

static bool
parse_name (const char *name, uint64_t *ret_owner, uint64_t *ret_id)
{
  const char *numbers = name + strlen (PREFIX);

  return strlen (name) == NAME_SIZE - 1 && g_str_has_prefix (name, PREFIX) &&
         g_str_has_suffix (name, SUFFIX) && parse_number (numbers, ret_owner) &&
         numbers[DIGITS] == '-' && parse_number (numbers + DIGITS + 1, ret_id);
}

bool
file_target_is_temporary (const char *name)
{
  uint64_t owner, id;

  return parse_name (name, &owner, &id);
}

static bool
fail (const FileTarget *target, const char *doing, GError **error)
{
  int errnum = errno;
  g_autofree char *path = file_name_join (target->folder->path, target->name);

  return file_name_set_errno (error, doing, path, errnum);
}

bool
file_target_open (FileTarget *target, mode_t mode, GError **error)
{
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  char aside[NAME_SIZE];

  make_name (target, aside);
  target->fd = openat (target->folder->fd, aside, flags, mode);
  if (target->fd < 0 && errno == EEXIST && unlinkat (target->folder->fd, aside, 0) == 0)
    target->fd = openat (target->folder->fd, aside, flags, mode);
  if (target->fd < 0)
    return fail (target, "create", error);
  target->folder->is_touched = true;
  return true;
}

void
file_target_reserve (const FileTarget *target, uint64_t size)
{
  /* A place for each block, as it is written, would be a quarter of what writing costs. */
  if (size >= RESERVE_MIN && size <= G_MAXINT64)
    (void)!fallocate (target->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size);
}

/* What @made has by being made in its directory. */
static bool
make_like (int fd, const struct stat *made)
{
  const struct timespec now[2] = { { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_NOW } };
  struct stat status;

  return flistxattr (fd, NULL, 0) <= 0 && fstat (fd, &status) == 0 &&
         status.st_uid == made->st_uid &&
         (status.st_gid == made->st_gid || fchown (fd, (uid_t)-1, made->st_gid) == 0) &&
         fchmod (fd, made->st_mode & 07777) == 0 && futimens (fd, now) == 0;
}

bool
file_target_take_over (FileTarget *target, WeirSession *session, const WeirFlowFile *flowfile,
                       bool *ret_taken, GError **error)
{
  int folder = target->folder->fd;
  char aside[NAME_SIZE];
  struct stat made;
  int fd;

  *ret_taken = false;
  if (fstat (target->fd, &made) < 0 || flistxattr (target->fd, NULL, 0) > 0)
    return true;
  make_name (target, aside);
  unlinkat (folder, aside, 0);
  fd = weir_session_give (session, flowfile, folder, aside);
  file_target_close (target);
  if (fd >= 0 && make_like (fd, &made)) {
    target->fd = fd;
    *ret_taken = true;
    return true;
  }
  if (fd >= 0)
    close (fd);
  return file_target_open (target, made.st_mode & 0777, error);
}

bool
file_target_sync (FileTarget *target, GError **error)
{
  return fsync (target->fd) == 0 || fail (target, "sync", error);
}

void
file_target_close (FileTarget *target)
{
  if (target->folder != NULL && target->fd >= 0)
    close (target->fd);
  target->fd = -1;
}

bool
file_target_is_aside (const FileTarget *target)
{
  char aside[NAME_SIZE];
  struct stat status;

  make_name (target, aside);
  return fstatat (target->folder->fd, aside, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* One file with two names: half of what follows was done before. */
static bool
is_same (int folder, const char *a, const char *b)
{
  struct stat x, y;

  return fstatat (folder, a, &x, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstatat (folder, b, &y, AT_SYMLINK_NOFOLLOW) == 0 && x.st_dev == y.st_dev &&
         x.st_ino == y.st_ino;
}

/* Unless the name is taken. Returns: 0, or -1 with errno. */
static int
rename_without_replacing (int folder, const char *aside, const char *name)
{
  if (syscall (SYS_renameat2, folder, aside, folder, name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  /* A file system that does not know that, as NFS. */
  if (linkat (folder, aside, folder, name, 0) < 0) {
    if (errno != EEXIST)
      return -1;
    if (!is_same (folder, aside, name)) {
      errno = EEXIST;
      return -1;
    }
  }
  return unlinkat (folder, aside, 0);
}

bool
file_target_publish (const FileTarget *target, bool replace, GError **error)
{
  int folder = target->folder->fd;
  char aside[NAME_SIZE];
  int status;

  make_name (target, aside);
  status = replace ? renameat (folder, aside, folder, target->name)
                   : rename_without_replacing (folder, aside, target->name);
  if (status < 0)
    return fail (target, "create", error);
  target->folder->is_touched = true;
  return true;
}

void
file_target_remove (const FileTarget *target)
{
  char aside[NAME_SIZE];

  make_name (target, aside);
  unlinkat (target->folder->fd, aside, 0);
}

void
file_target_clear (FileTarget *target)
{
  if (target->folder == NULL)
    return;
  file_target_close (target);
  file_target_remove (target);
  target->folder = NULL;
}

typedef struct {
  FileFolder *folder;
  uint64_t owner;
  FileTargetFunc is_wanted;
  void *data;
} Sweep;

static void
on_name (void *data, const char *name)
{
  const Sweep *sweep = data;
  uint64_t owner, id;

  if (parse_name (name, &owner, &id) && owner == sweep->owner &&
      !sweep->is_wanted (sweep->data, id))
    unlinkat (sweep->folder->fd, name, 0);
}

void
file_target_sweep (FileFolder *folder, uint64_t owner, FileTargetFunc is_wanted, void *data)
{
  Sweep sweep = { folder, owner, is_wanted, data };

  file_folder_each (folder, on_name, &sweep);
}
