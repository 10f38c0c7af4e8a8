/* content-segments.h: which segments of the log contents are in; inside the store only.
 *
 * The log writes over a segment only when no claim is in it. A claim is in one from the moment its
 * entry is appended, but the store hears of that a little later, by weir_claim_set_place; the
 * claims between the two are counted in two turns, and what the log has released waits until the
 * turn is empty in which it was released.
 *
 * Thread: any, for every function here. */
#pragma once

#include "store/content-file.h"

#define WEIR_SEGMENT_SHARDS 16

typedef struct WeirSegmentRelease {
  uint64_t number;
  uint64_t n_numbers;
  uint64_t n_held; /* of these numbers; guarded by the lock of the segments */
} WeirSegmentRelease;

typedef struct {
  WeirContentPool *pool;
  WeirLock lock;
  GHashTable *files;        /* guarded by lock; by number */
  WeirContentFile *recent;  /* guarded by lock; (nullable): one of them */
  GQueue asked;             /* guarded by lock; of WeirSegmentRelease, not yet looked at */
  GQueue waiting;           /* guarded by lock; likewise, for the other turn to be empty */
  _Atomic unsigned n_asked; /* in both */
  _Atomic unsigned turn;
  struct {
    _Alignas(64) _Atomic int64_t n[2];
  } flights[WEIR_SEGMENT_SHARDS];
} WeirContentSegments;

void weir_content_segments_init (WeirContentSegments *segments, WeirContentPool *pool);
void weir_content_segments_clear (WeirContentSegments *segments);

/* Returns: (transfer full): what holds the segment with @number. */
WeirContentFile *weir_content_segments_hold (WeirContentSegments *segments, uint64_t number);
void weir_content_segments_unref (WeirContentSegments *segments, WeirContentFile *file);

/* A claim is about to be appended. Returns: what ends it, never 0. */
uint8_t weir_content_segments_begin (WeirContentSegments *segments);
void weir_content_segments_end (WeirContentSegments *segments, uint8_t flight);

/* The store's side of weir_content_store_release_segment. */
void weir_content_segments_release (WeirContentSegments *segments, uint64_t number,
                                    uint64_t n_numbers);

/* Those wholly below @below that were released and hold contents. Returns: (transfer full):
 * WeirSegmentFile. */
GArray *weir_content_segments_list_held (WeirContentSegments *segments, uint64_t below);

/* Looks again at what was released. Cheap when there is nothing. */
void weir_content_segments_poll (WeirContentSegments *segments);
