/* flow-host.h: one flow that runs and can be reached: its document, its engine, its edits. What the
 * API and the command line do to a flow, they do here.
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "control/document.h"
#include "control/edit-log.h"
#include "control/observer.h"
#include "runtime/engine.h"

typedef struct WeirFlowHost WeirFlowHost;

typedef struct {
  const char *name; /* as the API calls it */
  const char *path; /* of the flow file, to which edits go; NULL: they go nowhere */
  const WeirDocumentContext *context; /* outlives the host */
  bool keeps_stopped;                 /* what people have stopped does not start; else all does */
  WeirEngineOptions engine;           /* `registry` is that of the context */
} WeirFlowHostOptions;

/* @document: (transfer none): what is to run. Nothing runs yet. Returns: (transfer full): NULL with
 * @error. Thread: main, as are the next three. */
WeirFlowHost *weir_flow_host_new (const WeirFlowHostOptions *options, WeirDocument *document,
                                  GError **error);
void weir_flow_host_start (WeirFlowHost *host);

/* As weir_engine_stop. */
bool weir_flow_host_stop (WeirFlowHost *host, int64_t usec);

/* It must have been stopped. Takes NULL. */
void weir_flow_host_free (WeirFlowHost *host);

const char *weir_flow_host_get_name (const WeirFlowHost *host); /* (transfer none) */
/* Returns: (transfer none) (nullable): NULL when all is in memory. */
const char *weir_flow_host_get_data_dir (const WeirFlowHost *host);
WeirEngine *weir_flow_host_get_engine (WeirFlowHost *host);     /* (transfer none) */
WeirRegistry *weir_flow_host_get_registry (WeirFlowHost *host); /* (transfer none) */

/* What is known of what it does and did. */
WeirObserver *weir_flow_host_get_observer (WeirFlowHost *host); /* (transfer none) */

/* Monotonic. */
int64_t weir_flow_host_get_start (const WeirFlowHost *host);

/* As it is now. Returns: (transfer full). */
WeirDocument *weir_flow_host_ref_document (WeirFlowHost *host);

/* --- starting and stopping what people name ---
 *
 * @paths: of processors, ports, funnels and groups ("": the flow), ended by NULL. What is stopped
 * stays so over a restart of the host. *@ret_n: how many that changed. What has an error is not
 * started: when that is all there was, it is the error. */
bool weir_flow_host_start_parts (WeirFlowHost *host, const char *const *paths, unsigned *ret_n,
                                 GError **error);

/* Waits for @usec until none of them runs any more. */
bool weir_flow_host_stop_parts (WeirFlowHost *host, const char *const *paths, int64_t usec,
                                unsigned *ret_n, GError **error);
bool weir_flow_host_run_once (WeirFlowHost *host, const char *path, GError **error);

/* --- services --- */

typedef struct {
  char *path;
  char *type;
  bool is_enabled;
} WeirHostService;

/* Returns: (transfer full): WeirHostService, in the order of the flow. */
GPtrArray *weir_flow_host_list_services (WeirFlowHost *host);

/* Tries one; no edit happens meanwhile. Returns: (transfer full): WeirVerifyStep; NULL with
 * @error. */
GPtrArray *weir_flow_host_verify (WeirFlowHost *host, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFlowHost, weir_flow_host_free)
