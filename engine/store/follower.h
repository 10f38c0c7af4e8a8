/* follower.h: somebody beside the book who reads what has become durable, at his own pace: the
 * recorder of provenance. What he has not let go of stays in the log.
 *
 * Thread: one at a time for each follower, but for weir_follower_interrupt. */
#pragma once

#include "store/data.h"
#include "store/log-reader.h"

typedef struct WeirFollower WeirFollower;

/* Begins with the frame @sequence, behind @place, as weir_log_reader_new does; both 0: with what is
 * the oldest that the log still has. After weir_data_open and before weir_data_start; one at a
 * time. Returns: (transfer full): NULL with @error: the log does not reach back so far. */
WeirFollower *weir_data_follow (WeirData *data, uint64_t place, uint64_t sequence, GError **error);
void weir_follower_free (WeirFollower *follower);

/* The next durable frame; waits for it for @usec at most (-1: as long as it takes). The payload is
 * there until the next call. Returns: WEIR_LOG_END when there is none yet, or it was
 * interrupted. */
WeirLogRead weir_follower_next (WeirFollower *follower, int64_t usec, WeirFrame *ret_frame,
                                GError **error);

/* From now on, a weir_follower_next that has to wait lets @bytes more become durable, but waits for
 * that no longer than @usec. It is then woken twice for many frames. */
void weir_follower_set_batch (WeirFollower *follower, uint64_t bytes, int64_t usec);

/* Has a weir_follower_next that waits, and all later ones, wait no longer. Thread: any. */
void weir_follower_interrupt (WeirFollower *follower);

/* The same for one of them: that which waits, or the next one. Thread: any. */
void weir_follower_wake (WeirFollower *follower);

/* All below @place is not needed by it any more. At first it holds all from its beginning on, and
 * what it holds when it is freed it goes on holding: the next run will need it. */
void weir_follower_release (WeirFollower *follower, uint64_t place);

/* All below it has been read. Thread: any. */
uint64_t weir_follower_get_place (WeirFollower *follower);

/* Bytes of log between it and the watermark. Thread: any. */
uint64_t weir_follower_get_lag (WeirFollower *follower);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFollower, weir_follower_free)
