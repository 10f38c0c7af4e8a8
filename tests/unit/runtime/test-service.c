/* Services of a running flow: when they are enabled and disabled, and who sees them. */
#include "kit.h"
#include "runtime/verify.h"

#include <string.h>

/* What happens, in order: "+a" when the service with that name is enabled, "-a" when it is
 * disabled, "start" and "stop" of the processor. */
typedef struct {
  WeirLock lock;
  GString *story;       /* guarded by lock */
  _Atomic int failures; /* so often on_enabled is to fail */
  _Atomic int calls;
} World;

typedef struct {
  void (*add) (void *state, int n);
} CounterMethods;

typedef struct {
  char *name;
  const WeirExpr *greeting;
  const WeirService *next;
  WeirContext *context;
} Counter;

typedef struct {
  const WeirService *counter;
} User;

static World *the_world; /* of the test that runs */

static void
tell (const char *what, const char *name)
{
  WEIR_LOCKED (&the_world->lock);
  g_string_append_printf (the_world->story, "%s%s ", what, name);
}

static void
counter_add (void *state, int n)
{
  Counter *counter = state;

  if (counter->next != NULL)
    ((const CounterMethods *)counter->next->methods)->add (counter->next->state, n);
  the_world->calls += n;
}

static const CounterMethods counter_methods = { counter_add };

static bool
on_enabled (void *state, WeirContext *context, GError **error)
{
  Counter *counter = state;
  const char *greeting = weir_context_eval (context, counter->greeting, error);

  if (greeting == NULL)
    return false;
  if (the_world->failures > 0) {
    the_world->failures--;
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "nobody answers");
    return false;
  }
  /* What it uses is there before it. */
  if (counter->next != NULL)
    g_assert_nonnull (counter->next->state);
  g_assert_true (weir_context_get_wall_time (context) > 0);
  g_assert_false (weir_context_is_stopping (context));
  counter->context = context;
  weir_context_log (context, WEIR_LOG_INFO, "%s from %s", greeting, weir_context_get_id (context));
  tell ("+", counter->name);
  return true;
}

static void
on_disabled (void *state)
{
  tell ("-", ((Counter *)state)->name);
}

static bool
on_verify (void *state, WeirVerify *verify, GError **error)
{
  Counter *counter = state;

  weir_verify_tell (verify, "count", "1 of %d", 1);
  if (g_str_equal (counter->name, "bad")) {
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_IO, "it counts no further");
    return false;
  }
  return true;
}

static const WeirProperty counter_properties[] = {
  { "Name", "Who it is.", WEIR_FIELD (Counter, name), .required = true },
  { "Greeting", "What it says.", WEIR_FIELD (Counter, greeting),
    .default_value = "${literal('hi')}" },
  { "Next", "Counts too.", WEIR_FIELD (Counter, next), .interface = "test.counter" },
};

static const WeirServiceType counter_type = {
  WEIR_SERVICE_ABI,
  .name = "Counter",
  .summary = "Counts.",
  WEIR_OFFERS ("test.counter", &counter_methods),
  WEIR_PROPERTIES (counter_properties),
  .state_size = sizeof (Counter),
  .on_enabled = on_enabled,
  .on_disabled = on_disabled,
  .on_verify = on_verify,
};

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  User *self = state;

  g_assert_nonnull (self->counter->state);
  tell ("start", "");
  return true;
}

static bool
on_trigger (void *state, WeirSession *session, GError **error)
{
  User *self = state;
  WeirFlowFile *flowfile = weir_session_get (session);

  if (flowfile == NULL)
    return true;
  ((const CounterMethods *)self->counter->methods)->add (self->counter->state, 1);
  weir_session_remove (session, flowfile);
  return true;
}

static void
on_stopped (void *state)
{
  g_assert_nonnull (((User *)state)->counter->state);
  tell ("stop", "");
}

static const WeirProperty user_properties[] = {
  { "Counter", "Who counts.", WEIR_FIELD (User, counter), .required = true,
    .interface = "test.counter" },
};

static const WeirProcessor user_type = KIT_PROCESSOR (
    "User", on_trigger, WEIR_PROPERTIES (user_properties), .state_size = sizeof (User),
    .on_scheduled = on_scheduled, .on_stopped = on_stopped, .threading = WEIR_CONCURRENT);

static bool
on_source (void *state, WeirSession *session, GError **error)
{
  uint64_t *n = state;

  if (*n < 100) {
    (*n)++;
    weir_session_transfer (session, weir_session_create (session), 0);
  }
  return true;
}

static const WeirProcessor source_type =
    KIT_PROCESSOR ("Source", on_source, .input = WEIR_INPUT_FORBIDDEN, .role = WEIR_SOURCE,
                   .state_size = sizeof (uint64_t));

typedef struct {
  World world;
  Kit *kit;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  self->kit = data == NULL ? kit_new_by_hand () : kit_new_with_threads (4);
  weir_registry_add_builtin_service (self->kit->registry, &counter_type);
  pthread_mutex_init (&self->world.lock, NULL);
  self->world.story = g_string_new (NULL);
  the_world = &self->world;
}

static void
tear_down (Fixture *self, const void *data)
{
  kit_free (self->kit);
  g_string_free (self->world.story, TRUE);
  pthread_mutex_destroy (&self->world.lock);
}

static WeirServiceNode *
add_counter (Fixture *self, const char *id, const char *next)
{
  WeirServiceNode *node = weir_service_node_new (id, "Counter");

  weir_properties_add (node->properties, "Name", id);
  if (next != NULL)
    weir_properties_add (node->properties, "Next", next);
  weir_group_add (self->kit->flow->root, &node->base, -1);
  return node;
}

static WeirProcessorNode *
add_user (Fixture *self, const char *id, const char *counter)
{
  WeirProcessorNode *user = kit_processor (self->kit, id, &user_type);
  g_autofree char *source = g_strdup_printf ("%s-source", id);

  weir_properties_add (user->properties, "Counter", counter);
  kit_processor (self->kit, source, &source_type);
  kit_connect (self->kit, source, "success", id);
  return user;
}

static void
assert_story (Fixture *self, const char *expected)
{
  g_assert_cmpstr (self->world.story->str, ==, expected);
}

static void
test_life (Fixture *self, const void *data)
{
  add_counter (self, "first", "second"); /* before what it uses, in the flow */
  add_counter (self, "unused", NULL);
  add_counter (self, "second", NULL);
  add_user (self, "u", "first");
  kit_start (self->kit);
  kit_run (self->kit);
  g_assert_cmpint (self->world.calls, ==, 200);
  assert_story (self, "+second +first start ");
  g_assert_cmpstr (self->kit->messages->pdata[0], ==, "hi from second");
  kit_stop (self->kit);
  assert_story (self, "+second +first start stop -first -second ");

  /* Again from the beginning. */
  kit_start (self->kit);
  kit_run (self->kit);
  g_assert_cmpint (self->world.calls, ==, 400);
}

static void
test_shared (Fixture *self, const void *data)
{
  add_counter (self, "one", NULL);
  add_user (self, "u", "one");
  add_user (self, "v", "one");
  add_user (self, "w", "one")->schedule.tasks = 4;
  kit_start (self->kit);
  if (data == NULL)
    kit_run (self->kit);
  else
    g_assert_true (weir_engine_wait_idle (self->kit->engine, KIT_LONG));
  kit_stop (self->kit);
  g_assert_cmpint (self->world.calls, ==, 300);
  assert_story (self, "+one start start start stop stop stop -one ");
}

/* Its users wait for it, each until it can be enabled. */
static void
test_failure (Fixture *self, const void *data)
{
  self->world.failures = 2;
  add_counter (self, "first", "second");
  add_counter (self, "second", NULL);
  add_user (self, "u", "first");
  kit_start (self->kit);
  kit_run (self->kit);
  g_assert_cmpstr (kit_message (self->kit), ==,
                   "cannot start: service 'first': service 'second': nobody answers; trying again "
                   "in 10 s");
  assert_story (self, "");
  kit_advance (self->kit, 10 * G_USEC_PER_SEC);
  kit_run (self->kit);
  assert_story (self, "");
  self->world.failures = 0;
  kit_advance (self->kit, 10 * G_USEC_PER_SEC);
  kit_run (self->kit);
  assert_story (self, "+second +first start ");
  g_assert_cmpint (self->world.calls, ==, 200);
}

/* What it uses stays enabled, for the next trial. */
static void
test_half_a_failure (Fixture *self, const void *data)
{
  WeirServiceNode *first = add_counter (self, "first", "second");

  weir_properties_add (first->properties, "Greeting", "${literal('1'):toNumber():divide(0)}");
  add_counter (self, "second", NULL);
  add_user (self, "u", "first");
  kit_start (self->kit);
  kit_run (self->kit);
  g_assert_nonnull (strstr (kit_message (self->kit), "cannot start: service 'first': "));
  assert_story (self, "+second ");
  kit_advance (self->kit, 10 * G_USEC_PER_SEC);
  kit_run (self->kit);
  assert_story (self, "+second ");
  kit_stop (self->kit);
  assert_story (self, "+second -second ");
}

static void
test_circle (Fixture *self, const void *data)
{
  add_counter (self, "a", "b");
  add_counter (self, "b", "a");
  add_user (self, "u", "a");
  kit_start (self->kit);
  kit_run (self->kit);
  g_assert_nonnull (strstr (kit_message (self->kit), "it needs services that need it"));
  assert_story (self, "");
}

static void
test_missing (Fixture *self, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirResolver) resolver = weir_resolver_new (self->kit->flow, NULL, NULL, NULL);
  WeirEngine *engine;

  add_user (self, "u", "nobody")->disabled = true;
  kit_start (self->kit); /* who is disabled may be unfinished */
  kit_stop (self->kit);

  add_user (self, "v", "nobody");
  engine = weir_engine_new (&self->kit->options, &error);
  g_assert_false (weir_engine_load (engine, self->kit->flow, resolver, &error));
  g_assert_nonnull (strstr (error->message, "v: property \"Counter\": there is no service"));
  weir_engine_free (engine);
}

static void
assert_step (const GPtrArray *steps, guint index, const char *name, bool worked,
             const char *message)
{
  const WeirVerifyStep *step;

  g_assert_cmpuint (index, <, steps->len);
  step = steps->pdata[index];
  g_assert_cmpstr (step->step, ==, name);
  g_assert_cmpstr (step->message, ==, message);
  g_assert_true (step->worked == worked);
}

static void
test_verify (Fixture *self, const void *data)
{
  const GPtrArray *all;
  g_autoptr (GPtrArray) good = NULL;
  g_autoptr (GPtrArray) bad = NULL;
  g_autoptr (GPtrArray) failed = NULL;

  add_counter (self, "good", "other");
  add_counter (self, "bad", NULL);
  add_counter (self, "other", NULL);
  kit_load (self->kit);
  all = weir_services_list (self->kit->engine->services);
  g_assert_cmpuint (all->len, ==, 3);
  good = weir_verify (self->kit->engine->services, all->pdata[0]);
  g_assert_cmpuint (good->len, ==, 1);
  assert_step (good, 0, "count", true, "1 of 1");
  assert_story (self, "+other +good -good ");
  bad = weir_verify (self->kit->engine->services, all->pdata[1]);
  g_assert_cmpuint (bad->len, ==, 2);
  assert_step (bad, 1, "verify", false, "it counts no further");
  self->world.failures = 1;
  failed = weir_verify (self->kit->engine->services, all->pdata[1]);
  g_assert_cmpuint (failed->len, ==, 1);
  assert_step (failed, 0, "enable", false, "nobody answers");
  weir_engine_free (g_steal_pointer (&self->kit->engine));
  assert_story (self, "+other +good -good +bad -bad -other ");
}

static void
add (const char *path, const void *data, void (*test) (Fixture *self, const void *data))
{
  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/service/life", NULL, test_life);
  add ("/service/shared", NULL, test_shared);
  add ("/service/shared by threads", "threads", test_shared);
  add ("/service/failure", NULL, test_failure);
  add ("/service/half a failure", NULL, test_half_a_failure);
  add ("/service/circle", NULL, test_circle);
  add ("/service/missing", NULL, test_missing);
  add ("/service/verify", NULL, test_verify);
  return g_test_run ();
}
