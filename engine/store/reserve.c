/* reserve.c: how much is free, asked seldom. */
#include "store/reserve.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/lock.h"

#define USEC_PER_ASK 1000000

struct WeirReserve {
  WeirFs *fs;
  WeirClock *clock;
  char *directory;
  char *ballast;
  uint64_t bytes; /* to keep free */
  int (*get_space) (void *data, uint64_t *ret_free, uint64_t *ret_total);
  void *data;
  WeirLock lock;
  _Atomic uint64_t n_noted; /* bytes written since it was asked */
  _Atomic int64_t next_ask; /* monotonic */
  _Atomic uint64_t free;
  _Atomic bool is_low;
};

static int
get_space (void *data, uint64_t *ret_free, uint64_t *ret_total)
{
  const WeirReserve *reserve = data;
  struct statvfs status;

  if (statvfs (reserve->directory, &status) < 0)
    return errno;
  *ret_free = (uint64_t)status.f_bavail * status.f_frsize;
  *ret_total = (uint64_t)status.f_blocks * status.f_frsize;
  return 0;
}

/* What cannot be found out is taken for enough: a write will tell. */
static bool
ask (WeirReserve *reserve, uint64_t *ret_total, GError **error)
{
  uint64_t n_free, total;
  int errnum;

  WEIR_LOCKED (&reserve->lock);

  atomic_store (&reserve->n_noted, 0);
  atomic_store (&reserve->next_ask,
                weir_time_add (weir_clock_get_monotonic (reserve->clock), USEC_PER_ASK));
  errnum = reserve->get_space (reserve->data, &n_free, &total);
  if (errnum != 0)
    return weir_error_set_errno (error, "ask for the free space of", reserve->directory, errnum);
  atomic_store (&reserve->free, n_free);
  if (n_free < reserve->bytes)
    atomic_store (&reserve->is_low, true);
  else if (n_free >= weir_reserve_get_enough (reserve))
    atomic_store (&reserve->is_low, false);
  *ret_total = total;
  return true;
}

WeirReserve *
weir_reserve_new (const WeirReserveOptions *options, GError **error)
{
  WeirReserve *reserve = g_new0 (WeirReserve, 1);
  uint64_t total;

  reserve->fs = options->fs;
  reserve->clock = options->clock != NULL ? options->clock : weir_clock_system ();
  reserve->directory = g_strdup (options->directory);
  reserve->ballast = g_build_filename (options->directory, "ballast", NULL);
  reserve->bytes = options->bytes;
  reserve->get_space = options->get_space != NULL ? options->get_space : get_space;
  reserve->data = options->get_space != NULL ? options->data : reserve;
  pthread_mutex_init (&reserve->lock, NULL);
  if (!ask (reserve, &total, error)) {
    weir_reserve_free (reserve);
    return NULL;
  }
  if (reserve->bytes == 0) {
    reserve->bytes = MIN (WEIR_LIMIT_RESERVE, total / WEIR_LIMIT_RESERVE_PART);
    atomic_store (&reserve->is_low, reserve->free < reserve->bytes);
  }
  return reserve;
}

void
weir_reserve_free (WeirReserve *reserve)
{
  if (reserve == NULL)
    return;
  pthread_mutex_destroy (&reserve->lock);
  g_free (reserve->directory);
  g_free (reserve->ballast);
  g_free (reserve);
}

void
weir_reserve_note (WeirReserve *reserve, uint64_t bytes)
{
  atomic_fetch_add_explicit (&reserve->n_noted, bytes, memory_order_relaxed);
}

bool
weir_reserve_is_low (WeirReserve *reserve)
{
  uint64_t total;

  if (atomic_load_explicit (&reserve->n_noted, memory_order_relaxed) >= WEIR_LIMIT_RESERVE_STEP ||
      weir_clock_get_monotonic (reserve->clock) >= atomic_load (&reserve->next_ask))
    ask (reserve, &total, NULL);
  return atomic_load (&reserve->is_low);
}

uint64_t
weir_reserve_get_free (WeirReserve *reserve)
{
  return atomic_load (&reserve->free);
}

uint64_t
weir_reserve_get_enough (WeirReserve *reserve)
{
  return reserve->bytes + reserve->bytes / 2;
}

bool
weir_reserve_keep_ballast (WeirReserve *reserve, uint64_t size, GError **error)
{
  WEIR_AUTO_FD int fd = -1;
  struct stat status;
  uint64_t total;
  int errnum;

  size = CLAMP (size, WEIR_LIMIT_BALLAST_LEAST, WEIR_LIMIT_BALLAST);
  if (stat (reserve->ballast, &status) == 0 && (uint64_t)status.st_size >= size)
    return true;
  if (!ask (reserve, &total, error))
    return false;
  if (reserve->free < weir_reserve_get_enough (reserve) + size)
    return true;
  fd = weir_fs_open (reserve->fs, AT_FDCWD, reserve->ballast, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600,
                     error);
  if (fd < 0)
    return false;
  errnum = reserve->fs != NULL ? reserve->fs->on_call (reserve->fs, WEIR_FS_RESIZE) : 0;
  if (errnum == 0)
    errnum = posix_fallocate (fd, 0, (off_t)size);
  if (errnum == 0)
    return true;
  (void)unlink (reserve->ballast);
  return errnum == ENOSPC ||
         weir_error_set_errno (error, "set space aside in", reserve->ballast, errnum);
}

bool
weir_reserve_give_up_ballast (WeirReserve *reserve, GError **error)
{
  uint64_t total;
  struct stat status;

  if (!ask (reserve, &total, error) || !reserve->is_low || stat (reserve->ballast, &status) < 0)
    return false;
  return weir_fs_unlink (reserve->fs, reserve->ballast, error) && ask (reserve, &total, error);
}
