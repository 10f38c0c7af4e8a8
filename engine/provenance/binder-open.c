/* binder-open.c: what was there at the start: which partition goes on, what is damaged, and what is
 * missing in the middle. */
#include "provenance/binder-parts.h"

#include <inttypes.h>
#include <weir/error.h>

#include "provenance/sql.h"

static void
take_type (void *data, uint64_t component, const char *type)
{
  weir_binder_put_type (data, component, type);
}

bool
weir_binder_take_types (WeirBinder *binder, WeirPartition *partition, GError **error)
{
  return weir_partition_each_type (partition, take_type, binder, error);
}

static bool
list_files (WeirBinder *binder, GError **error)
{
  const WeirBinderOptions *options = &binder->options;
  g_autoptr (GArray) files = NULL;

  if (!weir_fs_make_directory (options->fs, options->directory, 0700, error) ||
      !weir_shelf_settle (options->directory, options->fs, error) ||
      !weir_shelf_sweep (options->directory, options->fs, error))
    return false;
  files = weir_shelf_list (options->directory, options->fs, error);
  if (files == NULL)
    return false;
  g_array_set_size (binder->files, 0);
  for (guint i = 0; i < files->len; i++) {
    const WeirShelfFile *found = &g_array_index (files, WeirShelfFile, i);
    WeirBinderFile file = { found->number, found->bytes, INT64_MAX };

    g_array_append_val (binder->files, file);
  }
  binder->last_number = weir_shelf_get_last_number (options->directory, options->fs);
  return true;
}

typedef enum {
  FILE_FAILED, /* for now */
  FILE_USED,
  FILE_GONE, /* it is no partition, or was none any more */
} FileVerdict;

/* @ret_is_empty: nothing of it is left. */
static bool
cut (WeirBinder *binder, WeirPartition *partition, uint64_t sequence, bool *ret_is_empty,
     GError **error)
{
  WeirPosition start;
  bool is_cut = false;

  weir_partition_get_start (partition, &start);
  *ret_is_empty = start.sequence + (start.skip > 0) > sequence;
  if (!*ret_is_empty && !weir_partition_cut (partition, sequence, &is_cut, error))
    return false;
  if (is_cut || *ret_is_empty)
    weir_binder_tell (binder,
                      "the log ends before frame %" PRIu64
                      ": what provenance had of later ones is taken away, for it did not happen",
                      sequence);
  return true;
}

/* For good: if it were there again, it would tell of what did not happen. */
static bool
remove_file (const WeirBinderOptions *options, uint64_t number, GError **error)
{
  return weir_shelf_remove (options->directory, number, options->fs, error) &&
         weir_fs_sync_directory (options->fs, options->directory, error);
}

/* Tries the newest one. */
static FileVerdict
open_newest (WeirBinder *binder, uint64_t sequence, GError **error)
{
  const WeirBinderOptions *options = &binder->options;
  uint64_t number = g_array_index (binder->files, WeirBinderFile, binder->files->len - 1).number;
  g_autoptr (WeirPartition) partition = NULL;
  g_autoptr (GError) reason = NULL;
  bool is_empty = false;

  partition = weir_partition_open (options->directory, number, &reason);
  if (partition != NULL && weir_partition_get_install (partition) != options->install)
    g_set_error (&reason, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                 "provenance in '%s/%012" PRIu64 ".db' is of another data directory",
                 options->directory, number);
  else if (partition != NULL && cut (binder, partition, sequence, &is_empty, &reason) &&
           !is_empty && weir_binder_take_types (binder, partition, &reason)) {
    binder->current = g_steal_pointer (&partition);
    binder->number = number;
    return FILE_USED;
  }
  g_clear_pointer (&partition, weir_partition_free);
  if (is_empty || g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
    return remove_file (options, number, error) ? FILE_GONE : FILE_FAILED;
  if (weir_sql_is_damage (reason) || g_error_matches (reason, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED))
    return weir_binder_put_aside (binder, number, reason, error) ? FILE_GONE : FILE_FAILED;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FILE_FAILED;
}

static bool
take_current (WeirBinder *binder, WeirPosition *ret_position, GError **error)
{
  WeirBlockRow range;

  if (!weir_partition_get_position (binder->current, ret_position, error) ||
      !weir_partition_get_range (binder->current, &range, error))
    return false;
  binder->base = *ret_position;
  binder->bytes = weir_partition_get_size (binder->current);
  binder->latest = range.n > 0 ? range.latest : INT64_MIN;
  binder->begun = range.n > 0 ? range.earliest : weir_clock_get_wall (binder->options.clock);
  return true;
}

/* --- what is missing in the middle --- */

/* Between the files with these numbers. One that cannot be read is left to who asks for it. */
static void
look_for_hole (WeirBinder *binder, uint64_t before, uint64_t behind)
{
  const char *directory = binder->options.directory;
  g_autoptr (WeirPartition) left = weir_partition_open_to_read (directory, before, NULL);
  g_autoptr (WeirPartition) right = weir_partition_open_to_read (directory, behind, NULL);
  WeirBinderHole hole = { .number = before + 1 };

  if (left == NULL || right == NULL || weir_partition_get_lost (right) != NULL ||
      !weir_partition_get_position (left, &hole.start, NULL))
    return;
  weir_partition_get_start (right, &hole.end);
  if (hole.start.event < hole.end.event)
    g_array_append_val (binder->holes, hole);
}

static void
look_for_holes (WeirBinder *binder)
{
  uint64_t last = 0;

  g_array_set_size (binder->holes, 0);
  for (guint i = 0; i <= binder->files->len; i++) {
    uint64_t number = i < binder->files->len
                          ? g_array_index (binder->files, WeirBinderFile, i).number
                          : binder->number;

    if (last != 0 && number > last + 1)
      look_for_hole (binder, last, number);
    last = number;
  }
}

bool
weir_binder_get_hole (const WeirBinder *binder, WeirBinderHole *ret_hole)
{
  if (binder->holes->len == 0)
    return false;
  *ret_hole = g_array_index (binder->holes, WeirBinderHole, 0);
  return true;
}

bool
weir_binder_enter_hole (WeirBinder *binder, GError **error)
{
  const WeirBinderHole *hole = &g_array_index (binder->holes, WeirBinderHole, 0);

  if (!weir_shelf_mark (binder->options.directory, hole->number, true, binder->options.fs, error))
    return false;
  weir_binder_close_current (binder);
  binder->base = hole->start;
  binder->is_in_hole = true;
  return true;
}

bool
weir_binder_leave_hole (WeirBinder *binder, GError **error)
{
  WeirBinderHole hole = g_array_index (binder->holes, WeirBinderHole, 0);
  bool is_all;

  if (!weir_binder_checkpoint (binder, &is_all, error) ||
      !weir_shelf_mark (binder->options.directory, hole.number, false, binder->options.fs, error))
    return false;
  weir_binder_close_current (binder);
  g_array_remove_index (binder->holes, 0);
  binder->is_in_hole = false;
  weir_binder_tell (binder,
                    "events %" PRIu64 " to %" PRIu64
                    ", which were missing in provenance, have been made again from the log",
                    hole.start.event, hole.end.event - 1);
  return true;
}

static uint64_t
find_behind (const WeirBinder *binder, uint64_t number)
{
  for (guint i = 0; i < binder->files->len; i++)
    if (g_array_index (binder->files, WeirBinderFile, i).number > number)
      return g_array_index (binder->files, WeirBinderFile, i).number;
  return binder->number;
}

void
weir_binder_forget_hole (WeirBinder *binder, const char *lost)
{
  WeirBinderHole hole = g_array_index (binder->holes, WeirBinderHole, 0);
  uint64_t behind = find_behind (binder, hole.number);
  g_autoptr (WeirPartition) partition = NULL;
  WeirPartition *right = binder->current;
  WeirPosition position;

  g_array_remove_index (binder->holes, 0);
  weir_binder_tell (binder, "%s", lost);
  if (behind != binder->number)
    right = partition = weir_partition_open (binder->options.directory, behind, NULL);
  /* If it cannot be remembered, it is told again. */
  if (right != NULL && weir_partition_get_position (right, &position, NULL) &&
      weir_partition_begin (right, NULL) &&
      (!weir_partition_put_lost (right, lost, NULL) ||
       !weir_partition_commit (right, &position, NULL)))
    weir_partition_roll_back (right);
}

bool
weir_binder_open (WeirBinder *binder, uint64_t sequence, WeirPosition *ret_position, GError **error)
{
  FileVerdict verdict = FILE_GONE;
  WeirPosition position = { .event = 1 };

  g_clear_pointer (&binder->current, weir_partition_free);
  g_ptr_array_set_size (binder->closing, 0);
  binder->number = 0;
  binder->is_in_hole = false;
  if (!list_files (binder, error))
    return false;
  while (verdict == FILE_GONE && binder->files->len > 0) {
    verdict = open_newest (binder, sequence, error);
    if (verdict == FILE_FAILED)
      return false;
    g_array_set_size (binder->files, binder->files->len - 1);
  }
  weir_binder_forget_current (binder);
  binder->base = position;
  if (binder->current != NULL && !take_current (binder, &position, error)) {
    g_clear_pointer (&binder->current, weir_partition_free);
    return false;
  }
  look_for_holes (binder);
  *ret_position = position;
  return true;
}
