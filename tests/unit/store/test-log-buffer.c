/* test-log-buffer.c: where frames go, and how large segments are. */
#include "store/log-buffer.h"

#include <glib.h>

#define KIB    UINT64_C (1024)
#define MIB    (KIB * 1024)
#define SECOND ((int64_t)G_USEC_PER_SEC)

static uint64_t
get_limit (const WeirLogLayout *layout)
{
  WeirLogBuffer buffer;
  uint64_t limit;

  weir_log_buffer_init (&buffer, 4 * MIB);
  weir_log_buffer_begin (&buffer, layout);
  limit = buffer.limit;
  weir_log_buffer_clear (&buffer);
  return limit;
}

/* Fills the segment with the largest frames, in @lasts, and looks whether all of them are in it.
 * Returns: how large it was. */
static uint64_t
fill_segment (WeirLogLayout *layout, int64_t lasts, int64_t *now)
{
  uint64_t number = layout->number, size = layout->size;
  uint64_t start = number * layout->segment_size, step = get_limit (layout);

  g_assert_cmpuint (step % WEIR_FRAME_BLOCK, ==, 0);
  g_assert_cmpuint (step, >=, 2 * WEIR_FRAME_BLOCK);
  while (layout->number == number) {
    g_assert_cmpuint (layout->next + step, <=, start + size);
    *now += lasts * (int64_t)step / (int64_t)size;
    weir_log_layout_advance (layout, step, *now);
  }
  g_assert_cmpuint (layout->next, ==, layout->number * layout->segment_size + WEIR_SEGMENT_HEADER);
  return size;
}

static void
test_segments_grow_with_use (void)
{
  WeirLogLayout layout;
  int64_t now = 5 * SECOND;

  weir_log_layout_init (&layout, 64 * MIB, 4 * MIB, 7, now);
  g_assert_cmpuint (get_limit (&layout), ==, 128 * KIB);
  for (uint64_t size = MIB; size < 64 * MIB; size *= 2)
    g_assert_cmpuint (fill_segment (&layout, 15 * SECOND, &now), ==, size);
  g_assert_cmpuint (fill_segment (&layout, SECOND, &now), ==, 64 * MIB);
  g_assert_cmpuint (get_limit (&layout), ==, 4 * MIB);
  g_assert_cmpuint (layout.number, ==, 14);

  /* As long as it goes on at some pace they stay as they are, and with little they shrink again. */
  g_assert_cmpuint (fill_segment (&layout, 100 * SECOND, &now), ==, 64 * MIB);
  for (uint64_t size = 64 * MIB; size >= MIB; size /= 2)
    g_assert_cmpuint (fill_segment (&layout, 1000 * SECOND, &now), ==, size);
  g_assert_cmpuint (fill_segment (&layout, 1000 * SECOND, &now), ==, MIB);
}

/* Nor is any of them of a size that frames do not fit into. */
static void
test_odd_sizes (void)
{
  for (uint64_t segment_size = 64 * KIB; segment_size <= 20 * MIB; segment_size += 64 * KIB) {
    WeirLogLayout layout;
    uint64_t before = 0;
    int64_t now = 0;

    weir_log_layout_init (&layout, segment_size, 4 * MIB, 1, now);
    for (unsigned i = 0; i < 10; i++) {
      uint64_t size = fill_segment (&layout, 15 * SECOND, &now);

      g_assert_cmpuint (size, ==, before == 0 ? size : MIN (2 * before, segment_size));
      before = size;
    }
    g_assert_cmpuint (before, ==, segment_size);
    for (unsigned i = 0; i < 10; i++)
      before = fill_segment (&layout, 1000 * SECOND, &now);
    g_assert_cmpuint (before, ==, 64 * KIB * MAX (segment_size / 64 / (64 * KIB), 1));
  }
}

/* Who writes much gets there soon, but not by the first burst. */
static void
test_fast_growth (void)
{
  WeirLogLayout layout;
  int64_t now = 0;

  weir_log_layout_init (&layout, 64 * MIB, 4 * MIB, 1, now);
  g_assert_cmpuint (fill_segment (&layout, SECOND, &now), ==, MIB);
  g_assert_cmpuint (fill_segment (&layout, 6 * SECOND, &now), ==, 8 * MIB);
  g_assert_cmpuint (fill_segment (&layout, 0, &now), ==, 32 * MIB);
  g_assert_cmpuint (fill_segment (&layout, 0, &now), ==, 64 * MIB);
}

static void
test_large_entries (void)
{
  WeirLogLayout layout;

  /* At the beginning of a segment that is made larger for it. */
  weir_log_layout_init (&layout, 64 * MIB, 4 * MIB, 1, 0);
  weir_log_layout_reserve (&layout, 3 * MIB, 0);
  g_assert_cmpuint (layout.number, ==, 1);
  g_assert_cmpuint (layout.size, ==, 4 * MIB);
  /* Where it has room, behind others. */
  weir_log_layout_advance (&layout, MIB, 0);
  weir_log_layout_reserve (&layout, 2 * MIB, 0);
  g_assert_cmpuint (layout.number, ==, 1);
  /* In one of its own, that takes two numbers. */
  weir_log_layout_advance (&layout, 4 * KIB, 0);
  weir_log_layout_reserve (&layout, 100 * MIB, 0);
  g_assert_cmpuint (layout.number, ==, 2);
  g_assert_cmpuint (layout.size, ==, 128 * MIB);
  g_assert_cmpuint (weir_log_layout_get_n_numbers (&layout), ==, 2);
  /* One is no sign of more. */
  weir_log_layout_advance (&layout, 100 * MIB, 100 * SECOND);
  weir_log_layout_advance (&layout, 28 * MIB - WEIR_SEGMENT_HEADER, 100 * SECOND);
  g_assert_cmpuint (layout.number, ==, 4);
  g_assert_cmpuint (layout.size, ==, MIB);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-buffer/segments-grow-with-use", test_segments_grow_with_use);
  g_test_add_func ("/log-buffer/fast-growth", test_fast_growth);
  g_test_add_func ("/log-buffer/odd-sizes", test_odd_sizes);
  g_test_add_func ("/log-buffer/large-entries", test_large_entries);
  return g_test_run ();
}
