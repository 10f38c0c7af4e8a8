/* server.h: `weir serve`: doors for people and programs, and the flows behind them.
 *
 * Thread: main, unless said otherwise. */
#pragma once

#include "control/server-config.h"
#include "plugin/registry.h"

typedef struct WeirServer WeirServer;

typedef struct {
  const char *program;      /* that hosts a flow */
  const char *const *flows; /* files beside those of the config's directory, ended by NULL */
  WeirRegistry *registry;
  void (*on_line) (void *data, const char *line); /* for the journal; thread: any */
  void *data;
} WeirServerOptions;

/* @config stays the caller's. Returns: (transfer full): it listens; NULL with @error. */
WeirServer *weir_server_new (const WeirServerConfig *config, const WeirServerOptions *options,
                             GError **error);
void weir_server_free (WeirServer *server);

/* Starts the flows, answers, and returns when it was told to end by SIGTERM or SIGINT, which must
 * be blocked, and its flows have ended. SIGHUP has it look for new flows. */
void weir_server_run (WeirServer *server);

/* Where it listens by TCP; 0: it does not. */
uint16_t weir_server_get_port (const WeirServer *server);

/* Of its certificate. Returns: (transfer none) (nullable): NULL: it has none. */
const char *weir_server_get_fingerprint (const WeirServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirServer, weir_server_free)
