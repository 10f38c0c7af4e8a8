/* log-supply.c: a thread that makes the next segment while the one before it is written, and
 * deletes released ones of which there are more than will be needed. */
#include "store/log-supply.h"

#include <stdatomic.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/lock.h"
#include "store/frame.h"

typedef struct {
  uint64_t number;
  uint64_t size;
} Released;

struct WeirLogSupply {
  WeirSegmentFolder folder;
  char *directory;
  pthread_t thread;
  _Atomic uint64_t synced;

  WeirLock lock;
  pthread_cond_t work; /* for the thread */
  pthread_cond_t done; /* for the writer */
  GArray *released;    /* guarded by lock, as is the rest: of Released */
  uint64_t size;       /* of the segment that was taken last */
  uint64_t wanted;     /* 0: none */
  uint64_t wanted_size;
  bool is_making;
  bool is_ending;
  WeirSegment ready;
  WeirSegment retired;
  uint64_t retired_place;
  GError *error; /* of a sync, which must not be tried again */
};

/* Called with the lock held. Returns: 0 when there is none. */
static uint64_t
pop_released (WeirLogSupply *supply)
{
  GArray *released = supply->released;
  uint64_t number;

  if (released->len == 0)
    return 0;
  number = g_array_index (released, Released, released->len - 1).number;
  g_array_set_size (released, released->len - 1);
  return number;
}

/* Kept is what the log will need if it goes on as it does, which one that is larger than what it
 * uses is not. Called with the lock held. Returns: 0 when there is none. */
static uint64_t
find_superfluous (WeirLogSupply *supply)
{
  GArray *released = supply->released;

  for (guint i = 0; i < released->len; i++) {
    Released each = g_array_index (released, Released, i);

    if (i >= WEIR_LIMIT_SEGMENTS_KEPT || each.size > supply->size) {
      g_array_remove_index_fast (released, i);
      return each.number;
    }
  }
  return 0;
}

/* @ret_is_final: set when a failure must not be tried again. */
static bool
make (WeirLogSupply *supply, uint64_t number, uint64_t size, uint64_t released,
      WeirSegment *ret_segment, bool *ret_is_final, GError **error)
{
  WeirSegment segment;

  *ret_is_final = false;
  if (!weir_segment_make (&supply->folder, number, size, released, &segment, error))
    return false;
  if (!weir_segment_settle (&supply->folder, &segment, error)) {
    *ret_is_final = true;
    weir_segment_close (&segment);
    return false;
  }
  *ret_segment = segment;
  return true;
}

/* Called with the lock held, which is given back meanwhile. */
static void
make_ahead (WeirLogSupply *supply)
{
  uint64_t number = supply->wanted, size = supply->wanted_size, released = pop_released (supply);
  g_autoptr (GError) error = NULL;
  WeirSegment segment = { .fd = -1 };
  bool is_final;

  supply->is_making = true;
  supply->wanted = 0;
  pthread_mutex_unlock (&supply->lock);
  (void)make (supply, number, size, released, &segment, &is_final, &error);
  pthread_mutex_lock (&supply->lock);

  supply->is_making = false;
  supply->ready = segment;
  if (is_final && supply->error == NULL)
    supply->error = g_steal_pointer (&error);
  pthread_cond_signal (&supply->done);
}

/* Called with the lock held, which is given back meanwhile. */
static void
delete_one (WeirLogSupply *supply, uint64_t number)
{
  g_autofree char *path = weir_segment_get_path (supply->directory, number);

  pthread_mutex_unlock (&supply->lock);
  (void)weir_fs_unlink (supply->folder.fs, path, NULL);
  pthread_mutex_lock (&supply->lock);
}

/* Called with the lock held, which is given back meanwhile. */
static void
sync_retired (WeirLogSupply *supply)
{
  g_autoptr (GError) error = NULL;
  bool is_synced;

  pthread_mutex_unlock (&supply->lock);
  is_synced = weir_fs_sync_data (supply->folder.fs, supply->retired.fd, NULL, &error);
  pthread_mutex_lock (&supply->lock);

  if (is_synced)
    atomic_store (&supply->synced, supply->retired_place);
  else if (supply->error == NULL)
    supply->error = g_steal_pointer (&error);
  weir_segment_close (&supply->retired);
  pthread_cond_signal (&supply->done);
}

static void *
run (void *data)
{
  WeirLogSupply *supply = data;
  uint64_t superfluous;

  WEIR_LOCKED (&supply->lock);

  pthread_setname_np (pthread_self (), "weir-segments");
  for (;;) {
    if (supply->wanted != 0 && !supply->is_ending)
      make_ahead (supply);
    else if (supply->retired.fd >= 0 && !supply->is_ending)
      sync_retired (supply);
    else if ((superfluous = find_superfluous (supply)) != 0)
      delete_one (supply, superfluous);
    else if (supply->is_ending)
      return NULL;
    else
      pthread_cond_wait (&supply->work, &supply->lock);
  }
}

WeirLogSupply *
weir_log_supply_new (const WeirSegmentFolder *folder)
{
  WeirLogSupply *supply = g_new0 (WeirLogSupply, 1);

  supply->directory = g_strdup (folder->directory);
  supply->folder = *folder;
  supply->folder.directory = supply->directory;
  supply->released = g_array_new (FALSE, FALSE, sizeof (Released));
  supply->ready.fd = supply->retired.fd = -1;
  pthread_mutex_init (&supply->lock, NULL);
  pthread_cond_init (&supply->work, NULL);
  pthread_cond_init (&supply->done, NULL);
  if (pthread_create (&supply->thread, NULL, run, supply) != 0)
    g_error ("cannot start the thread that makes segments of the log");
  return supply;
}

void
weir_log_supply_free (WeirLogSupply *supply)
{
  if (supply == NULL)
    return;
  pthread_mutex_lock (&supply->lock);
  supply->is_ending = true;
  pthread_cond_signal (&supply->work);
  pthread_mutex_unlock (&supply->lock);
  pthread_join (supply->thread, NULL);
  /* Then the next start need not look through all of it for frames. */
  if (supply->ready.fd >= 0)
    (void)weir_fs_resize (supply->folder.fs, supply->ready.fd, WEIR_SEGMENT_HEADER, NULL, NULL);
  weir_segment_close (&supply->ready);
  weir_segment_close (&supply->retired);
  pthread_cond_destroy (&supply->done);
  pthread_cond_destroy (&supply->work);
  pthread_mutex_destroy (&supply->lock);
  g_array_unref (supply->released);
  g_clear_error (&supply->error);
  g_free (supply->directory);
  g_free (supply);
}

void
weir_log_supply_prepare (WeirLogSupply *supply, uint64_t number, uint64_t size)
{
  WEIR_LOCKED (&supply->lock);

  supply->wanted = number;
  supply->wanted_size = size;
  pthread_cond_signal (&supply->work);
}

bool
weir_log_supply_take (WeirLogSupply *supply, uint64_t number, uint64_t size,
                      WeirSegment *ret_segment, GError **error)
{
  WeirSegment ready;
  uint64_t released;
  bool is_final;

  {
    WEIR_LOCKED (&supply->lock);
    supply->wanted = 0;
    supply->size = size;
    while (supply->is_making)
      pthread_cond_wait (&supply->done, &supply->lock);
    if (supply->error != NULL) {
      g_propagate_error (error, g_error_copy (supply->error));
      return false;
    }
    ready = supply->ready;
    supply->ready.fd = -1;
    if (ready.fd >= 0 && ready.number == number && ready.size == size) {
      *ret_segment = ready;
      return true;
    }
    released = ready.fd < 0 ? pop_released (supply) : 0;
  }
  /* One of another size is made anew where it stands. */
  weir_segment_close (&ready);
  return make (supply, number, size, released, ret_segment, &is_final, error);
}

void
weir_log_supply_retire (WeirLogSupply *supply, WeirSegment *segment, uint64_t place)
{
  WEIR_LOCKED (&supply->lock);

  while (supply->retired.fd >= 0)
    pthread_cond_wait (&supply->done, &supply->lock);
  supply->retired = *segment;
  supply->retired_place = place;
  segment->fd = -1;
  pthread_cond_signal (&supply->work);
}

bool
weir_log_supply_settle (WeirLogSupply *supply, GError **error)
{
  WEIR_LOCKED (&supply->lock);

  while (supply->retired.fd >= 0)
    pthread_cond_wait (&supply->done, &supply->lock);
  if (supply->error != NULL)
    g_propagate_error (error, g_error_copy (supply->error));
  return supply->error == NULL;
}

uint64_t
weir_log_supply_get_synced (WeirLogSupply *supply)
{
  return atomic_load (&supply->synced);
}

/* Returns: 0 when nobody knows. */
static uint64_t
get_size (WeirLogSupply *supply, uint64_t number)
{
  g_autofree char *path = weir_segment_get_path (supply->directory, number);
  struct stat status;

  return stat (path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

void
weir_log_supply_release (WeirLogSupply *supply, uint64_t number)
{
  Released released = { number, get_size (supply, number) };

  WEIR_LOCKED (&supply->lock);

  g_array_append_val (supply->released, released);
  pthread_cond_signal (&supply->work);
}
