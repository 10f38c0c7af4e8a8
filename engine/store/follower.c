/* follower.c: a reader of the log with a place that it holds, and somebody to wake it. */
#include "store/follower.h"

#include "base/limits.h"
#include "base/lock.h"
#include "store/follower-data.h"
#include "store/mutant.h"
#include "store/segment.h"

#include <weir/error.h>

#include <stdatomic.h>
#include <time.h>

struct WeirFollower {
  WeirFollowerData *data;
  WeirLogReader *reader;
  uint64_t batch_bytes;
  int64_t batch_usec;
};

/* --- the data directory's side --- */

void
weir_follower_data_init (WeirFollowerData *data, void (*on_release) (void *user), void *user)
{
  pthread_condattr_t attributes;

  data->on_release = on_release;
  data->user = user;
  pthread_mutex_init (&data->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&data->changed, &attributes);
  pthread_condattr_destroy (&attributes);
  atomic_init (&data->hold, UINT64_MAX);
}

void
weir_follower_data_clear (WeirFollowerData *data)
{
  pthread_cond_destroy (&data->changed);
  pthread_mutex_destroy (&data->lock);
}

void
weir_follower_data_on_durable (WeirFollowerData *data, uint64_t durable)
{
  WEIR_LOCKED (&data->lock);

  atomic_store (&data->durable, durable);
  if (durable >= data->wanted)
    pthread_cond_signal (&data->changed);
}

uint64_t
weir_follower_data_get_hold (WeirFollowerData *data)
{
  return WEIR_MUTANT (11) ? UINT64_MAX : atomic_load (&data->hold);
}

bool
weir_follower_data_is_far (WeirFollowerData *data)
{
  uint64_t read = atomic_load (&data->read);

  return atomic_load (&data->hold) != UINT64_MAX &&
         atomic_load (&data->durable) > read + WEIR_LIMIT_FOLLOWER;
}

/* --- the follower's --- */

/* The frames of one segment. */
typedef struct {
  uint64_t place; /* of the first */
  uint64_t first, last;
} Stretch;

/* Returns: false when there is none. */
static bool
read_stretch (const WeirSegmentFolder *folder, uint64_t number, Stretch *ret_stretch)
{
  g_autoptr (WeirLogReader) reader = weir_log_reader_new_for_segment (
      folder->directory, folder->log_id, folder->segment_size, number, folder->fs, NULL);
  Stretch stretch = { 0 };
  WeirFrame frame;

  while (reader != NULL &&
         weir_log_reader_next (reader, UINT64_MAX, &frame, NULL) == WEIR_LOG_FRAME) {
    if (stretch.first == 0)
      stretch = (Stretch){ frame.place, frame.sequence, frame.sequence };
    stretch.last = frame.sequence;
  }
  *ret_stretch = stretch;
  return stretch.first != 0;
}

/* The first frame from which on none is missing: a segment whose contents are still needed may be
 * much older than the one behind it. */
static void
find_oldest (const WeirSegmentFolder *folder, const GArray *files, Stretch *ret_oldest)
{
  Stretch oldest = { 0, 1, 0 }, stretch;

  for (guint i = files->len; i-- > 0;) {
    if (!read_stretch (folder, g_array_index (files, WeirSegmentFile, i).number, &stretch))
      continue;
    if (oldest.last != 0 && stretch.last + 1 != oldest.first)
      break;
    oldest = stretch;
  }
  *ret_oldest = oldest;
}

/* Whether no segment is missing from the one of @place on, which is so as long as somebody has
 * followed the log in every run. Without reading a frame; false: perhaps. */
static bool
is_whole (const WeirSegmentFolder *folder, const GArray *files, uint64_t place)
{
  uint64_t next = weir_segment_get_number (place, folder->segment_size);
  bool is_there = false;

  for (guint i = 0; i < files->len; i++) {
    const WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);

    if (file->number + file->n_numbers <= next)
      continue;
    if (file->number > next || weir_segment_is_hollow (folder, file->number))
      return false;
    next = file->number + file->n_numbers;
    is_there = true;
  }
  return is_there;
}

static bool
find_beginning (const WeirSegmentFolder *folder, uint64_t *place, uint64_t *sequence,
                GError **error)
{
  g_autoptr (GArray) files = weir_segment_list (folder, error);
  Stretch oldest;

  if (files == NULL)
    return false;
  if (*sequence != 0 && is_whole (folder, files, *place))
    return true;
  find_oldest (folder, files, &oldest);
  if (*sequence == 0) {
    *place = oldest.place;
    *sequence = oldest.first;
  } else if (*sequence < oldest.first) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "%s: the log begins with frame %" G_GUINT64_FORMAT
                 " and no longer has number %" G_GUINT64_FORMAT,
                 folder->directory, oldest.first, *sequence);
    return false;
  }
  return true;
}

WeirFollower *
weir_follower_new (WeirFollowerData *data, const WeirSegmentFolder *folder, uint64_t place,
                   uint64_t sequence, GError **error)
{
  WeirFollower *follower;
  WeirLogReader *reader;

  if (!find_beginning (folder, &place, &sequence, error))
    return NULL;
  reader = weir_log_reader_new (folder->directory, folder->log_id, folder->segment_size, place,
                                sequence, folder->fs, error);
  if (reader == NULL)
    return NULL;
  follower = g_new0 (WeirFollower, 1);
  follower->data = data;
  follower->reader = reader;
  data->is_interrupted = data->is_woken = false;
  atomic_store (&data->read, place);
  atomic_store (&data->hold, place);
  return follower;
}

void
weir_follower_free (WeirFollower *follower)
{
  if (follower == NULL)
    return;
  weir_log_reader_free (follower->reader);
  g_free (follower);
}

/* Waits until @wanted is durable, or @end. Call with the lock held. */
static void
wait_until (WeirFollowerData *data, uint64_t wanted, int64_t end)
{
  struct timespec time = { .tv_sec = end / G_USEC_PER_SEC, .tv_nsec = end % G_USEC_PER_SEC * 1000 };
  int status = 0;

  data->wanted = wanted;
  while (atomic_load (&data->durable) < wanted && !data->is_interrupted && !data->is_woken &&
         status == 0)
    status = end == INT64_MAX ? pthread_cond_wait (&data->changed, &data->lock)
                              : pthread_cond_timedwait (&data->changed, &data->lock, &time);
}

/* Waits until more than @seen is durable. Returns: false when it is not by then. */
static bool
wait_for_more (WeirFollower *follower, uint64_t seen, int64_t end)
{
  WeirFollowerData *data = follower->data;

  WEIR_LOCKED (&data->lock);
  wait_until (data, seen + 1, end);
  if (follower->batch_usec > 0)
    wait_until (data, seen + follower->batch_bytes,
                MIN (end, g_get_monotonic_time () + follower->batch_usec));
  data->is_woken = false;
  return atomic_load (&data->durable) > seen;
}

void
weir_follower_set_batch (WeirFollower *follower, uint64_t bytes, int64_t usec)
{
  follower->batch_bytes = bytes;
  follower->batch_usec = usec;
}

WeirLogRead
weir_follower_next (WeirFollower *follower, int64_t usec, WeirFrame *ret_frame, GError **error)
{
  WeirFollowerData *data = follower->data;
  int64_t end = usec < 0 ? INT64_MAX : g_get_monotonic_time () + usec;
  uint64_t durable;
  WeirLogRead read;

  do {
    durable = atomic_load (&data->durable);
    read = weir_log_reader_next (follower->reader, WEIR_MUTANT (12) ? UINT64_MAX : durable,
                                 ret_frame, error);
  } while (read == WEIR_LOG_END && wait_for_more (follower, durable, end));
  if (read == WEIR_LOG_FRAME)
    atomic_store (&data->read, ret_frame->next);
  return read;
}

void
weir_follower_interrupt (WeirFollower *follower)
{
  WEIR_LOCKED (&follower->data->lock);

  follower->data->is_interrupted = true;
  pthread_cond_signal (&follower->data->changed);
}

void
weir_follower_wake (WeirFollower *follower)
{
  WEIR_LOCKED (&follower->data->lock);

  follower->data->is_woken = true;
  pthread_cond_signal (&follower->data->changed);
}

void
weir_follower_release (WeirFollower *follower, uint64_t place)
{
  WeirFollowerData *data = follower->data;

  if (place <= atomic_load (&data->hold))
    return;
  atomic_store (&data->hold, place);
  data->on_release (data->user);
}

uint64_t
weir_follower_get_place (WeirFollower *follower)
{
  return atomic_load (&follower->data->read);
}

uint64_t
weir_follower_get_lag (WeirFollower *follower)
{
  uint64_t read = atomic_load (&follower->data->read);
  uint64_t durable = atomic_load (&follower->data->durable);

  return durable > read ? durable - read : 0;
}
