/* tail-follow.c: the rotated files of a directory, by age, and the place of a position in them. */
#include "tail-follow.h"

#include "name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* A rotation that keeps more files is a pattern that means others. */
#define ROTATED_MAX 10000

/* While nobody has the name, a rotated file is waited for at least this long. */
#define SETTLE_USEC (10 * G_USEC_PER_SEC)

typedef struct {
  char *path;
  struct statx status;
} Rotated;

static void
rotated_free (void *data)
{
  Rotated *rotated = data;

  g_free (rotated->path);
  g_free (rotated);
}

static int
compare_times (const struct statx_timestamp *a, const struct statx_timestamp *b)
{
  if (a->tv_sec != b->tv_sec)
    return a->tv_sec < b->tv_sec ? -1 : 1;
  return (a->tv_nsec > b->tv_nsec) - (a->tv_nsec < b->tv_nsec);
}

/* By the last write; what was written in the same instant, by when it was made. */
static int
compare (const void *a, const void *b)
{
  const Rotated *x = *(const Rotated *const *)a, *y = *(const Rotated *const *)b;
  int order = compare_times (&x->status.stx_mtime, &y->status.stx_mtime);

  if (order == 0)
    order = compare_times (&x->status.stx_btime, &y->status.stx_btime);
  return order != 0 ? order : strcmp (x->path, y->path);
}

char *
tail_follow_make_pattern (const char *rolling, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_auto (GStrv) parts = g_strsplit (rolling, "${filename}", -1);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  return g_strjoinv (name, parts);
}

/* Their lines were read before they were compressed. */
static bool
is_compressed (const char *name)
{
  static const char *const suffixes[] = { ".gz", ".bz2", ".xz", ".zst", ".lz4", ".Z", ".zip" };

  for (size_t i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    if (g_str_has_suffix (name, suffixes[i]))
      return true;
  }
  return false;
}

static void
add (GPtrArray *list, char *path)
{
  Rotated *rotated = g_new (Rotated, 1);

  rotated->path = path;
  if (statx (AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
             &rotated->status) == 0 &&
      S_ISREG (rotated->status.stx_mode))
    g_ptr_array_add (list, rotated);
  else
    rotated_free (rotated);
}

static void
fill (GPtrArray *list, const TailFollow *follow, DIR *directory, const char *parent)
{
  g_autofree char *own = g_path_get_basename (follow->path);
  g_autofree char *text = file_name_to_text (follow->pattern);
  GPatternSpec *spec = g_pattern_spec_new (text);
  const struct dirent *entry;

  while (list->len < ROTATED_MAX && (entry = readdir (directory)) != NULL) {
    g_autofree char *name = file_name_to_text (entry->d_name);

    if (strcmp (entry->d_name, own) != 0 && g_pattern_spec_match_string (spec, name) &&
        !is_compressed (name))
      add (list, file_name_join (parent, entry->d_name));
  }
  g_pattern_spec_free (spec);
}

static void
tell (const TailFollow *follow, const char *doing, const char *path, int errnum)
{
  GError *error = NULL;

  file_name_set_errno (&error, doing, path, errnum);
  file_notices_tell (follow->notices, error);
}

/* Returns: (transfer full) (nullable): oldest first; NULL when that cannot be known. */
static GPtrArray *
list_rotated (const TailFollow *follow)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (rotated_free);
  g_autofree char *parent = g_path_get_dirname (follow->path);
  DIR *directory;

  if (follow->pattern == NULL)
    return list;
  directory = opendir (parent);
  if (directory == NULL) {
    if (errno == ENOENT)
      return list;
    tell (follow, "look for rotated files in", parent, errno);
    g_ptr_array_unref (list);
    return NULL;
  }
  fill (list, follow, directory, parent);
  closedir (directory);
  g_ptr_array_sort (list, compare);
  return list;
}

/* Returns: as tail_source_open; what is wrong was told. */
static int
open_source (const TailFollow *follow, const char *path, TailSource *source)
{
  GError *error = NULL;
  int found = tail_source_open (source, path, &error);

  if (error != NULL)
    file_notices_tell (follow->notices, error);
  return found;
}

/* Returns: as tail_source_check_mark; what is wrong was told. */
static int
check_mark (const TailFollow *follow, const char *path, const TailSource *source,
            const TailPosition *position)
{
  int is_it = tail_source_check_mark (source, position);

  if (is_it < 0)
    tell (follow, "read", path, errno);
  return is_it;
}

static bool
has_mark (const TailFollow *follow, const char *path, const TailPosition *position)
{
  TailSource source;
  bool is_it;

  if (open_source (follow, path, &source) <= 0)
    return false;
  is_it = check_mark (follow, path, &source, position) > 0;
  tail_source_close (&source);
  return is_it;
}

/* The file that was read from, or a copy of it. Returns: its index, -1. */
static int
find (const TailFollow *follow, const GPtrArray *list, const TailPosition *position)
{
  for (guint i = 0; i < list->len; i++) {
    const Rotated *rotated = list->pdata[i];

    if (tail_status_is_same_file (&rotated->status, position) &&
        has_mark (follow, rotated->path, position))
      return (int)i;
  }
  for (guint i = 0; position->offset > 0 && i < list->len; i++) {
    const Rotated *rotated = list->pdata[i];

    if ((int64_t)rotated->status.stx_size >= position->offset &&
        tail_status_get_changed (&rotated->status) >= position->changed &&
        has_mark (follow, rotated->path, position))
      return (int)i;
  }
  return -1;
}

static int64_t
get_changed (const GPtrArray *list, guint index)
{
  return tail_status_get_changed (&((const Rotated *)list->pdata[index])->status);
}

/* The oldest that was rotated after the file that was read from and is gone. */
static guint
find_later (const GPtrArray *list, const TailPosition *position)
{
  guint i = 0;

  while (i < list->len && get_changed (list, i) <= position->changed)
    i++;
  return i;
}

/* True if a copy was made of lines that were never read: of a file that was empty at the last look,
 * and is truncated now. What was renamed is older than the file that followed it. */
static bool
has_copy (const GPtrArray *list, const TailPosition *position)
{
  for (guint i = find_later (list, position); i < list->len; i++) {
    const struct statx *status = &((const Rotated *)list->pdata[i])->status;

    if ((status->stx_mask & STATX_BTIME) != 0 &&
        tail_stamp_to_nsec (&status->stx_btime) > position->changed)
      return true;
  }
  return false;
}

static bool
is_settled (const TailFollow *follow, const struct statx *status, bool has_successor)
{
  int64_t age = follow->wall - tail_status_get_changed (status) / 1000;
  int64_t period = has_successor ? follow->period : MAX (follow->period, SETTLE_USEC);

  return period == 0 || ABS (age) >= period;
}

static bool
follow_rotated (const TailFollow *follow, const GPtrArray *list, TailPosition *position,
                bool has_current, TailSource *ret_source, bool *ret_is_final)
{
  int found = find (follow, list, position);
  guint i = found >= 0 ? (guint)found : find_later (list, position);

  for (; i < list->len; i++) {
    const Rotated *rotated = list->pdata[i];
    TailSource source;

    if (open_source (follow, rotated->path, &source) <= 0)
      continue;
    if ((int)i != found)
      tail_source_locate (&source, 0, position);
    *ret_is_final = is_settled (follow, &source.status, has_current || i + 1 < list->len);
    if ((int64_t)source.status.stx_size > position->offset || !*ret_is_final) {
      *ret_source = source;
      return true;
    }
    tail_source_close (&source);
  }
  return false;
}

/* What has the name is not what was read, or nothing of it was read. Takes what is open in
 * @current. */
static bool
find_next (const TailFollow *follow, TailPosition *position, TailSource *current, bool is_same,
           TailSource *ret_source, bool *ret_is_final)
{
  g_autoptr (GPtrArray) list = list_rotated (follow);

  if (list == NULL) {
    tail_source_close (current);
    return false;
  }
  if (!is_same || has_copy (list, position)) {
    if (follow_rotated (follow, list, position, current->fd >= 0, ret_source, ret_is_final)) {
      tail_source_close (current);
      return true;
    }
    if (current->fd < 0)
      return false;
    tail_source_locate (current, 0, position);
    if (list->len > 0) /* all of them were seen */
      position->changed = MAX (position->changed, get_changed (list, list->len - 1));
  }
  *ret_source = *current;
  *ret_is_final = false;
  return true;
}

/* What was read stands at the beginning of the file, but of a copy, too, that was made later and
 * has more than there is now: the file was truncated in between, and began as it did before. Moves
 * @position to the copy. */
static bool
find_truncated (const TailFollow *follow, const TailSource *current, TailPosition *position)
{
  g_autoptr (GPtrArray) list = NULL;

  if (follow->pattern == NULL || (int64_t)current->status.stx_size >= follow->size ||
      tail_status_get_changed (&current->status) == position->changed)
    return false;
  list = list_rotated (follow);
  for (guint i = 0; list != NULL && i < list->len; i++) {
    const Rotated *rotated = list->pdata[i];
    TailSource copy;
    bool is_it;

    if (rotated->status.stx_size <= current->status.stx_size ||
        get_changed (list, i) < position->changed ||
        open_source (follow, rotated->path, &copy) <= 0)
      continue;
    is_it = check_mark (follow, rotated->path, &copy, position) > 0 &&
            tail_source_locate (&copy, position->offset, position);
    tail_source_close (&copy);
    if (is_it)
      return true;
  }
  return false;
}

bool
tail_follow (const TailFollow *follow, TailPosition *position, TailSource *ret_source,
             bool *ret_is_final)
{
  TailSource current;
  int is_same = 0;

  if (open_source (follow, follow->path, &current) < 0)
    return false;
  if (current.fd >= 0 && tail_status_is_same_file (&current.status, position))
    is_same = check_mark (follow, follow->path, &current, position);
  if (is_same < 0) {
    tail_source_close (&current);
    return false;
  }
  if (is_same > 0 && position->offset > 0 && find_truncated (follow, &current, position))
    is_same = 0;
  if (is_same == 0 || position->offset == 0)
    return find_next (follow, position, &current, is_same > 0, ret_source, ret_is_final);
  *ret_source = current;
  *ret_is_final = false;
  return true;
}
