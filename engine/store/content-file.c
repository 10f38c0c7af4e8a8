/* content-file.c: a pool of segments, and files that vanish with their last reference. */
#include "store/content-file.h"

#include <stdatomic.h>
#include <string.h>

#include "base/limits.h"

void
weir_content_pool_init (WeirContentPool *pool, const char *directory, WeirFs *fs)
{
  *pool = (WeirContentPool){ .fs = fs, .lock = PTHREAD_MUTEX_INITIALIZER };
  pool->directory = g_strdup (directory);
  pool->label = g_strdup_printf ("%s (content of FlowFiles)", directory);
}

static void
destroy (WeirContentFile *file)
{
  close (file->fd);
  g_free (file);
}

void
weir_content_pool_clear (WeirContentPool *pool)
{
  for (unsigned i = 0; i < pool->n_idle; i++) {
    g_assert (pool->idle[i]->n_refs == 1);
    destroy (pool->idle[i]);
  }
  pthread_mutex_destroy (&pool->lock);
  g_free (pool->directory);
  g_free (pool->label);
}

static WeirContentFile *
new_file (WeirContentPool *pool, bool shared, GError **error)
{
  int fd = weir_fs_open_unnamed (pool->fs, pool->directory, error);
  WeirContentFile *file;

  if (fd < 0)
    return NULL;
  file = g_new0 (WeirContentFile, 1);
  file->pool = pool;
  file->fd = fd;
  file->shared = shared;
  atomic_init (&file->n_refs, 1);
  return file;
}

WeirContentFile *
weir_content_file_new (WeirContentPool *pool, GError **error)
{
  return new_file (pool, false, error);
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
    /* No claim has a reference, and only a claim can give one: nobody reads it any more. */
    if (atomic_load_explicit (&file->n_refs, memory_order_acquire) == 1)
      file->end = 0;
    if (file->end + WEIR_LIMIT_CONTENT_SHARED <= WEIR_LIMIT_CONTENT_SEGMENT)
      return file;
    weir_content_file_unref (file);
  }
  return new_file (pool, true, error);
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
    weir_content_file_unref (file);
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
  if (file == NULL || atomic_fetch_sub_explicit (&file->n_refs, 1, memory_order_acq_rel) != 1)
    return;

  if (file->shared) {
    atomic_store_explicit (&file->n_refs, 1, memory_order_relaxed);
    if (keep (file->pool, file))
      return;
  }
  destroy (file);
}
