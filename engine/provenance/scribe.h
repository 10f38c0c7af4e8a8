/* scribe.h: writes down what the frames of a log say, one after the other, each event once: goes on
 * where the partitions end, fills what is missing in the middle, and says where the log does not
 * reach back.
 *
 * Thread: one at a time. */
#pragma once

#include "provenance/binder.h"
#include "store/frame.h"

typedef struct WeirScribe WeirScribe;

/* @binder, not open yet, and @mask (nullable) must stay; @dictionary is that of the log. Returns:
 * (transfer full). */
WeirScribe *weir_scribe_new (WeirBinder *binder, WeirDictionary *dictionary, const WeirMask *mask);
void weir_scribe_free (WeirScribe *scribe);

/* Opens the partitions; the log goes on with frame @sequence. @ret_from: the frame that it needs
 * first. Returns: false with @error when it should be tried again later. */
bool weir_scribe_open (WeirScribe *scribe, uint64_t sequence, WeirPosition *ret_from,
                       GError **error);

/* The log does not reach back to that. If it is of something that is missing in the middle, that is
 * given up. Returns: false when it is not; then what the log does not have is lost, as will be told
 * with its first frame. @ret_from: the frame that it needs first now. */
bool weir_scribe_do_without (WeirScribe *scribe, WeirPosition *ret_from);

/* Takes the next frame; one that comes before what is needed is passed over. Returns: false with
 * @error when something could not be written: once weir_scribe_flush has returned true, the same
 * frame is to be taken again, which goes on where it was. */
bool weir_scribe_take (WeirScribe *scribe, const WeirFrame *frame, GError **error);

/* Writes all that was taken, if there is anything to write; with @must something in any case.
 * Returns: false with @error: nothing is lost by that. */
bool weir_scribe_flush (WeirScribe *scribe, bool must, GError **error);

/* Whether events were taken that were not flushed, or a good deal of log without any. */
bool weir_scribe_has_more (const WeirScribe *scribe);

/* Instead of taking it: forgets the frame, and all that could not be written. @reason: why. */
void weir_scribe_give_up (WeirScribe *scribe, const WeirFrame *frame, const char *reason);

/* Brings what was flushed to disk. @ret_place: all of the log below it is not needed any more. */
bool weir_scribe_sync (WeirScribe *scribe, uint64_t *ret_place, GError **error);
/* Whether it is time for that. */
bool weir_scribe_is_sync_due (const WeirScribe *scribe);

uint64_t weir_scribe_get_n_events (const WeirScribe *scribe);
uint64_t weir_scribe_get_n_lost (const WeirScribe *scribe);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirScribe, weir_scribe_free)
