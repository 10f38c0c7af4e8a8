/* claim.c: birth and end of claims, and what they add up to. */
#include "store/claim.h"

#include <sched.h>

static void
count (WeirClaim *claim, int sign)
{
  WeirContentShard *shard = &claim->store->shards[(unsigned)sched_getcpu () % WEIR_CONTENT_SHARDS];

  atomic_fetch_add_explicit (&shard->n_claims, sign, memory_order_relaxed);
  atomic_fetch_add_explicit (claim->file == NULL ? &shard->memory_bytes : &shard->disk_bytes,
                             sign * (int64_t)claim->size, memory_order_relaxed);
}

static void
set_up (WeirClaim *claim, WeirContentStore *store, uint64_t size)
{
  claim->store = store;
  atomic_init (&claim->n_refs, 1);
  claim->size = size;
  count (claim, 1);
}

WeirClaim *
weir_claim_new_memory (WeirContentStore *store, size_t size)
{
  WeirClaim *claim = g_malloc (sizeof (WeirClaim) + size);

  claim->file = NULL;
  claim->offset = 0;
  set_up (claim, store, size);
  return claim;
}

WeirClaim *
weir_claim_new_file (WeirContentStore *store, WeirContentFile *file, uint64_t offset, uint64_t size)
{
  WeirClaim *claim = g_new (WeirClaim, 1);

  claim->file = file;
  claim->offset = offset;
  set_up (claim, store, size);
  return claim;
}

void
weir_claim_shorten (WeirClaim *claim, size_t size)
{
  g_assert (claim->file == NULL && size <= claim->size);
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
  weir_content_file_unref (claim->file);
  g_free (claim);
}
