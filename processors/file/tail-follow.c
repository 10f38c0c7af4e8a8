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
  bool is_done; /* it was read, or is passed over */
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
  Rotated *rotated = g_new0 (Rotated, 1);

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

static bool
is_passed (const TailFollow *follow, const Rotated *rotated)
{
  const TailPosition *end = tail_passed_find (follow->passed, &rotated->status);

  return end != NULL && has_mark (follow, rotated->path, end);
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
        has_mark (follow, rotated->path, position) && !is_passed (follow, rotated))
      return (int)i;
  }
  return -1;
}

static int64_t
get_changed (const GPtrArray *list, guint index)
{
  return tail_status_get_changed (&((const Rotated *)list->pdata[index])->status);
}

/* Finds out which were read before the one that was @found, or else before what was read from and
 * is gone. */
static void
mark_done (const TailFollow *follow, GPtrArray *list, const TailPosition *position, int found)
{
  int64_t last = found >= 0 ? get_changed (list, (guint)found) : position->changed;
  int n_tied = found >= 0 ? found : (int)list->len;

  for (int i = 0; i < (int)list->len; i++) {
    Rotated *rotated = list->pdata[i];
    int64_t changed = get_changed (list, (guint)i);

    rotated->is_done =
        i != found &&
        (changed < last || (changed == last && !follow->passed->is_known && i < n_tied) ||
         is_passed (follow, rotated));
  }
}

/* Returns: (transfer none) (nullable): the one to read next. */
static Rotated *
get_next (const GPtrArray *list, int found)
{
  if (found >= 0 && !((Rotated *)list->pdata[found])->is_done)
    return list->pdata[found];
  for (guint i = 0; i < list->len; i++) {
    Rotated *rotated = list->pdata[i];

    if (!rotated->is_done)
      return rotated;
  }
  return NULL;
}

/* What was read comes before what is read from now on: where it has a time from @changed on, that
 * would not tell. */
static void
remember_passed (const TailFollow *follow, const GPtrArray *list, int64_t changed)
{
  *follow->passed = (TailPassed){ .is_known = true };
  for (guint i = 0; i < list->len; i++) {
    const Rotated *rotated = list->pdata[i];
    TailSource source;

    if (!rotated->is_done || get_changed (list, i) < changed ||
        open_source (follow, rotated->path, &source) <= 0)
      continue;
    tail_passed_add (follow->passed, &source);
    tail_source_close (&source);
  }
}

/* So it is when what has the name is read. */
static void
remember_all (const TailFollow *follow, GPtrArray *list, int64_t changed)
{
  for (guint i = 0; i < list->len; i++)
    ((Rotated *)list->pdata[i])->is_done = true;
  remember_passed (follow, list, changed);
}

/* True if a copy was made of lines that were never read: of a file that was empty at the last look,
 * and is truncated now. What was renamed is older than the file that followed it. */
static bool
has_copy (const TailFollow *follow, const GPtrArray *list, const TailPosition *position)
{
  for (guint i = 0; i < list->len; i++) {
    const Rotated *rotated = list->pdata[i];
    const struct statx *status = &rotated->status;
    int64_t time = MIN (get_changed (list, i), tail_stamp_to_nsec (&status->stx_btime));

    if ((status->stx_mask & STATX_BTIME) != 0 &&
        (time > position->changed || (time == position->changed && follow->passed->is_known)) &&
        !is_passed (follow, rotated))
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
follow_rotated (const TailFollow *follow, GPtrArray *list, TailPosition *position, bool has_current,
                TailSource *ret_source, bool *ret_is_final)
{
  int found = find (follow, list, position);
  Rotated *rotated;

  mark_done (follow, list, position, found);
  while ((rotated = get_next (list, found)) != NULL) {
    bool is_found = found >= 0 && rotated == list->pdata[found];
    TailSource source;

    rotated->is_done = true;
    if (open_source (follow, rotated->path, &source) <= 0)
      continue;
    if (!is_found)
      tail_source_locate (&source, 0, position);
    *ret_is_final =
        is_settled (follow, &source.status, has_current || get_next (list, found) != NULL);
    if ((int64_t)source.status.stx_size > position->offset || !*ret_is_final) {
      rotated->is_done = false;
      if (!is_found)
        remember_passed (follow, list, tail_status_get_changed (&source.status));
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
  if (!is_same || has_copy (follow, list, position)) {
    if (follow_rotated (follow, list, position, current->fd >= 0, ret_source, ret_is_final)) {
      tail_source_close (current);
      return true;
    }
    if (current->fd < 0)
      return false;
    tail_source_locate (current, 0, position);
    remember_all (follow, list, position->changed);
    if (list->len > 0)
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
      (tail_status_get_changed (&current->status) == position->changed &&
       !follow->passed->is_known))
    return false;
  list = list_rotated (follow);
  for (guint i = 0; list != NULL && i < list->len; i++) {
    const Rotated *rotated = list->pdata[i];
    TailSource copy;
    bool is_it;

    if (rotated->status.stx_size <= current->status.stx_size ||
        get_changed (list, i) < position->changed || is_passed (follow, rotated) ||
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

/* The beginning is in what has the name, and what is rotated was read before it. */
static void
learn_passed (const TailFollow *follow, const TailPosition *position)
{
  g_autoptr (GPtrArray) list = NULL;

  if (follow->pattern == NULL || follow->passed->is_known)
    return;
  list = list_rotated (follow);
  if (list != NULL)
    remember_all (follow, list, position->changed);
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
  learn_passed (follow, position);
  *ret_source = current;
  *ret_is_final = false;
  return true;
}
