/* content.c: the store, and slices of claims. */
#include "store/content.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/claim-read.h"
#include "store/content-keeper.h"
#include "store/content-writer.h"

WeirContentStore *
weir_content_store_new (const char *directory, WeirFs *fs, GError **error)
{
  WeirContentStore *store;

  if (directory == NULL)
    directory = g_getenv ("TMPDIR");
  if (directory == NULL || *directory == '\0')
    directory = "/var/tmp";
  if (access (directory, W_OK | X_OK) < 0) {
    weir_error_set_errno (error, "keep content in", directory, errno);
    return NULL;
  }

  store = g_aligned_alloc0 (1, sizeof (WeirContentStore), _Alignof(WeirContentStore));
  weir_content_pool_init (&store->pool, directory, fs);
  return store;
}

void
weir_content_store_free (WeirContentStore *store)
{
  WeirContentUsage usage;

  if (store == NULL)
    return;
  weir_content_store_get_usage (store, &usage);
  g_assert (usage.n_claims == 0);
  weir_content_keeper_free (store->pool.keeper);
  store->pool.keeper = NULL; /* which would count the files that go now */
  weir_content_pool_clear (&store->pool);
  g_aligned_free (store);
}

void
weir_content_store_get_usage (WeirContentStore *store, WeirContentUsage *ret_usage)
{
  int64_t n_claims = 0, memory_bytes = 0, disk_bytes = 0;

  for (unsigned i = 0; i < WEIR_CONTENT_SHARDS; i++) {
    n_claims += store->shards[i].n_claims;
    memory_bytes += store->shards[i].memory_bytes;
    disk_bytes += store->shards[i].disk_bytes;
  }
  /* Below zero while others work: a claim's end was seen, its birth was not yet. */
  ret_usage->n_claims = (uint64_t)MAX (n_claims, 0);
  ret_usage->memory_bytes = (uint64_t)MAX (memory_bytes, 0);
  ret_usage->disk_bytes = (uint64_t)MAX (disk_bytes, 0);
}

bool
weir_content_store_put (WeirContentStore *store, const void *data, size_t size,
                        WeirContent *ret_content, GError **error)
{
  WeirContentWriter writer;

  if (size == 0) {
    *ret_content = (WeirContent){ 0 };
    return true;
  }
  if (weir_claim_belongs_in_memory (store, size)) {
    WeirClaim *claim = weir_claim_new_memory (store, size);

    memcpy (claim->bytes, data, size);
    *ret_content = (WeirContent){ claim, 0, size };
    return true;
  }
  weir_content_writer_init (&writer, store);
  if (weir_content_writer_write (&writer, data, size, error))
    return weir_content_writer_close (&writer, ret_content, error);
  weir_content_writer_clear (&writer);
  return false;
}

WeirContent
weir_content_ref (const WeirContent *content)
{
  if (content->claim != NULL)
    weir_claim_ref (content->claim);
  return *content;
}

WeirContent
weir_content_slice (const WeirContent *content, uint64_t offset, uint64_t size)
{
  g_assert (offset <= content->size && size <= content->size - offset);
  if (size == 0)
    return (WeirContent){ 0 };
  return (WeirContent){ weir_claim_ref (content->claim), content->offset + offset, size };
}

void
weir_content_clear (WeirContent *content)
{
  WeirClaim *claim = content->claim;

  *content = (WeirContent){ 0 };
  weir_claim_unref (claim);
}

static bool
map (WeirContentView *view, const WeirContent *content, GError **error)
{
  WeirClaim *claim = content->claim;
  const WeirContentPool *pool = &claim->store->pool;
  uint64_t position, in_page;
  int fd, errnum = pool->fs != NULL ? pool->fs->on_call (pool->fs, WEIR_FS_MAP) : 0;

  if (!weir_claim_verify (claim, content->offset, content->size, error) ||
      !weir_claim_locate (claim, content->offset, &fd, &position, error))
    return false;
  in_page = position % (uint64_t)sysconf (_SC_PAGESIZE);
  view->mapping_size = content->size + in_page;
  if (errnum == 0) {
    view->mapping =
        mmap (NULL, view->mapping_size, PROT_READ, MAP_SHARED, fd, (off_t)(position - in_page));
    errnum = view->mapping == MAP_FAILED ? errno : 0;
  }
  weir_content_file_unpin (claim->file);
  if (errnum != 0)
    return weir_error_set_errno (error, "map", pool->label, errnum);
  view->bytes.data = (const char *)view->mapping + in_page;
  return true;
}

/* A copy: cheaper than a mapping for so little. */
static bool
read_small (WeirContentView *view, const WeirContent *content, GError **error)
{
  view->copy = g_malloc (content->size);
  if (!weir_claim_read (content->claim, content->offset, view->copy, content->size, error)) {
    g_free (view->copy);
    return false;
  }
  view->bytes.data = view->copy;
  return true;
}

bool
weir_content_view_open (const WeirContent *content, WeirContentView *ret_view, GError **error)
{
  const WeirClaim *claim = content->claim;
  WeirContentView view = { { NULL, content->size }, { 0 }, NULL, 0, NULL };

  if (claim == NULL) {
    *ret_view = view;
    return true;
  }
  if (claim->is_in_memory)
    view.bytes.data = claim->bytes + content->offset;
  else if (content->size <= WEIR_LIMIT_CONTENT_INLINE) {
    if (!read_small (&view, content, error))
      return false;
  } else if (!map (&view, content, error)) {
    return false;
  }
  view.content = weir_content_ref (content);
  *ret_view = view;
  return true;
}

void
weir_content_view_close (WeirContentView *view)
{
  if (view->mapping != NULL)
    munmap (view->mapping, view->mapping_size);
  g_free (view->copy);
  weir_content_clear (&view->content);
  *view = (WeirContentView){ 0 };
}
