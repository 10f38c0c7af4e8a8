/* harness.c: an engine without threads around one processor, its clock held. Input comes from a
 * funnel that the harness fills, and each relationship leads to a funnel that nobody empties but
 * the test. What is wrong in the test itself ends the process: g_error. */
#include <weir/harness.h>

#include "harness/survival.h"
#include "runtime/activation.h"
#include "runtime/commit.h"
#include "runtime/engine.h"
#include "runtime/schedule.h"
#include "runtime/worker.h"
#include "store/content-reader.h"

#include <stdarg.h>
#include <string.h>

#define START_WALL INT64_C (1700000000000000) /* 2023-11-14T22:13:20Z */

struct WeirHarness {
  WeirRegistry *registry;
  WeirClock *clock;
  const WeirProcessor *type;
  WeirProcessorNode *processor; /* in flow once there is one */
  GPtrArray *services;          /* WeirServiceNode; in flow once there is one */
  WeirFlow *flow;               /* from the first use on */
  WeirEngine *engine;
  WeirNode *node;
  WeirNode *input;
  WeirSurvival *survival;
  WeirSession pulled;   /* never committed: what the test holds */
  GHashTable *contents; /* FlowFile to GBytes */
  char *error;
};

WeirHarness *
weir_harness_new (const char *type)
{
  WeirHarness *harness = g_new0 (WeirHarness, 1);
  g_autoptr (GError) error = NULL;

  harness->registry = weir_registry_new (NULL);
  harness->clock = weir_clock_new_fake (START_WALL);
  harness->type = weir_registry_find (harness->registry, type, &error);
  if (harness->type == NULL)
    g_error ("%s", error->message);
  harness->processor = weir_processor_node_new ("test", type);
  harness->services = g_ptr_array_new ();
  harness->contents = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
  return harness;
}

static void
release_pulled (WeirHarness *harness)
{
  WeirMark nothing = { 0 };

  for (WeirRecord *record = harness->pulled.now.newest; record != NULL; record = record->previous) {
    weir_queue_acknowledge (record->source, 1, record->old_size);
    record->source = NULL; /* freed, not put back */
  }
  weir_session_undo (&harness->pulled, &nothing, 0);
  weir_session_reset (&harness->pulled);
  g_hash_table_remove_all (harness->contents);
}

/* What is in no flow yet. */
static void
free_parts (WeirHarness *harness)
{
  weir_component_free (&harness->processor->base);
  for (guint i = 0; i < harness->services->len; i++)
    weir_component_free (harness->services->pdata[i]);
}

void
weir_harness_free (WeirHarness *harness)
{
  if (harness == NULL)
    return;
  if (harness->engine != NULL) {
    release_pulled (harness);
    weir_session_clear (&harness->pulled);
    weir_engine_stop (harness->engine, 0);
    weir_survival_free (harness->survival);
    weir_engine_free (harness->engine);
  }
  if (harness->flow != NULL)
    weir_flow_free (harness->flow);
  else
    free_parts (harness);
  g_ptr_array_unref (harness->services);
  g_hash_table_unref (harness->contents);
  weir_registry_free (harness->registry);
  weir_clock_free_fake (harness->clock);
  g_free (harness->error);
  g_free (harness);
}

void
weir_harness_set (WeirHarness *harness, const char *name, const char *value)
{
  GPtrArray *properties = harness->processor->properties;

  if (harness->flow != NULL)
    g_error ("weir_harness_set: the processor runs already");
  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];
    if (g_str_equal (property->name, name)) {
      g_ptr_array_remove_index (properties, i);
      break;
    }
  }
  if (value != NULL)
    weir_properties_add (properties, name, value);
}

void
weir_harness_add_service (WeirHarness *harness, const char *id, const char *type, ...)
{
  WeirServiceNode *node = weir_service_node_new (id, type);
  const char *name;
  va_list args;

  if (harness->flow != NULL)
    g_error ("weir_harness_add_service: the processor runs already");
  va_start (args, type);
  while ((name = va_arg (args, const char *)) != NULL)
    weir_properties_add (node->properties, name, va_arg (args, const char *));
  va_end (args);
  g_ptr_array_add (harness->services, node);
}

void
weir_harness_auto_terminate (WeirHarness *harness, const char *relationship)
{
  if (harness->flow != NULL)
    g_error ("weir_harness_auto_terminate: the processor runs already");
  weir_processor_node_add_auto_terminate (harness->processor, relationship);
}

/* Returns: (transfer full) (nullable). */
static WeirConfig *
configure (WeirHarness *harness, GError **error)
{
  GPtrArray *properties = harness->processor->properties;
  g_autofree WeirPropertyText *texts = g_new (WeirPropertyText, properties->len);
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  WeirConfig *config;

  for (guint i = 0; i < properties->len; i++) {
    const WeirPropertyNode *property = properties->pdata[i];
    texts[i] = (WeirPropertyText){ property->name, property->text };
  }
  config = weir_config_new (harness->type, texts, properties->len, problems);
  if (config == NULL)
    weir_config_problems_to_error (problems, error);
  return config;
}

char *
weir_harness_check (WeirHarness *harness)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirConfig) config = configure (harness, &error);

  return config != NULL ? NULL : g_strdup (error->message);
}

static void
connect (WeirFlow *flow, const char *from, const char *relationship, const char *to)
{
  WeirConnection *connection = weir_connection_new (from, relationship, to);

  connection->max_count = connection->max_bytes = 0;
  weir_group_add (flow->root, &connection->base, -1);
}

static void
build_flow (WeirHarness *harness, const WeirConfig *config)
{
  WeirFlow *flow = weir_flow_new ("harness");

  weir_group_add (flow->root, &harness->processor->base, -1);
  for (guint i = 0; i < harness->services->len; i++)
    weir_group_add (flow->root, harness->services->pdata[i], -1);
  weir_group_add (flow->root, &weir_funnel_new ("input")->base, -1);
  if (harness->type->input != WEIR_INPUT_FORBIDDEN)
    connect (flow, "input", NULL, "test");
  for (unsigned i = 0; i < weir_config_get_n_relationships (config); i++) {
    const char *relationship = weir_config_get_relationship (config, i);
    g_autofree char *id = g_strdup_printf ("output-%u", i);

    if (weir_processor_node_is_auto_terminated (harness->processor, relationship))
      continue;
    weir_group_add (flow->root, &weir_funnel_new (id)->base, -1);
    connect (flow, "test", relationship, id);
  }
  harness->flow = flow;
}

static void
on_bulletin (void *data, const WeirBulletin *bulletin)
{
  static const char *const levels[] = { "debug", "info", "warning", "error" };

  g_debug ("%s: %s: %s", bulletin->name, levels[bulletin->level], bulletin->message);
}

/* Builds the engine with the first use, when all properties are set. */
static void
prepare (WeirHarness *harness)
{
  WeirEngineOptions options = { .registry = harness->registry,
                                .clock = harness->clock,
                                .by_hand = true,
                                .seed = 1,
                                .on_bulletin = on_bulletin };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirConfig) config = NULL;
  g_autoptr (WeirResolver) resolver = NULL;

  if (harness->engine != NULL)
    return;
  config = configure (harness, &error);
  if (config == NULL)
    g_error ("%s", error->message);
  build_flow (harness, config);
  harness->engine = weir_engine_new (&options, &error);
  if (harness->engine == NULL)
    g_error ("%s", error->message);
  resolver = weir_resolver_new (harness->flow, NULL, NULL, NULL);
  if (!weir_engine_load (harness->engine, harness->flow, resolver, &error))
    g_error ("%s", error->message);
  harness->node = weir_engine_find_node (harness->engine, "test");
  harness->node->is_source |= harness->type->input == WEIR_INPUT_ALLOWED;
  harness->input = weir_engine_find_node (harness->engine, "input");
  weir_session_init (&harness->pulled, harness->engine);
  harness->survival = weir_survival_new (harness->node, &harness->pulled.magazine);
  weir_engine_start (harness->engine);
  if (harness->input->n_outputs > 0)
    weir_node_schedule (harness->input);
}

void
weir_harness_push (WeirHarness *harness, const void *data, ssize_t size, ...)
{
  g_autoptr (GError) error = NULL;
  WeirWorker *worker;
  WeirSession *session;
  WeirFlowFile *flowfile;
  const char *name;
  va_list args;

  prepare (harness);
  if (harness->input->n_outputs == 0)
    g_error ("%s takes no input", harness->type->name);
  worker = weir_scheduler_get_first_worker (harness->engine->scheduler);
  session = weir_worker_get_session (worker);
  weir_session_begin (session, harness->input);
  flowfile = weir_session_create (session);
  if (!weir_session_set_content (session, flowfile, data, size < 0 ? strlen (data) : (size_t)size,
                                 &error))
    g_error ("%s", error->message);
  va_start (args, size);
  while ((name = va_arg (args, const char *)) != NULL)
    weir_session_put_attribute (session, flowfile, name, va_arg (args, const char *));
  va_end (args);
  weir_session_transfer (session, flowfile, 0);
  if (!weir_session_commit (session, worker, &error))
    g_error ("%s", error->message);
  weir_session_end (session, worker);
}

/* False when the processor cannot be started. */
static bool
start (WeirHarness *harness)
{
  WeirNode *node = harness->node;
  g_autoptr (GPtrArray) bulletins = NULL;

  if (atomic_load (&node->phase) != WEIR_PHASE_STARTING)
    return true;
  weir_node_schedule (node);
  if (atomic_load (&node->phase) == WEIR_PHASE_RUNNING)
    return true;
  bulletins = weir_board_list (harness->engine->board, 0);
  g_free (harness->error);
  harness->error = g_strdup (((WeirBulletin *)bulletins->pdata[bulletins->len - 1])->message);
  return false;
}

unsigned
weir_harness_run (WeirHarness *harness, unsigned max)
{
  WeirWorker *worker;
  WeirSession *session;
  unsigned n = 0;

  prepare (harness);
  worker = weir_scheduler_get_first_worker (harness->engine->scheduler);
  session = weir_worker_get_session (worker);
  if (!start (harness))
    return 0;
  for (unsigned i = 0; i < max; i++) {
    WeirNode *node = harness->node;
    int64_t now = weir_clock_get_monotonic (harness->clock);
    g_autoptr (GError) error = NULL;
    WeirOutcome outcome;

    if (weir_node_get_wait (node, now, NULL) != WEIR_WAIT_NONE)
      break;
    if (atomic_load (&node->wake_at) <= now)
      atomic_store (&node->wake_at, INT64_MAX);
    weir_session_begin (session, node);
    outcome = weir_activation_trigger (node, session, &error);
    weir_survival_note (harness->survival, session);
    weir_activation_commit (node, session, worker, &outcome, error == NULL ? &error : NULL);
    weir_session_end (session, worker);
    if (error != NULL) {
      g_free (harness->error);
      harness->error = g_strdup (error->message);
    } else {
      n++;
    }
    if (outcome == WEIR_OUTCOME_IDLE)
      break;
  }
  return n;
}

const char *
weir_harness_get_error (WeirHarness *harness)
{
  return harness->error;
}

static WeirQueue *
queue_of (WeirHarness *harness, const char *relationship)
{
  prepare (harness);
  for (unsigned i = 0; i < harness->node->n_outputs; i++)
    if (weir_connection_has_relationship (harness->node->outputs[i]->connection, relationship))
      return harness->node->outputs[i];
  g_error ("%s has no connected relationship \"%s\"", harness->type->name, relationship);
}

/* The first of those that wait for the end of their penalty; the others go on waiting. */
static void
take_penalized (WeirQueue *queue, WeirList *list)
{
  WeirFlowFile *flowfile;

  WEIR_LOCKED (&queue->lock);
  if (queue->penalized.n == 0)
    return;
  flowfile = weir_heap_pop (&queue->penalized).flowfile;
  flowfile->penalty_until = 0;
  weir_list_append (list, flowfile);
}

const WeirFlowFile *
weir_harness_pull (WeirHarness *harness, const char *relationship)
{
  WeirQueue *queue = queue_of (harness, relationship);
  int64_t now = weir_clock_get_monotonic (harness->clock);
  WeirList list = { 0 };
  bool penalized = false;

  weir_queue_pop (queue, 1, 0, now, &list, &list);
  if (list.n == 0) {
    take_penalized (queue, &list);
    penalized = true;
  }
  if (list.n == 0)
    return NULL;
  WeirFlowFile *flowfile = weir_list_pop (&list);
  weir_session_add (&harness->pulled, flowfile, queue)->penalized = penalized;
  return flowfile;
}

size_t
weir_harness_count (WeirHarness *harness, const char *relationship)
{
  WeirQueue *queue = queue_of (harness, relationship);
  size_t n = atomic_load (&queue->count);

  for (WeirRecord *record = harness->pulled.now.newest; record != NULL; record = record->previous)
    if (record->source == queue)
      n--;
  return n;
}

size_t
weir_harness_queued (WeirHarness *harness)
{
  prepare (harness);
  return harness->node->n_inputs > 0 ? atomic_load (&harness->node->inputs[0]->count) : 0;
}

const char *
weir_harness_content (WeirHarness *harness, const WeirFlowFile *flowfile, size_t *ret_size)
{
  GBytes *bytes = g_hash_table_lookup (harness->contents, flowfile);

  if (bytes == NULL) {
    size_t size = flowfile->content.size;
    char *data = g_malloc (size + 1);
    g_autoptr (GError) error = NULL;
    WeirContentReader reader;

    weir_content_reader_init (&reader, &flowfile->content);
    if (weir_content_reader_read (&reader, data, size, &error) < 0)
      g_error ("%s", error->message);
    weir_content_reader_clear (&reader);
    data[size] = '\0';
    bytes = g_bytes_new_take (data, size + 1);
    g_hash_table_insert (harness->contents, (gpointer)flowfile, bytes);
  }
  if (ret_size != NULL)
    *ret_size = g_bytes_get_size (bytes) - 1;
  return g_bytes_get_data (bytes, NULL);
}

bool
weir_harness_is_penalized (WeirHarness *harness, const WeirFlowFile *flowfile)
{
  return flowfile->record->penalized;
}

void
weir_harness_advance (WeirHarness *harness, int64_t usec)
{
  weir_clock_advance (harness->clock, usec);
  if (harness->engine != NULL)
    weir_timers_run (harness->engine->timers);
}

void
weir_harness_restart (WeirHarness *harness)
{
  prepare (harness);
  weir_node_stop (harness->node);
  /* Tasks that were asked for meanwhile find it stopped and end. */
  while (weir_scheduler_step (harness->engine->scheduler))
    continue;
  weir_node_finish (harness->node);
  weir_node_start (harness->node);
}

void
weir_harness_delay (WeirHarness *harness)
{
  prepare (harness);
  weir_survival_delay (harness->survival);
}

unsigned
weir_harness_sync (WeirHarness *harness, unsigned max)
{
  prepare (harness);
  return weir_survival_sync (harness->survival, max);
}

void
weir_harness_crash (WeirHarness *harness)
{
  prepare (harness);
  weir_survival_crash (harness->survival);
}

char *
weir_harness_get_state (WeirHarness *harness, const char *key)
{
  prepare (harness);
  return weir_state_get (harness->node->state, key);
}

void
weir_harness_assert_drained (WeirHarness *harness)
{
  WeirContentUsage usage;

  prepare (harness);
  for (unsigned i = 0; i < harness->node->n_outputs; i++) {
    const WeirConnection *connection = harness->node->outputs[i]->connection;
    const char *relationship = connection->relationships->pdata[0];
    if (weir_harness_count (harness, relationship) > 0)
      g_error ("%zu FlowFiles were not pulled from \"%s\"",
               weir_harness_count (harness, relationship), relationship);
  }
  if (weir_harness_queued (harness) > 0)
    g_error ("%zu FlowFiles are still queued", weir_harness_queued (harness));
  release_pulled (harness);
  weir_survival_sync (harness->survival, 0); /* there is nothing left to go back to */
  weir_content_store_get_usage (harness->engine->store, &usage);
  if (usage.n_claims > 0)
    g_error ("%" G_GUINT64_FORMAT " contents leaked", usage.n_claims);
}
