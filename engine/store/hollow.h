/* hollow.h: segments of the log that only some small contents need give back the rest of their
 * space; inside the store only.
 *
 * What a part of the snapshot says of contents in a segment that is older than it is all that
 * anybody will ever say of it: later entries name only what some FlowFile had there. So the rest
 * can go while the contents stay where they are, under the address that they have. */
#pragma once

#include "store/content-keeper.h"

/* Looks at segments wholly below @below that nothing but contents holds, and makes holes in those
 * that have few of them, once all of these take more than is worth it. @parts: (transfer full):
 * WeirPart, all of one snapshot that is on disk and beyond @below. Returns at once. Thread: any. */
void weir_hollow_begin (WeirContentKeeper *keeper, GPtrArray *parts, uint64_t below);
