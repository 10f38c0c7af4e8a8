#include "runtime/look-parts.h"

#include "base/varint.h"
#include "runtime/image.h"

#include <stdlib.h>
#include <string.h>
#include <weir/error.h>

/* --- keys: texts that people pass back --- */

char *
weir_look_format_key (const WeirLook *look)
{
  const WeirRank *rank = &look->rank;

  if (look->part == 'f')
    return g_strdup_printf ("f:%" G_GUINT64_FORMAT, look->place);
  if (!look->has_rank)
    return g_strdup_printf ("%c", look->part);
  return g_strdup_printf ("%c:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GUINT64_FORMAT "%s%s",
                          look->part, rank->group, rank->key, rank->sequence,
                          rank->text != NULL ? ":" : "", rank->text != NULL ? rank->text : "");
}

static bool
read_rank (WeirLook *look, const char *text)
{
  char **parts = g_strsplit (text, ":", 4);
  guint n = g_strv_length (parts);
  bool ok =
      n >= 3 &&
      g_ascii_string_to_signed (parts[0], 10, INT64_MIN, INT64_MAX, &look->rank.group, NULL) &&
      g_ascii_string_to_signed (parts[1], 10, INT64_MIN, INT64_MAX, &look->rank.key, NULL) &&
      g_ascii_string_to_unsigned (parts[2], 10, 0, UINT64_MAX, &look->rank.sequence, NULL);

  if (ok && n == 4)
    look->rank.text = look->rank_text = g_strdup (parts[3]);
  look->has_rank = ok;
  g_strfreev (parts);
  return ok;
}

bool
weir_look_parse_key (WeirLook *look, const char *key, GError **error)
{
  bool ok = true;

  if (key == NULL)
    return true;
  look->part = key[0];
  if (key[0] == 'f' && key[1] == ':')
    ok = g_ascii_string_to_unsigned (key + 2, 10, 0, UINT64_MAX, &look->place, NULL);
  else if ((key[0] == 'o' || key[0] == 'w') && key[1] == ':')
    ok = read_rank (look, key + 2);
  else
    ok = (key[0] == 'o' || key[0] == 'w') && key[1] == '\0';
  if (!ok)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                         "this is no place to go on at; begin with the first page");
  return ok;
}

/* --- what is on the disk --- */

typedef struct {
  WeirLook *look;
  WeirImageReader reader;
  GHashTable *rows; /* id to row that is still to be read */
} Reading;

static bool
on_image (void *user, const WeirImage *image, GError **error)
{
  Reading *reading = user;
  WeirLook *look = reading->look;
  WeirQueued *row = g_hash_table_lookup (reading->rows, &image->id);
  WeirFlowFile flowfile = { 0 };

  if (row == NULL || image->queue != look->queue->number)
    return true;
  if (!weir_image_reader_read (&reading->reader, image, &flowfile, error))
    return false;
  row->size = flowfile.content.size;
  row->entry_time = flowfile.entry_time;
  row->lineage_start = flowfile.lineage_start;
  if (look->with_attributes)
    row->attributes = g_steal_pointer (&flowfile.attributes);
  weir_attributes_unref (flowfile.attributes);
  if (look->content != NULL)
    *look->content = flowfile.content;
  else
    weir_content_clear (&flowfile.content);
  g_hash_table_remove (reading->rows, &image->id);
  return true;
}

static int
compare_ids (const void *a, const void *b)
{
  const uint64_t *one = a;
  const uint64_t *other = b;

  return (*one > *other) - (*one < *other);
}

bool
weir_look_read_rows (WeirLook *look, GError **error)
{
  g_autoptr (GHashTable) rows = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  Reading reading = { .look = look, .rows = rows };
  bool ok;

  for (guint i = 0; i < look->rows->len; i++) {
    WeirQueued *row = look->rows->pdata[i];

    if (!row->is_on_disk)
      continue;
    g_hash_table_insert (rows, &row->id, row);
    g_array_append_val (ids, row->id);
  }
  if (ids->len == 0)
    return true;
  qsort (ids->data, ids->len, sizeof (uint64_t), compare_ids);
  weir_image_reader_init (&reading.reader, look->engine->data);
  ok = weir_data_read (look->engine->data, (const uint64_t *)ids->data, ids->len, on_image,
                       &reading, error);
  weir_image_reader_clear (&reading.reader);
  for (guint i = look->rows->len; ok && i > 0; i--)
    if (g_hash_table_contains (rows, &((WeirQueued *)look->rows->pdata[i - 1])->id))
      g_ptr_array_remove_index (look->rows, i - 1);
  return ok;
}

/* --- the lowest of many --- */

void
weir_pick_init (WeirPick *pick, guint max, const WeirRank *after)
{
  *pick = (WeirPick){ max, after, g_array_new (FALSE, FALSE, sizeof (WeirPicked)), 0 };
}

void
weir_pick_clear (WeirPick *pick)
{
  g_array_unref (pick->picked);
}

static void
offer (WeirPick *pick, const WeirPicked *picked)
{
  GArray *all = pick->picked;
  guint low = 0;
  guint high = all->len;

  if (pick->after != NULL && !weir_rank_is_before (pick->after, &picked->rank)) {
    pick->n_before++;
    return;
  }
  if (pick->max == 0)
    return;
  if (all->len == pick->max) {
    if (!weir_rank_is_before (&picked->rank, &g_array_index (all, WeirPicked, high - 1).rank))
      return;
    g_array_set_size (all, --high);
  }
  while (low < high) {
    guint middle = (low + high) / 2;

    if (weir_rank_is_before (&g_array_index (all, WeirPicked, middle).rank, &picked->rank))
      low = middle + 1;
    else
      high = middle;
  }
  g_array_insert_vals (all, low, picked, 1);
}

void
weir_pick_heap (WeirPick *pick, const WeirHeap *heap)
{
  for (size_t i = 0; i < heap->n; i++) {
    const WeirFlowFile *flowfile = heap->items[i].flowfile;
    WeirPicked picked = { heap->items[i].rank, flowfile, flowfile->id, flowfile->queue_time };

    offer (pick, &picked);
  }
}

void
weir_pick_cold (void *data, const WeirHeapItem *item)
{
  WeirPicked picked = { item->rank, NULL, item->cold.id, item->cold.queue_time };

  offer (data, &picked);
}
