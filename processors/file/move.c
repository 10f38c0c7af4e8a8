/* move.c: a rename that replaces nothing by mistake, and a copy where no rename leads. */
#include "move.h"

#include "name.h"
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define CHUNK_SIZE (256 * 1024)

struct FileMove {
  FileSource *source;
  FileMovePlan plan;
  char *directory; /* the plan's */
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
check_directory (int fd, const char *path, const char *directory, uint64_t *ret_device,
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
  *ret_device = makedev (target.stx_dev_major, target.stx_dev_minor);
  return true;
}

bool
file_move_prepare (const char *path, const struct statx *status, FileMovePlan *plan, GError **error)
{
  g_autofree char *target = file_name_join (plan->directory, file_move_get_name (path));
  struct statx found;
  uint64_t device = 0;
  bool is_right;
  int fd;

  if (*plan->directory != '/') {
    g_autofree char *quoted = file_name_quote (plan->directory);

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                 "the directory to move files to is %s: write it from the root on", quoted);
    return false;
  }
  if (g_mkdir_with_parents (plan->directory, 0777) < 0)
    return file_name_set_errno (error, "make the directory", plan->directory, errno);
  fd = open (plan->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return file_name_set_errno (error, "open the directory", plan->directory, errno);
  is_right = check_directory (fd, path, plan->directory, &device, error);
  close (fd);
  if (!is_right)
    return false;
  plan->copies = device != file_identity (status).device;
  return plan->conflict != FILE_MOVE_FAIL ||
         statx (AT_FDCWD, target, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &found) < 0 ||
         file_name_set_errno (error, "move a file to", target, EEXIST);
}

/* --- the copy --- */

static FileTarget
target_of (const FileMovePlan *plan, FileFolder *folder, const char *name)
{
  return (
      FileTarget){ .folder = folder, .name = name, .owner = plan->owner, .id = plan->id, .fd = -1 };
}

/* Returns: false with errno. */
static bool
copy_bytes (int from, int to)
{
  g_autofree char *buffer = g_malloc (CHUNK_SIZE);
  off_t offset = 0;
  ssize_t n;

  while ((n = pread (from, buffer, CHUNK_SIZE, offset)) > 0) {
    for (ssize_t done = 0, written; done < n; done += written) {
      written = write (to, buffer + done, (size_t)(n - done));
      if (written < 0)
        return false;
    }
    offset += n;
  }
  return n == 0;
}

/* Who may not give files away keeps the copy: then it can do no more than its maker may. */
static bool
copy_stamp (const struct statx *status, int to)
{
  const struct timespec times[] = {
    { .tv_nsec = UTIME_OMIT },
    { .tv_sec = status->stx_mtime.tv_sec, .tv_nsec = status->stx_mtime.tv_nsec },
  };
  mode_t mode = status->stx_mode & 0777;

  if (fchown (to, status->stx_uid, status->stx_gid) == 0)
    mode = status->stx_mode & 07777;
  return fchmod (to, mode) == 0 && futimens (to, times) == 0;
}

bool
file_move_copy (const FileMovePlan *plan, const char *path, int fd, const struct statx *status,
                GError **error)
{
  FileFolder *folder = file_folder_open (plan->directory, false, error);
  FileTarget target = target_of (plan, folder, file_move_get_name (path));
  bool is_right;

  if (folder == NULL)
    return false;
  is_right = file_target_open (&target, 0600, error);
  if (is_right && (!copy_bytes (fd, target.fd) || !copy_stamp (status, target.fd)))
    is_right = file_name_set_errno (error, "copy, in order to move it,", path, errno);
  is_right = is_right && file_target_sync (&target, error) && file_folder_sync (folder, error);
  if (is_right)
    file_target_close (&target);
  else
    file_target_clear (&target);
  file_folder_free (folder);
  return is_right;
}

void
file_move_discard (const FileMovePlan *plan, const char *path)
{
  FileFolder *folder = file_folder_open (plan->directory, false, NULL);
  FileTarget target = target_of (plan, folder, file_move_get_name (path));

  if (folder == NULL)
    return;
  file_target_remove (&target);
  file_folder_free (folder);
}

/* --- the move --- */

FileMove *
file_move_new (FileSource *source, const FileMovePlan *plan)
{
  FileMove *move = g_new (FileMove, 1);

  *move = (FileMove){ source, *plan, g_strdup (plan->directory) };
  move->plan.directory = move->directory;
  return move;
}

const FileMovePlan *
file_move_get_plan (const FileMove *move)
{
  return &move->plan;
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

  return g_strdup_printf ("%.*s-%016" G_GINT64_MODIFIER "x%s", (int)n, name, move->plan.random,
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

/* Gives the copy its name. False with @error. */
static bool
publish (const FileMove *move, const FileTarget *target, GError **error)
{
  g_autofree char *name = make_other_name (move, target->name);
  FileTarget other = *target;
  GError *problem = NULL;

  if (file_target_publish (target, move->plan.conflict == FILE_MOVE_REPLACE, &problem))
    return true;
  if (move->plan.conflict == FILE_MOVE_FAIL ||
      !g_error_matches (problem, WEIR_ERROR, WEIR_ERROR_EXISTS)) {
    g_propagate_error (error, problem);
    return false;
  }
  g_error_free (problem);
  other.name = name;
  return move->plan.conflict == FILE_MOVE_KEEP || file_target_publish (&other, false, error);
}

/* A copy that an earlier run had made and that is no longer aside has its name. So one that was
 * refused stays aside, and its note with it. */
static void
publish_copy (FileMove *move)
{
  GError *error = NULL;
  FileFolder *folder = file_folder_open (move->directory, false, &error);
  FileTarget target =
      target_of (&move->plan, folder, file_move_get_name (file_source_get_path (move->source)));
  bool is_done =
      folder != NULL && file_source_is_left (move->source) && !file_target_is_aside (&target);

  is_done = is_done || (folder != NULL && publish (move, &target, &error));
  if (is_done && file_folder_sync (folder, &error)) {
    file_source_delete (move->source);
    file_target_remove (&target);
  } else {
    file_source_stay (move->source);
    file_sources_tell (file_source_get_sources (move->source), error);
  }
  file_folder_free (folder);
}

static void
rename_it (FileMove *move)
{
  const char *path = file_source_get_path (move->source);
  const char *name = file_move_get_name (path);
  g_autofree char *target = file_name_join (move->directory, name);
  int status;

  if (!file_source_is_unchanged (move->source))
    return;
  if (move->plan.conflict == FILE_MOVE_REPLACE)
    status = rename (path, target);
  else
    status = rename_without_replacing (path, target);
  if (status < 0 && errno == EEXIST && move->plan.conflict == FILE_MOVE_KEEP) {
    file_source_delete (move->source);
    return;
  }
  if (status < 0 && errno == EEXIST && move->plan.conflict == FILE_MOVE_RENAME) {
    g_autofree char *other = make_other_name (move, name);

    g_free (target);
    target = file_name_join (move->directory, other);
    status = rename_without_replacing (path, target);
  }
  if (status < 0)
    tell (move, target, errno);
}

void
file_move_run (void *data)
{
  FileMove *move = data;

  if (!move->plan.copies)
    rename_it (move);
  else if (file_source_is_unchanged (move->source))
    publish_copy (move);
  else
    file_move_discard (&move->plan, file_source_get_path (move->source));
}
