/* content-keeper.c: files with names, from their making to their end.
 *
 * The name of a file is durable, and its bytes are, before the frame that names it is written. It
 * is deleted when everything that was appended before its last reference went is durable. */
#include "store/content-keeper.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/content-name.h"
#include "store/mutant.h"

/* More than are read at one time; opening one again costs some microseconds. */
#define OPEN_MAX 4096

static const char *const suffixes[] = {
  [WEIR_CONTENT_SHARED] = "shared",
  [WEIR_CONTENT_OWN] = "own",
  [WEIR_CONTENT_SEGMENT] = "log",
};

static char *
make_path (WeirContentKeeper *keeper, WeirContentKind kind, uint64_t number)
{
  g_autofree char *name = weir_content_name_new (number, suffixes[kind]);

  return g_build_filename (
      kind == WEIR_CONTENT_SEGMENT ? keeper->log_directory : keeper->pool->directory, name, NULL);
}

char *
weir_content_keeper_get_path (WeirContentKeeper *keeper, const WeirContentFile *file)
{
  uint64_t number = file->number;

  if (file->kind == WEIR_CONTENT_SEGMENT && file->start > 0)
    number = file->start / keeper->segment_size;
  return make_path (keeper, file->kind, number);
}

static void
add_file (WeirContentKeeper *keeper, WeirContentFile *file)
{
  WEIR_LOCKED (&keeper->lock);

  g_hash_table_replace (keeper->files, &file->number, file);
}

static void
destroy_file (WeirContentKeeper *keeper, WeirContentFile *file)
{
  pthread_mutex_lock (&keeper->lock);
  if (g_hash_table_lookup (keeper->files, &file->number) == file)
    g_hash_table_remove (keeper->files, &file->number);
  pthread_mutex_unlock (&keeper->lock);
  weir_content_file_destroy (file);
}

WeirContentFile *
weir_content_keeper_create (WeirContentKeeper *keeper, WeirContentKind kind, GError **error)
{
  uint64_t number = atomic_fetch_add (&keeper->last_number, 1) + 1;
  g_autofree char *path = make_path (keeper, kind, number);
  int fd = weir_fs_open (keeper->pool->fs, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
                         0600, error);
  WeirContentFile *file;

  if (fd < 0)
    return NULL;
  atomic_store (&keeper->names_changed, true);
  file = weir_content_file_new_found (keeper->pool, kind, number, 0);
  file->fd = fd;
  file->n_users = 1;
  atomic_fetch_add (&keeper->n_open, 1);
  add_file (keeper, file);
  return file;
}

WeirContentFile *
weir_content_keeper_find (WeirContentKeeper *keeper, uint64_t number)
{
  WeirContentFile *file;
  size_t n_refs;

  WEIR_LOCKED (&keeper->lock);

  file = g_hash_table_lookup (keeper->files, &number);
  n_refs = file != NULL ? atomic_load (&file->n_refs) : 0;
  while (n_refs > 0)
    if (atomic_compare_exchange_weak (&file->n_refs, &n_refs, n_refs + 1))
      return file;
  return NULL;
}

/* Call with the lock held. */
static bool
find_segment (WeirContentKeeper *keeper, WeirContentFile *file, GError **error)
{
  /* The largest entry, in segments of the smallest size. */
  uint64_t most = WEIR_LIMIT_ENTRY / keeper->segment_size + 2;
  g_autofree char *path = NULL;
  struct stat status;

  if (file->start != 0)
    return true;
  for (uint64_t i = 0; i < most && i < file->number; i++) {
    g_free (path);
    path = make_path (keeper, file->kind, file->number - i);
    if (stat (path, &status) == 0) {
      file->start = (file->number - i) * keeper->segment_size;
      file->size = (uint64_t)status.st_size;
      return true;
    }
    if (errno != ENOENT)
      return weir_error_set_errno (error, "find content in", path, errno);
  }
  g_free (path);
  path = make_path (keeper, file->kind, file->number);
  return weir_error_set_errno (error, "find content in", path, ENOENT);
}

bool
weir_content_keeper_find_segment (WeirContentKeeper *keeper, WeirContentFile *file, GError **error)
{
  WEIR_LOCKED (&keeper->lock);

  return find_segment (keeper, file, error);
}

/* Once nobody refers to it. */
static bool
is_written_again (const WeirContentFile *file)
{
  return file->kind == WEIR_CONTENT_SHARED && !file->is_found;
}

int
weir_content_keeper_open (WeirContentKeeper *keeper, WeirContentFile *file, GError **error)
{
  g_autofree char *path = NULL;
  int fd;

  WEIR_LOCKED (&keeper->lock);

  fd = atomic_load_explicit (&file->fd, memory_order_relaxed);
  if (fd >= 0)
    return fd;
  if (file->kind == WEIR_CONTENT_SEGMENT && !find_segment (keeper, file, error))
    return -1;
  path = weir_content_keeper_get_path (keeper, file);
  fd = weir_fs_open (keeper->pool->fs, AT_FDCWD, path,
                     (is_written_again (file) ? O_RDWR : O_RDONLY) | O_NOFOLLOW, 0, error);
  atomic_store (&file->fd, fd);
  if (fd >= 0)
    atomic_fetch_add (&keeper->n_open, 1);
  return fd;
}

void
weir_content_keeper_close (WeirContentKeeper *keeper, WeirContentFile *file)
{
  int fd;

  WEIR_LOCKED (&keeper->lock);

  if (atomic_load (&file->n_users) > 0)
    return;
  fd = atomic_exchange (&file->fd, -1);
  if (fd < 0)
    return;
  if (atomic_load (&file->n_users) > 0) {
    /* Somebody has come meanwhile, and may have it already. */
    atomic_store (&file->fd, fd);
    return;
  }
  close (fd);
  atomic_fetch_sub (&keeper->n_open, 1);
}

void
weir_content_keeper_mark_dirty (WeirContentKeeper *keeper, WeirContentFile *file)
{
  if (!keeper->must_sync || atomic_exchange (&file->dirty, true))
    return;

  /* It is with a writer, and pinned. */
  atomic_fetch_add (&file->n_users, 1);
  WEIR_LOCKED (&keeper->lock);
  g_ptr_array_add (keeper->dirty, weir_content_file_ref (file));
}

static void
free_dirty (void *data)
{
  WeirContentFile *file = data;

  weir_content_file_unpin (file);
  weir_content_file_unref (file);
}

static GPtrArray *
take_dirty (WeirContentKeeper *keeper)
{
  GPtrArray *dirty = NULL;

  WEIR_LOCKED (&keeper->lock);

  if (keeper->dirty->len > 0) {
    dirty = keeper->dirty;
    keeper->dirty = g_ptr_array_new_with_free_func (free_dirty);
  }
  return dirty;
}

bool
weir_content_keeper_sync (WeirContentKeeper *keeper, GError **error)
{
  WeirFs *fs = keeper->pool->fs;
  g_autoptr (GPtrArray) dirty = NULL;

  if (!keeper->must_sync)
    return true;
  dirty = take_dirty (keeper);
  for (guint i = 0; dirty != NULL && i < dirty->len; i++) {
    WeirContentFile *file = g_ptr_array_index (dirty, i);

    /* Before the sync: what is written during it waits for the next one. */
    atomic_store (&file->dirty, false);
    if (!weir_fs_sync_data (fs, file->fd, NULL, error))
      return false;
  }
  return !atomic_exchange (&keeper->names_changed, false) ||
         weir_fs_sync_directory (fs, keeper->pool->directory, error);
}

/* What cannot be deleted now is deleted by the next start: nobody refers to it. */
static void
remove_file (WeirContentKeeper *keeper, const WeirContentFile *file)
{
  g_autofree char *path = weir_content_keeper_get_path (keeper, file);

  if (keeper->archive == NULL)
    weir_fs_unlink (keeper->pool->fs, path, NULL);
  else if (weir_archive_add (keeper->archive, path, NULL))
    weir_archive_trim (keeper->archive, NULL);
}

static void
on_file_due (void *owner, void *item, bool is_due)
{
  WeirContentKeeper *keeper = owner;
  WeirContentFile *file = item;

  if (is_due) {
    /* Writing over what is in the cache is cheaper than a new file. */
    if (is_written_again (file) && keeper->archive == NULL &&
        weir_content_pool_begin_anew (keeper->pool, file))
      return;
    remove_file (keeper, file);
  }
  destroy_file (keeper, file);
}

void
weir_content_keeper_let_go (WeirContentKeeper *keeper, WeirContentFile *file)
{
  if (atomic_load (&keeper->keeps_all) || file->is_archived)
    destroy_file (keeper, file);
  else
    weir_content_cleaner_add (&keeper->cleaner, on_file_due, file);
}

static void
on_segment_due (void *owner, void *item, bool is_due)
{
  WeirContentKeeper *keeper = owner;
  g_autofree WeirSegmentRelease *release = item;

  if (is_due)
    keeper->on_segment_free (keeper->data, release->number);
}

void
weir_content_keeper_let_go_segment (WeirContentKeeper *keeper, WeirSegmentRelease *release)
{
  if (atomic_load (&keeper->keeps_all))
    g_free (release);
  else
    weir_content_cleaner_add (&keeper->cleaner, on_segment_due, release);
}

static void
on_name (void *user, const WeirContentName *name)
{
  WeirContentKeeper *keeper = user;
  WeirContentFile *file;
  WeirContentKind kind;

  if (strcmp (name->kind, suffixes[WEIR_CONTENT_SHARED]) == 0)
    kind = WEIR_CONTENT_SHARED;
  else if (strcmp (name->kind, suffixes[WEIR_CONTENT_OWN]) == 0)
    kind = WEIR_CONTENT_OWN;
  else
    return;
  if (name->number > keeper->last_number)
    keeper->last_number = name->number;
  file = weir_content_file_new_found (keeper->pool, kind, name->number, name->size);
  file->is_found = true;
  g_ptr_array_add (keeper->found, file);
  add_file (keeper, file);
}

/* What a run has left that synced nothing may be in the page cache only: it says so by a file, and
 * a run that syncs brings all of it to disk before anything is built on it (storage design, rule
 * 6).
 */
static bool
settle (WeirContentKeeper *keeper, GError **error)
{
  WeirFs *fs = keeper->pool->fs;
  g_autofree char *parent = g_path_get_dirname (keeper->pool->directory);
  g_autofree char *mark = g_build_filename (keeper->pool->directory, "unsynced", NULL);
  WEIR_AUTO_FD int fd = -1;

  if (!keeper->must_sync) {
    fd = weir_fs_open (fs, AT_FDCWD, mark, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600, error);
    return fd >= 0;
  }
  if (access (mark, F_OK) == 0) {
    fd = weir_fs_open (fs, AT_FDCWD, keeper->pool->directory, O_RDONLY | O_DIRECTORY, 0, error);
    if (fd < 0 ||
        (!WEIR_MUTANT (10) && !weir_fs_sync_system (fs, fd, keeper->pool->directory, error)) ||
        !weir_fs_unlink (fs, mark, error))
      return false;
  }
  return weir_fs_sync_directory (fs, parent, error);
}

static bool
look_around (WeirContentKeeper *keeper, const WeirContentOptions *options, GError **error)
{
  WeirFs *fs = options->fs;
  WeirArchiveOptions archive = { .directory = options->archive_directory,
                                 .bytes = options->archive_bytes,
                                 .usec = options->archive_usec,
                                 .reserve = options->reserve,
                                 .clock = options->clock,
                                 .fs = fs };

  if (!weir_fs_make_directory (fs, options->directory, 0700, error) || !settle (keeper, error) ||
      !weir_content_name_each (fs, options->directory, on_name, keeper, error))
    return false;
  if (options->archive_bytes == 0)
    return true;
  keeper->archive = weir_archive_new (&archive, error);
  if (keeper->archive == NULL)
    return false;
  keeper->last_number = MAX (keeper->last_number, weir_archive_get_last_number (keeper->archive));
  return true;
}

static void
free_parts (WeirContentKeeper *keeper)
{
  g_ptr_array_unref (keeper->dirty);
  g_clear_pointer (&keeper->found, g_ptr_array_unref);
  g_hash_table_unref (keeper->files);
  weir_content_segments_clear (&keeper->segments);
  weir_archive_free (keeper->archive);
  pthread_mutex_destroy (&keeper->lock);
  g_free (keeper->log_directory);
  g_aligned_free (keeper);
}

/* The rest is for workers, the log, snapshots, and what processors open. */
static unsigned
get_open_max (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return OPEN_MAX;
  return (unsigned)CLAMP (limit.rlim_cur / 4, 1, OPEN_MAX);
}

WeirContentKeeper *
weir_content_keeper_new (const WeirContentOptions *options, WeirContentPool *pool, GError **error)
{
  WeirContentKeeper *keeper =
      g_aligned_alloc0 (1, sizeof (WeirContentKeeper), _Alignof(WeirContentKeeper));

  keeper->pool = pool;
  keeper->log_directory = g_strdup (options->log_directory);
  keeper->segment_size = options->segment_size != 0 ? options->segment_size : WEIR_LIMIT_SEGMENT;
  keeper->must_sync = options->must_sync;
  keeper->open_max = options->open_max != 0 ? options->open_max : get_open_max ();
  keeper->held_bytes = options->held_bytes != 0 ? options->held_bytes : WEIR_LIMIT_HELD;
  keeper->hollow_at = keeper->held_bytes;
  keeper->reserve = options->reserve;
  keeper->on_segment_free = options->on_segment_free;
  keeper->data = options->data;
  pthread_mutex_init (&keeper->lock, NULL);
  keeper->dirty = g_ptr_array_new_with_free_func (free_dirty);
  keeper->files = g_hash_table_new (g_int64_hash, g_int64_equal);
  keeper->found = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_content_file_unref);
  weir_content_segments_init (&keeper->segments, pool);
  pool->keeper = keeper;

  /* Until it is known to work, nothing may go. */
  keeper->keeps_all = true;
  if (!look_around (keeper, options, error) ||
      !weir_content_cleaner_init (&keeper->cleaner, options->get_appended, options->data, keeper,
                                  error)) {
    free_parts (keeper);
    pool->keeper = NULL;
    return NULL;
  }
  keeper->keeps_all = false;
  return keeper;
}

void
weir_content_keeper_free (WeirContentKeeper *keeper)
{
  if (keeper == NULL)
    return;
  weir_content_cleaner_clear (&keeper->cleaner);
  keeper->keeps_all = true;
  free_parts (keeper);
}
