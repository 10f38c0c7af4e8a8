/* http-pool.h: connections to flow hosts, kept for the next request.
 *
 * Thread: the loop's. */
#pragma once

#include "control/loop.h"
#include "wire/buffer.h"

#include <stddef.h>

typedef struct WeirHttpPool WeirHttpPool;

/* One connection. Who has taken it sets func and data; its fields are theirs then. */
typedef struct {
  WeirHttpPool *pool;
  char *path;
  int fd;
  WeirWatch *watch;
  int64_t idle_since; /* while it is in the pool */
  bool is_used;       /* it has answered before */
  WeirBuffer in;
  WeirBuffer out;
  void (*func) (void *data, uint32_t events); /* NULL: nobody has it */
  void *data;
} WeirUpstream;

/* Returns: (transfer full). */
WeirHttpPool *weir_http_pool_new (WeirLoop *loop);
void weir_http_pool_free (WeirHttpPool *pool);

/* A connection to the Unix socket @path, watched for EPOLLIN: a kept one unless @is_fresh.
 * Returns: (transfer full): NULL with @error. */
WeirUpstream *weir_http_pool_take (WeirHttpPool *pool, const char *path, bool is_fresh,
                                   GError **error);

/* Takes it back, for the next one if @is_good: nothing is on its way on it. */
void weir_http_pool_give (WeirUpstream *upstream, bool is_good);
