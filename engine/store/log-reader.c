/* log-reader.c: what a crash can leave and what it cannot.
 *
 * The writer brings one frame at a time to disk and begins each segment with a header that is
 * there before its first frame; a new run begins a new segment. So behind the last frame may stand
 * half a frame, or bytes of an earlier use, then segments without frames, then a segment that a
 * later run has begun with the very sequence number that is missing. Whatever else is found there,
 * a crash has not made. Nor has it made a file shorter: a segment is as long as it will ever be
 * before its first frame, and is cut only behind the frame that ends a run. */
#include "store/log-reader.h"

#include <weir/error.h>

#include "base/limits.h"
#include "store/log-window.h"
#include "store/mutant.h"

struct WeirLogReader {
  WeirSegmentFolder folder;
  char *directory;
  WeirLogWindow window; /* where the last frame was */
  WeirLogWindow ahead;  /* where others are looked for */
  GArray *files;
  uint64_t only;     /* the one segment to be read; 0: all */
  uint64_t first;    /* number of the segment in which reading began */
  uint64_t place;    /* behind the last frame */
  uint64_t sequence; /* of the next frame; 0: any */
  bool has_read;     /* there was a frame */
  bool is_run_over;  /* the last frame was the end of a run: its segment has no more */
  uint64_t highest;  /* number of a segment */
  bool has_next;     /* it was looked at already */
  WeirFrame next;
  bool has_beyond; /* after damage: what is behind it */
  WeirFrame beyond;
};

static bool
list_files (WeirLogReader *reader, GError **error)
{
  GArray *files = weir_segment_list (&reader->folder, error);

  if (files == NULL)
    return false;
  if (reader->files != NULL)
    g_array_unref (reader->files);
  reader->files = files;
  if (files->len > 0) {
    WeirSegmentFile *last = &g_array_index (files, WeirSegmentFile, files->len - 1);

    reader->highest = MAX (reader->highest, last->number + last->n_numbers - 1);
  }
  return true;
}

static WeirLogReader *
new_reader (const char *directory, uint64_t log_id, uint64_t segment_size, WeirFs *fs,
            GError **error)
{
  WeirLogReader *reader = g_new0 (WeirLogReader, 1);

  reader->directory = g_strdup (directory);
  reader->folder = (WeirSegmentFolder){ reader->directory, log_id,
                                        segment_size != 0 ? segment_size : WEIR_LIMIT_SEGMENT, fs };
  weir_log_window_init (&reader->window, &reader->folder);
  weir_log_window_init (&reader->ahead, &reader->folder);
  reader->ahead.skips_holes = true;
  if (list_files (reader, error))
    return reader;
  weir_log_reader_free (reader);
  return NULL;
}

static uint64_t
get_number (WeirLogReader *reader, uint64_t place)
{
  return weir_segment_get_number (place, reader->folder.segment_size);
}

/* Looks at the segment that has @number. */
static bool
open_at (WeirLogReader *reader, uint64_t number, GError **error)
{
  const WeirSegmentFile *file = weir_segment_find (reader->files, number);

  if (file != NULL)
    return weir_log_window_open (&reader->window, file->number, error);
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "the log in '%s' is damaged: segment %" G_GUINT64_FORMAT
               " is not there; put it back",
               reader->directory, number);
  return false;
}

WeirLogReader *
weir_log_reader_new (const char *directory, uint64_t log_id, uint64_t segment_size, uint64_t place,
                     uint64_t sequence, WeirFs *fs, GError **error)
{
  WeirLogReader *reader = new_reader (directory, log_id, segment_size, fs, error);
  uint64_t number;

  if (reader == NULL)
    return NULL;
  number = get_number (reader, place);
  reader->place = place;
  reader->first = number;
  reader->sequence = sequence;
  reader->highest = MAX (reader->highest, number);
  if (place == 0 || open_at (reader, number, error))
    return reader;
  weir_log_reader_free (reader);
  return NULL;
}

WeirLogReader *
weir_log_reader_new_for_segment (const char *directory, uint64_t log_id, uint64_t segment_size,
                                 uint64_t number, WeirFs *fs, GError **error)
{
  WeirLogReader *reader = new_reader (directory, log_id, segment_size, fs, error);

  if (reader == NULL)
    return NULL;
  if (open_at (reader, number, error)) {
    reader->only = reader->window.number;
    reader->place = reader->window.base + WEIR_SEGMENT_HEADER;
    return reader;
  }
  weir_log_reader_free (reader);
  return NULL;
}

void
weir_log_reader_free (WeirLogReader *reader)
{
  if (reader == NULL)
    return;
  weir_log_window_clear (&reader->window);
  weir_log_window_clear (&reader->ahead);
  g_clear_pointer (&reader->files, g_array_unref);
  g_free (reader->directory);
  g_free (reader);
}

static WeirLogRead
accept (WeirLogReader *reader, const WeirFrame *frame, WeirFrame *ret_frame)
{
  reader->place = frame->next;
  reader->sequence = frame->sequence + 1;
  reader->is_run_over = frame->n_entries == 0;
  reader->has_read = true;
  *ret_frame = *frame;
  return WEIR_LOG_FRAME;
}

static bool
is_expected (WeirLogReader *reader, const WeirFrame *frame)
{
  return reader->sequence == 0 || frame->sequence == reader->sequence;
}

/* What no crash leaves. Returns: false with @error. */
static bool
check_header (WeirLogReader *reader, const WeirLogWindow *window, GError **error)
{
  g_autofree char *path = NULL;

  if (window->verdict != WEIR_SEGMENT_FOREIGN && window->verdict != WEIR_SEGMENT_LATER)
    return true;
  path = weir_segment_get_path (reader->directory, window->number);
  if (window->verdict == WEIR_SEGMENT_FOREIGN)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                 "'%s' belongs to the log of another data directory; put the right file there",
                 path);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED,
                 "'%s' was written by a later version of weir; use that one", path);
  return false;
}

/* Where the segment that was read last ends, a later one must go on.
 * Returns: WEIR_LOG_END when none does. */
static WeirLogRead
read_next_segment (WeirLogReader *reader, uint64_t limit, WeirFrame *ret_frame, GError **error)
{
  for (guint i = 0; i < reader->files->len; i++) {
    uint64_t number = g_array_index (reader->files, WeirSegmentFile, i).number;
    uint64_t place = number * reader->folder.segment_size + WEIR_SEGMENT_HEADER;
    WeirWindowRead read;
    WeirFrame frame;

    if (number <= reader->window.number || place >= limit)
      continue;
    if (!weir_log_window_open (&reader->ahead, number, error))
      return WEIR_LOG_FAILED;
    if (!check_header (reader, &reader->ahead, error))
      return WEIR_LOG_CORRUPT;
    if (reader->ahead.verdict != WEIR_SEGMENT_VALID)
      continue;
    read = weir_log_window_read (&reader->ahead, place, limit, &frame, error);
    if (read == WEIR_WINDOW_FAILED)
      return WEIR_LOG_FAILED;
    if (read == WEIR_WINDOW_FRAME && is_expected (reader, &frame)) {
      WeirLogWindow last = reader->window;

      reader->window = reader->ahead;
      reader->ahead = last;
      weir_log_window_close (&reader->ahead);
      return accept (reader, &frame, ret_frame);
    }
  }
  return WEIR_LOG_END;
}

/* Looks in one segment for a frame that proves that there was one at reader->place. */
static WeirWindowRead
search_segment (WeirLogReader *reader, uint64_t number, WeirFrame *ret_frame, GError **error)
{
  WeirLogWindow *ahead = &reader->ahead;
  uint64_t place;

  if (!weir_log_window_open (ahead, number, error))
    return WEIR_WINDOW_FAILED;
  place = MAX (reader->place, ahead->base + WEIR_SEGMENT_HEADER);
  while (place < ahead->base + ahead->size) {
    WeirWindowRead read = weir_log_window_read (ahead, place, UINT64_MAX, ret_frame, error);

    if (read == WEIR_WINDOW_FAILED)
      return read;
    if (read == WEIR_WINDOW_FRAME &&
        (ret_frame->durable > reader->place || ret_frame->place == reader->place))
      return read;
    place = read == WEIR_WINDOW_FRAME ? ret_frame->next : place + WEIR_FRAME_BLOCK;
  }
  return WEIR_WINDOW_NONE;
}

static WeirWindowRead
search_beyond (WeirLogReader *reader, GError **error)
{
  WeirWindowRead read = WEIR_WINDOW_NONE;

  for (guint i = 0; i < reader->files->len && read == WEIR_WINDOW_NONE; i++) {
    uint64_t number = g_array_index (reader->files, WeirSegmentFile, i).number;

    if (number < reader->window.number || (reader->only != 0 && number != reader->only))
      continue;
    /* A new run begins a new segment. */
    if (!reader->is_run_over || number != reader->window.number)
      read = search_segment (reader, number, &reader->beyond, error);
  }
  weir_log_window_close (&reader->ahead);
  reader->has_beyond = read == WEIR_WINDOW_FRAME;
  return read;
}

/* Returns: (transfer full): "byte 4096 of 000000000001.log". */
static char *
describe_place (WeirLogReader *reader, uint64_t place)
{
  const WeirSegmentFile *file = weir_segment_find (reader->files, get_number (reader, place));

  if (file == NULL)
    return g_strdup ("the beginning of the log");
  return g_strdup_printf ("byte %" G_GUINT64_FORMAT " of %012" G_GUINT64_FORMAT ".log",
                          place - file->number * reader->folder.segment_size, file->number);
}

/* Whether the segment of the last frame is shorter than a crash or the end of a run leaves it. Of
 * one without frames that cannot be told: a power cut may leave it as it was before it was settled.
 */
static bool
is_cut (const WeirLogReader *reader)
{
  const WeirLogWindow *segment = &reader->window;

  if (segment->verdict != WEIR_SEGMENT_VALID || segment->size >= segment->made)
    return false;
  if (reader->has_read)
    return !reader->is_run_over;
  /* What stood before is not known: it may have been the end of a run. */
  return reader->place != segment->base + segment->size;
}

static WeirLogRead
set_cut (const WeirLogReader *reader, GError **error)
{
  g_autofree char *path = weir_segment_get_path (reader->directory, reader->window.number);

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "'%s' is shorter than it was made, so frame %" G_GUINT64_FORMAT
               " and others may have been in it; put it back, 'weir data check' says what can be "
               "saved",
               path, reader->sequence);
  return WEIR_LOG_CORRUPT;
}

static WeirLogRead
set_damaged (WeirLogReader *reader, GError **error)
{
  g_autofree char *hole = describe_place (reader, reader->place);
  g_autofree char *proof = NULL;

  if (reader->has_beyond) {
    g_autofree char *at = describe_place (reader, reader->beyond.place);

    proof = g_strdup_printf ("frame %" G_GUINT64_FORMAT " at %s proves that it was on disk",
                             reader->beyond.sequence, at);
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "the log in '%s' is damaged at %s: frame %" G_GUINT64_FORMAT
               " is neither there nor at the beginning of a later segment, but %s; 'weir data"
               " check' says what can be saved",
               reader->directory, hole, reader->sequence,
               proof != NULL ? proof : "it had been written");
  return WEIR_LOG_CORRUPT;
}

/* Nothing is behind the last frame. The run may have ended just now: then the frame that says so is
 * there, and the file is what that left. */
static WeirLogRead
read_end (WeirLogReader *reader, uint64_t limit, WeirFrame *ret_frame, GError **error)
{
  WeirFrame frame;

  if (!is_cut (reader))
    return WEIR_LOG_END;
  if (!weir_log_window_open (&reader->window, reader->window.number, error))
    return WEIR_LOG_FAILED;
  switch (weir_log_window_read (&reader->window, reader->place, limit, &frame, error)) {
  case WEIR_WINDOW_FRAME:
    if (is_expected (reader, &frame))
      return accept (reader, &frame, ret_frame);
    break;
  case WEIR_WINDOW_FAILED:
    return WEIR_LOG_FAILED;
  case WEIR_WINDOW_NONE:
    break;
  }
  return is_cut (reader) ? set_cut (reader, error) : WEIR_LOG_END;
}

/* What the bytes at reader->place are when they are no frame. */
static WeirLogRead
read_elsewhere (WeirLogReader *reader, uint64_t limit, WeirFrame *ret_frame, GError **error)
{
  WeirLogRead read = WEIR_LOG_END;

  if (reader->only == 0) {
    if (!list_files (reader, error))
      return WEIR_LOG_FAILED;
    read = read_next_segment (reader, limit, ret_frame, error);
  }
  if (read != WEIR_LOG_END)
    return read;
  if (limit != UINT64_MAX)
    return set_damaged (reader, error);
  switch (search_beyond (reader, error)) {
  case WEIR_WINDOW_FRAME:
    return set_damaged (reader, error);
  case WEIR_WINDOW_FAILED:
    return WEIR_LOG_FAILED;
  case WEIR_WINDOW_NONE:
    break;
  }
  return read_end (reader, limit, ret_frame, error);
}

void
weir_log_reader_set_step (WeirLogReader *reader, size_t size)
{
  reader->window.step = reader->ahead.step = size;
}

bool
weir_log_reader_has_next (WeirLogReader *reader, uint64_t limit)
{
  if (!reader->has_next && reader->window.verdict == WEIR_SEGMENT_VALID && reader->place < limit)
    reader->has_next = weir_log_window_has (&reader->window, reader->place, limit) &&
                       weir_log_window_read (&reader->window, reader->place, limit, &reader->next,
                                             NULL) == WEIR_WINDOW_FRAME &&
                       is_expected (reader, &reader->next);
  return reader->has_next;
}

WeirLogRead
weir_log_reader_next (WeirLogReader *reader, uint64_t limit, WeirFrame *ret_frame, GError **error)
{
  WeirWindowRead read = WEIR_WINDOW_NONE;
  WeirFrame frame;

  reader->has_beyond = false;
  if (reader->has_next) {
    reader->has_next = false;
    return accept (reader, &reader->next, ret_frame);
  }
  if (reader->place >= limit)
    return WEIR_LOG_END;
  if (!check_header (reader, &reader->window, error))
    return WEIR_LOG_CORRUPT;
  if (reader->window.verdict == WEIR_SEGMENT_VALID)
    read = weir_log_window_read (&reader->window, reader->place, limit, &frame, error);
  if (read == WEIR_WINDOW_FAILED)
    return WEIR_LOG_FAILED;
  if (read == WEIR_WINDOW_FRAME && is_expected (reader, &frame))
    return accept (reader, &frame, ret_frame);
  return read_elsewhere (reader, limit, ret_frame, error);
}

bool
weir_log_reader_pass_over (WeirLogReader *reader)
{
  const WeirSegmentFile *file;

  if (!reader->has_beyond)
    return false;
  file = weir_segment_find (reader->files, get_number (reader, reader->beyond.place));
  if (file == NULL || !weir_log_window_open (&reader->window, file->number, NULL))
    return false;
  /* A frame proves more than a header that is damaged. */
  reader->window.verdict = WEIR_SEGMENT_VALID;
  reader->place = reader->beyond.place;
  reader->sequence = reader->beyond.sequence;
  reader->is_run_over = false;
  return true;
}

void
weir_log_reader_get_end (WeirLogReader *reader, WeirLogEnd *ret_end)
{
  *ret_end = (WeirLogEnd){ .place = reader->place,
                           .sequence = reader->sequence == 0 ? 0 : reader->sequence - 1,
                           .segment = reader->highest };
}

static bool
settle_file (WeirLogReader *reader, uint64_t number, GError **error)
{
  g_autofree char *path = weir_segment_get_path (reader->directory, number);
  WEIR_AUTO_FD int fd = weir_fs_open (reader->folder.fs, AT_FDCWD, path, O_RDONLY, 0, error);

  return fd >= 0 && weir_fs_sync (reader->folder.fs, fd, path, error);
}

bool
weir_log_reader_settle (WeirLogReader *reader, GError **error)
{
  if (WEIR_MUTANT (8))
    return true;
  /* Those before it are kept for other reasons: nothing of them was read. */
  for (guint i = 0; i < reader->files->len; i++) {
    const WeirSegmentFile *file = &g_array_index (reader->files, WeirSegmentFile, i);

    if (file->number + file->n_numbers > reader->first &&
        !settle_file (reader, file->number, error))
      return false;
  }
  return reader->files->len == 0 ||
         weir_fs_sync_directory (reader->folder.fs, reader->directory, error);
}
