/* fuzz-entry.c: entries of a log, each with its size before it, are folded until one is refused.
 * What they add up to is then read as a snapshot reads it, and each layer is the same when it is
 * read back from the bytes of a part. */
#include <string.h>

#include "store/fold.h"
#include "store/merge.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
no_append (void *data, const void *body, size_t size)
{
  g_assert_not_reached ();
}

static void
assert_comes_back (const WeirLayer *layer)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  WeirCursor cursor;
  WeirLayer again;

  weir_layer_write (layer, layer->id - 1, bytes);
  cursor = (WeirCursor){ bytes->data, bytes->data + bytes->len, false };
  g_assert_true (weir_layer_read (&cursor, layer->id - 1, &again) &&
                 weir_cursor_is_at_end (&cursor));
  g_assert_true (
      again.id == layer->id && again.kind == layer->kind && again.queue == layer->queue &&
      again.order == layer->order && again.entry_time == layer->entry_time &&
      again.lineage_start == layer->lineage_start && again.penalty_until == layer->penalty_until);
  g_assert_true (memcmp (&again.content, &layer->content, sizeof again.content) == 0);
  g_assert_true (again.attributes.size == layer->attributes.size);
  if (layer->kind == WEIR_LAYER_WHOLE) {
    WeirImage image;
    const uint8_t *value;
    WeirEntryName name;
    size_t length;

    weir_layer_get_image (layer, &image);
    while (weir_op_next_set (&image.attributes, &name, &value, &length))
      g_assert_true (name.number != 0 || name.text != NULL);
    g_assert_true (weir_cursor_is_at_end (&image.attributes.cursor));
  }
}

static bool
fold_added (WeirFold *fold, GPtrArray *bodies)
{
  g_autoptr (GError) error = NULL;

  while (weir_fold_some (fold, 2, &error))
    continue;
  g_ptr_array_set_size (bodies, 0);
  return error == NULL;
}

/* Alone or several at once, as their sizes say. */
static void
fold_all (WeirFold *fold, const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func (g_free);
  WeirCursor cursor = { data, data + size, false };
  WeirLogEntry entry = { .place = 4096, .wall = 1000000 };
  bool worked = true;

  while (worked && !weir_cursor_is_at_end (&cursor)) {
    uint64_t length = weir_cursor_get (&cursor);
    entry.body = weir_cursor_get_bytes (&cursor, length);
    if (length == 0 || entry.body == NULL)
      break;
    entry.size = (size_t)length;
    entry.body = g_memdup2 (entry.body, length);
    g_ptr_array_add (bodies, (uint8_t *)entry.body);
    worked = weir_fold_add (fold, &entry, NULL) && (length % 4 != 0 || fold_added (fold, bodies));
    entry.place += length;
  }
  if (worked)
    fold_added (fold, bodies);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (WeirManifest) manifest = weir_manifest_new (1);
  g_autoptr (WeirDictionary) dictionary = weir_dictionary_new (no_append, NULL);
  WeirDelta delta;
  WeirFold fold;
  WeirMerge merge;
  WeirLayer layer;

  weir_delta_init (&delta, 10); /* up to there may be some in parts */
  weir_fold_init (&fold, manifest, dictionary, &delta);
  fold_all (&fold, data, size);
  weir_merge_init (&merge, NULL, 0, &delta, false);
  while (weir_merge_next (&merge, &layer, NULL) && layer.kind != WEIR_LAYER_NONE)
    assert_comes_back (&layer);
  weir_merge_clear (&merge);
  weir_fold_clear (&fold);
  weir_delta_clear (&delta);
  return 0;
}
