#include "base/crc32c.h"
#include <glib.h>
#include <string.h>

/* Values of RFC 3720, B.4. */
static void
test_known_values (void)
{
  uint8_t bytes[32] = { 0 };

  g_assert_cmphex (weir_crc32c (0, "", 0), ==, 0);
  g_assert_cmphex (weir_crc32c (0, "123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (weir_crc32c (0, bytes, 32), ==, 0x8a9136aa);
  memset (bytes, 0xff, sizeof bytes);
  g_assert_cmphex (weir_crc32c (0, bytes, 32), ==, 0x62a8ab43);
  for (uint8_t i = 0; i < 32; i++)
    bytes[i] = i;
  g_assert_cmphex (weir_crc32c (0, bytes, 32), ==, 0x46dd794e);
}

static void
test_all_ways_agree (void)
{
  uint8_t bytes[1000];

  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t)g_test_rand_int ();
  for (size_t size = 0; size < sizeof bytes; size++) {
    size_t cut = (size_t)g_test_rand_int_range (0, (int)size + 1);
    uint32_t whole = weir_crc32c (0, bytes, size);

    g_assert_cmphex (weir_crc32c_portable (0, bytes, size), ==, whole);
    g_assert_cmphex (weir_crc32c (weir_crc32c (0, bytes, cut), bytes + cut, size - cut), ==, whole);
  }
}

/* Large ones are summed in pieces, which are joined. */
static void
test_large_ones_agree (void)
{
  static const size_t lengths[] = { 4096, 12287, 12288, 12289, 24576, 70000, 200000 };
  g_autofree uint8_t *bytes = g_malloc (200000);

  for (size_t i = 0; i < 200000; i++)
    bytes[i] = (uint8_t)g_test_rand_int ();
  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++) {
    size_t cut = (size_t)g_test_rand_int_range (0, (int)lengths[i] + 1);
    uint32_t whole = weir_crc32c_portable (0, bytes, lengths[i]);
    uint32_t first = weir_crc32c (0, bytes, cut);
    uint32_t rest = weir_crc32c (0, bytes + cut, lengths[i] - cut);

    g_assert_cmphex (weir_crc32c (0, bytes, lengths[i]), ==, whole);
    g_assert_cmphex (weir_crc32c (first, bytes + cut, lengths[i] - cut), ==, whole);
    g_assert_cmphex (weir_crc32c_join (first, rest, weir_crc32c_get_shift (lengths[i] - cut)), ==,
                     whole);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crc32c/known", test_known_values);
  g_test_add_func ("/crc32c/agree", test_all_ways_agree);
  g_test_add_func ("/crc32c/large", test_large_ones_agree);
  return g_test_run ();
}
