/* data.c: opening reads the book, then the log behind it into the book: from then on the book is
 * what the log says, and the applier keeps it so. */
#include "store/data.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/wake.h"
#include "store/applier.h"
#include "store/book.h"
#include "store/content-durable.h"
#include "store/follower-data.h"
#include "store/identity.h"
#include "store/ids.h"
#include "store/log-reader.h"
#include "store/reserve.h"
#include "store/retention.h"
#include "store/segment.h"

#include <stdatomic.h>

#define NEVER UINT64_MAX /* a place */

struct WeirData {
  WeirDataOptions options;
  WeirIdentity identity;
  char *log_directory;
  char *snapshot_directory;
  WeirDictionary *dictionary;
  WeirBook *book;
  WeirIds ids;
  WeirContentStore *contents;
  WeirReserve *reserve;
  uint64_t noted; /* the watermark when the reserve was last told; the writer's thread */
  _Atomic bool told_low;
  _Atomic uint64_t told;   /* everybody has been told of this watermark; NEVER: of the log's end */
  WeirWake teller;         /* rung for each */
  uint64_t before;         /* the place of the snapshot; the applier's from start on */
  WeirRetention retention; /* of segments */
  WeirLogEnd end;          /* of the log that was found */
  WeirFrame last;          /* in it, without its payload */
  WeirApplier *applier;    /* from weir_data_start on */
  _Atomic (WeirLog *) log; /* likewise, until it is closed */
  WeirFollowerData follower;
  WeirLock closing; /* held where the log is used by somebody who may come late */
};

/* A word that got a number; under the dictionary's lock. */
static void
on_word (void *user, const void *body, size_t size)
{
  WeirData *data = user;

  weir_log_append (data->log, weir_clock_get_wall (data->options.clock), body, size, NULL);
}

static uint64_t
on_get_appended (void *user)
{
  WeirData *data = user;
  WeirLog *log = atomic_load (&data->log);

  return log != NULL ? weir_log_get_appended (log) : NEVER;
}

static void
on_segment_free (void *user, uint64_t number)
{
  WeirData *data = user;
  WeirLog *log;

  WEIR_LOCKED (&data->closing);
  log = atomic_load (&data->log);
  if (log != NULL)
    weir_log_release (log, number);
}

static bool
on_write (void *user, GError **error)
{
  WeirData *data = user;

  return weir_content_store_sync (data->contents, error);
}

/* For room on the disk, or for a follower who would have it filled. */
static bool
must_wait (WeirData *data)
{
  return weir_reserve_is_low (data->reserve) || weir_follower_data_is_far (&data->follower);
}

static void
tell_low (WeirData *data)
{
  atomic_store (&data->told_low, true);
  data->options.on_low (data->options.data);
}

static void
tell (WeirData *data, uint64_t place)
{
  atomic_store (&data->told, place);
  weir_wake_ring (&data->teller);
}

static void
on_durable (void *user, uint64_t durable)
{
  WeirData *data = user;

  weir_reserve_note (data->reserve, durable - data->noted);
  data->noted = durable;
  weir_follower_data_on_durable (&data->follower, durable);
  if (!atomic_load (&data->told_low) && must_wait (data))
    tell_low (data);
  weir_content_store_on_durable (data->contents, durable);
  if (data->applier != NULL)
    weir_applier_on_durable (data->applier, durable);
  data->options.on_durable (data->options.data, durable);
  tell (data, durable);
}

static void
on_failure (void *user, const GError *error)
{
  WeirData *data = user;

  data->options.on_failure (data->options.data, error);
}

/* By its last frame, too, when nobody waits any more. */
static void
on_log_failure (void *user, const GError *error)
{
  WeirData *data = user;

  if (data->applier != NULL)
    weir_applier_on_failure (data->applier);
  on_failure (data, error);
  tell (data, NEVER);
}

static void
on_follower_release (void *user)
{
  WeirData *data = user;

  weir_retention_release (&data->retention);
}

/* --- opening --- */

static char *
in_directory (const WeirDataOptions *options, const char *name)
{
  return g_build_filename (options->directory, name, NULL);
}

static bool
open_book (WeirData *data, GError **error)
{
  WeirBookOptions options = { .directory = data->snapshot_directory,
                              .log_id = data->identity.log_id,
                              .dictionary = data->dictionary,
                              .fs = data->options.fs,
                              .must_sync = data->options.durability == WEIR_DURABILITY_POWER };

  data->book = weir_book_open (&options, error);
  return data->book != NULL;
}

/* What the log has beyond the book. All of it is synced before anything is written behind it, with
 * every durability: the frames to come say that it was. */
static bool
read_log (WeirData *data, GError **error)
{
  g_autoptr (WeirLogReader) reader = NULL;
  uint64_t place, sequence;
  WeirFrame frame;
  WeirLogRead result;

  weir_book_get_position (data->book, &place, &sequence);
  reader =
      weir_log_reader_new (data->log_directory, data->identity.log_id, data->identity.segment_size,
                           place, sequence, data->options.fs, error);
  if (reader == NULL)
    return false;
  while ((result = weir_log_reader_next (reader, UINT64_MAX, &frame, error)) == WEIR_LOG_FRAME) {
    if (!weir_book_add_frame (data->book, &frame, error))
      return false;
    if (!weir_log_reader_has_next (reader, UINT64_MAX) && !weir_book_fold (data->book, error))
      return false;
    data->last = frame;
  }
  if (result != WEIR_LOG_END)
    return false;
  weir_log_reader_get_end (reader, &data->end);
  return weir_book_settle (data->book, error) && weir_log_reader_settle (reader, error);
}

static bool
open_contents (WeirData *data, GError **error)
{
  g_autofree char *directory = in_directory (&data->options, "content");
  g_autofree char *archive = in_directory (&data->options, "archive");
  WeirContentOptions options = { .directory = directory,
                                 .log_directory = data->log_directory,
                                 .segment_size = data->identity.segment_size,
                                 .must_sync = data->options.durability == WEIR_DURABILITY_POWER,
                                 .archive_directory = archive,
                                 .held_bytes = data->options.checkpoint_bytes,
                                 .archive_bytes = data->options.archive_bytes,
                                 .archive_usec = data->options.archive_usec,
                                 .reserve = data->reserve,
                                 .clock = data->options.clock,
                                 .fs = data->options.fs,
                                 .get_appended = on_get_appended,
                                 .on_segment_free = on_segment_free,
                                 .data = data };

  data->contents = weir_content_store_new_durable (&options, error);
  return data->contents != NULL;
}

/* A disk that is full now gets the room that was kept for this. */
static bool
open_reserve (WeirData *data, GError **error)
{
  WeirReserveOptions options = { .directory = data->options.directory,
                                 .clock = data->options.clock,
                                 .fs = data->options.fs };

  data->reserve = weir_reserve_new (&options, error);
  if (data->reserve == NULL)
    return false;
  weir_reserve_give_up_ballast (data->reserve, NULL);
  return true;
}

static bool
open_all (WeirData *data, GError **error)
{
  return weir_identity_open (&data->identity, data->options.directory, data->options.owner, true,
                             data->options.fs, error) &&
         open_reserve (data, error) &&
         weir_fs_make_directory (data->options.fs, data->log_directory, 0700, error) &&
         weir_fs_make_directory (data->options.fs, data->snapshot_directory, 0700, error) &&
         open_book (data, error) && read_log (data, error) && open_contents (data, error);
}

WeirData *
weir_data_open (const WeirDataOptions *options, GError **error)
{
  g_autoptr (WeirData) data = g_new0 (WeirData, 1);

  data->options = *options;
  data->options.directory = g_strdup (options->directory);
  data->options.owner = g_strdup (options->owner);
  if (data->options.clock == NULL)
    data->options.clock = weir_clock_system ();
  pthread_mutex_init (&data->closing, NULL);
  weir_follower_data_init (&data->follower, on_follower_release, data);
  weir_ids_init (&data->ids);
  data->identity = (WeirIdentity){ .lock = -1, .segment_size = options->segment_size };
  data->log_directory = in_directory (options, "log");
  data->snapshot_directory = in_directory (options, "snapshot");
  data->dictionary = weir_dictionary_new (on_word, data);
  if (!open_all (data, error))
    return NULL;
  data->retention = (WeirRetention){
    .folder = { data->log_directory, data->identity.log_id, data->identity.segment_size,
                data->options.fs },
    .contents = data->contents,
    .reserve = data->reserve,
    .follower = &data->follower,
    .archive_bytes = data->options.archive_bytes,
  };
  weir_retention_init (&data->retention);
  return g_steal_pointer (&data);
}

/* --- going on --- */

WeirFollower *
weir_data_follow (WeirData *data, uint64_t place, uint64_t sequence, GError **error)
{
  weir_follower_data_on_durable (&data->follower, data->end.place);
  return weir_follower_new (&data->follower, &data->retention.folder, place, sequence, error);
}

static void
on_caught_up (void *user)
{
  WeirData *data = user;

  if (data->options.on_applied != NULL)
    data->options.on_applied (data->options.data);
}

static void
on_checkpoint (void *user, uint64_t place)
{
  WeirData *data = user;

  weir_retention_checkpoint (&data->retention, place);
}

/* The snapshot before this one may still be needed, so only what is older than that is touched. */
static void
on_later_checkpoint (void *user, uint64_t place)
{
  WeirData *data = user;

  on_checkpoint (data, place);
  weir_content_store_hollow (data->contents, weir_book_get_parts (data->book), data->before);
  data->before = place;
}

static bool
start_log (WeirData *data, GError **error)
{
  WeirLogOptions options = { .directory = data->log_directory,
                             .log_id = data->identity.log_id,
                             .segment_size = data->identity.segment_size,
                             .frame_size = /* a small segment holds several, too */
                             MIN (WEIR_LIMIT_FRAME, data->identity.segment_size / 8),
                             .durability = data->options.durability,
                             .patience_usec = data->options.patience_usec,
                             .fs = data->options.fs,
                             .clock = data->options.clock,
                             .on_write = on_write,
                             .on_durable = on_durable,
                             .on_failure = on_log_failure,
                             .data = data };

  data->noted = data->end.place;
  atomic_store (&data->told, data->end.place);
  data->log = weir_log_open (&options, &data->end, error);
  return data->log != NULL;
}

static bool
start_applier (WeirData *data, GError **error)
{
  WeirApplierOptions options = { .log_directory = data->log_directory,
                                 .log_id = data->identity.log_id,
                                 .segment_size = data->identity.segment_size,
                                 .place = data->end.place,
                                 .sequence = data->end.sequence + 1,
                                 .book = data->book,
                                 .checkpoint_bytes = data->options.checkpoint_bytes,
                                 .patience_msec = WEIR_LIMIT_BATCH_MSEC,
                                 .fs = data->options.fs,
                                 .on_checkpoint = on_later_checkpoint,
                                 .on_caught_up = on_caught_up,
                                 .on_failure = on_failure,
                                 .data = data };

  data->applier = weir_applier_new (&options, error);
  return data->applier != NULL;
}

/* Each start begins a segment. An engine that is started again and again, and dies before it has
 * made a snapshot, would fill the disk with them. */
static bool
shorten_log (WeirData *data, GError **error)
{
  uint64_t place, sequence;

  weir_book_get_position (data->book, &place, &sequence);
  if (data->last.next / data->identity.segment_size < place / data->identity.segment_size + 4)
    return true;
  return weir_book_checkpoint (data->book, &data->last, error);
}

/* The log calls the applier, so that one is first. */
bool
weir_data_start (WeirData *data, GError **error)
{
  uint64_t place, sequence, n_bytes;

  weir_dictionary_go_on (data->dictionary);
  if (!shorten_log (data, error) || !start_applier (data, error))
    return false;
  /* All that was found is: what it does not need may go at once. */
  weir_content_store_on_durable (data->contents, data->end.place);
  weir_book_get_position (data->book, &data->before, &sequence);
  if (!start_log (data, error))
    return false;
  weir_ids_start (&data->ids, weir_book_get_next_flowfile_id (data->book), data->log,
                  data->options.clock);
  n_bytes = weir_book_get_disk_bytes (data->book);
  weir_book_get_position (data->book, &place, &sequence);
  on_checkpoint (data, place);
  weir_content_store_sweep (data->contents);
  (void)weir_reserve_keep_ballast (data->reserve, 2 * n_bytes, NULL);
  if (weir_reserve_is_low (data->reserve))
    tell_low (data);
  return true;
}

bool
weir_data_is_low (WeirData *data)
{
  bool is_low = must_wait (data);

  if (!is_low)
    atomic_store (&data->told_low, false);
  return is_low;
}

uint64_t
weir_data_get_free (WeirData *data)
{
  return weir_reserve_get_free (data->reserve);
}

uint64_t
weir_data_get_enough (WeirData *data)
{
  return weir_reserve_get_enough (data->reserve);
}

/* Until they have been told, and not only until it is durable: what they are told of is still
 * there. */
static void
wait_until_told (WeirData *data, uint64_t place)
{
  weir_log_hurry (data->log, place);
  for (;;) {
    uint32_t n_rings = weir_wake_get (&data->teller);

    if (atomic_load (&data->told) >= place)
      return;
    weir_wake_wait (&data->teller, n_rings);
  }
}

void
weir_data_stop (WeirData *data)
{
  weir_content_store_keep_all (data->contents);
  if (data->log != NULL)
    wait_until_told (data, weir_log_get_appended (data->log));
  g_clear_pointer (&data->applier, weir_applier_free);
}

/* The log syncs the contents when it writes its last frame, and contents that are let go release
 * segments: these come too late then. */
static void
close_log (WeirData *data)
{
  WeirLog *log;

  pthread_mutex_lock (&data->closing);
  log = atomic_exchange (&data->log, NULL);
  pthread_mutex_unlock (&data->closing);
  if (log != NULL)
    (void)weir_log_close (log, NULL);
}

void
weir_data_free (WeirData *data)
{
  if (data == NULL)
    return;
  if (data->contents != NULL) {
    weir_data_stop (data);
    weir_content_store_settle (data->contents);
  }
  close_log (data);
  weir_content_store_free (data->contents);
  weir_reserve_free (data->reserve);
  weir_book_free (data->book);
  weir_dictionary_free (data->dictionary);
  weir_identity_close (&data->identity);
  pthread_mutex_destroy (&data->closing);
  weir_retention_clear (&data->retention);
  weir_follower_data_clear (&data->follower);
  weir_ids_clear (&data->ids);
  g_free (data->log_directory);
  g_free (data->snapshot_directory);
  g_free ((char *)data->options.directory);
  g_free ((char *)data->options.owner);
  g_free (data);
}

uint64_t
weir_data_append (WeirData *data, int64_t wall, const void *body, size_t size, uint64_t *ret_place)
{
  uint64_t ticket = weir_log_append (data->log, wall, body, size, ret_place);

  /* What is not in the book yet cannot be let go: neither segments nor memory. */
  if (ticket > weir_applier_get_applied (data->applier) + WEIR_LIMIT_LAG &&
      ticket <= weir_log_get_appended (data->log))
    (void)weir_applier_wait (data->applier, ticket - WEIR_LIMIT_LAG);
  return ticket;
}

void
weir_data_hurry (WeirData *data, uint64_t ticket)
{
  weir_log_hurry (data->log, ticket);
}

uint64_t
weir_data_get_appended (WeirData *data)
{
  return weir_log_get_appended (data->log);
}

uint64_t
weir_data_take_ids (WeirData *data, uint32_t n)
{
  return weir_ids_take (&data->ids, n);
}

uint64_t
weir_data_get_logged (WeirData *data)
{
  WeirLogFigures figures;

  weir_log_get_figures (data->log, &figures);
  return figures.n_bytes;
}

uint64_t
weir_data_get_applied (WeirData *data)
{
  return weir_applier_get_applied (data->applier);
}

bool
weir_data_wait_applied (WeirData *data, uint64_t ticket)
{
  if (ticket > weir_log_get_appended (data->log))
    return false;
  weir_log_hurry (data->log, ticket);
  return weir_applier_wait (data->applier, ticket);
}

/* --- what is there --- */

const char *
weir_data_get_damage (WeirData *data)
{
  return weir_book_get_damage (data->book);
}

uint64_t
weir_data_get_next_sequence (WeirData *data)
{
  return data->end.sequence + 1;
}

uint64_t
weir_data_get_install_id (WeirData *data)
{
  return data->identity.install_id;
}

WeirContentStore *
weir_data_get_contents (WeirData *data)
{
  return data->contents;
}

WeirDictionary *
weir_data_get_dictionary (WeirData *data)
{
  return data->dictionary;
}

void
weir_data_each_state (WeirData *data, WeirDataStateFunc func, void *user)
{
  weir_book_each_state (data->book, func, user);
}

bool
weir_data_each_flowfile (WeirData *data, WeirDataImageFunc func, void *user, GError **error)
{
  return weir_book_each_flowfile (data->book, func, user, error);
}

bool
weir_data_read (WeirData *data, const uint64_t *ids, size_t n, WeirDataImageFunc func, void *user,
                GError **error)
{
  return weir_book_read (data->book, ids, n, func, user, error);
}

bool
weir_data_open_content (WeirData *data, const WeirContentRef *ref, WeirContent *ret_content,
                        GError **error)
{
  return weir_content_store_open_claim (data->contents, ref, ret_content, error);
}
