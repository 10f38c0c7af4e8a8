/* live-encoder.h: readings of a flow as events: all of it, or what has changed since an earlier
 * reading. Each is encoded once, for all who listen.
 *
 * Thread: one at a time. */
#pragma once

#include "control/reading.h"

typedef struct WeirLiveEncoder WeirLiveEncoder;

/* Returns: (transfer full). */
WeirLiveEncoder *weir_live_encoder_new (void);
void weir_live_encoder_free (WeirLiveEncoder *encoder);

/* From now on @reading is what there is. Returns: its tick, which grows by one each time. */
uint64_t weir_live_encoder_update (WeirLiveEncoder *encoder, WeirReading *reading);

/* What has changed since @tick, as text of an event stream; all of it when @tick is 0 or the flow
 * has been edited since. @ret_is_snapshot: whether it is all.
 * Returns: (transfer none) (nullable): until the next update; NULL: nothing has changed. */
const GString *weir_live_encoder_get (WeirLiveEncoder *encoder, uint64_t tick,
                                      bool *ret_is_snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLiveEncoder, weir_live_encoder_free)
