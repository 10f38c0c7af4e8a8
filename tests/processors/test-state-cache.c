/* Tests processors/cache/state-cache.c in a running flow: with many threads, over a restart, and
 * what it tells of itself. Guards invariant 15 for the state of services. */
#include "service-kit.h"

#include <string.h>

#define N_KEYS   500u
#define N_PASSES 8u

typedef struct {
  int64_t left;
} Feed;

static bool
on_scheduled (void *state, WeirContext *context, GError **error)
{
  ((Feed *)state)->left = N_KEYS * N_PASSES;
  return true;
}

/* Keys in turn, so that those of one key are far from each other and on all workers. */
static bool
on_feed (void *state, WeirSession *session, GError **error)
{
  Feed *self = state;
  WeirFlowFile *flowfile;

  if (self->left == 0)
    return true;
  self->left--;
  flowfile = weir_session_create (session);
  weir_session_put_attribute_printf (session, flowfile, "key", "%d", (int)(self->left % N_KEYS));
  weir_session_transfer (session, flowfile, 0);
  return true;
}

static const WeirProcessor feed =
    KIT_PROCESSOR ("Feed", on_feed, .input = WEIR_INPUT_FORBIDDEN, .on_scheduled = on_scheduled,
                   .state_size = sizeof (Feed));

static void
add_detector (Kit *kit, const char *id)
{
  WeirProcessorNode *node = weir_processor_node_new (id, "DetectDuplicate");

  weir_properties_add (node->properties, "Cache Entry Identifier", "${key}");
  weir_properties_add (node->properties, "Distributed Cache Service", "service");
  weir_processor_node_add_auto_terminate (node, "duplicate");
  weir_processor_node_add_auto_terminate (node, "failure");
  node->schedule.tasks = 3;
  weir_group_add (kit->flow->root, &node->base, -1);
  kit_connect (kit, "feed", "success", id);
  kit_connect (kit, id, "non-duplicate", "end")->max_count = 0;
}

/* Each FlowFile goes to two processors, which share the cache. */
static void
build (ServiceKit *self, const char *data_dir)
{
  Kit *kit = self->kit;
  WeirProcessorNode *node = weir_processor_node_new ("feed", "Feed");

  weir_registry_add_builtin (self->modules, &feed);
  weir_group_add (kit->flow->root, &node->base, -1);
  kit_funnel (kit, "end");
  kit_funnel (kit, "beyond");
  kit_connect (kit, "end", NULL, "beyond")->max_count = 0;
  add_detector (kit, "one");
  add_detector (kit, "two");
  kit->options.data_dir = data_dir;
  kit->options.durability = WEIR_DURABILITY_PROCESS;
}

static uint64_t
run (ServiceKit *self)
{
  WeirNode *end;
  uint64_t n;

  kit_start (self->kit);
  g_assert_true (weir_engine_wait_idle (self->kit->engine, KIT_LONG));
  end = kit_node (self->kit, "end");
  g_assert_true (weir_engine_stop (self->kit->engine, KIT_LONG));
  n = end->stats.in_count;
  g_assert_cmpuint (kit_node (self->kit, "one")->stats.in_count, ==, N_KEYS * N_PASSES);
  g_assert_cmpuint (kit_node (self->kit, "two")->stats.in_count, ==, N_KEYS * N_PASSES);
  kit_stop (self->kit);
  return n;
}

/* However many look at a key at a time, one finds it new; nor is it new after a restart. */
static void
test_threads (void)
{
  ServiceKit self;
  g_autofree char *data = NULL;

  service_kit_init_threads (&self, "StateCache", 4);
  data = g_build_filename (self.folder, "data", NULL);
  build (&self, data);
  g_assert_cmpuint (run (&self), ==, N_KEYS);
  g_assert_cmpuint (run (&self), ==, 0);
  service_kit_clear (&self);
}

static void
test_in_memory (void)
{
  ServiceKit self;

  service_kit_init_threads (&self, "StateCache", 4);
  build (&self, NULL);
  g_assert_cmpuint (run (&self), ==, N_KEYS);
  g_assert_cmpuint (run (&self), ==, N_KEYS);
  service_kit_clear (&self);
}

/* When there is no room for all keys, some are new again, and nothing else happens. */
static void
test_too_many (void)
{
  ServiceKit self;
  g_autofree char *data = NULL;
  g_autoptr (GPtrArray) steps = NULL;

  service_kit_init_threads (&self, "StateCache", 4);
  service_kit_set (&self, "Maximum Cache Entries", "7");
  data = g_build_filename (self.folder, "data", NULL);
  build (&self, data);
  g_assert_cmpuint (run (&self), >, N_KEYS);
  kit_load (self.kit);
  steps = service_kit_verify (&self);
  service_kit_assert_step (steps, 0, "entries", true, " keys of at most 7, and ");
  service_kit_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/state-cache/threads", test_threads);
  g_test_add_func ("/state-cache/in memory", test_in_memory);
  g_test_add_func ("/state-cache/too many", test_too_many);
  return g_test_run ();
}
