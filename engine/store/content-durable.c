/* content-durable.c: what the log and the runtime ask of contents that outlive the process. */
#include "store/content-durable.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/error.h"
#include "base/limits.h"
#include "store/claim-read.h"
#include "store/content-keeper.h"
#include "store/content-name.h"
#include "store/hollow.h"

WeirContentStore *
weir_content_store_new_durable (const WeirContentOptions *options, GError **error)
{
  WeirContentStore *store =
      g_aligned_alloc0 (1, sizeof (WeirContentStore), _Alignof(WeirContentStore));

  weir_content_pool_init (&store->pool, options->directory, options->fs);
  if (weir_content_keeper_new (options, &store->pool, error) != NULL)
    return store;
  weir_content_pool_clear (&store->pool);
  g_aligned_free (store);
  return NULL;
}

static bool
refuse (GError **error, const char *where, const char *what)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "content in %s %s; find out with 'weir data check' what else is damaged", where,
               what);
  return false;
}

/* Returns: (transfer full): NULL with @error. */
static WeirContentFile *
find_segment (WeirContentKeeper *keeper, const WeirContentRef *ref, GError **error)
{
  WeirContentFile *file =
      weir_content_segments_hold (&keeper->segments, ref->start / keeper->segment_size);
  g_autofree char *path = NULL;

  if (!weir_content_keeper_find_segment (keeper, file, error)) {
    weir_content_file_unref (file);
    return NULL;
  }
  if (ref->start - file->start <= file->size &&
      ref->size <= file->size - (ref->start - file->start))
    return file;
  path = weir_content_keeper_get_path (keeper, file);
  refuse (error, path, "should go on where the segment ends");
  weir_content_file_unref (file);
  return NULL;
}

/* Returns: (transfer full): NULL with @error. */
static WeirContentFile *
find_file (WeirContentKeeper *keeper, const WeirContentRef *ref, GError **error)
{
  WeirContentFile *file = weir_content_keeper_find (keeper, ref->file);
  g_autofree char *path = NULL;
  bool fits;

  if (file == NULL) {
    g_autofree char *name = weir_content_name_new (ref->file, "own or .shared");

    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is no file %s in %s, which has content of a FlowFile; bring it back, or "
                 "give up the FlowFile with 'weir data check --repair'",
                 name, keeper->pool->directory);
    return NULL;
  }
  if (!file->is_found) /* the store itself has said so */
    fits = true;
  else if (file->kind == WEIR_CONTENT_OWN)
    fits = ref->start == 0 && weir_claim_get_own_size (ref->size) <= file->size;
  else
    fits = ref->start <= file->size && ref->size <= file->size - ref->start;
  if (fits)
    return file;
  path = weir_content_keeper_get_path (keeper, file);
  refuse (error, path, "should go on where the file ends");
  weir_content_file_unref (file);
  return NULL;
}

static bool
is_sensible (const WeirContentRef *ref)
{
  return ref->length <= ref->size && ref->offset <= ref->size - ref->length &&
         ref->size <= INT64_MAX / 2 && ref->start <= INT64_MAX;
}

static WeirContent
make_content (WeirContentStore *store, WeirContentFile *file, const WeirContentRef *ref)
{
  WeirClaim *claim = weir_claim_new_file (store, file, ref->start, ref->size);

  claim->crc = ref->crc;
  return (WeirContent){ claim, ref->offset, ref->length };
}

bool
weir_content_store_open_claim (WeirContentStore *store, const WeirContentRef *ref,
                               WeirContent *ret_content, GError **error)
{
  WeirContentKeeper *keeper = store->pool.keeper;
  WeirContentFile *file = NULL;

  if (ref->where == WEIR_WHERE_NONE || ref->length == 0) {
    *ret_content = (WeirContent){ 0 };
    return true;
  }
  if (!is_sensible (ref))
    return refuse (error, keeper->pool->directory, "is not where and as long as the log says");
  if (ref->where == WEIR_WHERE_LOG)
    file = find_segment (keeper, ref, error);
  else if (ref->where == WEIR_WHERE_FILE)
    file = find_file (keeper, ref, error);
  else
    return refuse (error, keeper->pool->directory, "is in no place that outlives an entry");
  if (file == NULL)
    return false;
  *ret_content = make_content (store, file, ref);
  return true;
}

void
weir_content_store_sweep (WeirContentStore *store)
{
  g_clear_pointer (&store->pool.keeper->found, g_ptr_array_unref);
}

const void *
weir_content_describe (const WeirContent *content, WeirContentRef *ret_ref)
{
  WeirClaim *claim = content->claim;
  WeirContentRef ref = { .offset = content->offset, .length = content->size };

  if (claim == NULL) {
    *ret_ref = ref;
    return NULL;
  }
  ref.size = claim->size;
  if (claim->file == NULL) {
    if (claim->flight == 0) {
      claim->crc = weir_crc32c (0, claim->bytes, claim->size);
      claim->flight = weir_content_segments_begin (&claim->store->pool.keeper->segments);
    }
    ref.where = WEIR_WHERE_HERE;
  } else {
    ref.where = claim->file->kind == WEIR_CONTENT_SEGMENT ? WEIR_WHERE_LOG : WEIR_WHERE_FILE;
    ref.file = ref.where == WEIR_WHERE_FILE ? claim->file->number : 0;
    ref.start = claim->offset;
  }
  ref.crc = claim->crc;
  *ret_ref = ref;
  return ref.where == WEIR_WHERE_HERE ? claim->bytes : NULL;
}

void
weir_claim_set_place (WeirClaim *claim, uint64_t place)
{
  WeirContentKeeper *keeper = claim->store->pool.keeper;

  if (claim->file != NULL)
    return;
  g_assert (claim->is_in_memory && claim->flight != 0);
  claim->offset = place;
  claim->file = weir_content_segments_hold (&keeper->segments, place / keeper->segment_size);
  weir_content_segments_end (&keeper->segments, claim->flight);
  claim->flight = 0;
}

bool
weir_content_store_sync (WeirContentStore *store, GError **error)
{
  return weir_content_keeper_sync (store->pool.keeper, error);
}

void
weir_content_store_on_durable (WeirContentStore *store, uint64_t durable)
{
  WeirContentKeeper *keeper = store->pool.keeper;

  weir_content_segments_poll (&keeper->segments);
  weir_content_cleaner_on_durable (&keeper->cleaner, durable);
}

void
weir_content_store_release_segment (WeirContentStore *store, uint64_t number, uint64_t n_numbers)
{
  weir_content_segments_release (&store->pool.keeper->segments, number, n_numbers);
}

void
weir_content_store_hollow (WeirContentStore *store, GPtrArray *parts, uint64_t below)
{
  weir_hollow_begin (store->pool.keeper, parts, below);
}

void
weir_content_store_keep_all (WeirContentStore *store)
{
  atomic_store (&store->pool.keeper->keeps_all, true);
}

void
weir_content_store_settle (WeirContentStore *store)
{
  weir_content_cleaner_settle (&store->pool.keeper->cleaner);
}

bool
weir_content_store_open_archived (WeirContentStore *store, const WeirContentRef *ref,
                                  WeirContent *ret_content, GError **error)
{
  static const char *const kinds[] = {
    [WEIR_CONTENT_SHARED] = "shared", [WEIR_CONTENT_OWN] = "own"
  };
  WeirContentPool *pool = &store->pool;

  if (ref->where != WEIR_WHERE_FILE || !is_sensible (ref) || ref->length == 0)
    return refuse (error, pool->directory, "is of a kind that is not archived");
  for (WeirContentKind kind = WEIR_CONTENT_SHARED; kind <= WEIR_CONTENT_OWN; kind++) {
    g_autofree char *name = weir_content_name_new (ref->file, kinds[kind]);
    bool is_last = kind == WEIR_CONTENT_OWN;
    WeirContentFile *file;
    int fd;

    if (pool->keeper->archive == NULL)
      break;
    fd = weir_archive_open (pool->keeper->archive, name, is_last ? error : NULL);
    if (fd < 0 && is_last)
      return false;
    if (fd < 0)
      continue;
    file = weir_content_file_new_found (pool, kind, ref->file, 0);
    file->is_archived = true;
    file->fd = fd;
    file->n_users = 1; /* it may be gone when it is opened again */
    atomic_fetch_add (&pool->keeper->n_open, 1);
    *ret_content = make_content (store, file, ref);
    return true;
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "no archive is kept");
  return false;
}

WeirContentFile *
weir_content_hold_file (const WeirContent *content)
{
  if (content->claim == NULL || content->claim->file == NULL)
    return NULL;
  return weir_content_file_ref (content->claim->file);
}
