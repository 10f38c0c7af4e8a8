/* running.c: one lock for what is wanted of all nodes; whoever changes that, or has brought a node
 * to rest, has it follow. */
#include "runtime/running.h"

#include "runtime/scheduler.h"
#include "runtime/worker.h"

#include <string.h>
#include <weir/error.h>

static bool
is_active (WeirPhase phase)
{
  return phase != WEIR_PHASE_STOPPED && phase != WEIR_PHASE_STOPPING;
}

/* Call with the wishes held. */
static void
follow (WeirNode *node)
{
  WeirPhase phase = atomic_load (&node->phase);
  bool should_run = node->engine->is_running && node->wish != WEIR_WISH_STOPPED && !node->is_kept &&
                    !node->is_disabled;

  if (should_run && phase == WEIR_PHASE_STOPPED) {
    atomic_store (&node->is_leaving, false);
    weir_node_start (node);
  } else if (!should_run && is_active (phase) && node->engine->is_running) {
    atomic_store (&node->is_leaving, true);
    weir_node_stop (node);
    weir_node_wake (node, NULL);
  }
}

void
weir_node_want (WeirNode *node, WeirWish wish)
{
  WEIR_LOCKED (&node->engine->wishes);
  node->wish = wish;
  follow (node);
}

void
weir_node_end_once (WeirNode *node)
{
  WeirPhase once = WEIR_PHASE_ONCE;
  WEIR_LOCKED (&node->engine->wishes);

  if (node->wish == WEIR_WISH_ONCE)
    node->wish = WEIR_WISH_STOPPED;
  else /* it was started meanwhile */
    atomic_compare_exchange_strong (&node->phase, &once, WEIR_PHASE_RUNNING);
  follow (node);
}

void
weir_nodes_keep (const GPtrArray *nodes, bool is_kept)
{
  for (guint i = 0; i < nodes->len; i++) {
    WeirNode *node = nodes->pdata[i];
    WEIR_LOCKED (&node->engine->wishes);

    node->is_kept = is_kept;
    follow (node);
  }
}

/* Effects may use what on_stopped lets go of. Returns: false: the engine ends, and does it. */
static bool
wait_for_effects (WeirNode *node)
{
  WeirEngine *engine = node->engine;

  if (engine->data == NULL || atomic_load (&node->n_effects) == 0)
    return true;
  weir_data_hurry (engine->data, weir_data_get_appended (engine->data));
  return weir_effects_wait (engine->effects, &node->n_effects);
}

void
weir_node_depart (WeirNode *node, WeirWorker *worker)
{
  WeirEngine *engine = node->engine;

  weir_worker_work (worker);
  if (!wait_for_effects (node))
    return;
  weir_node_end (node);
  weir_worker_rest (worker);
  pthread_mutex_lock (&engine->wishes);
  atomic_store (&node->phase, WEIR_PHASE_STOPPED);
  follow (node);
  pthread_mutex_unlock (&engine->wishes);
  /* From here on the node may be gone. */
  weir_scheduler_tell_rest (engine->scheduler);
}

WeirNode *
weir_nodes_wait (WeirEngine *engine, const GPtrArray *nodes, int64_t usec)
{
  int64_t end = weir_time_add (g_get_monotonic_time (), usec);

  for (guint i = 0; i < nodes->len;) {
    WeirNode *node = nodes->pdata[i];
    uint64_t rests = weir_scheduler_get_rests (engine->scheduler);
    int64_t left = end - g_get_monotonic_time ();
    WeirPhase phase;

    pthread_mutex_lock (&engine->wishes);
    phase = atomic_load (&node->phase);
    pthread_mutex_unlock (&engine->wishes);
    if (phase == WEIR_PHASE_STOPPED)
      i++;
    else if (left <= 0 || (engine->by_hand && !weir_scheduler_step (engine->scheduler)))
      return node;
    else if (!engine->by_hand)
      weir_scheduler_wait_rest (engine->scheduler, rests, left);
  }
  return NULL;
}

/* --- what people ask for --- */

static bool
is_in (const char *path, const char *group)
{
  size_t n = strlen (group);

  return n == 0 || (strncmp (path, group, n) == 0 && (path[n] == '\0' || path[n] == '/'));
}

/* Returns: (transfer full): WeirNode; NULL with @error. */
static GPtrArray *
select_nodes (WeirEngine *engine, const char *const *paths, GError **error)
{
  g_autoptr (GPtrArray) selected = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_node_unref);
  g_autoptr (GPtrArray) nodes = weir_engine_hold_nodes (engine);

  for (; *paths != NULL; paths++) {
    bool is_there = **paths == '\0';

    for (guint i = 0; i < nodes->len; i++) {
      WeirNode *node = nodes->pdata[i];

      if (!is_in (node->path, *paths))
        continue;
      is_there = true;
      g_ptr_array_add (selected, weir_node_ref (node));
    }
    if (!is_there) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                   "there is nothing at \"%s\" that could run", *paths);
      return NULL;
    }
  }
  return g_steal_pointer (&selected);
}

static bool
want_all (WeirEngine *engine, const char *const *paths, WeirWish wish, unsigned *ret_n,
          GError **error)
{
  g_autoptr (GPtrArray) nodes = select_nodes (engine, paths, error);
  unsigned n = 0;

  if (nodes == NULL)
    return false;
  for (guint i = 0; i < nodes->len; i++) {
    WeirNode *node = nodes->pdata[i];
    WEIR_LOCKED (&engine->wishes);

    if (node->wish != wish && !node->is_disabled)
      n++;
    node->wish = wish;
    follow (node);
  }
  if (ret_n != NULL)
    *ret_n = n;
  return true;
}

bool
weir_engine_start_nodes (WeirEngine *engine, const char *const *paths, unsigned *ret_n,
                         GError **error)
{
  return want_all (engine, paths, WEIR_WISH_RUNNING, ret_n, error);
}

bool
weir_engine_stop_nodes (WeirEngine *engine, const char *const *paths, unsigned *ret_n,
                        GError **error)
{
  return want_all (engine, paths, WEIR_WISH_STOPPED, ret_n, error);
}

bool
weir_engine_wait_stopped (WeirEngine *engine, const char *const *paths, int64_t usec,
                          GError **error)
{
  g_autoptr (GPtrArray) nodes = select_nodes (engine, paths, error);
  WeirNode *busy;

  if (nodes == NULL)
    return false;
  busy = weir_nodes_wait (engine, nodes, usec);
  if (busy != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                 "%s has not come back from its work yet; it stops as soon as it does", busy->path);
  return busy == NULL;
}

bool
weir_engine_run_once (WeirEngine *engine, const char *path, GError **error)
{
  const char *const paths[] = { path, NULL };
  g_autoptr (GPtrArray) nodes = select_nodes (engine, paths, error);
  const char *problem = NULL;
  WeirNode *node;

  if (nodes == NULL)
    return false;
  node = nodes->pdata[0];
  pthread_mutex_lock (&engine->wishes);
  if (nodes->len != 1 || strcmp (node->path, path) != 0)
    problem = "only a single component can be run once";
  else if (node->is_disabled)
    problem = "it is disabled; enable it first";
  else if (node->wish != WEIR_WISH_STOPPED || atomic_load (&node->phase) != WEIR_PHASE_STOPPED)
    problem = "it runs; stop it first";
  if (problem == NULL) {
    node->wish = WEIR_WISH_ONCE;
    follow (node);
  }
  pthread_mutex_unlock (&engine->wishes);
  if (problem != NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID, "%s: %s", path, problem);
  return problem == NULL;
}

/* --- the engine --- */

static bool
is_held_back (const WeirEngine *engine, const WeirNode *node)
{
  for (char **path = engine->stopped; path != NULL && *path != NULL; path++)
    if (is_in (node->path, *path))
      return true;
  return false;
}

void
weir_engine_set_stopped (WeirEngine *engine, const char *const *paths)
{
  g_strfreev (engine->stopped);
  engine->stopped = g_strdupv ((char **)paths);
}

void
weir_running_begin (WeirEngine *engine)
{
  WEIR_LOCKED (&engine->wishes);
  engine->is_running = true;
  for (guint i = 0; i < engine->nodes->len; i++) {
    WeirNode *node = engine->nodes->pdata[i];

    node->wish = is_held_back (engine, node) ? WEIR_WISH_STOPPED : WEIR_WISH_RUNNING;
    follow (node);
  }
}

void
weir_running_end (WeirEngine *engine)
{
  WEIR_LOCKED (&engine->wishes);
  engine->is_running = false;
  for (guint i = 0; i < engine->nodes->len; i++)
    weir_node_stop (engine->nodes->pdata[i]);
  if (engine->effects != NULL)
    weir_effects_give_up (engine->effects);
}
