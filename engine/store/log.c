/* log.c: who appends fills one buffer while the writer brings the other one to disk. A buffer that
 * nobody waits for waits a moment for more, since a frame costs about the same whatever is in it.
 *
 * Nobody is woken for one entry: the writer only when it rests, those who wait for durability once
 * a frame, each by the bell of the buffer that holds their entry. */
#include "store/log.h"

#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/lock.h"
#include "store/log-buffer.h"
#include "store/log-supply.h"
#include "store/mutant.h"

#define NEVER UINT64_MAX /* a ticket */

struct WeirLog {
  WeirLogOptions options;
  char *directory;
  WeirLogSupply *supply;
  pthread_t thread;
  _Atomic uint64_t durable;

  WeirLock lock;
  pthread_cond_t work;      /* for the writer */
  pthread_cond_t room;      /* for those who append */
  WeirLogBuffer buffers[2]; /* guarded by lock, as is the rest: the active one */
  WeirLogBuffer *active;
  uint64_t appended;
  unsigned n_waiting_for_room;
  unsigned n_large_waiting; /* of these: they need an empty buffer, and go first */
  bool is_idle;             /* the writer waits for work */
  bool is_patient;          /* it waits for more */
  uint64_t hurried;         /* the last ticket that somebody waits for */
  bool is_closing;
  GError *error;
  WeirLogFigures figures;

  /* The writer's thread only. */
  WeirSegment segment;
  WeirLogLayout following; /* where the next frame goes */
  bool is_next_prepared;
  uint64_t sequence; /* of the last frame */
  uint64_t synced;   /* all below this place is on disk, when nothing else says more */
};

/* --- the writer --- */

static WeirLogBuffer *
get_other (WeirLog *log)
{
  return &log->buffers[log->active == &log->buffers[0]];
}

static int64_t
get_time (const WeirLog *log)
{
  return weir_clock_get_monotonic (log->options.clock);
}

/* Of the largest frame. */
static bool
is_enough (const WeirLogBuffer *buffer)
{
  return buffer->is_sealed || buffer->fill >= buffer->limit / 8;
}

/* Call with the lock held. */
static void
wait_for_more (WeirLog *log, const WeirLogBuffer *buffer)
{
  struct timespec until;

  clock_gettime (CLOCK_MONOTONIC, &until);
  until.tv_nsec += log->options.patience_usec * 1000L;
  until.tv_sec += until.tv_nsec / 1000000000L;
  until.tv_nsec %= 1000000000L;
  log->is_patient = true;
  while (!is_enough (buffer) && log->hurried <= buffer->layout.next &&
         log->n_waiting_for_room == 0 && !log->is_closing &&
         pthread_cond_timedwait (&log->work, &log->lock, &until) == 0)
    continue;
  log->is_patient = false;
}

/* Waits for entries and makes the other buffer active. Returns: NULL when the log is closed. */
static WeirLogBuffer *
take_buffer (WeirLog *log)
{
  WEIR_LOCKED (&log->lock);
  WeirLogBuffer *buffer = log->active;
  WeirLogLayout layout;

  while (buffer->n_entries == 0 && !log->is_closing) {
    log->is_idle = true;
    pthread_cond_wait (&log->work, &log->lock);
  }
  log->is_idle = false;
  if (buffer->n_entries == 0)
    return NULL;
  if (log->options.patience_usec > 0)
    wait_for_more (log, buffer);

  layout = buffer->layout;
  weir_log_layout_advance (&layout, weir_frame_pad (buffer->fill), get_time (log));
  log->following = layout;
  log->active = get_other (log);
  weir_log_buffer_begin (log->active, &layout);
  if (log->n_waiting_for_room > 0)
    pthread_cond_broadcast (&log->room);
  return buffer;
}

static bool
open_segment (WeirLog *log, const WeirLogLayout *layout, GError **error)
{
  if (log->segment.fd >= 0 && log->segment.number == layout->number &&
      log->segment.size == layout->size)
    return true;
  if (log->segment.fd >= 0 && log->options.durability == WEIR_DURABILITY_PROCESS)
    weir_log_supply_retire (log->supply, &log->segment, layout->next);
  weir_segment_close (&log->segment);
  log->is_next_prepared = false;
  return weir_log_supply_take (log->supply, layout->number, layout->size, &log->segment, error);
}

/* As soon as it is known how large that will be. */
static void
prepare_next (WeirLog *log)
{
  const WeirLogLayout *layout = &log->following;

  if (log->is_next_prepared || !layout->has_chosen || layout->number != log->segment.number)
    return;
  log->is_next_prepared = true;
  weir_log_supply_prepare (log->supply, layout->number + weir_log_layout_get_n_numbers (layout),
                           layout->usual);
}

/* With PROCESS, whole segments behind what is durable: so that damage is known for what it is even
 * where nobody waited for the disk. */
static uint64_t
get_synced (WeirLog *log)
{
  return MAX (log->synced, weir_log_supply_get_synced (log->supply));
}

static void
publish (WeirLog *log, WeirLogBuffer *buffer)
{
  uint64_t durable = buffer->layout.next + weir_frame_pad (buffer->fill);

  atomic_store (&log->durable, durable);
  weir_wake_ring (&buffer->done);
  weir_log_buffer_shrink (buffer, log->options.frame_size);
  {
    WEIR_LOCKED (&log->lock);
    log->figures.n_frames++;
  }
  if (log->options.on_durable != NULL)
    log->options.on_durable (log->options.data, durable);
}

/* Segments before this one may still be on their way. */
static bool
sync_frame (WeirLog *log, GError **error)
{
  return (log->options.durability == WEIR_DURABILITY_POWER ||
          weir_log_supply_settle (log->supply, error)) &&
         (WEIR_MUTANT (1) || weir_fs_sync_data (log->options.fs, log->segment.fd, NULL, error));
}

static bool
write_frame (WeirLog *log, WeirLogBuffer *buffer, GError **error)
{
  const WeirLogLayout *layout = &buffer->layout;
  uint64_t offset = layout->next - layout->number * layout->segment_size;
  WeirFs *fs = log->options.fs;
  size_t size;

  if (log->options.on_write != NULL && !log->options.on_write (log->options.data, error))
    return false;
  if (!open_segment (log, layout, error))
    return false;
  size = weir_log_buffer_finish (buffer, log->options.log_id, ++log->sequence, get_synced (log));
  if (!weir_fs_pwrite (fs, log->segment.fd, buffer->bytes, size, offset, NULL, error))
    return false;
  if (log->options.durability == WEIR_DURABILITY_POWER || buffer->must_sync) {
    if (WEIR_MUTANT (2))
      publish (log, buffer);
    if (!sync_frame (log, error))
      return false;
    log->synced = layout->next + size;
  }
  prepare_next (log);
  return true;
}

static void
fail (WeirLog *log, GError *error)
{
  {
    WEIR_LOCKED (&log->lock);
    log->error = error;
    log->appended = NEVER;
    pthread_cond_broadcast (&log->room);
  }
  weir_wake_ring (&log->buffers[0].done);
  weir_wake_ring (&log->buffers[1].done);
  if (log->options.on_failure != NULL)
    log->options.on_failure (log->options.data, error);
}

/* What was set aside for frames behind the last one of the run. */
static void
give_back_rest (WeirLog *log, const WeirLogBuffer *last)
{
  const WeirLogLayout *layout = &last->layout;
  uint64_t end = layout->next + weir_frame_pad (last->fill);

  (void)weir_fs_resize (log->options.fs, log->segment.fd,
                        end - layout->number * layout->segment_size, NULL, NULL);
}

/* A frame without entries says that all before it was on disk, so that damage to the last one with
 * entries cannot be taken for a torn tail. A segment is not begun for that. */
static bool
write_last_frame (WeirLog *log, GError **error)
{
  WeirLogBuffer *buffer = log->active;

  if (log->options.durability == WEIR_DURABILITY_PROCESS) {
    if (!sync_frame (log, error))
      return false;
    log->synced = atomic_load (&log->durable);
  }
  if (log->segment.number != buffer->layout.number)
    return true;
  buffer->must_sync = true;
  if (!write_frame (log, buffer, error))
    return false;
  give_back_rest (log, buffer);
  return true;
}

static void *
run (void *data)
{
  WeirLog *log = data;
  GError *error = NULL;
  WeirLogBuffer *buffer;

  pthread_setname_np (pthread_self (), "weir-log");
  while ((buffer = take_buffer (log)) != NULL) {
    if (!write_frame (log, buffer, &error)) {
      fail (log, error);
      return NULL;
    }
    publish (log, buffer);
  }
  if (!write_last_frame (log, &error))
    fail (log, error);
  return NULL;
}

/* --- its life --- */

static void
free_log (WeirLog *log)
{
  weir_log_supply_free (log->supply);
  weir_segment_close (&log->segment);
  weir_log_buffer_clear (&log->buffers[0]);
  weir_log_buffer_clear (&log->buffers[1]);
  pthread_cond_destroy (&log->room);
  pthread_cond_destroy (&log->work);
  pthread_mutex_destroy (&log->lock);
  g_clear_error (&log->error);
  g_free (log->directory);
  g_free (log);
}

static WeirLog *
new_log (const WeirLogOptions *options, const WeirLogEnd *end)
{
  WeirLog *log = g_new0 (WeirLog, 1);
  pthread_condattr_t monotonic;
  WeirLogLayout layout;

  log->options = *options;
  log->directory = g_strdup (options->directory);
  log->options.directory = log->directory;
  if (options->segment_size == 0)
    log->options.segment_size = WEIR_LIMIT_SEGMENT;
  if (options->frame_size == 0)
    log->options.frame_size = WEIR_LIMIT_FRAME;
  if (options->clock == NULL)
    log->options.clock = weir_clock_system ();
  g_assert (log->options.frame_size % WEIR_FRAME_BLOCK == 0 &&
            log->options.segment_size % WEIR_FRAME_BLOCK == 0 &&
            log->options.segment_size >= WEIR_SEGMENT_HEADER + log->options.frame_size);

  pthread_mutex_init (&log->lock, NULL);
  pthread_condattr_init (&monotonic);
  pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init (&log->work, &monotonic);
  pthread_condattr_destroy (&monotonic);
  pthread_cond_init (&log->room, NULL);
  log->segment.fd = -1;
  log->sequence = end->sequence;
  log->synced = log->appended = end->place;
  atomic_init (&log->durable, end->place);
  weir_log_buffer_init (&log->buffers[0], log->options.frame_size);
  weir_log_buffer_init (&log->buffers[1], log->options.frame_size);
  weir_log_layout_init (&layout, log->options.segment_size, log->options.frame_size,
                        end->segment + 1, get_time (log));
  weir_log_buffer_begin (&log->buffers[0], &layout);
  log->active = &log->buffers[0];
  return log;
}

WeirLog *
weir_log_open (const WeirLogOptions *options, const WeirLogEnd *end, GError **error)
{
  WeirLog *log = new_log (options, end);
  g_autofree char *parent = g_path_get_dirname (log->directory);
  WeirSegmentFolder folder = { log->directory, log->options.log_id, log->options.segment_size,
                               log->options.fs };

  log->supply = weir_log_supply_new (&folder);
  if (!weir_fs_make_directory (folder.fs, log->directory, 0700, error) ||
      !weir_fs_sync_directory (folder.fs, parent, error) ||
      !open_segment (log, &log->active->layout, error)) {
    free_log (log);
    return NULL;
  }
  if (pthread_create (&log->thread, NULL, run, log) != 0)
    g_error ("cannot start the thread that writes the log");
  return log;
}

bool
weir_log_close (WeirLog *log, GError **error)
{
  bool has_failed;

  {
    WEIR_LOCKED (&log->lock);
    log->is_closing = true;
    pthread_cond_signal (&log->work);
  }
  pthread_join (log->thread, NULL);
  has_failed = log->error != NULL;
  if (has_failed)
    g_propagate_error (error, g_steal_pointer (&log->error));
  free_log (log);
  return !has_failed;
}

/* --- any thread --- */

/* Called with the lock held. Returns: a buffer that has room; NULL when the log has failed. */
static WeirLogBuffer *
wait_for_room (WeirLog *log, size_t size)
{
  for (;;) {
    WeirLogBuffer *buffer = log->active;
    bool is_large = weir_log_buffer_is_large (buffer, size);

    if (log->error != NULL)
      return NULL;
    if (is_large && buffer->n_entries == 0) {
      weir_log_buffer_grow (buffer, size, get_time (log));
      return buffer;
    }
    if (!is_large && log->n_large_waiting == 0 && weir_log_buffer_has_room (buffer, size))
      return buffer;
    log->n_waiting_for_room++;
    log->n_large_waiting += is_large;
    if (log->is_patient)
      pthread_cond_signal (&log->work);
    pthread_cond_wait (&log->room, &log->lock);
    log->n_large_waiting -= is_large;
    log->n_waiting_for_room--;
  }
}

static uint64_t
append (WeirLog *log, int64_t wall, const void *body, size_t size, bool must_sync,
        uint64_t *ret_place)
{
  WeirLogBuffer *buffer;
  uint64_t ticket;
  bool must_wake;

  g_assert (size <= WEIR_LIMIT_ENTRY);
  {
    WEIR_LOCKED (&log->lock);
    buffer = wait_for_room (log, size);
    if (buffer == NULL) {
      if (ret_place != NULL)
        *ret_place = NEVER;
      return NEVER;
    }
    ticket = weir_log_buffer_put (buffer, wall, body, size, ret_place);
    buffer->must_sync |= must_sync;
    log->appended = ticket;
    log->figures.n_entries++;
    log->figures.n_bytes += size;
    must_wake = log->is_idle || (log->is_patient && is_enough (buffer));
    log->is_idle = false;
  }
  if (must_wake)
    pthread_cond_signal (&log->work);
  return ticket;
}

uint64_t
weir_log_append (WeirLog *log, int64_t wall, const void *body, size_t size, uint64_t *ret_place)
{
  return append (log, wall, body, size, false, ret_place);
}

uint64_t
weir_log_append_synced (WeirLog *log, int64_t wall, const void *body, size_t size)
{
  return append (log, wall, body, size, true, NULL);
}

uint64_t
weir_log_get_appended (WeirLog *log)
{
  WEIR_LOCKED (&log->lock);

  return log->appended;
}

uint64_t
weir_log_get_durable (WeirLog *log)
{
  return atomic_load (&log->durable);
}

/* Call with the lock held. */
static void
hurry (WeirLog *log, uint64_t ticket)
{
  log->hurried = MAX (log->hurried, ticket);
  if (log->is_patient)
    pthread_cond_signal (&log->work);
}

void
weir_log_hurry (WeirLog *log, uint64_t ticket)
{
  if (atomic_load (&log->durable) >= ticket)
    return;
  WEIR_LOCKED (&log->lock);
  hurry (log, ticket);
}

bool
weir_log_wait (WeirLog *log, uint64_t ticket, GError **error)
{
  while (atomic_load (&log->durable) < ticket) {
    WeirWake *done;
    uint32_t n_rings;

    {
      WEIR_LOCKED (&log->lock);
      if (log->error != NULL) {
        g_propagate_error (error, g_error_copy (log->error));
        return false;
      }
      hurry (log, ticket);
      done = ticket > log->active->layout.next ? &log->active->done : &get_other (log)->done;
      n_rings = weir_wake_get (done);
    }
    if (atomic_load (&log->durable) < ticket)
      weir_wake_wait (done, n_rings);
  }
  return true;
}

void
weir_log_release (WeirLog *log, uint64_t number)
{
  weir_log_supply_release (log->supply, number);
}

void
weir_log_get_figures (WeirLog *log, WeirLogFigures *ret_figures)
{
  WEIR_LOCKED (&log->lock);

  *ret_figures = log->figures;
}
