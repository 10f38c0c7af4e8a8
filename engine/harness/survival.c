/* survival.c: a copy of what was durable. Attributes and content are shared with the FlowFiles
 * they were copied from, so that a copy costs next to nothing and keeps its id. */
#include "harness/survival.h"

#include "runtime/engine.h"
#include "runtime/scheduler.h"

#include <stdlib.h>

/* A module's state struct that nobody calls any more. */
typedef struct {
  WeirConfig *config;
  WeirArena evaluated;
} Dead;

struct WeirSurvival {
  WeirNode *node;
  WeirMagazine *magazine;
  bool is_delayed;
  GHashTable *committed; /* state: key to value */
  GHashTable *durable;   /* the same, as of the last sync */
  WeirList *queues;      /* as of the last sync: one for each input, then for each output */
  GArray *effects;       /* WeirEffect: those that wait, in order */
  guint n_due;           /* so many of them are of durable sessions */
  GArray *dropped;       /* WeirEffect: never called */
  GArray *dead;          /* Dead */
};

static GHashTable *
new_state (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

WeirSurvival *
weir_survival_new (WeirNode *node, WeirMagazine *magazine)
{
  WeirSurvival *survival = g_new0 (WeirSurvival, 1);

  survival->node = node;
  survival->magazine = magazine;
  survival->committed = new_state ();
  survival->durable = new_state ();
  survival->queues = g_new0 (WeirList, node->n_inputs + node->n_outputs);
  survival->effects = g_array_new (FALSE, FALSE, sizeof (WeirEffect));
  survival->dropped = g_array_new (FALSE, FALSE, sizeof (WeirEffect));
  survival->dead = g_array_new (FALSE, FALSE, sizeof (Dead));
  return survival;
}

static void
empty (WeirSurvival *survival, WeirList *list)
{
  for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (list)) != NULL;)
    weir_flowfile_free (survival->magazine, flowfile);
}

static void
forget_copies (WeirSurvival *survival)
{
  for (unsigned i = 0; i < survival->node->n_inputs + survival->node->n_outputs; i++)
    empty (survival, &survival->queues[i]);
}

static void
destroy_effects (GArray *effects)
{
  for (guint i = 0; i < effects->len; i++) {
    const WeirEffect *effect = &g_array_index (effects, WeirEffect, i);

    if (effect->destroy != NULL)
      effect->destroy (effect->data);
  }
  g_array_unref (effects);
}

void
weir_survival_free (WeirSurvival *survival)
{
  if (survival == NULL)
    return;
  destroy_effects (survival->effects);
  destroy_effects (survival->dropped);
  for (guint i = 0; i < survival->dead->len; i++) {
    Dead *dead = &g_array_index (survival->dead, Dead, i);

    if (survival->node->type->on_stopped != NULL)
      survival->node->type->on_stopped (weir_config_get_state (dead->config));
    weir_config_free (dead->config);
    weir_arena_clear (&dead->evaluated);
  }
  g_array_unref (survival->dead);
  forget_copies (survival);
  g_free (survival->queues);
  g_hash_table_unref (survival->committed);
  g_hash_table_unref (survival->durable);
  g_free (survival);
}

/* --- what is durable --- */

static int
compare_ids (const void *a, const void *b)
{
  const WeirFlowFile *x = *(WeirFlowFile *const *)a, *y = *(WeirFlowFile *const *)b;

  return (x->id > y->id) - (x->id < y->id);
}

/* In the order in which they came into being, whatever they wait for. */
static void
copy_queue (WeirSurvival *survival, WeirQueue *queue, WeirList *copies)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (WeirFlowFile *flowfile = queue->fifo.head; flowfile != NULL; flowfile = flowfile->next)
    g_ptr_array_add (found, flowfile);
  for (size_t i = 0; i < queue->penalized.n; i++)
    g_ptr_array_add (found, queue->penalized.items[i].flowfile);
  for (WeirHeld *held = survival->node->held; held != NULL; held = held->next)
    if (held->record.source == queue)
      g_ptr_array_add (found, held->record.flowfile);
  g_ptr_array_sort (found, compare_ids);
  for (guint i = 0; i < found->len; i++) {
    const WeirFlowFile *flowfile = found->pdata[i];
    WeirFlowFile *copy = weir_flowfile_copy (survival->magazine, flowfile);

    copy->id = flowfile->id;
    weir_list_append (copies, copy);
  }
}

static WeirQueue *
nth_queue (const WeirNode *node, unsigned i)
{
  return i < node->n_inputs ? node->inputs[i] : node->outputs[i - node->n_inputs];
}

static void
copy_state (GHashTable *from, GHashTable *to)
{
  GHashTableIter iter;
  void *key, *value;

  g_hash_table_remove_all (to);
  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (to, g_strdup (key), g_strdup (value));
}

static void
copy_all (WeirSurvival *survival)
{
  WeirNode *node = survival->node;

  forget_copies (survival);
  for (unsigned i = 0; i < node->n_inputs + node->n_outputs; i++)
    copy_queue (survival, nth_queue (node, i), &survival->queues[i]);
  copy_state (survival->committed, survival->durable);
}

void
weir_survival_delay (WeirSurvival *survival)
{
  survival->is_delayed = true;
  copy_all (survival);
}

static void
note_changes (WeirSurvival *survival, const WeirChange *newest)
{
  if (newest == NULL)
    return;
  note_changes (survival, newest->next);
  if (newest->service != NULL)
    return; /* it is shared, and outlives what happens to one processor */
  if (newest->value != NULL)
    g_hash_table_insert (survival->committed, g_strdup (newest->key), g_strdup (newest->value));
  else
    g_hash_table_remove (survival->committed, newest->key);
}

void
weir_survival_note (WeirSurvival *survival, WeirSession *session)
{
  guint at = survival->effects->len;

  note_changes (survival, session->now.changes);
  if (!survival->is_delayed)
    return;
  for (const WeirEffect *effect = session->now.effects; effect != NULL; effect = effect->next)
    g_array_insert_val (survival->effects, at, *effect);
  session->now.effects = NULL;
}

unsigned
weir_survival_sync (WeirSurvival *survival, unsigned max)
{
  unsigned n = 0;

  copy_all (survival);
  survival->n_due = survival->effects->len;
  while (n < max && survival->n_due > 0) {
    WeirEffect effect = g_array_index (survival->effects, WeirEffect, 0);

    g_array_remove_index (survival->effects, 0);
    survival->n_due--;
    n++;
    effect.func (effect.data);
    if (effect.destroy != NULL)
      effect.destroy (effect.data);
  }
  return n;
}

/* --- the crash --- */

/* What it held is back in its queue, where it is replaced with the rest. */
static void
abandon (WeirSurvival *survival)
{
  WeirNode *node = survival->node;

  weir_node_stop (node);
  while (weir_scheduler_step (node->engine->scheduler))
    continue;
  if (node->config != NULL) {
    Dead dead = { g_steal_pointer (&node->config), node->evaluated };

    weir_arena_init (&node->evaluated);
    g_array_append_val (survival->dead, dead);
  }
  weir_node_finish (node);
}

/* What was pulled counts in its queue and is not there to be replaced. */
static void
replace_queue (WeirSurvival *survival, WeirQueue *queue, const WeirList *copies)
{
  WeirList list = { 0 };

  weir_queue_pop (queue, SIZE_MAX, 0, INT64_MAX, &list, &list);
  weir_queue_acknowledge (queue, list.n, list.bytes);
  empty (survival, &list);
  for (const WeirFlowFile *flowfile = copies->head; flowfile != NULL; flowfile = flowfile->next) {
    WeirFlowFile *copy = weir_flowfile_copy (survival->magazine, flowfile);

    copy->id = flowfile->id;
    weir_list_append (&list, copy);
  }
  if (list.n > 0)
    weir_queue_push (queue, &list, weir_clock_get_wall (survival->node->engine->clock));
}

static void
replace_state (WeirSurvival *survival)
{
  GHashTableIter iter;
  void *key, *value;

  g_hash_table_iter_init (&iter, survival->committed);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    weir_state_set (survival->node->state, key, NULL);
  g_hash_table_iter_init (&iter, survival->durable);
  while (g_hash_table_iter_next (&iter, &key, &value))
    weir_state_set (survival->node->state, key, value);
  copy_state (survival->durable, survival->committed);
}

void
weir_survival_crash (WeirSurvival *survival)
{
  WeirNode *node = survival->node;

  if (!survival->is_delayed)
    copy_all (survival);
  abandon (survival);
  g_array_append_vals (survival->dropped, survival->effects->data, survival->effects->len);
  g_array_set_size (survival->effects, 0);
  survival->n_due = 0;
  for (unsigned i = 0; i < node->n_inputs + node->n_outputs; i++)
    replace_queue (survival, nth_queue (node, i), &survival->queues[i]);
  replace_state (survival);
  weir_node_start (node);
}
