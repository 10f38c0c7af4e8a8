/* log-reader.h: frames of a log in the order of their sequence numbers: at start, behind the writer
 * of the same process, and for `weir data check`.
 *
 * What ends the reading is told apart: the end, a torn tail, and corruption, which is never passed
 * over (storage design, rule 5). Thread: one at a time for each reader. */
#pragma once

#include "base/fs.h"

typedef struct WeirLogReader WeirLogReader;

typedef struct {
  uint64_t place; /* of the frame */
  uint64_t next;  /* behind it: where the next one may be */
  uint64_t sequence;
  uint64_t durable; /* the watermark in it */
  int64_t wall;
  uint32_t n_entries;
  const uint8_t *payload; /* until the next call */
  size_t size;
} WeirFrame;

typedef enum {
  WEIR_LOG_FRAME,
  WEIR_LOG_END, /* nothing more, or nothing that had ever been durable (a torn tail) */
  WEIR_LOG_CORRUPT,
  WEIR_LOG_FAILED, /* the disk */
} WeirLogRead;

/* Begins with the first frame whose sequence number is @sequence (1: all there is). The segments
 * before it may be gone; those behind must be there. Returns: (transfer full): NULL with @error. */
WeirLogReader *weir_log_reader_new (const char *directory, uint64_t log_id, uint64_t segment_size,
                                    uint64_t sequence, WeirFs *fs, GError **error);
void weir_log_reader_free (WeirLogReader *reader);

/* The next frame that is wholly below @limit; UINT64_MAX: whatever is there, which must not be
 * written meanwhile. @error is set for the last two. */
WeirLogRead weir_log_reader_next (WeirLogReader *reader, uint64_t limit, WeirFrame *ret_frame,
                                  GError **error);

/* After WEIR_LOG_END without a limit: syncs every segment that was read, so that what follows
 * stands on firm ground (rule 6). */
bool weir_log_reader_settle (WeirLogReader *reader, GError **error);

/* One entry of a frame. @at: 0 at first. */
typedef struct {
  uint64_t place; /* of the body's first byte */
  int64_t wall;
  const uint8_t *body;
  size_t size;
} WeirLogEntry;

/* Returns: false at the end, or with @error when the payload is malformed, which a writer never
 * makes. */
bool weir_frame_next_entry (const WeirFrame *frame, size_t *at, WeirLogEntry *ret_entry,
                            GError **error);
