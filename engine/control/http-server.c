/* http-server.c: the doors: who comes in, and how many. */
#include "base/fs.h"
#include "control/http-parts.h"
#include "wire/unix-address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weir/error.h>

/* So long nobody is let in when there are no descriptors: a connection that ends makes room. */
#define PAUSE_USEC (INT64_C (100) * 1000)

struct WeirListener {
  WeirHttpServer *server;
  int fd;
  WeirTls *tls;
  WeirWatch *watch;
  WeirMoment *pause;
  char *path; /* of a Unix socket that was made here, with what is there; NULL: none */
  dev_t device;
  ino_t inode;
};

WeirHttpServer *
weir_http_server_new (WeirLoop *loop, const WeirHttpHandler *handler,
                      const WeirHttpOptions *options)
{
  static const WeirHttpOptions defaults = { 0 };
  WeirHttpServer *server = g_new0 (WeirHttpServer, 1);

  options = options != NULL ? options : &defaults;
  server->loop = loop;
  server->handler = *handler;
  server->max_connections =
      options->max_connections > 0 ? options->max_connections : WEIR_LIMIT_HTTP_CONNECTIONS;
  server->head_usec = options->head_usec > 0 ? options->head_usec : WEIR_LIMIT_HTTP_HEAD_USEC;
  server->hosts = g_strdupv ((GStrv)options->hosts);
  server->origins = g_strdupv ((GStrv)options->origins);
  server->listeners = g_ptr_array_new ();
  server->connections = g_ptr_array_new ();
  server->pool = weir_http_pool_new (loop);
  server->scratch = g_malloc (WEIR_LIMIT_HTTP_READ);
  return server;
}

static void
close_listener (WeirListener *listener)
{
  struct stat now;

  weir_watch_free (listener->watch);
  weir_moment_free (listener->pause);
  close (listener->fd);
  /* Another server may have its own there by now. */
  if (listener->path != NULL && lstat (listener->path, &now) == 0 &&
      now.st_dev == listener->device && now.st_ino == listener->inode)
    unlink (listener->path);
  g_free (listener->path);
  g_free (listener);
}

void
weir_http_server_free (WeirHttpServer *server)
{
  if (server == NULL)
    return;
  while (server->connections->len > 0)
    weir_http_connection_free (g_ptr_array_index (server->connections, 0));
  for (unsigned i = 0; i < server->listeners->len; i++)
    close_listener (g_ptr_array_index (server->listeners, i));
  weir_http_pool_free (server->pool);
  g_ptr_array_unref (server->connections);
  g_ptr_array_unref (server->listeners);
  g_strfreev (server->hosts);
  g_strfreev (server->origins);
  g_free (server->scratch);
  g_free (server);
}

/* --- who comes in --- */

static WeirPeerBox *
look_at_peer (int fd, const struct sockaddr_storage *address, socklen_t size)
{
  WeirPeerBox *box = g_atomic_rc_box_new0 (WeirPeerBox);
  struct ucred user = { 0 };
  socklen_t user_size = sizeof user;

  box->peer.uid = (uid_t)-1;
  box->peer.gid = (gid_t)-1;
  box->peer.is_unix = address->ss_family == AF_UNIX;
  if (!box->peer.is_unix) {
    getnameinfo ((const struct sockaddr *)address, size, box->peer.address,
                 sizeof box->peer.address, NULL, 0, NI_NUMERICHOST);
  } else if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &user, &user_size) == 0) {
    box->peer.uid = user.uid;
    box->peer.gid = user.gid;
    box->peer.pid = user.pid;
  }
  return box;
}

static bool
has_too_many (const WeirHttpServer *server, const WeirPeer *peer)
{
  unsigned n_same = 0;

  if (server->connections->len - server->n_refused >= server->max_connections)
    return true;
  for (unsigned i = 0; !peer->is_unix && i < server->connections->len; i++) {
    const WeirConnection *other = g_ptr_array_index (server->connections, i);

    n_same += strcmp (other->peer->peer.address, peer->address) == 0;
  }
  return n_same >= WEIR_LIMIT_HTTP_OF_ADDRESS;
}

static void
let_in (WeirListener *listener, int fd, const struct sockaddr_storage *address, socklen_t size)
{
  WeirHttpServer *server = listener->server;
  WeirPeerBox *peer = look_at_peer (fd, address, size);
  bool is_refused = has_too_many (server, &peer->peer);
  int one = 1;

  /* To say no in TLS would take more work than saying yes. */
  if (is_refused && (listener->tls != NULL || server->n_refused >= WEIR_LIMIT_HTTP_REFUSED)) {
    close (fd);
    g_atomic_rc_box_release (peer);
    return;
  }
  if (!peer->peer.is_unix)
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  weir_http_connection_new (server, fd,
                            listener->tls != NULL ? weir_tls_session_new (listener->tls, fd) : NULL,
                            peer, is_refused);
}

static void
on_pause_end (void *data)
{
  WeirListener *listener = data;

  weir_watch_set (listener->watch, EPOLLIN);
}

static void
on_listener (void *data, uint32_t events)
{
  WeirListener *listener = data;

  for (unsigned i = 0; i < listener->server->max_connections; i++) {
    struct sockaddr_storage address = { 0 };
    socklen_t size = sizeof address;
    int fd =
        accept4 (listener->fd, (struct sockaddr *)&address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0) {
      let_in (listener, fd, &address, size);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != ECONNABORTED && errno != EINTR) {
      weir_watch_set (listener->watch, 0);
      weir_moment_set (listener->pause, PAUSE_USEC);
      return;
    }
  }
}

/* --- doors --- */

/* Takes @fd, which listens. Returns: (transfer none). */
static WeirListener *
add_listener (WeirHttpServer *server, int fd, WeirTls *tls)
{
  WeirListener *listener = g_new0 (WeirListener, 1);

  listener->server = server;
  listener->fd = fd;
  listener->tls = tls;
  listener->watch = weir_loop_watch (server->loop, fd, EPOLLIN, on_listener, listener);
  listener->pause = weir_loop_moment (server->loop, on_pause_end, listener);
  g_ptr_array_add (server->listeners, listener);
  return listener;
}

static bool
set_error (GError **error, const char *where, const char *what)
{
  int code = errno;

  g_set_error (error, WEIR_ERROR, code == EACCES ? WEIR_ERROR_PERMISSION : WEIR_ERROR_IO,
               "%s: %s: %s", where, what, g_strerror (code));
  return false;
}

/* Removes the socket of a process that has ended. */
static bool
make_place (const char *path, const WeirUnixAddress *address, GError **error)
{
  struct stat now;
  int fd;

  if (lstat (path, &now) < 0)
    return true;
  if (!S_ISSOCK (now.st_mode)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS,
                 "%s is there and is no socket: move it, or listen elsewhere", path);
    return false;
  }
  fd = weir_unix_address_connect (address);
  if (fd >= 0 || errno == EAGAIN) {
    if (fd >= 0)
      close (fd);
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_EXISTS, "%s: another process listens there", path);
    return false;
  }
  return unlink (path) == 0 || errno == ENOENT || set_error (error, path, "it cannot be removed");
}

/* Made with its mode, so at no moment can it be opened by more. */
static bool
bind_unix (int fd, const char *path, mode_t mode, const WeirUnixAddress *address, GError **error)
{
  if (fchmod (fd, mode) < 0 ||
      bind (fd, (const struct sockaddr *)&address->address, address->size) < 0 ||
      chmod (path, mode) < 0 || listen (fd, SOMAXCONN) < 0)
    return set_error (error, path, "it cannot be listened at");
  return true;
}

bool
weir_http_server_listen_unix (WeirHttpServer *server, const char *path, mode_t mode, GError **error)
{
  WeirUnixAddress address;
  WeirListener *listener;
  struct stat made = { 0 };
  bool is_bound;
  int fd;

  if (!weir_unix_address_init (&address, path, error))
    return false;
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  is_bound = fd >= 0
                 ? make_place (path, &address, error) && bind_unix (fd, path, mode, &address, error)
                 : set_error (error, path, "no socket can be made");
  weir_unix_address_clear (&address);
  if (!is_bound) {
    if (fd >= 0)
      close (fd);
    return false;
  }
  lstat (path, &made);
  listener = add_listener (server, fd, NULL);
  listener->path = g_strdup (path);
  listener->device = made.st_dev;
  listener->inode = made.st_ino;
  return true;
}

static bool
split_address (const char *address, char **ret_host, char **ret_port, GError **error)
{
  const char *colon = strrchr (address, ':');
  size_t size = colon != NULL ? (size_t)(colon - address) : 0;

  if (size == 0 || colon[1] == '\0' || strspn (colon + 1, "0123456789") != strlen (colon + 1)) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: write HOST:PORT to listen at",
                 address);
    return false;
  }
  if (*address == '[' && address[size - 1] == ']')
    *ret_host = g_strndup (address + 1, size - 2);
  else
    *ret_host = g_strndup (address, size);
  *ret_port = g_strdup (colon + 1);
  return true;
}

/* Returns: -1 with errno. */
static int
bind_tcp (const struct addrinfo *address)
{
  WEIR_AUTO_FD int fd = socket (address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int one = 1;

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind (fd, address->ai_addr, address->ai_addrlen) < 0 || listen (fd, SOMAXCONN) < 0)
    return -1;
  return weir_fd_steal (&fd);
}

static uint16_t
get_port (int fd)
{
  union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
  } address = { 0 };
  socklen_t size = sizeof address;

  getsockname (fd, &address.any, &size);
  return ntohs (address.any.sa_family == AF_INET6 ? address.six.sin6_port : address.four.sin_port);
}

bool
weir_http_server_listen_tcp (WeirHttpServer *server, const char *address, WeirTls *tls,
                             uint16_t *ret_port, GError **error)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
  struct addrinfo *found = NULL;
  g_autofree char *host = NULL, *port = NULL;
  int fd, code;

  if (!split_address (address, &host, &port, error))
    return false;
  code = getaddrinfo (host, port, &hints, &found);
  if (code != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "%s: %s", address, gai_strerror (code));
    return false;
  }
  fd = bind_tcp (found);
  freeaddrinfo (found);
  if (fd < 0)
    return set_error (error, address, "it cannot be listened at");
  *ret_port = get_port (fd);
  add_listener (server, fd, tls);
  return true;
}

bool
weir_http_server_listen_fd (WeirHttpServer *server, int fd, WeirTls *tls, GError **error)
{
  struct sockaddr_storage address = { 0 };
  socklen_t size = sizeof address;
  int flags = fcntl (fd, F_GETFL);

  if (getsockname (fd, (struct sockaddr *)&address, &size) < 0 || flags < 0 ||
      fcntl (fd, F_SETFL, flags | O_NONBLOCK) < 0)
    return set_error (error, "a socket that was handed over", "it cannot be used");
  if (address.ss_family != AF_UNIX && tls == NULL) {
    g_set_error (
        error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
        "a TCP socket that was handed over needs a certificate: there is no TCP without TLS");
    return false;
  }
  add_listener (server, fd, tls);
  return true;
}
