#include "base/varint.h"
#include <glib.h>
#include <string.h>

static const struct {
  uint64_t value;
  size_t size;
  uint8_t bytes[WEIR_VARINT_MAX];
} known[] = {
  { 0, 1, { 0 } },
  { 1, 1, { 1 } },
  { 127, 1, { 0x7f } },
  { 128, 2, { 0x80, 1 } },
  { 300, 2, { 0xac, 2 } },
  { 16383, 2, { 0xff, 0x7f } },
  { 16384, 3, { 0x80, 0x80, 1 } },
  { INT64_MAX, 9, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f } },
  { UINT64_MAX, 10, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 } },
};

static void
test_known_bytes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    uint8_t bytes[WEIR_VARINT_MAX];
    size_t size = (size_t)(weir_varint_put (bytes, known[i].value) - bytes);
    WeirCursor cursor = { known[i].bytes, known[i].bytes + known[i].size, false };

    g_assert_cmpmem (bytes, size, known[i].bytes, known[i].size);
    g_assert_cmpuint (weir_varint_size (known[i].value), ==, size);
    g_assert_cmpuint (weir_cursor_get (&cursor), ==, known[i].value);
    g_assert_true (weir_cursor_is_at_end (&cursor) && !cursor.failed);
  }
}

static void
test_random_numbers_come_back (void)
{
  for (int i = 0; i < 100000; i++) {
    uint64_t value = (uint64_t)g_test_rand_int () << 32 | (uint32_t)g_test_rand_int ();
    uint8_t bytes[2 * WEIR_VARINT_MAX];
    uint8_t *end;
    WeirCursor cursor;

    value >>= g_test_rand_int_range (0, 64);
    end = weir_varint_put (bytes, value);
    g_assert_cmpuint (end - bytes, ==, weir_varint_size (value));
    end = weir_varint_put_signed (end, (int64_t)value);
    cursor = (WeirCursor){ bytes, end, false };
    g_assert_cmpuint (weir_cursor_get (&cursor), ==, value);
    g_assert_cmpint (weir_cursor_get_signed (&cursor), ==, (int64_t)value);
    g_assert_true (weir_cursor_is_at_end (&cursor) && !cursor.failed);
  }
}

static void
test_small_numbers_of_either_sign_are_short (void)
{
  static const int64_t values[] = { 0, -1, 1, -2, 2, -64, 63, -65, 64, INT64_MIN, INT64_MAX };

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++) {
    uint64_t coded = weir_varint_zigzag (values[i]);

    g_assert_cmpint (weir_varint_unzigzag (coded), ==, values[i]);
    if (i < 5)
      g_assert_cmpuint (coded, ==, i);
  }
}

/* Cut off, too large, a byte more than needed. */
static void
test_refuses_what_is_no_number (void)
{
  static const struct {
    size_t size;
    uint8_t bytes[12];
  } bad[] = {
    { 0, { 0 } },
    { 1, { 0x80 } },
    { 2, { 0x80, 0 } },
    { 3, { 0xff, 0x80, 0 } },
    { 9, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
    { 10, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2 } },
    { 11, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0 } },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree uint8_t *exact = g_memdup2 (bad[i].bytes, bad[i].size);
    WeirCursor cursor = { exact, exact + bad[i].size, false };

    g_assert_cmpuint (weir_cursor_get (&cursor), ==, 0);
    g_assert_true (cursor.failed && weir_cursor_is_at_end (&cursor));
    g_assert_null (weir_cursor_get_bytes (&cursor, 0));
    g_assert_cmpuint (weir_cursor_get (&cursor), ==, 0);
  }
}

static void
test_bytes_end_where_they_end (void)
{
  static const uint8_t bytes[] = { 1, 2, 3 };
  WeirCursor cursor = { bytes, bytes + sizeof bytes, false };

  g_assert_true (weir_cursor_get_bytes (&cursor, 2) == bytes);
  g_assert_true (weir_cursor_get_bytes (&cursor, 0) == bytes + 2);
  g_assert_true (weir_cursor_get_bytes (&cursor, 1) == bytes + 2);
  g_assert_true (weir_cursor_is_at_end (&cursor) && !cursor.failed);
  g_assert_null (weir_cursor_get_bytes (&cursor, UINT64_MAX));
  g_assert_true (cursor.failed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/varint/known", test_known_bytes);
  g_test_add_func ("/varint/random", test_random_numbers_come_back);
  g_test_add_func ("/varint/signed", test_small_numbers_of_either_sign_are_short);
  g_test_add_func ("/varint/bad", test_refuses_what_is_no_number);
  g_test_add_func ("/varint/bytes", test_bytes_end_where_they_end);
  return g_test_run ();
}
