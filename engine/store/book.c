/* book.c: parts below, a delta above, and a manifest that says what else there is.
 *
 * The applier changes the delta under the lock, some entries at a time. A checkpoint reads it
 * without: it runs where the changes come from. Who reads FlowFiles takes what the delta says of
 * them and the parts below it in one moment under the lock, and goes to the disk after that. */
#include "store/book.h"

#include <string.h>
#include <weir/error.h>

#include "store/book-struct.h"
#include "store/merge.h"
#include "store/mutant.h"
#include "store/snapshot.h"

#define AT_A_TIME 64u /* entries that others wait for who read */

/* --- opening --- */

/* Returns: (transfer full): the parts that @manifest names; NULL with @error. */
static GPtrArray *
open_parts (WeirBook *book, const WeirManifest *manifest, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_part_unref);

  for (guint i = 0; i < manifest->parts->len; i++) {
    uint64_t number = g_array_index (manifest->parts, uint64_t, i);
    g_autofree char *path = weir_snapshot_get_path (book->directory, number, WEIR_SNAPSHOT_PART);
    WeirPart *part = weir_part_open (path, book->options.log_id, number, book->options.fs,
                                     book->options.on_lost != NULL ? NULL : error);

    if (part == NULL && book->options.on_lost == NULL)
      return NULL;
    if (part != NULL)
      g_ptr_array_add (parts, part);
    else
      book->options.on_lost (book->options.data, 0);
  }
  return g_steal_pointer (&parts);
}

static bool
open_manifest (WeirBook *book, uint64_t number, GError **error)
{
  g_autofree char *path = weir_snapshot_get_path (book->directory, number, WEIR_SNAPSHOT_MANIFEST);
  g_autoptr (WeirManifest) manifest =
      weir_manifest_read (path, book->options.log_id, book->options.fs, error);
  g_autoptr (GPtrArray) parts = NULL;

  if (manifest == NULL)
    return false;
  parts = open_parts (book, manifest, error);
  if (parts == NULL)
    return false;
  book->manifest = g_steal_pointer (&manifest);
  book->manifest_number = number;
  book->parts = g_steal_pointer (&parts);
  return true;
}

/* The newest manifest that can be read. One that cannot is told, whether or not there is another.
 */
static bool
open_newest (WeirBook *book, GError **error)
{
  g_autoptr (GError) first = NULL;
  g_autoptr (GArray) manifests = weir_snapshot_list (book->directory, &book->next_number, error);

  if (manifests == NULL)
    return false;
  book->next_number++;
  for (guint i = 0; i < manifests->len; i++) {
    uint64_t number = g_array_index (manifests, uint64_t, i);

    if (open_manifest (book, number, first == NULL ? &first : NULL)) {
      book->damage = first != NULL ? g_strdup (first->message) : NULL;
      return true;
    }
  }
  if (first != NULL) {
    g_propagate_error (error, g_steal_pointer (&first));
    return false;
  }
  book->manifest = weir_manifest_new (book->options.log_id);
  book->parts = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_part_unref);
  return true;
}

static bool
load_words (WeirBook *book, GError **error)
{
  for (unsigned kind = 0; kind < G_N_ELEMENTS (book->manifest->words); kind++) {
    const GPtrArray *words = book->manifest->words[kind];

    for (guint i = 0; i < words->len; i++) {
      const char *text = words->pdata[i];

      if (!weir_dictionary_load (book->options.dictionary, (WeirWordKind)kind, i + 1, text,
                                 strlen (text), error))
        return false;
    }
  }
  return true;
}

WeirBook *
weir_book_open (const WeirBookOptions *options, GError **error)
{
  g_autoptr (WeirBook) book = g_new0 (WeirBook, 1);

  book->options = *options;
  book->directory = g_strdup (options->directory);
  pthread_mutex_init (&book->lock, NULL);
  if (!open_newest (book, error) || !load_words (book, error))
    return NULL;
  weir_delta_init (&book->delta, book->manifest->next_id);
  weir_fold_init (&book->fold, book->manifest, options->dictionary, &book->delta);
  return g_steal_pointer (&book);
}

void
weir_book_free (WeirBook *book)
{
  if (book == NULL)
    return;
  if (book->fold.delta != NULL) {
    weir_fold_clear (&book->fold);
    weir_delta_clear (&book->delta);
  }
  g_clear_pointer (&book->parts, g_ptr_array_unref);
  weir_manifest_free (book->manifest);
  pthread_mutex_destroy (&book->lock);
  g_free (book->damage);
  g_free (book->directory);
  g_free (book);
}

static bool
settle_file (WeirBook *book, uint64_t number, const char *suffix, GError **error)
{
  g_autofree char *path = weir_snapshot_get_path (book->directory, number, suffix);
  WEIR_AUTO_FD int fd = weir_fs_open (book->options.fs, AT_FDCWD, path, O_RDONLY, 0, error);

  return fd >= 0 && weir_fs_sync (book->options.fs, fd, path, error);
}

bool
weir_book_settle (WeirBook *book, GError **error)
{
  if (WEIR_MUTANT (8) || book->manifest_number == 0)
    return true;
  for (guint i = 0; i < book->parts->len; i++)
    if (!settle_file (book, weir_part_get_number (book->parts->pdata[i]), WEIR_SNAPSHOT_PART,
                      error))
      return false;
  return settle_file (book, book->manifest_number, WEIR_SNAPSHOT_MANIFEST, error) &&
         weir_fs_sync_directory (book->options.fs, book->directory, error);
}

const char *
weir_book_get_damage (WeirBook *book)
{
  return book->damage;
}

/* --- what there is --- */

void
weir_book_get_position (WeirBook *book, uint64_t *ret_place, uint64_t *ret_sequence)
{
  *ret_place = book->manifest->place;
  *ret_sequence = book->manifest->sequence + 1;
}

uint64_t
weir_book_get_next_flowfile_id (WeirBook *book)
{
  return MAX (book->manifest->next_id, book->manifest->reserved_id);
}

GPtrArray *
weir_book_get_parts (WeirBook *book)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_part_unref);

  WEIR_LOCKED (&book->lock);
  for (guint i = 0; i < book->parts->len; i++)
    g_ptr_array_add (parts, weir_part_ref (book->parts->pdata[i]));
  return parts;
}

uint64_t
weir_book_get_disk_bytes (WeirBook *book)
{
  uint64_t bytes = 0;

  WEIR_LOCKED (&book->lock);
  for (guint i = 0; i < book->parts->len; i++)
    bytes += weir_part_get_disk_bytes (book->parts->pdata[i]);
  return bytes;
}

size_t
weir_book_get_bytes (WeirBook *book)
{
  return weir_delta_get_bytes (&book->delta);
}

bool
weir_book_apply (WeirBook *book, const WeirLogEntry *entry, GError **error)
{
  WEIR_LOCKED (&book->lock);

  return weir_fold_entry (&book->fold, entry, error);
}

typedef struct {
  WeirDataStateFunc func;
  void *user;
} EachState;

static gboolean
tell_state (void *key, void *value, void *data)
{
  const WeirManifestState *state = value;
  const EachState *each = data;

  each->func (each->user, state->component, state->key, state->value);
  return FALSE;
}

void
weir_book_each_state (WeirBook *book, WeirDataStateFunc func, void *user)
{
  EachState each = { func, user };

  g_tree_foreach (book->manifest->states, tell_state, &each);
}

bool
weir_book_each_flowfile (WeirBook *book, WeirDataImageFunc func, void *user, GError **error)
{
  WeirMerge merge;
  WeirLayer layer;
  WeirImage image;
  bool worked;

  weir_merge_init (&merge, (WeirPart **)book->parts->pdata, book->parts->len, &book->delta, true);
  merge.on_lost = book->options.on_lost;
  merge.data = book->options.data;
  while ((worked = weir_merge_next (&merge, &layer, error)) && layer.kind != WEIR_LAYER_NONE) {
    weir_layer_get_image (&layer, &image);
    if (!(worked = func (user, &image, error)))
      break;
  }
  weir_merge_clear (&merge);
  return worked;
}

bool
weir_book_fold (WeirBook *book, GError **error)
{
  g_autoptr (GError) problem = NULL;
  bool has_more = true;

  while (has_more) {
    WEIR_LOCKED (&book->lock);

    has_more = weir_fold_some (&book->fold, AT_A_TIME, &problem);
  }
  if (problem == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&problem));
  return false;
}

bool
weir_book_add_frame (WeirBook *book, const WeirFrame *frame, GError **error)
{
  g_autoptr (GError) malformed = NULL;
  WeirLogEntry entry;

  for (size_t at = 0; weir_frame_next_entry (frame, &at, &entry, &malformed);) {
    if (!weir_fold_has_room (&book->fold, &entry) && !weir_book_fold (book, error))
      return false;
    if (!weir_fold_add (&book->fold, &entry, error))
      return false;
  }
  if (malformed == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&malformed));
  return false;
}
