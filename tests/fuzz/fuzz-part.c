/* fuzz-part.c: the first byte chooses what the rest is: an index, a block with its checksum, or the
 * images of a block, which a checksum would keep from most of what is tried. */
#include <string.h>

#include "store/part-format.h"
#include "store/part-reader.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
try_index (const uint8_t *data, size_t size)
{
  uint64_t start = sizeof (WeirPartHeader);
  size_t n;
  uint64_t end;
  g_autofree WeirPartBlock *blocks = NULL;

  if (size < 4)
    return;
  end = start + (data[0] | (unsigned)data[1] << 8 | (unsigned)data[2] << 16);
  blocks = weir_part_read_index (data + 3, size - 3, start, end, &n);
  if (blocks == NULL)
    return;
  g_assert_true (n > 0 && blocks[0].offset == start && blocks[n].offset == end);
  for (size_t i = 0; i < n; i++)
    g_assert_true (blocks[i].first_id < blocks[i + 1].first_id &&
                   blocks[i].offset < blocks[i + 1].offset);
}

static void
read_images (WeirCursor *images)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  uint64_t last_id = 0;
  WeirLayer layer, again;

  while (!weir_cursor_is_at_end (images) && weir_layer_read (images, last_id, &layer)) {
    WeirCursor cursor;

    g_assert_true (layer.id > last_id && layer.id < WEIR_FLOWFILE_ID_END);
    g_byte_array_set_size (bytes, 0);
    weir_layer_write (&layer, last_id, bytes);
    cursor = (WeirCursor){ bytes->data, bytes->data + bytes->len, false };
    g_assert_true (weir_layer_read (&cursor, last_id, &again));
    g_assert_true (again.id == layer.id && again.order == layer.order &&
                   again.attributes.size == layer.attributes.size);
    g_assert_true (memcmp (&again.content, &layer.content, sizeof again.content) == 0);
    last_id = layer.id;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  WeirCursor images;

  if (size == 0)
    return 0;
  if (data[0] == 'i') {
    try_index (data + 1, size - 1);
  } else if (data[0] == 'b') {
    if (weir_part_read_block (data + 1, size - 1, &images))
      read_images (&images);
  } else {
    images = (WeirCursor){ data + 1, data + size, false };
    read_images (&images);
  }
  return 0;
}
