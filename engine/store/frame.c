/* frame.c: headers and entries as bytes. */
#include "store/frame.h"

#include <string.h>
#include <weir/error.h>

#include "base/crc32c.h"
#include "base/varint.h"
#include "store/mutant.h"

#define VERSION 1u

/* As they stand on disk, little-endian. */
typedef struct {
  char magic[8];
  uint32_t version;
  uint32_t crc;
  uint64_t log_id;
  uint64_t number;
  uint64_t unused;
  uint64_t size;
  uint64_t zero[2];
} SegmentHeader;

typedef struct {
  char magic[4];
  uint32_t crc;
  uint64_t log_id;
  uint64_t place;
  uint64_t sequence;
  uint64_t durable;
  int64_t wall;
  uint32_t size;
  uint32_t n_entries;
  uint64_t zero;
} FrameHeader;

G_STATIC_ASSERT (sizeof (SegmentHeader) == 64);
G_STATIC_ASSERT (sizeof (FrameHeader) == WEIR_FRAME_HEADER);

static const char segment_magic[8] = { 'W', 'E', 'I', 'R', 'S', 'E', 'G', '\n' };
static const char frame_magic[4] = { 'W', 'F', 'R', '1' };

/* Of @size bytes, with the four at @hole taken for zeros. */
static uint32_t
checksum (const uint8_t *bytes, size_t size, size_t hole)
{
  static const uint32_t zero = 0;
  uint32_t crc = weir_crc32c (0, bytes, hole);

  crc = weir_crc32c (crc, &zero, sizeof zero);
  hole += sizeof zero;
  return weir_crc32c (crc, bytes + hole, size - hole);
}

void
weir_segment_header_pack (uint8_t *header, uint64_t log_id, uint64_t number, uint64_t size)
{
  SegmentHeader fields = { .version = GUINT32_TO_LE (VERSION),
                           .log_id = GUINT64_TO_LE (log_id),
                           .number = GUINT64_TO_LE (number),
                           .size = GUINT64_TO_LE (size) };

  memcpy (fields.magic, segment_magic, sizeof segment_magic);
  memset (header, 0, WEIR_SEGMENT_HEADER);
  memcpy (header, &fields, sizeof fields);
  fields.crc = GUINT32_TO_LE (checksum (header, sizeof fields, offsetof (SegmentHeader, crc)));
  memcpy (header, &fields, sizeof fields);
}

WeirSegmentVerdict
weir_segment_header_read (const uint8_t *header, uint64_t log_id, uint64_t number)
{
  SegmentHeader fields;

  memcpy (&fields, header, sizeof fields);
  if (memcmp (fields.magic, segment_magic, sizeof segment_magic) != 0 ||
      GUINT32_FROM_LE (fields.crc) !=
          checksum (header, sizeof fields, offsetof (SegmentHeader, crc)))
    return WEIR_SEGMENT_NONE;
  if (GUINT32_FROM_LE (fields.version) != VERSION)
    return WEIR_SEGMENT_LATER;
  if (GUINT64_FROM_LE (fields.log_id) != log_id)
    return WEIR_SEGMENT_FOREIGN;
  return WEIR_MUTANT (9) || GUINT64_FROM_LE (fields.number) == number ? WEIR_SEGMENT_VALID
                                                                      : WEIR_SEGMENT_NONE;
}

uint64_t
weir_segment_header_get_size (const uint8_t *header)
{
  SegmentHeader fields;

  memcpy (&fields, header, sizeof fields);
  return GUINT64_FROM_LE (fields.size);
}

void
weir_frame_pack (uint8_t *bytes, uint64_t log_id, const WeirFrame *frame)
{
  FrameHeader fields = { .log_id = GUINT64_TO_LE (log_id),
                         .place = GUINT64_TO_LE (frame->place),
                         .sequence = GUINT64_TO_LE (frame->sequence),
                         .durable = GUINT64_TO_LE (frame->durable),
                         .wall = GINT64_TO_LE (frame->wall),
                         .size = GUINT32_TO_LE ((uint32_t)frame->size),
                         .n_entries = GUINT32_TO_LE (frame->n_entries) };

  memcpy (fields.magic, frame_magic, sizeof frame_magic);
  memcpy (bytes, &fields, sizeof fields);
  fields.crc =
      GUINT32_TO_LE (checksum (bytes, sizeof fields + frame->size, offsetof (FrameHeader, crc)));
  memcpy (bytes, &fields, sizeof fields);
}

size_t
weir_frame_measure (const uint8_t *header, uint64_t log_id, uint64_t place)
{
  FrameHeader fields;

  memcpy (&fields, header, sizeof fields);
  if (memcmp (fields.magic, frame_magic, sizeof frame_magic) != 0 ||
      GUINT64_FROM_LE (fields.log_id) != log_id ||
      (!WEIR_MUTANT (9) && GUINT64_FROM_LE (fields.place) != place))
    return 0;
  return sizeof fields + GUINT32_FROM_LE (fields.size);
}

bool
weir_frame_read (const uint8_t *bytes, size_t size, uint64_t log_id, uint64_t place,
                 WeirFrame *ret_frame)
{
  FrameHeader fields;
  size_t whole;

  if (size < sizeof fields)
    return false;
  whole = weir_frame_measure (bytes, log_id, place);
  memcpy (&fields, bytes, sizeof fields);
  if (whole == 0 || whole > size ||
      (!WEIR_MUTANT (4) &&
       GUINT32_FROM_LE (fields.crc) != checksum (bytes, whole, offsetof (FrameHeader, crc))))
    return false;
  *ret_frame = (WeirFrame){ .place = place,
                            .next = place + weir_frame_pad (whole),
                            .sequence = GUINT64_FROM_LE (fields.sequence),
                            .durable = GUINT64_FROM_LE (fields.durable),
                            .wall = GINT64_FROM_LE (fields.wall),
                            .n_entries = GUINT32_FROM_LE (fields.n_entries),
                            .payload = bytes + sizeof fields,
                            .size = whole - sizeof fields };
  return true;
}

uint8_t *
weir_frame_put_entry (uint8_t *at, int64_t wall_delta, const void *body, size_t size,
                      uint8_t **ret_body)
{
  uint64_t delta = weir_varint_zigzag (wall_delta);

  at = weir_varint_put (at, weir_varint_size (delta) + size);
  at = weir_varint_put (at, delta);
  memcpy (at, body, size);
  *ret_body = at;
  return at + size;
}

bool
weir_frame_next_entry (const WeirFrame *frame, size_t *at, WeirLogEntry *ret_entry, GError **error)
{
  WeirCursor payload = { frame->payload + *at, frame->payload + frame->size, false };
  WeirCursor rest;
  uint64_t size;
  int64_t delta;

  if (*at == frame->size)
    return false;
  size = weir_cursor_get (&payload);
  rest.at = weir_cursor_get_bytes (&payload, size);
  rest.end = payload.at;
  rest.failed = payload.failed;
  delta = rest.failed ? 0 : weir_cursor_get_signed (&rest);
  if (rest.failed) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                 "frame %" G_GUINT64_FORMAT
                 " of the log has a malformed entry at byte %zu, although"
                 " its checksum is right: it was written by something else than this engine",
                 frame->sequence, *at);
    return false;
  }
  *at = (size_t)(payload.at - frame->payload);
  *ret_entry = (WeirLogEntry){ .place = frame->place + WEIR_FRAME_HEADER +
                                        (size_t)(rest.at - frame->payload),
                               .wall = (int64_t)((uint64_t)frame->wall + (uint64_t)delta),
                               .body = rest.at,
                               .size = (size_t)(rest.end - rest.at) };
  return true;
}
