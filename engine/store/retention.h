/* retention.h: which segments of the log stay: those that the snapshot, the one who follows the log
 * or the archive need. What else is in them (contents) holds them by itself; inside the store only.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "base/lock.h"
#include "store/content-durable.h"
#include "store/follower-data.h"
#include "store/reserve.h"
#include "store/segment.h"

typedef struct {
  WeirSegmentFolder folder;
  WeirContentStore *contents;
  WeirReserve *reserve;
  WeirFollowerData *follower;
  uint64_t archive_bytes;        /* of log beyond what is needed */
  _Atomic uint64_t checkpointed; /* all below is in the snapshot */
  WeirLock lock;
  uint64_t first; /* guarded by lock; the first segment that was not released */
} WeirRetention;

/* The fields without a remark on a lock are the caller's to set. Thread: main. */
void weir_retention_init (WeirRetention *retention);
void weir_retention_clear (WeirRetention *retention);

/* All below @place is in the snapshot: lets go of what nobody needs. */
void weir_retention_checkpoint (WeirRetention *retention, uint64_t place);

/* Looks again. */
void weir_retention_release (WeirRetention *retention);
