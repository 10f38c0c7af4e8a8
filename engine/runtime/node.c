/* node.c: when a node runs, and what keeps it from running. The run word is the whole protocol: who
 * adds a task to it pushes the node to the scheduler; a task that ends looks whether it was asked
 * again and either stays or takes itself off. */
#include "runtime/node.h"

#include "runtime/activation.h"
#include "runtime/engine.h"
#include "runtime/running.h"
#include "runtime/schedule.h"
#include "runtime/scheduler.h"
#include "runtime/worker.h"

void
weir_node_arm (WeirNode *node, int64_t when)
{
  weir_timers_arm (node->engine->timers, &node->timer, when);
}

void
weir_node_wake (WeirNode *node, WeirWorker *worker)
{
  uint32_t run = atomic_load (&node->run);

  for (;;) {
    uint32_t active = run & ~WEIR_RUN_AGAIN;

    if (active >= atomic_load (&node->max_tasks)) {
      /* Written even if it is there already, so that who takes the mark sees what this caller did.
       */
      if (atomic_compare_exchange_weak (&node->run, &run, run | WEIR_RUN_AGAIN))
        return;
    } else if (atomic_compare_exchange_weak (&node->run, &run, run + 1)) {
      weir_scheduler_push (node->engine->scheduler, worker, node, WEIR_PUSH_NEXT);
      return;
    }
  }
}

/* Connections from a node to itself do not hold it up: only it can empty them. */
static bool
holds_up (WeirQueue *queue)
{
  return queue->source != queue->target && weir_queue_is_full (queue);
}

bool
weir_node_has_room (WeirNode *node, unsigned relationship)
{
  const WeirRoute *route = &node->routes[relationship];

  for (unsigned i = 0; i < route->n; i++)
    if (holds_up (route->queues[i]))
      return false;
  return true;
}

uint32_t
weir_node_count_rooms (const WeirNode *node)
{
  uint32_t n = 0;

  for (unsigned i = 0; i < node->n_outputs; i++)
    n += atomic_load (&node->outputs[i]->n_rooms);
  return n * 2 + 1;
}

/* It was told that there is no room where it wanted to send something, and nothing is new. */
static bool
waits_for_room (WeirNode *node)
{
  uint32_t seen = atomic_load (&node->rooms_seen);

  return seen != 0 && seen == weir_node_count_rooms (node);
}

bool
weir_node_is_blocked (WeirNode *node)
{
  bool any = node->type->any_destination;
  unsigned n_full = 0;

  /* A port or funnel that leads nowhere keeps what it has. */
  if (node->n_outputs == 0 && atomic_load (&node->component)->kind != WEIR_KIND_PROCESSOR)
    return true;
  for (unsigned i = 0; i < node->n_outputs; i++) {
    if (!holds_up (node->outputs[i]))
      continue;
    if (!any)
      return true;
    n_full++;
  }
  return n_full > 0 && n_full == node->n_outputs;
}

static bool
has_input (WeirNode *node, int64_t monotonic, int64_t *ret_due)
{
  *ret_due = INT64_MAX;
  for (unsigned i = 0; i < node->n_inputs; i++) {
    if (weir_queue_has_ready (node->inputs[i], monotonic))
      return true;
    *ret_due = MIN (*ret_due, atomic_load (&node->inputs[i]->next_due));
  }
  return false;
}

bool
weir_node_has_ready (WeirNode *node)
{
  int64_t due;

  return has_input (node, weir_clock_get_monotonic (node->engine->clock), &due);
}

bool
weir_node_has_queued (WeirNode *node)
{
  for (unsigned i = 0; i < node->n_inputs; i++)
    if (atomic_load (&node->inputs[i]->count) > 0)
      return true;
  return false;
}

WeirWait
weir_node_get_wait (WeirNode *node, int64_t monotonic, int64_t *ret_until)
{
  WeirPhase phase = atomic_load (&node->phase);
  int64_t yield_until = atomic_load (&node->yield_until);
  int64_t due = atomic_load (&node->due);
  int64_t wake_at = atomic_load (&node->wake_at);
  int64_t penalty_end = INT64_MAX;
  int64_t until = INT64_MAX;
  WeirWait wait = WEIR_WAIT_NONE;

  if (phase == WEIR_PHASE_STOPPED || phase == WEIR_PHASE_STOPPING) {
    wait = WEIR_WAIT_STOPPED;
  } else if (phase == WEIR_PHASE_STARTING) {
    if (yield_until > monotonic) {
      wait = WEIR_WAIT_YIELD;
      until = yield_until;
    }
  } else if (wake_at > monotonic && !node->is_source &&
             !has_input (node, monotonic, &penalty_end)) {
    wait = penalty_end < INT64_MAX ? WEIR_WAIT_PENALTY : WEIR_WAIT_INPUT;
    until = MIN (penalty_end, wake_at);
  } else if (yield_until > monotonic) {
    wait = WEIR_WAIT_YIELD;
    until = yield_until;
  } else if (due > monotonic) {
    wait = WEIR_WAIT_SCHEDULE;
    until = due;
  } else if (waits_for_room (node) || weir_node_is_blocked (node)) {
    wait = WEIR_WAIT_ROOM;
  } else if (node->is_source &&
             atomic_load_explicit (&node->engine->is_disk_low, memory_order_relaxed)) {
    wait = WEIR_WAIT_DISK;
  }
  if (ret_until != NULL)
    *ret_until = until;
  return wait;
}

/* The last task of a node that is being stopped alone finishes it; others leave. */
static void
depart (WeirNode *node, WeirWorker *worker)
{
  uint32_t run = atomic_load (&node->run);
  uint32_t next;

  /* When this is not the last task, the last one may let go of it. */
  weir_worker_rest (worker);
  do {
    bool is_last = (run & ~WEIR_RUN_AGAIN) == 1;
    next = is_last ? WEIR_RUN_BARRED : run - 1;
  } while (!atomic_compare_exchange_weak (&node->run, &run, next));
  if (next == WEIR_RUN_BARRED)
    weir_node_depart (node, worker);
}

/* This task is over unless somebody asked for one meanwhile. */
static bool
leave (WeirNode *node)
{
  uint32_t run = atomic_load (&node->run);

  for (;;) {
    uint32_t next = (run & WEIR_RUN_AGAIN) != 0 ? run & ~WEIR_RUN_AGAIN : run - 1;

    if (atomic_compare_exchange_weak (&node->run, &run, next))
      return (run & WEIR_RUN_AGAIN) == 0;
  }
}

/* A node that rests empties no queue by half: who waits for room is told what there is. */
static void
tell_sources (WeirNode *node, WeirWorker *worker)
{
  for (unsigned i = 0; i < node->n_inputs; i++)
    if (weir_queue_has_room_again (node->inputs[i]))
      weir_node_wake (node->inputs[i]->source, worker);
}

void
weir_node_run (WeirNode *node, WeirWorker *worker)
{
  WeirScheduler *scheduler = node->engine->scheduler;
  int64_t now = weir_clock_get_monotonic (node->engine->clock);
  int64_t until;
  WeirWait wait;

  if (weir_node_get_wait (node, now, NULL) == WEIR_WAIT_NONE) {
    bool is_once = atomic_load_explicit (&node->phase, memory_order_relaxed) == WEIR_PHASE_ONCE;

    weir_activation_run (node, worker);
    if (is_once)
      weir_node_end_once (node);
    now = weir_clock_get_monotonic (node->engine->clock);
  }
  wait = weir_node_get_wait (node, now, &until);
  if (wait == WEIR_WAIT_NONE) {
    weir_scheduler_push (scheduler, worker, node, WEIR_PUSH_LAST);
  } else if (wait == WEIR_WAIT_STOPPED && atomic_load (&node->is_leaving)) {
    depart (node, worker);
  } else {
    tell_sources (node, worker);
    if (until < INT64_MAX)
      weir_node_arm (node, until);
    if (!leave (node))
      weir_scheduler_push (scheduler, worker, node, WEIR_PUSH_LAST);
  }
  weir_scheduler_done (scheduler);
}

static void
on_timer (void *data)
{
  weir_node_wake (data, NULL);
}

void
weir_node_start (WeirNode *node)
{
  int64_t due = node->mode == WEIR_SCHEDULE_CRON ? weir_node_get_cron_due (node) : 0;

  node->timer.func = on_timer;
  node->timer.data = node;
  atomic_store (&node->due, due);
  atomic_store (&node->yield_until, 0);
  atomic_store (&node->wake_at, INT64_MAX);
  atomic_store (&node->rooms_seen, 0);
  atomic_store (&node->is_dry, node->mode == WEIR_SCHEDULE_CRON);
  atomic_store (&node->max_tasks, 1); /* until on_scheduled has been called */
  atomic_store (&node->batch, 1);
  atomic_store (&node->phase, WEIR_PHASE_STARTING);
  atomic_fetch_and (&node->run, ~WEIR_RUN_BARRED);
  weir_node_wake (node, NULL);
}

bool
weir_node_stop (WeirNode *node)
{
  atomic_store (&node->phase, WEIR_PHASE_STOPPING);
  weir_timers_cancel (node->engine->timers, &node->timer);
  return (atomic_load (&node->run) & ~WEIR_RUN_AGAIN) == 0;
}

void
weir_node_end (WeirNode *node)
{
  if (node->config != NULL && node->type->on_stopped != NULL)
    node->type->on_stopped (node->module_state);
  for (WeirHeld *held = node->held, *next; held != NULL; held = next) {
    WeirList list = { 0 };
    next = held->next;
    weir_list_append (&list, held->record.flowfile);
    weir_queue_return (held->record.source, &list);
    g_free (held);
  }
  node->held = NULL;
  weir_node_unschedule (node);
  weir_arena_clear (&node->evaluated);
}

void
weir_node_finish (WeirNode *node)
{
  weir_node_end (node);
  atomic_store (&node->phase, WEIR_PHASE_STOPPED);
}
