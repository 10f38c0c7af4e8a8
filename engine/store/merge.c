/* merge.c: the lowest id of all sources comes next. Sources are few, so looking at each is the
 * quickest way to find it. */
#include "store/merge.h"

void
weir_merge_init (WeirMerge *merge, WeirPart *const *parts, guint n_parts, const WeirDelta *delta,
                 bool is_bottom)
{
  *merge = (WeirMerge){ .is_bottom = is_bottom, .n_parts = n_parts, .has_delta = delta != NULL };
  merge->parts = g_new0 (WeirPartCursor, n_parts);
  for (guint i = 0; i < n_parts; i++)
    weir_part_cursor_init (&merge->parts[i], parts[n_parts - 1 - i]);
  if (delta != NULL)
    weir_delta_cursor_init (&merge->delta, delta);
  /* All stand at 0, where none is: the first call moves all of them. */
  merge->tops = g_new0 (WeirLayer, n_parts + 1);
  merge->layers = g_new0 (WeirLayer, n_parts + 1);
  weir_chunks_sum_init (&merge->sum);
}

void
weir_merge_clear (WeirMerge *merge)
{
  for (guint i = 0; i < merge->n_parts; i++)
    weir_part_cursor_clear (&merge->parts[i]);
  weir_delta_cursor_clear (&merge->delta);
  g_clear_pointer (&merge->parts, g_free);
  g_clear_pointer (&merge->tops, g_free);
  g_clear_pointer (&merge->layers, g_free);
  weir_chunks_sum_clear (&merge->sum);
}

/* Moves source @i on; the one that has ended stands above all ids. */
static bool
go_on (WeirMerge *merge, guint i, GError **error)
{
  if (i > 0) {
    WeirPartCursor *part = &merge->parts[i - 1];
    WeirPartBlock block, next;

    while (!weir_part_cursor_next (part, merge->on_lost != NULL ? NULL : error)) {
      if (merge->on_lost == NULL)
        return false;
      weir_part_cursor_pass_over (part, &block, &next);
      merge->on_lost (merge->data, 0);
    }
    merge->tops[i] = part->layer;
  } else if (merge->has_delta) {
    weir_delta_cursor_next (&merge->delta, &merge->tops[0]);
  }
  if (merge->tops[i].kind == WEIR_LAYER_NONE)
    merge->tops[i].id = UINT64_MAX;
  return true;
}

/* Gathers what all sources say of the next FlowFile. @ret_n: 0 at the end. */
static bool
gather (WeirMerge *merge, guint *ret_n, GError **error)
{
  uint64_t id = UINT64_MAX;
  guint n = 0;

  for (guint i = 0; i <= merge->n_parts; i++) {
    if (merge->tops[i].id == merge->id && !go_on (merge, i, error))
      return false;
    id = MIN (id, merge->tops[i].id);
  }
  for (guint i = 0; i <= merge->n_parts && id != UINT64_MAX; i++) {
    if (merge->tops[i].id == id)
      merge->layers[n++] = merge->tops[i];
  }
  merge->id = id;
  *ret_n = n;
  return true;
}

bool
weir_merge_next (WeirMerge *merge, WeirLayer *ret_layer, GError **error)
{
  for (;;) {
    guint n;

    if (!gather (merge, &n, error))
      return false;
    if (n == 0) {
      *ret_layer = (WeirLayer){ .kind = WEIR_LAYER_NONE };
      return true;
    }
    if (!weir_layers_join (merge->layers, n, merge->is_bottom, &merge->sum, ret_layer,
                           merge->on_lost != NULL ? NULL : error)) {
      if (merge->on_lost == NULL)
        return false;
      merge->on_lost (merge->data, merge->id);
      continue;
    }
    if (ret_layer->kind != WEIR_LAYER_NONE)
      return true;
  }
}
