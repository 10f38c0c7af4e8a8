/* effects.h: what may only happen outside once the session that asked for it cannot be lost:
 * deleting a source file, an acknowledgement.
 *
 * They happen in the order in which they were committed, on a thread of their own, because they may
 * take long and the log must not wait for them. Without a log they happen in the commit. */
#pragma once

#include "runtime/session.h"

typedef struct WeirEffects WeirEffects;

/* @on_rest is called, on the thread of the effects, whenever none is left to wait for.
 * Returns: (transfer full). Thread: main, as for start and stop. */
WeirEffects *weir_effects_new (void (*on_rest) (void *data), void *data);

/* It must have been stopped. Takes NULL. */
void weir_effects_free (WeirEffects *effects);

void weir_effects_start (WeirEffects *effects);

/* Ends the thread after what has become durable was done; the rest is dropped: of that, only the
 * destroy functions are called. Each effect has @usec to return.
 * Returns: false when one did not; then nothing that it may use must be freed. */
bool weir_effects_stop (WeirEffects *effects, int64_t usec);

/* Those of one session, newest first, as it keeps them: done now. Thread: any. */
void weir_effects_run (WeirEffect *newest);

/* The same, copied and done once @ticket is durable. @pending counts those that are not over, and
 * must be there as long. Thread: any. */
void weir_effects_add (WeirEffects *effects, WeirEffect *newest, uint64_t ticket,
                       _Atomic uint32_t *pending);

/* Waits until @pending is 0, or until weir_effects_give_up. Returns: whether it is. Thread: any but
 * that of the effects. */
bool weir_effects_wait (WeirEffects *effects, _Atomic uint32_t *pending);

/* Nobody waits for an effect any more. Thread: any. */
void weir_effects_give_up (WeirEffects *effects);

/* All tickets up to @durable have become durable. Thread: any; quick. */
void weir_effects_on_durable (WeirEffects *effects, uint64_t durable);

/* True while some wait or happen. Thread: any. */
bool weir_effects_is_busy (WeirEffects *effects);
