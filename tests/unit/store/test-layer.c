#include "store/layer.h"
#include <glib.h>
#include <string.h>
#include <weir/error.h>

/* Attribute 1 set to "a"; nothing removed. */
static const uint8_t chunk[] = { 1, 1, 1, 'a', 0 };
static const uint8_t removing[] = { 1, 2, 1, 'b', 1, 1 }; /* 2 set to "b", 1 removed */

static const WeirLayer whole = {
  .id = 9,
  .kind = WEIR_LAYER_WHOLE,
  .has_queue = true,
  .has_attributes = true,
  .has_content = true,
  .has_penalty = true,
  .attributes = { chunk, sizeof chunk, 1 },
  .queue = 1,
  .order = 2,
  .entry_time = 3,
  .lineage_start = -4,
  .penalty_until = 5,
  .content = { WEIR_WHERE_LOG, 6, 0, 7, 8, 1, 2 },
};
static const WeirLayer moved = {
  .id = 9, .kind = WEIR_LAYER_CHANGE, .has_queue = true, .queue = 11, .order = 12
};
static const WeirLayer held = {
  .id = 9, .kind = WEIR_LAYER_CHANGE, .has_penalty = true, .penalty_until = 77
};
static const WeirLayer emptied = { .id = 9, .kind = WEIR_LAYER_CHANGE, .has_content = true };
static const WeirLayer renamed = {
  .id = 9,
  .kind = WEIR_LAYER_CHANGE,
  .has_attributes = true,
  .attributes = { removing, sizeof removing, 1 },
};
static const WeirLayer gone = { .id = 9, .kind = WEIR_LAYER_GONE };

static WeirLayer
join (const WeirLayer *const *layers, guint n, bool is_bottom, WeirChunksSum *sum)
{
  g_autoptr (GError) error = NULL;
  WeirLayer copies[8], result;

  for (guint i = 0; i < n; i++)
    copies[i] = *layers[i];
  weir_layers_join (copies, n, is_bottom, sum, &result, &error);
  g_assert_no_error (error);
  return result;
}

static void
test_layers_cover_each_other (void)
{
  const WeirLayer *all[] = { &emptied, &held, &moved, &renamed, &whole };
  const WeirLayer *changes[] = { &moved, &held, &renamed };
  WeirChunksSum sum;
  WeirLayer layer;

  weir_chunks_sum_init (&sum);
  layer = join (all, 5, true, &sum);
  g_assert_cmpint (layer.kind, ==, WEIR_LAYER_WHOLE);
  g_assert_true (layer.queue == 11 && layer.order == 12 && layer.penalty_until == 77);
  g_assert_true (layer.entry_time == 3 && layer.lineage_start == -4);
  g_assert_cmpint (layer.content.where, ==, WEIR_WHERE_NONE);
  g_assert_cmpmem (layer.attributes.at, layer.attributes.size, "\1\2\1b\0", 5);

  /* A queue ends the penalty that came before it. */
  layer = join (changes, 3, false, &sum);
  g_assert_cmpint (layer.kind, ==, WEIR_LAYER_CHANGE);
  g_assert_true (layer.has_queue && layer.queue == 11 && !layer.has_content);
  g_assert_true (!layer.has_penalty && layer.penalty_until == 0);
  g_assert_cmpmem (layer.attributes.at, layer.attributes.size, removing, sizeof removing);
  weir_chunks_sum_clear (&sum);
}

static void
test_what_is_gone (void)
{
  const WeirLayer *within[] = { &gone, &moved, &whole };
  const WeirLayer *above[] = { &gone, &moved };
  WeirChunksSum sum;

  weir_chunks_sum_init (&sum);
  g_assert_cmpint (join (within, 3, true, &sum).kind, ==, WEIR_LAYER_NONE);
  g_assert_cmpint (join (within, 3, false, &sum).kind, ==, WEIR_LAYER_NONE);
  g_assert_cmpint (join (above, 2, false, &sum).kind, ==, WEIR_LAYER_GONE);
  g_assert_cmpint (join (above, 1, false, &sum).kind, ==, WEIR_LAYER_GONE);
  weir_chunks_sum_clear (&sum);
}

static void
test_contradictions (void)
{
  static const struct {
    const WeirLayer *layers[3];
    guint n;
    bool is_bottom;
  } bad[] = {
    { { &moved }, 1, true },          { { &gone }, 1, true },
    { { &gone, &moved }, 2, true },   { { &whole, &whole }, 2, false },
    { { &whole, &gone }, 2, false },  { { &moved, &gone }, 2, false },
    { { &whole, &moved }, 2, false }, { { &gone, &gone, &whole }, 3, false },
  };
  WeirChunksSum sum;

  weir_chunks_sum_init (&sum);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    WeirLayer copies[3], result;

    for (guint j = 0; j < bad[i].n; j++)
      copies[j] = *bad[i].layers[j];
    g_assert_false (weir_layers_join (copies, bad[i].n, bad[i].is_bottom, &sum, &result, &error));
    g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT);
    g_assert_nonnull (strstr (error->message, "FlowFile 9 "));
  }
  weir_chunks_sum_clear (&sum);
}

static void
test_bytes (void)
{
  static const uint8_t whole_bytes[] = { 0xf1, 2, 1, 2, 6, 7, 1, 1, 1, 'a', 0,
                                         18,   7, 8, 6, 0, 0, 0, 1, 2, 10 };
  static const uint8_t moved_bytes[] = { 0x12, 2, 11, 12 };
  static const uint8_t renamed_bytes[] = { 0x22, 2, 1, 2, 1, 'b', 1, 1 };
  static const struct {
    const WeirLayer *layer;
    const uint8_t *bytes;
    size_t size;
  } known[] = {
    { &whole, whole_bytes, sizeof whole_bytes },
    { &moved, moved_bytes, sizeof moved_bytes },
    { &renamed, renamed_bytes, sizeof renamed_bytes },
    { &gone, (const uint8_t *)"\3\2", 2 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (GByteArray) again = g_byte_array_new ();
    WeirCursor cursor;
    WeirLayer layer;

    weir_layer_write (known[i].layer, 7, bytes);
    g_assert_cmpmem (bytes->data, bytes->len, known[i].bytes, known[i].size);
    cursor = (WeirCursor){ bytes->data, bytes->data + bytes->len, false };
    g_assert_true (weir_layer_read (&cursor, 7, &layer) && weir_cursor_is_at_end (&cursor));
    weir_layer_write (&layer, 7, again);
    g_assert_cmpmem (again->data, again->len, known[i].bytes, known[i].size);
    for (size_t cut = 1; cut < bytes->len; cut++) {
      g_autofree uint8_t *exact = g_memdup2 (bytes->data, cut);

      cursor = (WeirCursor){ exact, exact + cut, false };
      g_assert_false (weir_layer_read (&cursor, 7, &layer));
    }
  }
}

static void
test_refuses_bytes (void)
{
  static const struct {
    size_t size;
    uint8_t bytes[16];
  } bad[] = {
    { 2, { 0x00, 1 } },                        /* no such kind */
    { 2, { 0x04, 1 } },                        /* likewise */
    { 2, { 0x03, 0 } },                        /* the id of the one before */
    { 3, { 0x83, 1, 0 } },                     /* what is gone has nothing */
    { 7, { 0x21, 1, 0, 0, 0, 0, 0 } },         /* whole, and in no queue */
    { 6, { 0x11, 1, 1, 1, 0, 0 } },            /* whole, without a list */
    { 9, { 0x31, 1, 1, 1, 0, 0, 0, 1, 5 } },   /* whole, with something to remove */
    { 9, { 0x42, 1, 1, 1, 0, 0, 0, 0, 'x' } }, /* content cannot be here */
    { 3, { 0x42, 1, 4 } },                     /* nor the same as another */
    { 11, { 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 } }, /* no id */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree uint8_t *exact = g_memdup2 (bad[i].bytes, bad[i].size);
    WeirCursor cursor = { exact, exact + bad[i].size, false };
    WeirLayer layer;

    g_assert_false (weir_layer_read (&cursor, 5, &layer));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layer/cover", test_layers_cover_each_other);
  g_test_add_func ("/layer/gone", test_what_is_gone);
  g_test_add_func ("/layer/contradictions", test_contradictions);
  g_test_add_func ("/layer/bytes", test_bytes);
  g_test_add_func ("/layer/refuses", test_refuses_bytes);
  return g_test_run ();
}
