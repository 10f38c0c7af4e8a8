/* binder.c: see the header. After any failure the partition is closed and opened again before the
 * next try: then either it is whole, up to the last commit, or it is put aside. */
#include "provenance/binder-parts.h"

#include <inttypes.h>
#include <string.h>
#include <weir/error.h>

#include "base/limits.h"
#include "provenance/sql.h"

typedef struct {
  WeirBlock block;
  WeirPosition end;
  uint8_t *memory; /* of all that block points to */
} Pending;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_free (pending->memory);
  g_free (pending);
}

static void
partition_free (gpointer data)
{
  weir_partition_free (data);
}

WeirBinder *
weir_binder_new (const WeirBinderOptions *options)
{
  WeirBinder *binder = g_new0 (WeirBinder, 1);

  binder->options = *options;
  binder->options.directory = g_strdup (options->directory);
  binder->files = g_array_new (FALSE, FALSE, sizeof (WeirBinderFile));
  binder->holes = g_array_new (FALSE, FALSE, sizeof (WeirBinderHole));
  binder->closing = g_ptr_array_new_with_free_func (partition_free);
  binder->pending = g_ptr_array_new_with_free_func (pending_free);
  binder->words = g_hash_table_new (g_direct_hash, g_direct_equal);
  binder->types = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  binder->base.event = 1;
  binder->latest = INT64_MIN;
  return binder;
}

void
weir_binder_free (WeirBinder *binder)
{
  if (binder == NULL)
    return;
  weir_partition_free (binder->current);
  g_ptr_array_unref (binder->closing);
  g_ptr_array_unref (binder->pending);
  g_hash_table_unref (binder->words);
  g_hash_table_unref (binder->types);
  g_array_unref (binder->files);
  g_array_unref (binder->holes);
  g_free (binder->lost);
  g_free ((char *)binder->options.directory);
  g_free (binder);
}

void
weir_binder_tell (WeirBinder *binder, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (binder->options.on_message != NULL)
    binder->options.on_message (binder->options.user, message);
}

/* --- what is pending --- */

static const void *
copy (uint8_t **at, const void *bytes, size_t size)
{
  void *copied = *at;

  if (size > 0)
    memcpy (copied, bytes, size);
  *at += (size + 7) / 8 * 8;
  return copied;
}

void
weir_binder_add (WeirBinder *binder, const WeirBlock *block, const WeirPosition *end)
{
  Pending *pending = g_new0 (Pending, 1);
  size_t n = block->n_components + block->n_queues + block->n_names + block->n_buckets;
  uint8_t *at;

  pending->memory = at = g_malloc (n * sizeof (uint64_t) + block->size + block->filter_size + 16);
  pending->block = *block;
  pending->end = *end;
  pending->block.components =
      copy (&at, block->components, block->n_components * sizeof (uint64_t));
  pending->block.queues = copy (&at, block->queues, block->n_queues * sizeof (uint64_t));
  pending->block.names = copy (&at, block->names, block->n_names * sizeof (uint64_t));
  pending->block.buckets = copy (&at, block->buckets, block->n_buckets * sizeof (uint64_t));
  pending->block.bytes = copy (&at, block->bytes, block->size);
  pending->block.filter = copy (&at, block->filter, block->filter_size);
  g_ptr_array_add (binder->pending, pending);
}

guint
weir_binder_get_n_pending (const WeirBinder *binder)
{
  return binder->pending->len;
}

void
weir_binder_get_end (const WeirBinder *binder, WeirPosition *ret_end)
{
  const GPtrArray *pending = binder->pending;

  *ret_end = binder->base;
  if (pending->len > 0)
    *ret_end = ((const Pending *)g_ptr_array_index (pending, pending->len - 1))->end;
}

void
weir_binder_put_type (WeirBinder *binder, uint64_t component, const char *type)
{
  if (g_strcmp0 (g_hash_table_lookup (binder->types, &component), type) == 0)
    return;
  g_hash_table_insert (binder->types, g_memdup2 (&component, sizeof component), g_strdup (type));
  binder->has_new_types = true;
}

/* --- the current partition --- */

void
weir_binder_forget_current (WeirBinder *binder)
{
  g_hash_table_remove_all (binder->words);
  binder->has_new_types = true;
}

bool
weir_binder_put_aside (WeirBinder *binder, uint64_t number, const GError *reason, GError **error)
{
  g_autofree char *aside =
      weir_shelf_put_aside (binder->options.directory, number, binder->options.fs, error);

  if (aside == NULL)
    return false;
  binder->last_number = MAX (binder->last_number, number);
  weir_binder_tell (binder, "%s; it is now %s, and its events are made again if the log has them",
                    reason->message, aside);
  return true;
}

void
weir_binder_close_current (WeirBinder *binder)
{
  WeirBinderFile file = { binder->number, binder->bytes, binder->latest };

  if (binder->number == 0)
    return;
  if (binder->current != NULL)
    g_ptr_array_add (binder->closing, g_steal_pointer (&binder->current));
  if (file.latest == INT64_MIN)
    file.latest = binder->begun;
  g_array_append_val (binder->files, file);
  binder->number = 0;
  binder->bytes = 0;
  binder->latest = INT64_MIN;
  weir_binder_forget_current (binder);
}

static bool
create_current (WeirBinder *binder, GError **error)
{
  const WeirBinderOptions *options = &binder->options;
  uint64_t number = binder->is_in_hole ? g_array_index (binder->holes, WeirBinderHole, 0).number
                                       : binder->last_number + 1;

  binder->current =
      weir_partition_create (options->directory, number, options->install, &binder->base, error);
  if (binder->current == NULL) {
    /* What is there of it would be in the way of the next try. */
    (void)weir_shelf_remove (options->directory, number, options->fs, NULL);
    return false;
  }
  binder->number = number;
  binder->last_number = MAX (binder->last_number, number);
  binder->begun = weir_clock_get_wall (options->clock);
  binder->n_renames = weir_dictionary_get_n_renames (options->dictionary);
  binder->latest = INT64_MIN;
  weir_binder_forget_current (binder);
  return true;
}

/* What was deleted below our feet, or has become damaged, goes; a new one follows it. */
static bool
reopen_current (WeirBinder *binder, GError **error)
{
  g_autoptr (GError) reason = NULL;

  binder->current = weir_partition_open (binder->options.directory, binder->number, &reason);
  if (binder->current != NULL)
    return true;
  if (g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND)) {
    weir_binder_tell (binder, "%s; the next start makes its events again if the log still has them",
                      reason->message);
  } else if (!weir_sql_is_damage (reason)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  } else if (!weir_binder_put_aside (binder, binder->number, reason, error)) {
    return false;
  }
  binder->number = 0;
  return create_current (binder, error);
}

static bool
ensure_current (WeirBinder *binder, GError **error)
{
  if (binder->current != NULL && weir_partition_is_moved (binder->current))
    g_clear_pointer (&binder->current, weir_partition_free);
  if (binder->current != NULL)
    return true;
  weir_binder_forget_current (binder);
  return binder->number != 0 ? reopen_current (binder, error) : create_current (binder, error);
}

/* --- a commit --- */

static bool
put_words (WeirBinder *binder, WeirWordKind kind, const uint64_t *numbers, size_t n, GError **error)
{
  for (size_t i = 0; i < n; i++) {
    gpointer key = GSIZE_TO_POINTER (numbers[i] * 4 + kind);
    const char *text;

    if (g_hash_table_contains (binder->words, key))
      continue;
    text = weir_dictionary_get_text (binder->options.dictionary, kind, numbers[i]);
    if (text != NULL && !weir_partition_put_word (binder->current, kind, numbers[i], text, error))
      return false;
    g_hash_table_add (binder->words, key);
  }
  return true;
}

static bool
put_block (WeirBinder *binder, const WeirBlock *block, const WeirPosition *end, GError **error)
{
  return put_words (binder, WEIR_WORD_COMPONENT, block->components, block->n_components, error) &&
         put_words (binder, WEIR_WORD_QUEUE, block->queues, block->n_queues, error) &&
         put_words (binder, WEIR_WORD_NAME, block->names, block->n_names, error) &&
         weir_partition_put_block (binder->current, block, end, error);
}

static bool
put_types (WeirBinder *binder, GError **error)
{
  GHashTableIter iter;
  gpointer component, type;

  g_hash_table_iter_init (&iter, binder->types);
  while (binder->has_new_types && g_hash_table_iter_next (&iter, &component, &type))
    if (!weir_partition_put_type (binder->current, *(uint64_t *)component, type, error))
      return false;
  return true;
}

static bool
write_all (WeirBinder *binder, const WeirBlock *open, const WeirPosition *position, GError **error)
{
  if (!weir_partition_begin (binder->current, error))
    return false;
  for (guint i = 0; i < binder->pending->len; i++) {
    const Pending *pending = g_ptr_array_index (binder->pending, i);

    if (!put_block (binder, &pending->block, &pending->end, error))
      return false;
  }
  if (open != NULL && !put_block (binder, open, position, error))
    return false;
  if (binder->lost != NULL && !weir_partition_put_lost (binder->current, binder->lost, error))
    return false;
  return put_types (binder, error) && weir_partition_commit (binder->current, position, error);
}

static void
note_written (WeirBinder *binder, const WeirBlock *open)
{
  for (guint i = 0; i < binder->pending->len; i++) {
    const Pending *pending = g_ptr_array_index (binder->pending, i);

    binder->latest = MAX (binder->latest, pending->block.latest);
    binder->base = pending->end;
  }
  if (open != NULL)
    binder->latest = MAX (binder->latest, open->latest);
  g_ptr_array_set_size (binder->pending, 0);
  g_clear_pointer (&binder->lost, g_free);
  binder->has_new_types = false;
  binder->bytes = weir_partition_get_size (binder->current);
}

static bool
is_too_old (const WeirBinder *binder, int64_t latest)
{
  return latest != INT64_MIN && weir_time_add (latest, binder->options.retention_usec) <=
                                    weir_clock_get_wall (binder->options.clock);
}

bool
weir_binder_is_full (const WeirBinder *binder)
{
  if (binder->is_in_hole || binder->latest == INT64_MIN)
    return false;
  return binder->bytes >= binder->options.partition_bytes || is_too_old (binder, binder->latest) ||
         binder->n_renames != weir_dictionary_get_n_renames (binder->options.dictionary) ||
         weir_time_add (binder->begun, WEIR_LIMIT_PARTITION_USEC) <=
             weir_clock_get_wall (binder->options.clock);
}

/* Into a new partition, if the current one turns out to be damaged. */
static bool
write_anywhere (WeirBinder *binder, const WeirBlock *open, const WeirPosition *position,
                GError **error)
{
  bool is_aside = false;

  while (ensure_current (binder, error)) {
    g_autoptr (GError) reason = NULL;

    if (write_all (binder, open, position, &reason))
      return true;
    weir_partition_roll_back (binder->current);
    g_clear_pointer (&binder->current, weir_partition_free);
    if (!weir_sql_is_damage (reason) || is_aside) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
    if (!weir_binder_put_aside (binder, binder->number, reason, error))
      return false;
    binder->number = 0;
    is_aside = true;
  }
  return false;
}

bool
weir_binder_commit (WeirBinder *binder, const WeirBlock *open, const WeirPosition *position,
                    bool *ret_is_closed, GError **error)
{
  if (!write_anywhere (binder, open, position, error))
    return false;
  note_written (binder, open);
  *ret_is_closed = weir_binder_is_full (binder);
  if (*ret_is_closed) {
    bool must_hold_position = is_too_old (binder, binder->latest);

    binder->base = *position;
    weir_binder_close_current (binder);
    if (must_hold_position)
      (void)ensure_current (binder, NULL);
  }
  return true;
}

uint64_t
weir_binder_get_sync_bytes (const WeirBinder *binder)
{
  return binder->options.partition_bytes / WEIR_LIMIT_PROVENANCE_SYNC_PART;
}

bool
weir_binder_is_checkpoint_due (const WeirBinder *binder)
{
  return binder->closing->len > 0 ||
         (binder->current != NULL &&
          weir_partition_get_unsettled (binder->current) >= WEIR_LIMIT_PARTITION_LOG);
}

bool
weir_binder_checkpoint (WeirBinder *binder, bool *ret_is_all, GError **error)
{
  bool is_all = true, is_done;

  for (guint i = binder->closing->len; i-- > 0;) {
    if (!weir_partition_checkpoint (g_ptr_array_index (binder->closing, i), &is_done, error))
      return false;
    is_all &= is_done;
    if (is_done)
      g_ptr_array_remove_index_fast (binder->closing, i);
  }
  if (binder->current != NULL) {
    if (!weir_partition_checkpoint (binder->current, &is_done, error))
      return false;
    is_all &= is_done;
  }
  *ret_is_all = is_all && (binder->current != NULL || binder->number == 0);
  return true;
}

void
weir_binder_skip (WeirBinder *binder, const WeirPosition *position, const char *lost)
{
  weir_binder_close_current (binder);
  g_ptr_array_set_size (binder->pending, 0);
  binder->base = *position;
  g_free (binder->lost);
  binder->lost = g_strdup (lost);
}

/* --- retention --- */

static int64_t
get_latest (WeirBinder *binder, WeirBinderFile *file)
{
  g_autoptr (WeirPartition) partition = NULL;
  WeirBlockRow range;

  if (file->latest != INT64_MAX)
    return file->latest;
  partition = weir_partition_open_to_read (binder->options.directory, file->number, NULL);
  if (partition != NULL && weir_partition_get_range (partition, &range, NULL) && range.n > 0)
    file->latest = range.latest;
  else
    file->latest = weir_clock_get_wall (binder->options.clock);
  return file->latest;
}

uint64_t
weir_binder_get_bytes (const WeirBinder *binder)
{
  uint64_t bytes = binder->bytes;

  for (guint i = 0; i < binder->files->len; i++)
    bytes += g_array_index (binder->files, WeirBinderFile, i).bytes;
  return bytes;
}

static bool
is_closing (const WeirBinder *binder, uint64_t number)
{
  for (guint i = 0; i < binder->closing->len; i++)
    if (weir_partition_get_number (g_ptr_array_index (binder->closing, i)) == number)
      return true;
  return false;
}

void
weir_binder_trim (WeirBinder *binder)
{
  const WeirBinderOptions *options = &binder->options;
  g_autoptr (GError) error = NULL;

  /* The last one says where the events go on, as long as there is none behind it. */
  while (binder->files->len > (binder->number != 0 ? 0 : 1)) {
    WeirBinderFile *file = &g_array_index (binder->files, WeirBinderFile, 0);

    if (is_closing (binder, file->number))
      return;
    if (weir_binder_get_bytes (binder) <= options->retention_bytes &&
        !is_too_old (binder, get_latest (binder, file)))
      return;
    if (!weir_shelf_remove (options->directory, file->number, options->fs, &error)) {
      if (!binder->has_told)
        weir_binder_tell (binder, "provenance that is not to be kept any longer stays: %s",
                          error->message);
      binder->has_told = true;
      return;
    }
    g_array_remove_index (binder->files, 0);
    binder->has_told = false;
  }
}

int64_t
weir_binder_get_due (const WeirBinder *binder)
{
  int64_t latest = binder->latest;

  if (binder->files->len > (binder->number != 0 ? 0 : 1))
    latest = g_array_index (binder->files, WeirBinderFile, 0).latest;
  return latest == INT64_MIN || latest == INT64_MAX
             ? INT64_MAX
             : weir_time_add (latest, binder->options.retention_usec);
}
