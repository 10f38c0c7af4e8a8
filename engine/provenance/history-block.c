/* history-block.c: blocks by what is asked of them, and the few that are kept unpacked: what looks
 * at one event after the other mostly stays in one. */
#include "provenance/history-parts.h"

#include <weir/error.h>

/* Each event of an export looks back over the life of its FlowFile, which mostly is in a few
 * blocks; with fewer of them, each is unpacked for each event. */
#define KEPT 8

/* What is larger than this unpacked, because attributes are, is not kept. */
#define MAX_KEPT ((size_t)2 * 1024 * 1024)

/* --- finding --- */

/* Returns: the index of the partition that has @at or would have it; the first one when all begin
 * behind it. */
static guint
find_file (WeirHistory *history, uint64_t at)
{
  guint low = 0, high = history->files->len;

  /* All before low begin at or before @at, none from high on does. */
  while (low < high) {
    guint middle = low + (high - low) / 2, known = middle;

    while (known < high && weir_history_file_open (history, history->files->pdata[known]) == NULL)
      known++;
    if (known < high && ((WeirHistoryFile *)history->files->pdata[known])->start <= at)
      low = known + 1;
    else
      high = middle;
  }
  return low > 0 ? low - 1 : 0;
}

static guint
find_first_file (WeirHistory *history, uint64_t at)
{
  if (at <= 1)
    return 0;
  return at == UINT64_MAX ? history->files->len - 1 : find_file (history, at);
}

/* Texts to numbers of this partition. Returns: false when it knows no such text. */
static bool
adapt (WeirPartition *partition, const WeirHistoryWish *wish, WeirBlockWish *ret_wish)
{
  *ret_wish = wish->wish;
  if (wish->component == NULL)
    return true;
  ret_wish->component = weir_partition_find_word (partition, WEIR_WORD_COMPONENT, wish->component);
  return ret_wish->component != 0;
}

/* The same in one partition. */
static bool
seek_in (WeirHistory *history, WeirHistoryFile *file, const WeirHistoryWish *wish, uint64_t at,
         WeirBlockRow *ret_row)
{
  WeirPartition *partition = weir_history_file_open (history, file);
  bool is_descending = wish->wish.is_descending;
  g_autoptr (GError) error = NULL;
  WeirBlockWish adapted;
  WeirBlockRow row;

  if (partition == NULL || !adapt (partition, wish, &adapted))
    return false;
  /* Descending, it is the block that begins before that. */
  if (!weir_partition_find_block (partition, &adapted,
                                  is_descending && at < UINT64_MAX ? at + 1 : at, &row, &error)) {
    if (error != NULL)
      weir_history_give_up (history, file, g_steal_pointer (&error));
    return false;
  }
  /* Else who goes on behind it would stay where he is. */
  if (row.n == 0 || row.n > WEIR_BLOCK_EVENTS || row.first == 0 || row.first > INT64_MAX ||
      (is_descending ? row.first > at : row.first + row.n <= at)) {
    weir_history_give_up (history, file,
                          g_error_new (WEIR_ERROR, WEIR_ERROR_CORRUPT,
                                       "%s: partition %" G_GUINT64_FORMAT
                                       " is damaged: its list of blocks is wrong",
                                       history->directory, file->number));
    return false;
  }
  *ret_row = row;
  return true;
}

bool
weir_history_seek (WeirHistory *history, const WeirHistoryWish *wish, uint64_t at,
                   WeirHistoryFile **ret_file, WeirBlockRow *ret_row)
{
  bool is_descending = wish->wish.is_descending;

  if (history->files->len == 0)
    return false;
  for (guint i = find_first_file (history, at); i < history->files->len;
       i += is_descending ? UINT_MAX : 1) {
    if (seek_in (history, history->files->pdata[i], wish, at, ret_row)) {
      *ret_file = history->files->pdata[i];
      return true;
    }
  }
  return false;
}

/* --- unpacking --- */

static void
tell_damage (WeirHistory *history, const WeirHistoryFile *file, uint64_t first, uint32_t n,
             const char *what)
{
  weir_history_add_problem (history,
                            "%s: partition %" G_GUINT64_FORMAT ": events %" G_GUINT64_FORMAT
                            " to %" G_GUINT64_FORMAT " cannot be read and are left out: %s",
                            history->directory, file->number, first, first + n - 1, what);
}

static void
forget (WeirHistoryBlock *block)
{
  block->n = 0;
  g_clear_pointer (&block->bytes, g_bytes_unref);
  g_clear_pointer (&block->file, weir_history_file_unref);
}

/* Returns: one that has no user: the oldest when there are many, else a new one. */
static WeirHistoryBlock *
find_free (WeirHistory *history)
{
  WeirHistoryBlock *oldest = NULL, *block;

  for (guint i = 0; i < history->blocks->len; i++) {
    block = history->blocks->pdata[i];
    if (block->n_users == 0 && (oldest == NULL || block->used < oldest->used))
      oldest = block;
  }
  if (oldest != NULL && history->blocks->len >= KEPT) {
    forget (oldest);
    return oldest;
  }
  block = g_new0 (WeirHistoryBlock, 1);
  block->reader = weir_block_reader_new ();
  g_ptr_array_add (history->blocks, block);
  return block;
}

static bool
fill (WeirHistory *history, WeirHistoryBlock *block, WeirHistoryFile *file, const WeirBlockRow *row,
      GError **error)
{
  WeirPartition *partition = weir_history_file_open (history, file);
  const uint8_t *bytes;
  size_t size;

  if (partition == NULL) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "the partition is damaged");
    return false;
  }
  block->bytes = weir_partition_read_block (partition, row->first, error);
  if (block->bytes == NULL)
    return false;
  bytes = g_bytes_get_data (block->bytes, &size);
  if (!weir_block_reader_open (block->reader, bytes, size, error))
    return false;
  /* It may have grown since. */
  if (weir_block_reader_get_first (block->reader) != row->first ||
      weir_block_reader_get_n (block->reader) < row->n) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "the block is another one");
    return false;
  }
  block->file = g_rc_box_acquire (file);
  block->first = row->first;
  block->n = weir_block_reader_get_n (block->reader);
  return true;
}

WeirHistoryBlock *
weir_history_take_block (WeirHistory *history, WeirHistoryFile *file, const WeirBlockRow *row,
                         GError **error)
{
  g_autoptr (GError) reason = NULL;
  WeirHistoryBlock *block;

  if (history->on_progress != NULL && !history->on_progress (history->user, row->first)) {
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED, "interrupted");
    return NULL;
  }
  for (guint i = 0; i < history->blocks->len; i++) {
    block = history->blocks->pdata[i];
    if (block->file == file && block->first == row->first && block->n >= row->n) {
      block->n_users++;
      block->used = ++history->now;
      return block;
    }
  }
  block = find_free (history);
  if (!fill (history, block, file, row, &reason)) {
    tell_damage (history, file, row->first, row->n, reason->message);
    return NULL;
  }
  block->n_users = 1;
  block->last = NULL;
  block->used = ++history->now;
  return block;
}

void
weir_history_give_back (WeirHistoryBlock *block)
{
  if (block == NULL || --block->n_users > 0 ||
      weir_block_reader_get_size (block->reader) <= MAX_KEPT)
    return;
  forget (block);
  weir_block_reader_free (block->reader);
  block->reader = weir_block_reader_new ();
}

bool
weir_history_load (WeirHistory *history, WeirHistoryBlock *block, unsigned columns)
{
  g_autoptr (GError) error = NULL;

  if (weir_block_reader_load (block->reader, columns, &error))
    return true;
  tell_damage (history, block->file, block->first, block->n, error->message);
  return false;
}

void
weir_history_get (WeirHistoryBlock *block, uint32_t index, const void *user, WeirEvent *ret_event)
{
  weir_block_reader_get (block->reader, index, ret_event);
  block->last = user;
}
