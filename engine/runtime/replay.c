/* replay.c: a session of its own with one FlowFile, which nobody made: the entry is the engine's,
 * not a component's. */
#include "runtime/replay.h"

#include "runtime/nobody.h"
#include "runtime/report.h"
#include "runtime/session-entry.h"

#include <weir/error.h>

/* Returns: (transfer none) (nullable). */
static WeirQueue *
find_queue (WeirEngine *engine, const WeirReplay *replay, GError **error)
{
  for (guint i = 0; i < engine->queues->len; i++) {
    WeirQueue *queue = engine->queues->pdata[i];

    if (replay->queue_number != 0 ? queue->number == replay->queue_number
                                  : g_strcmp0 (queue->path, replay->queue) == 0)
      return queue;
  }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
               "the flow has no connection %s any more, from where the FlowFile was taken",
               replay->queue);
  return NULL;
}

static bool
fill (WeirSession *session, const WeirReplay *replay, WeirFlowFile *flowfile, GError **error)
{
  WeirFlowFile parent = { .id = replay->parent };
  WeirFlowFile *parents[] = { &parent };
  g_autofree char *now =
      g_strdup_printf ("%" G_GINT64_FORMAT, session->wall / (G_USEC_PER_SEC / 1000));
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, replay->attributes);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (!g_str_equal (name, "uuid"))
      weir_session_put_attribute (session, flowfile, name, value);
  }
  weir_session_put_attribute (session, flowfile, "flowfile.replay", "true");
  weir_session_put_attribute (session, flowfile, "flowfile.replay.timestamp", now);
  flowfile->lineage_start = replay->lineage_start;
  weir_record_tell_birth (session, flowfile->record, WEIR_EVENT_REPLAY, parents, 1);
  weir_session_report (session, flowfile, WEIR_EVENT_REPLAY, NULL, replay->details, -1);
  return replay->fd < 0 || weir_session_import (session, flowfile, replay->fd, error);
}

/* As a commit does, for this one FlowFile. */
static bool
commit (WeirSession *session, WeirFlowFile *flowfile, WeirQueue *queue, GError **error)
{
  WeirList list = { 0 };

  if (session->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&session->error));
    return false;
  }
  weir_session_tick (session);
  weir_session_entry_begin (session->entry, session);
  weir_session_entry_add_create (session->entry, flowfile->record, flowfile, queue);
  if (weir_session_entry_append (session->entry) == UINT64_MAX) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "the log cannot be written");
    return false;
  }
  weir_list_append (&list, flowfile);
  weir_queue_push (queue, &list, session->wall);
  weir_node_wake (queue->target, NULL);
  return true;
}

bool
weir_engine_replay (WeirEngine *engine, const WeirReplay *replay, uint64_t *ret_id, GError **error)
{
  g_autoptr (WeirNode) nobody = NULL;
  const WeirMark nothing = { 0 };
  WeirFlowFile *flowfile;
  WeirSession session;
  WeirQueue *queue;
  bool ok;
  WEIR_LOCKED (&engine->control);

  queue = find_queue (engine, replay, error);
  if (queue == NULL)
    return false;
  nobody = weir_nobody_new (engine, queue);
  weir_session_init (&session, engine);
  weir_session_begin (&session, nobody);
  flowfile = weir_session_create (&session);
  *ret_id = flowfile->id;
  ok = fill (&session, replay, flowfile, error) && commit (&session, flowfile, queue, error);
  if (!ok)
    weir_session_undo (&session, &nothing, 0);
  weir_session_reset (&session);
  weir_session_clear (&session);
  return ok;
}
