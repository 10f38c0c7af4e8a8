/* reorder.c: all of it comes into memory in its order of old and goes in again. */
#include "runtime/reorder.h"

#include "runtime/backlog.h"
#include "runtime/far.h"

#include <weir/error.h>

/* What can be taken, also from the disk. Returns: whether that is all. */
static bool
take_all (WeirQueue *queue, WeirSession *session, WeirList *ret_list)
{
  size_t n_before;
  bool is_cold;

  do {
    n_before = ret_list->n;
    is_cold = weir_queue_pop (queue, SIZE_MAX, 0, 0, ret_list, ret_list);
  } while (ret_list->n > n_before || (is_cold && weir_backlog_thaw (queue, session)));
  return !is_cold;
}

static void
set_order (WeirQueue *queue, WeirEngine *engine, WeirOrder order)
{
  WEIR_LOCKED (&queue->lock);

  weir_backlog_free (g_steal_pointer (&queue->backlog));
  weir_far_free (g_steal_pointer (&queue->far));
  queue->order = order;
  if (engine->data != NULL)
    weir_backlog_add (queue, engine->queue_front);
}

static void
put_all (WeirQueue *queue, WeirList *list)
{
  WEIR_LOCKED (&queue->lock);

  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (list)) != NULL;)
    weir_queue_put (queue, flowfile, queue->sequence++);
}

bool
weir_queue_reorder (WeirQueue *queue, WeirEngine *engine, WeirOrder order, GError **error)
{
  WeirList list = { 0 };
  WeirSession session;
  bool is_all;

  weir_session_init (&session, engine);
  is_all = take_all (queue, &session, &list);
  if (is_all) {
    set_order (queue, engine, order);
    put_all (queue, &list);
    if (weir_backlog_is_long (queue))
      weir_backlog_keep_small (queue, &session);
  } else {
    weir_queue_return (queue, &list);
    g_set_error (
        error, WEIR_ERROR, WEIR_ERROR_IO,
        "what is queued in %s cannot be read back from the data directory, so it cannot be "
        "sorted; `weir data check` tells more",
        queue->path);
  }
  weir_session_clear (&session);
  return is_all;
}
