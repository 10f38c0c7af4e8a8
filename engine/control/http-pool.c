/* http-pool.c: those that nobody has are watched, and go when anything happens on them: a host that
 * says something unasked has ended. */
#include "control/http-pool.h"

#include "base/clock.h"
#include "base/limits.h"
#include "wire/unix-address.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <weir/error.h>

struct WeirHttpPool {
  WeirLoop *loop;
  GPtrArray *idle;     /* of WeirUpstream, the longest idle first */
  WeirMoment *sweeper; /* set while some are idle */
};

static int64_t
now (void)
{
  return weir_clock_get_monotonic (weir_clock_system ());
}

static void
drop (WeirUpstream *upstream)
{
  weir_watch_free (upstream->watch);
  close (upstream->fd);
  weir_buffer_clear (&upstream->in);
  weir_buffer_clear (&upstream->out);
  g_free (upstream->path);
  g_free (upstream);
}

static void
sweep (void *data)
{
  WeirHttpPool *pool = data;
  WeirUpstream *first;

  while (pool->idle->len > 0) {
    first = g_ptr_array_index (pool->idle, 0);
    if (now () - first->idle_since < WEIR_LIMIT_HTTP_POOL_USEC)
      break;
    g_ptr_array_remove_index (pool->idle, 0);
    drop (first);
  }
  if (pool->idle->len > 0)
    weir_moment_set (pool->sweeper, WEIR_LIMIT_HTTP_POOL_USEC);
}

WeirHttpPool *
weir_http_pool_new (WeirLoop *loop)
{
  WeirHttpPool *pool = g_new0 (WeirHttpPool, 1);

  pool->loop = loop;
  pool->idle = g_ptr_array_new ();
  pool->sweeper = weir_loop_moment (loop, sweep, pool);
  return pool;
}

void
weir_http_pool_free (WeirHttpPool *pool)
{
  if (pool == NULL)
    return;
  for (unsigned i = 0; i < pool->idle->len; i++)
    drop (g_ptr_array_index (pool->idle, i));
  g_ptr_array_unref (pool->idle);
  weir_moment_free (pool->sweeper);
  g_free (pool);
}

static void
on_watch (void *data, uint32_t events)
{
  WeirUpstream *upstream = data;

  if (upstream->func != NULL) {
    upstream->func (upstream->data, events);
    return;
  }
  g_ptr_array_remove (upstream->pool->idle, upstream);
  drop (upstream);
}

/* The one that was used last: the others may have their end. */
static WeirUpstream *
find (WeirHttpPool *pool, const char *path)
{
  for (unsigned i = pool->idle->len; i-- > 0;) {
    WeirUpstream *upstream = g_ptr_array_index (pool->idle, i);

    if (strcmp (upstream->path, path) == 0)
      return g_ptr_array_steal_index (pool->idle, i);
  }
  return NULL;
}

static WeirUpstream *
open_one (WeirHttpPool *pool, const char *path, GError **error)
{
  WeirUnixAddress address;
  WeirUpstream *upstream;
  int fd;

  if (!weir_unix_address_init (&address, path, error))
    return NULL;
  fd = weir_unix_address_connect (&address);
  if (fd < 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "%s: %s", path, g_strerror (errno));
  weir_unix_address_clear (&address);
  if (fd < 0)
    return NULL;
  upstream = g_new0 (WeirUpstream, 1);
  upstream->pool = pool;
  upstream->path = g_strdup (path);
  upstream->fd = fd;
  upstream->watch = weir_loop_watch (pool->loop, fd, EPOLLIN, on_watch, upstream);
  return upstream;
}

WeirUpstream *
weir_http_pool_take (WeirHttpPool *pool, const char *path, bool is_fresh, GError **error)
{
  WeirUpstream *upstream = is_fresh ? NULL : find (pool, path);

  return upstream != NULL ? upstream : open_one (pool, path, error);
}

void
weir_http_pool_give (WeirUpstream *upstream, bool is_good)
{
  WeirHttpPool *pool = upstream->pool;
  unsigned n_same = 0;

  upstream->func = NULL;
  for (unsigned i = 0; is_good && i < pool->idle->len; i++) {
    const WeirUpstream *other = g_ptr_array_index (pool->idle, i);

    n_same += strcmp (other->path, upstream->path) == 0;
  }
  if (!is_good || n_same >= WEIR_LIMIT_HTTP_POOL) {
    drop (upstream);
    return;
  }
  upstream->is_used = true;
  upstream->idle_since = now ();
  weir_watch_set (upstream->watch, EPOLLIN);
  g_ptr_array_add (pool->idle, upstream);
  if (pool->idle->len == 1)
    weir_moment_set (pool->sweeper, WEIR_LIMIT_HTTP_POOL_USEC);
}
