/* engine.c: the order in which things start and stop, and when there is nothing left to do. */
#include "runtime/engine.h"

#include "base/host.h"
#include "base/limits.h"
#include "runtime/backlog.h"
#include "runtime/build.h"
#include "runtime/commit.h"
#include "runtime/disk-guard.h"
#include "runtime/recording.h"
#include "runtime/restore.h"
#include "runtime/running.h"
#include "runtime/worker.h"

#include <unistd.h>

static void on_expiry_timer (void *data);

static unsigned
count_workers (const WeirEngineOptions *options)
{
  if (options->by_hand)
    return 0;
  return options->n_workers > 0 ? options->n_workers : g_get_num_processors ();
}

static void
on_durable (void *data, uint64_t durable)
{
  WeirEngine *engine = data;

  weir_effects_on_durable (engine->effects, durable);
}

static void
on_failure (void *data, const GError *error)
{
  WeirEngine *engine = data;

  if (engine->on_failure != NULL)
    engine->on_failure (engine->failure_data, error);
}

static void
on_effects_rest (void *data)
{
  WeirEngine *engine = data;

  weir_scheduler_tell_rest (engine->scheduler);
}

static bool
open_store (WeirEngine *engine, const WeirEngineOptions *options, GError **error)
{
  WeirDataOptions data = { .directory = options->data_dir,
                           .owner = options->owner != NULL ? options->owner : "",
                           .durability = options->durability,
                           .clock = engine->clock,
                           .fs = options->fs,
                           .segment_size = options->segment_size,
                           .checkpoint_bytes = options->checkpoint_bytes,
                           .patience_usec = options->patience_usec > 0 ? options->patience_usec
                                                                       : WEIR_LIMIT_FRAME_USEC,
                           .archive_bytes = options->archive_bytes,
                           .archive_usec = WEIR_LIMIT_ARCHIVE_USEC,
                           .on_durable = on_durable,
                           .on_failure = on_failure,
                           .on_low = weir_disk_guard_on_low,
                           .on_applied = weir_backlog_on_applied,
                           .data = engine };

  engine->stranded = g_ptr_array_new ();
  if (options->data_dir == NULL || options->durability == WEIR_DURABILITY_MEMORY) {
    engine->store = engine->own_store = weir_content_store_new (options->content_dir, NULL, error);
    return engine->store != NULL;
  }
  engine->on_failure = options->on_failure;
  engine->failure_data = options->data;
  engine->effects = weir_effects_new (on_effects_rest, engine);
  engine->data = weir_data_open (&data, error);
  if (engine->data == NULL)
    return false;
  engine->store = weir_data_get_contents (engine->data);
  engine->has_provenance = !options->without_provenance;
  engine->partition_bytes = options->partition_bytes;
  engine->provenance_usec = options->provenance_usec;
  engine->provenance_dir = g_build_filename (options->data_dir, "provenance", NULL);
  engine->fs = options->fs;
  return true;
}

static void
close_store (WeirEngine *engine)
{
  weir_data_free (engine->data);
  g_free (engine->provenance_dir);
  weir_effects_free (engine->effects);
  weir_content_store_free (engine->own_store);
  g_ptr_array_unref (engine->stranded);
}

WeirEngine *
weir_engine_new (const WeirEngineOptions *options, GError **error)
{
  WeirEngine *engine = g_new0 (WeirEngine, 1);
  uint64_t seed = options->seed != 0 ? options->seed : weir_random_system_seed ();

  engine->clock = options->clock != NULL ? options->clock : weir_clock_system ();
  if (!open_store (engine, options, error)) {
    close_store (engine);
    g_free (engine);
    return NULL;
  }
  weir_disk_guard_init (engine);
  weir_backlog_init (engine);
  engine->registry = options->registry;
  engine->session_max = options->session_max > 0 ? options->session_max : SIZE_MAX;
  engine->entry_max = options->entry_max > 0 ? options->entry_max : WEIR_LIMIT_ENTRY;
  engine->queue_front = options->queue_front;
  engine->by_hand = options->by_hand;
  weir_random_init (&engine->random, seed);
  engine->install_id = weir_random_next (&engine->random);
  engine->next_id = 1;
  engine->depot = weir_depot_new ();
  engine->board = weir_board_new (options->on_bulletin, options->data);
  engine->services = weir_services_new (engine);
  engine->timers = weir_timers_new (engine->clock);
  engine->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_node_unref);
  engine->queues = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_queue_unref);
  engine->states =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)weir_state_free);
  engine->stopped = g_strdupv ((char **)options->stopped);
  pthread_mutex_init (&engine->control, NULL);
  pthread_mutex_init (&engine->shape, NULL);
  pthread_mutex_init (&engine->wishes, NULL);
  engine->scheduler = weir_scheduler_new (engine, count_workers (options));
  engine->hostname = g_strdup (g_get_host_name ());
  engine->address = weir_host_get_address ();
  engine->scope = (WeirExprScope){ .clock = engine->clock,
                                   .random = &engine->random,
                                   .next_int = &engine->next_int,
                                   .hostname = engine->hostname,
                                   .full_hostname = engine->hostname,
                                   .address = engine->address };
  engine->expiry_timer.func = on_expiry_timer;
  engine->expiry_timer.data = engine;
  weir_session_init (&engine->expiry_session, engine);
  return engine;
}

/* No session commits any more: waits for the disk, then for what that allows. When the disk has
 * failed, the failure was told. Nothing that a FlowFile refers to is let go from now on.
 * Returns: false when an effect did not return. */
static bool
end_log (WeirEngine *engine, int64_t usec)
{
  if (engine->data == NULL)
    return true;
  weir_data_stop (engine->data);
  weir_recording_stop (engine);
  return weir_effects_stop (engine->effects, usec);
}

static void
empty_queue (WeirQueue *queue, WeirMagazine *magazine)
{
  WeirList list = { 0 };

  weir_backlog_drop (queue, magazine);
  weir_queue_pop (queue, SIZE_MAX, 0, INT64_MAX, &list, &list);
  /* Those that waited for the end of a penalty may be in there now. */
  weir_backlog_drop (queue, magazine);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&list)) != NULL;)
    weir_flowfile_free (magazine, flowfile);
}

/* Nothing runs any more: what is queued or expired is freed on the calling thread. */
static void
empty_queues (WeirEngine *engine)
{
  WeirMagazine *magazine =
      &weir_worker_get_session (weir_scheduler_get_first_worker (engine->scheduler))->magazine;

  for (guint i = 0; i < engine->queues->len; i++)
    empty_queue (engine->queues->pdata[i], magazine);
  for (guint i = 0; i < engine->stranded->len; i++)
    empty_queue (((WeirStranded *)engine->stranded->pdata[i])->queue, magazine);
}

void
weir_engine_free (WeirEngine *engine)
{
  if (engine == NULL)
    return;
  g_assert (!engine->is_started);
  /* One that never was started has a log, too. */
  (void)end_log (engine, 0);
  empty_queues (engine);
  weir_restore_clear (engine);
  weir_session_clear (&engine->expiry_session);
  weir_scheduler_free (engine->scheduler);
  g_ptr_array_unref (engine->queues);
  g_ptr_array_unref (engine->nodes);
  weir_services_disable (engine->services);
  weir_services_free (engine->services);
  weir_slab_clear (&engine->queue_slab);
  weir_slab_clear (&engine->node_slab);
  weir_timers_free (engine->timers);
  weir_board_free (engine->board);
  weir_secrecy_free (engine->secrecy);
  weir_depot_free (engine->depot);
  close_store (engine);
  g_free (engine->hostname);
  g_free (engine->address);
  g_hash_table_unref (engine->states);
  g_strfreev (engine->stopped);
  pthread_mutex_destroy (&engine->control);
  pthread_mutex_destroy (&engine->shape);
  pthread_mutex_destroy (&engine->wishes);
  g_free (engine);
}

bool
weir_engine_load (WeirEngine *engine, const WeirFlow *flow, WeirResolver *resolver, GError **error)
{
  WeirParts parts = { engine->nodes, engine->queues, engine->services, &engine->node_slab,
                      &engine->queue_slab };

  engine->secrecy = weir_secrecy_new (flow, resolver);
  weir_board_hide (engine->board, weir_secrecy_get_mask (engine->secrecy));
  if (!weir_build_parts (engine, flow, resolver, &parts, error))
    return false;
  return engine->data == NULL || weir_restore (engine, error);
}

void
weir_engine_start (WeirEngine *engine)
{
  engine->is_started = true;
  if (engine->effects != NULL)
    weir_effects_start (engine->effects);
  weir_timers_start (engine->timers);
  weir_disk_guard_start (engine);
  weir_running_begin (engine);
  weir_scheduler_start (engine->scheduler);
  weir_timers_arm (engine->timers, &engine->expiry_timer, 0);
}

GPtrArray *
weir_engine_hold_nodes (WeirEngine *engine)
{
  WEIR_LOCKED (&engine->shape);
  return g_ptr_array_ref (engine->nodes);
}

GPtrArray *
weir_engine_hold_queues (WeirEngine *engine)
{
  WEIR_LOCKED (&engine->shape);
  return g_ptr_array_ref (engine->queues);
}

WeirNode *
weir_engine_find_node (WeirEngine *engine, const char *path)
{
  WEIR_LOCKED (&engine->shape);

  for (guint i = 0; i < engine->nodes->len; i++) {
    WeirNode *node = engine->nodes->pdata[i];
    if (g_str_equal (node->path, path))
      return node;
  }
  return NULL;
}

/* --- idle --- */

/* True when @node will go on by itself, though it has no task now. */
static bool
will_go_on (WeirNode *node, int64_t now)
{
  int64_t until;
  WeirWait wait = weir_node_get_wait (node, now, &until);

  switch (wait) {
  case WEIR_WAIT_NONE:
  case WEIR_WAIT_DISK:
    /* About to be woken; a dry source has nothing to bring. */
    return !(node->is_source && atomic_load (&node->is_dry));
  case WEIR_WAIT_STOPPED:
    return atomic_load (&node->is_kept);
  case WEIR_WAIT_ROOM:
    return false;
  case WEIR_WAIT_INPUT:
  case WEIR_WAIT_PENALTY:
    return until < INT64_MAX;
  case WEIR_WAIT_SCHEDULE:
  case WEIR_WAIT_YIELD:
    if (until == INT64_MAX)
      return false;
    if (atomic_load (&node->phase) == WEIR_PHASE_STARTING)
      return !node->is_source && weir_node_has_queued (node);
    return !(node->is_source && atomic_load (&node->is_dry));
  }
  return false;
}

static bool
any_will_go_on (WeirEngine *engine, int64_t now)
{
  WEIR_LOCKED (&engine->shape);

  for (guint i = 0; i < engine->nodes->len; i++)
    if (will_go_on (engine->nodes->pdata[i], now))
      return true;
  return false;
}

bool
weir_engine_is_idle (WeirEngine *engine)
{
  uint64_t begun = weir_scheduler_get_begun (engine->scheduler);
  int64_t now = weir_clock_get_monotonic (engine->clock);

  if (weir_scheduler_get_tasks (engine->scheduler) > 0)
    return false;
  if (any_will_go_on (engine, now))
    return false;
  if (engine->effects != NULL && weir_effects_is_busy (engine->effects))
    return false;
  /* A timer or an effect may have brought a task meanwhile, whose work the loop did not see, even
   * if it has ended since. */
  return weir_scheduler_get_tasks (engine->scheduler) == 0 &&
         weir_scheduler_get_begun (engine->scheduler) == begun;
}

bool
weir_engine_wait_idle (WeirEngine *engine, int64_t usec)
{
  int64_t end = weir_time_add (g_get_monotonic_time (), usec);

  for (;;) {
    uint64_t rests = weir_scheduler_get_rests (engine->scheduler);
    int64_t left = end - g_get_monotonic_time ();

    if (weir_engine_is_idle (engine))
      return true;
    if (left <= 0)
      return false;
    weir_scheduler_wait_rest (engine->scheduler, rests, left);
  }
}

bool
weir_engine_step (WeirEngine *engine)
{
  bool fired = weir_timers_run (engine->timers) > 0;

  return weir_scheduler_step (engine->scheduler) || fired;
}

/* --- expiry --- */

static void
end_expired (WeirEngine *engine, WeirQueue *queue, WeirList *expired)
{
  WeirSession *session = &engine->expiry_session;
  g_autoptr (GError) error = NULL;

  weir_session_begin (session, queue->target);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (expired)) != NULL;)
    weir_session_expire (session, flowfile, queue);
  /* Some thousand drops are nothing to the log. */
  if (!weir_session_commit (session, NULL, &error))
    g_error ("%s", error->message);
  weir_session_end (session, NULL);
  /* The target may never run, and empty the queue by half. */
  if (weir_queue_has_room_again (queue))
    weir_node_wake (queue->source, NULL);
}

/* A queue that moves finds expired FlowFiles by itself; one whose target does not take from it is
 * looked through now and then. */
static void
expire (WeirEngine *engine, WeirQueue *queue)
{
  WeirList expired = { 0 };
  bool may_be_more;

  do {
    int64_t wall = weir_clock_get_wall (engine->clock);

    may_be_more = weir_queue_pop_expired (queue, wall, &expired);
    if (expired.n > 0)
      end_expired (engine, queue, &expired);
    if (!may_be_more)
      may_be_more = weir_backlog_bring_expired (queue, &engine->expiry_session, wall);
  } while (may_be_more);
}

static void
on_expiry_timer (void *data)
{
  WeirEngine *engine = data;
  int64_t shortest = INT64_MAX;

  for (guint i = 0; i < engine->queues->len; i++) {
    WeirQueue *queue = engine->queues->pdata[i];

    if (queue->expire_usec == 0)
      continue;
    shortest = MIN (shortest, queue->expire_usec);
    if (atomic_load (&queue->count) > 0)
      expire (engine, queue);
  }
  if (shortest < INT64_MAX)
    weir_timers_arm (engine->timers, &engine->expiry_timer,
                     weir_clock_get_monotonic (engine->clock) +
                         CLAMP (shortest / 4, G_USEC_PER_SEC / 10, 60 * G_USEC_PER_SEC));
}

/* --- stop --- */

void
weir_engine_stop_sources (WeirEngine *engine)
{
  WEIR_LOCKED (&engine->shape);

  for (guint i = 0; i < engine->nodes->len; i++) {
    WeirNode *node = engine->nodes->pdata[i];
    if (node->is_source)
      weir_node_stop (node);
  }
}

static bool
wait_for_tasks (WeirEngine *engine, int64_t end)
{
  for (;;) {
    uint64_t rests = weir_scheduler_get_rests (engine->scheduler);
    int64_t left = end - g_get_monotonic_time ();

    if (weir_scheduler_get_tasks (engine->scheduler) == 0)
      return true;
    if (left <= 0)
      return false;
    weir_scheduler_wait_rest (engine->scheduler, rests, left);
  }
}

bool
weir_engine_stop (WeirEngine *engine, int64_t usec)
{
  int64_t end = weir_time_add (g_get_monotonic_time (), usec);

  if (!engine->is_started)
    return true;
  weir_running_end (engine);
  while (engine->by_hand && weir_scheduler_step (engine->scheduler))
    continue;
  if (!wait_for_tasks (engine, end))
    return false;
  weir_timers_stop (engine->timers);
  if (!weir_scheduler_stop (engine->scheduler, MAX (G_USEC_PER_SEC, end - g_get_monotonic_time ())))
    return false;
  if (!end_log (engine, MAX (G_USEC_PER_SEC, end - g_get_monotonic_time ())))
    return false;
  for (guint i = 0; i < engine->nodes->len; i++)
    weir_node_finish (engine->nodes->pdata[i]);
  weir_services_disable (engine->services);
  /* Until on_stopped had returned, somebody could ask for a task; it finds its node stopped. */
  while (weir_scheduler_step (engine->scheduler))
    continue;
  engine->is_started = false;
  return true;
}
