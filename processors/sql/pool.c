/* pool.c: the last one used is the next one taken, so that those beyond what is needed rest. */
#include "pool.h"

#include <time.h>

void
sql_pool_init (SqlPool *pool, int64_t max, int64_t wait_usec, GDestroyNotify close)
{
  pthread_condattr_t monotonic;

  pool->idle = g_ptr_array_new_with_free_func (close);
  pool->n_open = 0;
  pool->max = max;
  pool->wait_usec = wait_usec;
  pthread_mutex_init (&pool->lock, NULL);
  pthread_condattr_init (&monotonic);
  pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init (&pool->returned, &monotonic);
  pthread_condattr_destroy (&monotonic);
}

void
sql_pool_clear (SqlPool *pool)
{
  g_ptr_array_unref (pool->idle);
  pthread_cond_destroy (&pool->returned);
  pthread_mutex_destroy (&pool->lock);
}

/* Call with the lock held. Returns: false when the time is over. */
static bool
wait_for_one (SqlPool *pool)
{
  struct timespec until;

  clock_gettime (CLOCK_MONOTONIC, &until);
  until.tv_sec += pool->wait_usec / G_USEC_PER_SEC;
  until.tv_nsec += pool->wait_usec % G_USEC_PER_SEC * 1000;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  while (pool->idle->len == 0 && pool->n_open >= pool->max)
    if (pthread_cond_timedwait (&pool->returned, &pool->lock, &until) != 0)
      return false;
  return true;
}

bool
sql_pool_take (SqlPool *pool, void **ret_link, GError **error)
{
  void *link = NULL;
  bool is_there;

  pthread_mutex_lock (&pool->lock);
  is_there = wait_for_one (pool);
  if (is_there && pool->idle->len > 0)
    link = g_ptr_array_steal_index_fast (pool->idle, pool->idle->len - 1);
  else if (is_there)
    pool->n_open++;
  pthread_mutex_unlock (&pool->lock);
  if (is_there)
    *ret_link = link;
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_LIMIT,
                 "all %" G_GINT64_FORMAT " connections were in use for longer than Max Wait Time; "
                 "raise Max Total Connections, or let fewer tasks run",
                 pool->max);
  return is_there;
}

void
sql_pool_give (SqlPool *pool, void *link)
{
  pthread_mutex_lock (&pool->lock);
  if (link != NULL)
    g_ptr_array_add (pool->idle, link);
  else
    pool->n_open--;
  pthread_cond_signal (&pool->returned);
  pthread_mutex_unlock (&pool->lock);
}
