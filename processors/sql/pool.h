/* pool.h: some connections to a database, taken and given back; so many at most are open at once.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include <pthread.h>
#include <weir/property.h>

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t returned;
  GPtrArray *idle; /* guarded by lock: the one that was used last at the end */
  int64_t n_open;  /* guarded by lock: idle ones and those in use */
  int64_t max;
  int64_t wait_usec;
} SqlPool;

/* @close: of what is given back and not taken again. Thread: one, as for the next. */
void sql_pool_init (SqlPool *pool, int64_t max, int64_t wait_usec, GDestroyNotify close);
void sql_pool_clear (SqlPool *pool);

/* Waits for one. @ret_link: (transfer full): NULL: there is none that is idle, and the caller may
 * open one. In either case it calls sql_pool_give once. Returns: false when the time was over. */
bool sql_pool_take (SqlPool *pool, void **ret_link, GError **error);

/* @link: (transfer full) (nullable): NULL: it could not be opened, or is closed. */
void sql_pool_give (SqlPool *pool, void *link);
