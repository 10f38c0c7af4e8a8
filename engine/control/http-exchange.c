/* http-exchange.c: one request and its answer, which any thread may write.
 *
 * What is written goes into a buffer under a lock, and the loop is told once until it has come for
 * it. */
#include "control/http-parts.h"

#include <string.h>

WeirExchange *
weir_exchange_new (WeirConnection *connection, WeirHttpHead *head)
{
  WeirExchange *exchange = g_new0 (WeirExchange, 1);

  atomic_init (&exchange->n_refs, 1);
  exchange->loop = connection->server->loop;
  exchange->connection = connection;
  exchange->peer = g_atomic_rc_box_acquire (connection->peer);
  exchange->head = *head;
  head->text = NULL;
  exchange->has_no_body = strcmp (weir_exchange_get_verb (exchange), "HEAD") == 0;
  pthread_mutex_init (&exchange->lock, NULL);
  return exchange;
}

static void
clear_peer (void *peer)
{
  g_free (((WeirPeerBox *)peer)->certificate);
}

static void
on_posted (void *data)
{
  WeirExchange *exchange = data;

  {
    WEIR_LOCKED (&exchange->lock);
    exchange->is_posted = false;
  }
  if (exchange->connection != NULL)
    weir_http_connection_advance (exchange->connection);
  weir_exchange_unref (exchange);
}

/* Call it with the lock held. Returns: true when the loop has to be told. */
static bool
wants_post (WeirExchange *exchange)
{
  if (exchange->is_posted || exchange->is_closed)
    return false;
  exchange->is_posted = true;
  return true;
}

/* The connection shall look for what is new. */
static void
tell (WeirExchange *exchange)
{
  bool wanted;

  if (weir_loop_is_here (exchange->loop)) {
    if (exchange->connection != NULL)
      weir_http_connection_advance (exchange->connection);
    return;
  }
  {
    WEIR_LOCKED (&exchange->lock);
    wanted = wants_post (exchange);
    if (wanted)
      atomic_fetch_add (&exchange->n_refs, 1);
  }
  if (wanted)
    weir_loop_post (exchange->loop, on_posted, exchange);
}

WeirExchange *
weir_exchange_ref (WeirExchange *exchange)
{
  atomic_fetch_add (&exchange->n_refs, 1);
  return exchange;
}

static bool
is_unanswered (WeirExchange *exchange)
{
  WEIR_LOCKED (&exchange->lock);
  return !exchange->has_ended && !exchange->is_closed;
}

static void
drop (WeirExchange *exchange)
{
  if (atomic_fetch_sub (&exchange->n_refs, 1) > 1)
    return;
  if (exchange->free_data != NULL && weir_loop_is_here (exchange->loop))
    exchange->free_data (exchange->data);
  else if (exchange->free_data != NULL)
    weir_loop_post (exchange->loop, exchange->free_data, exchange->data);
  weir_http_head_clear (&exchange->head);
  weir_buffer_clear (&exchange->body);
  weir_buffer_clear (&exchange->out);
  g_atomic_rc_box_release_full (exchange->peer, clear_peer);
  pthread_mutex_destroy (&exchange->lock);
  g_free (exchange);
}

void
weir_exchange_check_forgotten (WeirExchange *exchange, unsigned n_refs)
{
  WeirConnection *connection = exchange->connection;

  if (connection == NULL || atomic_load (&exchange->n_refs) != n_refs ||
      (connection->input != WEIR_INPUT_WAIT && connection->input != WEIR_INPUT_DONE))
    return;
  if (!is_unanswered (exchange))
    return;
  if (exchange->has_begun)
    weir_exchange_finish (exchange, true);
  else
    weir_exchange_fail (exchange, 500, "failed", "nobody has answered this request");
}

static void
on_dropped (void *data)
{
  weir_exchange_check_forgotten (data, 2);
  drop (data);
}

void
weir_exchange_unref (WeirExchange *exchange)
{
  unsigned n = atomic_load (&exchange->n_refs);

  /* When only the connection is left, nobody can answer any more: let the loop see that. */
  do {
    if (n == 2 && is_unanswered (exchange)) {
      weir_loop_post (exchange->loop, on_dropped, exchange);
      return;
    }
    if (n == 1) {
      drop (exchange);
      return;
    }
  } while (!atomic_compare_exchange_weak (&exchange->n_refs, &n, n - 1));
}

/* --- the request --- */

const WeirPeer *
weir_exchange_get_peer (const WeirExchange *exchange)
{
  return &exchange->peer->peer;
}

const char *
weir_exchange_get_verb (const WeirExchange *exchange)
{
  return weir_http_head_at (&exchange->head, exchange->head.verb);
}

const char *
weir_exchange_get_path (const WeirExchange *exchange)
{
  return weir_http_head_at (&exchange->head, exchange->head.path);
}

const char *
weir_exchange_get_query (const WeirExchange *exchange)
{
  return weir_http_head_at (&exchange->head, exchange->head.query);
}

const char *
weir_exchange_get_header (const WeirExchange *exchange, const char *name)
{
  return weir_http_head_get (&exchange->head, name);
}

const char *
weir_exchange_get_body (const WeirExchange *exchange, size_t *ret_size)
{
  *ret_size = weir_buffer_size (&exchange->body);
  return *ret_size > 0 ? weir_buffer_data (&exchange->body) : "";
}

void
weir_exchange_set_data (WeirExchange *exchange, void *data, void (*free_data) (void *data))
{
  exchange->data = data;
  exchange->free_data = free_data;
}

void *
weir_exchange_get_data (const WeirExchange *exchange)
{
  return exchange->data;
}

void
weir_exchange_take_body (WeirExchange *exchange, size_t max)
{
  WeirConnection *connection = exchange->connection;

  if (connection == NULL)
    return;
  if (exchange->head.length > 0 && (uint64_t)exchange->head.length > max) {
    weir_exchange_fail (exchange, 413, "limit", "the body is larger than this method takes");
    return;
  }
  exchange->body_max = max;
  weir_http_connection_begin_body (connection, WEIR_BODY_COLLECT);
}

/* --- the answer --- */

bool
weir_exchange_closes (const WeirExchange *exchange)
{
  return !exchange->head.keeps_alive || atomic_load (&exchange->must_close);
}

/* Call it with the lock held. Returns: false when an answer cannot begin any more. */
static bool
begin (WeirExchange *exchange, int status, const char *type, const char *headers)
{
  if (exchange->has_begun || exchange->is_closed)
    return false;
  exchange->has_begun = true;
  exchange->has_said_close = weir_exchange_closes (exchange);
  weir_http_format_head (&exchange->out, status, exchange->has_said_close);
  if (type != NULL) {
    weir_buffer_append_text (&exchange->out, "Content-Type: ");
    weir_buffer_append_text (&exchange->out, type);
    weir_buffer_append_text (&exchange->out, "\r\n");
  }
  if (headers != NULL)
    weir_buffer_append_text (&exchange->out, headers);
  return true;
}

/* What is in the buffer now, and was not when it had @before bytes. */
static void
count (WeirExchange *exchange, size_t before)
{
  atomic_fetch_add (&exchange->backlog, weir_buffer_size (&exchange->out) - before);
}

void
weir_exchange_answer (WeirExchange *exchange, int status, const char *type, const char *headers,
                      GBytes *body)
{
  size_t size = 0, before;
  const void *bytes = body != NULL ? g_bytes_get_data (body, &size) : NULL;
  char length[64];

  {
    WEIR_LOCKED (&exchange->lock);
    before = weir_buffer_size (&exchange->out);
    if (!begin (exchange, status, type, headers))
      return;
    /* These have no body by themselves. */
    if (status != 204 && status != 304) {
      g_snprintf (length, sizeof length, "Content-Length: %zu\r\n", size);
      weir_buffer_append_text (&exchange->out, length);
    }
    weir_buffer_append_text (&exchange->out, "\r\n");
    if (status != 204 && status != 304 && !exchange->has_no_body)
      weir_buffer_append (&exchange->out, bytes, size);
    exchange->has_ended = true;
    count (exchange, before);
  }
  tell (exchange);
}

void
weir_exchange_fail (WeirExchange *exchange, int status, const char *code, const char *message)
{
  g_autofree char *text = weir_http_format_error (code, message);
  size_t size = strlen (text);
  g_autoptr (GBytes) body = g_bytes_new_take (g_steal_pointer (&text), size);

  weir_exchange_answer (exchange, status, "application/json", NULL, body);
}

void
weir_exchange_begin (WeirExchange *exchange, int status, const char *type, const char *headers)
{
  size_t before;

  {
    WEIR_LOCKED (&exchange->lock);
    before = weir_buffer_size (&exchange->out);
    if (!begin (exchange, status, type, headers))
      return;
    exchange->is_chunked = true;
    weir_buffer_append_text (&exchange->out, "Transfer-Encoding: chunked\r\n\r\n");
    count (exchange, before);
  }
  tell (exchange);
}

/* Call it with the lock held. */
static bool
put (WeirExchange *exchange, const void *bytes, size_t size)
{
  size_t before = weir_buffer_size (&exchange->out);
  char digits[32];

  if (exchange->has_no_body || size == 0)
    return true;
  if (exchange->is_chunked) {
    g_snprintf (digits, sizeof digits, "%zx\r\n", size);
    weir_buffer_append_text (&exchange->out, digits);
  }
  weir_buffer_append (&exchange->out, bytes, size);
  if (exchange->is_chunked)
    weir_buffer_append_text (&exchange->out, "\r\n");
  count (exchange, before);
  if (atomic_load (&exchange->backlog) > WEIR_LIMIT_HTTP_BACKLOG)
    atomic_store (&exchange->is_overrun, true);
  return !atomic_load (&exchange->is_overrun);
}

bool
weir_exchange_write (WeirExchange *exchange, const void *bytes, size_t size)
{
  bool is_open;

  {
    WEIR_LOCKED (&exchange->lock);
    if (exchange->is_closed || atomic_load (&exchange->is_overrun) || exchange->has_ended)
      return false;
    is_open = put (exchange, bytes, size);
  }
  tell (exchange);
  return is_open;
}

void
weir_exchange_put_head (WeirExchange *exchange, const WeirBuffer *head)
{
  {
    WEIR_LOCKED (&exchange->lock);
    if (exchange->is_closed)
      return;
    exchange->has_begun = true;
    exchange->has_said_close = weir_exchange_closes (exchange);
    weir_buffer_append (&exchange->out, weir_buffer_data (head), weir_buffer_size (head));
    atomic_fetch_add (&exchange->backlog, weir_buffer_size (head));
  }
  tell (exchange);
}

size_t
weir_exchange_get_backlog (const WeirExchange *exchange)
{
  return atomic_load (&exchange->backlog);
}

bool
weir_exchange_wait (WeirExchange *exchange, size_t backlog)
{
  g_assert (!weir_loop_is_here (exchange->loop));
  for (;;) {
    uint32_t n_rings = weir_wake_get (&exchange->wake);

    if (!is_unanswered (exchange))
      return false;
    if (atomic_load (&exchange->backlog) <= backlog)
      return true;
    weir_wake_wait (&exchange->wake, n_rings);
  }
}

void
weir_exchange_finish (WeirExchange *exchange, bool is_broken)
{
  {
    WEIR_LOCKED (&exchange->lock);
    if (exchange->has_ended || exchange->is_closed)
      return;
    if (exchange->is_chunked && !is_broken && !exchange->has_no_body) {
      weir_buffer_append_text (&exchange->out, "0\r\n\r\n");
      atomic_fetch_add (&exchange->backlog, strlen ("0\r\n\r\n"));
    }
    exchange->has_ended = true;
    exchange->is_broken = is_broken;
  }
  tell (exchange);
}

void
weir_exchange_end (WeirExchange *exchange)
{
  weir_exchange_finish (exchange, false);
}

/* --- its end --- */

typedef struct {
  void (*func) (void *data);
  void *data;
} Closed;

static void
on_late (void *data)
{
  g_autofree Closed *closed = data;

  closed->func (closed->data);
}

void
weir_exchange_set_closed (WeirExchange *exchange, void (*on_closed) (void *data), void *data)
{
  Closed closed = { on_closed, data };

  {
    WEIR_LOCKED (&exchange->lock);
    if (!exchange->is_closed) {
      exchange->on_closed = on_closed;
      exchange->closed_data = data;
      return;
    }
  }
  if (on_closed != NULL)
    weir_loop_post (exchange->loop, on_late, g_memdup2 (&closed, sizeof closed));
}

void
weir_exchange_close (WeirExchange *exchange)
{
  void (*on_closed) (void *data) = NULL;

  {
    WEIR_LOCKED (&exchange->lock);
    if (!exchange->has_ended)
      on_closed = exchange->on_closed;
    exchange->is_closed = true;
  }
  exchange->connection = NULL;
  weir_wake_ring (&exchange->wake);
  if (on_closed != NULL)
    on_closed (exchange->closed_data);
}
