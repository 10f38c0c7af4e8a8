/* reshape-apply.c: first what is kept on disk gets its new names, then drafts take their places, or
 * what runs takes over what is new in them. */
#include "runtime/reshape-apply.h"

#include "runtime/backlog.h"
#include "runtime/reorder.h"
#include "runtime/restore.h"
#include "runtime/running.h"

#include <string.h>

static void
add_text (GPtrArray *texts, const char *text)
{
  g_ptr_array_add (texts, g_strdup (text));
}

/* --- orders --- */

static bool
reorder (WeirPlan *plan, GError **error)
{
  for (guint i = 0; i < plan->queues->len; i++) {
    const WeirQueuePair *pair = plan->queues->pdata[i];

    if (pair->live != NULL && pair->draft != NULL && pair->live->order != pair->draft->order &&
        !weir_queue_reorder (pair->live, plan->engine, pair->draft->order, error))
      return false;
  }
  return true;
}

/* Timers look at long queues and at those whose FlowFiles expire. */
bool
weir_plan_reorder (WeirPlan *plan, GError **error)
{
  bool ok;

  weir_timers_pause (plan->engine->timers);
  ok = reorder (plan, error);
  weir_timers_go_on (plan->engine->timers);
  return ok;
}

/* --- names on disk --- */

static void
add_rename (GArray *renames, WeirWordKind kind, uint64_t number, const char *from, const char *to)
{
  WeirRename rename = { kind, number, to };

  if (strcmp (from, to) != 0)
    g_array_append_val (renames, rename);
}

static void
rename_words (const WeirPlan *plan)
{
  g_autoptr (GArray) renames = g_array_new (FALSE, FALSE, sizeof (WeirRename));

  if (plan->engine->data == NULL)
    return;
  for (guint i = 0; i < plan->services->len; i++) {
    const WeirServicePair *pair = plan->services->pdata[i];
    if (pair->live != NULL && pair->draft != NULL)
      add_rename (renames, WEIR_WORD_COMPONENT, pair->live->number, pair->live->path,
                  pair->draft->path);
  }
  for (guint i = 0; i < plan->nodes->len; i++) {
    const WeirNodePair *pair = plan->nodes->pdata[i];
    if (pair->live != NULL && pair->draft != NULL)
      add_rename (renames, WEIR_WORD_COMPONENT, pair->live->number, pair->live->path,
                  pair->draft->path);
  }
  for (guint i = 0; i < plan->queues->len; i++) {
    const WeirQueuePair *pair = plan->queues->pdata[i];
    if (pair->live != NULL && pair->draft != NULL)
      add_rename (renames, WEIR_WORD_QUEUE, pair->live->number, pair->live->path,
                  pair->draft->path);
  }
  weir_dictionary_rename (weir_data_get_dictionary (plan->engine->data),
                          (const WeirRename *)renames->data, renames->len);
}

/* --- what components remember --- */

/* Of one that comes: as it was when it went, if it ever did. */
static void
take_state (WeirEngine *engine, const char *name, WeirState **state)
{
  gpointer path, found;

  if (!g_hash_table_steal_extended (engine->states, name, &path, &found))
    return;
  g_free (path);
  weir_state_free (*state);
  *state = found;
}

/* Of one that goes. */
static void
leave_state (WeirEngine *engine, const char *name, WeirState **state)
{
  g_hash_table_replace (engine->states, g_strdup (name), g_steal_pointer (state));
}

static uint64_t
get_number (WeirEngine *engine, const char *name)
{
  return engine->data == NULL ? 0
                              : weir_dictionary_get_number (weir_data_get_dictionary (engine->data),
                                                            WEIR_WORD_COMPONENT, name);
}

/* What is stranded under a name that another queue has now. */
static void
rename_stranded (const WeirPlan *plan)
{
  WeirEngine *engine = plan->engine;

  for (guint i = 0; engine->data != NULL && i < engine->stranded->len; i++) {
    WeirStranded *stranded = engine->stranded->pdata[i];
    const char *name = weir_dictionary_get_text (weir_data_get_dictionary (engine->data),
                                                 WEIR_WORD_QUEUE, stranded->queue->number);

    if (name == NULL || strcmp (name, stranded->name) == 0)
      continue;
    g_free (stranded->name);
    stranded->name = g_strdup (name);
  }
}

/* --- services --- */

static void
swap_properties (const WeirPlan *plan, WeirPropertyText **live, size_t *n_live,
                 WeirPropertyText **draft, size_t *n_draft)
{
  WeirPropertyText *properties = *live;
  size_t n = *n_live;

  *live = *draft;
  *n_live = *n_draft;
  *draft = properties;
  *n_draft = n;
}

static void
bind_services (const WeirPlan *plan, WeirPropertyText *properties, size_t n_properties)
{
  for (size_t i = 0; i < n_properties; i++)
    properties[i].service = weir_plan_get_service (plan, properties[i].service);
}

static void
take_over_name (_Atomic (const char *) *live, _Atomic (const char *) *draft, WeirAttic *attic)
{
  const char *old = *live;

  if (strcmp (old, *draft) == 0)
    return;
  *live = *draft;
  *draft = NULL;
  weir_attic_keep (attic, old, g_free);
}

static void
change_service (const WeirPlan *plan, const WeirServicePair *pair)
{
  take_over_name (&pair->live->name, &pair->draft->name, &pair->live->attic);
  if (!pair->is_changed)
    return;
  take_over_name (&pair->live->path, &pair->draft->path, &pair->live->attic);
  bind_services (plan, pair->draft->properties, pair->draft->n_properties);
  swap_properties (plan, &pair->live->properties, &pair->live->n_properties,
                   &pair->draft->properties, &pair->draft->n_properties);
}

static void
add_service (const WeirPlan *plan, WeirServed *draft)
{
  bind_services (plan, draft->properties, draft->n_properties);
  draft->number = get_number (plan->engine, draft->path);
  take_state (plan->engine, draft->path, &draft->state);
}

static void
apply_services (const WeirPlan *plan, WeirReshapeReport *report)
{
  g_autoptr (GHashTable) touched = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) now = g_ptr_array_new ();

  for (guint i = 0; i < plan->services->len; i++) {
    const WeirServicePair *pair = plan->services->pdata[i];

    if (pair->live != NULL && pair->is_touched)
      g_hash_table_add (touched, pair->live);
    report->n_services_changed += pair->is_changed ? 1 : 0;
  }
  weir_services_disable_some (plan->engine->services, touched);
  for (guint i = 0; i < plan->services->len; i++) {
    const WeirServicePair *pair = plan->services->pdata[i];
    if (pair->draft == NULL && pair->live != NULL)
      leave_state (plan->engine, pair->live->path, &pair->live->state);
  }
  for (guint i = 0; i < plan->services->len; i++) {
    const WeirServicePair *pair = plan->services->pdata[i];

    if (pair->draft == NULL)
      continue;
    if (pair->live != NULL)
      change_service (plan, pair);
    else
      add_service (plan, pair->draft);
    g_ptr_array_add (now, pair->live != NULL ? pair->live : pair->draft);
  }
  weir_services_replace (plan->engine->services, plan->draft.services, now);
}

/* --- queues --- */

static void
change_queue (const WeirPlan *plan, WeirQueuePair *pair)
{
  WeirQueue *live = pair->live;
  WeirQueue *draft = pair->draft;
  const WeirConnection *connection = live->connection;

  take_over_name (&live->path, &draft->path, &live->attic);
  /* The nodes of others may run. */
  if (pair->is_moved) {
    live->source = weir_plan_get_node (plan, draft->source);
    live->target = weir_plan_get_node (plan, draft->target);
    live->connection = draft->connection;
    draft->connection = NULL;
    weir_attic_keep (&live->attic, connection, (GDestroyNotify)weir_component_free);
  }
  atomic_store (&live->max_count, atomic_load (&draft->max_count));
  atomic_store (&live->max_bytes, atomic_load (&draft->max_bytes));
  atomic_store (&live->expire_usec, atomic_load (&draft->expire_usec));
  if (pair->stranded != NULL) {
    g_ptr_array_remove (plan->engine->stranded, pair->stranded);
    g_free (pair->stranded->name);
    g_clear_pointer (&pair->stranded, g_free);
    pair->is_back = true;
  }
}

static void
add_queue (const WeirPlan *plan, WeirQueue *draft)
{
  WeirEngine *engine = plan->engine;

  draft->source = weir_plan_get_node (plan, draft->source);
  draft->target = weir_plan_get_node (plan, draft->target);
  if (engine->data == NULL)
    return;
  weir_backlog_add (draft, engine->queue_front);
  draft->number = weir_dictionary_get_number (weir_data_get_dictionary (engine->data),
                                              WEIR_WORD_QUEUE, draft->path);
}

static void
remove_queue (WeirEngine *engine, WeirQueue *live, WeirReshapeReport *report)
{
  live->source = live->target = NULL;
  if (atomic_load (&live->count) == 0)
    return;
  weir_restore_strand (engine, weir_queue_ref (live));
  add_text (report->stranded, live->path);
}

/* Returns: (transfer full). */
static GPtrArray *
apply_queues (WeirPlan *plan, WeirReshapeReport *report)
{
  GPtrArray *now = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_queue_unref);

  for (guint i = 0; i < plan->queues->len; i++) {
    WeirQueuePair *pair = plan->queues->pdata[i];

    if (pair->draft == NULL) {
      remove_queue (plan->engine, pair->live, report);
      report->n_queues_removed++;
    } else if (pair->live == NULL) {
      add_queue (plan, pair->draft);
      g_ptr_array_add (now, weir_queue_ref (pair->draft));
      report->n_queues_added++;
    } else {
      report->n_queues_changed += pair->is_moved ? 1 : 0;
      change_queue (plan, pair);
      g_ptr_array_add (now, pair->is_back ? pair->live : weir_queue_ref (pair->live));
    }
  }
  return now;
}

/* --- nodes --- */

/* It is at rest. What was its own goes with the draft. */
static void
change_node (const WeirPlan *plan, const WeirNodePair *pair)
{
  WeirNode *live = pair->live;
  WeirNode *draft = pair->draft;
  const WeirComponent *component = live->component;
  WeirCron *cron = live->cron;
  char *retry_attribute = live->retry_attribute;

  take_over_name (&live->path, &draft->path, &live->attic);
  live->component = draft->component;
  draft->component = NULL;
  weir_attic_keep (&live->attic, component, (GDestroyNotify)weir_component_free);
  bind_services (plan, draft->properties, draft->n_properties);
  swap_properties (plan, &live->properties, &live->n_properties, &draft->properties,
                   &draft->n_properties);
  live->cron = draft->cron;
  draft->cron = cron;
  live->retry_attribute = draft->retry_attribute;
  draft->retry_attribute = retry_attribute;
  live->mode = draft->mode;
  live->every_usec = draft->every_usec;
  live->tasks_wanted = draft->tasks_wanted;
  live->penalty_usec = draft->penalty_usec;
  live->yield_usec = draft->yield_usec;
  live->bulletin_level = draft->bulletin_level;
  live->is_disabled = draft->is_disabled;
}

static void
add_node (const WeirPlan *plan, WeirNode *draft)
{
  bind_services (plan, draft->properties, draft->n_properties);
  draft->number = get_number (plan->engine, draft->path);
  take_state (plan->engine, draft->path, &draft->state);
}

static void
remove_node (WeirEngine *engine, WeirNode *live)
{
  weir_node_want (live, WEIR_WISH_STOPPED);
  weir_timers_cancel (engine->timers, &live->timer);
  leave_state (engine, live->path, &live->state);
}

/* Returns: (transfer full): those of the queues of @draft that are in use from now on. */
static GPtrArray *
map_queues (const WeirPlan *plan, WeirQueue *const *drafts, unsigned n)
{
  GPtrArray *queues = g_ptr_array_sized_new (n);

  for (unsigned i = 0; i < n; i++)
    g_ptr_array_add (queues, weir_plan_get_queue (plan, drafts[i]));
  return queues;
}

static void
set_ends (const WeirPlan *plan, WeirNode *node, const WeirNode *draft)
{
  g_autoptr (GPtrArray) inputs = map_queues (plan, draft->inputs, draft->n_inputs);
  g_autoptr (GPtrArray) outputs = map_queues (plan, draft->outputs, draft->n_outputs);

  weir_node_set_ends (node, inputs, outputs);
}

static void
apply_node (const WeirPlan *plan, const WeirNodePair *pair, WeirReshapeReport *report)
{
  if (pair->draft == NULL) {
    remove_node (plan->engine, pair->live);
    add_text (report->removed, pair->live->path);
  } else if (pair->live == NULL) {
    add_node (plan, pair->draft);
    set_ends (plan, pair->draft, pair->draft);
    add_text (report->added, pair->draft->path);
  } else {
    take_over_name (&pair->live->name, &pair->draft->name, &pair->live->attic);
    if (pair->is_changed) {
      change_node (plan, pair);
      add_text (report->changed, pair->live->path);
    }
    if (pair->is_touched)
      set_ends (plan, pair->live, pair->draft);
  }
}

/* Returns: (transfer full). What goes is not read any more, but by who has a reference. */
static GPtrArray *
apply_nodes (const WeirPlan *plan, WeirReshapeReport *report)
{
  GPtrArray *now = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_node_unref);

  /* One that goes may have had the name of one that comes. */
  for (guint i = plan->nodes->len; i > 0; i--) {
    const WeirNodePair *pair = plan->nodes->pdata[i - 1];
    if (pair->draft == NULL)
      apply_node (plan, pair, report);
  }
  for (guint i = 0; i < plan->nodes->len; i++) {
    const WeirNodePair *pair = plan->nodes->pdata[i];

    if (pair->draft == NULL)
      continue;
    apply_node (plan, pair, report);
    g_ptr_array_add (now, weir_node_ref (pair->live != NULL ? pair->live : pair->draft));
  }
  return now;
}

/* --- the whole --- */

/* Who waited for room in a queue that takes more now would wait on. */
static void
tell_sources (const WeirEngine *engine)
{
  for (guint i = 0; i < engine->queues->len; i++) {
    WeirQueue *queue = engine->queues->pdata[i];
    if (weir_queue_has_room_again (queue))
      weir_node_wake (queue->source, NULL);
  }
}

static void
tell_disk (const WeirPlan *plan)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new ();

  for (guint i = 0; i < plan->nodes->len; i++) {
    const WeirNodePair *pair = plan->nodes->pdata[i];
    if (pair->live == NULL)
      g_ptr_array_add (added, pair->draft);
  }
  if (plan->engine->has_provenance && added->len > 0)
    weir_restore_describe (plan->engine, added);
}

void
weir_plan_apply (WeirPlan *plan, WeirReshapeReport *report)
{
  WeirEngine *engine = plan->engine;
  GPtrArray *old_nodes = engine->nodes;
  GPtrArray *old_queues = engine->queues;

  /* Before one that comes asks for the number of a name that another one had. */
  rename_words (plan);
  apply_services (plan, report);
  weir_timers_pause (engine->timers);
  pthread_mutex_lock (&engine->shape);
  rename_stranded (plan);
  engine->queues = apply_queues (plan, report);
  engine->nodes = apply_nodes (plan, report);
  pthread_mutex_unlock (&engine->shape);
  tell_disk (plan);
  tell_sources (engine);
  weir_timers_go_on (engine->timers);
  g_ptr_array_unref (old_nodes);
  g_ptr_array_unref (old_queues);
  if (engine->is_started)
    weir_timers_arm (engine->timers, &engine->expiry_timer, 0);
}
