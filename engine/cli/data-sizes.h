/* data-sizes.h: how large the parts of a data directory are, and how soon they are written; the
 * environment makes them small for tests, so that what is rare happens all the time.
 *
 * WEIR_TEST_SEGMENT_SIZE: bytes of a segment of the log, a multiple of 16 KiB; always the same for
 * the same directory. WEIR_TEST_CHECKPOINT_BYTES: of log between two snapshots.
 * WEIR_TEST_PARTITION_BYTES: of a file of provenance. WEIR_TEST_PROVENANCE_USEC: until an event is
 * in it. */
#pragma once

#include <stdint.h>

/* 0 where the environment does not say. */
typedef struct {
  uint64_t segment;
  uint64_t checkpoint;
  uint64_t partition;
  int64_t provenance_usec;
} WeirDataSizes;

WeirDataSizes weir_data_sizes_get (void);
