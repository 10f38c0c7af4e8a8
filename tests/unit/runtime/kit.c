#include "kit.h"

const WeirRelationship kit_relationships[2] = {
  { "success", "It worked." },
  { "failure", "It did not." },
};

static void
on_bulletin (void *data, const WeirBulletin *bulletin)
{
  Kit *kit = data;

  g_ptr_array_add (kit->messages, g_strdup (bulletin->message));
}

static Kit *
kit_new (void)
{
  Kit *kit = g_new0 (Kit, 1);

  kit->registry = weir_registry_new ("");
  kit->flow = weir_flow_new ("kit");
  kit->messages = g_ptr_array_new_with_free_func (g_free);
  kit->options.registry = kit->registry;
  kit->options.on_bulletin = on_bulletin;
  kit->options.data = kit;
  kit->options.seed = 1;
  return kit;
}

Kit *
kit_new_by_hand (void)
{
  Kit *kit = kit_new ();

  kit->clock = weir_clock_new_fake (INT64_C (1700000000000000));
  kit->options.clock = kit->clock;
  kit->options.by_hand = true;
  return kit;
}

Kit *
kit_new_with_threads (unsigned n_workers)
{
  Kit *kit = kit_new ();

  kit->options.n_workers = n_workers;
  return kit;
}

void
kit_free (Kit *kit)
{
  WeirContentUsage usage;

  if (kit->engine != NULL) {
    g_assert_true (weir_engine_stop (kit->engine, 20 * G_USEC_PER_SEC));
    for (guint i = 0; i < kit->engine->nodes->len; i++) {
      WeirNode *node = kit->engine->nodes->pdata[i];
      g_assert_null (node->held);
    }
    weir_content_store_get_usage (kit->engine->store, &usage);
    weir_engine_free (kit->engine);
  }
  weir_flow_free (kit->flow);
  weir_registry_free (kit->registry);
  weir_clock_free_fake (kit->clock);
  g_ptr_array_unref (kit->messages);
  g_free (kit);
}

WeirProcessorNode *
kit_processor (Kit *kit, const char *id, const WeirProcessor *type)
{
  WeirProcessorNode *processor = weir_processor_node_new (id, type->name);

  if (weir_registry_find (kit->registry, type->name, NULL) == NULL)
    weir_registry_add_builtin (kit->registry, type);
  weir_group_add (kit->flow->root, &processor->base, -1);
  return processor;
}

void
kit_funnel (Kit *kit, const char *id)
{
  weir_group_add (kit->flow->root, &weir_funnel_new (id)->base, -1);
}

WeirConnection *
kit_connect (Kit *kit, const char *from, const char *relationship, const char *to)
{
  WeirConnection *connection = weir_connection_new (from, relationship, to);

  weir_group_add (kit->flow->root, &connection->base, -1);
  return connection;
}

void
kit_start (Kit *kit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirResolver) resolver = weir_resolver_new (kit->flow, NULL, NULL, NULL);

  kit->engine = weir_engine_new (&kit->options, &error);
  g_assert_no_error (error);
  weir_engine_load (kit->engine, kit->flow, resolver, &error);
  g_assert_no_error (error);
  weir_engine_start (kit->engine);
}

void
kit_run (Kit *kit)
{
  for (unsigned i = 0; weir_engine_step (kit->engine); i++)
    g_assert_cmpuint (i, <, 1000000);
}

void
kit_advance (Kit *kit, int64_t usec)
{
  weir_clock_advance (kit->clock, usec);
  kit_run (kit);
}

WeirNode *
kit_node (Kit *kit, const char *id)
{
  return weir_engine_find_node (kit->engine, id);
}

WeirQueue *
kit_queue (Kit *kit, unsigned index)
{
  return kit->engine->queues->pdata[index];
}

const char *
kit_message (Kit *kit)
{
  return kit->messages->len > 0 ? kit->messages->pdata[kit->messages->len - 1] : NULL;
}
