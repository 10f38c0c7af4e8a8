/* frame.h: the bytes of segments and frames (docs/internals/data-directory.md), without any I/O.
 *
 * A frame counts only where its header says that it stands, in its log, with its checksum: what an
 * earlier use of a file left behind can never be taken for one. Thread: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Frames begin at multiples of this: a block with durable bytes is never written again. */
#define WEIR_FRAME_BLOCK ((size_t)4096)

#define WEIR_FRAME_HEADER   ((size_t)64)
#define WEIR_SEGMENT_HEADER WEIR_FRAME_BLOCK

static inline uint64_t
weir_frame_pad (uint64_t size)
{
  return (size + WEIR_FRAME_BLOCK - 1) / WEIR_FRAME_BLOCK * WEIR_FRAME_BLOCK;
}

typedef enum {
  WEIR_SEGMENT_VALID,
  WEIR_SEGMENT_NONE,    /* no header, or that of an earlier use: no frame in it counts */
  WEIR_SEGMENT_FOREIGN, /* of another log */
  WEIR_SEGMENT_LATER,   /* of a version that is not known here */
} WeirSegmentVerdict;

/* @header: of WEIR_SEGMENT_HEADER bytes. @size: of the segment. */
void weir_segment_header_pack (uint8_t *header, uint64_t log_id, uint64_t number, uint64_t size);
WeirSegmentVerdict weir_segment_header_read (const uint8_t *header, uint64_t log_id,
                                             uint64_t number);

/* How long the file was made. Only of a header that is valid. */
uint64_t weir_segment_header_get_size (const uint8_t *header);

typedef struct {
  uint64_t place; /* of the frame */
  uint64_t next;  /* behind it: where the next one may be */
  uint64_t sequence;
  uint64_t durable; /* the watermark in it: all below was on disk */
  int64_t wall;
  uint32_t n_entries;
  const uint8_t *payload;
  size_t size; /* of the payload */
} WeirFrame;

/* Writes the header before a payload that already stands at @bytes + WEIR_FRAME_HEADER. Of @frame,
 * `next` and `payload` are not used. */
void weir_frame_pack (uint8_t *bytes, uint64_t log_id, const WeirFrame *frame);

/* How many bytes the frame of @log_id that begins at @place has, without those that pad it.
 * @header: of WEIR_FRAME_HEADER bytes. Returns: 0 when none begins there. */
size_t weir_frame_measure (const uint8_t *header, uint64_t log_id, uint64_t place);

/* Returns: whether @bytes are that frame, whole and unchanged. Its payload is in @bytes. */
bool weir_frame_read (const uint8_t *bytes, size_t size, uint64_t log_id, uint64_t place,
                      WeirFrame *ret_frame);

/* Bytes that an entry takes at most besides its body. */
#define WEIR_FRAME_ENTRY ((size_t)20)

/* Adds an entry to a payload. @ret_body: where its body begins.
 * Returns: (transfer none): what follows. */
uint8_t *weir_frame_put_entry (uint8_t *at, int64_t wall_delta, const void *body, size_t size,
                               uint8_t **ret_body);

typedef struct {
  uint64_t place; /* of the body's first byte */
  int64_t wall;
  const uint8_t *body;
  size_t size;
} WeirLogEntry;

/* One entry of a frame. @at: 0 at first. Returns: false at the end, or with @error when the payload
 * is malformed, which a writer never makes. */
bool weir_frame_next_entry (const WeirFrame *frame, size_t *at, WeirLogEntry *ret_entry,
                            GError **error);
