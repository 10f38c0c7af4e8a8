/* history.c: which partitions there are, and which of them are open: few, so that neither memory
 * nor descriptors depend on how many there are. What cannot be read is told and passed over. */
#include "provenance/history-parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/content-name.h"

#define MAX_OPEN 6

/* Of the files that weir_partition_get_path names. */
#define KIND "db"

static void
clear_file (void *data)
{
  WeirHistoryFile *file = data;

  weir_partition_free (file->partition);
}

void
weir_history_file_unref (void *file)
{
  g_rc_box_release_full (file, clear_file);
}

static void
free_block (void *data)
{
  WeirHistoryBlock *block = data;

  g_assert (block->n_users == 0);
  weir_block_reader_free (block->reader);
  g_clear_pointer (&block->bytes, g_bytes_unref);
  g_clear_pointer (&block->file, weir_history_file_unref);
  g_free (block);
}

void
weir_history_add_problem (WeirHistory *history, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (history->problems->len < WEIR_LIMIT_PROBLEMS &&
      !g_ptr_array_find_with_equal_func (history->problems, text, g_str_equal, NULL))
    g_ptr_array_add (history->problems, g_steal_pointer (&text));
}

/* What retention has dropped meanwhile is not missing. */
static bool
is_dropped (WeirHistory *history, uint64_t event)
{
  uint64_t first, last;

  return !weir_history_refresh (history, NULL) ||
         !weir_history_get_range (history, &first, &last) || event < first;
}

void
weir_history_tell_gap (WeirHistory *history, uint64_t from, uint64_t to)
{
  for (guint i = 0; i < history->files->len; i++) {
    const WeirHistoryFile *file = history->files->pdata[i];

    if (file->is_damaged || (file->partition != NULL && file->start == to + 1 &&
                             weir_partition_get_lost (file->partition) != NULL))
      return;
  }
  if (!is_dropped (history, from))
    weir_history_add_problem (history,
                              "%s: events %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                              " are missing: their file is gone, or its list of blocks is damaged",
                              history->directory, from, to);
}

void
weir_history_give_up (WeirHistory *history, WeirHistoryFile *file, GError *error)
{
  g_autofree char *path = weir_partition_get_path (history->directory, file->number);

  /* What a reader meets in a file that goes meanwhile is nobody's trouble. */
  file->is_gone = !g_file_test (path, G_FILE_TEST_EXISTS);
  file->is_damaged = !file->is_gone;
  if (file->is_damaged)
    weir_history_add_problem (history, "%s", error->message);
  g_error_free (error);
}

/* --- partitions --- */

static bool
has_user (const WeirHistory *history, const WeirHistoryFile *file)
{
  for (guint i = 0; i < history->blocks->len; i++) {
    const WeirHistoryBlock *block = history->blocks->pdata[i];

    if (block->file == file && block->n_users > 0)
      return true;
  }
  return false;
}

/* Closes the one that was not used for the longest time, if there are many. */
static void
close_one (WeirHistory *history)
{
  WeirHistoryFile *oldest = NULL;
  unsigned n_open = 0;

  for (guint i = 0; i < history->files->len; i++) {
    WeirHistoryFile *file = history->files->pdata[i];

    n_open += file->partition != NULL;
    if (file->partition != NULL && (oldest == NULL || file->used < oldest->used) &&
        !has_user (history, file))
      oldest = file;
  }
  if (n_open >= MAX_OPEN && oldest != NULL)
    g_clear_pointer (&oldest->partition, weir_partition_free);
}

WeirPartition *
weir_history_file_open (WeirHistory *history, WeirHistoryFile *file)
{
  g_autoptr (GError) error = NULL;

  if (file->is_damaged || file->is_gone)
    return NULL;
  file->used = ++history->now;
  if (file->partition != NULL)
    return file->partition;
  close_one (history);
  file->partition = weir_partition_open_to_read (history->directory, file->number, &error);
  if (file->partition == NULL) {
    /* One that is just being made, or was just dropped, has nothing to tell. */
    if (!g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND))
      weir_history_give_up (history, file, g_steal_pointer (&error));
    return NULL;
  }
  if (weir_partition_get_lost (file->partition) != NULL)
    weir_history_add_problem (history, "%s", weir_partition_get_lost (file->partition));
  if (file->start == 0) {
    WeirPosition start;

    weir_partition_get_start (file->partition, &start);
    file->start = MAX (start.event, 1);
  }
  return file->partition;
}

static int
compare_files (const void *a, const void *b)
{
  const WeirHistoryFile *one = *(WeirHistoryFile *const *)a;
  const WeirHistoryFile *other = *(WeirHistoryFile *const *)b;

  return (one->number > other->number) - (one->number < other->number);
}

typedef struct {
  WeirHistory *history;
  GPtrArray *files;
} Listing;

static void
on_name (void *user, const WeirContentName *name)
{
  Listing *listing = user;
  WeirHistoryFile *file = NULL;

  if (!g_str_equal (name->kind, KIND))
    return;
  for (guint i = 0; i < listing->history->files->len && file == NULL; i++) {
    WeirHistoryFile *other = listing->history->files->pdata[i];

    /* What was damaged may have been made again. */
    if (other->number == name->number && !other->is_damaged && !other->is_gone)
      file = g_rc_box_acquire (other);
  }
  if (file == NULL) {
    file = g_rc_box_new0 (WeirHistoryFile);
    file->number = name->number;
  }
  g_ptr_array_add (listing->files, file);
}

bool
weir_history_refresh (WeirHistory *history, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (weir_history_file_unref);
  Listing listing = { history, files };

  if (!weir_content_name_each (NULL, history->directory, on_name, &listing, error))
    return false;
  g_ptr_array_sort (files, compare_files);
  g_ptr_array_unref (history->files);
  history->files = g_steal_pointer (&files);
  return true;
}

/* --- the history --- */

/* Returns: (transfer full): where partitions are or would be. */
static char *
find_directory (const char *directory)
{
  g_autofree char *inner = g_build_filename (directory, "provenance", NULL);

  return g_file_test (inner, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&inner) : g_strdup (directory);
}

/* Nobody is to be told that nothing has happened in a folder of his that has nothing to do with
 * us. */
static bool
check_directory (const WeirHistory *history, const char *directory, GError **error)
{
  g_autofree char *identity = g_build_filename (directory, "identity", NULL);

  if (history->files->len > 0 || !g_str_equal (history->directory, directory) ||
      g_file_test (identity, G_FILE_TEST_EXISTS))
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
               "%s is not a data directory: it has no folder \"provenance\", nor what would be in "
               "one",
               directory);
  return false;
}

/* All partitions of a directory have the same. */
static void
find_install (WeirHistory *history)
{
  for (guint i = history->files->len; i-- > 0 && history->install == 0;) {
    WeirPartition *partition = weir_history_file_open (history, history->files->pdata[i]);

    if (partition != NULL)
      history->install = weir_partition_get_install (partition);
  }
}

WeirHistory *
weir_history_open (const char *directory, GError **error)
{
  g_autoptr (WeirHistory) history = g_new0 (WeirHistory, 1);

  history->directory = find_directory (directory);
  history->files = g_ptr_array_new_with_free_func (weir_history_file_unref);
  history->blocks = g_ptr_array_new_with_free_func (free_block);
  history->problems = g_ptr_array_new_with_free_func (g_free);
  if (!weir_history_refresh (history, error) || !check_directory (history, directory, error))
    return NULL;
  find_install (history);
  return g_steal_pointer (&history);
}

void
weir_history_free (WeirHistory *history)
{
  if (history == NULL)
    return;
  g_ptr_array_unref (history->blocks);
  g_ptr_array_unref (history->files);
  g_ptr_array_unref (history->problems);
  g_free (history->directory);
  g_free (history);
}

uint64_t
weir_history_get_install (const WeirHistory *history)
{
  return history->install;
}

const char *
weir_history_get_directory (const WeirHistory *history)
{
  return history->directory;
}

const GPtrArray *
weir_history_get_problems (const WeirHistory *history)
{
  return history->problems;
}

void
weir_history_set_progress (WeirHistory *history, WeirHistoryProgressFunc func, void *user)
{
  history->on_progress = func;
  history->user = user;
}

bool
weir_history_get_range (WeirHistory *history, uint64_t *ret_first, uint64_t *ret_last)
{
  uint64_t first = 0, end = 0;

  for (guint i = 0; i < history->files->len && first == 0; i++) {
    WeirHistoryFile *file = history->files->pdata[i];

    if (weir_history_file_open (history, file) != NULL)
      first = file->start;
  }
  for (guint i = history->files->len; i-- > 0 && end == 0;) {
    WeirHistoryFile *file = history->files->pdata[i];
    WeirPartition *partition = weir_history_file_open (history, file);
    g_autoptr (GError) error = NULL;
    WeirPosition position;

    if (partition == NULL)
      continue;
    if (weir_partition_get_position (partition, &position, &error))
      end = position.event;
    else
      weir_history_give_up (history, file, g_steal_pointer (&error));
  }
  if (first == 0 || end <= first)
    return false;
  *ret_first = first;
  *ret_last = end - 1;
  return true;
}

const char *
weir_history_get_name (WeirPartition *partition, const WeirEntryName *name, size_t *ret_size)
{
  const char *word;

  if (name->number == 0) {
    *ret_size = name->size;
    return name->text;
  }
  word = weir_partition_get_word (partition, WEIR_WORD_NAME, name->number);
  *ret_size = word != NULL ? strlen (word) : 0;
  return word;
}
