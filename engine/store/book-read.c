/* book-read.c: some FlowFiles of a book, while others change it. What the delta says and which
 * parts are below it are taken in one moment under the lock; the disk is read after that. */
#include <string.h>
#include <weir/error.h>

#include "store/book-struct.h"

#define BATCH 256u /* FlowFiles that are read at a time */

typedef struct {
  WeirPart **parts; /* the newest first */
  WeirPartCursor *cursors;
  guint n_parts;
  WeirLayer tops[BATCH]; /* what the delta says */
  GByteArray *bytes;     /* its attributes */
  WeirLayer *layers;     /* of one FlowFile */
  WeirChunksSum sum;
} Batch;

static void
batch_init (Batch *batch, WeirBook *book, const uint64_t *ids, size_t n)
{
  size_t at = 0;
  WEIR_LOCKED (&book->lock);

  batch->n_parts = book->parts->len;
  batch->parts = g_new (WeirPart *, batch->n_parts);
  for (guint i = 0; i < batch->n_parts; i++)
    batch->parts[i] = weir_part_ref (book->parts->pdata[batch->n_parts - 1 - i]);
  batch->bytes = g_byte_array_new ();
  for (size_t i = 0; i < n; i++) {
    WeirLayer *top = &batch->tops[i];

    weir_delta_find (&book->delta, ids[i], top);
    if (top->attributes.size > 0)
      g_byte_array_append (batch->bytes, top->attributes.at, (guint)top->attributes.size);
  }
  for (size_t i = 0; i < n && batch->bytes->len > 0; i++) {
    batch->tops[i].attributes.at = batch->bytes->data + at;
    at += batch->tops[i].attributes.size;
  }
}

static void
batch_clear (Batch *batch)
{
  for (guint i = 0; i < batch->n_parts; i++) {
    weir_part_cursor_clear (&batch->cursors[i]);
    weir_part_unref (batch->parts[i]);
  }
  g_free (batch->parts);
  g_free (batch->cursors);
  g_free (batch->layers);
  g_byte_array_unref (batch->bytes);
  weir_chunks_sum_clear (&batch->sum);
}

static bool
read_one (Batch *batch, const WeirLayer *top, WeirImage *ret_image, GError **error)
{
  WeirLayerKind kind = top->kind;
  guint n = 0;
  WeirLayer layer;

  if (kind != WEIR_LAYER_NONE)
    batch->layers[n++] = *top;
  for (guint i = 0; i < batch->n_parts && kind != WEIR_LAYER_WHOLE && kind != WEIR_LAYER_GONE;
       i++) {
    WeirPartCursor *cursor = &batch->cursors[i];

    if (!weir_part_cursor_seek (cursor, top->id, error))
      return false;
    if (cursor->layer.kind == WEIR_LAYER_NONE || cursor->layer.id != top->id)
      continue;
    kind = cursor->layer.kind;
    batch->layers[n++] = cursor->layer;
  }
  if (n == 0 || batch->layers[0].kind == WEIR_LAYER_GONE) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "FlowFile %" G_GUINT64_FORMAT " is not in the snapshot", top->id);
    return false;
  }
  if (!weir_layers_join (batch->layers, n, true, &batch->sum, &layer, error))
    return false;
  weir_layer_get_image (&layer, ret_image);
  return true;
}

static bool
read_batch (WeirBook *book, const uint64_t *ids, size_t n, WeirDataImageFunc func, void *user,
            GError **error)
{
  g_autofree Batch *batch = g_new (Batch, 1);
  bool worked = true;
  WeirImage image;

  batch_init (batch, book, ids, n);
  batch->cursors = g_new (WeirPartCursor, batch->n_parts);
  for (guint i = 0; i < batch->n_parts; i++)
    weir_part_cursor_init (&batch->cursors[i], batch->parts[i]);
  batch->layers = g_new (WeirLayer, batch->n_parts + 1);
  weir_chunks_sum_init (&batch->sum);
  for (size_t i = 0; i < n && worked; i++)
    worked = read_one (batch, &batch->tops[i], &image, error) && func (user, &image, error);
  batch_clear (batch);
  return worked;
}

bool
weir_book_read (WeirBook *book, const uint64_t *ids, size_t n, WeirDataImageFunc func, void *user,
                GError **error)
{
  for (size_t i = 0; i < n; i += BATCH) {
    if (!read_batch (book, ids + i, MIN (n - i, BATCH), func, user, error))
      return false;
  }
  return true;
}
