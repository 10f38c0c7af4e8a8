/* notify.h: what a service and systemd say to each other, without a library of it: sockets that
 * are handed over, and how the service does.
 *
 * Each does nothing where there is no systemd. Thread: any; the first two before there are threads,
 * as they change the environment. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WeirNotify WeirNotify;

/* A socket that was handed over. */
typedef struct {
  int fd;
  char *name; /* FileDescriptorName of the unit; "" without one */
} WeirHandedSocket;

/* Takes what the environment says out of it, so that children are not told.
 * Returns: (transfer full). */
WeirNotify *weir_notify_new (void);

/* Returns: (transfer full): of WeirHandedSocket, whose fds are the caller's; each is closed in
 * children. */
GArray *weir_notify_take_sockets (void);
void weir_notify_free (WeirNotify *notify);

/* "READY=1", "STOPPING=1", "STATUS=12 flows run", or several of them with LF between. */
void weir_notify_send (WeirNotify *notify, const char *state);

/* RELOADING=1 with the moment that belongs to it. */
void weir_notify_reloading (WeirNotify *notify);

/* How often "WATCHDOG=1" is due, or the service counts as hung: half of what the unit says.
 * Returns: 0: never. */
int64_t weir_notify_get_watchdog_usec (const WeirNotify *notify);
