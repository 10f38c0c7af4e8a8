/* Bytes that may be a frame or a segment: they are refused, or they are what their own header says.
 * Then the same bytes as the payload of a frame with a right checksum: entries end within it, and
 * written again they are the same bytes. */
#include "store/frame.h"

#include <string.h>

#define LOG_ID UINT64_C (0x0123456789abcdef)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* How a writer would have written what was read. */
static void
check_entries (const WeirFrame *frame)
{
  g_autofree uint8_t *again = g_malloc (frame->size + 1);
  g_autoptr (GError) error = NULL;
  uint8_t *end = again;
  WeirLogEntry entry;
  size_t at = 0;

  while (weir_frame_next_entry (frame, &at, &entry, &error)) {
    uint8_t *body;

    g_assert_cmpuint (at, <=, frame->size);
    g_assert_true (entry.body >= frame->payload);
    g_assert_true (entry.body + entry.size == frame->payload + at);
    g_assert_cmpuint (entry.place - frame->place, ==,
                      WEIR_FRAME_HEADER + (size_t)(entry.body - frame->payload));
    end = weir_frame_put_entry (end, (int64_t)((uint64_t)entry.wall - (uint64_t)frame->wall),
                                entry.body, entry.size, &body);
    g_assert_true (body + entry.size == end);
  }
  g_assert_true (error != NULL || at == frame->size);
  g_assert_cmpmem (again, (size_t)(end - again), frame->payload, at);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *bytes = g_malloc (WEIR_FRAME_HEADER + size);
  uint64_t log_id = LOG_ID, place = WEIR_SEGMENT_HEADER;
  WeirFrame frame, packed = { .place = 4096, .sequence = 1, .wall = INT64_MIN, .size = size };

  if (size >= WEIR_SEGMENT_HEADER)
    (void)weir_segment_header_read (data, log_id, 1);
  if (size >= WEIR_FRAME_HEADER) {
    memcpy (&log_id, data + 8, sizeof log_id);
    memcpy (&place, data + 16, sizeof place);
    log_id = GUINT64_FROM_LE (log_id);
    place = GUINT64_FROM_LE (place);
  }
  if (weir_frame_read (data, size, log_id, place, &frame)) {
    g_assert_true (frame.payload + frame.size <= data + size);
    check_entries (&frame);
  }

  if (size > 0)
    memcpy (bytes + WEIR_FRAME_HEADER, data, size);
  weir_frame_pack (bytes, LOG_ID, &packed);
  g_assert_true (weir_frame_read (bytes, WEIR_FRAME_HEADER + size, LOG_ID, packed.place, &frame));
  g_assert_cmpuint (frame.size, ==, size);
  check_entries (&frame);
  return 0;
}
