/* supervisor.h: the flows of a server: a file and a data directory each, and the process that hosts
 * it.
 *
 * Thread: any, unless said otherwise; processes are started and ended on the loop. */
#pragma once

#include "control/child.h"
#include "control/server-config.h"

typedef struct WeirSupervisor WeirSupervisor;

/* One flow at one moment. */
typedef struct {
  char *name;
  char *path; /* of its file */
  char *data_dir;
  char *socket; /* of its host */
  WeirChildState state;
  char *trouble; /* why it is not ready; "" when nothing is wrong */
  unsigned restarts;
  pid_t pid;
} WeirHosted;

void weir_hosted_free (WeirHosted *hosted);

/* @program: that hosts a flow (`weir`). Finds the flows of the config's directory. Returns:
 * (transfer full): NULL with @error. Thread: main, as is the next. */
WeirSupervisor *weir_supervisor_new (WeirLoop *loop, const WeirServerConfig *config,
                                     const char *program, GError **error);
void weir_supervisor_free (WeirSupervisor *supervisor);

/* A flow whose file is somewhere else. Returns: (transfer full): its name; NULL with @error. */
char *weir_supervisor_add (WeirSupervisor *supervisor, const char *path, GError **error);

/* A new flow with @text as its file. */
bool weir_supervisor_create (WeirSupervisor *supervisor, const char *name, GBytes *text,
                             GError **error);

/* Ends its host and takes its file out of the directory; its data directory stays, so that it goes
 * on when a flow of that name comes back. */
bool weir_supervisor_remove (WeirSupervisor *supervisor, const char *name, GError **error);

/* Looks again which files there are. */
bool weir_supervisor_rescan (WeirSupervisor *supervisor, GError **error);

void weir_supervisor_start (WeirSupervisor *supervisor);

/* Ends all hosts, then calls @on_stopped on the loop. */
void weir_supervisor_stop (WeirSupervisor *supervisor, void (*on_stopped) (void *data), void *data);

/* Ends one host and starts it again. */
bool weir_supervisor_restart (WeirSupervisor *supervisor, const char *name, GError **error);

/* Returns: (transfer full): WeirHosted, by name. */
GPtrArray *weir_supervisor_list (WeirSupervisor *supervisor);

/* The socket of the host of @name. Returns: (transfer full): NULL with @error: there is no such
 * flow, or its host is not ready and why. */
char *weir_supervisor_find_socket (WeirSupervisor *supervisor, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirHosted, weir_hosted_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSupervisor, weir_supervisor_free)
