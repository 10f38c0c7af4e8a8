/* commit.c: the one place where session, queues, state and effects agree.
 *
 *   1. route    each record's fate becomes a list to push, to return, to hold or to free, and an
 *               operation of the session's entry; when that is more than the log takes, nothing has
 *               happened yet
 *   2. append   the log takes the entry: FlowFiles, contents, state, all or nothing; then the
 *               component and services remember what it says, and services let others have it
 *   3. publish  lists go to their queues, then what was taken stops counting in its own; the nodes
 *               that now have input or room are woken
 *   4. settle   counters and figures; contents that nobody needs are let go
 *   5. effects  what may only happen once nothing can be lost waits for the entry's ticket; without
 *               a log, it is now
 *
 * Nobody sees any of it before the log has it, and the log keeps its order: what others build on it
 * comes behind it, so it is durable no later. That is why 3 need not wait for the disk. In 3 a
 * queue is pushed to before the other is acknowledged, so at no moment does a FlowFile count
 * nowhere. */
#include "runtime/commit.h"

#include "runtime/backlog.h"
#include "runtime/effects.h"
#include "runtime/engine.h"
#include "runtime/node.h"
#include "runtime/session-entry.h"

/* What was made here, for a second queue. */
typedef struct Copy {
  struct Copy *previous;
  WeirFlowFile *flowfile;
} Copy;

typedef struct {
  WeirSession *session;
  WeirNode *node;
  WeirRecord **records;    /* in their order */
  size_t n_held;           /* of these */
  Copy *copies;            /* the newest */
  WeirSessionEntry *entry; /* NULL: there is no log */
  int64_t penalty_until;
  WeirList *out;  /* by output of the node */
  WeirList *back; /* by input: to the front of the queue */
  size_t *gone;   /* by input: no longer there */
  uint64_t *gone_bytes;
  size_t *expired; /* by input */
  WeirList dropped;
  uint64_t in_count, in_bytes, out_count, out_bytes;
} Commit;

static void
add_to (_Atomic uint64_t *figure, uint64_t n)
{
  if (n > 0)
    atomic_fetch_add_explicit (figure, n, memory_order_relaxed);
}

static void
send_out (Commit *commit, WeirFlowFile *flowfile, WeirQueue *queue)
{
  weir_list_append (&commit->out[queue->source_index], flowfile);
  commit->out_count++;
  commit->out_bytes += flowfile->content.size;
}

static void
drop (Commit *commit, const WeirRecord *record)
{
  if (commit->entry != NULL)
    weir_session_entry_add_drop (commit->entry, record);
  weir_list_append (&commit->dropped, record->flowfile);
}

static WeirFlowFile *
make_copy (Commit *commit, const WeirFlowFile *flowfile)
{
  WeirSession *session = commit->session;
  Copy *copy = weir_arena_alloc (&session->arena, sizeof *copy);

  copy->flowfile = weir_flowfile_copy (&session->magazine, flowfile);
  copy->flowfile->id = weir_session_new_id (session);
  copy->previous = commit->copies;
  commit->copies = copy;
  return copy->flowfile;
}

static void
route_transfer (Commit *commit, const WeirRecord *record)
{
  const WeirRoute *route = &commit->node->routes[record->relationship];
  WeirFlowFile *flowfile = record->flowfile;

  if (route->n == 0) {
    drop (commit, record);
    return;
  }
  if (record->attributes_changed || record->source == NULL)
    weir_attributes_trim (&flowfile->attributes);
  if (commit->entry != NULL && record->source == NULL)
    weir_session_entry_add_create (commit->entry, record, flowfile, route->queues[0]);
  else if (commit->entry != NULL)
    weir_session_entry_add_update (commit->entry, record, route->queues[0]);
  for (unsigned i = 1; i < route->n; i++) {
    WeirFlowFile *copy = make_copy (commit, flowfile);

    if (commit->entry != NULL)
      weir_session_entry_add_create (commit->entry, record, copy, route->queues[i]);
    send_out (commit, copy, route->queues[i]);
  }
  send_out (commit, flowfile, route->queues[0]);
}

static void
route_record (Commit *commit, WeirRecord *record)
{
  WeirFlowFile *flowfile = record->flowfile;
  unsigned input = record->source != NULL ? record->source->target_index : 0;

  if (record->penalized)
    flowfile->penalty_until = commit->penalty_until;
  if (record->fate == WEIR_HELD) {
    commit->n_held++;
    return;
  }
  if (record->fate == WEIR_RETURNED) {
    /* It may come back larger or smaller; unsigned sums wrap around and are right in the end. */
    commit->gone_bytes[input] += record->old_size - flowfile->content.size;
    if (commit->entry != NULL)
      weir_session_entry_add_update (commit->entry, record, NULL);
    weir_list_append (&commit->back[input], flowfile);
    return;
  }
  if (record->source != NULL) {
    commit->gone[input]++;
    commit->gone_bytes[input] += record->old_size;
  }
  if (record->expired) {
    commit->expired[input]++;
  } else if (record->source != NULL) {
    commit->in_count++;
    commit->in_bytes += record->old_size;
  }
  if (record->fate == WEIR_TRANSFERRED)
    route_transfer (commit, record);
  else
    drop (commit, record);
}

static void
route (Commit *commit)
{
  WeirSession *session = commit->session;
  size_t n = session->n_records;
  size_t i = n;

  commit->records = weir_arena_alloc (&session->arena, n * sizeof (WeirRecord *));
  for (WeirRecord *record = session->now.newest; record != NULL; record = record->previous)
    commit->records[--i] = record;
  g_assert (i == 0);
  for (i = 0; i < n; i++)
    route_record (commit, commit->records[i]);
}

/* Leaves all to the records of the session. */
static void
give_up (Commit *commit)
{
  for (size_t i = 0; i < commit->session->n_records; i++)
    commit->records[i]->flowfile->record = commit->records[i]; /* it was in a list */
  for (Copy *copy = commit->copies; copy != NULL; copy = copy->previous)
    weir_flowfile_free (&commit->session->magazine, copy->flowfile);
}

/* Changes are kept newest first, and of several for one key the newest counts. */
static guint
hash_change (const void *data)
{
  const WeirChange *change = data;

  return g_str_hash (change->key) ^ g_direct_hash (change->service);
}

static gboolean
is_same_key (const void *a, const void *b)
{
  const WeirChange *one = a;
  const WeirChange *other = b;

  return one->service == other->service && g_str_equal (one->key, other->key);
}

static void
mark_old (WeirChange *changes)
{
  g_autoptr (GHashTable) keys = g_hash_table_new (hash_change, is_same_key);

  for (WeirChange *change = changes; change != NULL; change = change->next)
    change->is_old = !g_hash_table_add (keys, change);
}

static void
add_changes (Commit *commit)
{
  if (commit->session->now.changes == NULL)
    return;
  mark_old (commit->session->now.changes);
  for (const WeirChange *change = commit->session->now.changes;
       change != NULL && commit->entry != NULL; change = change->next)
    if (!change->is_old)
      weir_session_entry_add_state (commit->entry,
                                    change->service != NULL ? change->service->number : 0,
                                    change->key, change->value);
}

/* Two tasks of a node may change the same key: what the log says last is what it remembers. */
static uint64_t
append_changes (Commit *commit)
{
  const WeirChange *changes = commit->session->now.changes;
  WeirNode *node = commit->node;
  uint64_t ticket = 0;

  WEIR_LOCKED (&node->changing);
  if (commit->entry != NULL)
    ticket = weir_session_entry_append (commit->entry);
  for (const WeirChange *change = changes; change != NULL; change = change->next)
    if (!change->is_old)
      weir_state_set (change->service != NULL ? change->service->state : node->state, change->key,
                      change->value);
  return ticket;
}

static uint64_t
append (Commit *commit)
{
  uint64_t ticket = 0;

  if (commit->session->now.changes != NULL)
    ticket = append_changes (commit);
  else if (commit->entry != NULL)
    ticket = weir_session_entry_append (commit->entry);
  for (WeirEnding *ending = commit->session->now.endings; ending != NULL; ending = ending->next)
    ending->func (ending->data, true);
  return ticket;
}

static void
publish (Commit *commit, WeirWorker *worker)
{
  WeirNode *node = commit->node;

  for (size_t i = 0; commit->n_held > 0 && i < commit->session->n_records; i++)
    if (commit->records[i]->fate == WEIR_HELD)
      weir_session_keep (node, commit->records[i]);
  for (unsigned i = 0; i < node->n_outputs; i++) {
    if (commit->out[i].n == 0)
      continue;
    weir_queue_push (node->outputs[i], &commit->out[i], commit->session->wall);
    if (weir_backlog_is_long (node->outputs[i]))
      weir_backlog_keep_small (node->outputs[i], commit->session);
    weir_session_wake_output (commit->session, i, worker);
  }
  for (unsigned i = 0; i < node->n_inputs; i++) {
    WeirQueue *queue = node->inputs[i];

    add_to (&queue->expired, commit->expired[i]);
    if (commit->back[i].n > 0) {
      commit->session->gave_back = true;
      weir_session_return_inbox (commit->session);
      weir_queue_return (queue, &commit->back[i]);
    }
    if ((commit->gone[i] > 0 || commit->gone_bytes[i] != 0) &&
        weir_queue_acknowledge (queue, commit->gone[i], commit->gone_bytes[i]))
      weir_node_wake (queue->source, node->type->side_effects ? NULL : worker);
  }
}

static void
apply_counts (WeirNode *node, const WeirCount *counts)
{
  if (counts == NULL)
    return;
  WEIR_LOCKED (&node->lock);
  if (node->counters == NULL)
    node->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (; counts != NULL; counts = counts->next) {
    int64_t *total = g_hash_table_lookup (node->counters, counts->name);
    if (total == NULL) {
      total = g_new0 (int64_t, 1);
      g_hash_table_insert (node->counters, g_strdup (counts->name), total);
    }
    *total += counts->delta;
  }
}

static void
settle (Commit *commit)
{
  WeirNode *node = commit->node;
  WeirSession *session = commit->session;

  apply_counts (node, session->now.counts);
  add_to (&node->stats.in_count, commit->in_count);
  add_to (&node->stats.in_bytes, commit->in_bytes);
  add_to (&node->stats.out_count, commit->out_count);
  add_to (&node->stats.out_bytes, commit->out_bytes);
  add_to (&node->stats.read_bytes, session->bytes_read);
  add_to (&node->stats.written_bytes, session->bytes_written);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&commit->dropped)) != NULL;)
    weir_flowfile_free (&session->magazine, flowfile);
}

static void
commit_init (Commit *commit, WeirSession *session)
{
  WeirNode *node = session->node;
  WeirArena *arena = &session->arena;

  *commit = (Commit){ .session = session, .node = node, .entry = session->entry };
  commit->penalty_until = weir_time_add (session->monotonic, node->penalty_usec);
  commit->out = weir_arena_alloc0 (arena, node->n_outputs * sizeof (WeirList));
  commit->back = weir_arena_alloc0 (arena, node->n_inputs * sizeof (WeirList));
  commit->gone = weir_arena_alloc0 (arena, node->n_inputs * sizeof (size_t));
  commit->gone_bytes = weir_arena_alloc0 (arena, node->n_inputs * sizeof (uint64_t));
  commit->expired = weir_arena_alloc0 (arena, node->n_inputs * sizeof (size_t));
  if (commit->entry != NULL)
    weir_session_entry_begin (commit->entry, session);
}

bool
weir_session_commit (WeirSession *session, WeirWorker *worker, GError **error)
{
  Commit commit;
  uint64_t ticket;

  weir_session_tick (session);
  if (session->node->retry_attribute != NULL)
    weir_session_apply_retries (session);
  commit_init (&commit, session);
  route (&commit);
  add_changes (&commit);
  if (commit.entry != NULL && !weir_session_entry_check (commit.entry, error)) {
    give_up (&commit);
    return false;
  }
  ticket = append (&commit);
  publish (&commit, worker);
  settle (&commit);
  if (commit.entry != NULL && session->now.effects != NULL) {
    weir_effects_add (session->engine->effects, session->now.effects, ticket,
                      &session->node->n_effects);
    weir_data_hurry (session->engine->data, ticket);
  } else if (commit.entry == NULL)
    weir_effects_run (session->now.effects);
  weir_session_reset (session);
  return true;
}
