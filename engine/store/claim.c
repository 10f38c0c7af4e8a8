/* claim.c: birth and end of claims, and what they add up to. */
#include "store/claim.h"

#include <sched.h>

#include "base/limits.h"
#include "store/content-keeper.h"

static void
count (WeirClaim *claim, int sign)
{
  WeirContentShard *shard = &claim->store->shards[(unsigned)sched_getcpu () % WEIR_CONTENT_SHARDS];

  atomic_fetch_add_explicit (&shard->n_claims, sign, memory_order_relaxed);
  atomic_fetch_add_explicit (claim->is_in_memory ? &shard->memory_bytes : &shard->disk_bytes,
                             sign * (int64_t)claim->size, memory_order_relaxed);
}

static void
set_up (WeirClaim *claim, WeirContentStore *store, uint64_t size)
{
  claim->store = store;
  claim->size = size;
  atomic_init (&claim->n_refs, 1);
  claim->crc = 0;
  claim->flight = 0;
  atomic_init (&claim->state, WEIR_CLAIM_UNKNOWN);
  count (claim, 1);
}

WeirClaim *
weir_claim_new_memory (WeirContentStore *store, size_t size)
{
  WeirClaim *claim = g_malloc (sizeof (WeirClaim) + size);

  claim->file = NULL;
  claim->offset = 0;
  claim->is_in_memory = true;
  set_up (claim, store, size);
  return claim;
}

WeirClaim *
weir_claim_new_file (WeirContentStore *store, WeirContentFile *file, uint64_t offset, uint64_t size)
{
  size_t n_blocks = 0;
  WeirClaim *claim;

  if (file->kind == WEIR_CONTENT_OWN && store->pool.keeper != NULL)
    n_blocks = weir_content_sums_get_n_blocks (size);
  claim = g_malloc0 (sizeof (WeirClaim) + n_blocks * (sizeof (uint32_t) + 1));
  claim->file = file;
  claim->offset = offset;
  claim->is_in_memory = false;
  set_up (claim, store, size);
  return claim;
}

bool
weir_claim_belongs_in_memory (WeirContentStore *store, uint64_t size)
{
  int64_t total = 0;

  if (size < WEIR_LIMIT_CONTENT_TINY)
    return true;
  if (size > WEIR_LIMIT_CONTENT_INLINE)
    return false;
  for (unsigned i = 0; i < WEIR_CONTENT_SHARDS; i++)
    total += atomic_load_explicit (&store->shards[i].memory_bytes, memory_order_relaxed);
  return total < WEIR_LIMIT_CONTENT_MEMORY;
}

void
weir_claim_shorten (WeirClaim *claim, size_t size)
{
  g_assert (claim->is_in_memory && size <= claim->size);
  count (claim, -1);
  claim->size = size;
  count (claim, 1);
}

void
weir_claim_unref (WeirClaim *claim)
{
  if (claim == NULL)
    return;

  /* The only one who has it need not say so to others. */
  if (atomic_load_explicit (&claim->n_refs, memory_order_acquire) != 1 &&
      atomic_fetch_sub_explicit (&claim->n_refs, 1, memory_order_acq_rel) != 1)
    return;
  count (claim, -1);
  if (claim->flight != 0)
    weir_content_segments_end (&claim->store->pool.keeper->segments, claim->flight);
  weir_content_file_unref (claim->file);
  g_free (claim);
}
