/* move.c: a rename that replaces nothing by mistake. */
#include "move.h"

#include "name.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct FileMove {
  FileSource *source;
  char *directory;
  FileMoveConflict conflict;
  uint64_t random;
};

const char *
file_move_get_name (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

static bool
is_same_device (const struct statx *a, const struct statx *b)
{
  return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor;
}

/* A file may not go where it is: the conflict would be with itself. */
static bool
check_directory (int fd, const char *path, const struct statx *status, const char *directory,
                 GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *quoted = file_name_quote (directory);
  struct statx target, home;

  if (statx (fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &target) < 0 ||
      faccessat (fd, ".", W_OK | X_OK, AT_EACCESS) < 0)
    return file_name_set_errno (error, "move a file to", directory, errno);
  if (statx (AT_FDCWD, parent, 0, STATX_BASIC_STATS, &home) < 0)
    return file_name_set_errno (error, "look at", parent, errno);
  if (is_same_device (&target, &home) && target.stx_ino == home.stx_ino) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "%s is the directory that the file is in: choose another to move it to", quoted);
    return false;
  }
  if (is_same_device (&target, status))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
               "%s is on another file system than the file: choose a directory on the same one, or "
               "delete the file and write it there with PutFile",
               quoted);
  return false;
}

bool
file_move_prepare (const char *path, const struct statx *status, const char *directory,
                   FileMoveConflict conflict, GError **error)
{
  g_autofree char *target = file_name_join (directory, file_move_get_name (path));
  struct statx found;
  bool is_right;
  int fd;

  if (*directory != '/') {
    g_autofree char *quoted = file_name_quote (directory);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the directory to move files to is %s: write it from the root on", quoted);
    return false;
  }
  if (g_mkdir_with_parents (directory, 0777) < 0)
    return file_name_set_errno (error, "make the directory", directory, errno);
  fd = open (directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return file_name_set_errno (error, "open the directory", directory, errno);
  is_right = check_directory (fd, path, status, directory, error);
  close (fd);
  if (!is_right || conflict != FILE_MOVE_FAIL)
    return is_right;
  return statx (AT_FDCWD, target, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &found) < 0 ||
         file_name_set_errno (error, "move a file to", target, EEXIST);
}

FileMove *
file_move_new (FileSource *source, const char *directory, FileMoveConflict conflict,
               uint64_t random)
{
  FileMove *move = g_new (FileMove, 1);

  *move = (FileMove){ source, g_strdup (directory), conflict, random };
  return move;
}

const char *
file_move_get_directory (const FileMove *move)
{
  return move->directory;
}

FileMoveConflict
file_move_get_conflict (const FileMove *move)
{
  return move->conflict;
}

uint64_t
file_move_get_random (const FileMove *move)
{
  return move->random;
}

void
file_move_free (void *data)
{
  FileMove *move = data;

  file_source_free (move->source);
  g_free (move->directory);
  g_free (move);
}

/* Unless the name is taken. Returns: 0, or -1 with errno. */
static int
rename_without_replacing (const char *from, const char *to)
{
  if (syscall (SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  /* A file system that does not know that, as NFS. */
  if (link (from, to) < 0)
    return -1;
  return unlink (from);
}

/* With the number before the suffix. Returns: (transfer full). */
static char *
make_other_name (const FileMove *move, const char *name)
{
  const char *dot = strrchr (name, '.');
  size_t n = dot != NULL && dot != name ? (size_t)(dot - name) : strlen (name);

  return g_strdup_printf ("%.*s-%016" G_GINT64_MODIFIER "x%s", (int)n, name, move->random,
                          name + n);
}

static void
tell (const FileMove *move, const char *target, int errnum)
{
  g_autofree char *quoted = file_name_quote (file_source_get_path (move->source));
  g_autofree char *doing = g_strdup_printf ("move %s, which stays there, to", quoted);
  GError *error = NULL;

  file_name_set_errno (&error, doing, target, errnum);
  file_sources_tell (file_source_get_sources (move->source), error);
}

void
file_move_run (void *data)
{
  FileMove *move = data;
  const char *path = file_source_get_path (move->source);
  const char *name = file_move_get_name (path);
  g_autofree char *target = file_name_join (move->directory, name);
  int status;

  if (!file_source_is_unchanged (move->source))
    return;
  if (move->conflict == FILE_MOVE_REPLACE)
    status = rename (path, target);
  else
    status = rename_without_replacing (path, target);
  if (status < 0 && errno == EEXIST && move->conflict == FILE_MOVE_KEEP) {
    file_source_delete (move->source);
    return;
  }
  if (status < 0 && errno == EEXIST && move->conflict == FILE_MOVE_RENAME) {
    g_autofree char *other = make_other_name (move, name);

    g_free (target);
    target = file_name_join (move->directory, other);
    status = rename_without_replacing (path, target);
  }
  if (status < 0)
    tell (move, target, errno);
}
