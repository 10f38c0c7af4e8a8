/* reshape-plan.c: components are found by their paths, connections by what they lead from and to;
 * what touches what is spread from services to their users and from queues to their ends. */
#include "runtime/reshape-plan.h"

#include <string.h>

static bool
same_retries (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return false;
  for (guint i = 0; i < a->len; i++) {
    const WeirRetry *one = a->pdata[i];
    const WeirRetry *other = b->pdata[i];

    if (strcmp (one->relationship, other->relationship) != 0 || one->attempts != other->attempts ||
        one->backoff != other->backoff || one->max_usec != other->max_usec)
      return false;
  }
  return true;
}

static bool
same_relationships (const WeirConnection *a, const WeirConnection *b)
{
  if (a->relationships->len != b->relationships->len)
    return false;
  for (guint i = 0; i < a->relationships->len; i++)
    if (strcmp (a->relationships->pdata[i], b->relationships->pdata[i]) != 0)
      return false;
  return true;
}

static bool
same_properties (const WeirPlan *plan, const WeirPropertyText *live, size_t n_live,
                 const WeirPropertyText *draft, size_t n_draft)
{
  if (n_live != n_draft)
    return false;
  for (size_t i = 0; i < n_live; i++)
    if (strcmp (live[i].name, draft[i].name) != 0 ||
        g_strcmp0 (live[i].value, draft[i].value) != 0 || live[i].is_secret != draft[i].is_secret ||
        live[i].service != weir_plan_get_service (plan, draft[i].service))
      return false;
  return true;
}

static bool
same_processor (const WeirNode *live, const WeirNode *draft)
{
  const WeirProcessorNode *a = (const WeirProcessorNode *)live->component;
  const WeirProcessorNode *b = (const WeirProcessorNode *)draft->component;

  return a->schedule.mode == b->schedule.mode &&
         g_strcmp0 (a->schedule.cron, b->schedule.cron) == 0 &&
         same_retries (a->retries, b->retries);
}

static bool
is_changed (const WeirPlan *plan, const WeirNode *live, const WeirNode *draft)
{
  return strcmp (live->path, draft->path) != 0 || live->every_usec != draft->every_usec ||
         live->tasks_wanted != draft->tasks_wanted || live->penalty_usec != draft->penalty_usec ||
         live->yield_usec != draft->yield_usec || live->bulletin_level != draft->bulletin_level ||
         live->is_disabled != draft->is_disabled ||
         (atomic_load (&live->component)->kind == WEIR_KIND_PROCESSOR &&
          !same_processor (live, draft)) ||
         !same_properties (plan, live->properties, live->n_properties, draft->properties,
                           draft->n_properties);
}

/* --- paths --- */

/* What is at @path now: it, or one of the groups that it is in, may have been renamed.
 * Returns: (transfer full). */
static char *
rename_path (const WeirPlan *plan, const char *path)
{
  g_autofree char *outer = g_strdup (path);

  for (size_t n = plan->renames != NULL ? strlen (path) : 0; n > 0;) {
    const char *renamed = g_hash_table_lookup (plan->renames, outer);
    const char *slash;

    if (renamed != NULL)
      return g_strconcat (renamed, path + n, NULL);
    slash = strrchr (outer, '/');
    n = slash != NULL ? (size_t)(slash - outer) : 0;
    outer[n] = '\0';
  }
  return g_strdup (path);
}

/* --- nodes and services --- */

static GHashTable *
index_nodes (const GPtrArray *nodes)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < nodes->len; i++) {
    WeirNode *node = nodes->pdata[i];
    g_hash_table_insert (index, (char *)node->path, node);
  }
  return index;
}

static bool
can_become (const WeirNode *live, const WeirNode *draft)
{
  return live->type == draft->type &&
         atomic_load (&live->component)->kind == atomic_load (&draft->component)->kind;
}

static void
add_node_pair (WeirPlan *plan, WeirNode *live, WeirNode *draft)
{
  WeirNodePair *pair = g_new0 (WeirNodePair, 1);

  *pair = (WeirNodePair){ .live = live, .draft = draft };
  g_ptr_array_add (plan->nodes, pair);
  if (live != NULL)
    g_hash_table_insert (plan->pairs, live, pair);
  if (draft != NULL)
    g_hash_table_insert (plan->pairs, draft, pair);
}

static void
pair_nodes (WeirPlan *plan)
{
  g_autoptr (GHashTable) index = index_nodes (plan->draft.nodes);
  g_autoptr (GHashTable) found = g_hash_table_new (NULL, NULL); /* draft to live */

  for (guint i = 0; i < plan->engine->nodes->len; i++) {
    WeirNode *live = plan->engine->nodes->pdata[i];
    g_autofree char *path = rename_path (plan, live->path);
    WeirNode *draft = g_hash_table_lookup (index, path);

    if (draft != NULL && can_become (live, draft) && !g_hash_table_contains (found, draft))
      g_hash_table_insert (found, draft, live);
  }
  for (guint i = 0; i < plan->draft.nodes->len; i++) {
    WeirNode *draft = plan->draft.nodes->pdata[i];
    add_node_pair (plan, g_hash_table_lookup (found, draft), draft);
  }
  for (guint i = 0; i < plan->engine->nodes->len; i++) {
    WeirNode *live = plan->engine->nodes->pdata[i];
    if (!g_hash_table_contains (plan->pairs, live))
      add_node_pair (plan, live, NULL);
  }
}

static WeirServed *
find_service (const WeirPlan *plan, const WeirServed *draft)
{
  const GPtrArray *all = weir_services_list (plan->engine->services);

  for (guint i = 0; i < all->len; i++) {
    WeirServed *live = all->pdata[i];
    g_autofree char *path = rename_path (plan, live->path);

    if (live->type == draft->type && strcmp (path, draft->path) == 0 &&
        !g_hash_table_contains (plan->pairs, live))
      return live;
  }
  return NULL;
}

static void
add_service_pair (WeirPlan *plan, WeirServed *live, WeirServed *draft)
{
  WeirServicePair *pair = g_new0 (WeirServicePair, 1);

  *pair = (WeirServicePair){ .live = live, .draft = draft };
  g_ptr_array_add (plan->services, pair);
  if (live != NULL)
    g_hash_table_insert (plan->pairs, live, pair);
  if (draft != NULL)
    g_hash_table_insert (plan->pairs, draft, pair);
}

static void
pair_services (WeirPlan *plan)
{
  const GPtrArray *drafts = weir_services_list (plan->draft.services);
  const GPtrArray *all = weir_services_list (plan->engine->services);

  for (guint i = 0; i < drafts->len; i++)
    add_service_pair (plan, find_service (plan, drafts->pdata[i]), drafts->pdata[i]);
  for (guint i = 0; i < all->len; i++)
    if (!g_hash_table_contains (plan->pairs, all->pdata[i]))
      add_service_pair (plan, all->pdata[i], NULL);
}

/* --- queues --- */

static bool
is_free (const WeirPlan *plan, const GHashTable *found, const WeirQueue *draft)
{
  return !g_hash_table_contains ((GHashTable *)found, draft);
}

/* One that leads from and to the same. Returns: (nullable). */
static WeirQueue *
find_by_ends (const WeirPlan *plan, const GHashTable *found, const WeirQueue *live,
              bool with_relationships)
{
  const WeirNodePair *source = g_hash_table_lookup (plan->pairs, live->source);
  const WeirNodePair *target = g_hash_table_lookup (plan->pairs, live->target);

  if (source->draft == NULL || target->draft == NULL)
    return NULL;
  for (unsigned i = 0; i < source->draft->n_outputs; i++) {
    WeirQueue *draft = source->draft->outputs[i];

    if (draft->target == target->draft && is_free (plan, found, draft) &&
        (!with_relationships || same_relationships (live->connection, draft->connection)))
      return draft;
  }
  return NULL;
}

/* By its name, which was told or is an id. Returns: (nullable). */
static WeirQueue *
find_by_path (const WeirPlan *plan, GHashTable *index, const WeirQueue *live)
{
  const char *told = plan->renames != NULL ? g_hash_table_lookup (plan->renames, live->path) : NULL;
  g_autofree char *path = NULL;

  if (told != NULL)
    return g_hash_table_lookup (index, told);
  if (atomic_load (&live->connection)->base.id[0] == '\0')
    return NULL;
  path = rename_path (plan, live->path);
  return g_hash_table_lookup (index, path);
}

/* From what is surest to what is left. */
static void
find_queues (WeirPlan *plan, GHashTable *found)
{
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < plan->draft.queues->len; i++) {
    WeirQueue *draft = plan->draft.queues->pdata[i];
    g_hash_table_insert (index, (char *)draft->path, draft);
  }
  for (unsigned pass = 0; pass < 3; pass++) {
    for (guint i = 0; i < plan->engine->queues->len; i++) {
      WeirQueue *live = plan->engine->queues->pdata[i];
      WeirQueue *draft;

      if (g_hash_table_contains (done, live))
        continue;
      draft = pass == 0 ? find_by_path (plan, index, live)
                        : find_by_ends (plan, found, live, pass == 1);
      if (draft == NULL || !is_free (plan, found, draft))
        continue;
      g_hash_table_insert (found, draft, live);
      g_hash_table_add (done, live);
    }
  }
}

static WeirStranded *
find_stranded (const WeirEngine *engine, const char *path)
{
  for (guint i = 0; i < engine->stranded->len; i++) {
    WeirStranded *stranded = engine->stranded->pdata[i];
    if (strcmp (stranded->name, path) == 0)
      return stranded;
  }
  return NULL;
}

static bool
is_moved (const WeirPlan *plan, const WeirQueue *live, const WeirQueue *draft)
{
  return live->source != weir_plan_get_node (plan, draft->source) ||
         live->target != weir_plan_get_node (plan, draft->target) || live->order != draft->order ||
         !same_relationships (live->connection, draft->connection);
}

static void
add_queue_pair (WeirPlan *plan, WeirQueue *live, WeirQueue *draft, WeirStranded *stranded)
{
  WeirQueuePair *pair = g_new0 (WeirQueuePair, 1);

  *pair = (WeirQueuePair){ .live = live, .draft = draft, .stranded = stranded };
  pair->is_moved =
      live == NULL || draft == NULL || stranded != NULL || is_moved (plan, live, draft);
  g_ptr_array_add (plan->queues, pair);
  if (live != NULL)
    g_hash_table_insert (plan->pairs, live, pair);
  if (draft != NULL)
    g_hash_table_insert (plan->pairs, draft, pair);
}

static void
pair_queues (WeirPlan *plan)
{
  g_autoptr (GHashTable) found = g_hash_table_new (NULL, NULL); /* draft to live */

  find_queues (plan, found);
  for (guint i = 0; i < plan->draft.queues->len; i++) {
    WeirQueue *draft = plan->draft.queues->pdata[i];
    WeirQueue *live = g_hash_table_lookup (found, draft);
    WeirStranded *stranded = live == NULL ? find_stranded (plan->engine, draft->path) : NULL;

    add_queue_pair (plan, stranded != NULL ? stranded->queue : live, draft, stranded);
  }
  for (guint i = 0; i < plan->engine->queues->len; i++) {
    WeirQueue *live = plan->engine->queues->pdata[i];
    if (!g_hash_table_contains (plan->pairs, live))
      add_queue_pair (plan, live, NULL, NULL);
  }
}

/* --- what touches what --- */

static bool
uses_touched (const WeirPlan *plan, const WeirPropertyText *properties, size_t n_properties)
{
  for (size_t i = 0; i < n_properties; i++) {
    const WeirServicePair *pair = properties[i].service != NULL
                                      ? g_hash_table_lookup (plan->pairs, properties[i].service)
                                      : NULL;
    if (pair != NULL && pair->is_touched)
      return true;
  }
  return false;
}

static void
touch_services (WeirPlan *plan)
{
  bool is_more;

  for (guint i = 0; i < plan->services->len; i++) {
    WeirServicePair *pair = plan->services->pdata[i];
    pair->is_changed = pair->live == NULL || pair->draft == NULL ||
                       strcmp (pair->live->path, pair->draft->path) != 0 ||
                       !same_properties (plan, pair->live->properties, pair->live->n_properties,
                                         pair->draft->properties, pair->draft->n_properties);
    pair->is_touched = pair->is_changed;
  }
  do {
    is_more = false;
    for (guint i = 0; i < plan->services->len; i++) {
      WeirServicePair *pair = plan->services->pdata[i];

      if (pair->is_touched || pair->live == NULL ||
          !uses_touched (plan, pair->live->properties, pair->live->n_properties))
        continue;
      pair->is_touched = is_more = true;
    }
  } while (is_more);
}

static void
touch (const WeirPlan *plan, const WeirNode *node)
{
  WeirNodePair *pair = node != NULL ? g_hash_table_lookup (plan->pairs, node) : NULL;

  if (pair != NULL)
    pair->is_touched = true;
}

static void
touch_nodes (WeirPlan *plan)
{
  for (guint i = 0; i < plan->nodes->len; i++) {
    WeirNodePair *pair = plan->nodes->pdata[i];

    pair->is_changed =
        pair->live != NULL && pair->draft != NULL && is_changed (plan, pair->live, pair->draft);
    pair->is_touched = pair->is_changed || pair->live == NULL || pair->draft == NULL ||
                       uses_touched (plan, pair->live->properties, pair->live->n_properties);
  }
  for (guint i = 0; i < plan->queues->len; i++) {
    const WeirQueuePair *pair = plan->queues->pdata[i];

    if (!pair->is_moved)
      continue;
    if (pair->live != NULL) {
      touch (plan, pair->live->source);
      touch (plan, pair->live->target);
    }
    if (pair->draft != NULL) {
      touch (plan, pair->draft->source);
      touch (plan, pair->draft->target);
    }
  }
}

WeirPlan *
weir_plan_new (WeirEngine *engine, const WeirFlow *next, WeirResolver *resolver,
               GHashTable *renames, GError **error)
{
  g_autoptr (WeirPlan) plan = g_new0 (WeirPlan, 1);

  plan->engine = engine;
  plan->renames = renames;
  plan->draft.nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_node_unref);
  plan->draft.queues = g_ptr_array_new_with_free_func ((GDestroyNotify)weir_queue_unref);
  plan->draft.services = weir_services_new (engine);
  plan->nodes = g_ptr_array_new_with_free_func (g_free);
  plan->queues = g_ptr_array_new_with_free_func (g_free);
  plan->services = g_ptr_array_new_with_free_func (g_free);
  plan->pairs = g_hash_table_new (NULL, NULL);
  if (!weir_build_parts (engine, next, resolver, &plan->draft, error))
    return NULL;
  pair_services (plan);
  pair_nodes (plan);
  pair_queues (plan);
  touch_services (plan);
  touch_nodes (plan);
  return g_steal_pointer (&plan);
}

void
weir_plan_free (WeirPlan *plan)
{
  if (plan == NULL)
    return;
  g_hash_table_unref (plan->pairs);
  g_ptr_array_unref (plan->nodes);
  g_ptr_array_unref (plan->queues);
  g_ptr_array_unref (plan->services);
  g_ptr_array_unref (plan->draft.queues);
  g_ptr_array_unref (plan->draft.nodes);
  weir_services_free (plan->draft.services);
  g_free (plan);
}

WeirNode *
weir_plan_get_node (const WeirPlan *plan, const WeirNode *draft)
{
  const WeirNodePair *pair = g_hash_table_lookup (plan->pairs, draft);

  return pair->live != NULL ? pair->live : pair->draft;
}

WeirQueue *
weir_plan_get_queue (const WeirPlan *plan, const WeirQueue *draft)
{
  const WeirQueuePair *pair = g_hash_table_lookup (plan->pairs, draft);

  return pair->live != NULL ? pair->live : pair->draft;
}

const WeirService *
weir_plan_get_service (const WeirPlan *plan, const WeirService *draft)
{
  const WeirServicePair *pair = draft != NULL ? g_hash_table_lookup (plan->pairs, draft) : NULL;

  if (pair == NULL)
    return NULL;
  return pair->live != NULL ? &pair->live->face : &pair->draft->face;
}
