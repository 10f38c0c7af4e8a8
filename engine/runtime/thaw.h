/* thaw.h: FlowFiles that are only in the data directory become FlowFiles in memory again.
 *
 * Thread: that of the session. */
#pragma once

#include "runtime/session.h"

/* Reads the @n FlowFiles with @ids, in any order, in one look-up; each becomes a new one at the
 * same place of @ret_flowfiles (transfer full), whole but for its queue time.
 * Returns: false with @error when one of them cannot be read: then none is made. */
bool weir_thaw (WeirSession *session, const uint64_t *ids, size_t n, WeirFlowFile **ret_flowfiles,
                GError **error);

/* Tells people that what is in @queue cannot be read back, and lets its target wait. */
void weir_thaw_fail (WeirQueue *queue, const GError *error);
