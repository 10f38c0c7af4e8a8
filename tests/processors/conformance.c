/* conformance.c: what holds for every processor that the build made, whatever it does.
 *
 * It starts and stops, says what is wrong with a configuration and stays alive with any other, and
 * never loses a FlowFile or its content: what went in was sent on, ended, or is still queued, by
 * the processor's own doing (probe.h) and by the engine's figures alike. Guards invariants 5 and 7
 * for all modules. */
#include "probe.h"
#include "sandbox.h"
#include "unit/runtime/kit.h"

#include "runtime/activation.h"
#include "runtime/commit.h"
#include "runtime/schedule.h"
#include "runtime/worker.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define OUTPUT_MAX 100 /* sources stop there */
#define FILE_MAX   (16 * 1024 * 1024)

/* --- configurations --- */

/* Name and value of properties: strings in turn. */
static void
set (GPtrArray *properties, const char *name, const char *value)
{
  for (guint i = 0; i < properties->len; i += 2) {
    if (g_str_equal (properties->pdata[i], name)) {
      g_ptr_array_remove_range (properties, i, 2);
      break;
    }
  }
  if (value == NULL)
    return;
  g_ptr_array_add (properties, g_strdup (name));
  g_ptr_array_add (properties, g_strdup (value));
}

/* Returns: (transfer full) (nullable): NULL, with problems that people can read. */
static WeirConfig *
configure (const WeirProcessor *type, const GPtrArray *properties)
{
  g_autofree WeirPropertyText *texts = g_new0 (WeirPropertyText, properties->len / 2);
  g_autoptr (GPtrArray) problems = weir_config_problems_new ();
  WeirConfig *config;

  for (guint i = 0; i < properties->len / 2; i++)
    texts[i] = (WeirPropertyText){ properties->pdata[2 * i], properties->pdata[2 * i + 1] };
  config = weir_config_new (type, texts, properties->len / 2, problems);
  g_assert_true (config != NULL || problems->len > 0);
  for (guint i = 0; i < problems->len; i++) {
    const WeirConfigProblem *problem = problems->pdata[i];

    g_assert_cmpuint (strlen (problem->message), >, 0);
    g_assert_true (g_utf8_validate (problem->message, -1, NULL));
  }
  return config;
}

static bool
is_right (const WeirProcessor *type, const GPtrArray *properties)
{
  g_autoptr (WeirConfig) config = configure (type, properties);

  return config != NULL;
}

static void
add_values (const Sandbox *sandbox, const WeirProcessor *type, bool all, GPtrArray *properties)
{
  for (size_t i = 0; i < type->n_properties; i++) {
    const WeirProperty *property = &type->properties[i];
    g_autofree char *value = sandbox_get_value (sandbox, property);

    if (property->default_value == NULL && (all || property->required))
      set (properties, property->name, value);
  }
}

/* The least that the processor takes: what is required, or else whatever has an example.
 * Returns: (transfer full). */
static GPtrArray *
usual_properties (const Sandbox *sandbox, const WeirProcessor *type)
{
  GPtrArray *properties = g_ptr_array_new_with_free_func (g_free);

  add_values (sandbox, type, false, properties);
  if (!is_right (type, properties))
    add_values (sandbox, type, true, properties);
  if (!is_right (type, properties))
    g_error ("%s refuses its own examples", type->name);
  return properties;
}

/* --- a flow around the processor --- */

typedef struct {
  int64_t count;
  WeirSize size;
  int64_t left;
} Feed;

static const WeirProperty feed_properties[] = {
  { "Count", "How many FlowFiles.", WEIR_FIELD (Feed, count), .required = true },
  { "Size", "Their size.", WEIR_FIELD (Feed, size), .required = true },
};

static bool
feed_on_scheduled (void *state, WeirContext *context, GError **error)
{
  Feed *self = state;

  self->left = self->count;
  return true;
}

static bool
feed_on_trigger (void *state, WeirSession *session, GError **error)
{
  Feed *self = state;
  g_autofree char *content = g_strnfill (self->size.bytes, 'x');
  WeirFlowFile *flowfile;

  if (self->left == 0)
    return true;
  self->left--;
  flowfile = weir_session_create (session);
  for (size_t i = 79; i < self->size.bytes; i += 80)
    content[i] = '\n';
  if (!weir_session_set_content (session, flowfile, content, self->size.bytes, error))
    return false;
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor feed = KIT_PROCESSOR (
    "Feed", feed_on_trigger, .input = WEIR_INPUT_FORBIDDEN, .on_scheduled = feed_on_scheduled,
    .state_size = sizeof (Feed), WEIR_PROPERTIES (feed_properties));

typedef struct {
  const Sandbox *sandbox;
  Probe *probe;
  Kit *kit;
  WeirRegistry *modules; /* where services come from; NULL: it needs none */
  bool is_fed;
} Run;

/* Returns: (transfer none): the first type that offers @interface. */
static const WeirServiceDescriptor *
find_service (WeirRegistry *modules, const char *interface)
{
  g_autoptr (GPtrArray) types = weir_registry_list (modules);

  for (guint i = 0; i < types->len; i++) {
    const WeirRegistryType *type = types->pdata[i];

    if (type->service != NULL && g_str_equal (type->service->interface, interface))
      return type->service;
  }
  g_error ("no module has a service that offers %s", interface);
}

/* As @property wants it, under the name that a sandbox gives it. */
static void
add_service (Run *run, const WeirProperty *property)
{
  const WeirServiceDescriptor *service;
  g_autoptr (GPtrArray) properties = g_ptr_array_new_with_free_func (g_free);
  WeirServiceNode *node;

  if (run->modules == NULL)
    run->modules = weir_registry_new (NULL);
  service = find_service (run->modules, property->interface);
  const WeirServiceType type = { WEIR_SERVICE_ABI,
                                 .name = service->common->name,
                                 .summary = service->common->summary,
                                 WEIR_OFFERS (service->interface, service->methods),
                                 .properties = service->common->properties,
                                 .n_properties = service->common->n_properties,
                                 .state_size = service->common->state_size,
                                 .on_configure = service->common->on_configure,
                                 .on_enabled = service->common->on_scheduled,
                                 .on_disabled = service->common->on_stopped };
  weir_registry_add_builtin_service (run->kit->registry, &type);
  node = weir_service_node_new (property->interface, service->common->name);
  add_values (run->sandbox, service->common, false, properties);
  for (guint i = 0; i < properties->len; i += 2)
    weir_properties_add (node->properties, properties->pdata[i], properties->pdata[i + 1]);
  weir_group_add (run->kit->flow->root, &node->base, -1);
}

static void
add_feed (Run *run, unsigned count, const char *size)
{
  WeirProcessorNode *node = kit_processor (run->kit, "feed", &feed);
  g_autofree char *text = g_strdup_printf ("%u", count);

  weir_properties_add (node->properties, "Count", text);
  weir_properties_add (node->properties, "Size", size);
  kit_connect (run->kit, "feed", "success", "test");
  run->is_fed = true;
}

static void
add_outputs (Run *run, const GPtrArray *properties)
{
  g_autoptr (WeirConfig) config = configure (run->probe->type, properties);

  for (unsigned i = 0; i < weir_config_get_n_relationships (config); i++) {
    g_autofree char *id = g_strdup_printf ("out-%u", i);

    kit_funnel (run->kit, id);
    kit_connect (run->kit, "test", weir_config_get_relationship (config, i), id)->max_count =
        run->is_fed ? 0 : OUTPUT_MAX;
  }
}

/* A flow of the processor with what it can be fed, and each relationship leading somewhere.
 * @properties as usual when NULL. */
static void
run_begin (Run *run, const WeirProcessor *type, const GPtrArray *properties, Kit *kit,
           unsigned count, const char *size)
{
  g_autoptr (GPtrArray) usual = NULL;
  WeirProcessorNode *node;

  if (properties == NULL)
    properties = usual = usual_properties (run->sandbox, type);
  run->probe = probe_new (type);
  run->kit = kit;
  node = kit_processor (kit, "test", &run->probe->probed);
  node->schedule.tasks = 4;
  for (guint i = 0; i < properties->len; i += 2)
    weir_properties_add (node->properties, properties->pdata[i], properties->pdata[i + 1]);
  for (size_t i = 0; i < type->n_properties; i++)
    if (type->properties[i].type == WEIR_TYPE_SERVICE)
      add_service (run, &type->properties[i]);
  if (type->input != WEIR_INPUT_FORBIDDEN && count > 0)
    add_feed (run, count, size);
  add_outputs (run, properties);
  kit_start (kit);
}

/* All that went in was sent on, ended or is queued, and nobody counts otherwise. */
static void
assert_balance (const Run *run)
{
  Probe *probe = run->probe;
  const WeirNode *node = kit_node (run->kit, "test");
  uint64_t sent = 0;

  probe_assert_innocent (probe);
  if (run->is_fed) {
    const WeirNode *feeder = kit_node (run->kit, "feed");

    g_assert_cmpuint (feeder->stats.out_count, >, 0);
    g_assert_cmpuint (feeder->stats.out_count, ==, probe->n_got + kit_count (run->kit, 0));
  }
  g_assert_cmpuint (probe->n_got + probe->n_made, ==, probe->n_sent + probe->n_ended);
  for (guint i = run->is_fed; i < run->kit->engine->queues->len; i++)
    sent += kit_count (run->kit, i);
  g_assert_cmpuint (sent, ==, probe->n_sent);
  g_assert_cmpuint (node->stats.in_count, ==, probe->n_got);
  g_assert_cmpuint (node->stats.out_count, ==, probe->n_sent);
}

static void
assert_no_content_leaks (const Run *run)
{
  WeirEngine *engine = run->kit->engine;
  WeirWorker *worker = weir_scheduler_get_first_worker (engine->scheduler);
  WeirMagazine *magazine = &weir_worker_get_session (worker)->magazine;
  WeirContentUsage usage;

  for (guint i = 0; i < engine->queues->len; i++) {
    WeirList list = { 0 };

    weir_queue_pop (engine->queues->pdata[i], SIZE_MAX, 0, INT64_MAX, &list, &list);
    for (WeirFlowFile *flowfile; (flowfile = weir_list_pop (&list)) != NULL;)
      weir_flowfile_free (magazine, flowfile);
  }
  weir_content_store_get_usage (engine->store, &usage);
  g_assert_cmpuint (usage.n_claims, ==, 0);
}

static void
assert_messages_are_text (const Run *run)
{
  for (guint i = 0; i < run->kit->messages->len; i++)
    g_assert_true (g_utf8_validate (run->kit->messages->pdata[i], -1, NULL));
}

static void
run_end (Run *run)
{
  g_assert_true (weir_engine_stop (run->kit->engine, KIT_LONG));
  assert_messages_are_text (run);
  assert_balance (run);
  assert_no_content_leaks (run);
  g_clear_pointer (&run->kit, kit_free);
  g_clear_pointer (&run->modules, weir_registry_free);
  g_clear_pointer (&run->probe, probe_free);
}

/* Whatever it waits for has time to come. */
static void
let_time_pass (Run *run)
{
  kit_run (run->kit);
  kit_advance (run->kit, G_USEC_PER_SEC);
  kit_advance (run->kit, INT64_C (60) * G_USEC_PER_SEC);
  kit_advance (run->kit, INT64_C (3600) * G_USEC_PER_SEC);
}

/* --- the tests --- */

static void
test_create (const void *data)
{
  const WeirProcessor *type = data;
  g_autoptr (Sandbox) sandbox = sandbox_enter ();
  g_autoptr (GPtrArray) properties = usual_properties (sandbox, type);
  g_autoptr (WeirConfig) one = configure (type, properties);
  g_autoptr (WeirConfig) two = configure (type, properties);

  g_assert_true (weir_config_get_state (one) != weir_config_get_state (two));
}

static void
restart (Kit *kit, WeirNode *node)
{
  weir_node_stop (node);
  while (weir_scheduler_step (kit->engine->scheduler))
    continue;
  weir_node_finish (node);
  weir_node_start (node);
}

static void
test_schedule (const void *data)
{
  g_autoptr (Sandbox) sandbox = sandbox_enter ();
  Run run = { .sandbox = sandbox };

  run_begin (&run, data, NULL, kit_new_by_hand (), 3, "10 B");
  for (unsigned i = 0; i < 100; i++) {
    WeirNode *node = kit_node (run.kit, "test");

    kit_run (run.kit);
    if (atomic_load (&node->phase) != WEIR_PHASE_RUNNING)
      g_error ("%s does not start: %s", run.probe->type->name, kit_message (run.kit));
    restart (run.kit, node);
  }
  run_end (&run);
}

/* Triggered although there is nothing for it, as may happen when another task was quicker. */
static void
test_empty (const void *data)
{
  const WeirProcessor *type = data;
  g_autoptr (Sandbox) sandbox = sandbox_enter ();
  Run run = { .sandbox = sandbox };
  WeirWorker *worker;
  WeirSession *session;

  run_begin (&run, type, NULL, kit_new_by_hand (), 0, NULL);
  worker = weir_scheduler_get_first_worker (run.kit->engine->scheduler);
  session = weir_worker_get_session (worker);
  weir_node_schedule (kit_node (run.kit, "test"));
  for (unsigned i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;
    WeirOutcome outcome;

    weir_session_begin (session, kit_node (run.kit, "test"));
    outcome = weir_activation_trigger (kit_node (run.kit, "test"), session, &error);
    g_assert_true (weir_session_commit (session, worker, NULL));
    weir_session_end (session, worker);
    g_assert_no_error (error);
    if (type->input == WEIR_INPUT_REQUIRED)
      g_assert_cmpint (outcome, ==, WEIR_OUTCOME_IDLE);
  }
  run_end (&run);
}

static void
test_sizes (const void *data)
{
  static const char *const sizes[] = { "0 B", "1 B", "10 MB" };

  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Sandbox) sandbox = sandbox_enter ();
    Run run = { .sandbox = sandbox };

    run_begin (&run, data, NULL, kit_new_by_hand (), 1, sizes[i]);
    let_time_pass (&run);
    run_end (&run);
  }
}

/* Runs with @name set to @value, or left out, if that is accepted. */
static bool
try_value (Sandbox *sandbox, const WeirProcessor *type, const char *name, const char *value)
{
  g_autoptr (GPtrArray) properties = usual_properties (sandbox, type);
  Run run = { .sandbox = sandbox };

  set (properties, name, value);
  if (!is_right (type, properties))
    return false;
  sandbox_fill (sandbox);
  run_begin (&run, type, properties, kit_new_by_hand (), 2, "100 B");
  let_time_pass (&run);
  run_end (&run);
  return true;
}

static const char *const absurd[] = {
  "",
  " ",
  "-1",
  "0",
  "1e309",
  "9223372036854775807",
  "-9223372036854775809",
  "99999999999999999999999999 TB",
  "9999 PB",
  "9999999 weeks",
  "${",
  "${a:",
  "${filename:nonsense()}",
  "${filename}${filename}",
  "%s%n%n%n",
  "../../..",
  "a\n\r\t\033[2Jb",
  "\377\376\300\200",
  "((((((((a+)+)+)+)+)+)+)+",
};

static void
try_absurd_values (Sandbox *sandbox, const WeirProcessor *type, const char *name)
{
  g_autofree char *endless = g_strnfill (100000, 'x');

  for (unsigned i = 0; i < G_N_ELEMENTS (absurd); i++)
    try_value (sandbox, type, name, absurd[i]);
  try_value (sandbox, type, name, endless);
}

static void
test_properties (const void *data)
{
  const WeirProcessor *type = data;
  g_autoptr (Sandbox) sandbox = sandbox_enter ();

  for (size_t i = 0; i < type->n_properties; i++) {
    const WeirProperty *property = &type->properties[i];
    bool accepted = try_value (sandbox, type, property->name, NULL);

    if (property->required && property->default_value == NULL)
      g_assert_false (accepted);
    if (property->type != WEIR_TYPE_SERVICE) /* without it no flow is loaded */
      try_absurd_values (sandbox, type, property->name);
  }
}

static void
test_added_properties (const void *data)
{
  const WeirProcessor *type = data;
  g_autoptr (Sandbox) sandbox = sandbox_enter ();

  try_absurd_values (sandbox, type, "added");
  for (unsigned i = 0; i < G_N_ELEMENTS (absurd); i++)
    try_value (sandbox, type, absurd[i], "x");
  g_assert_true (type->dynamic != NULL || !try_value (sandbox, type, "added", "x"));
}

/* Stopped while it is at work, on several threads if it wants that. */
static void
test_threads (const void *data)
{
  for (unsigned n = 1; n <= 1000; n *= 30) {
    g_autoptr (Sandbox) sandbox = sandbox_enter ();
    Run run = { .sandbox = sandbox };

    run_begin (&run, data, NULL, kit_new_with_threads (3), 5000, "100 B");
    probe_wait (run.probe, 1, KIT_LONG);
    probe_wait (run.probe, n, G_USEC_PER_SEC / 4);
    run_end (&run);
  }
}

/* --- all types --- */

static void
add_tests (const WeirProcessor *type)
{
  static const struct {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "create", test_create },         { "schedule", test_schedule },
    { "empty queue", test_empty },     { "sizes", test_sizes },
    { "properties", test_properties }, { "added properties", test_added_properties },
    { "threads", test_threads },
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strdup_printf ("/%s/%s", type->name, tests[i].name);

    g_test_add_data_func (path, type, tests[i].func);
  }
}

/* "9999 PB" of random data must not be written: a full disk would be somebody else's. */
static void
limit_files (void)
{
  struct rlimit limit = { FILE_MAX, FILE_MAX };

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (WeirRegistry) registry = weir_registry_new (NULL);
  g_autoptr (GPtrArray) types = weir_registry_list (registry);
  g_auto (GStrv) problems = weir_registry_get_problems (registry);

  g_test_init (&argc, &argv, NULL);
  if (problems[0] != NULL)
    g_error ("%s", problems[0]);
  if (types->len == 0)
    g_error ("there is no processor to test: set WEIR_MODULE_PATH");
  limit_files ();
  for (guint i = 0; i < types->len; i++) {
    const WeirRegistryType *type = types->pdata[i];

    if (type->service == NULL)
      add_tests (type->processor);
  }
  return g_test_run ();
}
