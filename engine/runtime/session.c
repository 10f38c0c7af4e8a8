/* session.c: FlowFiles in and out of a session, and undoing. What the functions promise stands in
 * <weir/session.h>. */
#include "runtime/session.h"

#include "base/limits.h"
#include "base/uuid.h"
#include "runtime/backlog.h"
#include "runtime/engine.h"
#include "runtime/node.h"
#include "runtime/report.h"
#include "runtime/session-entry.h"

#include <stdarg.h>

#define ID_BLOCK 256u /* ids that a session sets aside at a time */

void
weir_session_init (WeirSession *session, WeirEngine *engine)
{
  *session = (WeirSession){ .engine = engine };
  weir_magazine_init (&session->magazine, engine->depot);
  if (engine->data != NULL)
    session->entry = weir_session_entry_new (engine);
  weir_arena_init (&session->arena);
  session->retired = g_ptr_array_new ();
  session->views = g_array_new (FALSE, FALSE, sizeof (WeirContentView));
}

void
weir_session_clear (WeirSession *session)
{
  g_assert (session->now.newest == NULL && session->inbox.head == NULL);
  weir_session_entry_free (session->entry);
  weir_magazine_clear (&session->magazine);
  weir_arena_clear (&session->arena);
  g_ptr_array_unref (session->retired);
  g_array_unref (session->views);
}

void
weir_session_begin (WeirSession *session, WeirNode *node)
{
  session->node = node;
  session->prefetch = 1;
  session->found_nothing = false;
  session->first_queued = 0;
  session->gave_back = false;
  session->wall = weir_clock_get_wall (session->engine->clock);
  session->monotonic = weir_clock_get_monotonic (session->engine->clock);
  session->since = session->monotonic;
  session->n_triggers = 0;
}

void
weir_session_tick (WeirSession *session)
{
  int64_t monotonic = weir_clock_get_monotonic (session->engine->clock);

  session->wall += monotonic - session->monotonic;
  session->monotonic = monotonic;
}

void
weir_session_wake_output (WeirSession *session, unsigned index, WeirWorker *worker)
{
  WeirNode *node = session->node;

  /* A processor that acts on the world outside may be long in its next trigger: another worker
   * should begin with it. */
  if (node->type->side_effects)
    weir_node_wake (node->outputs[index]->target, NULL);
  else if (index >= 64)
    weir_node_wake (node->outputs[index]->target, worker);
  else
    session->sent |= UINT64_C (1) << index;
}

void
weir_session_end (WeirSession *session, WeirWorker *worker)
{
  weir_session_return_inbox (session);
  for (unsigned i = 0; session->sent != 0; i++, session->sent >>= 1)
    if ((session->sent & 1) != 0)
      weir_node_wake (session->node->outputs[i]->target, worker);
  session->node = NULL;
}

void
weir_session_return_inbox (WeirSession *session)
{
  if (session->inbox.head != NULL)
    weir_queue_return (session->inbox_queue, &session->inbox);
  session->inbox_queue = NULL;
}

static void
release_old (WeirRecord *record)
{
  if (record->attributes_changed)
    weir_attributes_unref (record->old_attributes);
  if (record->content_changed)
    weir_content_clear (&record->old_content);
}

void
weir_session_reset (WeirSession *session)
{
  for (WeirRecord *record = session->now.newest; record != NULL; record = record->previous)
    release_old (record);
  for (guint i = 0; i < session->retired->len; i++)
    weir_attributes_unref (session->retired->pdata[i]);
  g_ptr_array_set_size (session->retired, 0);
  for (guint i = 0; i < session->views->len; i++)
    weir_content_view_close (&g_array_index (session->views, WeirContentView, i));
  g_array_set_size (session->views, 0);
  session->now = session->last = (WeirMark){ 0 };
  session->weight = 0;
  session->n_records = 0;
  session->since = session->monotonic;
  session->n_triggers = 0;
  session->must_commit = false;
  session->bytes_read = session->bytes_written = 0;
  weir_arena_reset (&session->arena);
}

void
weir_session_fail (WeirSession *session, const char *format, ...)
{
  va_list args;

  if (session->error != NULL)
    return;
  va_start (args, format);
  session->error = g_error_new_valist (WEIR_ERROR, WEIR_ERROR_FAILED, format, args);
  va_end (args);
}

WeirRecord *
weir_session_record (WeirSession *session, const WeirFlowFile *flowfile)
{
  if (flowfile != NULL && flowfile->record != NULL && flowfile->record->session == session)
    return flowfile->record;
  weir_session_fail (session, "the processor used a FlowFile that is not in its session");
  return NULL;
}

WeirRecord *
weir_session_record_to_change (WeirSession *session, WeirFlowFile *flowfile)
{
  WeirRecord *record = weir_session_record (session, flowfile);

  if (record == NULL || record->fate == WEIR_PENDING)
    return record;
  weir_session_fail (session, "the processor changed a FlowFile that it had already passed on");
  return NULL;
}

static uint64_t
take_ids (WeirEngine *engine)
{
  if (engine->data != NULL)
    return weir_data_take_ids (engine->data, ID_BLOCK);
  return atomic_fetch_add_explicit (&engine->next_id, ID_BLOCK, memory_order_relaxed);
}

uint64_t
weir_session_new_id (WeirSession *session)
{
  if (session->next_id == session->last_id) {
    session->next_id = take_ids (session->engine);
    session->last_id = session->next_id + ID_BLOCK;
  }
  return session->next_id++;
}

const char *
weir_record_get_uuid (WeirRecord *record)
{
  WeirSession *session = record->session;
  WeirHeld *held = session == NULL ? (WeirHeld *)record : NULL;
  WeirEngine *engine = held != NULL ? held->node->engine : session->engine;

  if (record->uuid == NULL) {
    char *text = held != NULL ? held->uuid : weir_arena_alloc (&session->arena, WEIR_UUID_SIZE);
    weir_uuid_format (engine->install_id, record->flowfile->id, text);
    record->uuid = text;
  }
  return record->uuid;
}

WeirRecord *
weir_session_add (WeirSession *session, WeirFlowFile *flowfile, WeirQueue *source)
{
  WeirRecord *record = weir_arena_alloc0 (&session->arena, sizeof *record);

  record->session = session;
  record->flowfile = flowfile;
  record->source = source;
  record->old_size = flowfile->content.size;
  record->previous = session->now.newest;
  session->now.newest = record;
  session->n_records++;
  flowfile->record = record;
  return record;
}

WeirContext *
weir_session_get_context (WeirSession *session)
{
  return &session->node->context;
}

/* --- in --- */

void
weir_session_expire (WeirSession *session, WeirFlowFile *flowfile, WeirQueue *queue)
{
  WeirRecord *record = weir_session_add (session, flowfile, queue);

  record->fate = WEIR_REMOVED;
  record->expired = true;
}

/* Refills the inbox from the next input that has something. */
static bool
fetch (WeirSession *session, size_t max)
{
  WeirNode *node = session->node;
  /* Once for all: counted by several tasks at a time, one of them would pass over a queue. */
  unsigned first = atomic_fetch_add_explicit (&node->next_input, 1, memory_order_relaxed);

  for (unsigned i = 0; i < node->n_inputs && session->inbox.head == NULL; i++) {
    WeirQueue *queue = node->inputs[(first % node->n_inputs + i) % node->n_inputs];
    WeirList expired = { 0 };

    if (!weir_queue_has_ready (queue, session->monotonic))
      continue;
    if (weir_queue_pop (queue, max, session->wall, session->monotonic, &session->inbox, &expired)) {
      weir_backlog_thaw (queue, session);
      if (session->inbox.head == NULL)
        weir_queue_pop (queue, max, session->wall, session->monotonic, &session->inbox, &expired);
    }
    session->inbox_queue = queue;
    for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&expired)) != NULL;) {
      weir_session_expire (session, flowfile, queue);
    }
  }
  session->found_nothing = session->inbox.head == NULL;
  if (session->first_queued == 0 && !session->found_nothing)
    session->first_queued = session->inbox.head->queue_time;
  return !session->found_nothing;
}

WeirFlowFile *
weir_session_get (WeirSession *session)
{
  WeirFlowFile *flowfile;

  if (session->inbox.head == NULL && !fetch (session, session->prefetch))
    return NULL;
  flowfile = weir_list_pop (&session->inbox);
  weir_session_add (session, flowfile, session->inbox_queue);
  return flowfile;
}

size_t
weir_session_get_batch (WeirSession *session, WeirFlowFile **ret_flowfiles, size_t max)
{
  size_t n = 0;

  while (n < max) {
    if (session->inbox.head == NULL && !fetch (session, max - n))
      break;
    ret_flowfiles[n++] = weir_session_get (session);
  }
  return n;
}

size_t
weir_session_get_queued (WeirSession *session, uint64_t *ret_bytes)
{
  size_t n = 0;
  uint64_t bytes = 0;

  for (unsigned i = 0; i < session->node->n_inputs; i++) {
    n += atomic_load_explicit (&session->node->inputs[i]->count, memory_order_relaxed);
    bytes += atomic_load_explicit (&session->node->inputs[i]->bytes, memory_order_relaxed);
  }
  if (ret_bytes != NULL)
    *ret_bytes = bytes;
  return n;
}

/* --- out --- */

static WeirRecord *
settle (WeirSession *session, WeirFlowFile *flowfile, WeirFate fate)
{
  WeirRecord *record = weir_session_record (session, flowfile);

  if (record == NULL)
    return NULL;
  if (record->fate != WEIR_PENDING) {
    weir_session_fail (session, "the processor passed a FlowFile on twice");
    return NULL;
  }
  record->fate = fate;
  return record;
}

void
weir_session_transfer (WeirSession *session, WeirFlowFile *flowfile, unsigned relationship)
{
  WeirRecord *record;

  if (relationship >= session->node->n_routes) {
    weir_session_fail (session, "the processor used relationship %u, but it has only %u",
                       relationship, session->node->n_routes);
    return;
  }
  record = settle (session, flowfile, WEIR_TRANSFERRED);
  if (record != NULL)
    record->relationship = relationship;
}

void
weir_session_remove (WeirSession *session, WeirFlowFile *flowfile)
{
  settle (session, flowfile, WEIR_REMOVED);
}

void
weir_session_return (WeirSession *session, WeirFlowFile *flowfile)
{
  WeirRecord *record = settle (session, flowfile, WEIR_RETURNED);

  if (record != NULL && record->source == NULL)
    weir_session_fail (session, "the processor returned a FlowFile that came from no queue");
}

void
weir_session_penalize (WeirSession *session, WeirFlowFile *flowfile)
{
  WeirRecord *record = weir_session_record (session, flowfile);

  if (record != NULL)
    record->penalized = true;
}

void
weir_session_hold (WeirSession *session, WeirFlowFile *flowfile)
{
  WeirRecord *record = settle (session, flowfile, WEIR_HELD);

  session->must_commit = true;
  if (record == NULL)
    return;
  if (record->source == NULL || record->attributes_changed || record->content_changed)
    weir_session_fail (session, "the processor held a FlowFile that it had made or changed");
}

void
weir_session_keep (WeirNode *node, const WeirRecord *record)
{
  WeirHeld *held = g_new0 (WeirHeld, 1);

  held->record.flowfile = record->flowfile;
  held->record.source = record->source;
  held->node = node;
  record->flowfile->record = &held->record;
  WEIR_LOCKED (&node->lock);
  held->next = node->held;
  if (node->held != NULL)
    node->held->previous = held;
  node->held = held;
}

void
weir_session_keep_held (WeirSession *session, const WeirMark *mark)
{
  for (WeirRecord *record = session->now.newest; record != mark->newest; record = record->previous)
    if (record->fate == WEIR_HELD) {
      weir_session_keep (session->node, record);
      record->flowfile = NULL;
    }
}

void
weir_session_take (WeirSession *session, WeirFlowFile *held)
{
  WeirHeld *entry = held != NULL ? (WeirHeld *)held->record : NULL;
  WeirNode *node = session->node;

  if (entry == NULL || entry->record.session != NULL || entry->node != node) {
    weir_session_fail (session, "the processor took a FlowFile that it does not hold");
    return;
  }
  pthread_mutex_lock (&node->lock);
  if (entry->previous != NULL)
    entry->previous->next = entry->next;
  else
    node->held = entry->next;
  if (entry->next != NULL)
    entry->next->previous = entry->previous;
  pthread_mutex_unlock (&node->lock);
  weir_session_add (session, held, entry->record.source);
  g_free (entry);
}

/* --- the end of a trigger --- */

/* Not of what an operation says in some bytes; and too much of FlowFiles that are alike. */
static size_t
weigh (const WeirRecord *record)
{
  const WeirFlowFile *flowfile = record->flowfile;
  bool is_new = record->source == NULL;
  size_t weight = 64;

  if (is_new || record->attributes_changed)
    weight += weir_attributes_get_bytes (flowfile->attributes);
  if (is_new || record->content_changed)
    weight += MIN (flowfile->content.size, WEIR_LIMIT_CONTENT_INLINE);
  return weight;
}

bool
weir_session_check (WeirSession *session, const WeirMark *mark, GError **error)
{
  for (WeirRecord *record = session->now.newest; record != mark->newest;
       record = record->previous) {
    session->weight += weigh (record);
    if (record->fate == WEIR_PENDING)
      weir_session_fail (session, "the processor neither transferred nor removed %s%s",
                         record->source != NULL ? "a FlowFile that it got: "
                                                : "a FlowFile that it made: ",
                         weir_flowfile_get_attribute (record->flowfile, "filename"));
  }
  if (session->open != NULL)
    weir_session_fail (session, "the processor left a reader or writer open");
  if (session->error == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&session->error));
  return false;
}

void
weir_session_restore (WeirSession *session, WeirRecord *record)
{
  WeirFlowFile *flowfile = record->flowfile;

  weir_record_forget_reports (record);
  if (record->attributes_changed) {
    g_ptr_array_add (session->retired, flowfile->attributes);
    flowfile->attributes = g_steal_pointer (&record->old_attributes);
    record->attributes_changed = false;
  }
  if (record->content_changed) {
    weir_content_clear (&flowfile->content);
    flowfile->content = record->old_content;
    record->content_changed = false;
  }
}

static void
undo_record (WeirSession *session, WeirRecord *record, int64_t penalty_until)
{
  WeirList list = { 0 };

  if (record->flowfile == NULL)
    return; /* kept */
  if (record->source == NULL) {
    weir_flowfile_free (&session->magazine, record->flowfile);
    return;
  }
  weir_session_restore (session, record);
  record->flowfile->penalty_until = penalty_until;
  weir_list_append (&list, record->flowfile);
  weir_queue_return (record->source, &list);
}

void
weir_session_undo (WeirSession *session, const WeirMark *mark, int64_t penalty_usec)
{
  int64_t until =
      penalty_usec == 0
          ? 0
          : weir_time_add (weir_clock_get_monotonic (session->engine->clock), penalty_usec);

  for (WeirEnding *ending = session->now.endings; ending != mark->endings; ending = ending->next)
    ending->func (ending->data, false);
  for (WeirEffect *effect = session->now.effects; effect != mark->effects; effect = effect->next)
    if (effect->destroy != NULL)
      effect->destroy (effect->data);
  weir_session_return_inbox (session);
  /* Newest first, so that they are in their old order at the front of the queue. */
  for (WeirRecord *record = session->now.newest; record != mark->newest;) {
    WeirRecord *previous = record->previous;
    undo_record (session, record, until);
    session->n_records--;
    record = previous;
  }
  session->now = *mark;
  weir_session_give_up_open (session);
  g_clear_error (&session->error);
}
