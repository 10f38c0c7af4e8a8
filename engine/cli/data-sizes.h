/* data-sizes.h: how large the parts of a data directory are; the environment makes them small for
 * tests, so that what is rare happens all the time.
 *
 * WEIR_TEST_SEGMENT_SIZE: bytes of a segment of the log, a multiple of 16 KiB; always the same for
 * the same directory. WEIR_TEST_CHECKPOINT_BYTES: of log between two snapshots. */
#pragma once

#include <stdint.h>

/* 0 where the environment does not say. */
typedef struct {
  uint64_t segment;
  uint64_t checkpoint;
} WeirDataSizes;

WeirDataSizes weir_data_sizes_get (void);
