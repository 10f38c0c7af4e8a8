/* walk.c: a stack of open directories. */
#include "walk.h"

#include "name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Names of one directory that are held at a time. */
#define NAMES_MAX 10000

/* Each level is an open directory. */
#define DEPTH_MAX 64

#define BUFFER_SIZE (32 * 1024)

typedef enum {
  NOT_ASKED,
  WANTED,
  UNWANTED,
} Verdict;

typedef struct {
  int fd;
  char *path;
  GPtrArray *names; /* each behind a byte that is its type and 1 */
  guint next;
  bool is_read; /* no more names will come */
  Verdict verdict;
} Level;

struct FileWalk {
  FileWalkOptions options;
  GPtrArray *levels;
  char *buffer;
  bool has_failed;
};

static void
level_free (void *data)
{
  Level *level = data;

  close (level->fd);
  g_free (level->path);
  g_ptr_array_unref (level->names);
  g_free (level);
}

static void
push (FileWalk *walk, int fd, char *path)
{
  Level *level = g_new0 (Level, 1);

  level->fd = fd;
  level->path = path;
  level->names = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (walk->levels, level);
}

void
file_walk_free (FileWalk *walk)
{
  if (walk == NULL)
    return;
  g_ptr_array_unref (walk->levels);
  g_free (walk->buffer);
  g_free (walk);
}

/* Tells what is wrong with @name in @directory; no @errnum: @doing says it all. */
static void
tell (FileWalk *walk, const char *directory, const char *name, const char *doing, int errnum)
{
  g_autofree char *parent = file_name_join (walk->options.root, directory);
  g_autofree char *path = file_name_join (parent, name);
  g_autofree char *quoted = file_name_quote (path);
  GError *error = NULL;

  walk->has_failed = walk->has_failed || errnum != 0;
  if (errnum != 0)
    file_name_set_errno (&error, doing, path, errnum);
  else
    g_set_error (&error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s %s", quoted, doing);
  file_notices_tell (walk->options.notices, error);
}

FileWalk *
file_walk_new (const FileWalkOptions *options, int root)
{
  FileWalk *walk = g_new0 (FileWalk, 1);
  int fd = openat (root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  walk->options = *options;
  walk->levels = g_ptr_array_new_with_free_func (level_free);
  walk->buffer = g_malloc (BUFFER_SIZE);
  if (fd >= 0)
    push (walk, fd, g_strdup (""));
  else
    tell (walk, "", "", "open the directory", errno);
  return walk;
}

static char *
name_new (unsigned char type, const char *name)
{
  size_t size = strlen (name) + 1;
  char *typed = g_malloc (size + 1);

  typed[0] = (char)(type + 1);
  memcpy (typed + 1, name, size);
  return typed;
}

static int
compare (const void *a, const void *b)
{
  const char *const *x = a, *const *y = b;

  return strcmp (*x + 1, *y + 1);
}

/* Reads the next names. Returns: false when there are none. */
static bool
fill (FileWalk *walk, Level *level)
{
  ssize_t n = 0;

  g_ptr_array_set_size (level->names, 0);
  level->next = 0;
  while (!level->is_read && level->names->len < NAMES_MAX) {
    n = getdents64 (level->fd, walk->buffer, BUFFER_SIZE);
    level->is_read = n <= 0;
    for (ssize_t at = 0; at < n;) {
      const struct dirent64 *entry = (const struct dirent64 *)(walk->buffer + at);
      const char *name = entry->d_name;

      at += entry->d_reclen;
      if (strcmp (name, ".") != 0 && strcmp (name, "..") != 0)
        g_ptr_array_add (level->names, name_new (entry->d_type, name));
    }
  }
  if (n < 0 && errno != ENOENT) /* it was removed while it was read */
    tell (walk, level->path, "", "read the directory", errno);
  g_ptr_array_sort (level->names, compare);
  return level->names->len > 0;
}

static void
enter (FileWalk *walk, const Level *level, const char *name)
{
  const FileSettings *settings = walk->options.filter->settings;
  int fd;

  if (!settings->recurse || (settings->ignore_hidden && *name == '.'))
    return;
  if (walk->levels->len == DEPTH_MAX) {
    tell (walk, level->path, name, "lies too deep: bring what is in it further up", 0);
    return;
  }
  fd = openat (level->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0)
    push (walk, fd, g_strconcat (level->path, name, "/", NULL));
  else if (errno != ENOENT)
    tell (walk, level->path, name, "open the directory", errno);
}

/* Asked once a directory, and only when there is a file in it. */
static bool
is_wanted (FileWalk *walk, Level *level)
{
  if (level->verdict == NOT_ASKED) {
    bool wanted = file_filter_wants_directory (walk->options.filter, level->path);

    if (wanted && walk->options.removing &&
        faccessat (level->fd, ".", W_OK | X_OK, AT_EACCESS) < 0) {
      tell (walk, level->path, "", "delete files in the directory", errno);
      wanted = false;
    }
    level->verdict = wanted ? WANTED : UNWANTED;
  }
  return level->verdict == WANTED;
}

static bool
get_status (FileWalk *walk, const Level *level, const char *name, struct statx *ret_status)
{
  const unsigned mask = STATX_BASIC_STATS | STATX_BTIME;

  if (statx (level->fd, name, AT_SYMLINK_NOFOLLOW, mask, ret_status) == 0)
    return true;
  if (errno != ENOENT) /* somebody else was faster */
    tell (walk, level->path, name, "look at", errno);
  return false;
}

/* True for a file that is wanted; a directory is entered. */
static bool
look (FileWalk *walk, Level *level, const char *typed, int64_t wall, struct statx *ret_status)
{
  const FileFilter *filter = walk->options.filter;
  int type = typed[0] - 1;
  const char *name = typed + 1;
  bool is_unknown = type == DT_UNKNOWN; /* not every file system says it with the name */

  if (is_unknown && !get_status (walk, level, name, ret_status))
    return false;
  if (type == DT_DIR || (is_unknown && S_ISDIR (ret_status->stx_mode))) {
    enter (walk, level, name);
    return false;
  }
  if (!file_filter_wants_name (filter, name) || !is_wanted (walk, level) ||
      (!is_unknown && !get_status (walk, level, name, ret_status)))
    return false;
  if (S_ISREG (ret_status->stx_mode))
    return file_filter_wants_status (filter, ret_status, wall);
  tell (walk, level->path, name,
        S_ISLNK (ret_status->stx_mode)
            ? "is a symbolic link and is not followed: name the directory it leads to"
            : "is no regular file and is passed over",
        0);
  return false;
}

bool
file_walk_next (FileWalk *walk, int64_t wall, FileEntry *ret_entry)
{
  while (walk->levels->len > 0) {
    Level *level = walk->levels->pdata[walk->levels->len - 1];
    const char *typed;

    if (level->next == level->names->len && !fill (walk, level)) {
      g_ptr_array_set_size (walk->levels, (int)walk->levels->len - 1);
      continue;
    }
    typed = level->names->pdata[level->next++];
    if (look (walk, level, typed, wall, &ret_entry->status)) {
      ret_entry->directory = level->fd;
      ret_entry->path = level->path;
      ret_entry->name = typed + 1;
      return true;
    }
  }
  return false;
}

bool
file_walk_is_complete (const FileWalk *walk)
{
  return !walk->has_failed;
}
