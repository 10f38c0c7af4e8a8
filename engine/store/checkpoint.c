/* checkpoint.c: brings to disk what a book has in memory. Until the new manifest has its name, the
 * old one is what counts, and all that it needs is there; so a failure at any call changes nothing.
 */
#include <string.h>
#include <weir/error.h>

#include "store/book-struct.h"
#include "store/merge.h"
#include "store/mutant.h"
#include "store/part-writer.h"
#include "store/snapshot.h"

/* Writes the delta and the parts from @first on as one part.
 * Returns: false with @error. @ret_part: (transfer full) (nullable): NULL when there is nothing
 * left to write. */
static bool
write_part (WeirBook *book, guint first, uint64_t number, const char *path, WeirPart **ret_part,
            GError **error)
{
  const WeirBookOptions *options = &book->options;
  g_autoptr (WeirPartWriter) writer =
      weir_part_writer_new (path, options->log_id, number, options->must_sync, options->fs, error);
  guint n = book->parts->len - first;
  bool worked = writer != NULL;
  WeirMerge merge;
  WeirLayer layer;

  if (!worked)
    return false;
  weir_merge_init (&merge, n > 0 ? (WeirPart **)&book->parts->pdata[first] : NULL, n, &book->delta,
                   first == 0);
  merge.on_lost = options->on_lost;
  merge.data = options->data;
  while (worked && (worked = weir_merge_next (&merge, &layer, error)) &&
         layer.kind != WEIR_LAYER_NONE)
    worked = weir_part_writer_add (writer, &layer, error);
  weir_merge_clear (&merge);
  if (!worked)
    return false;
  if (weir_part_writer_get_n (writer) == 0) {
    *ret_part = NULL;
    return weir_fs_unlink (options->fs, path, error);
  }
  if (!weir_part_writer_finish (writer, error))
    return false;
  *ret_part = weir_part_open (path, options->log_id, number, options->fs, error);
  return *ret_part != NULL;
}

static void
set_numbers (GArray *numbers, const GPtrArray *parts)
{
  g_array_set_size (numbers, 0);
  for (guint i = 0; i < parts->len; i++) {
    uint64_t number = weir_part_get_number (parts->pdata[i]);

    g_array_append_val (numbers, number);
  }
}

/* The parts of the book after the checkpoint. Returns: (transfer full): NULL with @error. */
static GPtrArray *
make_parts (WeirBook *book, bool is_compact, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_part_unref);
  g_autofree uint64_t *sizes = g_new (uint64_t, book->parts->len);
  guint first;

  for (guint i = 0; i < book->parts->len; i++)
    sizes[i] = weir_part_get_n (book->parts->pdata[i]);
  first = is_compact ? 0 : weir_snapshot_choose (sizes, book->parts->len, book->delta.n_layers);
  for (guint i = 0; i < first; i++)
    g_ptr_array_add (parts, weir_part_ref (book->parts->pdata[i]));

  if (book->delta.n_layers > 0 || first < book->parts->len) {
    uint64_t number = book->next_number++;
    g_autofree char *path = weir_snapshot_get_path (book->directory, number, WEIR_SNAPSHOT_PART);
    WeirPart *part;

    if (!write_part (book, first, number, path, &part, error)) {
      (void)unlink (path);
      return NULL;
    }
    if (part != NULL)
      g_ptr_array_add (parts, part);
  }
  return g_steal_pointer (&parts);
}

/* Writes the manifest that says what @parts hold. */
static bool
write_manifest (WeirBook *book, const GPtrArray *parts, const WeirFrame *frame, uint64_t number,
                bool *ret_is_there, GError **error)
{
  const WeirBookOptions *options = &book->options;
  g_autofree char *path = weir_snapshot_get_path (book->directory, number, WEIR_SNAPSHOT_MANIFEST);
  WeirManifest *manifest = book->manifest;
  uint64_t place = manifest->place, sequence = manifest->sequence;

  /* The names of parts are durable before the manifest that tells them has one. */
  *ret_is_there = false;
  if (options->must_sync && !WEIR_MUTANT (6) &&
      !weir_fs_sync_directory (options->fs, book->directory, error))
    return false;
  manifest->place = frame->next;
  manifest->sequence = frame->sequence;
  set_numbers (manifest->parts, parts);
  if (weir_manifest_write (manifest, path, options->must_sync, options->fs, ret_is_there, error))
    return true;
  manifest->place = place;
  manifest->sequence = sequence;
  return false;
}

/* Deletes what neither this manifest nor the one before needs. */
static void
clean (WeirBook *book, const GPtrArray *old_parts, uint64_t old_manifest)
{
  g_autoptr (GArray) manifests = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (uint64_t));

  set_numbers (parts, old_parts);
  g_array_append_vals (parts, book->manifest->parts->data, book->manifest->parts->len);
  g_array_append_val (manifests, book->manifest_number);
  g_array_append_val (manifests, old_manifest);
  weir_snapshot_clean (book->directory, manifests, parts, book->options.fs);
}

static bool
checkpoint (WeirBook *book, const WeirFrame *frame, bool is_compact, GError **error)
{
  g_autoptr (GPtrArray) parts = make_parts (book, is_compact, error);
  g_autoptr (GPtrArray) old_parts = NULL;
  uint64_t old_manifest = book->manifest_number;
  uint64_t number = book->next_number++;
  WeirDelta old_delta;
  bool is_there;

  if (parts == NULL)
    return false;
  if (!write_manifest (book, parts, frame, number, &is_there, error)) {
    /* A part that nothing names is deleted by the next checkpoint. */
    return false;
  }

  book->manifest_number = number;
  {
    WEIR_LOCKED (&book->lock);

    old_parts = book->parts;
    book->parts = g_steal_pointer (&parts);
    old_delta = book->delta;
    weir_delta_init (&book->delta, book->manifest->next_id);
  }
  weir_delta_clear (&old_delta);
  if (is_compact)
    clean (book, book->parts, book->manifest_number);
  else
    clean (book, old_parts, old_manifest);
  return true;
}

bool
weir_book_checkpoint (WeirBook *book, const WeirFrame *frame, GError **error)
{
  return checkpoint (book, frame, false, error);
}

bool
weir_book_compact (WeirBook *book, const WeirFrame *frame, GError **error)
{
  return checkpoint (book, frame, true, error);
}
