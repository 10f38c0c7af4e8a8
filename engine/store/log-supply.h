/* log-supply.h: a thread beside the writer for what a segment needs before and after it is written:
 * it is made ahead of need, from a released one where there is any, and synced when it is full and
 * nobody has waited for that. */
#pragma once

#include "store/segment.h"

typedef struct WeirLogSupply WeirLogSupply;

/* Returns: (transfer full). */
WeirLogSupply *weir_log_supply_new (const WeirSegmentFolder *folder);

/* Ends the thread. Takes NULL. */
void weir_log_supply_free (WeirLogSupply *supply);

/* Begins to make segment @number of @size bytes. That it fails for want of space does not matter
 * before it is taken. Thread: the log's writer. */
void weir_log_supply_prepare (WeirLogSupply *supply, uint64_t number, uint64_t size);

/* The segment, ready for frames; made here and now if need be. Thread: the log's writer. */
bool weir_log_supply_take (WeirLogSupply *supply, uint64_t number, uint64_t size,
                           WeirSegment *ret_segment, GError **error);

/* Begins to sync a full @segment, which is taken over, and with which all below @place has been
 * written. It waits when the one before it is not on disk yet. Thread: the log's writer. */
void weir_log_supply_retire (WeirLogSupply *supply, WeirSegment *segment, uint64_t place);

/* Waits until all that were retired are on disk. Thread: the log's writer. */
bool weir_log_supply_settle (WeirLogSupply *supply, GError **error);

/* The last @place up to which retired segments are on disk; 0 at first. Thread: any. */
uint64_t weir_log_supply_get_synced (WeirLogSupply *supply);

/* Nobody needs segment @number any more. Thread: any. */
void weir_log_supply_release (WeirLogSupply *supply, uint64_t number);
