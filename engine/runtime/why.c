/* why.c: the shape is held while it looks, so that nothing goes below it. */
#include "runtime/why.h"

#include "base/units.h"
#include "runtime/scheduler.h"

#include <string.h>
#include <weir/error.h>

static const char *const codes[] = {
  [WEIR_WHY_RUNS] = "runs",           [WEIR_WHY_DISABLED] = "disabled",
  [WEIR_WHY_STOPPED] = "stopped",     [WEIR_WHY_STOPPING] = "stopping",
  [WEIR_WHY_EDITED] = "edited",       [WEIR_WHY_FAILS_TO_START] = "fails-to-start",
  [WEIR_WHY_STARTING] = "starting",   [WEIR_WHY_INPUT] = "no-input",
  [WEIR_WHY_PENALTY] = "penalty",     [WEIR_WHY_ROOM] = "no-room",
  [WEIR_WHY_DISK] = "disk-low",       [WEIR_WHY_SCHEDULE] = "schedule",
  [WEIR_WHY_YIELD] = "yield",         [WEIR_WHY_WORKERS] = "no-worker",
  [WEIR_WHY_ENGINE] = "flow-stopped",
};

typedef struct {
  WeirEngine *engine;
  WeirNode *node;
  GPtrArray *all; /* WeirWhy */
  int64_t monotonic;
  int64_t wall;
  int64_t until; /* of the first reason, monotonic */
} Ask;

static void
why_free (void *data)
{
  WeirWhy *why = data;

  g_free (why->text);
  g_free (why->advice);
  g_free (why->about);
  g_free (why);
}

/* @text: (transfer full). */
static WeirWhy *
add (Ask *ask, WeirWhyKind kind, char *text, const char *advice)
{
  WeirWhy *why = g_new0 (WeirWhy, 1);

  why->kind = kind;
  why->code = codes[kind];
  why->text = text;
  why->advice = g_strdup (advice);
  g_ptr_array_add (ask->all, why);
  return why;
}

static void
set_until (const Ask *ask, WeirWhy *why, int64_t monotonic)
{
  if (monotonic < INT64_MAX)
    why->until = weir_time_add (ask->wall, monotonic - ask->monotonic);
}

unsigned
weir_node_get_active (WeirNode *node)
{
  return atomic_load (&node->run) & ~(WEIR_RUN_AGAIN | WEIR_RUN_BARRED);
}

/* For how long the first worker that has it has been in it. Returns: whether one has. */
static bool
is_in_work (const Ask *ask, int64_t *ret_usec)
{
  WeirBusy busy[WEIR_BUSY_MAX];
  unsigned n = weir_scheduler_list_busy (ask->engine->scheduler, busy);

  for (unsigned i = 0; i < n; i++)
    if (busy[i].node == ask->node) {
      *ret_usec = busy[i].usec;
      return true;
    }
  return false;
}

/* --- it is not running --- */

static void
add_stopping (Ask *ask)
{
  int64_t usec = 0;
  g_autofree char *time = NULL;

  if (!is_in_work (ask, &usec)) {
    add (ask, WEIR_WHY_STOPPING,
         g_strdup ("it is being stopped; what it asked to be done outside is not done yet"), NULL);
    return;
  }
  time = weir_units_human_duration (usec);
  add (ask, WEIR_WHY_STOPPING,
       g_strdup_printf ("it is being stopped, and has been at its last work for %s", time),
       "wait; if it does not come back, see what it works on outside");
}

static void
add_not_running (Ask *ask, WeirPhase phase)
{
  if (atomic_load (&ask->node->is_kept))
    add (ask, WEIR_WHY_EDITED, g_strdup ("the flow is being edited; it goes on in a moment"), NULL);
  else if (phase == WEIR_PHASE_STOPPING)
    add_stopping (ask);
  else
    add (ask, WEIR_WHY_STOPPED, g_strdup ("it is stopped"), "start it");
}

static void
add_starting (Ask *ask)
{
  WeirNode *node = ask->node;
  WeirWhy *why;
  WEIR_LOCKED (&node->lock);

  if (node->failure == NULL) {
    add (ask, WEIR_WHY_STARTING, g_strdup ("it is being started"), NULL);
    return;
  }
  why = add (ask, WEIR_WHY_FAILS_TO_START, g_strdup_printf ("it cannot start: %s", node->failure),
             "mend that; it is tried again every 10 s");
  set_until (ask, why, atomic_load (&node->yield_until));
}

/* --- it waits --- */

static void
add_room (Ask *ask)
{
  WeirNode *node = ask->node;
  guint n_before = ask->all->len;

  for (unsigned i = 0; i < node->n_outputs; i++) {
    WeirQueue *queue = node->outputs[i];
    uint64_t count = atomic_load (&queue->count);
    g_autofree char *bytes = weir_units_human_size (atomic_load (&queue->bytes));
    WeirWhy *why;

    if (queue->source == queue->target || weir_queue_get_room (queue) > 0)
      continue;
    why = add (ask, WEIR_WHY_ROOM,
               g_strdup_printf ("the connection %s is full: it holds %" G_GUINT64_FORMAT
                                " FlowFiles (%s)",
                                queue->path, count, bytes),
               "see why what is behind it does not take them, or raise its limits");
    why->about = g_strdup (queue->path);
  }
  if (ask->all->len > n_before)
    return;
  if (node->n_outputs == 0)
    add (ask, WEIR_WHY_ROOM, g_strdup ("it leads nowhere, and keeps what it has"), "connect it");
  else
    add (ask, WEIR_WHY_ROOM, g_strdup ("a connection behind it had no room when it last looked"),
         NULL);
}

static void
add_input (Ask *ask)
{
  WeirNode *node = ask->node;
  WeirWhy *why;

  if (node->n_inputs == 0) {
    add (ask, WEIR_WHY_INPUT, g_strdup ("nothing leads to it"), "connect it");
    return;
  }
  why = add (ask, WEIR_WHY_INPUT, g_strdup ("nothing is queued in front of it"),
             "see why what is in front of it sends nothing, if it should");
  why->about = g_strdup (node->inputs[0]->source->path);
}

static void
add_yield (Ask *ask)
{
  bool is_dry = ask->node->is_source && atomic_load (&ask->node->is_dry);

  set_until (ask,
             add (ask, WEIR_WHY_YIELD,
                  g_strdup (is_dry ? "it found nothing to bring, and looks again later"
                                   : "it rests: its last work failed, or there was nothing to do"),
                  is_dry ? NULL : "its bulletins tell whether it failed"),
             ask->until);
}

static void
add_workers (Ask *ask)
{
  WeirBusy busy[WEIR_BUSY_MAX];
  unsigned n = weir_scheduler_list_busy (ask->engine->scheduler, busy);

  for (unsigned i = 0; i < n; i++) {
    g_autofree char *time = weir_units_human_duration (busy[i].usec);
    WeirWhy *why = add (ask, WEIR_WHY_WORKERS,
                        g_strdup_printf ("it waits for a worker: %s has one, for %s by now",
                                         busy[i].node->path, time),
                        NULL);
    why->about = g_strdup (busy[i].node->path);
  }
  if (n == 0)
    add (ask, WEIR_WHY_RUNS, g_strdup ("it runs"), NULL);
}

static void
add_nothing (Ask *ask)
{
  int64_t usec;

  if (weir_node_get_active (ask->node) > 0 && !is_in_work (ask, &usec))
    add_workers (ask);
  else
    add (ask, WEIR_WHY_RUNS, g_strdup ("it runs"), NULL);
}

static void
add_wait (Ask *ask, WeirWait wait)
{
  switch (wait) {
  case WEIR_WAIT_NONE:
    add_nothing (ask);
    break;
  case WEIR_WAIT_STOPPED:
    add_not_running (ask, atomic_load (&ask->node->phase));
    break;
  case WEIR_WAIT_INPUT:
    add_input (ask);
    break;
  case WEIR_WAIT_PENALTY:
    set_until (ask,
               add (ask, WEIR_WHY_PENALTY,
                    g_strdup ("what is queued in front of it waits for the end of its penalty"),
                    "the bulletins tell what failed with it"),
               ask->until);
    break;
  case WEIR_WAIT_ROOM:
    add_room (ask);
    break;
  case WEIR_WAIT_DISK:
    add (ask, WEIR_WHY_DISK, g_strdup ("the disk of the data directory is nearly full"),
         "make room there; what is queued goes on");
    break;
  case WEIR_WAIT_SCHEDULE:
    set_until (ask, add (ask, WEIR_WHY_SCHEDULE, g_strdup ("its schedule says later"), NULL),
               ask->until);
    break;
  case WEIR_WAIT_YIELD:
    add_yield (ask);
    break;
  }
}

/* What would keep it from running next. */
static void
add_rest (Ask *ask, WeirWait wait)
{
  WeirNode *node = ask->node;

  if (wait == WEIR_WAIT_NONE || wait == WEIR_WAIT_STOPPED)
    return;
  if (wait != WEIR_WAIT_ROOM && weir_node_is_blocked (node))
    add_room (ask);
  if (wait != WEIR_WAIT_DISK && node->is_source && atomic_load (&ask->engine->is_disk_low))
    add_wait (ask, WEIR_WAIT_DISK);
}

static void
answer (Ask *ask)
{
  WeirNode *node = ask->node;
  WeirWait wait = weir_node_get_wait (node, ask->monotonic, &ask->until);

  if (node->is_disabled) {
    add (ask, WEIR_WHY_DISABLED, g_strdup ("it is disabled"), "enable it, and start it");
  } else if (!ask->engine->is_started) {
    add (ask, WEIR_WHY_ENGINE, g_strdup ("the flow does not run"), "start the flow");
  } else if (atomic_load (&node->phase) == WEIR_PHASE_STARTING) {
    add_starting (ask);
  } else {
    add_wait (ask, wait);
    add_rest (ask, wait);
  }
}

GPtrArray *
weir_engine_why (WeirEngine *engine, const char *path, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (why_free);
  Ask ask = { .engine = engine,
              .all = all,
              .monotonic = weir_clock_get_monotonic (engine->clock),
              .wall = weir_clock_get_wall (engine->clock) };
  WEIR_LOCKED (&engine->shape);

  for (guint i = 0; i < engine->nodes->len && ask.node == NULL; i++) {
    WeirNode *node = engine->nodes->pdata[i];
    if (strcmp (node->path, path) == 0)
      ask.node = node;
  }
  if (ask.node == NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                 "there is nothing at \"%s\" that could run", path);
    return NULL;
  }
  answer (&ask);
  return g_steal_pointer (&all);
}
