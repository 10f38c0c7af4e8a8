/* scribe.c: see the header. Its position is exact to the event, so a frame may be in two
 * partitions, or be read again from its beginning after a crash: what is there already is passed
 * over. */
#include "provenance/scribe.h"

#include <inttypes.h>
#include <string.h>
#include <weir/error.h>

#include "base/limits.h"
#include "provenance/derivation.h"
#include "provenance/timestamp.h"

struct WeirScribe {
  WeirBinder *binder;
  WeirDictionary *dictionary;
  WeirBlockWriter *writer;
  WeirDerivation *derivation;
  uint64_t sequence;     /* of the frame with which the log goes on, at the opening */
  bool is_open;          /* the binder */
  WeirPosition position; /* of the next event; sequence 0: that of the first frame */
  WeirPosition flushed;
  WeirPosition synced;
  WeirBinderHole hole; /* number 0: none is being filled */
  bool is_in_hole;     /* its first frame has been there */
  char *lost; /* why what is between position and the next frame is lost; NULL: it is not */
  uint64_t n_lost;
  bool has_told; /* that an entry is malformed */
};

static const char *
get_name (void *data, uint64_t number)
{
  return weir_dictionary_get_text (data, WEIR_WORD_NAME, number);
}

WeirScribe *
weir_scribe_new (WeirBinder *binder, WeirDictionary *dictionary, const WeirMask *mask)
{
  WeirBlockWriterOptions options = { get_name, dictionary, mask };
  WeirScribe *scribe = g_new0 (WeirScribe, 1);

  scribe->binder = binder;
  scribe->dictionary = dictionary;
  scribe->writer = weir_block_writer_new (&options);
  scribe->derivation = weir_derivation_new ();
  return scribe;
}

void
weir_scribe_free (WeirScribe *scribe)
{
  if (scribe == NULL)
    return;
  weir_block_writer_free (scribe->writer);
  weir_derivation_free (scribe->derivation);
  g_free (scribe->lost);
  g_free (scribe);
}

/* --- where it goes on --- */

static void
go_on_at (WeirScribe *scribe, const WeirPosition *position)
{
  scribe->position = scribe->flushed = *position;
  weir_block_writer_begin (scribe->writer, position->event);
}

static bool
open_binder (WeirScribe *scribe, GError **error)
{
  WeirPosition position;

  scribe->is_open = weir_binder_open (scribe->binder, scribe->sequence, &position, error);
  if (!scribe->is_open)
    return false;
  scribe->is_in_hole = false;
  scribe->hole = (WeirBinderHole){ 0 };
  if (weir_binder_get_hole (scribe->binder, &scribe->hole))
    position = scribe->hole.start;
  go_on_at (scribe, &position);
  scribe->synced = position;
  return true;
}

bool
weir_scribe_open (WeirScribe *scribe, uint64_t sequence, WeirPosition *ret_from, GError **error)
{
  scribe->sequence = sequence;
  if (!open_binder (scribe, error))
    return false;
  *ret_from = scribe->position;
  return true;
}

/* Returns: false with @error when the partitions cannot be opened again. */
static bool
forget_hole (WeirScribe *scribe, GError **error)
{
  g_autofree char *lost =
      g_strdup_printf ("events %" PRIu64 " to %" PRIu64
                       " are missing in provenance, and the log no longer has what they say",
                       scribe->hole.start.event, scribe->hole.end.event - 1);

  scribe->n_lost++;
  weir_binder_forget_hole (scribe->binder, lost);
  return open_binder (scribe, error);
}

bool
weir_scribe_do_without (WeirScribe *scribe, WeirPosition *ret_from)
{
  if (scribe->hole.number == 0)
    return false;
  (void)forget_hole (scribe, NULL);
  *ret_from = scribe->position;
  return true;
}

/* What is between the position and @frame will never be known. */
static void
note_lost (WeirScribe *scribe, const WeirFrame *frame, const char *reason)
{
  WeirPosition position = { frame->place, frame->sequence, 0, scribe->position.event };
  g_autofree char *after =
      position.event > 1 ? g_strdup_printf (" after event %" PRIu64 " and", position.event - 1)
                         : g_strdup ("");
  char time[WEIR_TIMESTAMP_LENGTH + 1];
  g_autofree char *lost = NULL;

  weir_timestamp_format (frame->wall, time);
  lost =
      g_strdup_printf ("what happened%s before %s is not in provenance: %s", after, time, reason);
  weir_binder_tell (scribe->binder, "%s", lost);
  weir_binder_skip (scribe->binder, &position, lost);
  go_on_at (scribe, &position);
  scribe->n_lost++;
}

/* Makes the position one of @frame, unless that comes before it. */
static bool
meet (WeirScribe *scribe, const WeirFrame *frame, GError **error)
{
  while (scribe->hole.number != 0 && scribe->position.sequence < frame->sequence)
    if (!forget_hole (scribe, error))
      return false;
  if (scribe->position.sequence == frame->sequence && scribe->lost != NULL) {
    note_lost (scribe, frame, scribe->lost);
    g_clear_pointer (&scribe->lost, g_free);
  } else if (scribe->position.sequence == 0 && frame->sequence == 1) {
    scribe->position = scribe->flushed = (WeirPosition){ frame->place, 1, 0, 1 };
    weir_binder_skip (scribe->binder, &scribe->position, NULL);
  } else if (scribe->position.sequence < frame->sequence) {
    note_lost (scribe, frame, "the log does not reach back so far");
  }
  return true;
}

/* --- events --- */

static bool
finish_block (WeirScribe *scribe)
{
  WeirBlock block;

  weir_block_writer_pack (scribe->writer, &block);
  weir_binder_add (scribe->binder, &block, &scribe->position);
  weir_block_writer_begin (scribe->writer, scribe->position.event);
  return weir_binder_get_n_pending (scribe->binder) < WEIR_LIMIT_PROVENANCE_BLOCKS;
}

/* Those blocks that are whole. */
static bool
commit_blocks (WeirScribe *scribe, GError **error)
{
  WeirPosition end;
  bool is_closed;

  weir_binder_get_end (scribe->binder, &end);
  if (!weir_binder_commit (scribe->binder, NULL, &end, &is_closed, error))
    return false;
  scribe->flushed = end;
  return true;
}

bool
weir_scribe_flush (WeirScribe *scribe, bool must, GError **error)
{
  WeirBlock block;
  bool has_block, is_closed;

  if (!scribe->is_open)
    return open_binder (scribe, error);
  if (scribe->position.sequence == 0 ||
      (!must && memcmp (&scribe->position, &scribe->flushed, sizeof scribe->position) == 0 &&
       weir_binder_get_n_pending (scribe->binder) == 0 && !weir_binder_is_full (scribe->binder)))
    return true;
  has_block = weir_block_writer_get_n (scribe->writer) > 0;
  if (has_block)
    weir_block_writer_pack (scribe->writer, &block);
  if (!weir_binder_commit (scribe->binder, has_block ? &block : NULL, &scribe->position, &is_closed,
                           error))
    return false;
  scribe->flushed = scribe->position;
  if (is_closed)
    weir_block_writer_begin (scribe->writer, scribe->position.event);
  return true;
}

bool
weir_scribe_has_more (const WeirScribe *scribe)
{
  return scribe->position.event != scribe->flushed.event ||
         scribe->position.place - scribe->flushed.place >=
             weir_binder_get_sync_bytes (scribe->binder);
}

/* By its place in the log, or by the number of the next event, which is what must not be twice. */
static bool
is_at_end_of_hole (const WeirScribe *scribe)
{
  const WeirPosition *position = &scribe->position, *end = &scribe->hole.end;

  return scribe->is_in_hole &&
         (position->event >= end->event || position->sequence > end->sequence ||
          (position->sequence == end->sequence && position->skip >= end->skip));
}

typedef enum {
  TOOK_ALL,
  TOOK_PART, /* the hole ends in it */
  TOOK_FAILED
} Took;

static void
put_descriptions (WeirScribe *scribe)
{
  WeirDescription description;

  while (weir_derivation_next_description (scribe->derivation, &description)) {
    g_autofree char *type = g_strndup (description.type, description.type_size);

    weir_binder_put_type (scribe->binder, description.component, type);
  }
}

/* After the last event of a round: what is the same for other FlowFiles. */
static void
take_rounds (WeirScribe *scribe, uint64_t *index)
{
  unsigned n = 0, n_rounds;
  int64_t step = 0;

  n_rounds = weir_derivation_get_rounds (scribe->derivation, &n, &step);
  if (n_rounds == 0)
    return;
  n_rounds = weir_block_writer_add_rounds (scribe->writer, n_rounds, n, step);
  weir_derivation_pass_rounds (scribe->derivation, n_rounds);
  *index += (uint64_t)n_rounds * n;
  scribe->position.skip += (uint64_t)n_rounds * n;
  scribe->position.event += (uint64_t)n_rounds * n;
}

/* @index: of the next event in the frame. */
static Took
take_entry (WeirScribe *scribe, const WeirLogEntry *entry, uint64_t *index, GError **error)
{
  const WeirEvent *event;

  if (!weir_derivation_begin (scribe->derivation, entry))
    return TOOK_ALL;
  while ((event = weir_derivation_next (scribe->derivation)) != NULL) {
    if ((*index)++ < scribe->position.skip) {
      if (weir_block_writer_get_n (scribe->writer) == 0)
        weir_block_writer_pass_over (scribe->writer, event);
      continue;
    }
    if (is_at_end_of_hole (scribe))
      return TOOK_PART;
    if (weir_derivation_is_first_of_round (scribe->derivation))
      weir_block_writer_begin_round (scribe->writer);
    weir_block_writer_add (scribe->writer, event);
    scribe->position.skip++;
    scribe->position.event++;
    if (!scribe->is_in_hole)
      take_rounds (scribe, index);
    if (weir_block_writer_is_full (scribe->writer) && !finish_block (scribe) &&
        !commit_blocks (scribe, error))
      return TOOK_FAILED;
  }
  put_descriptions (scribe);
  return TOOK_ALL;
}

/* An entry that cannot be read ends the flow elsewhere; here it is only told. */
static void
tell_malformed (WeirScribe *scribe, const WeirFrame *frame)
{
  if (!scribe->has_told)
    weir_binder_tell (scribe->binder,
                      "an entry of frame %" PRIu64
                      " of the log is malformed; what happened in it is not in provenance",
                      frame->sequence);
  scribe->has_told = true;
}

static Took
take_events (WeirScribe *scribe, const WeirFrame *frame, GError **error)
{
  uint64_t index = 0;
  size_t at = 0;
  WeirLogEntry entry;
  g_autoptr (GError) reason = NULL;
  Took took = TOOK_ALL;

  while (took == TOOK_ALL && weir_frame_next_entry (frame, &at, &entry, &reason)) {
    took = take_entry (scribe, &entry, &index, error);
    if (weir_derivation_has_failed (scribe->derivation))
      tell_malformed (scribe, frame);
  }
  if (reason != NULL)
    tell_malformed (scribe, frame);
  if (took != TOOK_ALL)
    return took;
  scribe->position = (WeirPosition){ frame->next, frame->sequence + 1, 0, scribe->position.event };
  return is_at_end_of_hole (scribe) ? TOOK_PART : TOOK_ALL;
}

/* The partition behind it follows: what its events were made from is not needed again. */
static bool
leave_hole (WeirScribe *scribe, GError **error)
{
  return weir_scribe_flush (scribe, true, error) &&
         weir_binder_leave_hole (scribe->binder, error) && open_binder (scribe, error);
}

static bool
take_hole (WeirScribe *scribe, const WeirFrame *frame, GError **error)
{
  if (scribe->is_in_hole || frame->sequence != scribe->position.sequence)
    return true;
  scribe->is_in_hole = weir_binder_enter_hole (scribe->binder, error);
  return scribe->is_in_hole;
}

bool
weir_scribe_take (WeirScribe *scribe, const WeirFrame *frame, GError **error)
{
  Took took = TOOK_PART;

  /* After a hole the next one may begin in the same frame, or the newest partition go on in it. */
  while (took == TOOK_PART) {
    if ((!scribe->is_open && !open_binder (scribe, error)) || !meet (scribe, frame, error))
      return false;
    if (frame->sequence < scribe->position.sequence)
      return true;
    if (scribe->hole.number != 0 && !take_hole (scribe, frame, error))
      return false;
    took = is_at_end_of_hole (scribe) ? TOOK_PART : take_events (scribe, frame, error);
    if (took == TOOK_PART && !leave_hole (scribe, error))
      return false;
  }
  return took == TOOK_ALL;
}

void
weir_scribe_give_up (WeirScribe *scribe, const WeirFrame *frame, const char *reason)
{
  if (!scribe->is_open) /* where they end will be seen then, and that something is lost */
    scribe->flushed.place = frame->next;
  if (!scribe->is_open || frame->sequence < scribe->position.sequence)
    return;
  g_free (scribe->lost);
  scribe->lost = g_strdup (reason);
  scribe->position = (WeirPosition){ frame->next, frame->sequence + 1, 0, scribe->position.event };
  weir_binder_skip (scribe->binder, &scribe->position, NULL);
  go_on_at (scribe, &scribe->position);
}

/* --- the disk --- */

bool
weir_scribe_is_sync_due (const WeirScribe *scribe)
{
  return scribe->flushed.place >=
             scribe->synced.place + weir_binder_get_sync_bytes (scribe->binder) ||
         weir_binder_is_checkpoint_due (scribe->binder);
}

bool
weir_scribe_sync (WeirScribe *scribe, uint64_t *ret_place, GError **error)
{
  bool is_all;

  *ret_place = 0;
  if (!weir_binder_checkpoint (scribe->binder, &is_all, error))
    return false;
  if (is_all && !scribe->is_in_hole)
    *ret_place = scribe->flushed.place;
  scribe->synced = scribe->flushed;
  return true;
}

uint64_t
weir_scribe_get_n_events (const WeirScribe *scribe)
{
  return scribe->position.event > 0 ? scribe->position.event - 1 : 0;
}

uint64_t
weir_scribe_get_n_lost (const WeirScribe *scribe)
{
  return scribe->n_lost;
}
