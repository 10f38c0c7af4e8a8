/* cmd-serve.c: weir serve, the server of many flows. */
#include "cli/command.h"
#include "cli/process.h"

#include "control/server.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const char description[] =
    "Each flow runs in a process of its own, in a data directory of its own, and is started again\n"
    "when it ends. FLOW... are files beside those of the configured directory. Nothing has to be\n"
    "configured: docs/server.md tells what can be.\n\n"
    "SIGTERM and SIGINT end it in good order, SIGHUP has it look for new flows.\n\n"
    "Exit status: 0 it ended in good order, 1 it could not be started, 2 wrong usage.";

static void
on_line (void *data, const char *line)
{
  weir_process_say (WEIR_LOG_INFO, "weir: %s", line);
}

static void
replace (char **field, char *value)
{
  if (value == NULL)
    return;
  g_free (*field);
  *field = g_canonicalize_filename (value, NULL);
  g_free (value);
}

static int
serve (WeirServerConfig *config, char **flows)
{
  WeirServerOptions options = { .program = "/proc/self/exe",
                                .flows = (const char *const *)flows,
                                .on_line = on_line };
  g_autoptr (WeirRegistry) registry = weir_registry_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirServer) server = NULL;
  sigset_t signals;

  /* Before there is any thread. */
  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGHUP);
  pthread_sigmask (SIG_BLOCK, &signals, NULL);
  weir_process_ignore_signals ();
  weir_process_allow_many_files ();
  options.registry = registry;
  server = weir_server_new (config, &options, &error);
  if (server == NULL) {
    fprintf (stderr, "weir: %s\n", error->message);
    return WEIR_EXIT_FAILURE;
  }
  weir_process_say (WEIR_LOG_INFO, "weir: serving at %s", config->socket);
  if (config->listen != NULL)
    weir_process_say (WEIR_LOG_INFO, "weir: and at port %u with TLS, certificate SHA-256 %s",
                      weir_server_get_port (server), weir_server_get_fingerprint (server));
  weir_server_run (server);
  return WEIR_EXIT_OK;
}

static int
run (int argc, char **argv)
{
  g_autofree char *path = NULL;
  g_autofree char *listen = NULL;
  char *data_dir = NULL;
  char *flow_dir = NULL;
  char *socket = NULL;
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &path, "Read what is configured from there", "FILE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data_dir,
      "Keep data of flows there (~/.local/state/weir)", "DIR" },
    { "flows", 0, 0, G_OPTION_ARG_FILENAME, &flow_dir, "Run the flow files there (DIR/flows)",
      "DIR" },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &socket,
      "Listen there ($XDG_RUNTIME_DIR/weir/control.sock)", "PATH" },
    { "listen", 0, 0, G_OPTION_ARG_FILENAME, &listen, "Listen there, too, with TLS and tokens",
      "HOST:PORT" },
    { NULL },
  };
  int code = weir_command_parse (&weir_command_serve, entries, description, &argc, &argv);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirServerConfig) config = NULL;

  if (code != WEIR_EXIT_OK)
    return code;
  config = weir_server_config_load (path, data_dir, &error);
  g_free (data_dir);
  if (config == NULL) {
    fprintf (stderr, "weir: %s\n", error->message);
    return WEIR_EXIT_FAILURE;
  }
  replace (&config->flow_dir, flow_dir);
  replace (&config->socket, socket);
  if (listen != NULL) {
    g_free (config->listen);
    config->listen = g_steal_pointer (&listen);
  }
  return serve (config, argv + 1);
}

const WeirCommand weir_command_serve = {
  .name = "serve",
  .arguments = "[FLOW...]",
  .summary = "Run many flows as a server",
  .run = run,
};
