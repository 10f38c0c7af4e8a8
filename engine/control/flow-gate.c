#include "control/flow-gate.h"

#include "base/error.h"
#include "control/access.h"
#include "control/api.h"
#include "control/desk.h"
#include "control/methods-flow.h"

#include <pthread.h>
#include <signal.h>

struct WeirFlowGate {
  WeirFlowHost *host;
  WeirLoop *loop;
  WeirDoor *door;
  WeirDesk desk;
  WeirTrail *trail; /* NULL: all is in memory */
  WeirApi *api;
  WeirHttpServer *http;
  pthread_t thread;
  bool is_running;
};

static bool
on_find_flow (void *data, const char *name, WeirApiFlow *ret_flow, GError **error)
{
  WeirFlowGate *gate = data;

  if (!g_str_equal (name, weir_flow_host_get_name (gate->host)))
    return weir_access_set_no_flow (name, error);
  *ret_flow = (WeirApiFlow){ .target = gate->host, .trail = gate->trail };
  return true;
}

/* Thread: that of the edit. */
static void
on_edit (void *data, const WeirHostEdit *edit)
{
  WeirFlowGate *gate = data;
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (gate->host);
  g_autofree char *json = weir_host_edit_to_json (edit, weir_document_get_mask (document));

  weir_live_tell (weir_observer_get_live (weir_flow_host_get_observer (gate->host)), "edit", json);
}

static bool
open_trail (WeirFlowGate *gate, GError **error)
{
  const char *directory = weir_flow_host_get_data_dir (gate->host);
  g_autofree char *path = NULL;

  if (directory == NULL)
    return true;
  path = g_build_filename (directory, "audit.db", NULL);
  gate->trail = weir_trail_open (path, NULL, error);
  return gate->trail != NULL;
}

static bool
open_api (WeirFlowGate *gate, GError **error)
{
  WeirApiOptions options = {
    .door = gate->door, .trail = gate->trail, .find_flow = on_find_flow, .data = gate
  };

  gate->api = weir_api_new (&options);
  if (!weir_desk_add_methods (&gate->desk, gate->api, error))
    return false;
  for (const WeirMethodTable *const *table = weir_flow_methods; *table != NULL; table++)
    if (!weir_api_add (gate->api, *table, NULL, error))
      return false;
  return weir_api_link (gate->api, error);
}

static void *
run (void *data)
{
  WeirFlowGate *gate = data;

  weir_loop_run (gate->loop);
  return NULL;
}

/* Signals are the main thread's. */
static bool
start_thread (WeirFlowGate *gate, GError **error)
{
  sigset_t all;
  sigset_t before;
  int code;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  code = pthread_create (&gate->thread, NULL, run, gate);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  gate->is_running = code == 0;
  return gate->is_running || weir_error_set_errno (error, "start", "a thread", code);
}

WeirFlowGate *
weir_flow_gate_new (WeirFlowHost *host, const char *socket, GError **error)
{
  g_autoptr (WeirFlowGate) gate = g_new0 (WeirFlowGate, 1);
  WeirHttpHandler handler;

  gate->host = host;
  gate->loop = weir_loop_new ();
  gate->door = weir_door_new (NULL, NULL, NULL);
  weir_door_believe_server (gate->door);
  gate->desk = (WeirDesk){ .name = "weir host", .registry = weir_flow_host_get_registry (host) };
  weir_desk_start (&gate->desk);
  if (!open_trail (gate, error) || !open_api (gate, error))
    return NULL;
  handler = weir_api_get_handler (gate->api);
  gate->http = weir_http_server_new (gate->loop, &handler, &(WeirHttpOptions){ 0 });
  if (!weir_http_server_listen_unix (gate->http, socket, 0600, error) ||
      !start_thread (gate, error))
    return NULL;
  weir_flow_host_set_on_edit (host, on_edit, gate);
  return g_steal_pointer (&gate);
}

void
weir_flow_gate_free (WeirFlowGate *gate)
{
  if (gate == NULL)
    return;
  weir_flow_host_set_on_edit (gate->host, NULL, NULL);
  /* Who listens would write to connections that are gone. */
  weir_live_close (weir_observer_get_live (weir_flow_host_get_observer (gate->host)));
  weir_loop_quit (gate->loop);
  if (gate->is_running)
    pthread_join (gate->thread, NULL);
  if (gate->http != NULL)
    weir_http_server_free (gate->http);
  if (gate->api != NULL)
    weir_api_free (gate->api);
  weir_door_free (gate->door);
  if (gate->trail != NULL)
    weir_trail_free (gate->trail);
  weir_loop_free (gate->loop);
  g_free (gate);
}
