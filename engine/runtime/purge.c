/* purge.c: what is taken out of a queue goes into a session of nobody, some at a time. */
#include "runtime/purge.h"

#include "runtime/backlog.h"
#include "runtime/commit.h"
#include "runtime/look.h"
#include "runtime/nobody.h"

#include <weir/error.h>

#define PURGE_AT_ONCE 1000u

typedef struct {
  WeirEngine *engine;
  WeirQueue *queue;
  const char *details;
  GHashTable *ids; /* NULL: all */
  WeirSession session;
  WeirNode *nobody;
  WeirPurged purged;
} Purge;

/* Takes @list. */
static bool
end_list (Purge *purge, WeirList *list, GError **error)
{
  WeirSession *session = &purge->session;
  uint64_t n = list->n;
  uint64_t bytes = list->bytes;

  weir_session_begin (session, purge->nobody);
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (list)) != NULL;) {
    weir_session_add (session, flowfile, purge->queue);
    weir_session_report (session, flowfile, WEIR_EVENT_ADDINFO, NULL, purge->details, -1);
    weir_session_remove (session, flowfile);
  }
  if (!weir_session_commit (session, NULL, error)) {
    const WeirMark nothing = { 0 };

    weir_session_undo (session, &nothing, 0);
    weir_session_reset (session);
    weir_session_end (session, NULL);
    return false;
  }
  weir_session_end (session, NULL);
  purge->purged.n += n;
  purge->purged.bytes += bytes;
  return true;
}

/* --- all --- */

/* Up to so many that were there when it began. */
static bool
purge_all (Purge *purge, GError **error)
{
  WeirQueue *queue = purge->queue;
  uint64_t n_left = atomic_load (&queue->count);

  while (n_left > 0) {
    size_t max = (size_t)MIN (n_left, PURGE_AT_ONCE);
    WeirList list = { 0 };
    bool is_cold = weir_queue_pop (queue, max, 0, INT64_MAX, &list, &list);
    bool is_thawed = is_cold && weir_backlog_thaw (queue, &purge->session);

    /* Sessions have the rest, or it cannot be read. */
    if (list.n == 0 && !is_thawed)
      break;
    n_left -= list.n;
    if (list.n > 0 && !end_list (purge, &list, error))
      return false;
  }
  purge->purged.is_partial |= n_left > 0;
  return true;
}

/* --- some --- */

static bool
is_wanted (void *data, const WeirFlowFile *flowfile)
{
  const Purge *purge = data;

  return g_hash_table_contains (purge->ids, &flowfile->id);
}

static bool
purge_some (Purge *purge, GError **error)
{
  guint n_wanted = g_hash_table_size (purge->ids);
  WeirList list = { 0 };

  weir_queue_pick (purge->queue, is_wanted, purge, &list);
  purge->purged.is_partial = list.n < n_wanted;
  while (list.n > 0) {
    WeirList some = { 0 };

    while (some.n < PURGE_AT_ONCE && list.n > 0)
      weir_list_append (&some, weir_list_pop (&list));
    if (!end_list (purge, &some, error)) {
      weir_queue_return (purge->queue, &list);
      return false;
    }
  }
  return true;
}

bool
weir_engine_purge (WeirEngine *engine, const char *path, const uint64_t *ids, size_t n_ids,
                   const char *details, WeirPurged *ret_purged, GError **error)
{
  g_autoptr (WeirQueue) queue = NULL;
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_int64_hash, g_int64_equal);
  Purge purge = { .engine = engine, .details = details };
  bool ok;
  WEIR_LOCKED (&engine->control);

  queue = weir_engine_hold_queue (engine, path, error);
  if (queue == NULL)
    return false;
  for (size_t i = 0; i < n_ids; i++)
    g_hash_table_add (wanted, (gpointer)&ids[i]);
  purge.queue = queue;
  purge.ids = ids != NULL ? wanted : NULL;
  purge.nobody = weir_nobody_new (engine, queue);
  weir_session_init (&purge.session, engine);
  ok = purge.ids != NULL ? purge_some (&purge, error) : purge_all (&purge, error);
  weir_session_clear (&purge.session);
  weir_nobody_free (purge.nobody);
  /* The target may never run, and empty the queue by half. */
  if (weir_queue_has_room_again (queue))
    weir_node_wake (queue->source, NULL);
  if (ok)
    *ret_purged = purge.purged;
  return ok;
}
