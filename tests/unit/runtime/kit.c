#include "kit.h"

#include "runtime/backlog.h"
#include "runtime/worker.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

const WeirRelationship kit_relationships[2] = {
  { "success", "It worked." },
  { "failure", "It did not." },
};

static void
on_bulletin (void *data, const WeirBulletin *bulletin)
{
  Kit *kit = data;

  WEIR_LOCKED (&kit->lock);
  g_ptr_array_add (kit->messages, g_strdup (bulletin->message));
}

static Kit *
kit_new (void)
{
  Kit *kit = g_new0 (Kit, 1);

  pthread_mutex_init (&kit->lock, NULL);
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
kit_stop (Kit *kit)
{
  WeirContentUsage usage;

  g_assert_true (weir_engine_stop (kit->engine, KIT_LONG));
  for (guint i = 0; i < kit->engine->nodes->len; i++) {
    WeirNode *node = kit->engine->nodes->pdata[i];
    g_assert_null (node->held);
  }
  weir_content_store_get_usage (kit->engine->store, &usage);
  weir_engine_free (g_steal_pointer (&kit->engine));
}

void
kit_free (Kit *kit)
{
  if (kit->engine != NULL)
    kit_stop (kit);
  weir_flow_free (kit->flow);
  weir_registry_free (kit->registry);
  weir_clock_free_fake (kit->clock);
  g_ptr_array_unref (kit->messages);
  pthread_mutex_destroy (&kit->lock);
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
kit_load (Kit *kit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirResolver) resolver = weir_resolver_new (kit->flow, NULL, NULL, NULL);

  kit->engine = weir_engine_new (&kit->options, &error);
  g_assert_no_error (error);
  weir_engine_load (kit->engine, kit->flow, resolver, &error);
  g_assert_no_error (error);
}

void
kit_go (Kit *kit)
{
  weir_engine_start (kit->engine);
}

void
kit_start (Kit *kit)
{
  kit_load (kit);
  kit_go (kit);
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
  WEIR_LOCKED (&kit->lock);
  return kit->messages->len > 0 ? kit->messages->pdata[kit->messages->len - 1] : NULL;
}

bool
kit_has_said (Kit *kit, const char *text)
{
  WEIR_LOCKED (&kit->lock);
  for (guint i = 0; i < kit->messages->len; i++) {
    if (strstr (kit->messages->pdata[i], text) != NULL)
      return true;
  }
  return false;
}

void
kit_assert_said (Kit *kit, const char *text)
{
  g_autofree char *all = NULL;

  if (kit_has_said (kit, text))
    return;
  pthread_mutex_lock (&kit->lock);
  g_ptr_array_add (kit->messages, NULL);
  all = g_strjoinv ("\n", (char **)kit->messages->pdata);
  g_error ("nobody said \"%s\", but:\n%s", text, all);
}

/* --- dump --- */

static int
by_text (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static void
dump_lines (GString *text, GPtrArray *lines, bool sort)
{
  if (sort && lines->len > 1)
    qsort (lines->pdata, lines->len, sizeof (char *), by_text);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (text, lines->pdata[i]);
}

static char *
dump_flowfile (const WeirFlowFile *flowfile)
{
  g_autoptr (GPtrArray) attributes = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new ("");
  g_autoptr (GError) error = NULL;

  g_string_append_printf (text,
                          "  %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ":",
                          flowfile->id, flowfile->entry_time, flowfile->lineage_start);
  for (size_t i = 0; i < weir_attributes_get_n (flowfile->attributes); i++) {
    const char *name, *value;

    weir_attributes_get_nth (flowfile->attributes, i, &name, &value);
    g_ptr_array_add (attributes, g_strdup_printf (" %s=%s", name, value));
  }
  dump_lines (text, attributes, true);
  if (flowfile->content.size > 0) {
    g_autofree char *sum = NULL;
    WeirContentView view;

    weir_content_view_open (&flowfile->content, &view, &error);
    g_assert_no_error (error);
    sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *)view.bytes.data,
                                       view.bytes.size);
    g_string_append_printf (text, " [%zu bytes, %s]", view.bytes.size, sum);
    weir_content_view_close (&view);
  }
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

/* All of it, also what is on the disk. */
static void
take_all (Kit *kit, WeirQueue *queue, WeirList *ret_list)
{
  WeirWorker *worker = weir_scheduler_get_first_worker (kit->engine->scheduler);
  bool is_cold;
  size_t before;

  do {
    before = ret_list->n;
    is_cold = weir_queue_pop (queue, SIZE_MAX, 0, 0, ret_list, ret_list);
  } while (ret_list->n > before ||
           (is_cold && weir_backlog_thaw (queue, weir_worker_get_session (worker))));
}

static void
dump_queue (Kit *kit, GString *text, WeirQueue *queue)
{
  const char *path = queue->path;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  WeirList lists[2] = { 0 };

  g_string_append_printf (text, "%s\n", path);
  take_all (kit, queue, &lists[0]);
  weir_queue_pop (queue, SIZE_MAX, 0, INT64_MAX, &lists[1], &lists[1]);
  take_all (kit, queue, &lists[1]);
  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++) {
    for (const WeirFlowFile *f = lists[i].head; f != NULL; f = f->next)
      g_ptr_array_add (lines, dump_flowfile (f));
    weir_queue_return (queue, &lists[i]);
  }
  /* What came back to the front of a queue comes at its place of old after a restart. */
  dump_lines (text, lines, true);
}

static void
on_dump_state (void *data, const char *key, const char *value)
{
  g_ptr_array_add (data, g_strdup_printf ("  %s=%s\n", key, value));
}

char *
kit_dump (Kit *kit)
{
  GString *text = g_string_new ("");

  for (guint i = 0; i < kit->engine->queues->len; i++)
    dump_queue (kit, text, kit_queue (kit, i));
  for (guint i = 0; i < kit->engine->nodes->len; i++) {
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
    WeirNode *node = kit->engine->nodes->pdata[i];

    weir_state_each (node->state, on_dump_state, lines);
    g_string_append_printf (text, "%s\n", node->path);
    dump_lines (text, lines, true);
  }
  for (guint i = 0; i < weir_services_list (kit->engine->services)->len; i++) {
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
    const WeirServed *served = weir_services_list (kit->engine->services)->pdata[i];

    weir_state_each (served->state, on_dump_state, lines);
    g_string_append_printf (text, "%s\n", served->path);
    dump_lines (text, lines, true);
  }
  return g_string_free (text, FALSE);
}

void
kit_remove_all (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);

  for (const char *name; directory != NULL && (name = g_dir_read_name (directory)) != NULL;) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    kit_remove_all (child);
  }
  g_remove (path);
}
