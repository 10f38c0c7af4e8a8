/* audit-log.c: folds the log as an engine that starts would, and passes over what would stop it.
 *
 * Frames behind a hole are used while they fit what is known without it: one that speaks of what
 * was in the hole ends the folding, because its FlowFiles cannot be told from others any more. */
#include <weir/error.h>

#include "store/audit-parts.h"
#include "store/segment.h"

typedef struct {
  WeirAudit *audit;
  uint64_t limit;   /* a frame that must not be folded, nor any behind it; 0: none */
  bool must_repeat; /* without that frame */
  bool is_again;    /* findings have been told */
  GError *reason;   /* of the hole that was just met */
  uint64_t hole;    /* its place, and the frame that should be there */
  uint64_t hole_sequence;
} Fold;

/* Returns: (transfer full): the segment that @place is in; "log" when there is none. */
static char *
find_file (WeirAudit *audit, uint64_t place, uint64_t *ret_offset)
{
  uint64_t size = weir_audit_get_segment_size (audit);
  WeirSegmentFolder folder = { audit->log_directory, audit->identity.log_id, size,
                               audit->options.fs };
  g_autoptr (GArray) files = weir_segment_list (&folder, NULL);
  const WeirSegmentFile *file = files != NULL ? weir_segment_find (files, place / size) : NULL;

  *ret_offset = file != NULL ? place - file->number * size : 0;
  return file != NULL ? weir_audit_name_segment (file->number) : g_strdup ("log");
}

static bool
apply_frame (WeirAudit *audit, const WeirFrame *frame, GError **error)
{
  g_autoptr (GError) malformed = NULL;
  WeirLogEntry entry;

  for (size_t at = 0; weir_frame_next_entry (frame, &at, &entry, &malformed);) {
    if (!weir_book_apply (audit->book, &entry, error))
      return false;
    audit->figures.n_entries++;
  }
  if (malformed != NULL)
    g_propagate_error (error, g_steal_pointer (&malformed));
  else
    audit->figures.n_frames++;
  return malformed == NULL;
}

/* Frame @sequence (0: which one is not known) is not at @place. */
static void
add_hole (WeirAudit *audit, uint64_t place, uint64_t sequence, const GError *reason,
          const WeirFrame *next)
{
  char *effect = NULL;
  g_autofree char *what = weir_audit_explain_frame (audit, place, sequence, &effect);
  g_autoptr (GString) text = g_string_new (effect);
  bool is_needed = place >= audit->first_place;
  uint64_t offset;
  g_autofree char *file = find_file (audit, place, &offset);

  g_free (effect);
  if (next != NULL && next->sequence > sequence + 1)
    g_string_append_printf (
        text, "; frames %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " are lost in all", sequence,
        next->sequence - 1);
  if (!is_needed)
    g_string_assign (text, "nothing is lost: the snapshot has all that it said, and contents in it "
                           "are looked at by themselves; but something has changed what was on "
                           "the disk");
  weir_audit_add (audit, is_needed, file, offset, g_strdup (text->str),
                  "here a frame should be: %s (%s)", what, reason->message);
}

/* A hole, until it is known what is behind it. */
static void
add_pending (Fold *fold, const WeirFrame *next)
{
  if (fold->reason != NULL && !fold->is_again)
    add_hole (fold->audit, fold->hole, fold->hole_sequence, fold->reason, next);
  g_clear_error (&fold->reason);
}

static void
take_damage (Fold *fold, GError *reason)
{
  fold->audit->has_hole = true;
  fold->reason = reason;
  fold->hole = fold->audit->last.next;
  fold->hole_sequence = fold->audit->last.sequence + 1;
}

/* Returns: whether the folding goes on behind @frame. */
static bool
take_frame (Fold *fold, const WeirFrame *frame)
{
  WeirAudit *audit = fold->audit;
  g_autoptr (GError) reason = NULL;
  g_autofree char *file = NULL;
  uint64_t offset;

  add_pending (fold, frame);
  audit->highest_sequence = MAX (audit->highest_sequence, frame->sequence);
  if (fold->limit != 0 && frame->sequence >= fold->limit)
    return false;
  if (apply_frame (audit, frame, &reason)) {
    audit->last = *frame;
    audit->last.payload = NULL;
    return true;
  }
  fold->limit = frame->sequence;
  fold->must_repeat = true;
  audit->has_hole = true;
  file = find_file (audit, frame->place, &offset);
  weir_audit_add (
      audit, true, file, offset,
      g_strdup_printf ("it and what follows cannot be used: all is as it was after frame"
                       " %" G_GUINT64_FORMAT,
                       audit->last.sequence),
      "frame %" G_GUINT64_FORMAT " does not fit what is before it: %s", frame->sequence,
      reason->message);
  return false;
}

static bool
fold_log (Fold *fold, WeirLogReader *reader, GError **error)
{
  WeirFrame frame;

  for (;;) {
    GError *reason = NULL;

    switch (weir_log_reader_next (reader, UINT64_MAX, &frame, &reason)) {
    case WEIR_LOG_FRAME:
      if (take_frame (fold, &frame))
        continue;
      break;
    case WEIR_LOG_CORRUPT:
      take_damage (fold, reason);
      if (weir_log_reader_pass_over (reader))
        continue;
      add_pending (fold, NULL);
      break;
    case WEIR_LOG_FAILED:
      g_propagate_error (error, reason);
      return false;
    case WEIR_LOG_END:
      break;
    }
    weir_log_reader_get_end (reader, &fold->audit->end);
    return true;
  }
}

static bool
fold_once (Fold *fold, GError **error)
{
  WeirAudit *audit = fold->audit;
  WeirLogReader *reader;
  bool worked;

  fold->must_repeat = false;
  audit->figures.n_frames = audit->figures.n_entries = 0;
  audit->last = (WeirFrame){ .next = audit->first_place, .sequence = audit->sequence - 1 };
  reader = weir_log_reader_new (audit->log_directory, audit->identity.log_id,
                                weir_audit_get_segment_size (audit), audit->first_place,
                                audit->sequence, audit->options.fs, error);
  if (reader == NULL)
    return false;
  worked = fold_log (fold, reader, error);
  weir_log_reader_free (reader);
  return worked;
}

bool
weir_audit_read_log (WeirAudit *audit, GError **error)
{
  Fold fold = { .audit = audit };
  g_autoptr (GError) reason = NULL;

  if (!fold_once (&fold, &reason)) {
    if (!g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_CORRUPT)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
    audit->has_hole = true;
    weir_audit_add (audit, true, "log", 0,
                    g_strdup ("all is as the snapshot says, without what was done since"), "%s",
                    reason->message);
  }
  if (!fold.must_repeat)
    return true;
  /* What was folded half is of no use. */
  fold.is_again = true;
  return weir_audit_open_book (audit, error) && fold_once (&fold, error);
}

/* What was read, in order and whole, is what there was at some moment. What follows may be on its
 * way, or have been written over since: that says nothing of damage. */
bool
weir_audit_read_living_log (WeirAudit *audit, GError **error)
{
  g_autoptr (WeirLogReader) reader = weir_log_reader_new (
      audit->log_directory, audit->identity.log_id, weir_audit_get_segment_size (audit),
      audit->first_place, audit->sequence, audit->options.fs, error);
  WeirFrame frame;

  audit->figures.n_frames = audit->figures.n_entries = 0;
  audit->last = (WeirFrame){ 0 };
  while (reader != NULL &&
         weir_log_reader_next (reader, UINT64_MAX, &frame, NULL) == WEIR_LOG_FRAME) {
    if (!apply_frame (audit, &frame, error))
      return false;
    if (frame.n_entries > 0)
      audit->last = frame;
  }
  return reader != NULL;
}

/* --- segments that only contents are read from --- */

static bool
verify_segment (WeirAudit *audit, uint64_t number, GError **error)
{
  WeirLogReader *reader = weir_log_reader_new_for_segment (
      audit->log_directory, audit->identity.log_id, weir_audit_get_segment_size (audit), number,
      audit->options.fs, error);
  uint64_t next = number * weir_audit_get_segment_size (audit) + WEIR_SEGMENT_HEADER, sequence = 0;
  bool worked = reader != NULL;
  g_autoptr (GError) reason = NULL;
  WeirLogRead read = WEIR_LOG_END;
  WeirFrame frame;

  while (worked) {
    read = weir_log_reader_next (reader, UINT64_MAX, &frame, &reason);
    if (read == WEIR_LOG_FRAME) {
      audit->figures.n_frames++;
      next = frame.next;
      sequence = frame.sequence + 1;
      continue;
    }
    if (read != WEIR_LOG_CORRUPT)
      break;
    add_hole (audit, next, sequence, reason, NULL);
    g_clear_error (&reason);
    if (!weir_log_reader_pass_over (reader))
      break;
  }
  if (read == WEIR_LOG_FAILED) {
    g_propagate_error (error, g_steal_pointer (&reason));
    worked = false;
  }
  weir_log_reader_free (reader);
  return worked;
}

bool
weir_audit_verify_segments (WeirAudit *audit, GError **error)
{
  uint64_t size = weir_audit_get_segment_size (audit);
  WeirSegmentFolder folder = { audit->log_directory, audit->identity.log_id, size,
                               audit->options.fs };
  g_autoptr (GArray) files = weir_segment_list (&folder, error);

  if (files == NULL)
    return false;
  for (guint i = 0; i < files->len; i++) {
    const WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);

    if ((file->number + file->n_numbers) * size <= audit->first_place &&
        !weir_segment_is_hollow (&folder, file->number) &&
        !verify_segment (audit, file->number, error))
      return false;
  }
  return true;
}
