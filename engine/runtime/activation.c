/* activation.c: what contains a processor: a trigger that fails, forgets a FlowFile or misuses its
 * session is undone alone, what it got is penalized, its message becomes a bulletin, and the rest
 * of the turn is committed as if it had not been. */
#include "runtime/activation.h"

#include "runtime/bulletin.h"
#include "runtime/commit.h"
#include "runtime/engine.h"
#include "runtime/schedule.h"
#include "runtime/worker.h"

#define SLICE_USEC    5000  /* a turn should not take longer */
#define BATCH_MAX     256u  /* triggers in a turn, and FlowFiles in a session */
#define COMMIT_LATEST 1000u /* FlowFiles in a session, whatever one trigger did */
#define COMMIT_BYTES                                                                    \
  (1024u * 1024)          /* of new content, which may all go into one entry of the log \
                           */
#define SAMPLE_USEC 1000  /* between two samples of how long things take */
#define REST_USEC   10000 /* the least that a node rests: a flow may ask for no yield at all */

/* The room behind the node, so that a batch does not overshoot a small limit. */
static size_t
room_of (const WeirNode *node)
{
  uint64_t room = BATCH_MAX;

  for (unsigned i = 0; i < node->n_outputs; i++)
    if (node->outputs[i]->source != node->outputs[i]->target)
      room = MIN (room, MAX (1, weir_queue_get_room (node->outputs[i])));
  return room;
}

static bool
has_input_since (const WeirSession *session, const WeirMark *mark)
{
  for (WeirRecord *record = session->now.newest; record != mark->newest; record = record->previous)
    if (record->source != NULL)
      return true;
  return false;
}

/* What was given back as it came does not count. */
static bool
did_work (const WeirSession *session, const WeirMark *mark)
{
  for (WeirRecord *record = session->now.newest; record != mark->newest; record = record->previous)
    if (record->fate != WEIR_RETURNED || record->penalized)
      return true;
  return session->now.changes != mark->changes;
}

/* Which FlowFile it was, if it was one. */
static void
name_culprit (WeirSession *session, const WeirMark *mark)
{
  const WeirRecord *only = NULL;

  session->culprit[0] = '\0';
  for (WeirRecord *record = session->now.newest; record != mark->newest;
       record = record->previous) {
    if (record->source == NULL)
      continue;
    if (only != NULL)
      return;
    only = record;
  }
  if (only != NULL)
    weir_uuid_format (session->engine->install_id, only->flowfile->id, session->culprit);
}

WeirOutcome
weir_activation_trigger (WeirNode *node, WeirSession *session, GError **error)
{
  WeirMark mark = session->now;
  WeirOutcome outcome;
  bool ok;

  session->last = mark;
  session->n_triggers++;
  atomic_store_explicit (&session->thread, pthread_self (), memory_order_relaxed);
  ok = node->type->on_trigger (node->module_state, session, error);
  atomic_store_explicit (&session->thread, 0, memory_order_relaxed);
  if (ok)
    ok = weir_session_check (session, &mark, error);
  else if (error != NULL && *error == NULL)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                         "the processor failed and gave no reason");
  if (ok)
    return did_work (session, &mark) ? WEIR_OUTCOME_WORKED : WEIR_OUTCOME_IDLE;

  outcome = has_input_since (session, &mark) ? WEIR_OUTCOME_PENALIZED : WEIR_OUTCOME_FAILED;
  name_culprit (session, &mark);
  weir_session_undo (session, &mark, node->penalty_usec);
  /* What fails for one FlowFile may fail for each, and quickly. */
  weir_context_yield (&node->context);
  return outcome;
}

static void
tell (WeirNode *node, const WeirSession *session, WeirOutcome outcome, const GError *error)
{
  const char *culprit = session->culprit[0] != '\0' ? session->culprit : NULL;
  g_autofree char *message = NULL;

  if (outcome == WEIR_OUTCOME_PENALIZED) {
    message = g_strdup_printf ("%s; what it worked on waits for its penalty and is tried again",
                               error->message);
    weir_bulletin_raise_about (node, WEIR_LOG_ERROR, culprit, message);
  } else if (outcome == WEIR_OUTCOME_FAILED) {
    weir_bulletin_raise_about (node, WEIR_LOG_ERROR, culprit, error->message);
  }
}

static WeirOutcome
trigger (WeirNode *node, WeirSession *session)
{
  g_autoptr (GError) error = NULL;
  WeirOutcome outcome = weir_activation_trigger (node, session, &error);

  tell (node, session, outcome, error);
  return outcome;
}

/* Undoes what came after @mark: triggers that have succeeded as far as the module knows. */
static void
take_back (WeirNode *node, WeirSession *session, const WeirMark *mark)
{
  weir_session_keep_held (session, mark);
  weir_session_undo (session, mark, node->penalty_usec);
}

bool
weir_activation_commit (WeirNode *node, WeirSession *session, WeirWorker *worker,
                        WeirOutcome *outcome, GError **error)
{
  static const WeirMark nothing;
  WeirMark last = session->last;

  if (weir_session_commit (session, worker, error))
    return true;
  *outcome = has_input_since (session, &last) ? WEIR_OUTCOME_PENALIZED : WEIR_OUTCOME_FAILED;
  name_culprit (session, &last);
  take_back (node, session, &last);
  weir_context_yield (&node->context);
  /* What was before it is little, or it would have been committed by itself. */
  if (!weir_session_commit (session, worker, NULL)) {
    take_back (node, session, &nothing);
    weir_session_reset (session);
  }
  return false;
}

static bool
commit (WeirNode *node, WeirWorker *worker, WeirOutcome *outcome)
{
  WeirSession *session = weir_worker_get_session (worker);
  g_autoptr (GError) error = NULL;

  if (weir_activation_commit (node, session, worker, outcome, &error))
    return true;
  tell (node, session, *outcome, error);
  return false;
}

/* What the next turn may begin with: as many triggers as were quick this time. */
static void
adapt (WeirNode *node, unsigned batch, unsigned n_triggers, int64_t usec)
{
  if (usec > SLICE_USEC)
    atomic_store_explicit (&node->batch, MAX (1, n_triggers / 2), memory_order_relaxed);
  else if (n_triggers > batch)
    atomic_store_explicit (&node->batch, MIN (n_triggers, BATCH_MAX), memory_order_relaxed);
}

/* A module that wakes the node sets wake_at first and ends the rest then: one of the two is seen
 * here or comes after it. */
static void
rest_until (WeirNode *node, int64_t until)
{
  int64_t wake_at;

  atomic_store (&node->yield_until, until);
  wake_at = atomic_load (&node->wake_at);
  if (wake_at < until)
    atomic_store (&node->yield_until, wake_at);
}

/* A turn of a source that found nothing: it is dry, unless another task has brought something since
 * @finds was read, and there may be more where that was. */
static bool
mark_dry (WeirNode *node, uint32_t finds)
{
  atomic_store (&node->is_dry, true);
  if (atomic_load (&node->finds) == finds)
    return true;
  atomic_store (&node->is_dry, false);
  return false;
}

static void
mark_found (WeirNode *node)
{
  atomic_fetch_add (&node->finds, 1);
  atomic_store (&node->is_dry, false);
}

/* True when there is no sense in another turn at once. One that looked and found nothing does not
 * leave its input, unless it has given something back: another task was first, and what is there
 * now has come since. */
static bool
has_enough (WeirNode *node, const WeirSession *session, bool did_nothing, bool is_dry)
{
  if (!did_nothing)
    return false;
  if (node->is_source)
    return is_dry;
  return (!session->found_nothing || session->gave_back) && weir_node_has_ready (node);
}

/* Who does nothing rests, or it would spin: a source that has nothing to bring, and a processor
 * that leaves its input where it is; until there is room when it was told that there is none. */
static void
rest (WeirNode *node, const WeirSession *session, WeirOutcome outcome, unsigned n_triggers,
      uint32_t finds)
{
  int64_t now = session->monotonic;
  bool did_nothing = outcome != WEIR_OUTCOME_WORKED && n_triggers == 1;
  bool is_dry = false;

  if (node->is_source && (did_nothing || outcome == WEIR_OUTCOME_IDLE))
    is_dry = mark_dry (node, finds);
  else if (node->is_source)
    mark_found (node);
  if (node->mode != WEIR_SCHEDULE_EVENT || atomic_load (&node->yield_until) > now ||
      !has_enough (node, session, did_nothing, is_dry))
    return;
  if (session->n_rooms != 0)
    atomic_store (&node->rooms_seen, session->n_rooms);
  else
    rest_until (node, weir_time_add (now, MAX (node->yield_usec, REST_USEC)));
}

static bool
may_go_on (const WeirNode *node, const WeirSession *session)
{
  return node->mode == WEIR_SCHEDULE_EVENT &&
         atomic_load_explicit (&node->phase, memory_order_relaxed) == WEIR_PHASE_RUNNING &&
         atomic_load_explicit (&node->yield_until, memory_order_relaxed) <= session->monotonic;
}

/* Looks at the clock after @n triggers when that was planned, and now and then for the unexpected.
 * Returns: when to look again; @n: the turn is over. */
static unsigned
look_at_clock (WeirSession *session, unsigned n, unsigned look, int64_t start)
{
  int64_t usec;

  if (n < look && n % 16 != 0)
    return look;
  weir_session_tick (session);
  usec = session->monotonic - start;
  if (n < look)
    return usec < SLICE_USEC ? look : n;
  /* Twice as many will take as long again. */
  return usec < SLICE_USEC / 2 ? MIN (n * 2, BATCH_MAX) : n;
}

/* What can be committed by itself, or is large enough. */
static bool
should_commit (WeirNode *node, WeirSession *session, size_t room)
{
  return node->type->side_effects || node->retry_attribute != NULL || session->must_commit ||
         session->weight >= node->engine->entry_max / 4 ||
         session->n_records >= MIN (room, COMMIT_LATEST) || session->bytes_written >= COMMIT_BYTES;
}

static unsigned
run_triggers (WeirNode *node, WeirWorker *worker, unsigned batch, WeirOutcome *ret_outcome)
{
  WeirSession *session = weir_worker_get_session (worker);
  size_t room = MIN (room_of (node), node->engine->session_max);
  int64_t start = session->monotonic;
  unsigned look = batch;
  unsigned n = 0;

  do {
    session->prefetch = MIN (look - n, room);
    *ret_outcome = trigger (node, session);
    n++;
    if (should_commit (node, session, room)) {
      if (!commit (node, worker, ret_outcome) || weir_node_is_blocked (node))
        break;
      room = MIN (room_of (node), node->engine->session_max);
    }
    look = look_at_clock (session, n, look, start);
  } while (*ret_outcome == WEIR_OUTCOME_WORKED && n < look && may_go_on (node, session));
  commit (node, worker, ret_outcome);
  return n;
}

/* True when this turn is the one that was asked for. */
static bool
take_wake (WeirNode *node)
{
  int64_t wake_at = atomic_load (&node->wake_at);

  if (wake_at == INT64_MAX || wake_at > weir_clock_get_monotonic (node->engine->clock))
    return false;
  /* Not what was asked for meanwhile: that is another turn. */
  return atomic_compare_exchange_strong (&node->wake_at, &wake_at, INT64_MAX);
}

static WeirLatencies *
get_latencies (WeirNode *node)
{
  WeirLatencies *latencies = atomic_load (&node->latencies);
  WeirLatencies *made;

  if (latencies != NULL)
    return latencies;
  made = g_new0 (WeirLatencies, 1);
  if (atomic_compare_exchange_strong (&node->latencies, &latencies, made))
    return made;
  g_free (made);
  return latencies;
}

/* @start: wall, of a turn of @n triggers that took @usec. */
static void
sample (WeirNode *node, const WeirSession *session, int64_t start, unsigned n, int64_t usec)
{
  WeirLatencies *latencies;

  if (session->monotonic <
      atomic_load_explicit (&node->stats.sampled, memory_order_relaxed) + SAMPLE_USEC)
    return;
  atomic_store_explicit (&node->stats.sampled, session->monotonic, memory_order_relaxed);
  latencies = get_latencies (node);
  weir_histogram_add (&latencies->task, usec / n);
  if (session->first_queued != 0)
    weir_histogram_add (&latencies->queued, start - session->first_queued);
}

void
weir_activation_run (WeirNode *node, WeirWorker *worker)
{
  WeirSession *session = weir_worker_get_session (worker);
  unsigned batch = atomic_load_explicit (&node->batch, memory_order_relaxed);
  WeirOutcome outcome;
  unsigned n;
  int64_t start;
  int64_t usec;
  uint32_t finds;
  bool was_woken;

  if (atomic_load (&node->phase) == WEIR_PHASE_STARTING) {
    weir_node_schedule (node);
    return;
  }
  finds = atomic_load (&node->finds);
  was_woken = take_wake (node);
  /* More than this task can do in its turn: let another begin. */
  if ((atomic_load (&node->run) & ~WEIR_RUN_AGAIN) < atomic_load (&node->max_tasks))
    weir_node_wake (node, worker);

  weir_session_begin (session, node);
  session->n_rooms = 0;
  start = session->monotonic;
  n = run_triggers (node, worker, batch, &outcome);
  weir_session_end (session, worker);

  usec = session->monotonic - start;
  /* What was to be done is not done, and nothing else may ever ask for it. */
  if (was_woken && (outcome == WEIR_OUTCOME_FAILED || outcome == WEIR_OUTCOME_PENALIZED))
    weir_context_wake_after (&node->context, node->yield_usec);
  sample (node, session, session->wall - usec, n, usec);
  weir_node_set_due (node);
  rest (node, session, outcome, n, finds);
  adapt (node, batch, n, usec);
  atomic_fetch_add_explicit (&node->stats.tasks, n, memory_order_relaxed);
  atomic_fetch_add_explicit (&node->stats.task_nsec, (uint64_t)usec * 1000, memory_order_relaxed);
}
