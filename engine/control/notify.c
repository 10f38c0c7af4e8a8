/* notify.c: sd_listen_fds(3) and sd_notify(3), as their manual pages define them. */
#include "control/notify.h"

#include "base/clock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_FD 3
#define MAX_FDS  64u

struct WeirNotify {
  int fd; /* -1: nobody listens */
  struct sockaddr_un address;
  socklen_t size;
  int64_t watchdog_usec;
};

/* Returns: (transfer full) (nullable): a variable that is gone then. */
static char *
take_variable (const char *name)
{
  char *value = g_strdup (g_getenv (name));

  g_unsetenv (name);
  return value;
}

/* True when the variable with a process in it, if there is one, means this process. */
static bool
is_mine (const char *pid)
{
  return pid == NULL || g_ascii_strtoull (pid, NULL, 10) == (uint64_t)getpid ();
}

static void
free_socket (void *data)
{
  g_free (((WeirHandedSocket *)data)->name);
}

GArray *
weir_notify_take_sockets (void)
{
  GArray *sockets = g_array_new (FALSE, FALSE, sizeof (WeirHandedSocket));
  g_autofree char *pid = take_variable ("LISTEN_PID");
  g_autofree char *count = take_variable ("LISTEN_FDS");
  g_autofree char *names = take_variable ("LISTEN_FDNAMES");
  g_auto (GStrv) name = names != NULL ? g_strsplit (names, ":", -1) : NULL;
  unsigned n = count != NULL && pid != NULL && is_mine (pid)
                   ? MIN (g_ascii_strtoull (count, NULL, 10), MAX_FDS)
                   : 0;

  g_array_set_clear_func (sockets, free_socket);
  for (unsigned i = 0; i < n; i++) {
    bool is_named = name != NULL && i < g_strv_length (name);
    WeirHandedSocket socket = { FIRST_FD + (int)i, g_strdup (is_named ? name[i] : "") };

    fcntl (socket.fd, F_SETFD, FD_CLOEXEC);
    g_array_append_val (sockets, socket);
  }
  return sockets;
}

/* A path, or with @ the name of one that is in no file system. */
static bool
set_address (WeirNotify *notify, const char *where)
{
  size_t size = strlen (where);

  if ((*where != '/' && *where != '@') || size >= sizeof notify->address.sun_path)
    return false;
  notify->address.sun_family = AF_UNIX;
  memcpy (notify->address.sun_path, where, size);
  if (*where == '@')
    notify->address.sun_path[0] = '\0';
  notify->size = offsetof (struct sockaddr_un, sun_path) + size + (*where == '/');
  return true;
}

WeirNotify *
weir_notify_new (void)
{
  WeirNotify *notify = g_new0 (WeirNotify, 1);
  g_autofree char *where = take_variable ("NOTIFY_SOCKET");
  g_autofree char *watchdog = take_variable ("WATCHDOG_USEC");
  g_autofree char *pid = take_variable ("WATCHDOG_PID");

  notify->fd = -1;
  if (where != NULL && set_address (notify, where))
    notify->fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (watchdog != NULL && is_mine (pid))
    notify->watchdog_usec = g_ascii_strtoll (watchdog, NULL, 10) / 2;
  return notify;
}

void
weir_notify_free (WeirNotify *notify)
{
  if (notify == NULL)
    return;
  if (notify->fd >= 0)
    close (notify->fd);
  g_free (notify);
}

void
weir_notify_send (WeirNotify *notify, const char *state)
{
  if (notify->fd >= 0)
    sendto (notify->fd, state, strlen (state), MSG_NOSIGNAL | MSG_DONTWAIT,
            (const struct sockaddr *)&notify->address, notify->size);
}

void
weir_notify_reloading (WeirNotify *notify)
{
  g_autofree char *state = g_strdup_printf ("RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                                            weir_clock_get_monotonic (weir_clock_system ()));

  weir_notify_send (notify, state);
}

int64_t
weir_notify_get_watchdog_usec (const WeirNotify *notify)
{
  return notify->watchdog_usec;
}
