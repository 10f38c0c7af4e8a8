/* http-input.c: from bytes to requests: heads, bodies, and what is forgotten. */
#include "control/http-parts.h"

#include <string.h>

static void
linger (WeirConnection *connection)
{
  connection->input = WEIR_INPUT_LINGER;
  connection->n_came = 0;
}

void
weir_http_connection_refuse (WeirConnection *connection, int status, const char *message)
{
  g_autofree char *body = weir_http_format_error (weir_http_get_code (status), message);

  weir_http_format_head (&connection->out, status, true);
  weir_buffer_printf (&connection->out,
                      "%sContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                      status == 503 ? "Retry-After: 1\r\n" : "", strlen (body), body);
  linger (connection);
}

/* A request that cannot go on: an error if its answer has not begun, else its end. */
static void
give_up (WeirConnection *connection, int status, const char *message)
{
  atomic_store (&connection->exchange->must_close, true);
  weir_exchange_fail (connection->exchange, status, weir_http_get_code (status), message);
  weir_exchange_finish (connection->exchange, true);
  linger (connection);
}

/* --- heads --- */

/* A body that is not worth another connection is read even when nobody wants it. */
static bool
has_large_body (const WeirHttpHead *head)
{
  return head->is_chunked || head->length > WEIR_LIMIT_HTTP_FORGOTTEN ||
         (head->expects_continue && head->length > 0);
}

static void
begin_request (WeirConnection *connection, WeirHttpHead *head)
{
  WeirHttpServer *server = connection->server;
  WeirExchange *exchange = weir_exchange_new (connection, head);

  atomic_store (&exchange->must_close, has_large_body (&exchange->head));
  connection->exchange = exchange;
  connection->input = WEIR_INPUT_WAIT;
  connection->wait = WEIR_WAIT_NOTHING;
  connection->is_first = false;
  connection->is_paused = false;
  connection->body_left = MAX (exchange->head.length, 0);
  connection->chunked = (WeirHttpChunked){ 0 };
  server->handler.on_head (server->handler.data, exchange);
  weir_exchange_check_forgotten (exchange, 1);
}

static bool
take_head (WeirConnection *connection)
{
  WeirBuffer *in = &connection->in;
  WeirHttpFault fault;
  WeirHttpHead head;
  WeirHttpResult result;

  if (weir_buffer_size (in) == 0) {
    connection->input = WEIR_INPUT_IDLE;
    connection->is_dead |= connection->has_ended_in;
    return false;
  }
  connection->input = WEIR_INPUT_HEAD;
  result = weir_http_head_find (weir_buffer_data (in), weir_buffer_size (in), &connection->scanned,
                                &fault);
  if (result == WEIR_HTTP_MORE) {
    connection->is_dead |= connection->has_ended_in;
    return false;
  }
  if (result == WEIR_HTTP_BAD ||
      !weir_http_head_parse_request (weir_buffer_data (in), connection->scanned, &head, &fault)) {
    weir_http_connection_refuse (connection, fault.status, fault.message);
    return true;
  }
  weir_buffer_consume (in, connection->scanned);
  connection->scanned = 0;
  if (!weir_http_guard_check (connection->server, &connection->peer->peer, &head, &fault)) {
    weir_http_head_clear (&head);
    weir_http_connection_refuse (connection, fault.status, fault.message);
    return true;
  }
  begin_request (connection, &head);
  return true;
}

/* --- bodies --- */

void
weir_http_connection_begin_body (WeirConnection *connection, WeirBodyUse use)
{
  static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
  WeirExchange *exchange = connection->exchange;

  if (connection->input != WEIR_INPUT_WAIT)
    return;
  connection->input = WEIR_INPUT_BODY;
  connection->body_use = use;
  connection->n_came = 0;
  if (exchange->head.expects_continue && weir_buffer_size (&connection->in) == 0 &&
      (exchange->head.is_chunked || connection->body_left > 0)) {
    weir_buffer_append (&connection->out, text, sizeof text - 1);
    atomic_fetch_add (&exchange->backlog, sizeof text - 1);
  }
  weir_http_connection_advance (connection);
}

static void
end_body (WeirConnection *connection)
{
  WeirHttpServer *server = connection->server;
  WeirExchange *exchange = connection->exchange;

  if (exchange == NULL) { /* it was answered before its body was there */
    connection->input = WEIR_INPUT_IDLE;
    return;
  }
  connection->input = WEIR_INPUT_DONE;
  atomic_store (&exchange->must_close, false);
  if (connection->body_use == WEIR_BODY_PASS) {
    if (exchange->on_body != NULL)
      exchange->on_body (exchange->forward, NULL, 0, true);
  } else if (connection->body_use == WEIR_BODY_COLLECT) {
    server->handler.on_request (server->handler.data, exchange);
    weir_exchange_check_forgotten (exchange, 1);
  }
}

/* Returns: false when it is too long. */
static bool
take_piece (WeirConnection *connection, const char *bytes, size_t size)
{
  WeirExchange *exchange = connection->exchange;

  connection->n_came += size;
  if (exchange == NULL) /* answered already */
    return true;
  switch (connection->body_use) {
  case WEIR_BODY_COLLECT:
    if (size > exchange->body_max - weir_buffer_size (&exchange->body)) {
      give_up (connection, 413, "the body is larger than this method takes");
      return false;
    }
    weir_buffer_append (&exchange->body, bytes, size);
    return true;
  case WEIR_BODY_PASS:
    if (exchange->on_body != NULL)
      exchange->on_body (exchange->forward, bytes, size, false);
    return true;
  default:
    return true;
  }
}

/* @ret_done: the body has ended. Returns: false when nothing was there to take. */
static bool
take_chunked (WeirConnection *connection, bool *ret_done)
{
  WeirBuffer *in = &connection->in;
  const char *data;
  size_t used, size;
  WeirHttpResult result = weir_http_chunked_next (&connection->chunked, weir_buffer_data (in),
                                                  weir_buffer_size (in), &used, &data, &size);

  if (result == WEIR_HTTP_BAD) {
    give_up (connection, 400, "the body is not chunked as it should be");
    return true;
  }
  *ret_done = result == WEIR_HTTP_DONE;
  if (size == 0 || take_piece (connection, data, size))
    weir_buffer_consume (in, used);
  return used > 0 || *ret_done;
}

static bool
take_counted (WeirConnection *connection, bool *ret_done)
{
  WeirBuffer *in = &connection->in;
  size_t size = MIN (weir_buffer_size (in), connection->body_left);

  if (size > 0 && take_piece (connection, weir_buffer_data (in), size)) {
    connection->body_left -= size;
    weir_buffer_consume (in, size);
  }
  *ret_done = connection->body_left == 0;
  return size > 0 || *ret_done;
}

static bool
take_body (WeirConnection *connection)
{
  bool is_chunked = connection->exchange != NULL && connection->exchange->head.is_chunked;
  bool is_done = false, has_changed = false;

  while (!is_done && connection->input == WEIR_INPUT_BODY && !connection->is_paused) {
    if (!(is_chunked ? take_chunked (connection, &is_done) : take_counted (connection, &is_done)))
      break;
    has_changed = true;
  }
  if (is_done && connection->input == WEIR_INPUT_BODY)
    end_body (connection);
  else if (connection->has_ended_in && weir_buffer_size (&connection->in) == 0)
    connection->is_dead = true;
  return has_changed;
}

void
weir_http_connection_check_rate (WeirConnection *connection)
{
  bool is_quick = connection->n_came >= WEIR_LIMIT_HTTP_BODY_STEP;

  connection->n_came = 0;
  if (is_quick)
    return;
  if (connection->exchange != NULL)
    give_up (connection, 408, "the body comes too slowly");
  else
    connection->is_dead = true;
}

static void
forget (WeirConnection *connection)
{
  size_t size = weir_buffer_size (&connection->in);

  connection->n_came += size;
  weir_buffer_consume (&connection->in, size);
  connection->is_dead |= connection->has_ended_in || connection->n_came > WEIR_LIMIT_HTTP_LINGER;
}

bool
weir_http_connection_take_input (WeirConnection *connection)
{
  switch (connection->input) {
  case WEIR_INPUT_IDLE:
  case WEIR_INPUT_HEAD:
    return take_head (connection);
  case WEIR_INPUT_BODY:
    return take_body (connection);
  case WEIR_INPUT_LINGER:
    if (connection->exchange == NULL && weir_buffer_size (&connection->out) == 0)
      forget (connection);
    return false;
  default:
    return false;
  }
}
