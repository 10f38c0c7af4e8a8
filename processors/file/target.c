/* target.c: a file without a name, or with a temporary one, and the step to its own. */
#include "target.h"

#include "name.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PREFIX ".weir-"
#define SUFFIX ".tmp"

static void
name_temporary (FileTarget *target)
{
  g_snprintf (target->temporary, sizeof target->temporary,
              PREFIX "%016" G_GINT64_MODIFIER "x" SUFFIX, target->random);
}

bool
file_target_is_temporary (const char *name)
{
  return strlen (name) == strlen (PREFIX SUFFIX) + 16 && g_str_has_prefix (name, PREFIX) &&
         g_str_has_suffix (name, SUFFIX);
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
  int folder = target->folder->fd;

  target->fd = openat (folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
  if (target->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    name_temporary (target);
    target->fd = openat (folder, target->temporary,
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (target->fd < 0)
      target->temporary[0] = '\0';
  }
  return target->fd >= 0 || fail (target, "create", error);
}

bool
file_target_sync (FileTarget *target, GError **error)
{
  return fsync (target->fd) == 0 || fail (target, "sync", error);
}

/* Returns: 0, or -1 with errno. */
static int
link_unnamed (const FileTarget *target, const char *name)
{
  char path[32];

  if (linkat (target->fd, "", target->folder->fd, name, AT_EMPTY_PATH) == 0)
    return 0;
  if (errno != ENOENT)
    return -1;
  /* Kernels before 6.10 want a capability for that, but not for this. */
  g_snprintf (path, sizeof path, "/proc/self/fd/%d", target->fd);
  return linkat (AT_FDCWD, path, target->folder->fd, name, AT_SYMLINK_FOLLOW);
}

/* From the temporary name, unless the name is taken. Returns: 0, or -1 with errno. */
static int
rename_without_replacing (const FileTarget *target)
{
  int fd = target->folder->fd;

  if (syscall (SYS_renameat2, fd, target->temporary, fd, target->name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  /* A file system that does not know that, as NFS. */
  if (linkat (fd, target->temporary, fd, target->name, 0) < 0)
    return -1;
  return unlinkat (fd, target->temporary, 0);
}

static int
publish (FileTarget *target, bool replace)
{
  int fd = target->folder->fd;

  if (target->temporary[0] == '\0') {
    if (link_unnamed (target, target->name) == 0)
      return 0;
    if (errno != EEXIST || !replace)
      return -1;
    /* Only a name can take the place of a name. */
    name_temporary (target);
    if (link_unnamed (target, target->temporary) < 0) {
      target->temporary[0] = '\0';
      return -1;
    }
  }
  return replace ? renameat (fd, target->temporary, fd, target->name)
                 : rename_without_replacing (target);
}

bool
file_target_publish (FileTarget *target, bool replace, GError **error)
{
  if (publish (target, replace) < 0)
    return fail (target, "create", error);
  target->temporary[0] = '\0';
  target->folder->is_touched = true;
  return true;
}

void
file_target_clear (FileTarget *target)
{
  if (target->folder == NULL)
    return;
  if (target->temporary[0] != '\0')
    unlinkat (target->folder->fd, target->temporary, 0);
  if (target->fd >= 0)
    close (target->fd);
  target->folder = NULL;
}
