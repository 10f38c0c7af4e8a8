/* log-supply.h: segments to write to, made ahead of need by a thread of its own, from released ones
 * where there are any. */
#pragma once

#include "store/segment.h"

typedef struct WeirLogSupply WeirLogSupply;

/* Returns: (transfer full). */
WeirLogSupply *weir_log_supply_new (const WeirSegmentFolder *folder);

/* Ends the thread. Takes NULL. */
void weir_log_supply_free (WeirLogSupply *supply);

/* Begins to make segment @number. That it fails for want of space does not matter before it is
 * taken. Thread: the log's writer. */
void weir_log_supply_prepare (WeirLogSupply *supply, uint64_t number);

/* The segment, ready for frames; made here and now if need be. Thread: the log's writer. */
bool weir_log_supply_take (WeirLogSupply *supply, uint64_t number, uint64_t n_numbers,
                           WeirSegment *ret_segment, GError **error);

/* Thread: any. */
void weir_log_supply_release (WeirLogSupply *supply, uint64_t number);
