#include "control/server.h"

#include "base/error.h"
#include "base/fs.h"
#include "control/access.h"
#include "control/api.h"
#include "control/desk.h"
#include "control/methods-flow.h"
#include "control/methods-server.h"
#include "control/notify.h"
#include "control/supervisor.h"
#include "control/tls.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct WeirServer {
  const WeirServerConfig *config;
  WeirServerOptions options;
  WeirLoop *loop;
  WeirSupervisor *supervisor;
  WeirTokenStore *tokens;
  WeirTrail *trail;
  WeirDoor *door;
  WeirDesk desk;
  WeirApi *api;
  WeirHttpServer *http;
  WeirTls *tls; /* NULL: no TCP */
  uint16_t port;
  WeirNotify *notify;
  WeirMoment *watchdog; /* NULL: nobody waits for it */
  int signal_fd;
  WeirWatch *signal_watch;
  bool is_ending;
};

static bool
on_find_flow (void *data, const char *name, WeirApiFlow *ret_flow, GError **error)
{
  WeirServer *server = data;
  char *socket = weir_supervisor_find_socket (server->supervisor, name, error);

  if (socket == NULL)
    return false;
  *ret_flow = (WeirApiFlow){ .socket = socket };
  return true;
}

static void
on_refused (void *data, const char *line)
{
  WeirServer *server = data;

  server->options.on_line (server->options.data, line);
}

/* --- opening --- */

static bool
open_stores (WeirServer *server, GError **error)
{
  g_autofree char *directory = g_build_filename (server->config->data_dir, "server", NULL);
  g_autofree char *trail = g_build_filename (directory, "audit.db", NULL);

  if (!weir_fs_make_directory (NULL, directory, 0700, error))
    return false;
  server->tokens = weir_token_store_open (directory, NULL, error);
  if (server->tokens == NULL)
    return false;
  server->trail = weir_trail_open (trail, NULL, error);
  return server->trail != NULL;
}

static bool
open_flows (WeirServer *server, GError **error)
{
  server->supervisor =
      weir_supervisor_new (server->loop, server->config, server->options.program, error);
  if (server->supervisor == NULL)
    return false;
  for (const char *const *flow = server->options.flows; flow != NULL && *flow != NULL; flow++) {
    g_autofree char *name = weir_supervisor_add (server->supervisor, *flow, error);

    if (name == NULL)
      return false;
  }
  return true;
}

static bool
open_api (WeirServer *server, GError **error)
{
  WeirApiOptions options = { .door = server->door,
                             .trail = server->trail,
                             .find_flow = on_find_flow,
                             .on_refused = on_refused,
                             .data = server };

  server->api = weir_api_new (&options);
  if (!weir_desk_add_methods (&server->desk, server->api, error) ||
      !weir_api_add (server->api, &weir_methods_flows, server, error))
    return false;
  for (const WeirMethodTable *const *table = weir_flow_methods; *table != NULL; table++)
    if (!weir_api_add (server->api, *table, NULL, error))
      return false;
  return weir_api_link (server->api, error);
}

static bool
listen_unix (WeirServer *server, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (server->config->socket);

  /* Who may come in is asked behind the door; whom nobody named is refused there. */
  return weir_fs_make_directory (NULL, folder, 0755, error) &&
         weir_http_server_listen_unix (server->http, server->config->socket, 0666, error);
}

static bool
open_tls (WeirServer *server, GError **error)
{
  g_autofree char *directory = g_build_filename (server->config->data_dir, "server", NULL);
  WeirTlsOptions options = { .certificate = server->config->certificate,
                             .key = server->config->key,
                             .directory = directory,
                             .names = (const char *const *)server->config->hosts,
                             .client_authority = server->config->client_ca };

  if (server->config->listen == NULL)
    return true;
  server->tls = weir_tls_new (&options, error);
  return server->tls != NULL && weir_http_server_listen_tcp (server->http, server->config->listen,
                                                             server->tls, &server->port, error);
}

/* Sockets of systemd take the place of our own Unix socket. */
static bool
listen_handed (WeirServer *server, const GArray *sockets, GError **error)
{
  for (guint i = 0; i < sockets->len; i++) {
    const WeirHandedSocket *handed = &g_array_index (sockets, WeirHandedSocket, i);

    if (!weir_http_server_listen_fd (server->http, handed->fd, server->tls, error))
      return false;
  }
  return true;
}

static bool
open_doors (WeirServer *server, GError **error)
{
  WeirHttpHandler handler = weir_api_get_handler (server->api);
  WeirHttpOptions options = { .hosts = (const char *const *)server->config->hosts,
                              .origins = (const char *const *)server->config->origins };
  g_autoptr (GArray) sockets = weir_notify_take_sockets ();

  server->http = weir_http_server_new (server->loop, &handler, &options);
  if (!open_tls (server, error))
    return false;
  return sockets->len > 0 ? listen_handed (server, sockets, error) : listen_unix (server, error);
}

static void
on_watchdog (void *data)
{
  WeirServer *server = data;

  weir_notify_send (server->notify, "WATCHDOG=1");
  weir_moment_set (server->watchdog, weir_notify_get_watchdog_usec (server->notify));
}

static void
open_notify (WeirServer *server)
{
  server->notify = weir_notify_new ();
  if (weir_notify_get_watchdog_usec (server->notify) == 0)
    return;
  server->watchdog = weir_loop_moment (server->loop, on_watchdog, server);
  weir_moment_set (server->watchdog, 0);
}

/* --- ending --- */

static void
on_flows_stopped (void *data)
{
  WeirServer *server = data;

  weir_loop_quit (server->loop);
}

static void
reload (WeirServer *server)
{
  g_autoptr (GError) error = NULL;

  weir_notify_reloading (server->notify);
  if (!weir_supervisor_rescan (server->supervisor, &error) ||
      (server->tls != NULL && !weir_tls_reload (server->tls, &error)))
    server->options.on_line (server->options.data, error->message);
  weir_notify_send (server->notify, "READY=1");
}

static void
on_signal (void *data, uint32_t events)
{
  WeirServer *server = data;
  struct signalfd_siginfo info;

  if (read (server->signal_fd, &info, sizeof info) != sizeof info)
    return;
  if (info.ssi_signo == SIGHUP) {
    reload (server);
    return;
  }
  if (server->is_ending)
    return;
  server->is_ending = true;
  weir_notify_send (server->notify, "STOPPING=1");
  server->options.on_line (server->options.data, "ending: waiting for the flows");
  weir_supervisor_stop (server->supervisor, on_flows_stopped, server);
}

static bool
watch_signals (WeirServer *server, GError **error)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGHUP);
  server->signal_fd = signalfd (-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (server->signal_fd < 0)
    return weir_error_set_errno (error, "wait for", "signals", errno);
  server->signal_watch =
      weir_loop_watch (server->loop, server->signal_fd, EPOLLIN, on_signal, server);
  return true;
}

WeirServer *
weir_server_new (const WeirServerConfig *config, const WeirServerOptions *options, GError **error)
{
  g_autoptr (WeirServer) server = g_new0 (WeirServer, 1);

  server->config = config;
  server->options = *options;
  server->signal_fd = -1;
  server->loop = weir_loop_new ();
  open_notify (server);
  if (!open_flows (server, error) || !open_stores (server, error))
    return NULL;
  server->door = weir_door_new (server->tokens, config, NULL);
  server->desk =
      (WeirDesk){ .name = "weir serve", .registry = options->registry, .tokens = server->tokens };
  weir_desk_start (&server->desk);
  if (!open_api (server, error) || !watch_signals (server, error) || !open_doors (server, error))
    return NULL;
  return g_steal_pointer (&server);
}

void
weir_server_free (WeirServer *server)
{
  if (server == NULL)
    return;
  if (server->http != NULL)
    weir_http_server_free (server->http);
  if (server->api != NULL)
    weir_api_free (server->api);
  if (server->door != NULL)
    weir_door_free (server->door);
  if (server->tokens != NULL)
    weir_token_store_free (server->tokens);
  if (server->trail != NULL)
    weir_trail_free (server->trail);
  weir_supervisor_free (server->supervisor);
  weir_tls_free (server->tls);
  g_clear_pointer (&server->watchdog, weir_moment_free);
  weir_notify_free (server->notify);
  g_clear_pointer (&server->signal_watch, weir_watch_free);
  weir_fd_close (&server->signal_fd);
  weir_loop_free (server->loop);
  g_free (server);
}

void
weir_server_run (WeirServer *server)
{
  weir_supervisor_start (server->supervisor);
  weir_notify_send (server->notify, "READY=1");
  weir_loop_run (server->loop);
}

WeirSupervisor *
weir_server_get_supervisor (WeirServer *server)
{
  return server->supervisor;
}

uint16_t
weir_server_get_port (const WeirServer *server)
{
  return server->port;
}

const char *
weir_server_get_fingerprint (const WeirServer *server)
{
  return server->tls != NULL ? weir_tls_get_fingerprint (server->tls) : NULL;
}
