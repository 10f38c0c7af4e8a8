/* flow-host.c: life and what people start and stop; edits are in flow-host-edit.c. */
#include "control/flow-host-parts.h"

#include "base/error.h"
#include "runtime/running.h"

#include <stdlib.h>

WeirEditLog *
weir_flow_host_open_edits (WeirFlowHost *host, GError **error)
{
  g_autofree char *path = NULL;

  if (host->edits != NULL)
    return host->edits;
  if (host->data_dir != NULL)
    path = g_build_filename (host->data_dir, "edits.db", NULL);
  host->edits = weir_edit_log_open (path, error);
  return host->edits;
}

static bool
stop_what_was_stopped (WeirFlowHost *host, GError **error)
{
  WeirEditLog *edits = weir_flow_host_open_edits (host, error);
  g_autofree char **paths = NULL;

  g_clear_pointer (&host->stopped, g_hash_table_unref);
  host->stopped = edits != NULL ? weir_edit_log_get_stopped (edits, error) : NULL;
  if (host->stopped == NULL)
    return false;
  paths = (char **)g_hash_table_get_keys_as_array (host->stopped, NULL);
  weir_engine_set_stopped (host->engine, (const char *const *)paths);
  weir_document_set_revision (host->document, 1 + weir_edit_log_get_revision (edits));
  return true;
}

static void
on_bulletin (void *data, const WeirBulletin *bulletin)
{
  WeirFlowHost *host = data;
  WeirObserver *observer = atomic_load (&host->observer);

  /* While the data directory is opened, there is none yet. */
  if (observer != NULL)
    weir_observer_on_bulletin (observer, bulletin);
  if (host->on_bulletin != NULL)
    host->on_bulletin (host->data, bulletin);
}

static void
on_failure (void *data, const GError *error)
{
  WeirFlowHost *host = data;

  if (host->on_failure != NULL)
    host->on_failure (host->data, error);
}

/* As a bulletin of the host, so that it comes where people look. */
static void
on_message (void *data, const char *message)
{
  WeirFlowHost *host = data;
  WeirBulletin bulletin = { .wall = g_get_real_time (),
                            .level = WEIR_LOG_WARNING,
                            .component = (char *)"history",
                            .name = (char *)"history",
                            .message = (char *)message };

  if (host->on_bulletin != NULL)
    host->on_bulletin (host->data, &bulletin);
}

/* The engine has made the data directory by now. */
static bool
observe (WeirFlowHost *host, GError **error)
{
  const WeirObserverOptions options = { .name = host->name,
                                        .directory = host->data_dir,
                                        .clock = host->engine->clock,
                                        .on_message = on_message,
                                        .data = host };

  atomic_store (&host->observer, weir_observer_new (&options, error));
  return host->observer != NULL;
}

static bool
load (WeirFlowHost *host, const WeirFlowHostOptions *options, GError **error)
{
  g_autoptr (WeirResolver) resolver = NULL;
  g_autoptr (WeirFlow) flow = weir_document_get_runnable (host->document, &resolver);
  WeirEngineOptions engine = options->engine;

  engine.registry = host->context->registry;
  host->on_bulletin = engine.on_bulletin;
  host->on_failure = engine.on_failure;
  host->data = engine.data;
  engine.on_bulletin = on_bulletin;
  engine.on_failure = on_failure;
  engine.data = host;
  host->engine = weir_engine_new (&engine, error);
  if (host->engine == NULL || !observe (host, error) ||
      !weir_engine_load (host->engine, flow, resolver, error))
    return false;
  return !options->keeps_stopped || stop_what_was_stopped (host, error);
}

WeirFlowHost *
weir_flow_host_new (const WeirFlowHostOptions *options, WeirDocument *document, GError **error)
{
  g_autoptr (WeirFlowHost) host = g_new0 (WeirFlowHost, 1);

  pthread_mutex_init (&host->editing, NULL);
  pthread_mutex_init (&host->lock, NULL);
  host->name = g_strdup (options->name);
  host->path = options->path != NULL ? realpath (options->path, NULL) : NULL;
  host->data_dir = g_strdup (options->engine.data_dir);
  host->context = options->context;
  host->document = weir_document_ref (document);
  host->stopped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return weir_flow_host_look_at_file (host, error) && load (host, options, error)
             ? g_steal_pointer (&host)
             : NULL;
}

void
weir_flow_host_start (WeirFlowHost *host)
{
  host->start = g_get_monotonic_time ();
  weir_engine_start (host->engine);
  weir_observer_start (host->observer, host->engine);
}

bool
weir_flow_host_stop (WeirFlowHost *host, int64_t usec)
{
  weir_observer_stop (host->observer);
  return weir_engine_stop (host->engine, usec);
}

void
weir_flow_host_free (WeirFlowHost *host)
{
  if (host == NULL)
    return;
  if (host->engine != NULL)
    weir_engine_free (host->engine);
  weir_observer_free (host->observer);
  weir_edit_log_free (host->edits);
  g_hash_table_unref (host->stopped);
  weir_document_unref (host->document);
  pthread_mutex_destroy (&host->editing);
  pthread_mutex_destroy (&host->lock);
  g_free (host->digest);
  g_free (host->data_dir);
  free (host->path);
  g_free (host->name);
  g_free (host);
}

const char *
weir_flow_host_get_name (const WeirFlowHost *host)
{
  return host->name;
}

const char *
weir_flow_host_get_data_dir (const WeirFlowHost *host)
{
  return host->data_dir;
}

WeirEngine *
weir_flow_host_get_engine (WeirFlowHost *host)
{
  return host->engine;
}

WeirObserver *
weir_flow_host_get_observer (WeirFlowHost *host)
{
  return host->observer;
}

WeirRegistry *
weir_flow_host_get_registry (WeirFlowHost *host)
{
  return host->context->registry;
}

int64_t
weir_flow_host_get_start (const WeirFlowHost *host)
{
  return host->start;
}

WeirDocument *
weir_flow_host_ref_document (WeirFlowHost *host)
{
  WEIR_LOCKED (&host->lock);
  return weir_document_ref (host->document);
}

/* --- what people start and stop --- */

bool
weir_flow_host_note_stopped (WeirFlowHost *host, const char *path, bool is_stopped, GError **error)
{
  WeirEditLog *edits = weir_flow_host_open_edits (host, error);

  if (g_hash_table_contains (host->stopped, path) == is_stopped)
    return true;
  if (edits == NULL || !weir_edit_log_set_stopped (edits, path, is_stopped, error))
    return false;
  if (is_stopped)
    g_hash_table_add (host->stopped, g_strdup (path));
  else
    g_hash_table_remove (host->stopped, path);
  return true;
}

/* A group is all that is in it now: what comes into it later is not meant. */
static bool
note_component (WeirFlowHost *host, const WeirComponent *component, bool is_stopped, GError **error)
{
  const GPtrArray *children;

  if (component->kind == WEIR_KIND_PROCESSOR || component->kind == WEIR_KIND_PORT ||
      component->kind == WEIR_KIND_FUNNEL) {
    g_autofree char *path = weir_component_get_path (component);

    return weir_flow_host_note_stopped (host, path, is_stopped, error);
  }
  if (component->kind != WEIR_KIND_GROUP)
    return true;
  children = ((const WeirGroup *)component)->children;
  for (guint i = 0; i < children->len; i++)
    if (!note_component (host, children->pdata[i], is_stopped, error))
      return false;
  return true;
}

static bool
note_all (WeirFlowHost *host, const char *const *paths, bool is_stopped, GError **error)
{
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (host);
  const WeirFlow *flow = weir_document_get_flow (document);

  for (; *paths != NULL; paths++) {
    const WeirComponent *component =
        (*paths)[0] != '\0' ? weir_flow_find (flow, *paths) : &flow->root->base;

    if (component != NULL && !note_component (host, component, is_stopped, error))
      return false;
  }
  return true;
}

/* Returns: (transfer full) (nullable): what is wrong with the component at @path itself. */
static char *
find_error (const WeirDocument *document, const char *path)
{
  const GPtrArray *problems = weir_document_get_problems (document);

  for (guint i = 0; i < problems->len; i++) {
    const WeirProblem *problem = problems->pdata[i];

    if (problem->severity == WEIR_SEVERITY_ERROR && g_str_equal (problem->path, path))
      return g_strdup_printf ("%s: %s", problem->message, problem->advice);
  }
  return NULL;
}

static bool
check_startable (WeirFlowHost *host, const char *path, GError **error)
{
  g_autoptr (WeirDocument) document = weir_flow_host_ref_document (host);
  g_autofree char *wrong = path[0] != '\0' ? find_error (document, path) : NULL;

  if (wrong == NULL)
    return true;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s cannot be started: %s", path, wrong);
  return false;
}

bool
weir_flow_host_start_parts (WeirFlowHost *host, const char *const *paths, unsigned *ret_n,
                            GError **error)
{
  WEIR_LOCKED (&host->editing);

  for (const char *const *path = paths; *path != NULL; path++)
    if (!check_startable (host, *path, error))
      return false;
  return weir_engine_start_nodes (host->engine, paths, ret_n, error) &&
         note_all (host, paths, false, error);
}

bool
weir_flow_host_stop_parts (WeirFlowHost *host, const char *const *paths, int64_t usec,
                           unsigned *ret_n, GError **error)
{
  {
    WEIR_LOCKED (&host->editing);
    if (!weir_engine_stop_nodes (host->engine, paths, ret_n, error) ||
        !note_all (host, paths, true, error))
      return false;
  }
  return weir_engine_wait_stopped (host->engine, paths, usec, error);
}

bool
weir_flow_host_run_once (WeirFlowHost *host, const char *path, GError **error)
{
  WEIR_LOCKED (&host->editing);

  return check_startable (host, path, error) && weir_engine_run_once (host->engine, path, error);
}
