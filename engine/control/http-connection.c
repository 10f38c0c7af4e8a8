/* http-connection.c: one connection: reads, writes, and what it waits for.
 *
 * Everything happens in weir_http_connection_advance, which goes on until nothing changes and which
 * is never entered twice: what calls it from within is called again. */
#include "control/http-parts.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- output --- */

/* Gets what the exchange has written. Returns: false when there is nothing. */
static bool
fetch (WeirConnection *connection)
{
  WeirExchange *exchange = connection->exchange;
  WeirBuffer empty = connection->out;

  if (exchange == NULL)
    return false;
  WEIR_LOCKED (&exchange->lock);
  if (weir_buffer_size (&exchange->out) == 0)
    return false;
  connection->out = exchange->out;
  exchange->out = empty;
  return true;
}

static ssize_t
write_some (WeirConnection *connection)
{
  WeirBuffer *out = &connection->out;
  ssize_t n;

  if (connection->tls != NULL)
    return weir_tls_session_write (connection->tls, weir_buffer_data (out), weir_buffer_size (out));
  do
    n = send (connection->fd, weir_buffer_data (out), weir_buffer_size (out), MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n;
}

/* Returns: true when it has sent something. */
static bool
send_output (WeirConnection *connection)
{
  WeirExchange *exchange = connection->exchange;
  bool has_sent = false;

  if (exchange != NULL && atomic_load (&exchange->is_overrun))
    connection->is_dead = true;
  while (!connection->is_dead && (weir_buffer_size (&connection->out) > 0 || fetch (connection))) {
    ssize_t n = write_some (connection);

    if (n < 0) {
      connection->is_dead = errno != EAGAIN;
      break;
    }
    weir_buffer_consume (&connection->out, n);
    if (exchange != NULL)
      atomic_fetch_sub (&exchange->backlog, n);
    has_sent = true;
  }
  if (!has_sent)
    return false;
  connection->has_progress = true;
  if (exchange != NULL) {
    weir_wake_ring (&exchange->wake);
    if (exchange->on_room != NULL)
      exchange->on_room (exchange->forward);
  }
  return true;
}

/* @ret_closes: the connection ends with it. */
static bool
has_ended (WeirExchange *exchange, bool *ret_closes)
{
  WEIR_LOCKED (&exchange->lock);
  *ret_closes = exchange->is_broken || exchange->has_said_close || weir_exchange_closes (exchange);
  return exchange->has_ended && weir_buffer_size (&exchange->out) == 0;
}

static void
drop_exchange (WeirConnection *connection)
{
  WeirExchange *exchange = g_steal_pointer (&connection->exchange);

  if (exchange == NULL)
    return;
  weir_exchange_close (exchange);
  weir_exchange_unref (exchange);
}

/* The answer has been sent: on to the next request, or to the end. */
static bool
finish_exchange (WeirConnection *connection)
{
  bool closes;

  if (connection->exchange == NULL || weir_buffer_size (&connection->out) > 0 ||
      !has_ended (connection->exchange, &closes))
    return false;
  connection->is_dead |= connection->exchange->is_broken;
  drop_exchange (connection);
  if (connection->input == WEIR_INPUT_DONE) {
    connection->input = WEIR_INPUT_IDLE;
    connection->is_dead |= closes;
  } else if (closes) {
    connection->input = WEIR_INPUT_LINGER;
    connection->n_came = 0;
  } else if (connection->input != WEIR_INPUT_LINGER) {
    connection->input = WEIR_INPUT_BODY;
    connection->body_use = WEIR_BODY_FORGET;
    connection->is_paused = false;
    connection->n_came = 0;
  }
  return true;
}

/* --- input --- */

static bool
wants_input (const WeirConnection *connection)
{
  if (connection->has_ended_in)
    return false;
  switch (connection->input) {
  case WEIR_INPUT_BODY:
    return !connection->is_paused;
  case WEIR_INPUT_WAIT:
  case WEIR_INPUT_DONE:
    /* What is pipelined, and the end. */
    return weir_buffer_size (&connection->in) < WEIR_LIMIT_HTTP_HEAD;
  default:
    return true;
  }
}

static ssize_t
read_bytes (WeirConnection *connection)
{
  char *scratch = connection->server->scratch;
  WeirPeerBox *peer = connection->peer;
  ssize_t n;

  if (connection->tls != NULL) {
    n = weir_tls_session_read (connection->tls, scratch, WEIR_LIMIT_HTTP_READ);
    if (n > 0 && connection->is_first && peer->certificate == NULL) {
      peer->certificate = weir_tls_session_get_subject (connection->tls);
      peer->peer.certificate = peer->certificate;
    }
    return n;
  }
  do
    n = recv (connection->fd, scratch, WEIR_LIMIT_HTTP_READ, 0);
  while (n < 0 && errno == EINTR);
  return n;
}

/* Returns: false when there was nothing. */
static bool
read_some (WeirConnection *connection)
{
  char *scratch = connection->server->scratch;
  ssize_t n = read_bytes (connection);

  if (n > 0)
    weir_buffer_append (&connection->in, scratch, n);
  else if (n == 0)
    connection->has_ended_in = true;
  else
    connection->is_dead |= errno != EAGAIN;
  return n > 0;
}

/* To read may need to write, while both sides greet each other. */
static bool
tls_wants_output (const WeirConnection *connection)
{
  return connection->tls != NULL && weir_tls_session_wants_write (connection->tls);
}

static void
on_watch (void *data, uint32_t events)
{
  WeirConnection *connection = data;
  bool can_read = (events & (EPOLLIN | EPOLLHUP)) != 0 || tls_wants_output (connection);
  bool has_read = can_read && wants_input (connection) && read_some (connection);

  /* Both directions have ended, and nothing is left to read: nobody takes an answer. */
  if ((events & (EPOLLERR | EPOLLHUP)) != 0 && !has_read)
    connection->is_dead = true;
  weir_http_connection_advance (connection);
}

/* --- what it waits for --- */

static WeirWait
choose_wait (const WeirConnection *connection)
{
  if (weir_buffer_size (&connection->out) > 0)
    return WEIR_WAIT_STALL;
  switch (connection->input) {
  case WEIR_INPUT_IDLE:
    return connection->is_first ? WEIR_WAIT_HEAD : WEIR_WAIT_IDLE;
  case WEIR_INPUT_HEAD:
    return WEIR_WAIT_HEAD;
  case WEIR_INPUT_BODY:
    return connection->is_paused ? WEIR_WAIT_NOTHING : WEIR_WAIT_BODY;
  case WEIR_INPUT_LINGER:
    return connection->exchange == NULL ? WEIR_WAIT_LINGER : WEIR_WAIT_NOTHING;
  default:
    return WEIR_WAIT_NOTHING;
  }
}

static int64_t
get_usec (const WeirConnection *connection, WeirWait wait)
{
  switch (wait) {
  case WEIR_WAIT_HEAD:
    return connection->server->head_usec;
  case WEIR_WAIT_BODY:
    return WEIR_LIMIT_HTTP_BODY_USEC;
  case WEIR_WAIT_STALL:
    return WEIR_LIMIT_HTTP_STALL_USEC;
  case WEIR_WAIT_LINGER:
    return WEIR_LIMIT_HTTP_LINGER_USEC;
  default:
    return WEIR_LIMIT_HTTP_IDLE_USEC;
  }
}

static void
wait_for_more (WeirConnection *connection)
{
  WeirWait wait = choose_wait (connection);
  bool is_new = wait != connection->wait || (wait == WEIR_WAIT_STALL && connection->has_progress);

  bool wants_output = weir_buffer_size (&connection->out) > 0 || tls_wants_output (connection);

  weir_watch_set (connection->watch,
                  (wants_input (connection) ? EPOLLIN : 0) | (wants_output ? EPOLLOUT : 0));
  connection->wait = wait;
  connection->has_progress = false;
  if (wait == WEIR_WAIT_NOTHING)
    weir_moment_cancel (connection->moment);
  else if (is_new)
    weir_moment_set (connection->moment, get_usec (connection, wait));
}

static void
on_moment (void *data)
{
  WeirConnection *connection = data;
  WeirWait wait = connection->wait;

  connection->wait = WEIR_WAIT_NOTHING;
  connection->is_advancing = true; /* not before this has ended */
  if (wait == WEIR_WAIT_BODY)
    weir_http_connection_check_rate (connection);
  else if (wait == WEIR_WAIT_HEAD && weir_buffer_size (&connection->in) > 0)
    weir_http_connection_refuse (connection, 408, "the head of the request did not come in time");
  else
    connection->is_dead = true;
  connection->is_advancing = false;
  weir_http_connection_advance (connection);
}

/* --- life --- */

void
weir_http_connection_advance (WeirConnection *connection)
{
  bool has_changed;

  connection->is_called_again = true;
  if (connection->is_advancing)
    return;
  connection->is_advancing = true;
  do {
    connection->is_called_again = false;
    has_changed = send_output (connection);
    has_changed |= finish_exchange (connection);
    has_changed |= !connection->is_dead && weir_http_connection_take_input (connection);
  } while (!connection->is_dead && (has_changed || connection->is_called_again));
  connection->is_advancing = false;
  if (connection->input == WEIR_INPUT_LINGER && connection->exchange == NULL &&
      weir_buffer_size (&connection->out) == 0 && !connection->has_ended_out) {
    connection->has_ended_out = true;
    if (connection->tls != NULL)
      weir_tls_session_end (connection->tls);
    connection->is_dead |= shutdown (connection->fd, SHUT_WR) < 0;
  }
  if (connection->is_dead)
    weir_http_connection_free (connection);
  else
    wait_for_more (connection);
}

void
weir_http_connection_new (WeirHttpServer *server, int fd, WeirTlsSession *tls, WeirPeerBox *peer,
                          bool is_refused)
{
  WeirConnection *connection = g_new0 (WeirConnection, 1);

  connection->server = server;
  connection->fd = fd;
  connection->tls = tls;
  connection->peer = peer;
  connection->is_refused = is_refused;
  connection->is_first = true;
  connection->watch = weir_loop_watch (server->loop, fd, EPOLLIN, on_watch, connection);
  connection->moment = weir_loop_moment (server->loop, on_moment, connection);
  server->n_refused += is_refused;
  g_ptr_array_add (server->connections, connection);
  if (is_refused)
    weir_http_connection_refuse (connection, 503, "too many connections");
  weir_http_connection_advance (connection);
}

static void
clear_peer (void *data)
{
  g_free (((WeirPeerBox *)data)->certificate);
}

void
weir_http_connection_free (WeirConnection *connection)
{
  WeirHttpServer *server = connection->server;

  g_ptr_array_remove_fast (server->connections, connection);
  server->n_refused -= connection->is_refused;
  drop_exchange (connection);
  weir_watch_free (connection->watch);
  weir_moment_free (connection->moment);
  weir_tls_session_free (connection->tls);
  close (connection->fd);
  g_atomic_rc_box_release_full (connection->peer, clear_peer);
  weir_buffer_clear (&connection->in);
  weir_buffer_clear (&connection->out);
  g_free (connection);
}
