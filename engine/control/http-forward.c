/* http-forward.c: a request on its way to a flow host, and the answer on its way back.
 *
 * Neither is kept: each side is read as fast as the other one takes it. Whatever is called from
 * here may end the connection and with it this, so it is freed by whoever entered first. */
#include "control/http-parts.h"
#include "control/http-pool.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

typedef struct {
  WeirExchange *exchange;
  WeirHttpPool *pool;
  char *path;
  WeirUpstream *upstream; /* NULL: given back */
  char *scratch;
  WeirBuffer head; /* of the request, for a second try */
  size_t scanned;
  bool has_sent_body;
  bool has_sent_all;
  bool is_broken; /* the host takes no more of the request */
  bool is_second;

  bool has_head; /* of the answer */
  bool keeps_alive;
  bool is_chunked;
  bool is_last; /* all of it is there */
  bool is_bad;
  uint64_t left;
  WeirHttpChunked chunked;

  unsigned n_entered;
  bool has_ended;
} Forward;

static void
enter (Forward *forward)
{
  forward->n_entered++;
}

static void
leave (Forward *forward)
{
  if (--forward->n_entered > 0 || !forward->has_ended)
    return;
  weir_exchange_unref (forward->exchange);
  weir_buffer_clear (&forward->head);
  g_free (forward->path);
  g_free (forward);
}

/* Lets go of both sides; @is_good: the host's can be used again. */
static void
end (Forward *forward, bool is_good)
{
  WeirExchange *exchange = forward->exchange;

  if (forward->has_ended)
    return;
  forward->has_ended = true;
  exchange->on_body = NULL;
  exchange->on_room = NULL;
  weir_exchange_set_closed (exchange, NULL, NULL);
  if (forward->upstream != NULL)
    weir_http_pool_give (g_steal_pointer (&forward->upstream), is_good);
}

static void
fail (Forward *forward, int status, const char *message)
{
  g_autofree char *text = weir_http_format_error ("io", message);
  size_t size = strlen (text);
  g_autoptr (GBytes) body = g_bytes_new_take (g_steal_pointer (&text), size);

  end (forward, false);
  weir_exchange_answer (forward->exchange, status, "application/json", "Retry-After: 1\r\n", body);
}

/* --- the request --- */

/* What is about the connection or about who asks is not for the host, which is told that by
 * @identity. */
static bool
is_passed_on (const char *name)
{
  return !weir_http_head_is_for_one_hop (name) && g_ascii_strcasecmp (name, "authorization") != 0 &&
         g_ascii_strcasecmp (name, "origin") != 0;
}

static void
append_header (WeirBuffer *out, const char *name, const char *value)
{
  weir_buffer_append_text (out, name);
  weir_buffer_append (out, ": ", 2);
  weir_buffer_append_text (out, value);
  weir_buffer_append (out, "\r\n", 2);
}

static void
append_headers (WeirBuffer *out, const WeirHttpHead *head)
{
  for (unsigned i = 0; i < head->n_headers; i++) {
    const char *name = weir_http_head_at (head, head->headers[i].name);

    if (is_passed_on (name))
      append_header (out, name, weir_http_head_at (head, head->headers[i].value));
  }
}

/* How the body that follows is sent, and the end of the head. */
static void
append_framing (WeirBuffer *out, const WeirHttpHead *head)
{
  char length[32];

  if (head->is_chunked)
    append_header (out, "Transfer-Encoding", "chunked");
  g_snprintf (length, sizeof length, "%" PRId64, head->length);
  if (head->length >= 0)
    append_header (out, "Content-Length", length);
  weir_buffer_append (out, "\r\n", 2);
}

static void
write_request (Forward *forward, const char *identity)
{
  const WeirHttpHead *head = &forward->exchange->head;
  WeirBuffer *out = &forward->head;
  const char *query = weir_http_head_at (head, head->query);

  weir_buffer_append_text (out, weir_http_head_at (head, head->verb));
  weir_buffer_append (out, " ", 1);
  weir_buffer_append_text (out, weir_http_head_at (head, head->path));
  if (*query != '\0') {
    weir_buffer_append (out, "?", 1);
    weir_buffer_append_text (out, query);
  }
  weir_buffer_append_text (out, " HTTP/1.1\r\nHost: localhost\r\n");
  if (identity != NULL)
    append_header (out, "Weir-Identity", identity);
  append_headers (out, head);
  append_framing (out, head);
}

static void
pause_client (Forward *forward, bool is_paused)
{
  WeirConnection *connection = forward->exchange->connection;

  if (connection == NULL || connection->is_paused == is_paused)
    return;
  connection->is_paused = is_paused;
  weir_http_connection_advance (connection);
}

/* Sends what it takes. */
static void
flush (Forward *forward)
{
  WeirUpstream *upstream = forward->upstream;
  WeirBuffer *out = &upstream->out;
  ssize_t n;

  while (weir_buffer_size (out) > 0 && !forward->is_broken) {
    n = send (upstream->fd, weir_buffer_data (out), weir_buffer_size (out), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      break;
    forward->is_broken = n < 0; /* it may have said why */
    weir_buffer_consume (out, n < 0 ? weir_buffer_size (out) : (size_t)n);
  }
}

/* Reads and writes what is due on the host's side. */
static void
watch (Forward *forward)
{
  WeirUpstream *upstream = forward->upstream;
  bool is_full;

  if (upstream == NULL)
    return;
  is_full =
      forward->has_head && weir_exchange_get_backlog (forward->exchange) > WEIR_LIMIT_HTTP_FORWARD;
  weir_watch_set (upstream->watch,
                  (is_full ? 0 : EPOLLIN) | (weir_buffer_size (&upstream->out) > 0 ? EPOLLOUT : 0));
}

static void
on_body (void *data, const char *bytes, size_t size, bool is_last)
{
  Forward *forward = data;
  WeirBuffer *out = &forward->upstream->out;
  bool is_chunked = forward->exchange->head.is_chunked;

  enter (forward);
  forward->has_sent_body |= size > 0;
  if (is_chunked && size > 0)
    weir_buffer_printf (out, "%zx\r\n", size);
  weir_buffer_append (out, bytes, size);
  if (is_chunked)
    weir_buffer_append_text (out, is_last ? "0\r\n\r\n" : "\r\n");
  forward->has_sent_all |= is_last;
  flush (forward);
  if (weir_buffer_size (out) > WEIR_LIMIT_HTTP_FORWARD)
    pause_client (forward, true);
  watch (forward);
  leave (forward);
}

static void
on_room (void *data)
{
  watch (data);
}

static void
on_client_gone (void *data)
{
  Forward *forward = data;

  enter (forward);
  end (forward, false);
  leave (forward);
}

/* --- the answer --- */

/* Returns: false when the answer has no head yet, or none that can be passed on. */
static bool
take_head (Forward *forward)
{
  WeirExchange *exchange = forward->exchange;
  WeirBuffer *in = &forward->upstream->in;
  WeirBuffer out = { 0 };
  WeirHttpFault fault;
  WeirHttpHead head;
  WeirHttpResult result =
      weir_http_head_find (weir_buffer_data (in), weir_buffer_size (in), &forward->scanned, &fault);

  if (result == WEIR_HTTP_MORE)
    return false;
  if (result == WEIR_HTTP_BAD ||
      !weir_http_head_parse_answer (weir_buffer_data (in), forward->scanned, &head, &fault)) {
    fail (forward, 502, "the flow host has given an answer that is not HTTP");
    return false;
  }
  weir_buffer_consume (in, forward->scanned);
  forward->scanned = 0;
  forward->keeps_alive = head.keeps_alive;
  forward->is_chunked = head.is_chunked && !exchange->has_no_body;
  forward->left = exchange->has_no_body ? 0 : MAX (head.length, 0);
  forward->has_head = true;
  weir_buffer_printf (&out, "HTTP/1.1 %d %s\r\n", head.status, weir_http_get_reason (head.status));
  if (weir_exchange_closes (exchange))
    append_header (&out, "Connection", "close");
  append_headers (&out, &head);
  append_framing (&out, &head);
  weir_http_head_clear (&head);
  weir_exchange_put_head (exchange, &out);
  weir_buffer_clear (&out);
  return true;
}

/* The bytes of the body among those that are there, as they are. Returns: how many. */
static size_t
measure_piece (Forward *forward)
{
  WeirBuffer *in = &forward->upstream->in;
  WeirHttpResult result = WEIR_HTTP_MORE;
  size_t size = weir_buffer_size (in), at = 0, used = 1, n;
  const char *data;

  if (!forward->is_chunked) {
    size = MIN (size, forward->left);
    forward->left -= size;
    forward->is_last = forward->left == 0;
    return size;
  }
  while (result == WEIR_HTTP_MORE && used > 0) {
    result = weir_http_chunked_next (&forward->chunked, weir_buffer_data (in) + at, size - at,
                                     &used, &data, &n);
    at += result == WEIR_HTTP_BAD ? 0 : used;
  }
  forward->is_last = result == WEIR_HTTP_DONE;
  forward->is_bad = result == WEIR_HTTP_BAD;
  return at;
}

static void
take_answer (Forward *forward)
{
  WeirUpstream *upstream = forward->upstream;
  size_t size;
  bool is_open = true;

  if (!forward->has_head && !take_head (forward))
    return;
  if (forward->has_ended)
    return;
  size = measure_piece (forward);
  if (size > 0)
    is_open = weir_exchange_write (forward->exchange, weir_buffer_data (&upstream->in), size);
  if (forward->has_ended)
    return;
  weir_buffer_consume (&upstream->in, size);
  if (!is_open) {
    end (forward, false);
  } else if (forward->is_bad || forward->is_last) {
    end (forward, forward->is_last && forward->keeps_alive && forward->has_sent_all &&
                      !forward->is_broken && weir_buffer_size (&upstream->in) == 0);
    weir_exchange_finish (forward->exchange, forward->is_bad);
  }
}

static bool start (Forward *forward, bool is_fresh);

/* The host has ended the connection. */
static void
lose (Forward *forward)
{
  const char *verb = weir_exchange_get_verb (forward->exchange);
  bool is_safe = strcmp (verb, "GET") == 0 || strcmp (verb, "HEAD") == 0;

  if (forward->has_head) {
    end (forward, false);
    weir_exchange_finish (forward->exchange, true);
    return;
  }
  if (forward->upstream->is_used && is_safe && !forward->has_sent_body && !forward->is_second) {
    /* It was idle, and its host has ended it just now. */
    weir_http_pool_give (g_steal_pointer (&forward->upstream), false);
    forward->is_second = true;
    forward->scanned = 0;
    start (forward, true);
    return;
  }
  fail (forward, 502, "the flow host has ended before it answered");
}

static void
on_upstream (void *data, uint32_t events)
{
  Forward *forward = data;
  WeirUpstream *upstream = forward->upstream;
  ssize_t n = 1;

  enter (forward);
  if ((events & EPOLLOUT) != 0)
    flush (forward);
  if (weir_buffer_size (&upstream->out) <= WEIR_LIMIT_HTTP_FORWARD / 2)
    pause_client (forward, false);
  if (!forward->has_ended && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    do
      n = recv (upstream->fd, forward->scratch, WEIR_LIMIT_HTTP_READ, 0);
    while (n < 0 && errno == EINTR);
    if (n > 0) {
      weir_buffer_append (&upstream->in, forward->scratch, n);
      take_answer (forward);
    } else if (n == 0 || errno != EAGAIN) {
      lose (forward);
    }
  }
  watch (forward);
  leave (forward);
}

/* Returns: false when nobody is there, which has been answered. */
static bool
start (Forward *forward, bool is_fresh)
{
  g_autoptr (GError) error = NULL;
  WeirUpstream *upstream;

  upstream = weir_http_pool_take (forward->pool, forward->path, is_fresh, &error);
  if (upstream == NULL) {
    fail (forward, 503, "the flow's host is not there: it starts, or it has ended");
    return false;
  }
  upstream->func = on_upstream;
  upstream->data = forward;
  forward->upstream = upstream;
  weir_buffer_append (&upstream->out, weir_buffer_data (&forward->head),
                      weir_buffer_size (&forward->head));
  return true;
}

void
weir_exchange_forward (WeirExchange *exchange, const char *path, const char *identity)
{
  WeirConnection *connection = exchange->connection;
  Forward *forward;

  if (connection == NULL)
    return;
  forward = g_new0 (Forward, 1);
  forward->exchange = weir_exchange_ref (exchange);
  forward->pool = connection->server->pool;
  forward->scratch = connection->server->scratch;
  forward->path = g_strdup (path);
  enter (forward);
  write_request (forward, identity);
  if (start (forward, false)) {
    exchange->forward = forward;
    exchange->on_body = on_body;
    exchange->on_room = on_room;
    weir_exchange_set_closed (exchange, on_client_gone, forward);
    weir_http_connection_begin_body (connection, WEIR_BODY_PASS);
  }
  leave (forward);
}
