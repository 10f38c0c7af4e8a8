/* claim.h: an immutable run of bytes with a count of references; inside the store only.
 *
 * A claim in a file holds a reference to that file. The bytes of a claim never change once
 * somebody else can see it, so readers take no lock. Thread: any, for every function here. */
#pragma once

#include <stdatomic.h>

#include "store/content-file.h"
#include "store/content-sums.h"
#include "store/content.h"

/* Counted apart by processor: a counter that all of them write to would be what workers wait for.
 */
#define WEIR_CONTENT_SHARDS 16

typedef struct {
  _Alignas(64) _Atomic int64_t n_claims;
  _Atomic int64_t memory_bytes;
  _Atomic int64_t disk_bytes;
} WeirContentShard;

struct WeirContentStore {
  WeirContentPool pool;
  WeirContentShard shards[WEIR_CONTENT_SHARDS];
};

/* What is known of a claim on disk by now. */
typedef enum {
  WEIR_CLAIM_UNKNOWN,
  WEIR_CLAIM_HAS_TABLE, /* the checksums of its blocks */
  WEIR_CLAIM_VERIFIED,  /* all of it was read and compared once */
} WeirClaimState;

struct WeirClaim {
  WeirContentStore *store;
  uint64_t size;
  WeirContentFile *file; /* where the bytes are, or are too; NULL: only in memory */
  uint64_t offset;       /* in the file; of a segment: the place in the log */
  _Atomic uint32_t n_refs;
  uint32_t crc;              /* of all bytes; durable stores only */
  bool is_in_memory;         /* the bytes are behind this struct */
  uint8_t flight;            /* described, and not placed yet: content-segments.h; 0: it is not */
  _Atomic uint8_t state;     /* of WeirClaimState */
  _Alignas(16) char bytes[]; /* a table for each block of an own file instead: claim-read.c */
};

/* Both return (transfer full) with one reference. The bytes of the first are the caller's to set
 * before it shares the claim; the second takes over the reference to @file. */
WeirClaim *weir_claim_new_memory (WeirContentStore *store, size_t size);
WeirClaim *weir_claim_new_file (WeirContentStore *store, WeirContentFile *file, uint64_t offset,
                                uint64_t size);

/* Whether content of @size bytes is to be a claim in memory. */
bool weir_claim_belongs_in_memory (WeirContentStore *store, uint64_t size);

/* Of a claim in memory that nobody else has: it is shorter than was thought. */
void weir_claim_shorten (WeirClaim *claim, size_t size);

static inline WeirClaim *
weir_claim_ref (WeirClaim *claim)
{
  atomic_fetch_add_explicit (&claim->n_refs, 1, memory_order_relaxed);
  return claim;
}

/* Takes NULL. */
void weir_claim_unref (WeirClaim *claim);
