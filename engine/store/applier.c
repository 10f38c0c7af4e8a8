/* applier.c: behind the writer, a batch at a time. What it waits for is the watermark, so an engine
 * that commits nothing does not wake it. */
#include "store/applier.h"

#include <stdatomic.h>
#include <time.h>

#include "base/limits.h"
#include "base/lock.h"
#include "store/log-reader.h"

struct WeirApplier {
  WeirApplierOptions options;
  WeirLogReader *reader;
  uint64_t checkpoint_place; /* what the book on disk holds */
  WeirFrame last;            /* that was applied; the thread's, without its payload */
  pthread_t thread;
  _Atomic uint64_t applied;
  _Atomic uint64_t awaited; /* the lowest place that somebody waits for; UINT64_MAX: none */

  WeirLock lock;
  pthread_cond_t changed;
  pthread_cond_t applied_more;
  uint64_t durable; /* guarded by lock, as are the next */
  uint64_t wanted;  /* it is woken when that is durable */
  bool is_ending;
  bool has_failed;
};

static bool
checkpoint (WeirApplier *applier, GError **error)
{
  const WeirApplierOptions *options = &applier->options;

  if (!weir_book_checkpoint (options->book, &applier->last, error))
    return false;
  applier->checkpoint_place = applier->last.next;
  if (options->on_checkpoint != NULL)
    options->on_checkpoint (options->data, applier->last.next);
  return true;
}

static bool
is_checkpoint_due (const WeirApplier *applier)
{
  const WeirApplierOptions *options = &applier->options;

  return applier->last.next - applier->checkpoint_place >= options->checkpoint_bytes ||
         weir_book_get_bytes (options->book) >= WEIR_LIMIT_BOOK;
}

/* Those who wait look again, and say what they still wait for. */
static void
tell_waiting (WeirApplier *applier, bool has_failed)
{
  WEIR_LOCKED (&applier->lock);

  applier->has_failed |= has_failed;
  atomic_store (&applier->awaited, UINT64_MAX);
  pthread_cond_broadcast (&applier->applied_more);
}

bool
weir_applier_wait (WeirApplier *applier, uint64_t place)
{
  WEIR_LOCKED (&applier->lock);

  for (;;) {
    atomic_store (&applier->awaited, MIN (place, atomic_load (&applier->awaited)));
    if (atomic_load (&applier->applied) >= place)
      return true;
    if (applier->has_failed)
      return false;
    applier->wanted = MIN (place, applier->wanted);
    if (applier->durable >= applier->wanted)
      pthread_cond_signal (&applier->changed);
    pthread_cond_wait (&applier->applied_more, &applier->lock);
  }
}

/* Brings the frames that were added into the book, and says so. */
static bool
fold (WeirApplier *applier, GError **error)
{
  uint64_t place = applier->last.next;

  if (!weir_book_fold (applier->options.book, error))
    return false;
  atomic_store (&applier->applied, place);
  if (atomic_load (&applier->awaited) <= place)
    tell_waiting (applier, false);
  return !is_checkpoint_due (applier) || checkpoint (applier, error);
}

/* Applies all frames below @durable: as many at once as have been read at once. */
static bool
apply_up_to (WeirApplier *applier, uint64_t durable, GError **error)
{
  WeirFrame frame;
  WeirLogRead read;

  while ((read = weir_log_reader_next (applier->reader, durable, &frame, error)) ==
         WEIR_LOG_FRAME) {
    if (!weir_book_add_frame (applier->options.book, &frame, error))
      return false;
    applier->last = frame;
    if (!weir_log_reader_has_next (applier->reader, durable) && !fold (applier, error))
      return false;
  }
  return read == WEIR_LOG_END;
}

/* What is durable waits for more to be folded with it, but not for long, nor when somebody waits
 * for it. */
static void
wait_for_batch (WeirApplier *applier, uint64_t seen)
{
  struct timespec until;

  clock_gettime (CLOCK_MONOTONIC, &until);
  until.tv_nsec += applier->options.patience_msec * 1000000L;
  until.tv_sec += until.tv_nsec / 1000000000L;
  until.tv_nsec %= 1000000000L;
  applier->wanted = MIN (seen + applier->options.batch_bytes, atomic_load (&applier->awaited));
  while (applier->durable < applier->wanted && !applier->is_ending &&
         pthread_cond_timedwait (&applier->changed, &applier->lock, &until) == 0)
    continue;
}

/* Waits until there is more than @seen. Returns: false when there is not, nor will be. */
static bool
wait_for_more (WeirApplier *applier, uint64_t seen, uint64_t *ret_durable)
{
  WEIR_LOCKED (&applier->lock);

  applier->wanted = seen + 1;
  while (applier->durable <= seen && !applier->is_ending)
    pthread_cond_wait (&applier->changed, &applier->lock);
  if (applier->options.patience_msec > 0)
    wait_for_batch (applier, seen);
  *ret_durable = applier->durable;
  return applier->durable > seen;
}

/* Where it costs next to nothing, the next start finds nothing to fold and segments to write over.
 * When it fails, the log still has it all. */
static void
leave_in_order (WeirApplier *applier)
{
  if (applier->last.next > applier->checkpoint_place &&
      weir_book_get_bytes (applier->options.book) < WEIR_LIMIT_BOOK / 16)
    (void)checkpoint (applier, NULL);
}

static void *
run (void *data)
{
  WeirApplier *applier = data;
  g_autoptr (GError) error = NULL;
  uint64_t durable = 0;

  pthread_setname_np (pthread_self (), "weir-applier");
  while (wait_for_more (applier, durable, &durable)) {
    if (!apply_up_to (applier, durable, &error)) {
      applier->options.on_failure (applier->options.data, error);
      tell_waiting (applier, true);
      return NULL;
    }
    if (applier->options.on_caught_up != NULL)
      applier->options.on_caught_up (applier->options.data);
  }
  leave_in_order (applier);
  return NULL;
}

WeirApplier *
weir_applier_new (const WeirApplierOptions *options, GError **error)
{
  WeirLogReader *reader =
      weir_log_reader_new (options->log_directory, options->log_id, options->segment_size,
                           options->place, options->sequence, options->fs, error);
  WeirApplier *applier;
  pthread_condattr_t monotonic;
  uint64_t sequence;
  int errnum;

  if (reader == NULL)
    return NULL;
  applier = g_new0 (WeirApplier, 1);
  applier->options = *options;
  if (options->checkpoint_bytes == 0)
    applier->options.checkpoint_bytes = WEIR_LIMIT_CHECKPOINT;
  if (options->batch_bytes == 0)
    applier->options.batch_bytes = WEIR_LIMIT_BATCH;
  applier->options.batch_bytes =
      MIN (applier->options.batch_bytes, applier->options.checkpoint_bytes);
  applier->reader = reader;
  weir_log_reader_set_step (reader, (size_t)applier->options.batch_bytes);
  atomic_init (&applier->applied, options->place);
  atomic_init (&applier->awaited, UINT64_MAX);
  weir_book_get_position (options->book, &applier->checkpoint_place, &sequence);
  pthread_mutex_init (&applier->lock, NULL);
  pthread_condattr_init (&monotonic);
  pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init (&applier->changed, &monotonic);
  pthread_condattr_destroy (&monotonic);
  pthread_cond_init (&applier->applied_more, NULL);
  errnum = pthread_create (&applier->thread, NULL, run, applier);
  if (errnum != 0)
    g_error ("cannot start a thread: %s", g_strerror (errnum));
  return applier;
}

void
weir_applier_free (WeirApplier *applier)
{
  if (applier == NULL)
    return;
  {
    WEIR_LOCKED (&applier->lock);

    applier->is_ending = true;
    pthread_cond_signal (&applier->changed);
  }
  pthread_join (applier->thread, NULL);
  weir_log_reader_free (applier->reader);
  pthread_cond_destroy (&applier->changed);
  pthread_cond_destroy (&applier->applied_more);
  pthread_mutex_destroy (&applier->lock);
  g_free (applier);
}

void
weir_applier_on_durable (WeirApplier *applier, uint64_t durable)
{
  WEIR_LOCKED (&applier->lock);

  applier->durable = durable;
  if (durable >= applier->wanted)
    pthread_cond_signal (&applier->changed);
}

void
weir_applier_on_failure (WeirApplier *applier)
{
  tell_waiting (applier, true);
}

uint64_t
weir_applier_get_applied (WeirApplier *applier)
{
  return atomic_load_explicit (&applier->applied, memory_order_acquire);
}
