/* reshape.c: what is touched rests, is tested once more, and is changed while no timer runs; who
 * looks at the nodes and queues meanwhile waits for the shape, some 100 us. */
#include "runtime/reshape.h"

#include "runtime/reshape-apply.h"
#include "runtime/running.h"

#include <string.h>
#include <weir/error.h>

void
weir_reshape_report_free (WeirReshapeReport *report)
{
  if (report == NULL)
    return;
  g_ptr_array_unref (report->added);
  g_ptr_array_unref (report->removed);
  g_ptr_array_unref (report->changed);
  g_ptr_array_unref (report->restarted);
  g_ptr_array_unref (report->stranded);
  g_free (report);
}

static WeirReshapeReport *
report_new (void)
{
  WeirReshapeReport *report = g_new0 (WeirReshapeReport, 1);

  report->added = g_ptr_array_new_with_free_func (g_free);
  report->removed = g_ptr_array_new_with_free_func (g_free);
  report->changed = g_ptr_array_new_with_free_func (g_free);
  report->restarted = g_ptr_array_new_with_free_func (g_free);
  report->stranded = g_ptr_array_new_with_free_func (g_free);
  return report;
}

/* Returns: (transfer full): WeirNode, with references: what is to be stopped. */
static GPtrArray *
list_touched (const WeirPlan *plan)
{
  GPtrArray *touched = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_node_unref);

  for (guint i = 0; i < plan->nodes->len; i++) {
    const WeirNodePair *pair = plan->nodes->pdata[i];
    if (pair->live != NULL && pair->is_touched)
      g_ptr_array_add (touched, weir_node_ref (pair->live));
  }
  return touched;
}

static bool
check_removed (const WeirPlan *plan, bool may_strand, GError **error)
{
  for (guint i = 0; i < plan->queues->len && !may_strand; i++) {
    const WeirQueuePair *pair = plan->queues->pdata[i];
    uint64_t n = pair->draft == NULL ? atomic_load (&pair->live->count) : 0;

    if (n > 0) {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID,
                   "the connection %s still holds %" G_GUINT64_FORMAT
                   " FlowFiles: let them go on, empty it, or ask for them to be put aside",
                   pair->live->path, n);
      return false;
    }
  }
  return true;
}

/* What comes after this cannot fail. */
static bool
bring_to_rest (WeirEngine *engine, WeirPlan *plan, const GPtrArray *touched,
               const WeirReshapeOptions *options, GError **error)
{
  WeirNode *busy;

  weir_nodes_keep (touched, true);
  busy = weir_nodes_wait (engine, touched, options->usec);
  if (busy != NULL) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_FAILED,
                 "%s has not come back from its work in time; nothing was changed: stop it first, "
                 "or try again",
                 busy->path);
    return false;
  }
  return check_removed (plan, options->may_strand, error) && weir_plan_reorder (plan, error);
}

static void
note_restarted (const GPtrArray *touched, WeirReshapeReport *report)
{
  for (guint i = 0; i < touched->len; i++) {
    WeirNode *node = touched->pdata[i];
    WeirPhase phase = atomic_load (&node->phase);

    if (phase != WEIR_PHASE_STOPPED && phase != WEIR_PHASE_STOPPING)
      g_ptr_array_add (report->restarted, g_strdup (node->path));
  }
}

/* The new ones follow what is wanted of them. */
static void
start_added (const WeirPlan *plan, bool starts_added)
{
  for (guint i = 0; i < plan->nodes->len; i++) {
    const WeirNodePair *pair = plan->nodes->pdata[i];

    if (pair->live == NULL &&
        (starts_added || atomic_load (&pair->draft->component)->kind != WEIR_KIND_PROCESSOR))
      weir_node_want (pair->draft, WEIR_WISH_RUNNING);
  }
}

bool
weir_engine_reshape (WeirEngine *engine, const WeirFlow *next, WeirResolver *resolver,
                     const WeirReshapeOptions *options, WeirReshapeReport **ret_report,
                     GError **error)
{
  g_autoptr (WeirReshapeReport) report = report_new ();
  g_autoptr (GPtrArray) touched = NULL;
  g_autoptr (WeirPlan) plan = NULL;
  int64_t start;
  bool worked;
  WEIR_LOCKED (&engine->control);

  weir_secrecy_add_flow (engine->secrecy, next, resolver);
  plan = weir_plan_new (engine, next, resolver, options->renames, error);
  if (plan == NULL || !check_removed (plan, options->may_strand, error))
    return false;
  /* Building may have read more of them. */
  weir_secrecy_add_flow (engine->secrecy, next, resolver);
  touched = list_touched (plan);
  note_restarted (touched, report);
  start = g_get_monotonic_time ();
  worked = bring_to_rest (engine, plan, touched, options, error);
  if (worked)
    weir_plan_apply (plan, report);
  weir_nodes_keep (touched, false);
  if (!worked)
    return false;
  start_added (plan, options->starts_added);
  report->stopped_usec = g_get_monotonic_time () - start;
  if (ret_report != NULL)
    *ret_report = g_steal_pointer (&report);
  return true;
}
