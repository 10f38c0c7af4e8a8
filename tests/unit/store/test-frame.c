#include <glib.h>
#include <string.h>
#include <weir/error.h>

#include "store/frame.h"

#define LOG_ID UINT64_C (0x0123456789abcdef)
#define PLACE  UINT64_C (0x4001000)
#define WALL   INT64_C (1700000000000000)

static const char *const bodies[] = { "", "one", "the second is longer" };

/* A frame of three entries. Returns: its size. */
static size_t
make_frame (uint8_t *bytes)
{
  uint8_t *at = bytes + WEIR_FRAME_HEADER;
  WeirFrame frame = {
    .place = PLACE, .sequence = 7, .durable = 0x4000000, .wall = WALL, .n_entries = 3
  };

  for (int i = 0; i < 3; i++) {
    uint8_t *body;

    at = weir_frame_put_entry (at, i * 1000 - 1000, bodies[i], strlen (bodies[i]), &body);
    g_assert_true (body + strlen (bodies[i]) == at);
  }
  frame.size = (size_t)(at - bytes) - WEIR_FRAME_HEADER;
  weir_frame_pack (bytes, LOG_ID, &frame);
  return (size_t)(at - bytes);
}

static void
test_round_trip (void)
{
  uint8_t bytes[1000] = { 0 };
  size_t size = make_frame (bytes), at = 0;
  g_autoptr (GError) error = NULL;
  WeirLogEntry entry;
  WeirFrame frame;

  g_assert_cmpuint (weir_frame_measure (bytes, LOG_ID, PLACE), ==, size);
  g_assert_true (weir_frame_read (bytes, sizeof bytes, LOG_ID, PLACE, &frame));
  g_assert_cmpuint (frame.place, ==, PLACE);
  g_assert_cmpuint (frame.next, ==, PLACE + WEIR_FRAME_BLOCK);
  g_assert_cmpuint (frame.sequence, ==, 7);
  g_assert_cmpuint (frame.durable, ==, 0x4000000);
  g_assert_cmpint (frame.wall, ==, WALL);
  g_assert_cmpuint (frame.n_entries, ==, 3);
  for (int i = 0; i < 3; i++) {
    g_assert_true (weir_frame_next_entry (&frame, &at, &entry, &error));
    g_assert_cmpmem (entry.body, entry.size, bodies[i], strlen (bodies[i]));
    g_assert_cmpint (entry.wall, ==, WALL + i * 1000 - 1000);
    g_assert_true (bytes + (entry.place - PLACE) == entry.body);
  }
  g_assert_false (weir_frame_next_entry (&frame, &at, &entry, &error));
  g_assert_no_error (error);
}

static void
test_elsewhere (void)
{
  uint8_t bytes[1000] = { 0 };
  size_t size = make_frame (bytes);
  WeirFrame frame;

  g_assert_false (weir_frame_read (bytes, size, LOG_ID + 1, PLACE, &frame));
  g_assert_false (weir_frame_read (bytes, size, LOG_ID, PLACE + WEIR_FRAME_BLOCK, &frame));
  g_assert_cmpuint (weir_frame_measure (bytes, LOG_ID + 1, PLACE), ==, 0);
  g_assert_cmpuint (weir_frame_measure (bytes, LOG_ID, PLACE - WEIR_FRAME_BLOCK), ==, 0);
}

/* No byte may be missing, no bit may be another. */
static void
test_damage (void)
{
  uint8_t bytes[1000] = { 0 };
  size_t size = make_frame (bytes);
  WeirFrame frame;

  for (size_t cut = 0; cut < size; cut++) {
    g_autofree uint8_t *part = g_memdup2 (bytes, cut);

    g_assert_false (weir_frame_read (part, cut, LOG_ID, PLACE, &frame));
  }
  for (size_t bit = 0; bit < size * 8; bit++) {
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    g_assert_false (weir_frame_read (bytes, sizeof bytes, LOG_ID, PLACE, &frame));
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  g_assert_true (weir_frame_read (bytes, size, LOG_ID, PLACE, &frame));
}

/* Even with a checksum that is right, an entry ends within its frame. */
static void
test_malformed (void)
{
  static const char *const payloads[] = { "\x05"
                                          "12",
                                          "\x80", "\x00", "\x01\x80",
                                          "\x81\x00"
                                          "1" };
  static const size_t sizes[] = { 3, 1, 1, 2, 3 };

  for (size_t i = 0; i < G_N_ELEMENTS (payloads); i++) {
    WeirFrame frame = { .payload = g_memdup2 (payloads[i], sizes[i]), .size = sizes[i] };
    g_autoptr (GError) error = NULL;
    WeirLogEntry entry;
    size_t at = 0;

    g_assert_false (weir_frame_next_entry (&frame, &at, &entry, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
    g_free ((void *)frame.payload);
  }
}

static void
test_segment (void)
{
  uint8_t header[WEIR_SEGMENT_HEADER];

  weir_segment_header_pack (header, LOG_ID, 12, 1 << 20);
  g_assert_cmpint (weir_segment_header_read (header, LOG_ID, 12), ==, WEIR_SEGMENT_VALID);
  g_assert_cmpint (weir_segment_header_read (header, LOG_ID, 13), ==, WEIR_SEGMENT_NONE);
  g_assert_cmpint (weir_segment_header_read (header, LOG_ID + 1, 12), ==, WEIR_SEGMENT_FOREIGN);
  for (size_t bit = 0; bit < (size_t)64 * 8; bit++) {
    header[bit / 8] ^= (uint8_t)(1u << bit % 8);
    g_assert_cmpint (weir_segment_header_read (header, LOG_ID, 12), ==, WEIR_SEGMENT_NONE);
    header[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/round-trip", test_round_trip);
  g_test_add_func ("/frame/elsewhere", test_elsewhere);
  g_test_add_func ("/frame/damage", test_damage);
  g_test_add_func ("/frame/malformed", test_malformed);
  g_test_add_func ("/frame/segment", test_segment);
  return g_test_run ();
}
