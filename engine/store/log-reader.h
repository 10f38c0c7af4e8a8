/* log-reader.h: frames of a log in the order of their sequence numbers: at start, behind the writer
 * of the same process, and for `weir data check`.
 *
 * What ends the reading is told apart: the end, a torn tail, and corruption, which is never passed
 * over (storage design, rule 5). Thread: one at a time for each reader. */
#pragma once

#include "base/fs.h"
#include "store/frame.h"
#include "store/log.h"

typedef struct WeirLogReader WeirLogReader;

typedef enum {
  WEIR_LOG_FRAME,
  WEIR_LOG_END, /* nothing more, or nothing that had ever been durable (a torn tail) */
  WEIR_LOG_CORRUPT,
  WEIR_LOG_FAILED, /* the disk */
} WeirLogRead;

/* Begins with the frame @sequence. @place: behind the frame before it, whose segment must be there;
 * 0 with @sequence 1: the beginning of all. Segments before it may be gone, those behind must not.
 * @segment_size: 0: WEIR_LIMIT_SEGMENT. Returns: (transfer full): NULL with @error. */
WeirLogReader *weir_log_reader_new (const char *directory, uint64_t log_id, uint64_t segment_size,
                                    uint64_t place, uint64_t sequence, WeirFs *fs, GError **error);

/* Reads segment @number and nothing behind it, whatever frame it begins with.
 * Returns: (transfer full): NULL with @error. */
WeirLogReader *weir_log_reader_new_for_segment (const char *directory, uint64_t log_id,
                                                uint64_t segment_size, uint64_t number, WeirFs *fs,
                                                GError **error);
void weir_log_reader_free (WeirLogReader *reader);

/* The next frame that is wholly below @limit, which is a watermark of the writer; UINT64_MAX:
 * whatever is there, which must not be written meanwhile. The payload is there until the next call,
 * or longer (weir_log_reader_has_next). After an end it may be called again. @error is set for the
 * last two; the message says what is damaged and how that is known. */
WeirLogRead weir_log_reader_next (WeirLogReader *reader, uint64_t limit, WeirFrame *ret_frame,
                                  GError **error);

/* Reads @size bytes at once, where there are so many. */
void weir_log_reader_set_step (WeirLogReader *reader, size_t size);

/* Whether the next frame has been read already: then the payloads of this one and of those for
 * which it was so stay where they are when that one is taken. @limit: as for that. */
bool weir_log_reader_has_next (WeirLogReader *reader, uint64_t limit);

/* After WEIR_LOG_CORRUPT: goes on with the first frame behind the damage, for those who look for
 * what can be saved. Returns: false when there is none. */
bool weir_log_reader_pass_over (WeirLogReader *reader);

/* After WEIR_LOG_END without a limit: where a log goes on. */
void weir_log_reader_get_end (WeirLogReader *reader, WeirLogEnd *ret_end);

/* After WEIR_LOG_END without a limit: syncs every segment from where it began, so that what follows
 * stands on firm ground (rule 6): what was read may have been in memory only. What is before that
 * was on disk when a snapshot went beyond it, or a run that synced nothing has said that it is not
 * (content-keeper.c). */
bool weir_log_reader_settle (WeirLogReader *reader, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirLogReader, weir_log_reader_free)
