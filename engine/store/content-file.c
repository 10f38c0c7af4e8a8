/* content-file.c: a pool of shared files, and files that vanish with their last reference. */
#include "store/content-file.h"

#include <stdatomic.h>
#include <string.h>

#include "base/limits.h"
#include "store/content-keeper.h"
#include "store/content-segments.h"

void
weir_content_pool_init (WeirContentPool *pool, const char *directory, WeirFs *fs)
{
  *pool = (WeirContentPool){ .fs = fs, .lock = PTHREAD_MUTEX_INITIALIZER };
  pool->directory = g_strdup (directory);
  pool->label = g_strdup_printf ("%s (content of FlowFiles)", directory);
}

void
weir_content_file_destroy (WeirContentFile *file)
{
  if (file->fd >= 0) {
    close (file->fd);
    if (file->pool->keeper != NULL)
      atomic_fetch_sub (&file->pool->keeper->n_open, 1);
  }
  g_free (file);
}

void
weir_content_pool_clear (WeirContentPool *pool)
{
  for (unsigned i = 0; i < pool->n_idle; i++) {
    g_assert (pool->idle[i]->n_refs == 1);
    weir_content_file_destroy (pool->idle[i]);
  }
  pthread_mutex_destroy (&pool->lock);
  g_free (pool->directory);
  g_free (pool->label);
}

/* The reference of somebody who has written to it. */
static void
leave (WeirContentFile *file)
{
  weir_content_file_unpin (file);
  weir_content_file_unref (file);
}

static WeirContentFile *
new_file (WeirContentPool *pool, WeirContentKind kind, GError **error)
{
  WeirContentFile *file;
  int fd;

  if (pool->keeper != NULL)
    return weir_content_keeper_create (pool->keeper, kind, error);
  fd = weir_fs_open_unnamed (pool->fs, pool->directory, error);
  if (fd < 0)
    return NULL;
  file = weir_content_file_new_found (pool, kind, 0, 0);
  file->fd = fd;
  return file;
}

WeirContentFile *
weir_content_file_new (WeirContentPool *pool, GError **error)
{
  return new_file (pool, WEIR_CONTENT_OWN, error);
}

WeirContentFile *
weir_content_file_new_found (WeirContentPool *pool, WeirContentKind kind, uint64_t number,
                             uint64_t size)
{
  WeirContentFile *file = g_new0 (WeirContentFile, 1);

  file->pool = pool;
  file->kind = kind;
  file->number = number;
  file->size = size;
  atomic_init (&file->fd, -1);
  atomic_init (&file->n_refs, 1);
  return file;
}

/* The newest first: most of it is in the cache. */
static WeirContentFile *
take_idle (WeirContentPool *pool)
{
  WEIR_LOCKED (&pool->lock);

  return pool->n_idle > 0 ? pool->idle[--pool->n_idle] : NULL;
}

WeirContentFile *
weir_content_pool_take (WeirContentPool *pool, GError **error)
{
  WeirContentFile *file;

  while ((file = take_idle (pool)) != NULL) {
    /* No claim has a reference, and only a claim can give one: nobody reads it any more. One with a
     * name waits until that is durable. */
    if (pool->keeper == NULL && atomic_load_explicit (&file->n_refs, memory_order_acquire) == 1)
      file->end = 0;
    if (file->end + WEIR_LIMIT_CONTENT_SHARED <= WEIR_LIMIT_CONTENT_SEGMENT)
      return file;
    leave (file);
  }
  return new_file (pool, WEIR_CONTENT_SHARED, error);
}

static bool
keep (WeirContentPool *pool, WeirContentFile *file)
{
  WEIR_LOCKED (&pool->lock);

  if (pool->n_idle == WEIR_CONTENT_POOL_SIZE)
    return false;
  pool->idle[pool->n_idle++] = file;
  return true;
}

void
weir_content_pool_give_back (WeirContentPool *pool, WeirContentFile *file)
{
  if (!keep (pool, file))
    leave (file);
}

bool
weir_content_pool_begin_anew (WeirContentPool *pool, WeirContentFile *file)
{
  if (pool->keeper != NULL) {
    atomic_fetch_add (&file->n_users, 1);
    if (weir_content_keeper_open (pool->keeper, file, NULL) < 0)
      return false;
  }
  atomic_store_explicit (&file->n_refs, 1, memory_order_relaxed);
  file->end = 0;
  return keep (pool, file);
}

/* Who closes a file looks for users, takes the descriptor away, and looks again; who uses it counts
 * himself first, and waits for the keeper when there is no descriptor. */
int
weir_content_file_pin (WeirContentFile *file, GError **error)
{
  WeirContentKeeper *keeper = file->pool->keeper;
  int fd;

  if (keeper == NULL)
    return file->fd;
  atomic_fetch_add (&file->n_users, 1);
  fd = atomic_load (&file->fd);
  if (fd < 0)
    fd = weir_content_keeper_open (keeper, file, error);
  if (fd < 0)
    atomic_fetch_sub (&file->n_users, 1);
  return fd;
}

void
weir_content_file_unpin (WeirContentFile *file)
{
  WeirContentKeeper *keeper = file->pool->keeper;

  if (keeper != NULL && atomic_fetch_sub (&file->n_users, 1) == 1 &&
      atomic_load_explicit (&keeper->n_open, memory_order_relaxed) > keeper->open_max)
    weir_content_keeper_close (keeper, file);
}

const char *
weir_content_file_get_label (const WeirContentFile *file)
{
  return file->pool->keeper == NULL ? file->pool->label : NULL;
}

char *
weir_content_file_describe (const WeirContentFile *file)
{
  if (file->pool->keeper == NULL)
    return g_strdup (file->pool->label);
  return weir_content_keeper_get_path (file->pool->keeper, file);
}

WeirContentFile *
weir_content_file_ref (WeirContentFile *file)
{
  atomic_fetch_add_explicit (&file->n_refs, 1, memory_order_relaxed);
  return file;
}

void
weir_content_file_unref (WeirContentFile *file)
{
  if (file == NULL)
    return;
  if (file->kind == WEIR_CONTENT_SEGMENT) {
    weir_content_segments_unref (&file->pool->keeper->segments, file);
    return;
  }
  if (atomic_fetch_sub_explicit (&file->n_refs, 1, memory_order_acq_rel) != 1)
    return;
  if (file->pool->keeper != NULL)
    weir_content_keeper_let_go (file->pool->keeper, file);
  else if (file->kind != WEIR_CONTENT_SHARED || !weir_content_pool_begin_anew (file->pool, file))
    weir_content_file_destroy (file);
}
