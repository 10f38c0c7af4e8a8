/* follower.c: a reader of the log with a place that it holds, and somebody to wake it. */
#include "store/follower.h"

#include "base/limits.h"
#include "base/lock.h"
#include "store/follower-data.h"
#include "store/segment.h"

#include <weir/error.h>

#include <stdatomic.h>
#include <time.h>

struct WeirFollower {
  WeirFollowerData *data;
  WeirLogReader *reader;
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
  pthread_cond_signal (&data->changed);
}

uint64_t
weir_follower_data_get_hold (WeirFollowerData *data)
{
  return atomic_load (&data->hold);
}

bool
weir_follower_data_is_far (WeirFollowerData *data)
{
  uint64_t read = atomic_load (&data->read);

  return atomic_load (&data->hold) != UINT64_MAX &&
         atomic_load (&data->durable) > read + WEIR_LIMIT_FOLLOWER;
}

/* --- the follower's --- */

/* The first frame of the oldest segment that has one. */
static bool
find_oldest (const WeirSegmentFolder *folder, uint64_t *ret_place, uint64_t *ret_sequence,
             GError **error)
{
  g_autoptr (GArray) files = weir_segment_list (folder, error);

  for (guint i = 0; files != NULL && i < files->len; i++) {
    const WeirSegmentFile *file = &g_array_index (files, WeirSegmentFile, i);
    g_autoptr (WeirLogReader) reader = weir_log_reader_new_for_segment (
        folder->directory, folder->log_id, folder->segment_size, file->number, folder->fs, NULL);
    WeirFrame frame;

    if (reader == NULL || weir_log_reader_next (reader, UINT64_MAX, &frame, NULL) != WEIR_LOG_FRAME)
      continue;
    *ret_place = frame.place;
    *ret_sequence = frame.sequence;
    return true;
  }
  return files != NULL;
}

WeirFollower *
weir_follower_new (WeirFollowerData *data, const WeirSegmentFolder *folder, uint64_t place,
                   uint64_t sequence, GError **error)
{
  uint64_t oldest_place = 0, oldest = 1;
  WeirFollower *follower;
  WeirLogReader *reader;

  if (!find_oldest (folder, &oldest_place, &oldest, error))
    return NULL;
  if (sequence == 0) {
    place = oldest_place;
    sequence = oldest;
  } else if (sequence < oldest) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "%s: the log begins with frame %" G_GUINT64_FORMAT
                 " and no longer has number %" G_GUINT64_FORMAT,
                 folder->directory, oldest, sequence);
    return NULL;
  }
  reader = weir_log_reader_new (folder->directory, folder->log_id, folder->segment_size, place,
                                sequence, folder->fs, error);
  if (reader == NULL)
    return NULL;
  follower = g_new0 (WeirFollower, 1);
  follower->data = data;
  follower->reader = reader;
  data->is_interrupted = false;
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

/* Waits until more than @seen is durable. Returns: false when it is not by then. */
static bool
wait_for_more (WeirFollowerData *data, uint64_t seen, int64_t end)
{
  struct timespec time = { .tv_sec = end / G_USEC_PER_SEC, .tv_nsec = end % G_USEC_PER_SEC * 1000 };
  int status = 0;

  WEIR_LOCKED (&data->lock);
  while (atomic_load (&data->durable) <= seen && !data->is_interrupted && status == 0)
    status = end == INT64_MAX ? pthread_cond_wait (&data->changed, &data->lock)
                              : pthread_cond_timedwait (&data->changed, &data->lock, &time);
  return atomic_load (&data->durable) > seen;
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
    read = weir_log_reader_next (follower->reader, durable, ret_frame, error);
  } while (read == WEIR_LOG_END && wait_for_more (data, durable, end));
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
weir_follower_release (WeirFollower *follower, uint64_t place)
{
  WeirFollowerData *data = follower->data;

  if (place <= atomic_load (&data->hold))
    return;
  atomic_store (&data->hold, place);
  data->on_release (data->user);
}

uint64_t
weir_follower_get_lag (WeirFollower *follower)
{
  uint64_t read = atomic_load (&follower->data->read);
  uint64_t durable = atomic_load (&follower->data->durable);

  return durable > read ? durable - read : 0;
}
