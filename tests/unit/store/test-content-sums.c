#include "store/content-sums.h"

#include "base/crc32c.h"

#define N_BYTES ((size_t)4 * WEIR_CONTENT_BLOCK + 777)

static const size_t sizes[] = { 0,
                                1,
                                1000,
                                WEIR_CONTENT_BLOCK - 1,
                                WEIR_CONTENT_BLOCK,
                                WEIR_CONTENT_BLOCK + 1,
                                2 * WEIR_CONTENT_BLOCK,
                                N_BYTES };

static char *
make_bytes (void)
{
  char *bytes = g_malloc (N_BYTES);

  for (size_t i = 0; i < N_BYTES; i++)
    bytes[i] = (char)((uint32_t)i * UINT32_C (2654435761) >> 11);
  return bytes;
}

static void
test_blocks_add_up_to_the_whole (void)
{
  static const size_t steps[] = { 4096, 100003, WEIR_CONTENT_BLOCK, N_BYTES };
  g_autofree char *bytes = make_bytes ();

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (size_t j = 0; j < G_N_ELEMENTS (steps); j++) {
      WeirContentSums sums = { 0 };

      for (size_t done = 0; done < sizes[i]; done += MIN (steps[j], sizes[i] - done))
        weir_content_sums_add (&sums, bytes + done, MIN (steps[j], sizes[i] - done));
      g_assert_cmpuint (sums.size, ==, sizes[i]);
      g_assert_cmphex (weir_content_sums_get (&sums), ==, weir_crc32c (0, bytes, sizes[i]));
      weir_content_sums_clear (&sums);
    }
  }
}

static void
test_each_block_has_its_own (void)
{
  g_autofree char *bytes = make_bytes ();
  uint32_t blocks[5];
  WeirContentSums sums = { 0 };

  g_assert_cmpuint (weir_content_sums_get_n_blocks (N_BYTES), ==, G_N_ELEMENTS (blocks));
  g_assert_cmpuint (weir_content_sums_get_n_blocks (2 * WEIR_CONTENT_BLOCK), ==, 2);
  g_assert_cmpuint (weir_content_sums_get_n_blocks (0), ==, 0);
  weir_content_sums_add (&sums, bytes, N_BYTES);
  weir_content_sums_get_blocks (&sums, blocks);
  for (size_t i = 0; i < G_N_ELEMENTS (blocks); i++) {
    size_t start = i * WEIR_CONTENT_BLOCK;

    g_assert_cmphex (blocks[i], ==,
                     weir_crc32c (0, bytes + start, MIN (WEIR_CONTENT_BLOCK, N_BYTES - start)));
  }
  g_assert_cmphex (weir_content_sums_join (blocks, N_BYTES), ==, weir_crc32c (0, bytes, N_BYTES));
  blocks[2] ^= 1;
  g_assert_cmphex (weir_content_sums_join (blocks, N_BYTES), !=, weir_crc32c (0, bytes, N_BYTES));
  weir_content_sums_clear (&sums);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content-sums/whole", test_blocks_add_up_to_the_whole);
  g_test_add_func ("/content-sums/blocks", test_each_block_has_its_own);
  return g_test_run ();
}
