/* layer.c: layers into bytes and back, and several into one. */
#include "store/layer.h"

#include <string.h>
#include <weir/error.h>

#define FLAG_QUEUE      0x10
#define FLAG_ATTRIBUTES 0x20
#define FLAG_CONTENT    0x40
#define FLAG_PENALTY    0x80
#define FLAGS           0xf0

/* --- joining --- */

static bool
contradict (GError **error, uint64_t id, const char *how)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
               "the snapshot contradicts itself: FlowFile %" G_GUINT64_FORMAT " %s", id, how);
  return false;
}

/* Lays @upper over @layer but for the attributes. */
static void
cover (WeirLayer *layer, const WeirLayer *upper)
{
  if (upper->has_queue) {
    layer->queue = upper->queue;
    layer->order = upper->order;
    layer->penalty_until = 0;
    layer->has_penalty = false;
    layer->has_queue = true;
  }
  if (upper->has_penalty) {
    layer->penalty_until = upper->penalty_until;
    layer->has_penalty = true;
  }
  if (upper->has_content) {
    layer->content = upper->content;
    layer->has_content = true;
  }
}

/* From the top: gone, or changes and what is whole. */
static bool
check_order (const WeirLayer *layers, guint n, bool is_bottom, GError **error)
{
  for (guint i = 0; i < n; i++) {
    if (layers[i].kind == WEIR_LAYER_GONE && i > 0)
      return contradict (error, layers->id, "is there after its end");
    if (layers[i].kind == WEIR_LAYER_WHOLE && i + 1 < n)
      return contradict (error, layers->id, "is made twice");
  }
  if (is_bottom && layers[n - 1].kind != WEIR_LAYER_WHOLE)
    return contradict (error, layers->id, "is changed and was never made");
  return true;
}

static void
join_attributes (const WeirLayer *layers, guint n, bool is_whole, WeirChunksSum *sum,
                 WeirLayer *layer)
{
  guint n_with = 0, last = 0;

  for (guint i = 0; i < n; i++) {
    if (layers[i].has_attributes) {
      n_with++;
      last = i;
    }
  }
  layer->has_attributes = n_with > 0;
  if (n_with == 0)
    return;
  layer->attributes = layers[last].attributes;
  if (n_with == 1 &&
      (is_whole ? weir_chunks_is_plain (&layer->attributes) : layer->attributes.n == 1))
    return;

  weir_chunks_sum_begin (sum);
  for (guint i = n; i-- > 0;) {
    if (layers[i].has_attributes)
      weir_chunks_sum_add (sum, &layers[i].attributes);
  }
  layer->attributes = weir_chunks_sum_end (sum, is_whole);
}

bool
weir_layers_join (const WeirLayer *layers, guint n, bool is_bottom, WeirChunksSum *sum,
                  WeirLayer *ret_layer, GError **error)
{
  WeirLayer layer;

  if (!check_order (layers, n, is_bottom, error))
    return false;
  layer = layers[n - 1];
  if (layers->kind == WEIR_LAYER_GONE) {
    *ret_layer = (WeirLayer){
      .id = layers->id,
      .kind = layer.kind == WEIR_LAYER_WHOLE ? WEIR_LAYER_NONE : WEIR_LAYER_GONE,
    };
    return true;
  }
  for (guint i = n - 1; i-- > 0;)
    cover (&layer, &layers[i]);
  join_attributes (layers, n, layer.kind == WEIR_LAYER_WHOLE, sum, &layer);
  *ret_layer = layer;
  return true;
}

/* --- bytes --- */

void
weir_layer_write (const WeirLayer *layer, uint64_t last_id, GByteArray *bytes)
{
  size_t most = 8 * WEIR_VARINT_MAX + WEIR_CONTENT_REF_MAX + layer->attributes.size;
  guint start = bytes->len;
  unsigned flags = 0;
  uint8_t *at, *kind;

  g_byte_array_set_size (bytes, start + (guint)most);
  kind = at = bytes->data + start;
  at = weir_varint_put (at + 1, layer->id - last_id);
  if (layer->kind != WEIR_LAYER_GONE && layer->has_queue) {
    flags |= FLAG_QUEUE;
    at = weir_varint_put (at, layer->queue);
    at = weir_varint_put (at, layer->order);
  }
  if (layer->kind == WEIR_LAYER_WHOLE) {
    at = weir_varint_put_signed (at, layer->entry_time);
    at = weir_varint_put_signed (at, layer->lineage_start);
  }
  if (layer->kind != WEIR_LAYER_GONE && layer->has_attributes) {
    g_assert (layer->attributes.n == 1);
    flags |= FLAG_ATTRIBUTES;
    memcpy (at, layer->attributes.at, layer->attributes.size);
    at += layer->attributes.size;
  }
  if (layer->kind != WEIR_LAYER_GONE && layer->has_content) {
    flags |= FLAG_CONTENT;
    at = weir_content_ref_put (at, &layer->content, NULL);
  }
  if (layer->kind != WEIR_LAYER_GONE && layer->has_penalty) {
    flags |= FLAG_PENALTY;
    at = weir_varint_put_signed (at, layer->penalty_until);
  }
  *kind = (uint8_t)(layer->kind | flags);
  g_byte_array_set_size (bytes, (guint)(at - bytes->data));
}

static void
read_fields (WeirCursor *cursor, unsigned flags, WeirLayer *layer)
{
  static const WeirContentRef none = { 0 };

  if (layer->has_queue) {
    layer->queue = weir_cursor_get (cursor);
    layer->order = weir_cursor_get (cursor);
  }
  if (layer->kind == WEIR_LAYER_WHOLE) {
    layer->entry_time = weir_cursor_get_signed (cursor);
    layer->lineage_start = weir_cursor_get_signed (cursor);
  }
  if (layer->has_attributes)
    layer->attributes = weir_chunks_read (cursor);
  if (layer->has_content && weir_content_ref_read (cursor, &none, &layer->content, NULL) &&
      layer->content.where == WEIR_WHERE_HERE)
    weir_cursor_fail (cursor);
  if (layer->has_penalty)
    layer->penalty_until = weir_cursor_get_signed (cursor);
}

bool
weir_layer_read (WeirCursor *cursor, uint64_t last_id, WeirLayer *ret_layer)
{
  const uint8_t *byte = weir_cursor_get_bytes (cursor, 1);
  WeirLayer layer = { 0 };
  uint64_t delta;
  unsigned flags;

  if (byte == NULL)
    return false;
  flags = *byte & FLAGS;
  layer.kind = *byte & ~FLAGS;
  delta = weir_cursor_get (cursor);
  layer.id = last_id + delta;
  layer.has_queue = (flags & FLAG_QUEUE) != 0;
  layer.has_attributes = (flags & FLAG_ATTRIBUTES) != 0;
  layer.has_content = (flags & FLAG_CONTENT) != 0;
  layer.has_penalty = (flags & FLAG_PENALTY) != 0;
  if (layer.kind < WEIR_LAYER_WHOLE || layer.kind > WEIR_LAYER_GONE || delta == 0 ||
      delta >= WEIR_FLOWFILE_ID_END || layer.id >= WEIR_FLOWFILE_ID_END ||
      (layer.kind == WEIR_LAYER_WHOLE && !(layer.has_queue && layer.has_attributes)) ||
      (layer.kind == WEIR_LAYER_GONE && flags != 0))
    weir_cursor_fail (cursor);
  else
    read_fields (cursor, flags, &layer);
  if (layer.kind == WEIR_LAYER_WHOLE && !cursor->failed &&
      !weir_chunks_is_plain (&layer.attributes))
    weir_cursor_fail (cursor);
  if (cursor->failed)
    return false;
  *ret_layer = layer;
  return true;
}

void
weir_layer_get_image (const WeirLayer *layer, WeirImage *ret_image)
{
  WeirCursor cursor = { layer->attributes.at, layer->attributes.at + layer->attributes.size,
                        false };

  g_assert (layer->kind == WEIR_LAYER_WHOLE && layer->attributes.n == 1);
  *ret_image = (WeirImage){ .id = layer->id,
                            .queue = layer->queue,
                            .order = layer->order,
                            .entry_time = layer->entry_time,
                            .lineage_start = layer->lineage_start,
                            .penalty_until = layer->penalty_until,
                            .content = layer->content };
  weir_op_names_read (&cursor, true, &ret_image->attributes);
}
