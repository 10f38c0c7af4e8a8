/* tail-lookup.c: a directory read to its end, and then those in it. */
#include "tail-lookup.h"

#include "name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Each is looked at several times a second. */
#define FILES_MAX 10000

#define DEPTH_MAX 64

static bool
is_wanted (const TailLookup *lookup, const char *relative, const struct stat *status)
{
  g_autofree char *text = file_name_to_text (relative);
  int64_t changed = CLAMP (status->st_mtim.tv_sec, -INT64_C (9000000000), INT64_C (9000000000));

  return S_ISREG (status->st_mode) && changed * G_USEC_PER_SEC >= lookup->oldest &&
         file_pattern_matches (lookup->wanted, text);
}

static void
tell (const TailLookup *lookup, const char *path, int errnum)
{
  GError *error = NULL;

  file_name_set_errno (&error, "open the directory", path, errnum);
  file_notices_tell (lookup->notices, error);
}

static void
look (const TailLookup *lookup, const char *relative, unsigned depth, GPtrArray *files)
{
  g_autofree char *path = file_name_join (lookup->base, relative);
  g_autoptr (GPtrArray) below = g_ptr_array_new_with_free_func (g_free);
  DIR *directory = opendir (path);
  const struct dirent *entry;

  if (directory == NULL) {
    tell (lookup, path, errno);
    return;
  }
  while (files->len < FILES_MAX && (entry = readdir (directory)) != NULL) {
    g_autofree char *name = file_name_join (relative, entry->d_name);
    bool is_link;
    struct stat status;

    if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0 ||
        fstatat (dirfd (directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
      continue;
    is_link = S_ISLNK (status.st_mode);
    if (is_link && fstatat (dirfd (directory), entry->d_name, &status, 0) < 0)
      continue;
    if (S_ISDIR (status.st_mode) && !is_link && lookup->recursive && depth < DEPTH_MAX)
      g_ptr_array_add (below, g_steal_pointer (&name));
    else if (is_wanted (lookup, name, &status))
      g_ptr_array_add (files, file_name_join (lookup->base, name));
  }
  closedir (directory);
  for (guint i = 0; i < below->len; i++)
    look (lookup, below->pdata[i], depth + 1, files);
}

static int
compare (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
tail_lookup (const TailLookup *lookup)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);

  look (lookup, "", 0, files);
  g_ptr_array_sort (files, compare);
  if (files->len == FILES_MAX) {
    g_autofree char *quoted = file_name_quote (lookup->base);

    file_notices_tell (
        lookup->notices,
        g_error_new (WEIR_ERROR, WEIR_ERROR_LIMIT,
                     "more than %d files in %s are to be tailed: the others are left "
                     "out; narrow File(s) to Tail",
                     FILES_MAX - 1, quoted));
  }
  return files;
}
