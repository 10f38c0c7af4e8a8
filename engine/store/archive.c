/* archive.c: a directory of files, the oldest first. */
#include "store/archive.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "store/content-name.h"

typedef struct {
  char *name;
  uint64_t size;
  int64_t since; /* wall */
} Kept;

struct WeirArchive {
  WeirFs *fs;
  WeirClock *clock;
  char *directory;
  uint64_t max_bytes;
  int64_t max_usec;
  WeirReserve *reserve;
  GQueue files; /* of Kept, the oldest first */
  _Atomic uint64_t bytes;
  uint64_t last_number;
};

static void
free_kept (Kept *kept)
{
  g_free (kept->name);
  g_free (kept);
}

/* Many are of one tick of the clock: their names are by age, too. */
static int
compare_age (const void *a, const void *b, void *user)
{
  const Kept *first = a, *second = b;

  if (first->since == second->since)
    return strcmp (first->name, second->name);
  return first->since > second->since ? 1 : -1;
}

static void
add (WeirArchive *archive, const char *name, uint64_t size, int64_t since)
{
  Kept *kept = g_new (Kept, 1);

  *kept = (Kept){ g_strdup (name), size, since };
  g_queue_push_tail (&archive->files, kept);
  atomic_fetch_add (&archive->bytes, size);
}

static void
on_name (void *user, const WeirContentName *name)
{
  WeirArchive *archive = user;

  add (archive, name->name, name->size, name->changed);
  archive->last_number = MAX (archive->last_number, name->number);
}

WeirArchive *
weir_archive_new (const WeirArchiveOptions *options, GError **error)
{
  WeirArchive *archive = g_new0 (WeirArchive, 1);

  archive->fs = options->fs;
  archive->clock = options->clock != NULL ? options->clock : weir_clock_system ();
  archive->directory = g_strdup (options->directory);
  archive->max_bytes = options->bytes;
  archive->max_usec = options->usec;
  archive->reserve = options->reserve;
  g_queue_init (&archive->files);
  if (!weir_fs_make_directory (archive->fs, archive->directory, 0700, error) ||
      !weir_content_name_each (archive->fs, archive->directory, on_name, archive, error)) {
    weir_archive_free (archive);
    return NULL;
  }
  g_queue_sort (&archive->files, compare_age, NULL);
  return archive;
}

void
weir_archive_free (WeirArchive *archive)
{
  if (archive == NULL)
    return;
  g_queue_clear_full (&archive->files, (GDestroyNotify)free_kept);
  g_free (archive->directory);
  g_free (archive);
}

bool
weir_archive_add (WeirArchive *archive, const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *to = g_build_filename (archive->directory, name, NULL);
  struct stat status;

  if (!weir_fs_rename (archive->fs, path, to, error))
    return false;
  add (archive, name, stat (to, &status) == 0 ? (uint64_t)status.st_size : 0,
       weir_clock_get_wall (archive->clock));
  return true;
}

bool
weir_archive_trim (WeirArchive *archive, GError **error)
{
  bool is_low = archive->reserve != NULL && weir_reserve_is_low (archive->reserve);
  uint64_t max_bytes = is_low ? 0 : archive->max_bytes;
  int64_t now = weir_clock_get_wall (archive->clock);
  Kept *kept;

  while ((kept = g_queue_peek_head (&archive->files)) != NULL) {
    bool is_old = archive->max_usec > 0 && kept->since < weir_time_add (now, -archive->max_usec);
    g_autofree char *path = g_build_filename (archive->directory, kept->name, NULL);

    if (!is_old && archive->bytes <= max_bytes)
      return true;
    /* What cannot be deleted counts no more, or it would be tried for ever. */
    g_queue_pop_head (&archive->files);
    atomic_fetch_sub (&archive->bytes, kept->size);
    free_kept (kept);
    if (!weir_fs_unlink (archive->fs, path, error))
      return false;
  }
  return true;
}

uint64_t
weir_archive_get_bytes (WeirArchive *archive)
{
  return archive->bytes;
}

uint64_t
weir_archive_get_last_number (WeirArchive *archive)
{
  return archive->last_number;
}

int
weir_archive_open (WeirArchive *archive, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (archive->directory, name, NULL);

  return weir_fs_open (archive->fs, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0, error);
}
