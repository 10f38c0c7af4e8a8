/* unix-address.h: the address of a Unix socket, whose path may be longer than the 107 bytes that
 * fit into one. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

typedef struct {
  struct sockaddr_un address;
  socklen_t size;
  int directory; /* open while the address is used; -1: the path fits */
} WeirUnixAddress;

/* Thread: any, as are all here. */
bool weir_unix_address_init (WeirUnixAddress *address, const char *path, GError **error);
void weir_unix_address_clear (WeirUnixAddress *address);

/* Returns: a connected socket that does not block, -1 with errno; EAGAIN: too many wait there. */
int weir_unix_address_connect (const WeirUnixAddress *address);
