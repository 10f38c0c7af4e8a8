/* purge.h: emptying a queue, on behalf of a person: sessions that end what they take, which are in
 * the log and in the provenance like any other.
 *
 * Thread: any but in a trigger. An edit waits meanwhile. */
#pragma once

#include "runtime/engine.h"

typedef struct {
  uint64_t n;
  uint64_t bytes;
  bool is_partial; /* some of what was there went on meanwhile, or stays on the disk */
} WeirPurged;

/* Ends what is in the queue at @path now. @ids: only these, of which those far behind in a
 * long queue cannot be reached; NULL: all, also what waits for a penalty or is on the disk.
 * @details: for the provenance ("emptied by maria"). What a session has taken goes on; what comes
 * meanwhile stays. Returns: false with @error: there is no such queue, or it cannot be read or
 * written. */
bool weir_engine_purge (WeirEngine *engine, const char *path, const uint64_t *ids, size_t n_ids,
                        const char *details, WeirPurged *ret_purged, GError **error);
