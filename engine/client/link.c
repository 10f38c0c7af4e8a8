/* link.c: sockets that block, with a time after which a server counts as gone. */
#include "client/link.h"

#include "base/fs.h"
#include "base/limits.h"
#include "client/tls.h"
#include "wire/unix-address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <weir/error.h>

struct WeirLink {
  int fd;
  WeirClientTls *tls; /* NULL: a Unix socket */
};

static void
set_error (const WeirPlace *place, const char *what, int code, GError **error)
{
  g_autofree char *name = weir_place_describe (place);

  if (code == EACCES || code == EPERM)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_PERMISSION,
                 "%s: you may not open it: the server belongs to another user", name);
  else if (place->path != NULL && (code == ENOENT || code == ECONNREFUSED || code == ENOTDIR))
    g_set_error (
        error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
        "%s: no server is there: start one with weir serve, or the flow with weir run --data",
        name);
  else
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "%s: %s: %s", name, what,
                 code == EAGAIN ? "the server does not answer" : g_strerror (code));
}

static void
bound (int fd)
{
  struct timeval wait = { .tv_sec = WEIR_LIMIT_CLIENT_USEC / 1000000 };
  int flags = fcntl (fd, F_GETFL);

  fcntl (fd, F_SETFL, flags & ~O_NONBLOCK);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static int
connect_unix (const WeirPlace *place, GError **error)
{
  WeirUnixAddress address;
  int fd, code;

  if (!weir_unix_address_init (&address, place->path, error)) {
    g_clear_error (error);
    set_error (place, "it cannot be opened", ENOENT, error);
    return -1;
  }
  fd = weir_unix_address_connect (&address);
  code = errno;
  weir_unix_address_clear (&address);
  if (fd < 0)
    set_error (place, "it cannot be opened", code, error);
  else
    bound (fd);
  return fd;
}

/* SO_SNDTIMEO bounds connect, too. */
static int
connect_to (const struct addrinfo *address)
{
  WEIR_AUTO_FD int fd =
      socket (address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
  int one = 1;

  if (fd < 0)
    return -1;
  bound (fd);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect (fd, address->ai_addr, address->ai_addrlen) < 0)
    return -1;
  return weir_fd_steal (&fd);
}

static int
connect_tcp (const WeirPlace *place, GError **error)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
  struct addrinfo *addresses = NULL;
  int fd = -1, code = getaddrinfo (place->host, place->port, &hints, &addresses);

  if (code != 0) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "%s: %s", place->host,
                 gai_strerror (code));
    return -1;
  }
  for (const struct addrinfo *at = addresses; at != NULL && fd < 0; at = at->ai_next)
    fd = connect_to (at);
  code = errno;
  freeaddrinfo (addresses);
  if (fd < 0)
    set_error (place, "it cannot be reached", code == EINPROGRESS ? EAGAIN : code, error);
  return fd;
}

WeirLink *
weir_link_open (const WeirPlace *place, GError **error)
{
  g_autoptr (WeirLink) link = g_new0 (WeirLink, 1);

  link->fd = place->path != NULL ? connect_unix (place, error) : connect_tcp (place, error);
  if (link->fd < 0)
    return NULL;
  if (place->path == NULL) {
    link->tls = weir_client_tls_new (link->fd, place, error);
    if (link->tls == NULL)
      return NULL;
  }
  return g_steal_pointer (&link);
}

void
weir_link_free (WeirLink *link)
{
  if (link == NULL)
    return;
  weir_client_tls_free (link->tls);
  weir_fd_close (&link->fd);
  g_free (link);
}

ssize_t
weir_link_read (WeirLink *link, void *bytes, size_t size, GError **error)
{
  ssize_t n;

  if (link->tls != NULL)
    return weir_client_tls_read (link->tls, bytes, size, error);
  do
    n = recv (link->fd, bytes, size, 0);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "the server %s",
                 errno == EAGAIN ? "does not answer" : "has ended the connection");
  return n;
}

bool
weir_link_write (WeirLink *link, const void *bytes, size_t size, GError **error)
{
  const char *at = bytes;
  ssize_t n;

  if (link->tls != NULL)
    return weir_client_tls_write (link->tls, bytes, size, error);
  while (size > 0) {
    n = send (link->fd, at, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "the server %s",
                   errno == EAGAIN ? "takes nothing any more" : "has ended the connection");
      return false;
    }
    at += n;
    size -= n;
  }
  return true;
}

bool
weir_link_is_stale (WeirLink *link)
{
  char byte;

  /* Nothing is expected: whatever is there, even bytes, is the end. */
  return recv (link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}
